//! Duplicates over HTTP.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder, get, post, web};
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, IntoResponses};
use uuid::Uuid;

use super::decisions::{self, Decision, NewDecision};
use super::model::standing;
use super::{SimilarArticles, SimilarEntities, SimilarIncidents, articles, entities, incidents};
use crate::db::Database;
use crate::history::{Lookup, RecordType};
use crate::http::auth::{Editor, View};
use crate::http::body::RecordBody;
use crate::http::fault::{Fault, FaultCode};
use crate::http::parameters::Whole;
use crate::http::problem::{GoneBody, Problem};
use crate::http::query::{Parameters, Query};
use crate::http::record::{RecordId, RecordResponses, absent};
use crate::http::reply::{Reply, written};
use crate::values::{ArticleId, EntityId, IncidentId};
use crate::writing::schema::BodySchemas;

/// How many records to answer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SimilarParameters {
    /// How many records at most.
    #[param(value_type = Option<i32>, format = Int32, minimum = 1, maximum = 50, default = 10, example = 10)]
    limit: Option<Whole<1, 50>>,
}

impl Parameters for SimilarParameters {}

impl SimilarParameters {
    fn limit(&self) -> usize {
        self.limit.map_or(10, |limit| usize::try_from(limit.get()).unwrap_or(10))
    }
}

/// What asking an editor's question can answer to others.
#[derive(IntoResponses)]
pub enum SimilarResponses {
    /// The key only reads.
    #[response(status = 403)]
    Forbidden,
}

/// What a request to decide of two records can answer beside the decision.
#[derive(IntoResponses)]
pub enum DecideResponses {
    /// The key only reads.
    #[response(status = 403)]
    Forbidden,
    /// There is no such record.
    #[response(status = 404)]
    NotFound,
    /// The record was merged into another one.
    #[response(status = 409)]
    Conflict,
    /// The record was withdrawn.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(GoneBody<'static>),
    /// The body is of another media type.
    #[response(status = 415)]
    UnsupportedMediaType,
    /// Nothing can be decided of the other record; `errors` says why.
    #[response(status = 422)]
    InvalidContent,
}

macro_rules! similar_handler {
    ($(#[doc = $doc:literal])+ $name:ident, $path:literal, $tag:literal, $id:ident, $type:ident, $found:ident, $answer:ident) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            tag = $tag,
            params(("id" = $id, Path, description = "The id of the record."), SimilarParameters),
            responses((status = 200, description = "The records that may be the same.", body = $answer), RecordResponses, SimilarResponses)
        )]
        #[get($path)]
        pub(crate) async fn $name(
            request: HttpRequest,
            _editor: Editor,
            id: RecordId<$id>,
            Query(parameters): Query<SimilarParameters>,
            database: web::Data<Database>,
        ) -> Result<HttpResponse, Problem> {
            let (id, limit) = (id.0.into(), parameters.limit());
            let find = async |connection: &AsyncPgConnection, _: &View| $found::similar(connection, id, limit).await;
            let found = database.read_as(View::of_live(), find).await?;
            shown(&request, RecordType::$type, id, found)
        }
    };
}

macro_rules! decide_handler {
    ($(#[doc = $doc:literal])+ $name:ident, $path:literal, $tag:literal, $id:ident, $type:ident) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            tag = $tag,
            params(("id" = $id, Path, description = "The id of the one record.")),
            request_body(content = NewDecision, content_type = "application/json", description = "The other record, and what is decided of the two."),
            responses((status = 200, description = "The decision as it is remembered.", body = Decision), DecideResponses)
        )]
        #[post($path)]
        pub(crate) async fn $name(
            editor: Editor,
            id: RecordId<$id>,
            database: web::Data<Database>,
            schemas: web::Data<BodySchemas>,
            RecordBody(body): RecordBody,
        ) -> Result<HttpResponse, Problem> {
            decide(&database, &schemas, editor, RecordType::$type, id.0.into(), &body).await
        }
    };
}

