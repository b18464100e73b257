//! The endpoints that merge records and undo it.

use actix_web::{HttpRequest, HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, IntoResponses, ToSchema};
use uuid::Uuid;

use crate::articles::{Article, NewArticle};
use crate::codebook::ChangeReason;
use crate::entities::{Entity, NewEntity};
use crate::http::auth::Admin;
use crate::http::body::{OptionalBody, RecordBody};
use crate::http::conditional::IfMatch;
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::{GoneBody, Problem};
use crate::http::record::RecordId;
use crate::incidents::{Incident, NewIncident};
use crate::values::{ArticleId, EntityId, IncidentId};
use crate::writing::writer::{IdempotencyHeader, Writer};

/// Which record takes the place of the one that is merged.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMerge {
    /// The id of the record that takes its place.
    #[schema(example = "b7826df4-ed0b-5bec-8339-db6034e65863")]
    pub into: Uuid,
    /// Why.
    #[serde(default = "duplicate")]
    #[schema(example = "duplicate")]
    pub reason: ChangeReason,
}

impl NewMerge {
    /// The name of its schema in the document.
    pub(crate) const SCHEMA: &'static str = "NewMerge";
}

/// Why a merge is undone.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnmerge {
    /// Why. Default: `new_information`.
    #[schema(example = "coding_error")]
    pub reason: Option<ChangeReason>,
}

impl NewUnmerge {
    /// The name of its schema in the document.
    pub(crate) const SCHEMA: &'static str = "NewUnmerge";
}

fn duplicate() -> ChangeReason {
    ChangeReason::Duplicate
}

/// The version that is merged, or comes back from it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is what the document says of headers that are read elsewhere")]
pub(super) struct MatchHeader {
    /// The version that the record has, if it may have no other: the ETag as it was given, or the version in quotes.
    #[param(value_type = String, rename = "If-Match",
        max_length = 79,
        min_length = 3,
        pattern = "^(W/)?\"[0-9]{1,10}([.][A-Za-z0-9_-]{1,64})?\"$",
        example = "\"1\"",
        required = false
    )]
    if_match: Option<String>,
}

/// What a request to merge a record can answer beside the survivor.
#[derive(IntoResponses)]
pub enum MergeResponses {
    /// The key only reads.
    #[response(status = 403)]
    Forbidden,
    /// There is no such record.
    #[response(status = 404)]
    NotFound,
    /// The record was merged already, or is a draft. Or the same request, by its `Idempotency-Key`, is being carried out.
    #[response(status = 409)]
    Conflict,
    /// The record was withdrawn.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(GoneBody<'static>),
    /// The record has another version than `If-Match` says.
    #[response(status = 412)]
    PreconditionFailed,
    /// The body is of another media type.
    #[response(status = 415)]
    UnsupportedMediaType,
    /// The other record cannot take its place; `errors` says why. Or the `Idempotency-Key` belongs to another request.
    #[response(status = 422)]
    InvalidContent,
}

/// What a request to undo a merge can answer beside the record.
#[derive(IntoResponses)]
pub enum UnmergeResponses {
    /// The key is not an admin's.
    #[response(status = 403)]
    Forbidden,
    /// There is no such record.
    #[response(status = 404)]
    NotFound,
    /// The record was not merged, or cannot come back; `errors` says why. Or the same request, by its `Idempotency-Key`, is being
    /// carried out.
    #[response(status = 409)]
    Conflict,
    /// The record has another version than `If-Match` says.
    #[response(status = 412)]
    PreconditionFailed,
    /// The body is of another media type.
    #[response(status = 415)]
    UnsupportedMediaType,
    /// The body says something else than a reason; `errors` says what. Or the `Idempotency-Key` belongs to another request.
    #[response(status = 422)]
    InvalidContent,
}

macro_rules! merge_handler {
    ($(#[doc = $doc:literal])+ $name:ident, $path:literal, $tag:literal, $id:ident, $new:ident, $shown:ident) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            tag = $tag,
            params(("id" = $id, Path, description = "The id of the record that is merged."), MatchHeader, IdempotencyHeader),
            request_body(content = NewMerge, content_type = "application/json", description = "What takes its place."),
            responses((status = 200, description = "The survivor as it is now.", body = $shown), MergeResponses)
        )]
        #[post($path)]
        pub(crate) async fn $name(
            request: HttpRequest,
            writer: Writer,
            id: RecordId<$id>,
            if_match: IfMatch,
            key: IdempotencyKey,
            RecordBody(body): RecordBody,
        ) -> Result<HttpResponse, Problem> {
            writer.merge::<$new>(&request, key, id.0.into(), &if_match, body).await
        }
    };
}

