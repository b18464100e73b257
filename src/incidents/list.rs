//! Lists of incidents: by a column, or those first that fit what is searched for best.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::try_join;
use uuid::Uuid;

use super::filter::{IncidentFilter, IncidentSort};
use super::matching::{matching, order};
use super::model::{Incident, IncidentRow, of_ids};
use super::parts;
use crate::db::fragments::{Behind, Counted, Holds, OrderBy};
use crate::db::schema::incidents;
use crate::history::{self, RecordType};
use crate::http::auth::View;
use crate::http::cursor::{Position, SortKey};
use crate::http::listing::{Found, Order, PageRequest, Sort, TOTAL_EXACT_TO, Total};
use crate::http::parameters::Ids;
use crate::search::{Hit, Wanted, finding};

/// A page of the incidents that fit a filter.
///
/// # Errors
/// The database fails.
pub(super) async fn list(
    connection: &AsyncPgConnection,
    mut filter: IncidentFilter,
    view: &View,
    page: &PageRequest<IncidentSort>,
) -> QueryResult<Found<Incident>> {
    resolve(connection, &mut filter, view).await?;
    let total = async { if page.include_total { total(connection, &filter, view).await.map(Some) } else { Ok(None) } };
    let found = async {
        match &filter.wanted {
            Some(wanted) if page.sort == IncidentSort::Relevance => {
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
async fn resolve(connection: &AsyncPgConnection, filter: &mut IncidentFilter, view: &View) -> QueryResult<()> {
    Ids::resolve(connection, RecordType::Incident, &mut filter.id).await?;
    Ids::resolve(connection, RecordType::Entity, &mut filter.entity).await?;
    Ids::resolve(connection, RecordType::Article, &mut filter.article).await?;
    if let Some(text) = &filter.q {
        filter.wanted = Some(Wanted::of(connection, text, view).await?);
    }
    Ok(())
}

/// How many incidents fit a filter.
///
/// # Errors
/// The database fails.
pub(crate) async fn total(
    mut connection: &AsyncPgConnection,
    filter: &IncidentFilter,
    view: &View,
) -> QueryResult<Total> {
    let Some(holds) = holds(filter) else {
        let counted = Counted(matching(filter, view).select(incidents::id).limit(TOTAL_EXACT_TO + 1));
        return counted.get_result(&mut connection).await.map(Total::of);
    };
    let list =
        |holds, limit| with(matching(filter, view).limit(limit), holds).select((incidents::date_down, incidents::id));
    finding::count(connection, &holds, list).await.map(Total::of)
}

/// The records of a page in the order of a column, and where the last of them stands if there are more.
async fn sorted(
    mut connection: &AsyncPgConnection,
    filter: &IncidentFilter,
    view: &View,
    page: &PageRequest<IncidentSort>,
) -> QueryResult<(Vec<Incident>, Option<Position>)> {
    let order = order(filter, page.sort);
    let list = |limit| listed(filter, view, order, page.after.as_ref(), limit);
    let Some(holds) = holds(filter) else {
        let rows = list(page.limit + 1).select(IncidentRow::as_select()).load(&mut connection).await?;
        let (rows, next) = page.cut(rows, |row: &IncidentRow| row.position(page.sort));
        return Ok((parts::complete(connection, rows, view).await?, next));
    };
    let list = |holds, limit| with(list(limit), holds).select((incidents::date_down, incidents::id));
    let found = finding::first(connection, &holds, page.limit + 1, list).await?;
    let ids: Vec<Uuid> = found.into_iter().map(|(_, id)| id).collect();
    let records = of_ids(connection, &ids, view).await?;
    Ok(page.cut(records, |record: &Incident| record.row.position(page.sort)))
}

/// The records that fit a filter, best first.
///
/// # Errors
/// The database fails.
pub(crate) async fn best(
    connection: &AsyncPgConnection,
    filter: &IncidentFilter,
    wanted: &Wanted,
    view: &View,
    after: Option<&Position>,
    limit: i64,
) -> QueryResult<Vec<Hit>> {
    let order = IncidentSort::Relevance.order();
    let find = async |query: &str, after: Option<&Position>, limit| {
        let holds = Holds { of: RecordType::Incident, query: query.to_owned(), or: Vec::new() };
        let list = |holds, limit| {
            with(listed(filter, view, order, after, limit), holds).select((incidents::date_down, incidents::id))
        };
        finding::first(connection, &holds, limit, list).await
    };
    wanted.records.best(after, limit, find).await
}

/// What the words of a filter ask for.
fn holds(filter: &IncidentFilter) -> Option<Holds> {
    let wanted = filter.wanted.as_ref()?;
    Some(Holds { of: RecordType::Incident, query: wanted.records.anywhere.clone(), or: Vec::new() })
}

/// The first so many that fit a filter, in an order and behind a position, whatever words they hold.
fn listed<'a>(
    filter: &'a IncidentFilter,
    view: &'a View,
    order: Order,
    after: Option<&Position>,
    limit: i64,
) -> incidents::BoxedQuery<'a, Pg> {
    let mut list = matching(filter, view).order(OrderBy(order)).limit(limit);
    if let Some(position) = after {
        list = list.filter(Behind::new(order, position.clone()));
    }
    list
}

/// A list, if words are named of those alone that hold them.
fn with(list: incidents::BoxedQuery<'_, Pg>, holds: Option<Holds>) -> incidents::BoxedQuery<'_, Pg> {
    match holds {
        Some(holds) => list.filter(holds),
        None => list,
    }
}

impl IncidentRow {
    fn position(&self, sort: IncidentSort) -> Position {
        let key = match sort {
            IncidentSort::Date => SortKey::day_up(self.start_date),
            IncidentSort::DateDown | IncidentSort::Relevance => SortKey::day_down(self.start_date),
            IncidentSort::Updated | IncidentSort::UpdatedDown => SortKey::Moment(self.updated_at),
            IncidentSort::Created | IncidentSort::CreatedDown => SortKey::Moment(self.created_at),
        };
        Position(key, self.id.into())
    }
}
