//! What the rows of figures, participants and legal steps begin with: the incident that the value belongs to.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::codebook::{CountryCode, DatePrecision, IncidentKind};
use crate::db::among::Among;
use crate::db::in_order;
use crate::db::schema::incidents;
use crate::values::{IncidentId, Line, Slug};

/// What a row says of its incident.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = incidents)]
pub(super) struct Of {
    pub(super) id: IncidentId,
    pub(super) start_date: Option<NaiveDate>,
    pub(super) end_date: Option<NaiveDate>,
    pub(super) date_precision: DatePrecision,
    pub(super) country: Option<CountryCode>,
    pub(super) admin1: Option<Line>,
    pub(super) place: Option<Line>,
    pub(super) kind: IncidentKind,
    pub(super) title: Line,
    pub(super) dataset: Slug,
}

/// A value of an incident, and its place among those of its sort there.
#[derive(Debug)]
pub(crate) struct ValueOf<V> {
    pub(super) incident: Arc<Of>,
    pub(super) position: i16,
    pub(super) value: V,
}

/// The values of these incidents that fit, each with its incident, in the order of the ids.
pub(super) async fn of<V>(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    values: impl Future<Output = QueryResult<Vec<((IncidentId, i16), V)>>>,
    fits: impl Fn(&V) -> bool,
) -> QueryResult<Vec<ValueOf<V>>> {
    let query = incidents::table.filter(among.holds(incidents::id)).select(Of::as_select());
    let (incidents, values) = tokio::try_join!(query.load(&mut connection), values)?;
    let incidents = in_order(incidents, among.ids(), |it: &Of| it.id.into());
    let incidents: HashMap<IncidentId, Arc<Of>> = incidents.into_iter().map(|it| (it.id, Arc::new(it))).collect();
    let row = |((id, position), value)| {
        let incident = incidents.get(&id)?.clone();
        Some(ValueOf { incident, position, value })
    };
    Ok(values.into_iter().filter(|(_, value)| fits(value)).filter_map(row).collect())
}

/// The columns of the incident, then those of the value, then those of the article that reports it.
macro_rules! columns_of_value {
    ($($column:expr,)+) => {
        &[
            Column::new("incident_id", Id, "The id of the incident.", |it| Cell::Id(it.incident.id.into())),
            Column::new("start_date", Day, "Its first day, or that of the period in which it lies.", |it| Cell::day(it.incident.start_date)),
            Column::new("end_date", Day, "Its last day, or that of the period in which it lies.", |it| Cell::day(it.incident.end_date)),
            Column::new("date_precision", Code, "How precisely these are known.", |it| Cell::code(it.incident.date_precision)),
            Column::new("country", Code, "Its country, as of ISO 3166-1 alpha-2.", |it| Cell::country(it.incident.country)),
            Column::new("admin1", Text, "Its first-order division.", |it| Cell::optional(it.incident.admin1.as_ref())),
            Column::new("place", Text, "Its settlement or place.", |it| Cell::optional(it.incident.place.as_ref())),
            Column::new("kind", Code, "What happened, as a code.", |it| Cell::code(it.incident.kind)),
            Column::new("title", Text, "What happened, in one line.", |it| Cell::text(&it.incident.title)),
            Column::new("dataset", Text, "The dataset of the incident.", |it| Cell::text(&it.incident.dataset)),
            Column::new("position", Whole, "The place of the value among those of its sort in the incident, from 0.", |it| Cell::Whole(it.position.into())),
            $($column,)+
            Column::new("article", Text, "The title of the article that reports it.", |it| Cell::optional(it.value.article.as_ref().map(|article| &article.title))),
            Column::new("article_id", Id, "Its id.", |it| Cell::id(it.value.article.as_ref().map(|article| article.id))),
            Column::new("article_url", Text, "Its address.", |it| Cell::optional(it.value.article.as_ref().and_then(|article| article.url.as_ref()))),
        ]
    };
}
pub(super) use columns_of_value;
