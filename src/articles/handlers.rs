//! Reading and writing articles over HTTP.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};

use super::NewArticle;
use super::filter::{ArticleFilter, ArticleSort};
use super::model::{self, Article};
use crate::db::Database;
use crate::history::RecordType;
use crate::http::auth::Caller;
use crate::http::body::{PatchBody, RecordBody};
use crate::http::conditional::{IfMatch, Reason};
use crate::http::cursor::CursorSecret;
use crate::http::idempotency::IdempotencyKey;
use crate::http::lines::Lines;
use crate::http::listing::{Page, PageParameters, PageRequest};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::record::{RecordId, RecordResponses, answer};
use crate::http::reply::Reply;
use crate::lists;
use crate::values::ArticleId;
use crate::writing::batch::{BatchParameters, BatchResponses};
use crate::writing::line::LineResult;
use crate::writing::writer::{
    ChangeHeaders, ChangeResponses, CreateResponses, IdempotencyHeader, ReasonHeader, WithdrawHeaders,
    WithdrawResponses, Writer,
};

/// List articles
///
/// Whole records, those that fit every filter, in pages. Follow `meta.next_cursor`, or the `Link` header, with the same
/// filters and sort until it is null. Nothing that stays unchanged meanwhile is lost or repeated, however long it takes.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/articles?language=en&sort=-published&limit=5'
/// ```
#[utoipa::path(
    tag = "articles",
    params(ArticleFilter, ("sort" = Option<ArticleSort>, Query, description = "The order; `-` is descending, the id breaks ties. Default: `-published`."), PageParameters),
    responses((status = 200, description = "A page of articles.", body = Page<Article>), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/articles")]
pub(crate) async fn list_articles(
    caller: Caller,
    Query(filter): Query<ArticleFilter>,
    page: PageRequest<ArticleSort>,
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
) -> Result<Reply<Page<Article>>, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    let found =
        database.read_as(view, async |connection, view| lists::page(connection, filter, view, &page).await).await?;
    Ok(Reply::page(page.page(found, &secret)))
}

/// Get an article
///
/// One whole record. An id that was merged away answers 308 with the record that took its place; one that was withdrawn
/// answers 410 with when and why.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/articles/00b7bef8-6b7a-575a-9644-a9a9871dc6d0
/// ```
#[utoipa::path(tag = "articles", params(("id" = ArticleId, Path, description = "The id of the article.")), responses((status = 200, description = "The article.", body = Article), RecordResponses))]
#[get("/v1/articles/{id}")]
pub(crate) async fn get_article(
    request: HttpRequest,
    caller: Caller,
    id: RecordId<ArticleId>,
    database: web::Data<Database>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(None)?;
    let with_body = caller.is_editor();
    let found =
        database.read_as(view, async |connection, view| model::find(connection, id.0, view, with_body).await).await?;
    answer(&request, RecordType::Article, id.0.into(), found, |article| article.row.version)
}

/// Create an article
///
/// For editors. Takes the shape that reading gives; what is derived there (counts, names of others) is ignored, so what was
/// read can be sent back. Others are named by `id`, or by `dataset` and `external_id`. Every fault is named at once, and then
/// nothing is stored. `state` is `published` unless it says `draft`. With an `Idempotency-Key`, the same request sent
/// again within a day gets the first answer again.
///
/// ```sh
/// curl -X POST http://127.0.0.1:8080/v1/articles -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \
///   -d '{"title": "A report", "language": "en", "url": "https://example.org/report"}'
/// ```
#[utoipa::path(
    tag = "articles",
    params(IdempotencyHeader, ReasonHeader),
    request_body(content = NewArticle, content_type = "application/json", description = "The article."),
    responses((status = 201, description = "The article as it was stored.", body = Article), CreateResponses)
)]
#[post("/v1/articles")]
pub(crate) async fn create_article(
    request: HttpRequest,
    writer: Writer,
    Reason(reason): Reason,
    key: IdempotencyKey,
    RecordBody(body): RecordBody,
) -> Result<HttpResponse, Problem> {
    writer.because(reason).create::<NewArticle>(&request, key, body).await
}

