//! Matching over HTTP.

use std::collections::BTreeMap;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, post, web};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoResponses, ToSchema};

use super::{MatchCandidate, NewMatchQuery, THRESHOLD, find};
use crate::db::Database;
use crate::http::auth::Caller;
use crate::http::body::RecordBody;
use crate::http::problem::Problem;
use crate::writing::schema::BodySchemas;

/// What to match.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMatch {
    /// Who and what is looked for, under names of your own.
    pub queries: BTreeMap<String, NewMatchQuery>,
    /// How many candidates of each to answer at most. Default: 5.
    #[serde(default = "five", deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 50, example = 5)]
    pub limit: u8,
    /// The least score of what is called a match. Default: 0.93, at which few who are there are missed, and hardly anybody is
    /// taken for another.
    #[serde(default = "threshold")]
    #[schema(minimum = 0, maximum = 1, format = Double, example = 0.93)]
    pub threshold: f64,
}

impl NewMatch {
    /// The name of its schema in the document.
    pub(crate) const SCHEMA: &'static str = "NewMatch";
}

fn five() -> u8 {
    5
}

/// How many, from 1 to 50. In JSON, 5.0 is a whole number, too.
fn whole<'de, D: Deserializer<'de>>(number: D) -> Result<u8, D::Error> {
    let number = f64::deserialize(number)?;
    let is_it = |whole: &u8| (f64::from(*whole) - number).abs() < f64::EPSILON;
    (1..=50).find(is_it).ok_or_else(|| D::Error::custom("must be a whole number from 1 to 50"))
}

fn threshold() -> f64 {
    THRESHOLD
}

/// What was found for each query.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchResults {
    /// What was found, under the names of the queries.
    pub results: BTreeMap<String, MatchResult>,
}

/// What was found for a query.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchResult {
    /// The entities that may be meant, the likeliest first.
    #[schema(max_items = 50)]
    pub candidates: Vec<MatchCandidate>,
}

/// What a request to match can answer beside the candidates.
#[derive(IntoResponses)]
pub enum MatchResponses {
    /// The body is of another media type.
    #[response(status = 415)]
    UnsupportedMediaType,
    /// The body is not what this takes; `errors` names every fault with its place.
    #[response(status = 422)]
    InvalidContent,
}

/// Match names to entities
///
/// Up to 100 names at once, each with the entities that it may mean. Names are compared across Latin and Cyrillic and across
/// spellings, whatever the order of their words; patronymics may be absent and given names be initials. An entity scores by
/// the most alike of its names, aliases included; `features` says by which, and what else counted. `match` tells what may
/// be taken without another look. Anybody may ask, and nothing is stored.
///
/// ```sh
/// curl -X POST http://127.0.0.1:8080/v1/match -H 'Content-Type: application/json' \
///   -d '{"queries": {"a": {"name": "Жапаров Садыр", "kind": "person"}, "b": {"name": "ГКНБ", "country": "KG"}}}'
/// ```
#[utoipa::path(
    tag = "entities",
    request_body(content = NewMatch, content_type = "application/json", description = "What to match."),
    responses((status = 200, description = "The candidates of each query.", body = MatchResults), MatchResponses)
)]
#[post("/v1/match")]
pub(crate) async fn match_entities(
    caller: Caller,
    database: web::Data<Database>,
    schemas: web::Data<BodySchemas>,
    RecordBody(body): RecordBody,
) -> Result<HttpResponse, Problem> {
    let NewMatch { queries, limit, threshold } = schemas.taken(NewMatch::SCHEMA, &body)?;
    let wanted: Vec<&NewMatchQuery> = queries.values().collect();
    let view = caller.view(None)?;
    let found = database
        .read_as(view, async |connection, view| find(connection, view, &wanted, limit.into(), threshold).await)
        .await?;
    let results = found.into_iter().map(|candidates| MatchResult { candidates });
    let results = MatchResults { results: queries.keys().cloned().zip(results).collect() };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(results))
}
