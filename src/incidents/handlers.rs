//! Reading incidents over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::filter::{IncidentFilter, IncidentSort};
use super::model::{self, Incident};
use crate::db::Database;
use crate::history::RecordType;
use crate::http::auth::Caller;
use crate::http::cursor::CursorSecret;
use crate::http::listing::{Page, PageParameters, PageRequest};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::record::{RecordId, RecordResponses, answer};
use crate::http::reply::Reply;
use crate::values::IncidentId;

/// List incidents
///
/// Whole records, those that fit every filter, in pages. Follow `meta.next_cursor`, or the `Link` header, with the same
/// filters and sort until it is null. Nothing that stays unchanged meanwhile is lost or repeated, however long it takes.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/incidents?country=KG&kind=assembly&date_from=2020-01-01&include_total=true'
/// ```
#[utoipa::path(
    tag = "incidents",
    params(IncidentFilter, ("sort" = Option<IncidentSort>, Query, description = "The order; `-` is descending, the id breaks ties. Default: `-date`."), PageParameters),
    responses((status = 200, description = "A page of incidents.", body = Page<Incident>), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/incidents")]
pub(crate) async fn list_incidents(
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    page: PageRequest<IncidentSort>,
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
) -> Result<Reply<Page<Incident>>, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    let found =
        database.read_as(view, async |connection, view| model::list(connection, filter, view, &page).await).await?;
    Ok(Reply::page(page.page(found, &secret)))
}

/// Get an incident
///
/// One whole record. An id that was merged away answers 308 with the record that took its place; one that was withdrawn
/// answers 410 with when and why.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/incidents/6e015d53-ebf5-5618-89db-cafcd999fd93
/// ```
#[utoipa::path(tag = "incidents", params(("id" = IncidentId, Path, description = "The id of the incident.")), responses((status = 200, description = "The incident.", body = Incident), RecordResponses))]
#[get("/v1/incidents/{id}")]
pub(crate) async fn get_incident(
    request: HttpRequest,
    caller: Caller,
    id: RecordId<IncidentId>,
    database: web::Data<Database>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(None)?;
    let found = database.read_as(view, async |connection, view| model::find(connection, id.0, view).await).await?;
    answer(&request, RecordType::Incident, id.0.into(), found, |incident| incident.row.version)
}