similar_handler! {
    /// List articles like one
    ///
    /// For editors. The published articles and drafts that may be the same as this one, the likeliest first: those at the same
    /// address, and those of nearly the same title. Addresses are compared without scheme, `www.`, `m.` and `amp.`, fragment,
    /// tracking parameters and a slash at the end; a copy in an archive is taken for what was copied. Titles are compared
    /// across scripts; the same publisher and day raise the score, another publisher or date and other numbers lower it. Pairs of
    /// which something was decided are not among them, but in `decided`.
    ///
    /// ```sh
    /// curl http://127.0.0.1:8080/v1/articles/$ID/similar -H "Authorization: Bearer $KEY"
    /// ```
    list_similar_articles, "/v1/articles/{id}/similar", "articles", ArticleId, Article, articles, SimilarArticles
}
similar_handler! {
    /// List entities like one
    ///
    /// For editors. The published entities and drafts that may be the same as this one, the likeliest first. All names are compared
    /// as `/v1/match` does, aliases included, across scripts and spellings; another kind or country lowers the score. A common
    /// identifier makes it 1; different ones of a register that has one for each (`wikidata`, `isni`, `viaf`) halve it. Entities that stand
    /// in a relation to each other are two. Pairs of which something was decided are not among them, but in `decided`.
    ///
    /// ```sh
    /// curl http://127.0.0.1:8080/v1/entities/$ID/similar -H "Authorization: Bearer $KEY"
    /// ```
    list_similar_entities, "/v1/entities/{id}/similar", "entities", EntityId, Entity, entities, SimilarEntities
}
similar_handler! {
    /// List incidents like one
    ///
    /// For editors. The published incidents and drafts that may be the same as this one, the likeliest first: of the same kind, or
    /// at least category, and of overlapping days. What they have in common of titles, people (or, without people, of other
    /// entities), place and days makes the score; another place, or other people, lower it. Incidents that stand in a relation to each
    /// other are two. Pairs of which something was decided are not among them, but in `decided`.
    ///
    /// ```sh
    /// curl http://127.0.0.1:8080/v1/incidents/$ID/similar -H "Authorization: Bearer $KEY"
    /// ```
    list_similar_incidents, "/v1/incidents/{id}/similar", "incidents", IncidentId, Incident, incidents, SimilarIncidents
}
decide_handler! {
    /// Decide whether two articles are the same
    ///
    /// For editors. It is remembered once for the two, whichever is named first, with who decided it and when; a later decision takes
    /// its place, and the same one again changes nothing. Neither is asked about again beside the other. What was decided of a
    /// record that is merged later holds for the one that took its place. Two articles that are the same are yet to be merged.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/articles/$ID/similar -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
    ///   -d '{"id": "'$OTHER'", "decision": "different", "note": "A reprint."}'
    /// ```
    decide_similar_article, "/v1/articles/{id}/similar", "articles", ArticleId, Article
}
decide_handler! {
    /// Decide whether two entities are the same
    ///
    /// For editors. It is remembered once for the two, whichever is named first, with who decided it and when; a later decision takes
    /// its place, and the same one again changes nothing. Neither is asked about again beside the other. What was decided of a
    /// record that is merged later holds for the one that took its place. Two entities that are the same are yet to be merged.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/entities/$ID/similar -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
    ///   -d '{"id": "'$OTHER'", "decision": "different", "note": "Namesakes."}'
    /// ```
    decide_similar_entity, "/v1/entities/{id}/similar", "entities", EntityId, Entity
}
decide_handler! {
    /// Decide whether two incidents are the same
    ///
    /// For editors. It is remembered once for the two, whichever is named first, with who decided it and when; a later decision takes
    /// its place, and the same one again changes nothing. Neither is asked about again beside the other. What was decided of a
    /// record that is merged later holds for the one that took its place. Two incidents that are the same are yet to be merged.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/incidents/$ID/similar -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
    ///   -d '{"id": "'$OTHER'", "decision": "same"}'
    /// ```
    decide_similar_incident, "/v1/incidents/{id}/similar", "incidents", IncidentId, Incident
}

/// What was found, or what became of the record that was asked for.
fn shown<T: Serialize>(
    request: &HttpRequest,
    of: RecordType,
    id: Uuid,
    found: Lookup<T>,
) -> Result<HttpResponse, Problem> {
    match found {
        Lookup::Found(similar) => Ok(Reply::of(similar).respond_to(request)),
        lookup => absent(request, of, id, lookup),
    }
}

async fn decide(
    database: &Database,
    schemas: &BodySchemas,
    editor: Editor,
    of: RecordType,
    id: Uuid,
    body: &Value,
) -> Result<HttpResponse, Problem> {
    let new: NewDecision = schemas.taken(NewDecision::SCHEMA, body)?;
    let decision = database
        .write(async |connection: &mut AsyncPgConnection| {
            match standing(connection, of, id).await? {
                Lookup::Found(()) => {}
                Lookup::Missing => return Err(Problem::NotFound(format!("there is no {of} {id}"))),
                Lookup::Merged(survivor) => return Err(Problem::Merged(survivor)),
                Lookup::Withdrawn(tombstone) => return Err(Problem::Gone(tombstone)),
            }
            refuse_other(of, id, new.id, &standing(connection, of, new.id).await?)?;
            Ok(decisions::remember(connection, of, id, &new, editor.key).await?)
        })
        .await?;
    let bytes = serde_json::to_vec(&decision).map_err(|error| Problem::Internal(error.to_string()))?;
    Ok(written(StatusCode::OK, None, None, bytes))
}

/// Refuses a decision about a record that is not there to be decided about.
fn refuse_other(of: RecordType, id: Uuid, other: Uuid, standing: &Lookup<()>) -> Result<(), Problem> {
    let (code, detail) = match standing {
        Lookup::Found(()) if id == other => (FaultCode::InvalidValue, format!("is the {of} itself")),
        Lookup::Found(()) => return Ok(()),
        Lookup::Missing => (FaultCode::UnknownReference, format!("there is no such {of}")),
        Lookup::Merged(into) => {
            (FaultCode::UnavailableReference, format!("the {of} was merged into {into}; name that one"))
        }
        Lookup::Withdrawn(_) => (FaultCode::UnavailableReference, format!("the {of} was withdrawn")),
    };
    Err(Problem::InvalidContent(vec![Fault::body("/id", code, detail)]))
}
