//! How incidents stand to one another: stored once, shown at both ends.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::IncidentRef;
use crate::codebook::{IncidentRelationType, RecordState};
use crate::db::among::Among;
use crate::db::schema::{incident_relations, incidents};
use crate::entities::RelationDirection;
use crate::http::auth::View;
use crate::values::IncidentId;

/// How an incident stands to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentRelation {
    /// The relation, as it reads from the incident that it starts from.
    pub relation: IncidentRelationType,
    /// Whether it starts from the incident that is shown, or leads to it.
    pub direction: RelationDirection,
    /// The incident at the other end.
    pub incident: IncidentRef,
}

/// Relations, each with the incident from whose end it is seen.
type Relations = QueryResult<Vec<(IncidentId, IncidentRelation)>>;

/// The relations that start from these incidents.
pub(super) async fn outgoing(mut connection: &AsyncPgConnection, among: Among<'_>) -> Relations {
    let rows: Vec<(IncidentId, IncidentRelationType, IncidentRef)> = incident_relations::table
        .inner_join(incidents::table.on(incidents::id.eq(incident_relations::target_id)))
        .filter(among.holds(incident_relations::incident_id))
        .order((incident_relations::incident_id, incident_relations::position))
        .select((incident_relations::incident_id, incident_relations::relation, IncidentRef::as_select()))
        .load(&mut connection)
        .await?;
    Ok(seen(rows, RelationDirection::Outgoing))
}

/// The relations that lead to these incidents from others that may be seen.
pub(super) async fn incoming(mut connection: &AsyncPgConnection, among: Among<'_>, view: &View) -> Relations {
    let mut query = incident_relations::table
        .inner_join(incidents::table.on(incidents::id.eq(incident_relations::incident_id)))
        .filter(among.holds(incident_relations::target_id))
        .filter(incidents::state.eq(RecordState::Published))
        .order((incident_relations::target_id, incidents::date_up, incidents::id, incident_relations::position))
        .into_boxed();
    if !view.hidden.is_empty() {
        query = query.filter(incidents::dataset.ne_all(&view.hidden));
    }
    let rows = query
        .select((incident_relations::target_id, incident_relations::relation, IncidentRef::as_select()))
        .load(&mut connection)
        .await?;
    Ok(seen(rows, RelationDirection::Incoming))
}

fn seen(
    rows: Vec<(IncidentId, IncidentRelationType, IncidentRef)>,
    direction: RelationDirection,
) -> Vec<(IncidentId, IncidentRelation)> {
    rows.into_iter().map(|(id, relation, incident)| (id, IncidentRelation { relation, direction, incident })).collect()
}
