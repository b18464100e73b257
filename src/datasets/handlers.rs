//! Reading and writing datasets over HTTP.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, get, patch, post, web};
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::{IntoParams, IntoResponses, ToSchema};

use super::model::{Dataset, load};
use super::new::NewDataset;
use super::write;
use crate::codebook::ChangeReason;
use crate::db::Database;
use crate::history::number_all;
use crate::http::auth::{Admin, Caller};
use crate::http::body::{PatchBody, RecordBody};
use crate::http::conditional::{IfMatchTag, Reason};
use crate::http::fault::{Fault, FaultCode};
use crate::http::idempotency::{IdempotencyKey, StoredAnswer};
use crate::http::problem::Problem;
use crate::http::reply::{Reply, written};
use crate::values::Slug;
use crate::writing::schema::BodySchemas;
use crate::writing::writer::IdempotencyHeader;

/// Every dataset that the caller may read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatasetList {
    /// The datasets, by slug.
    #[schema(max_items = 10_000)]
    pub data: Vec<Dataset>,
}

/// The slug in the path.
#[derive(Debug)]
pub(crate) struct DatasetSlug(Slug);

impl FromRequest for DatasetSlug {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let slug = request.match_info().query("slug").parse().map(Self);
        ready(
            slug.map_err(|why: String| {
                Problem::InvalidParameter(vec![Fault::path("slug", FaultCode::InvalidValue, why)])
            }),
        )
    }
}

/// List datasets
///
/// Every dataset that the caller may read, by slug, with the terms on which its records may be passed on.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/datasets
/// ```
#[utoipa::path(tag = "datasets", responses((status = 200, description = "The datasets.", body = DatasetList)))]
#[get("/v1/datasets")]
pub(crate) async fn list_datasets(
    caller: Caller,
    database: web::Data<Database>,
) -> Result<Reply<DatasetList>, Problem> {
    let view = caller.view(None)?;
    let data = load(&mut *database.connection().await?, &view, None).await?;
    Ok(Reply::of(DatasetList { data }))
}

/// Get a dataset
///
/// What it holds, where it comes from, and on what terms its records may be passed on.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/datasets/central-asia
/// ```
#[utoipa::path(
    tag = "datasets",
    params(("slug" = Slug, Path, description = "The name of the dataset.", example = "central-asia")),
    responses(
        (status = 200, description = "The dataset.", body = Dataset),
        (status = 404, description = "There is no such dataset."),
    )
)]
#[get("/v1/datasets/{slug}")]
pub(crate) async fn get_dataset(
    request: HttpRequest,
    caller: Caller,
    DatasetSlug(slug): DatasetSlug,
    database: web::Data<Database>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(None)?;
    let found = load(&mut *database.connection().await?, &view, Some(&slug)).await?.pop();
    let dataset = found.ok_or_else(|| write::unknown(&slug))?;
    Ok(Reply::of(dataset).respond_to(&request))
}

/// Create a dataset
///
/// For admins. Takes the shape that reading gives; when it was written is ignored there. Every fault is named at once, and
/// then nothing is stored. `access` is `public` unless it says `internal`. With an `Idempotency-Key`, the same request sent
/// again within a day gets the first answer again.
///
/// ```sh
/// curl -X POST http://127.0.0.1:8080/v1/datasets -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
///   -d '{"slug": "field-notes", "title": "Field notes", "licence": "CC-BY-4.0", "attribution": "Example Watch"}'
/// ```
#[utoipa::path(
    tag = "datasets",
    params(IdempotencyHeader),
    request_body(content = NewDataset, content_type = "application/json", description = "The dataset."),
    responses((status = 201, description = "The dataset as it was stored.", body = Dataset), CreateDatasetResponses)
)]
#[post("/v1/datasets")]
pub(crate) async fn create_dataset(
    request: HttpRequest,
    admin: Admin,
    key: IdempotencyKey,
    RecordBody(body): RecordBody,
    database: web::Data<Database>,
    schemas: web::Data<BodySchemas>,
) -> Result<HttpResponse, Problem> {
    let create = async |connection: &mut AsyncPgConnection| {
        let dataset = write::create(connection, &schemas, body.clone()).await?;
        Ok(StoredAnswer {
            status: 201,
            location: format!("/v1/datasets/{}", dataset.slug),
            body: write::bytes(&dataset)?,
        })
    };
    let answer = key.once(&database, admin.key, request.path(), &body, create).await?;
    Ok(written(StatusCode::CREATED, Some(&answer.location), None, answer.body))
}

