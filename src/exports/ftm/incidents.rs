//! What happened.

use uuid::Uuid;

use super::relations::other_link;
use super::{FtmEntity, clean, is_a};
use crate::codebook::{DatePrecision, ParticipantRole, Vocabulary};
use crate::entities::EntityRef;
use crate::incidents::{Incident, IncidentRow};
use crate::values::Line;

/// An incident as an event, and for each entity that takes part in it a link that says in which role.
///
/// The event names those whom its schema takes: people and bodies, also those of whom a legal step tells. Laws and places
/// are joined to it by their links alone.
pub fn event(incident: &Incident) -> Vec<FtmEntity> {
    let row = &incident.row;
    let id: Uuid = row.id.into();
    let mut event = FtmEntity::new(id, "Event", &row.dataset);
    event.add_name("name", row.title.as_str());
    event.add("description", clean::text(row.summary.as_str()));
    add_dates(&mut event, row);
    event.add("country", row.location.country.map(|country| country.code().to_lowercase()));
    let (place, admin1) = (row.location.place.as_ref(), row.location.admin1.as_ref());
    let place = [place.map(Line::as_str), admin1.map(Line::as_str)];
    event.add("location", clean::address(&place));
    event.add("keywords", [row.kind.code().to_owned()]);
    event.add("keywords", incident.tags.iter().map(ToString::to_string));
    let pages = incident.sources.iter().filter_map(|source| source.article.url.as_ref());
    event.add("sourceUrl", pages.filter_map(|url| clean::url(url.as_str())));
    let mut links: Vec<FtmEntity> = Vec::new();
    for (entity, role) in incident.participants.iter().filter_map(|part| Some((part.entity.as_ref()?, part.role))) {
        involve(&mut event, entity, if role == ParticipantRole::Organizer { "organizer" } else { "involved" });
        let link = other_link(&row.dataset, entity.id.into(), (role.code(), &role.label().en), id);
        if !links.iter().any(|known| known.id == link.id) {
            links.push(link);
        }
    }
    for step in &incident.legal_steps {
        for entity in [Some(&step.entity), step.authority.as_ref()].into_iter().flatten() {
            involve(&mut event, entity, "involved");
        }
    }
    [vec![event], links].concat()
}

/// When it was: from day to day, or somewhere within a time.
fn add_dates(event: &mut FtmEntity, row: &IncidentRow) {
    let (Some(start), Some(end)) = (row.start_date, row.end_date) else { return };
    if row.date_precision == DatePrecision::Day {
        event.add("startDate", [start.to_string()]);
        event.add("endDate", [end.to_string()]);
    } else {
        event.add("date", clean::somewhere_in(start, end, row.date_precision));
    }
}

fn involve(event: &mut FtmEntity, entity: &EntityRef, property: &'static str) {
    if is_a(entity.kind, "LegalEntity") {
        event.add(property, [entity.id.to_string()]);
    }
}
