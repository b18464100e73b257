//! Keeping the tails of names.

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::codebook::Vocabulary;
use crate::entities::Entity;
use crate::incidents::Incident;
use crate::names::fold;

/// A word of a name is the first of a tail only among so many.
const MOST_WORDS: usize = 12;

/// The tails of a name, each with the number of its first word.
fn tails(name: &str) -> Vec<(i16, String)> {
    let words = fold::tokens(name);
    (0..).zip(0..words.len().min(MOST_WORDS)).map(|(number, word)| (number, words[word..].join(" "))).collect()
}

/// Stores the tails of the names of entities.
///
/// # Errors
/// The database fails.
pub(crate) async fn store_entities(mut connection: &AsyncPgConnection, entities: &[Entity]) -> QueryResult<()> {
    const INSERT: &str = "
        INSERT INTO entity_tails (entity_id, position, word, tail, kind, country, dataset, published)
        SELECT entity_id, position, word, tail, kind, country, dataset, state = 'published'
        FROM unnest($1, $2, $3, $4) AS row (entity_id, position, word, tail) JOIN entities ON id = entity_id";
    let ids: Vec<Uuid> = entities.iter().map(|entity| entity.row.id.into()).collect();
    let (mut owners, mut positions, mut words, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (entity, id) in entities.iter().zip(&ids) {
        let names = std::iter::once(&entity.row.name).chain(entity.aliases.iter().map(|alias| &alias.name));
        for (position, name) in (0_i16..).zip(names) {
            for (word, tail) in tails(name.as_str()) {
                owners.push(*id);
                positions.push(position);
                words.push(word);
                texts.push(tail);
            }
        }
    }
    let delete = diesel::sql_query("DELETE FROM entity_tails WHERE entity_id = ANY ($1)");
    delete.bind::<Array<SqlUuid>, _>(ids).execute(&mut connection).await?;
    let insert = diesel::sql_query(INSERT)
        .bind::<Array<SqlUuid>, _>(owners)
        .bind::<Array<SmallInt>, _>(positions)
        .bind::<Array<SmallInt>, _>(words)
        .bind::<Array<Text>, _>(texts);
    insert.execute(&mut connection).await.map(drop)
}

/// Stores the tails of the places of incidents.
///
/// # Errors
/// The database fails.
pub(crate) async fn store_places(mut connection: &AsyncPgConnection, incidents: &[Incident]) -> QueryResult<()> {
    const INSERT: &str = "
        INSERT INTO place_tails (place, country, word, tail)
        SELECT * FROM unnest($1, $2, $3, $4) AS row (place, country, word, tail)
        WHERE NOT EXISTS (SELECT FROM place_tails known WHERE known.place = row.place
            AND coalesce(known.country, '') = coalesce(row.country, '') AND known.word = row.word)
        ON CONFLICT DO NOTHING";
    let (mut places, mut countries, mut words, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for location in incidents.iter().map(|incident| &incident.row.location) {
        let Some(place) = &location.place else { continue };
        for (word, tail) in tails(place.as_str()) {
            places.push(place.as_str());
            countries.push(location.country.map(Vocabulary::code));
            words.push(word);
            texts.push(tail);
        }
    }
    if places.is_empty() {
        return Ok(());
    }
    let insert = diesel::sql_query(INSERT)
        .bind::<Array<Text>, _>(places)
        .bind::<Array<Nullable<Text>>, _>(countries)
        .bind::<Array<SmallInt>, _>(words)
        .bind::<Array<Text>, _>(texts);
    insert.execute(&mut connection).await.map(drop)
}
