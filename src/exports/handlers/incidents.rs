//! Exports of incidents.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::exports::answer::{Exports, FileFormat, Request, Trim};
use crate::exports::table::{FeatureCollection, Table};
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::incidents::Incident;
use crate::incidents::filter::IncidentFilter;

/// Export incidents as CSV
///
/// All incidents that fit every filter, a row each: CSV as of RFC 4180, in UTF-8, the first line with the names of the columns. One state of the database from beginning to end, in the order of ids.
/// The columns, below, keep their names and their order; new ones come last.
///
/// A cell that holds several texts has `|` between them; within one of them `|` stands as `\|`, and a backslash as `\\`. A text that begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return has an apostrophe in front, so that no spreadsheet runs it as a formula. An empty
/// cell is what is null in JSON. `fields` names the columns to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/incidents.csv?country=KG' -o incidents.csv
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "text/csv", body = Table), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/incidents.csv")]
pub(crate) async fn export_incidents_csv(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<Incident> { filter, view, format: FileFormat::Csv, trim }).await
}

/// Export incidents as NDJSON
///
/// All incidents that fit every filter, a JSON object a line, in the shape that the list gives. One state of the database from beginning to end, in the order of ids. `fields` names the members to give.
///
/// The answer has no length unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl --compressed 'http://127.0.0.1:8080/v1/incidents.ndjson?country=KG' -o incidents.ndjson
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, Trim),
    responses((status = 200, description = "The file.", content_type = "application/x-ndjson", body = Incident), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/incidents.ndjson")]
pub(crate) async fn export_incidents_ndjson(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    Query(trim): Query<Trim>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports.answer(&request, Request::<Incident> { filter, view, format: FileFormat::Ndjson, trim }).await
}

/// Export incidents as a map
///
/// All incidents that fit every filter as one `FeatureCollection` of RFC 7946, a feature each, for a map. One state of the database from beginning to end, in the order of ids. The geometry
/// is the point in longitude and latitude, WGS 84, or null if there is none. The properties are the columns of the CSV but `lat` and
/// `lon`; lists are lists, and what is not known is null.
///
/// `precision` among them says what the point stands for: one of a `region` or `country` is no pin on a map. The answer has no length
/// unless it is short; one that breaks off half-way is an error, never a whole file.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/incidents.geojson?country=KG&kind=assembly' -o assemblies.geojson
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter),
    responses((status = 200, description = "The file.", content_type = "application/geo+json", body = FeatureCollection), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/incidents.geojson")]
pub(crate) async fn export_incidents_geojson(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    exports
        .answer(&request, Request::<Incident> { filter, view, format: FileFormat::GeoJson, trim: Trim::default() })
        .await
}
