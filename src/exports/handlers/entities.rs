//! Exports of entities.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::entities::Entity;
use crate::entities::filter::EntityFilter;
use crate::exports::answer::{Exports, FileFormat, Request, Trim};
use crate::exports::ftm::FtmEntity;
use crate::exports::table::{FtmLine, Table};
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::query::Query;

/// Export entities as CSV
///
/// All entities that fit every filter, a row each: CSV as of RFC 4180, in UTF-8, the first line with the names of the columns. One state of the database from beginning to end, in the order of ids.
/// The columns, below, keep their names and their order; new ones come last.
///
/// A cell that holds several texts has `|` between them; within one of them `|` stands as `\|`, and a backslash as `\\`. A text that begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe in front, so that no spreadsheet runs it as a formula. An empty
/// cell is what is null in JSON. `fields` names the columns to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/entities.csv?kind=person' -o entities.csv
/// ```
#[utoipa::path(
    tag = "entities",
    params(EntityFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "text/csv", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/entities.csv")]
pub(crate) async fn export_entities_csv(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<EntityFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<Entity> { filter, view, format: FileFormat::Csv, trim }).await
}

/// Export entities as NDJSON
///
/// All entities that fit every filter, a JSON object a line, in the shape that the list gives. One state of the database from beginning to end, in the order of ids. `fields` names the members to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl --compressed 'http://127.0.0.1:8080/v1/entities.ndjson?kind=person' -o entities.ndjson
/// ```
#[utoipa::path(
    tag = "entities",
    params(EntityFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "application/x-ndjson", body = Entity), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/entities.ndjson")]
pub(crate) async fn export_entities_ndjson(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<EntityFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<Entity> { filter, view, format: FileFormat::Ndjson, trim }).await
}

/// Export entities for Aleph
///
/// All entities that fit every filter in the data model of [FollowTheMoney](https://followthemoney.tech), one a line, as Aleph and
/// the Python package `followthemoney` read them: first the entities with the relations that start from them, then the published
/// incidents in which they take part, as `Event`, each with a link for every part in it. One state of the database from beginning to
/// end. Ids of things and events are those of the API; those of relations and links are made of what they join, and stay the same.
///
/// Where its model has no word for a relation, it is an `UnknownLink` with its role. Not there are figures, legal steps, points and
/// those who take part without a name. With a filter, the other end of a relation may lie outside of the file.
///
/// ```sh
/// curl --compressed 'http://127.0.0.1:8080/v1/entities.ftm.ndjson?kind=person' -o persons.ftm.ndjson
/// ```
#[utoipa::path(
    tag = "entities",
    params(EntityFilter),
    responses((status = 200, description = "The file.", content_type = "application/x-ndjson", body = FtmLine), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/entities.ftm.ndjson")]
pub(crate) async fn export_entities_ftm(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<EntityFilter>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports
        .answer(&request, Request::<FtmEntity> { filter, view, format: FileFormat::Ftm, trim: Trim::default() })
        .await
}
