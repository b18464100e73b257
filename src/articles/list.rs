//! Lists of articles: by a column, or those first that fit what is searched for best.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::try_join;
use uuid::Uuid;

use super::filter::{ArticleFilter, ArticleSort};
use super::matching::{Listing, matching, order};
use super::model::{Article, ArticleRow, of_ids, with_parts};
use crate::db::fragments::{Behind, Counted, Holds, OrderBy};
use crate::db::schema::articles;
use crate::history::{self, RecordType};
use crate::http::auth::View;
use crate::http::cursor::{Position, SortKey};
use crate::http::listing::{Found, Order, PageRequest, Sort, TOTAL_EXACT_TO, Total};
use crate::http::parameters::Ids;
use crate::search::{Hit, Wanted, finding};

/// A page of the articles that fit a filter.
///
/// # Errors
/// The database fails.
pub(super) async fn list(
    connection: &AsyncPgConnection,
    mut filter: ArticleFilter,
    view: &View,
    page: &PageRequest<ArticleSort>,
) -> QueryResult<Found<Article>> {
    resolve(connection, &mut filter, view).await?;
    let total = async { if page.include_total { total(connection, &filter, view).await.map(Some) } else { Ok(None) } };
    let found = async {
        match &filter.wanted {
            Some(wanted) if page.sort == ArticleSort::Relevance => {
                let hits = best(connection, &filter, wanted, view, page.after.as_ref(), page.limit + 1).await?;
                let (hits, next) = page.cut(hits, Hit::position);
                let ids: Vec<Uuid> = hits.iter().map(|hit| hit.id).collect();
                Ok((of_ids(connection, &ids, view).await?, next))
            }
            _ => sorted(connection, &filter, view, page).await,
        }
    };
    let ((records, next), total, revision) = try_join!(found, total, history::revision(connection))?;
    Ok(Found { records, next, total, revision })
}

/// Looks up what a filter needs to know: which records took the place of others, and who is meant by names.
async fn resolve(connection: &AsyncPgConnection, filter: &mut ArticleFilter, view: &View) -> QueryResult<()> {
    Ids::resolve(connection, RecordType::Article, &mut filter.id).await?;
    Ids::resolve(connection, RecordType::Entity, &mut filter.publisher).await?;
    Ids::resolve(connection, RecordType::Entity, &mut filter.entity).await?;
    Ids::resolve(connection, RecordType::Incident, &mut filter.incident).await?;
    if let Some(text) = &filter.q {
        filter.wanted = Some(Wanted::of(connection, text, view).await?);
    }
    Ok(())
}

/// How many articles fit a filter.
///
/// # Errors
/// The database fails.
pub(crate) async fn total(
    mut connection: &AsyncPgConnection,
    filter: &ArticleFilter,
    view: &View,
) -> QueryResult<Total> {
    let Some(holds) = holds(filter) else {
        let counted = Counted(matching(filter, view).select(articles::id).limit(TOTAL_EXACT_TO + 1));
        return counted.get_result(&mut connection).await.map(Total::of);
    };
    let list = |holds, limit| {
        with(matching(filter, view).limit(limit), holds).select((articles::published_down, articles::id))
    };
    finding::count(connection, &holds, list).await.map(Total::of)
}

/// The records of a page in the order of a column, and where the last of them stands if there are more.
async fn sorted(
    mut connection: &AsyncPgConnection,
    filter: &ArticleFilter,
    view: &View,
    page: &PageRequest<ArticleSort>,
) -> QueryResult<(Vec<Article>, Option<Position>)> {
    let order = order(filter, page.sort);
    let list = |limit| listed(filter, view, order, page.after.as_ref(), limit);
    let Some(holds) = holds(filter) else {
        let rows = list(page.limit + 1).select(ArticleRow::as_select()).load(&mut connection).await?;
        let (rows, next) = page.cut(rows, |row: &ArticleRow| row.position(page.sort));
        return Ok((with_parts(connection, rows, view).await?, next));
    };
    let list = |holds, limit| with(list(limit), holds).select((articles::published_down, articles::id));
    let found = finding::first(connection, &holds, page.limit + 1, list).await?;
    let ids: Vec<Uuid> = found.into_iter().map(|(_, id)| id).collect();
    let records = of_ids(connection, &ids, view).await?;
    Ok(page.cut(records, |record: &Article| record.row.position(page.sort)))
}

/// The records that fit a filter, best first.
///
/// # Errors
/// The database fails.
pub(crate) async fn best(
    connection: &AsyncPgConnection,
    filter: &ArticleFilter,
    wanted: &Wanted,
    view: &View,
    after: Option<&Position>,
    limit: i64,
) -> QueryResult<Vec<Hit>> {
    let order = ArticleSort::Relevance.order();
    let find = async |query: &str, after: Option<&Position>, limit| {
        let holds = Holds { of: RecordType::Article, query: query.to_owned(), or: Vec::new() };
        let list = |holds, limit| {
            with(listed(filter, view, order, after, limit), holds).select((articles::published_down, articles::id))
        };
        finding::first(connection, &holds, limit, list).await
    };
    wanted.records.best(after, limit, find).await
}

/// What the words of a filter ask for.
fn holds(filter: &ArticleFilter) -> Option<Holds> {
    let wanted = filter.wanted.as_ref()?;
    Some(Holds { of: RecordType::Article, query: wanted.records.anywhere.clone(), or: Vec::new() })
}

/// The first so many that fit a filter, in an order and behind a position, whatever words they hold.
fn listed<'a>(
    filter: &'a ArticleFilter,
    view: &'a View,
    order: Order,
    after: Option<&Position>,
    limit: i64,
) -> Listing<'a> {
    let mut list = matching(filter, view).order(OrderBy(order)).limit(limit);
    if let Some(position) = after {
        list = list.filter(Behind::new(order, position.clone()));
    }
    list
}

/// A list, if words are named of those alone that hold them.
fn with(list: Listing<'_>, holds: Option<Holds>) -> Listing<'_> {
    match holds {
        Some(holds) => list.filter(holds),
        None => list,
    }
}

impl ArticleRow {
    fn position(&self, sort: ArticleSort) -> Position {
        let key = match sort {
            ArticleSort::Published => SortKey::day_up(self.published_on),
            ArticleSort::PublishedDown | ArticleSort::Relevance => SortKey::day_down(self.published_on),
            ArticleSort::Updated | ArticleSort::UpdatedDown => SortKey::Moment(self.updated_at),
            ArticleSort::Created | ArticleSort::CreatedDown => SortKey::Moment(self.created_at),
        };
        Position(key, self.id.into())
    }
}
