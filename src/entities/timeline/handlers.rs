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
/// nothing was told since, is still `held`, `as_of` then. Without any step that tells, `liberty` is `unknown`,
/// `proceedings` is `none`, and `as_of` is null. Nobody is called free or convicted by guess.
///
/// - **Custody.** Several grounds may hold a person, and the longest counts: an arrest of 15 days ends neither a sentence of
///   ten years nor custody before trial. A sentence takes the place of the detention, custody or house arrest until it, an
///   arrest that of the detention before it, a changed verdict that of the sentence. A term that is over is no release:
///   `liberty` is then `unknown`.
/// - **Restrictions.** A travel ban, house arrest, probation and a suspended sentence stand until they are lifted, pardoned or
///   served, or their term is over. A release leads back to what still stands, `as_of` the release. A travel ban tells
///   nothing of who is held, under house arrest or out of reach, and counts from their release on. `restriction_lifted` ends
///   one: house arrest, else a travel ban, else a sentence that is served at large. `sentence_served` ends the sentence or
///   the arrest that was last set, a pardon the sentences; neither ends custody that was ordered after the sentence.
/// - **Out of reach.** Who fled, escaped or was freed by force is a `fugitive`. Of the deported `liberty` is `unknown`. What a court
///   can order in absence (custody, a prison term, a revoked probation) makes a `fugitive` of both; their release says nothing
///   of where they are. `dead` is final.
/// - **What says nothing of liberty:** a fine, damages, a ban on an activity, charges that are dropped, an acquittal, a quashed
///   verdict. The release is a step of its own.
/// - **Proceedings.** `sentenced` tells of a conviction if it is to prison, house arrest or probation. A fine, damages, a ban or no
///   known penalty leave what is known, and else `unknown`; an administrative arrest is no conviction and hides none. A
///   changed verdict is one of guilt only after a conviction or with such a penalty, else `unknown`. A pardon leaves a
///   conviction as it is. A quashed verdict leaves `unknown` until a retrial or the end of the case is told. Whoever is
///   detained or summoned after an acquittal or the end of a case is `investigated` anew. Several cases are not told apart:
///   `proceedings` are those that were last told of.
/// - **Order.** The steps of one incident are believed in the order in which they are written, as far as their dates allow. A
///   step without a date stands with its incident, or with the latest dated step that is written before it, and its
///   `as_of` is null; where there is neither, it comes first. Of several incidents, a step whose period is not over
///   (detained in March, released on 10 March) may have come last, and one without any date may, too. Where that would make
///   a difference, `liberty` is `unknown`; and `proceedings` are, instead of `convicted`, where the verdict may have been
///   taken away since.
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
