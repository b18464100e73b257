//! Records as entities of [FollowTheMoney](https://followthemoney.tech), the data model of those who trace people,
//! companies and offices: one JSON object each, as its Python package reads them (`EntityProxy.from_dict`).
//!
//! Entities of ours are things ([`entity`]), the relations that start from them are edges ([`relations()`]), and incidents
//! are events with the parts that entities have in them ([`event`]). Ids of things and events are those of the API; ids of
//! edges are made of what they join, so the same edge has the same id in every export.
//!
//! Values stand as the package's own cleaning leaves them (but for quotation marks around a name): what it would drop (an address of the web without a host, a
//! Wikidata id that is none) is kept as a note. What its model has no word for is not there: figures, legal steps, tags'
//! meanings, coordinates, claimants, and those who take part without a name. Nothing is made up.

mod clean;
mod entities;
mod incidents;
mod relations;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

pub use entities::entity;
pub use incidents::event;
pub use relations::relations;

use crate::codebook::EntityKind;
use crate::values::Slug;

/// An entity of `FollowTheMoney`: a thing, an event, or an edge between two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FtmEntity {
    /// The id: a UUID.
    pub id: Uuid,
    /// What it is, by the name of its schema.
    pub schema: &'static str,
    /// What is said of it: values by property, each once.
    pub properties: BTreeMap<&'static str, Vec<String>>,
    /// The dataset that says so.
    pub datasets: [Slug; 1],
}

impl FtmEntity {
    fn new(id: Uuid, schema: &'static str, dataset: &Slug) -> Self {
        Self { id, schema, properties: BTreeMap::new(), datasets: [dataset.clone()] }
    }

    /// Adds values to a property, each once.
    fn add(&mut self, property: &'static str, values: impl IntoIterator<Item = String>) {
        for value in values {
            let known = self.properties.entry(property).or_default();
            if !known.contains(&value) {
                known.push(value);
            }
        }
    }

    /// Adds a name. Of one that is too long the beginning is the name, and the whole a note.
    fn add_name(&mut self, property: &'static str, text: &str) {
        let Some(name) = clean::name(text) else { return };
        let beginning = clean::beginning(&name, clean::LONGEST_NAME);
        if beginning.len() < name.len() {
            self.add("notes", [name.clone()]);
        }
        self.add(property, [beginning]);
    }
}

/// Whether an entity of this kind is what a property of another takes.
fn is_a(kind: EntityKind, range: &str) -> bool {
    let lineage: &[&str] = match kind.followthemoney_schema() {
        "Person" => &["Person", "LegalEntity"],
        "Organization" => &["Organization", "LegalEntity"],
        "PublicBody" => &["PublicBody", "Organization", "LegalEntity"],
        "Company" => &["Company", "Organization", "LegalEntity", "Asset"],
        other => &[other],
    };
    range == "Thing" || lineage.contains(&range)
}

/// The id of an edge: the same for the same ends and the same role.
fn edge_id(from: Uuid, role: &str, to: Uuid) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{from}/{role}/{to}").as_bytes())
}