macro_rules! unmerge_handler {
    ($(#[doc = $doc:literal])+ $name:ident, $path:literal, $tag:literal, $id:ident, $new:ident, $shown:ident) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            tag = $tag,
            params(("id" = $id, Path, description = "The id of the record that was merged."), MatchHeader, IdempotencyHeader),
            request_body(content = NewUnmerge, content_type = "application/json", description = "Why; may be left out."),
            responses((status = 200, description = "The record as it is again.", body = $shown), UnmergeResponses)
        )]
        #[post($path)]
        pub(crate) async fn $name(
            request: HttpRequest,
            _admin: Admin,
            writer: Writer,
            id: RecordId<$id>,
            if_match: IfMatch,
            key: IdempotencyKey,
            OptionalBody(body): OptionalBody,
        ) -> Result<HttpResponse, Problem> {
            writer.unmerge::<$new>(&request, key, id.0.into(), &if_match, body).await
        }
    };
}

merge_handler! {
    /// Merge an article
    ///
    /// For editors. The article is the same as another one: what led to it, sources and what is reported in it, leads to that one, which also
    /// takes over the mentions that it lacks; its other members stay as they are. From then on the merged id answers 308 with
    /// the survivor, also where that was merged in its turn; filters by it find the survivor, and writes to it are refused with 409. All
    /// of it is one transaction, and an admin can undo it.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/articles/$ID/merge -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
    ///   -d '{"into": "'$SURVIVOR'", "reason": "duplicate"}'
    /// ```
    merge_article, "/v1/articles/{id}/merge", "articles", ArticleId, NewArticle, Article
}
merge_handler! {
    /// Merge an entity
    ///
    /// For editors. The entity is the same as another one: what led to it (participants, figures, legal steps, mentions, publishers, relations) leads
    /// to that one, which also takes over its names, as aliases, and the identifiers and relations that it lacks; its other members
    /// stay as they are. Where two items come to say the same one stays, and counts of mentions add up. From then on the
    /// merged id answers 308 with the survivor, also where that was merged in its turn; filters by it find the survivor, and writes to it are
    /// refused with 409. All of it is one transaction, and an admin can undo it.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/entities/$ID/merge -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
    ///   -d '{"into": "'$SURVIVOR'", "reason": "duplicate"}'
    /// ```
    merge_entity, "/v1/entities/{id}/merge", "entities", EntityId, NewEntity, Entity
}
merge_handler! {
    /// Merge an incident
    ///
    /// For editors. The incident is the same as another one: what led to it leads to that one, which also takes over the tags, participants,
    /// figures, legal steps, sources and relations that it lacks; its other members stay as they are. From then on the merged id answers
    /// 308 with the survivor, also where that was merged in its turn; filters by it find the survivor, and writes to it are refused
    /// with 409. All of it is one transaction, and an admin can undo it.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/incidents/$ID/merge -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
    ///   -d '{"into": "'$SURVIVOR'", "reason": "duplicate"}'
    /// ```
    merge_incident, "/v1/incidents/{id}/merge", "incidents", IncidentId, NewIncident, Incident
}
unmerge_handler! {
    /// Undo the merge of an article
    ///
    /// For admins. The article is published again as it was, what led to it leads to it again, and the survivor gives back what it took
    /// over, also if either was changed since; what an editor removed meanwhile stays removed. Articles that were merged into it
    /// before are part of it again.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/articles/$ID/unmerge -H "Authorization: Bearer $KEY"
    /// ```
    unmerge_article, "/v1/articles/{id}/unmerge", "articles", ArticleId, NewArticle, Article
}
unmerge_handler! {
    /// Undo the merge of an entity
    ///
    /// For admins. The entity is published again as it was, what led to it leads to it again, and the survivor gives back what it took
    /// over, also if either was changed since; what an editor removed meanwhile stays removed. Entities that were merged into it
    /// before are part of it again.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/entities/$ID/unmerge -H "Authorization: Bearer $KEY"
    /// ```
    unmerge_entity, "/v1/entities/{id}/unmerge", "entities", EntityId, NewEntity, Entity
}
unmerge_handler! {
    /// Undo the merge of an incident
    ///
    /// For admins. The incident is published again as it was, what led to it leads to it again, and the survivor gives back what it took
    /// over, also if either was changed since; what an editor removed meanwhile stays removed. Incidents that were merged into it
    /// before are part of it again.
    ///
    /// ```sh
    /// curl -X POST http://127.0.0.1:8080/v1/incidents/$ID/unmerge -H "Authorization: Bearer $KEY"
    /// ```
    unmerge_incident, "/v1/incidents/{id}/unmerge", "incidents", IncidentId, NewIncident, Incident
}
