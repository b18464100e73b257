//! Legal steps as rows.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::values::{ValueOf, columns_of_value, of};
use crate::codebook::Vocabulary;
use crate::db::among::Among;
use crate::exports::Exported;
use crate::exports::columns::Holding::{Code, Day, Flag, Id, Number, Text, Whole};
use crate::exports::columns::{Cell, Column};
use crate::http::auth::View;
use crate::incidents::filter::IncidentFilter;
use crate::incidents::refs::Known;
use crate::incidents::stored::load_legal_steps;
use crate::incidents::{Incident, LegalStep};

/// A legal step of an incident.
pub(crate) type LegalStepOf = ValueOf<LegalStep>;

impl Exported for LegalStepOf {
    type Of = Incident;

    const NAME: &'static str = "legal_steps";

    const COLUMNS: &'static [Column<Self>] = columns_of_value![
        Column::new("entity", Text, "The name of the person.", |it| Cell::text(&it.value.entity.name)),
        Column::new("entity_id", Id, "The person's id.", |it| Cell::Id(it.value.entity.id.into())),
        Column::new("step", Code, "What happened to the person.", |it| Cell::code(it.value.step)),
        Column::new("step_date", Day, "When: the first day of the period that the precision names.", |it| Cell::day(
            it.value.date
        )),
        Column::new("step_date_precision", Code, "How precisely that is known.", |it| Cell::code(
            it.value.date_precision
        )),
        Column::new("authority", Text, "The name of the public body that did it.", |it| {
            Cell::optional(it.value.authority.as_ref().map(|authority| &authority.name))
        }),
        Column::new("authority_id", Id, "Its id.", |it| Cell::id(
            it.value.authority.as_ref().map(|authority| authority.id)
        )),
        Column::new("charge", Text, "What the person is accused of.", |it| Cell::optional(it.value.charge.as_ref())),
        Column::new("penalty_kind", Code, "What was imposed.", |it| {
            it.value.penalty.as_ref().map_or(Cell::Empty, |penalty| Cell::code(penalty.kind))
        }),
        Column::new("penalty_amount", Number, "How much of it; empty when the source does not say.", |it| {
            Cell::amount(it.value.penalty.as_ref().and_then(|penalty| penalty.amount))
        }),
        Column::new("penalty_unit", Text, "In which unit: `day`, `month`, `year`, or a currency.", |it| {
            Cell::optional(it.value.penalty.as_ref().and_then(|penalty| penalty.unit.as_ref()))
        }),
        Column::new("penalty_suspended", Flag, "Whether it was suspended.", |it| {
            it.value.penalty.as_ref().map_or(Cell::Empty, |penalty| Cell::Flag(penalty.suspended))
        }),
        Column::new("note", Text, "What else to know.", |it| Cell::optional(it.value.note.as_ref())),
    ];

    async fn rows_of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        filter: &IncidentFilter,
        _: &View,
        known: &Known,
    ) -> QueryResult<Vec<Self>> {
        of(connection, among, load_legal_steps(connection, among, None, Some(known)), |step| fits(step, filter)).await
    }
}

/// Whether a step is one of those that a filter is about.
fn fits(step: &LegalStep, filter: &IncidentFilter) -> bool {
    filter.step.as_ref().is_none_or(|steps| steps.codes().contains(&step.step.code()))
        && filter.entity.as_ref().is_none_or(|ids| ids.get().contains(&step.entity.id.into()))
}
