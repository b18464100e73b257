//! Answering writes: each is one transaction, and is numbered in the change log before it is answered.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, IntoResponses};
use uuid::Uuid;

use super::merging::{NewMerge, NewUnmerge};
use super::schema::BodySchemas;
use super::{NewRecord, merging, operations};
use crate::codebook::ChangeReason;
use crate::db::Database;
use crate::history::Author;
use crate::http::auth::Editor;
use crate::http::conditional::IfMatch;
use crate::http::gate::Limits;
use crate::http::idempotency::{IdempotencyKey, StoredAnswer};
use crate::http::problem::Problem;
use crate::http::reply::written;

/// What a handler that writes needs beside its body.
pub struct Writer {
    pub(super) database: web::Data<Database>,
    pub(super) schemas: web::Data<BodySchemas>,
    pub(super) limits: Limits,
    pub(super) author: Author,
}

impl FromRequest for Writer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (Some(database), Some(schemas), Some(limits)) = (
            request.app_data::<web::Data<Database>>(),
            request.app_data::<web::Data<BodySchemas>>(),
            request.app_data::<web::Data<Limits>>(),
        ) else {
            return ready(Err(Problem::Internal("a writer needs a database, schemas and limits".to_owned())));
        };
        let editor = Editor::from_request(request, payload).into_inner();
        ready(editor.map(|editor| Self {
            database: database.clone(),
            schemas: schemas.clone(),
            limits: *limits.get_ref(),
            author: Author::of_key(editor.key, ChangeReason::NewInformation),
        }))
    }
}

impl Writer {
    /// For this reason.
    #[must_use]
    pub fn because(mut self, reason: ChangeReason) -> Self {
        self.author.reason = reason;
        self
    }

    /// Creates a record: 201 with the whole of it, or the answer that the same request got before.
    ///
    /// # Errors
    /// 422 with every fault of the body, and those of the `Idempotency-Key`.
    pub async fn create<R: NewRecord>(
        &self,
        request: &HttpRequest,
        name: IdempotencyKey,
        body: Value,
    ) -> Result<HttpResponse, Problem> {
        let create = async |connection: &mut AsyncPgConnection| {
            let id = operations::create::<R>(connection, &self.schemas, body.clone(), &self.author).await?;
            stored_answer::<R>(connection, 201, id).await
        };
        self.once(request, name, &body, create).await
    }

    /// Changes a record: 200 with the whole of it.
    ///
    /// # Errors
    /// 404, 409, 412, 422 and 428: see [`ChangeResponses`].
    pub async fn change<R: NewRecord>(
        &self,
        id: Uuid,
        if_match: &IfMatch,
        patch: Value,
    ) -> Result<HttpResponse, Problem> {
        let (version, body) = self
            .database
            .write(async |connection: &mut AsyncPgConnection| {
                operations::change::<R>(connection, &self.schemas, id, patch.clone(), if_match, &self.author).await?;
                shown::<R>(connection, id).await
            })
            .await?;
        Ok(written(StatusCode::OK, None, version, body))
    }

    /// Withdraws a record: 204.
    ///
    /// # Errors
    /// 404, 409 and 412: see [`WithdrawResponses`].
    pub async fn retract<R: NewRecord>(&self, id: Uuid, if_match: &IfMatch) -> Result<HttpResponse, Problem> {
        self.database
            .write(async |connection: &mut AsyncPgConnection| {
                operations::retract::<R>(connection, id, if_match, &self.author).await
            })
            .await?;
        Ok(HttpResponse::NoContent().finish())
    }

    /// Merges a record into the one that the body names: 200 with the survivor.
    ///
    /// # Errors
    /// 404, 409, 410, 412 and 422: see [`MergeResponses`](super::merging::MergeResponses).
    pub async fn merge<R: NewRecord>(
        &self,
        request: &HttpRequest,
        name: IdempotencyKey,
        id: Uuid,
        if_match: &IfMatch,
        body: Value,
    ) -> Result<HttpResponse, Problem> {
        let NewMerge { into, reason } = self.schemas.taken(NewMerge::SCHEMA, &body)?;
        let author = Author { reason, ..self.author };
        let merge = async |connection: &mut AsyncPgConnection| {
            merging::merge::<R>(connection, id, into, if_match, &author).await?;
            stored_answer::<R>(connection, 200, into).await
        };
        self.once(request, name, &body, merge).await
    }

    /// Undoes the merge of a record: 200 with the record.
    ///
    /// # Errors
    /// 404, 409 and 412: see [`UnmergeResponses`](super::merging::UnmergeResponses).
    pub async fn unmerge<R: NewRecord>(
        &self,
        request: &HttpRequest,
        name: IdempotencyKey,
        id: Uuid,
        if_match: &IfMatch,
        body: Option<Value>,
    ) -> Result<HttpResponse, Problem> {
        let NewUnmerge { reason } =
            body.as_ref().map_or(Ok(NewUnmerge::default()), |body| self.schemas.taken(NewUnmerge::SCHEMA, body))?;
        let author = Author { reason: reason.unwrap_or(self.author.reason), ..self.author };
        let unmerge = async |connection: &mut AsyncPgConnection| {
            merging::unmerge::<R>(connection, &self.schemas, id, if_match, &author).await?;
            stored_answer::<R>(connection, 200, id).await
        };
        self.once(request, name, &body.unwrap_or_default(), unmerge).await
    }

