//! What lists of incidents are made of.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::sql_types::{Date, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::filter::{IncidentFilter, IncidentSort};
use super::matching::{matching, order};
use super::model::{Incident, IncidentRow, of_ids};
use super::parts;
use crate::codebook::RecordState;
use crate::db::among::Among;
use crate::db::schema::incidents;
use crate::history::RecordType;
use crate::http::auth::View;
use crate::http::cursor::{Position, SortKey};
use crate::http::listing::Order;
use crate::http::parameters::{AnyOf, Ids};
use crate::lists::Listed;
use crate::search::Wanted;

impl Listed for Incident {
    const TYPE: RecordType = RecordType::Incident;
    type Filter = IncidentFilter;
    type Sort = IncidentSort;
    type Row = IncidentRow;
    type List<'a> = incidents::BoxedQuery<'a, Pg>;

    async fn resolve(connection: &AsyncPgConnection, filter: &mut IncidentFilter, view: &View) -> QueryResult<()> {
        Ids::resolve(connection, RecordType::Incident, &mut filter.id).await?;
        Ids::resolve(connection, RecordType::Entity, &mut filter.entity).await?;
        Ids::resolve(connection, RecordType::Article, &mut filter.article).await?;
        if let Some(text) = &filter.q {
            filter.wanted = Some(Wanted::of(connection, text, view).await?);
        }
        Ok(())
    }

    fn states(filter: &IncidentFilter) -> Option<&AnyOf<RecordState>> {
        filter.state.as_ref()
    }

    fn wanted(filter: &IncidentFilter) -> Option<&Wanted> {
        filter.wanted.as_ref()
    }

    fn matching<'a>(filter: &'a IncidentFilter, view: &'a View) -> Self::List<'a> {
        matching(filter, view)
    }

    fn order(filter: &IncidentFilter, sort: IncidentSort) -> Order {
        order(filter, sort)
    }

    fn position(row: &IncidentRow, sort: IncidentSort) -> Position {
        let key = match sort {
            IncidentSort::Date => SortKey::day_up(row.start_date),
            IncidentSort::DateDown | IncidentSort::Relevance => SortKey::day_down(row.start_date),
            IncidentSort::Updated | IncidentSort::UpdatedDown => SortKey::Moment(row.updated_at),
            IncidentSort::Created | IncidentSort::CreatedDown => SortKey::Moment(row.created_at),
        };
        Position(key, row.id.into())
    }

    fn days(list: Self::List<'_>) -> impl QueryFragment<Pg> + Query<SqlType = (Date, SqlUuid)> + QueryId + Send {
        list.select((incidents::date_down, incidents::id))
    }

    async fn rows(mut connection: &AsyncPgConnection, list: Self::List<'_>) -> QueryResult<Vec<IncidentRow>> {
        list.select(IncidentRow::as_select()).load(&mut connection).await
    }

    async fn whole(connection: &AsyncPgConnection, rows: Vec<IncidentRow>, view: &View) -> QueryResult<Vec<Incident>> {
        parts::complete(connection, rows, view).await
    }

    async fn of_ids(connection: &AsyncPgConnection, among: Among<'_>, view: &View) -> QueryResult<Vec<Incident>> {
        of_ids(connection, among, view).await
    }

    fn row(&self) -> &IncidentRow {
        &self.row
    }
}
