//! What lists of entities are made of.

use std::cmp::Ordering;

use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::sql_types::{Date, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::filter::{EntityFilter, EntitySort};
use super::matching::matching;
use super::model::{Entity, EntityRow, of_ids, with_parts};
use crate::codebook::RecordState;
use crate::db::among::Among;
use crate::db::schema::entities;
use crate::history::RecordType;
use crate::http::auth::View;
use crate::http::cursor::{Position, SortKey};
use crate::http::listing::{Order, Sort};
use crate::http::parameters::{AnyOf, Ids};
use crate::lists::{Listed, with};
use crate::search::{Hit, Wanted, finding};

impl Listed for Entity {
    const TYPE: RecordType = RecordType::Entity;
    type Filter = EntityFilter;
    type Sort = EntitySort;
    type Row = EntityRow;
    type List<'a> = entities::BoxedQuery<'a, Pg>;

    async fn resolve(connection: &AsyncPgConnection, filter: &mut EntityFilter, view: &View) -> QueryResult<()> {
        Ids::resolve(connection, RecordType::Entity, &mut filter.id).await?;
        if let Some(text) = &filter.q {
            let wanted = Wanted::of(connection, text, view).await?;
            filter.wanted = Some(wanted.with_alike(connection, text, view).await?);
        }
        Ok(())
    }

    fn states(filter: &EntityFilter) -> Option<&AnyOf<RecordState>> {
        filter.state.as_ref()
    }

    fn wanted(filter: &EntityFilter) -> Option<&Wanted> {
        filter.wanted.as_ref()
    }

    fn matching<'a>(filter: &'a EntityFilter, view: &'a View) -> Self::List<'a> {
        matching(filter, view)
    }

    fn order(_: &EntityFilter, sort: EntitySort) -> Order {
        sort.order()
    }

    fn position(row: &EntityRow, sort: EntitySort) -> Position {
        let key = match sort {
            EntitySort::Name | EntitySort::NameDown => SortKey::Name(row.name.as_str().to_owned()),
            EntitySort::Updated | EntitySort::UpdatedDown => SortKey::Moment(row.updated_at),
            EntitySort::Created | EntitySort::CreatedDown | EntitySort::Relevance => SortKey::Moment(row.created_at),
        };
        Position(key, row.id.into())
    }

    /// Entities have no day: that of all is `NaiveDate::default()`.
    fn days(list: Self::List<'_>) -> impl QueryFragment<Pg> + Query<SqlType = (Date, SqlUuid)> + QueryId + Send {
        list.select((diesel::dsl::sql::<Date>("DATE '1970-01-01'"), entities::id))
    }

    async fn rows(mut connection: &AsyncPgConnection, list: Self::List<'_>) -> QueryResult<Vec<EntityRow>> {
        list.select(EntityRow::as_select()).load(&mut connection).await
    }

    async fn whole(connection: &AsyncPgConnection, rows: Vec<EntityRow>, view: &View) -> QueryResult<Vec<Entity>> {
        with_parts(connection, rows, view).await
    }

    async fn of_ids(connection: &AsyncPgConnection, among: Among<'_>, view: &View) -> QueryResult<Vec<Entity>> {
        of_ids(connection, among, view).await
    }

    fn row(&self) -> &EntityRow {
        &self.row
    }

    /// Those with names like what was typed come before those that hold its words.
    async fn best(
        connection: &AsyncPgConnection,
        filter: &EntityFilter,
        wanted: &Wanted,
        view: &View,
        after: Option<&Position>,
        limit: i64,
    ) -> QueryResult<Vec<Hit>> {
        let mut hits = alike(connection, filter, wanted, view).await?;
        if let Some(position) = after {
            hits.retain(|hit| hit.is_behind(position));
        }
        let missing = limit - i64::try_from(hits.len()).unwrap_or(limit);
        if missing <= 0 {
            return Ok(hits);
        }
        let others = wanted.best(Self::TYPE, after, missing, async |holds, after, limit| {
            // The position may be that of a record of another resource. All entities of a rank have the same day.
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
                Self::days(with(list, holds))
            };
            finding::first(connection, &holds, limit, list).await
        });
        hits.extend(others.await?);
        Ok(hits)
    }
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
