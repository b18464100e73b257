//! Incidents that may be the same: of one kind and overlapping days, with people, a place or a title in common.

mod candidates;
mod scoring;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::decisions::Decision;
use super::model::{begin, likeliest};
use crate::history::{Lookup, RecordType};
use crate::incidents::IncidentRef;

/// The least score of an incident that is asked about.
const LEAST: f64 = 0.6;

/// The incidents that may be the same as one.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarIncidents {
    /// Those of which nothing is decided, the likeliest first.
    #[schema(max_items = 50)]
    pub data: Vec<SimilarIncident>,
    /// What is decided, the newest first.
    #[schema(max_items = 50)]
    pub decided: Vec<Decision>,
}

/// An incident that may be the same as another one.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarIncident {
    /// The incident.
    pub record: IncidentRef,
    /// How likely it is the same.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 0.83)]
    pub score: f64,
    /// What the score is made of.
    pub features: IncidentFeatures,
}

/// What the score of an incident is made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentFeatures {
    /// Whether it is of the same kind; else it is of the same category.
    #[schema(example = true)]
    pub kind: bool,
    /// How alike the titles are, in whatever script.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 0.74)]
    pub title: f64,
    /// How much of the two periods is common to both: 1 for the same days; null if one has no date.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 1.0)]
    pub days: Option<f64>,
    /// Whether it happened in the same place or within five kilometres; null if that is not known of both.
    #[schema(example = true)]
    pub place: Option<bool>,
    /// How many people concern both.
    #[schema(minimum = 0, maximum = 1000, example = 1)]
    pub people: i64,
    /// How many entities concern both, people among them.
    #[schema(minimum = 0, maximum = 1000, example = 2)]
    pub entities: i64,
}

/// The incidents that may be the same as one; in the read transaction of the connection.
///
/// # Errors
/// The database fails, or takes too long.
pub(super) async fn similar(
    connection: &AsyncPgConnection,
    id: Uuid,
    limit: usize,
) -> QueryResult<Lookup<SimilarIncidents>> {
    let decided = match begin(connection, RecordType::Incident, id).await? {
        Lookup::Found(decided) => decided,
        absent => return Ok(absent.without()),
    };
    let own = candidates::own(connection, id).await?;
    let found = candidates::load(connection, &own, &decided.ids).await?;
    let judged = found.into_iter().map(|other| scoring::judge(&own, other)).filter(|similar| similar.score >= LEAST);
    let data = likeliest(judged.collect(), limit, |similar| (similar.score, similar.record.id.into()));
    Ok(Lookup::Found(SimilarIncidents { data, decided: decided.shown }))
}
