//! Incidents in the database.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use tokio::try_join;
use utoipa::ToSchema;
use uuid::Uuid;

use super::parts::{self, Figure, LegalStep, Participant, Parts, Source};
use super::refs::Known;
use super::relations::IncidentRelation;
use crate::codebook::{
    CodingMethod, CountryCode, DatePrecision, Effect, Freedom, IncidentKind, PlacePrecision, RecordState, Verification,
};
use crate::db::among::Among;
use crate::db::in_order;
use crate::db::schema::incidents;
use crate::history::{self, Lookup, RecordStatus, RecordType};
use crate::http::auth::View;
use crate::values::{ExternalId, IncidentId, Line, Prose, Slug, Tag};

/// An incident as other records show it.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = incidents)]
pub struct IncidentRef {
    /// Its id.
    pub id: IncidentId,
    /// What happened, in one line.
    pub title: Line,
    /// What happened, as a code.
    pub kind: IncidentKind,
    /// The first day.
    pub start_date: Option<NaiveDate>,
}

/// What an incident says of itself.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = incidents)]
pub struct IncidentRow {
    /// The id: a UUID, never used again.
    pub id: IncidentId,
    /// How often the record was written.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dataset that it belongs to.
    pub dataset: Slug,
    /// Its id within the dataset.
    pub external_id: Option<ExternalId>,
    /// Published, draft or retracted.
    pub state: RecordState,
    /// When it was first stored.
    pub created_at: DateTime<Utc>,
    /// When the current version was stored.
    pub updated_at: DateTime<Utc>,
    /// What happened, in one line.
    pub title: Line,
    /// What happened, in words of our own.
    pub summary: Prose,
    /// What happened, as a code: one per incident, so that totals add up.
    pub kind: IncidentKind,
    /// What it does to civic space.
    pub effect: Effect,
    /// The freedoms that it touches.
    #[schema(max_items = 8)]
    pub freedoms: Vec<Freedom>,
    /// The first day; with a precision coarser than `day`, the first day of the period in which it lies.
    #[schema(example = "2020-03-02")]
    pub start_date: Option<NaiveDate>,
    /// The last day; with a precision coarser than `day`, the last day of the period in which it lies.
    #[schema(example = "2020-03-02")]
    pub end_date: Option<NaiveDate>,
    /// How precisely the dates are known.
    pub date_precision: DatePrecision,
    /// The words in which the source gives the date.
    pub date_wording: Option<Line>,
    /// Where it happened.
    #[diesel(embed)]
    pub location: Location,
    /// How well it is established.
    pub verification: Verification,
    /// How it was turned into a record.
    #[diesel(embed)]
    pub coding: Coding,
}

/// Where an incident happened.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = incidents)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The country.
    pub country: Option<CountryCode>,
    /// The first-order division: its name.
    pub admin1: Option<Line>,
    /// The settlement or place.
    pub place: Option<Line>,
    /// Latitude in degrees, WGS 84.
    #[schema(minimum = -90, maximum = 90, example = 42.87)]
    pub lat: Option<f64>,
    /// Longitude in degrees, WGS 84.
    #[schema(minimum = -180, maximum = 180, example = 74.59)]
    pub lon: Option<f64>,
    /// What the point stands for. One that stands for a region or a country is not to be drawn as a pin.
    #[diesel(column_name = place_precision)]
    pub precision: PlacePrecision,
}

/// How an incident was turned into a record.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = incidents)]
#[serde(deny_unknown_fields)]
pub struct Coding {
    /// By whom.
    #[diesel(column_name = coding_method)]
    pub method: CodingMethod,
    /// By which edition of the codebook.
    pub codebook: Line,
    /// What the coder inferred or left open.
    #[diesel(column_name = coding_note)]
    pub note: Option<Prose>,
}

/// An incident: an event in civic space.
#[derive(Debug, Serialize, ToSchema)]
pub struct Incident {
    /// What it says of itself.
    #[serde(flatten)]
    pub row: IncidentRow,
    /// Its tags; `/v1/vocabularies` lists them all.
    #[schema(max_items = 50)]
    pub tags: Vec<Tag>,
    /// Who had which part in it.
    #[schema(max_items = 500)]
    pub participants: Vec<Participant>,
    /// What was said to have been how many, and by whom.
    #[schema(max_items = 200)]
    pub figures: Vec<Figure>,
    /// What happened to persons at law.
    #[schema(max_items = 500)]
    pub legal_steps: Vec<LegalStep>,
    /// The articles that report it.
    #[schema(max_items = 200)]
    pub sources: Vec<Source>,
    /// How it stands to other incidents, seen from both ends: at most 200 that start from it, and all that lead to it.
    #[schema(max_items = 100_000)]
    pub relations: Vec<IncidentRelation>,
}

/// The incident of an id.
///
/// # Errors
/// The database fails.
pub async fn find(mut connection: &AsyncPgConnection, id: IncidentId, view: &View) -> QueryResult<Lookup<Incident>> {
    let mut query = incidents::table.into_boxed().filter(incidents::id.eq(id));
    if !view.hidden.is_empty() {
        query = query.filter(incidents::dataset.ne_all(&view.hidden));
    }
    let columns = (IncidentRow::as_select(), incidents::merged_into);
    let ids = [id.into()];
    let (rows, mut parts) = try_join!(
        query.select(columns).load::<(IncidentRow, Option<Uuid>)>(&mut connection),
        Parts::of(connection, Among::each(&ids), view, None)
    )?;
    let Some((row, merged_into)) = rows.into_iter().next() else { return Ok(Lookup::Missing) };
    let status = RecordStatus { state: row.state, merged_into, version: row.version, updated_at: row.updated_at };
    if let Some(gone) = history::unavailable(connection, RecordType::Incident, id.into(), &status, view).await? {
        return Ok(gone);
    }
    Ok(Lookup::Found(parts.complete(row)))
}
/// The incidents of these ids, in their order and in whatever state.
///
/// # Errors
/// The database fails.
pub async fn of_ids(connection: &AsyncPgConnection, among: Among<'_>, view: &View) -> QueryResult<Vec<Incident>> {
    of_ids_knowing(connection, among, view, None).await
}

/// The same, and what they name is looked up only if it is not known.
pub(crate) async fn of_ids_knowing(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    view: &View,
    known: Option<&Known>,
) -> QueryResult<Vec<Incident>> {
    let rows = incidents::table.filter(among.holds(incidents::id)).select(IncidentRow::as_select());
    let (rows, mut parts) = try_join!(rows.load(&mut connection), Parts::of(connection, among, view, known))?;
    let rows = in_order(rows, among.ids(), |row: &IncidentRow| row.id.into());
    Ok(rows.into_iter().map(|row| parts.complete(row)).collect())
}

/// The incident of an id as an editor sees it, in whatever state.
///
/// # Errors
/// The database fails, or there is no such incident.
pub async fn show(mut connection: &AsyncPgConnection, id: IncidentId) -> QueryResult<Incident> {
    let row = incidents::table.find(id).select(IncidentRow::as_select()).first(&mut connection).await?;
    parts::complete(connection, vec![row], &View::of_editor()).await?.pop().ok_or(diesel::NotFound)
}
