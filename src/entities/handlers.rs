//! Reading entities over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::filter::{EntityFilter, EntitySort};
use super::model::{self, Entity};
use crate::db::Database;
use crate::history::RecordType;
use crate::http::auth::Caller;
use crate::http::cursor::CursorSecret;
use crate::http::listing::{Page, PageParameters, PageRequest};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::record::{RecordId, RecordResponses, answer};
use crate::http::reply::Reply;
use crate::values::EntityId;

/// List entities
///
/// Whole records, those that fit every filter, in pages. Follow `meta.next_cursor`, or the `Link` header, with the same
/// filters and sort until it is null. Nothing that stays unchanged meanwhile is lost or repeated, however long it takes.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/entities?kind=person&country=KG&limit=5'
/// ```
#[utoipa::path(
    tag = "entities",
    params(EntityFilter, ("sort" = Option<EntitySort>, Query, description = "The order; `-` is descending, the id breaks ties. Default: `name`."), PageParameters),
    responses((status = 200, description = "A page of entities.", body = Page<Entity>), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/entities")]
pub(crate) async fn list_entities(
    caller: Caller,
    Query(filter): Query<EntityFilter>,
    page: PageRequest<EntitySort>,
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
) -> Result<Reply<Page<Entity>>, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    let found =
        database.read_as(view, async |connection, view| model::list(connection, filter, view, &page).await).await?;
    Ok(Reply::page(page.page(found, &secret)))
}

/// Get an entity
///
/// One whole record. An id that was merged away answers 308 with the record that took its place; one that was withdrawn
/// answers 410 with when and why.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/entities/b7826df4-ed0b-5bec-8339-db6034e65863
/// ```
#[utoipa::path(tag = "entities", params(("id" = EntityId, Path, description = "The id of the entity.")), responses((status = 200, description = "The entity.", body = Entity), RecordResponses))]
#[get("/v1/entities/{id}")]
pub(crate) async fn get_entity(
    request: HttpRequest,
    caller: Caller,
    id: RecordId<EntityId>,
    database: web::Data<Database>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(None)?;
    let found = database.read_as(view, async |connection, view| model::find(connection, id.0, view).await).await?;
    answer(&request, RecordType::Entity, id.0.into(), found, |entity| entity.row.version)
}
