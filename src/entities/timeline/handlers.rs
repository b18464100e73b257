//! Reading timelines over HTTP.

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};

use super::Timeline;
use super::model::{self, TimelineSort};
use crate::db::Database;
use crate::history::{Lookup, RecordType};
use crate::http::auth::Caller;
use crate::http::cursor::CursorSecret;
use crate::http::listing::{PageParameters, PageRequest};
use crate::http::problem::Problem;
use crate::http::record::{RecordId, RecordResponses, absent};
use crate::http::reply::Reply;
use crate::values::EntityId;

/// Get what became of an entity
///
/// Every part that it had in an incident, every figure that it claims and, of a person, every legal step, the oldest first,
/// in pages; and where a person stands at law. Only published incidents count.
///
/// **Order.** A participation and a claim have the date of their incident, a legal step its own. A period that is known less
/// precisely stands at its first day, behind what is known more precisely: a day before the month that begins with it. On
/// the same date, participations come first, then legal steps, then claims. The steps of one incident stay as they were
/// written; of several incidents on the same date, what usually comes first does (a detention before a release). Entries
/// without a date come last; their incident may have one.
///
/// **Status.** `status` follows from all legal steps of a person, whatever the page. It is null for what is no person.
/// `/v1/vocabularies` says of each step what it tells of `liberty` and of `proceedings`. `as_of` is the date of the step
/// that last said so, and `step` and `incident` name it. A step that says nothing of one of the two leaves it, and its
/// date, as it was; `still_held` brings the date up to that day. Silence is not release: who was held years ago, and of whom
/// nothing was told since, is still `held`, `as_of` then. Only where a step sets a term (an arrest of 15 days, two years in
/// prison) and that is over, `liberty` is `unknown`. Without any step that tells, `liberty` is `unknown`,
/// `proceedings` is `none`, and `as_of` is null.
///
/// - What a court can order in absence (a remand, a sentence, a revoked probation) makes a `fugitive` of whoever fled, escaped,
///   was freed by force or deported, and holds all others. A suspended sentence, probation and a travel ban make `restricted`;
///   a release from there leaves it so. A fine, damages and a ban on an activity say nothing of liberty. Neither do charges
///   that are dropped, an acquittal and a quashed verdict: the release is a step of its own. `dead` is final.
/// - An administrative arrest is no conviction. A pardon leaves a conviction as it is. A quashed verdict leaves
///   `unknown` until a retrial or the end of the case is told. Whoever is detained or summoned after an acquittal or the end
///   of a case is `investigated` anew.
/// - Several cases are not told apart: liberty is that of the person, and `proceedings` are those that were last told of.
/// - A step without a date stands with its incident, and `as_of` is then null. Where the incident has none either, the step
///   counts as the earliest.
///
/// An id that was merged away answers 308 with the timeline of the record that took its place.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/entities/b7826df4-ed0b-5bec-8339-db6034e65863/timeline
/// ```
#[utoipa::path(tag = "entities", params(("id" = EntityId, Path, description = "The id of the entity."), PageParameters), responses((status = 200, description = "A page of the timeline.", body = Timeline), RecordResponses))]
#[get("/v1/entities/{id}/timeline")]
pub(crate) async fn get_entity_timeline(
    request: HttpRequest,
    caller: Caller,
    id: RecordId<EntityId>,
    page: PageRequest<TimelineSort>,
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(None)?;
    let found =
        database.read_as(view, async |connection, view| model::find(connection, id.0, view, &page).await).await?;
    match found {
        Lookup::Found((found, status)) => {
            let page = page.page(found, &secret);
            let timeline = Timeline { data: page.data, meta: page.meta, status };
            Ok(Reply::linked(timeline, page.link).respond_to(&request))
        }
        lookup => absent(&request, RecordType::Entity, id.0.into(), lookup.without::<()>()),
    }
}
