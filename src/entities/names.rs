//! The names of entities in the spellings that they are found by: derived, and stored beside the entities.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::Alias;
use crate::codebook::EntityKind;
use crate::db::by_owner;
use crate::db::schema::{aliases, entities, entity_names};
use crate::names::entry::Entry;
use crate::values::{LanguageTag, Line};

/// A statement takes at most 65,535 values, and a row has eight.
const ROWS: usize = 5000;

/// The letters that an acronym has at most which says too little.
const SHORT: usize = 3;

/// A name of an entity, and what it is found by.
#[derive(Debug, Insertable)]
#[diesel(table_name = entity_names)]
pub(super) struct NameRow {
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
pub(super) fn rows(id: Uuid, kind: EntityKind, name: &Line, aliases: &[Alias]) -> Vec<NameRow> {
    let others = aliases.iter().map(|alias| (&alias.name, alias.language.as_ref()));
    let mut rows: Vec<NameRow> = Vec::new();
    for (position, (name, language)) in (0..).zip(std::iter::once((name, None)).chain(others)) {
        let Entry { key, tokens, codes } = Entry::of(name.as_str());
        // Who is known by two words is not told by one of them, or by another one alone.
        let is_nickname = kind == EntityKind::Person && !key.contains(' ');
        let is_nickname = is_nickname && rows.as_slice().first().is_some_and(|own| own.key.contains(' '));
        let weak = is_nickname || key.chars().filter(|letter| *letter != ' ').count() <= SHORT;
        let (name, language) = (name.clone(), language.cloned());
        rows.push(NameRow { entity_id: id, position, name, language, key, tokens, codes, weak });
    }
    rows
}

/// Derives the names of these entities again, in the transaction of the connection: after a change of the rules, or for
/// entities that were stored before there were any.
///
/// # Errors
/// The database fails.
pub async fn rewrite(connection: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<()> {
    let owners: Vec<(Uuid, EntityKind, Line)> = entities::table
        .filter(entities::id.eq_any(ids))
        .select((entities::id, entities::kind, entities::name))
        .load(connection)
        .await?;
    let others: Vec<(Uuid, Alias)> = aliases::table
        .filter(aliases::entity_id.eq_any(ids))
        .order((aliases::entity_id, aliases::position))
        .select((aliases::entity_id, Alias::as_select()))
        .load(connection)
        .await?;
    let mut others = by_owner(others);
    let all = owners.iter().flat_map(|(id, kind, name)| {
        let aliases = others.remove(id).unwrap_or_default();
        rows(*id, *kind, name, &aliases)
    });
    let all: Vec<NameRow> = all.collect();
    diesel::delete(entity_names::table.filter(entity_names::entity_id.eq_any(ids))).execute(connection).await?;
    for rows in all.chunks(ROWS) {
        diesel::insert_into(entity_names::table).values(rows).execute(connection).await?;
    }
    Ok(())
}