    /// Answers a request that may carry a name, with a record.
    async fn once(
        &self,
        request: &HttpRequest,
        name: IdempotencyKey,
        body: &Value,
        work: impl AsyncFn(&mut AsyncPgConnection) -> Result<StoredAnswer, Problem>,
    ) -> Result<HttpResponse, Problem> {
        let caller = self.author.key.unwrap_or_default();
        let answer = name.once(&self.database, caller, request.path(), body, work).await?;
        let status = StatusCode::from_u16(answer.status.unsigned_abs()).unwrap_or(StatusCode::OK);
        let location = (status == StatusCode::CREATED).then_some(answer.location.as_str());
        Ok(written(status, location, version_in(&answer.body)?, answer.body))
    }
}

/// The answer to a write: a record as it is now.
async fn stored_answer<R: NewRecord>(
    connection: &AsyncPgConnection,
    status: i16,
    id: Uuid,
) -> Result<StoredAnswer, Problem> {
    let location = format!("/v1/{}/{id}", R::TYPE.plural());
    Ok(StoredAnswer { status, location, body: shown::<R>(connection, id).await?.1 })
}

/// The version of a record that was written out.
fn version_in(body: &[u8]) -> Result<i32, Problem> {
    #[derive(Deserialize)]
    struct Versioned {
        version: i32,
    }
    let versioned: Versioned = serde_json::from_slice(body).map_err(|error| Problem::Internal(error.to_string()))?;
    Ok(versioned.version)
}

/// A record as reading shows it to an editor, with its version.
async fn shown<R: NewRecord>(connection: &AsyncPgConnection, id: Uuid) -> Result<(i32, Vec<u8>), Problem> {
    let (version, shown) = R::show(connection, id).await?;
    let body = serde_json::to_vec(&shown).map_err(|error| Problem::Internal(error.to_string()))?;
    Ok((version, body))
}

/// The name of a request to create something.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is what the document says of headers that are read elsewhere")]
pub struct IdempotencyHeader {
    /// A name for this request, unique among yours. Sent again with the same name, it is answered again and not carried out again.
    #[param(value_type = String, rename = "Idempotency-Key",
        max_length = 200,
        min_length = 1,
        pattern = "^[!-~]+$",
        example = "0190d6a0-0000-7000-8000-000000000001",
        required = false
    )]
    idempotency_key: Option<String>,
}

/// Why a record is written.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is what the document says of headers that are read elsewhere")]
pub struct ReasonHeader {
    /// Why the record is written. Default: `new_information`.
    #[param(value_type = ChangeReason, rename = "Change-Reason", required = false)]
    change_reason: Option<ChangeReason>,
}

/// What a request to change a record carries in its head.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is what the document says of headers that are read elsewhere")]
pub struct ChangeHeaders {
    /// The version that is changed: the ETag as it was given, or the version in quotes.
    #[param(value_type = String, rename = "If-Match",
        max_length = 79,
        min_length = 3,
        pattern = "^(W/)?\"[0-9]{1,10}([.][A-Za-z0-9_-]{1,64})?\"$",
        example = "\"1\"",
        required = true
    )]
    if_match: String,
    /// Why the record is written. Default: `new_information`.
    #[param(value_type = ChangeReason, rename = "Change-Reason", required = false)]
    change_reason: Option<ChangeReason>,
}

/// What a request to withdraw a record may carry in its head.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is what the document says of headers that are read elsewhere")]
pub struct WithdrawHeaders {
    /// The version that is withdrawn, if no other may be: the ETag as it was given, or the version in quotes.
    #[param(value_type = String, rename = "If-Match",
        max_length = 79,
        min_length = 3,
        pattern = "^(W/)?\"[0-9]{1,10}([.][A-Za-z0-9_-]{1,64})?\"$",
        example = "\"1\"",
        required = false
    )]
    if_match: Option<String>,
    /// Why the record is written. Default: `new_information`.
    #[param(value_type = ChangeReason, rename = "Change-Reason", required = false)]
    change_reason: Option<ChangeReason>,
}

/// What a request to create a record can answer beside the record.
#[derive(IntoResponses)]
pub enum CreateResponses {
    /// The key only reads.
    #[response(status = 403)]
    Forbidden,
    /// The same request, by its `Idempotency-Key`, is being carried out.
    #[response(status = 409)]
    InFlight,
    /// The body is of another media type.
    #[response(status = 415)]
    UnsupportedMediaType,
    /// The body cannot be stored; `errors` names every fault with its place. Or the `Idempotency-Key` belongs to another request.
    #[response(status = 422)]
    InvalidContent,
}

/// What a request to change a record can answer beside the record.
#[derive(IntoResponses)]
pub enum ChangeResponses {
    /// The key only reads.
    #[response(status = 403)]
    Forbidden,
    /// There is no such record.
    #[response(status = 404)]
    NotFound,
    /// The record was merged into another one, or is to be withdrawn while others refer to it.
    #[response(status = 409)]
    Conflict,
    /// The record has another version than `If-Match` says.
    #[response(status = 412)]
    PreconditionFailed,
    /// The body is of another media type.
    #[response(status = 415)]
    UnsupportedMediaType,
    /// The record could not be stored like that; `errors` names every fault with its place.
    #[response(status = 422)]
    InvalidContent,
    /// There is no `If-Match`.
    #[response(status = 428)]
    PreconditionRequired,
}

/// What a request to withdraw a record can answer beside 204.
#[derive(IntoResponses)]
pub enum WithdrawResponses {
    /// The key only reads.
    #[response(status = 403)]
    Forbidden,
    /// There is no such record.
    #[response(status = 404)]
    NotFound,
    /// Others refer to the record, or it was merged into another one; `errors` names the others.
    #[response(status = 409)]
    Conflict,
    /// The record has another version than `If-Match` says.
    #[response(status = 412)]
    PreconditionFailed,
}
