//! Exports of articles.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::articles::Article;
use crate::articles::filter::ArticleFilter;
use crate::exports::answer::{Exports, FileFormat, Request, Trim};
use crate::exports::table::Table;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::query::Query;

/// Export articles as CSV
///
/// All articles that fit every filter, a row each: CSV as of RFC 4180, in UTF-8, the first line with the names of the columns. One state of the database from beginning to end, in the order of ids.
/// The columns, below, keep their names and their order; new ones come last.
///
/// A cell that holds several texts has `|` between them; within one of them `|` stands as `\|`, and a backslash as `\\`. A text that begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe in front, so that no spreadsheet runs it as a formula. An empty
/// cell is what is null in JSON. `fields` names the columns to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/articles.csv?language=en' -o articles.csv
/// ```
#[utoipa::path(
    tag = "articles",
    params(ArticleFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "text/csv", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/articles.csv")]
pub(crate) async fn export_articles_csv(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<ArticleFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<Article> { filter, view, format: FileFormat::Csv, trim }).await
}

/// Export articles as NDJSON
///
/// All articles that fit every filter, a JSON object a line, in the shape that the list gives. One state of the database from beginning to end, in the order of ids. `fields` names the members to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl --compressed 'http://127.0.0.1:8080/v1/articles.ndjson?language=en' -o articles.ndjson
/// ```
#[utoipa::path(
    tag = "articles",
    params(ArticleFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "application/x-ndjson", body = Article), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/articles.ndjson")]
pub(crate) async fn export_articles_ndjson(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<ArticleFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<Article> { filter, view, format: FileFormat::Ndjson, trim }).await
}
