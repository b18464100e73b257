//! The names of entities in the spellings that they are found by: derived, and stored beside the entities.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{Entity, EntityRow};
use crate::codebook::EntityKind;
use crate::db::schema::entity_names;
use crate::names::entry::Entry;
use crate::values::{LanguageTag, Line};

/// A statement takes at most 65,535 values, and a row has eight.
const ROWS: usize = 5000;

/// The letters that an acronym has at most which says too little.
const SHORT: usize = 3;

/// A name of an entity, and what it is found by.
#[derive(Debug, Insertable)]
#[diesel(table_name = entity_names)]
struct NameRow {
    entity_id: Uuid,
    position: i16,
    name: Line,
    language: Option<LanguageTag>,
    key: String,
    tokens: Vec<String>,
    codes: Vec<String>,
    weak: bool,
}

/// The names of an entity.
fn rows(entity: &Entity) -> Vec<NameRow> {
    let EntityRow { id, kind, name, .. } = &entity.row;
    let others = entity.aliases.iter().map(|alias| (&alias.name, alias.language.as_ref()));
    let mut rows: Vec<NameRow> = Vec::new();
    for (position, (name, language)) in (0..).zip(std::iter::once((name, None)).chain(others)) {
        let Entry { key, tokens, codes } = Entry::of(name.as_str());
        // Who is known by two words is not told by one of them, or by another one alone.
        let is_nickname = *kind == EntityKind::Person && !key.contains(' ');
        let is_nickname = is_nickname && rows.as_slice().first().is_some_and(|own| own.key.contains(' '));
        let weak = is_nickname || key.chars().filter(|letter| *letter != ' ').count() <= SHORT;
        let (name, language) = (name.clone(), language.cloned());
        rows.push(NameRow { entity_id: (*id).into(), position, name, language, key, tokens, codes, weak });
    }
    rows
}

/// Stores the names of entities in the place of those that are stored, in the transaction of the connection.
///
/// # Errors
/// The database fails.
pub(super) async fn store(mut connection: &AsyncPgConnection, entities: &[Entity]) -> QueryResult<()> {
    let ids: Vec<Uuid> = entities.iter().map(|entity| entity.row.id.into()).collect();
    let names: Vec<NameRow> = entities.iter().flat_map(rows).collect();
    diesel::delete(entity_names::table.filter(entity_names::entity_id.eq_any(ids))).execute(&mut connection).await?;
    for rows in names.chunks(ROWS) {
        diesel::insert_into(entity_names::table).values(rows).execute(&mut connection).await?;
    }
    // Two writers that store a new word at once both do so: it does no harm, and neither waits for the other.
    let words: BTreeSet<&String> = names.iter().flat_map(|name| &name.tokens).collect();
    let words: Vec<&String> = words.into_iter().collect();
    let insert = "INSERT INTO name_words SELECT word FROM unnest($1) AS given (word)
        WHERE NOT EXISTS (SELECT FROM name_words AS known WHERE known.word = given.word)";
    diesel::sql_query(insert).bind::<Array<Text>, _>(words).execute(&mut connection).await.map(drop)
}
