//! Who and what there is.

use super::{FtmEntity, clean, is_a};
use crate::codebook::{EntityKind, IdentifierScheme, Vocabulary};
use crate::entities::{Entity, Identifier};

/// An entity as a thing: a person, an organisation, a public body, a company, a document (a law) or an address (a place).
pub fn entity(entity: &Entity) -> FtmEntity {
    let row = &entity.row;
    let mut thing = FtmEntity::new(row.id.into(), row.kind.followthemoney_schema(), &row.dataset);
    thing.add_name("name", row.name.as_str());
    for alias in &entity.aliases {
        if alias.name == row.name {
            continue;
        }
        let property = if is_weak(row.kind, alias.name.as_str()) { "weakAlias" } else { "alias" };
        thing.add_name(property, alias.name.as_str());
    }
    thing.add("description", clean::text(row.description.as_str()));
    thing.add("country", row.country.map(|country| country.code().to_lowercase()));
    thing.add("topics", row.kind.followthemoney_topic().map(str::to_owned));
    for identifier in &entity.identifiers {
        let (property, value) = placed(row.kind, identifier);
        thing.add(property, value);
    }
    match row.kind {
        // A document is known by the name of its file. A law is no file: its own name stands there.
        EntityKind::Law => {
            for property in ["title", "fileName"] {
                thing.add(property, clean::name(row.name.as_str()));
            }
        }
        EntityKind::Place => thing.add("full", clean::address(&[Some(row.name.as_str())])),
        _ => {}
    }
    thing
}

/// Whether a name fits many: an acronym, or a person's surname alone. Those who screen names pass over such.
fn is_weak(kind: EntityKind, name: &str) -> bool {
    let is_acronym = name.chars().count() <= 12 && name.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    is_acronym || kind == EntityKind::Person && !name.contains(char::is_whitespace)
}

/// The property that holds an identifier. One that none takes is a note, as the filter `identifier` spells it.
fn placed(kind: EntityKind, identifier: &Identifier) -> (&'static str, Option<String>) {
    let value = identifier.value.as_str();
    let site = if is_a(kind, "LegalEntity") { "website" } else { "sourceUrl" };
    let (property, found) = match identifier.scheme {
        IdentifierScheme::Wikidata => ("wikidataId", wikidata(value)),
        IdentifierScheme::Website => (site, clean::url(value)),
        IdentifierScheme::Telegram => (site, telegram(value)),
        IdentifierScheme::Opensanctions => ("sourceUrl", opensanctions(value)),
        IdentifierScheme::Isni => ("sourceUrl", isni(value)),
        IdentifierScheme::Viaf => ("sourceUrl", viaf(value)),
        IdentifierScheme::Other => ("notes", None),
    };
    match found {
        Some(value) => (property, Some(value)),
        None => ("notes", clean::text(&format!("{}:{value}", identifier.scheme.code()))),
    }
}

/// The number of an item, also at the end of its address.
fn wikidata(value: &str) -> Option<String> {
    let item = value.rsplit('/').next()?.trim().to_uppercase();
    let number = item.strip_prefix('Q')?;
    (number.len() < 32 && is_number(number)).then_some(item)
}

fn telegram(value: &str) -> Option<String> {
    let name = value.strip_prefix('@').or_else(|| value.strip_prefix("https://t.me/")).unwrap_or(value);
    let fits = (4..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    fits.then(|| format!("https://t.me/{name}"))
}

/// The page of the entity there: were its id said to be ours, records of theirs would be taken for merged into ours.
fn opensanctions(value: &str) -> Option<String> {
    let fits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| format!("https://www.opensanctions.org/entities/{value}/"))
}

fn isni(value: &str) -> Option<String> {
    let digits = value.replace([' ', '-'], "").to_uppercase();
    let fits = digits.len() == 16 && is_number(digits.strip_suffix('X').unwrap_or(&digits));
    fits.then(|| format!("https://isni.org/isni/{digits}"))
}

fn viaf(value: &str) -> Option<String> {
    is_number(value).then(|| format!("https://viaf.org/viaf/{value}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
