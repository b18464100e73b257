//! How they stand to one another.

use std::collections::HashMap;

use uuid::Uuid;

use super::{FtmEntity, clean, edge_id, is_a};
use crate::codebook::{EntityKind, EntityRelationType, Vocabulary};
use crate::entities::{Entity, EntityRelation, RelationDirection};
use crate::values::Slug;

/// A schema that joins two: the property and the range of each end, and the property that says how.
struct Edge {
    schema: &'static str,
    from: (&'static str, &'static str),
    to: (&'static str, &'static str),
    how: &'static str,
}

impl Edge {
    fn takes(&self, from: EntityKind, to: EntityKind) -> bool {
        is_a(from, self.from.1) && is_a(to, self.to.1)
    }
}

const fn edge(
    schema: &'static str,
    from: (&'static str, &'static str),
    to: (&'static str, &'static str),
    how: &'static str,
) -> Edge {
    Edge { schema, from, to, how }
}

const MEMBERSHIP: Edge = edge("Membership", ("member", "LegalEntity"), ("organization", "Organization"), "role");
const DIRECTORSHIP: Edge = edge("Directorship", ("director", "LegalEntity"), ("organization", "Organization"), "role");
const EMPLOYMENT: Edge = edge("Employment", ("employee", "Person"), ("employer", "Organization"), "role");
const OWNERSHIP: Edge = edge("Ownership", ("owner", "LegalEntity"), ("asset", "Asset"), "role");
/// One person follows another in an office, and does not succeed them at law: so not people, as it would be allowed.
const SUCCESSION: Edge = edge("Succession", ("successor", "Organization"), ("predecessor", "Organization"), "role");
const FAMILY: Edge = edge("Family", ("person", "Person"), ("relative", "Person"), "relationship");
const ASSOCIATE: Edge = edge("Associate", ("person", "Person"), ("associate", "Person"), "relationship");
const REPRESENTATION: Edge = edge("Representation", ("agent", "LegalEntity"), ("client", "LegalEntity"), "role");
const UNKNOWN_LINK: Edge = edge("UnknownLink", ("subject", "Thing"), ("object", "Thing"), "role");

/// The schema of a relation, where both ends are what it takes. Who founded something need not own or direct it, and a
/// part is no member: those are links that say what they are.
fn schema(relation: EntityRelationType, from: EntityKind, to: EntityKind) -> &'static Edge {
    let edge = match relation {
        EntityRelationType::MemberOf => &MEMBERSHIP,
        EntityRelationType::Leads => &DIRECTORSHIP,
        EntityRelationType::WorksFor | EntityRelationType::HoldsOfficeIn => &EMPLOYMENT,
        EntityRelationType::OwnerOf => &OWNERSHIP,
        EntityRelationType::SuccessorOf => &SUCCESSION,
        EntityRelationType::FamilyOf | EntityRelationType::SpouseOf => &FAMILY,
        EntityRelationType::Represents => &REPRESENTATION,
        EntityRelationType::AffiliatedWith | EntityRelationType::AllyOf => &ASSOCIATE,
        EntityRelationType::FounderOf | EntityRelationType::PartOf | EntityRelationType::OpponentOf => &UNKNOWN_LINK,
    };
    if edge.takes(from, to) { edge } else { &UNKNOWN_LINK }
}

/// The relations that start from an entity, each as an edge. The id of an edge is that of its ends and relation; if two
/// are joined so more than once, as one who held an office twice, the later ones are counted.
pub fn relations(of: &Entity) -> Vec<FtmEntity> {
    let mut outgoing: Vec<&EntityRelation> =
        of.relations.iter().filter(|relation| relation.direction == RelationDirection::Outgoing).collect();
    outgoing.sort_by_key(|relation| (relation.start_date, relation.end_date));
    let mut times: HashMap<(EntityRelationType, Uuid), usize> = HashMap::new();
    outgoing
        .into_iter()
        .map(|relation| {
            let time = times.entry((relation.relation, relation.entity.id.into())).or_default();
            *time += 1;
            joined(of, relation, *time)
        })
        .collect()
}

fn joined(of: &Entity, relation: &EntityRelation, time: usize) -> FtmEntity {
    let (from, to): (Uuid, Uuid) = (of.row.id.into(), relation.entity.id.into());
    let edge = schema(relation.relation, of.row.kind, relation.entity.kind);
    let code = relation.relation.code();
    let id = if time == 1 { edge_id(from, code, to) } else { edge_id(from, &format!("{code}/{time}"), to) };
    let mut entity = link(id, &of.row.dataset, edge, from, to, &relation.relation.label().en);
    entity.add("startDate", relation.start_date.map(|day| day.to_string()));
    entity.add("endDate", relation.end_date.map(|day| day.to_string()));
    let page = relation.article.as_ref().and_then(|article| article.url.as_ref());
    entity.add("sourceUrl", page.and_then(|url| clean::url(url.as_str())));
    entity
}

fn link(id: Uuid, dataset: &Slug, edge: &Edge, from: Uuid, to: Uuid, how: &str) -> FtmEntity {
    let mut entity = FtmEntity::new(id, edge.schema, dataset);
    entity.add(edge.from.0, [from.to_string()]);
    entity.add(edge.to.0, [to.to_string()]);
    entity.add(edge.how, [how.to_owned()]);
    entity
}

/// A link of a kind that no schema names, between any two.
pub(super) fn other_link(dataset: &Slug, from: Uuid, role: (&str, &str), to: Uuid) -> FtmEntity {
    let (code, label) = role;
    link(edge_id(from, code, to), dataset, &UNKNOWN_LINK, from, to, label)
}
