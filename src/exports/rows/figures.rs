//! Figures as rows.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::values::{ValueOf, columns_of_value, of};
use crate::codebook::Vocabulary;
use crate::db::among::Among;
use crate::exports::Exported;
use crate::exports::columns::Holding::{Code, Day, Flag, Id, Number, Text, Texts, Whole};
use crate::exports::columns::{Cell, Column};
use crate::http::auth::View;
use crate::incidents::filter::IncidentFilter;
use crate::incidents::refs::Known;
use crate::incidents::stored::load_figures;
use crate::incidents::{Figure, Incident};
use crate::values::Line;

/// A figure of an incident.
pub(crate) type FigureOf = ValueOf<Figure>;

impl Exported for FigureOf {
    type Of = Incident;

    const NAME: &'static str = "figures";

    const COLUMNS: &'static [Column<Self>] = columns_of_value![
        Column::new("measure", Code, "What is counted.", |it| Cell::code(it.value.measure)),
        Column::new("low", Number, "The least that was said; empty when no lower bound was.", |it| Cell::amount(
            it.value.low
        )),
        Column::new("high", Number, "The most that was said; empty when no upper bound was.", |it| Cell::amount(
            it.value.high
        )),
        Column::new("best", Number, "The single number that a source gives beside its range.", |it| Cell::amount(
            it.value.best
        )),
        Column::new("approximate", Flag, "Whether it was said to be about so many.", |it| Cell::Flag(
            it.value.approximate
        )),
        Column::new("unit", Text, "The currency of an amount.", |it| Cell::optional(it.value.unit.as_ref())),
        Column::new("wording", Text, "The words of the source.", |it| Cell::optional(it.value.wording.as_ref())),
        Column::new("places", Texts, "The places that it covers, where it is not the place of the incident.", |it| {
            Cell::texts(it.value.places.iter().map(Line::as_str))
        }),
        Column::new("claimant_class", Code, "What kind of claimant says so.", |it| Cell::code(it.value.claimant_class)),
        Column::new("claimant", Text, "The name of the entity that says so.", |it| {
            Cell::optional(it.value.claimant.as_ref().map(|claimant| &claimant.name))
        }),
        Column::new("claimant_id", Id, "Its id.", |it| Cell::id(
            it.value.claimant.as_ref().map(|claimant| claimant.id)
        )),
    ];

    async fn rows_of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        filter: &IncidentFilter,
        _: &View,
        known: &Known,
    ) -> QueryResult<Vec<Self>> {
        of(connection, among, load_figures(connection, among, None, Some(known)), |figure| fits(figure, filter)).await
    }
}

/// Whether a figure is one of those that a filter is about.
fn fits(figure: &Figure, filter: &IncidentFilter) -> bool {
    let claims = |id: Uuid| figure.claimant.as_ref().is_some_and(|claimant| Uuid::from(claimant.id) == id);
    #[expect(clippy::cast_precision_loss, reason = "at most 10^15, where every integer is exact")]
    let reaches = |least: i64| figure.low.is_some_and(|low| low.get() >= least as f64);
    filter.measure.as_ref().is_none_or(|measures| measures.codes().contains(&figure.measure.code()))
        && filter.min_figure.is_none_or(|least| reaches(least.get()))
        && filter.claimant_class.as_ref().is_none_or(|classes| classes.codes().contains(&figure.claimant_class.code()))
        && filter.entity.as_ref().is_none_or(|ids| ids.get().iter().any(|id| claims(*id)))
}
