//! Lists of entities: by a column, or those first that fit what is searched for best.

use std::cmp::Ordering;

use chrono::NaiveDate;
use diesel::expression::SqlLiteral;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Date;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::try_join;
use uuid::Uuid;

use super::filter::{EntityFilter, EntitySort};
use super::matching::matching;
use super::model::{Entity, EntityRow, of_ids, with_parts};
use crate::db::fragments::{Behind, Counted, Holds, OrderBy};
use crate::db::schema::entities;
use crate::history::{self, RecordType};
use crate::http::auth::View;
use crate::http::cursor::{Position, SortKey};
use crate::http::listing::{Found, PageRequest, Sort, TOTAL_EXACT_TO, Total};
use crate::http::parameters::Ids;
use crate::search::{Hit, Wanted, finding};

/// A page of the entities that fit a filter.
///
/// # Errors
/// The database fails.
pub(super) async fn list(
    connection: &AsyncPgConnection,
    mut filter: EntityFilter,
    view: &View,
    page: &PageRequest<EntitySort>,
) -> QueryResult<Found<Entity>> {
    resolve(connection, &mut filter, view).await?;
    let total = async { if page.include_total { total(connection, &filter, view).await.map(Some) } else { Ok(None) } };
    let found = async {
        match &filter.wanted {
            Some(wanted) if page.sort == EntitySort::Relevance => {
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
async fn resolve(connection: &AsyncPgConnection, filter: &mut EntityFilter, view: &View) -> QueryResult<()> {
    Ids::resolve(connection, RecordType::Entity, &mut filter.id).await?;
    if let Some(text) = &filter.q {
        let wanted = Wanted::of(connection, text, view).await?;
        filter.wanted = Some(wanted.with_alike(connection, text, view).await?);
    }
    Ok(())
}

/// How many entities fit a filter.
///
/// # Errors
/// The database fails.
pub(crate) async fn total(
    mut connection: &AsyncPgConnection,
    filter: &EntityFilter,
    view: &View,
) -> QueryResult<Total> {
    let Some(holds) = holds(filter) else {
        let counted = Counted(matching(filter, view).select(entities::id).limit(TOTAL_EXACT_TO + 1));
        return counted.get_result(&mut connection).await.map(Total::of);
    };
    let list = |holds, limit| with(matching(filter, view).limit(limit), holds).select((no_day(), entities::id));
    finding::count(connection, &holds, list).await.map(Total::of)
}

/// The records of a page in the order of a column, and where the last of them stands if there are more.
async fn sorted(
    mut connection: &AsyncPgConnection,
    filter: &EntityFilter,
    view: &View,
    page: &PageRequest<EntitySort>,
) -> QueryResult<(Vec<Entity>, Option<Position>)> {
    let order = page.sort.order();
    let list = |limit| {
        let list = matching(filter, view).order(OrderBy(order)).limit(limit);
        match &page.after {
            Some(position) => list.filter(Behind::new(order, position.clone())),
            None => list,
        }
    };
    let Some(holds) = holds(filter) else {
        let rows = list(page.limit + 1).select(EntityRow::as_select()).load(&mut connection).await?;
        let (rows, next) = page.cut(rows, |row: &EntityRow| row.position(page.sort));
        return Ok((with_parts(connection, rows, view).await?, next));
    };
    let list = |holds, limit| with(list(limit), holds).select((no_day(), entities::id));
    let found = finding::first(connection, &holds, page.limit + 1, list).await?;
    let ids: Vec<Uuid> = found.into_iter().map(|(_, id)| id).collect();
    let records = of_ids(connection, &ids, view).await?;
    Ok(page.cut(records, |record: &Entity| record.row.position(page.sort)))
}

/// The records that fit a filter, best first.
///
/// # Errors
/// The database fails.
pub(crate) async fn best(
    connection: &AsyncPgConnection,
    filter: &EntityFilter,
    wanted: &Wanted,
    view: &View,
    after: Option<&Position>,
    limit: i64,
) -> QueryResult<Vec<Hit>> {
    let find = async |query: &str, after: Option<&Position>, limit| {
        // The position may be that of a record of another resource. Entities have no day: all of a rank have the same.
        let behind = match after {
            Some(Position(SortKey::Ranked(_, day), id)) => match day.cmp(&NaiveDate::default()) {
                Ordering::Greater => None,
                Ordering::Equal => Some(*id),
                Ordering::Less => return Ok(Vec::new()),
            },
            _ => None,
        };
        let list = |holds, limit| {
            let mut list = matching(filter, view).order(entities::id.desc()).limit(limit);
            list = list.filter(entities::id.ne_all(wanted.alike_ids()));
            if let Some(id) = behind {
                list = list.filter(entities::id.lt(id));
            }
            with(list, holds).select((no_day(), entities::id))
        };
        let holds = Holds { of: RecordType::Entity, query: query.to_owned(), or: Vec::new() };
        finding::first(connection, &holds, limit, list).await
    };
    let mut hits = alike(connection, filter, wanted, view).await?;
    if let Some(position) = after {
        hits.retain(|hit| hit.is_behind(position));
    }
    let missing = limit - i64::try_from(hits.len()).unwrap_or(limit);
    if missing > 0 {
        hits.extend(wanted.entities.best(after, missing, find).await?);
    }
    Ok(hits)
}

/// The entities with names like what was typed that fit a filter, best first.
async fn alike(
    mut connection: &AsyncPgConnection,
    filter: &EntityFilter,
    wanted: &Wanted,
    view: &View,
) -> QueryResult<Vec<Hit>> {
    if wanted.alike.is_empty() {
        return Ok(Vec::new());
    }
    let fitting = matching(filter, view).filter(entities::id.eq_any(wanted.alike_ids()));
    let fitting: Vec<Uuid> = fitting.select(entities::id).load(&mut connection).await?;
    let hits = wanted.alike.iter().filter(|(_, id, _)| fitting.contains(id));
    Ok(hits.map(|(score, id, _)| Hit { score: *score, day: NaiveDate::default(), id: *id }).collect())
}

/// Entities have no day: that of all is `NaiveDate::default()`.
fn no_day() -> SqlLiteral<Date> {
    diesel::dsl::sql("DATE '1970-01-01'")
}

/// What the words of a filter ask for.
fn holds(filter: &EntityFilter) -> Option<Holds> {
    let wanted = filter.wanted.as_ref()?;
    Some(Holds { of: RecordType::Entity, query: wanted.entities.anywhere.clone(), or: wanted.alike_ids() })
}

/// A list, if words are named of those alone that hold them.
fn with(list: entities::BoxedQuery<'_, Pg>, holds: Option<Holds>) -> entities::BoxedQuery<'_, Pg> {
    match holds {
        Some(holds) => list.filter(holds),
        None => list,
    }
}

impl EntityRow {
    fn position(&self, sort: EntitySort) -> Position {
        let key = match sort {
            EntitySort::Name | EntitySort::NameDown => SortKey::Name(self.name.as_str().to_owned()),
            EntitySort::Updated | EntitySort::UpdatedDown => SortKey::Moment(self.updated_at),
            EntitySort::Created | EntitySort::CreatedDown | EntitySort::Relevance => SortKey::Moment(self.created_at),
        };
        Position(key, self.id.into())
    }
}
