//! Entities of `FollowTheMoney` as rows: those of ours, the relations between them, and the incidents in which they take part.

use diesel::QueryResult;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::codebook::{RecordState, Vocabulary};
use crate::db::among::Among;
use crate::db::fragments::{Open, OrderBy};
use crate::db::schema::{entities, incident_entities, incidents};
use crate::entities::Entity;
use crate::entities::filter::EntityFilter;
use crate::exports::columns::Column;
use crate::exports::ftm::{self, FtmEntity};
use crate::exports::ndjson::Ndjson;
use crate::exports::reading::{Batch, batches};
use crate::exports::{Exported, Format};
use crate::http::auth::View;
use crate::http::listing::Order;
use crate::http::problem::Problem;
use crate::incidents::Incident;
use crate::incidents::filter::IncidentFilter;
use crate::incidents::model::of_ids_knowing;
use crate::incidents::refs::Known;
use crate::lists::{self, Listed};

impl Exported for FtmEntity {
    type Of = Entity;

    const NAME: &'static str = "entities";

    const COLUMNS: &'static [Column<Self>] = &[];

    async fn rows_of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        _: &EntityFilter,
        view: &View,
        _: &Known,
    ) -> QueryResult<Vec<Self>> {
        let entities = Entity::of_ids(connection, among, view).await?;
        let rows =
            entities.iter().flat_map(|entity| std::iter::once(ftm::entity(entity)).chain(ftm::relations(entity)));
        Ok(rows.collect())
    }

    async fn read(
        connection: &AsyncPgConnection,
        filter: &EntityFilter,
        view: &View,
        take: &mut impl AsyncFnMut(Batch<Self>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        lists::walk::<Entity>(connection, filter, view).await?;
        let known = Known::default();
        let rows = async |among: Among<'_>| Self::rows_of(connection, among, filter, view, &known).await;
        batches(connection, Entity::TYPE, rows, take).await?;
        // Whatever the state of the entities that are asked for: an incident that is not published is no event.
        let view = &View { states: vec![RecordState::Published.code()], ..view.clone() };
        walk_of_incidents(connection, filter, view).await?;
        let events = async |among: Among<'_>| {
            let incidents = of_ids_knowing(connection, among, view, Some(&known)).await?;
            Ok(incidents.iter().flat_map(ftm::event).collect())
        };
        batches(connection, Incident::TYPE, events, take).await
    }

    fn lines(fields: Option<Vec<&'static str>>) -> Box<dyn Format<Self>> {
        Box::new(Ndjson::new(fields))
    }
}

/// Opens a cursor on the incidents in which any of the entities that fit a filter takes part.
async fn walk_of_incidents(mut connection: &AsyncPgConnection, filter: &EntityFilter, view: &View) -> QueryResult<()> {
    let all = IncidentFilter::default();
    let order = Order { table: "incidents", column: "id", descending: false };
    let holds = Entity::wanted(filter).map(|wanted| wanted.holds(Entity::TYPE));
    let concerned = lists::with(Entity::matching(filter, view), holds).select(entities::id);
    let shared = incident_entities::table
        .filter(incident_entities::entity_id.eq_any(concerned))
        .select(incident_entities::incident_id);
    let list = Incident::matching(&all, view).filter(incidents::id.eq_any(shared)).order(OrderBy(order));
    Open(Incident::days(list)).execute(&mut connection).await.map(drop)
}