/// Change a dataset
///
/// For admins. A JSON merge patch (RFC 7396): a member that is absent stays, `null` clears it, a list replaces the whole list.
/// The slug stays. A patch that changes nothing changes nothing, `updated_at` included. A dataset has no version: `If-Match`
/// takes the ETag of a read, and may be left out, for two patches that name different members do not overwrite each other.
///
/// A change of `access` holds at once for all records of the dataset, their versions included, in everything that reading
/// shows. For those who keep a copy every published record of it is in the change log once more: as deleted when the dataset
/// turns `internal`, except for editors, and as it is when it turns `public`. It is refused if a public record would then refer to
/// an internal one. `Change-Reason` is what the log gives as the reason of the deletions.
///
/// ```sh
/// curl -X PATCH http://127.0.0.1:8080/v1/datasets/field-notes -H "Authorization: Bearer $KEY" \
///   -H 'Content-Type: application/merge-patch+json' -d '{"edition": "2026-12", "coverage": {"to": "2026-12-31"}}'
/// ```
#[utoipa::path(
    tag = "datasets",
    params(("slug" = Slug, Path, description = "The name of the dataset.", example = "central-asia"), ChangeDatasetHeaders),
    request_body(content = NewDataset, content_type = "application/merge-patch+json", description = "What changes."),
    responses((status = 200, description = "The dataset as it is now.", body = Dataset), ChangeDatasetResponses)
)]
#[patch("/v1/datasets/{slug}")]
pub(crate) async fn patch_dataset(
    _admin: Admin,
    DatasetSlug(slug): DatasetSlug,
    if_match: IfMatchTag,
    Reason(reason): Reason,
    PatchBody(patch): PatchBody,
    database: web::Data<Database>,
    schemas: web::Data<BodySchemas>,
) -> Result<HttpResponse, Problem> {
    let dataset = database
        .write(async |connection: &mut AsyncPgConnection| {
            write::change(connection, &schemas, &slug, patch.clone(), &if_match, reason).await
        })
        .await?;
    // What is committed is done. Who is answered finds all of it in the log.
    if let Err(problem) = number_all(&database).await {
        log::warn!("changes are not numbered yet: {problem}");
    }
    Ok(written(StatusCode::OK, None, None, write::bytes(&dataset)?))
}

/// What a request to change a dataset may carry in its head.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is what the document says of headers that are read elsewhere")]
pub(crate) struct ChangeDatasetHeaders {
    /// The ETag of what is changed, as it was given; if the dataset is not that any more, nothing is changed. `*` takes any.
    #[param(value_type = String, rename = "If-Match",
        max_length = 2000,
        min_length = 1,
        pattern = "^([*]|(W/)?\"[!#-+--~]*\"(, *(W/)?\"[!#-+--~]*\")*)$",
        example = "W/\"mZ5b2Qk9o0VYFq0sJ1u8bA\"",
        required = false
    )]
    if_match: Option<String>,
    /// Why the dataset is changed: what those who keep a copy learn when it turns `internal`. Default: `new_information`.
    #[param(value_type = ChangeReason, rename = "Change-Reason", required = false)]
    change_reason: Option<ChangeReason>,
}

/// What a request to create a dataset can answer beside the dataset.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it is what the document says of answers that are made elsewhere")]
pub(crate) enum CreateDatasetResponses {
    /// The key is not an admin's.
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

/// What a request to change a dataset can answer beside the dataset.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it is what the document says of answers that are made elsewhere")]
pub(crate) enum ChangeDatasetResponses {
    /// The key is not an admin's.
    #[response(status = 403)]
    Forbidden,
    /// There is no such dataset.
    #[response(status = 404)]
    NotFound,
    /// Public records would refer to internal ones; `errors` names them.
    #[response(status = 409)]
    Conflict,
    /// The dataset is not what `If-Match` says.
    #[response(status = 412)]
    PreconditionFailed,
    /// The body is of another media type.
    #[response(status = 415)]
    UnsupportedMediaType,
    /// The dataset could not be stored like that; `errors` names every fault with its place.
    #[response(status = 422)]
    InvalidContent,
}
