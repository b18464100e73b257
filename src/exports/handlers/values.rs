//! Exports of the values of incidents, a row each.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::exports::answer::{Exports, FileFormat, Request, Trim};
use crate::exports::rows::{FigureOf, LegalStepOf, ParticipantOf};
use crate::exports::table::Table;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::incidents::filter::IncidentFilter;

/// Export figures as CSV
///
/// The figures of all incidents that fit every filter, a row each, with what identifies the incident in front. `measure`, `min_figure`, `claimant_class` and `entity` also
/// select the figures: those of these measures, of at least so many, that such a claimant, or this entity, gave.
///
/// The format is CSV as of RFC 4180, in UTF-8, the first line with the names of the columns. One state of the database from beginning to end, in the order of ids.
/// The columns, below, keep their names and their order; new ones come last.
///
/// A cell that holds several texts has `|` between them; within one of them `|` stands as `\|`, and a backslash as `\\`. A text that begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe in front, so that no spreadsheet runs it as a formula. An empty
/// cell is what is null in JSON. `fields` names the columns to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/figures.csv?measure=detained' -o figures.csv
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "text/csv", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/figures.csv")]
pub(crate) async fn export_figures_csv(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<FigureOf> { filter, view, format: FileFormat::Csv, trim }).await
}

/// Export figures as NDJSON
///
/// The figures of all incidents that fit every filter, a JSON object a line, whose members are the columns of the CSV; lists are
/// lists, and what is not known is null. `measure`, `min_figure`, `claimant_class` and `entity` also
/// select the figures: those of these measures, of at least so many, that such a claimant, or this entity, gave.
///
/// One state of the database from beginning to end, in the order of ids. `fields` names the members to give. The answer has
/// no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl --compressed 'http://127.0.0.1:8080/v1/figures.ndjson?measure=detained' -o figures.ndjson
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "application/x-ndjson", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/figures.ndjson")]
pub(crate) async fn export_figures_ndjson(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<FigureOf> { filter, view, format: FileFormat::Ndjson, trim }).await
}

/// Export participants as CSV
///
/// The participants of all incidents that fit every filter, a row each, with what identifies the incident in front. `entity` and `role` also select the
/// participants: those that are this entity, and those in these roles.
///
/// The format is CSV as of RFC 4180, in UTF-8, the first line with the names of the columns. One state of the database from beginning to end, in the order of ids.
/// The columns, below, keep their names and their order; new ones come last.
///
/// A cell that holds several texts has `|` between them; within one of them `|` stands as `\|`, and a backslash as `\\`. A text that begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe in front, so that no spreadsheet runs it as a formula. An empty
/// cell is what is null in JSON. `fields` names the columns to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/participants.csv?role=target' -o participants.csv
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "text/csv", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/participants.csv")]
pub(crate) async fn export_participants_csv(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<ParticipantOf> { filter, view, format: FileFormat::Csv, trim }).await
}

/// Export participants as NDJSON
///
/// The participants of all incidents that fit every filter, a JSON object a line, whose members are the columns of the CSV; lists are
/// lists, and what is not known is null. `entity` and `role` also select the
/// participants: those that are this entity, and those in these roles.
///
/// One state of the database from beginning to end, in the order of ids. `fields` names the members to give. The answer has
/// no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl --compressed 'http://127.0.0.1:8080/v1/participants.ndjson?role=target' -o participants.ndjson
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "application/x-ndjson", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/participants.ndjson")]
pub(crate) async fn export_participants_ndjson(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<ParticipantOf> { filter, view, format: FileFormat::Ndjson, trim }).await
}

/// Export legal steps as CSV
///
/// The legal steps of all incidents that fit every filter, a row each, with what identifies the incident in front. `entity` and `step` also select
/// the legal steps: those of this person, and these steps.
///
/// The format is CSV as of RFC 4180, in UTF-8, the first line with the names of the columns. One state of the database from beginning to end, in the order of ids.
/// The columns, below, keep their names and their order; new ones come last.
///
/// A cell that holds several texts has `|` between them; within one of them `|` stands as `\|`, and a backslash as `\\`. A text that begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe in front, so that no spreadsheet runs it as a formula. An empty
/// cell is what is null in JSON. `fields` names the columns to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/legal_steps.csv?step=sentenced' -o legal_steps.csv
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "text/csv", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/legal_steps.csv")]
pub(crate) async fn export_legal_steps_csv(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<LegalStepOf> { filter, view, format: FileFormat::Csv, trim }).await
}

/// Export legal steps as NDJSON
///
/// The legal steps of all incidents that fit every filter, a JSON object a line, whose members are the columns of the CSV; lists are
/// lists, and what is not known is null. `entity` and `step` also select
/// the legal steps: those of this person, and these steps.
///
/// One state of the database from beginning to end, in the order of ids. `fields` names the members to give. The answer has
/// no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl --compressed 'http://127.0.0.1:8080/v1/legal_steps.ndjson?step=sentenced' -o legal_steps.ndjson
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "application/x-ndjson", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/legal_steps.ndjson")]
pub(crate) async fn export_legal_steps_ndjson(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<LegalStepOf> { filter, view, format: FileFormat::Ndjson, trim }).await
}
