//! Reading articles over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::filter::{ArticleFilter, ArticleSort};
use super::model::{self, Article};
use crate::db::Database;
use crate::history::RecordType;
use crate::http::auth::Caller;
use crate::http::cursor::CursorSecret;
use crate::http::listing::{Page, PageParameters, PageRequest};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::record::{RecordId, RecordResponses, answer};
use crate::http::reply::Reply;
use crate::values::ArticleId;

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
        database.read_as(view, async |connection, view| model::list(connection, filter, view, &page).await).await?;
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