/// Change an article
///
/// For editors. A JSON merge patch (RFC 7396): a member that is absent stays, `null` clears it, a list replaces the whole list.
/// `If-Match` names the version that is changed, so that nobody overwrites what they have not seen. `Change-Reason` says why;
/// a change for `safety` or `legal_request` also hides the earlier versions. A patch that changes nothing makes no version.
/// A withdrawn article comes back with `{"state": "published"}`.
///
/// ```sh
/// curl -X PATCH http://127.0.0.1:8080/v1/articles/$ID -H "Authorization: Bearer $KEY" -H 'If-Match: "1"' \
///   -H 'Content-Type: application/merge-patch+json' -H 'Change-Reason: coding_error' -d '{"external_id": "report-1"}'
/// ```
#[utoipa::path(
    tag = "articles",
    params(("id" = ArticleId, Path, description = "The id of the article."), ChangeHeaders),
    request_body(content = NewArticle, content_type = "application/merge-patch+json", description = "What changes."),
    responses((status = 200, description = "The article as it is now.", body = Article), ChangeResponses)
)]
#[patch("/v1/articles/{id}")]
pub(crate) async fn patch_article(
    writer: Writer,
    id: RecordId<ArticleId>,
    if_match: IfMatch,
    Reason(reason): Reason,
    PatchBody(patch): PatchBody,
) -> Result<HttpResponse, Problem> {
    writer.because(reason).change::<NewArticle>(id.0.into(), &if_match, patch).await
}

/// Withdraw an article
///
/// For editors. The same as changing its `state` to `retracted`: from then on its id answers 410 with when and why, and it is
/// in no list. An article that others refer to is not withdrawn: 409 names them. One that is withdrawn already stays so.
///
/// ```sh
/// curl -X DELETE http://127.0.0.1:8080/v1/articles/$ID -H "Authorization: Bearer $KEY" -H 'Change-Reason: out_of_scope'
/// ```
#[utoipa::path(
    tag = "articles",
    params(("id" = ArticleId, Path, description = "The id of the article."), WithdrawHeaders),
    responses((status = 204, description = "It is withdrawn."), WithdrawResponses)
)]
#[delete("/v1/articles/{id}")]
pub(crate) async fn delete_article(
    writer: Writer,
    id: RecordId<ArticleId>,
    if_match: IfMatch,
    Reason(reason): Reason,
) -> Result<HttpResponse, Problem> {
    writer.because(reason).retract::<NewArticle>(id.0.into(), &if_match).await
}

/// Load articles
///
/// For editors. Up to 10,000 lines (`application/x-ndjson`), each the merge patch (RFC 7396) of one record, found by `dataset` and
/// `external_id`: it is created if it is not there, else what the line names is changed, and what stands so already makes no
/// version. The same file twice changes nothing. A line may refer to records of earlier lines. `version` in a line guards it: the
/// record must have that one. What was withdrawn or merged is not revived. Each line is answered with one
/// line, in their order; lines that cannot be stored do not hinder the others. With `atomic=true` all are stored or none.
///
/// Nothing is stored before the whole body has come. A batch whose answer did not come can be sent again.
///
/// ```sh
/// curl -X POST http://127.0.0.1:8080/v1/articles/batch -H "Authorization: Bearer $KEY" -H 'Content-Type: application/x-ndjson' \
///   --data-binary '{"external_id": "report-1", "title": "A report", "language": "en"}'
/// ```
#[utoipa::path(
    tag = "articles",
    params(BatchParameters, ReasonHeader),
    request_body(content = NewArticle, content_type = "application/x-ndjson", description = "A merge patch a line."),
    responses((status = 200, description = "What became of each line.", body = LineResult, content_type = "application/x-ndjson"), BatchResponses)
)]
#[post("/v1/articles/batch")]
pub(crate) async fn load_articles(
    writer: Writer,
    Reason(reason): Reason,
    Query(parameters): Query<BatchParameters>,
    lines: Lines,
) -> Result<HttpResponse, Problem> {
    writer.because(reason).batch::<NewArticle>(&parameters, lines).await
}
