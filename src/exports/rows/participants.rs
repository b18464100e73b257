//! Participants as rows.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::values::{ValueOf, columns_of_value, of};
use crate::codebook::Vocabulary;
use crate::db::among::Among;
use crate::exports::Exported;
use crate::exports::columns::Holding::{Code, Day, Id, Text, Whole};
use crate::exports::columns::{Cell, Column};
use crate::http::auth::View;
use crate::incidents::filter::IncidentFilter;
use crate::incidents::refs::Known;
use crate::incidents::stored::load_participants;
use crate::incidents::{Incident, Participant};

/// A participant of an incident.
pub(crate) type ParticipantOf = ValueOf<Participant>;

impl Exported for ParticipantOf {
    type Of = Incident;

    const NAME: &'static str = "participants";

    const COLUMNS: &'static [Column<Self>] = columns_of_value![
        Column::new(
            "entity",
            Text,
            "The name of the entity; empty for somebody whom the source does not name.",
            |it| { Cell::optional(it.value.entity.as_ref().map(|entity| &entity.name)) }
        ),
        Column::new("entity_id", Id, "Its id.", |it| Cell::id(it.value.entity.as_ref().map(|entity| entity.id))),
        Column::new("entity_kind", Code, "What it is.", |it| {
            it.value.entity.as_ref().map_or(Cell::Empty, |entity| Cell::code(entity.kind))
        }),
        Column::new("label", Text, "What the source calls them.", |it| Cell::optional(it.value.label.as_ref())),
        Column::new("role", Code, "The part that they had.", |it| Cell::code(it.value.role)),
        Column::new("note", Text, "What else to know.", |it| Cell::optional(it.value.note.as_ref())),
    ];

    async fn rows_of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        filter: &IncidentFilter,
        _: &View,
        known: &Known,
    ) -> QueryResult<Vec<Self>> {
        of(connection, among, load_participants(connection, among, None, Some(known)), |participant| {
            fits(participant, filter)
        })
        .await
    }
}

/// Whether a participant is one of those that a filter is about.
fn fits(participant: &Participant, filter: &IncidentFilter) -> bool {
    let is = |id: Uuid| participant.entity.as_ref().is_some_and(|entity| Uuid::from(entity.id) == id);
    filter.entity.as_ref().is_none_or(|ids| ids.get().iter().any(|id| is(*id)))
        && filter.role.as_ref().is_none_or(|roles| roles.codes().contains(&participant.role.code()))
}
