//! Keeping the rotations of names.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::codebook::Vocabulary;
use crate::entities::Entity;
use crate::incidents::Incident;
use crate::names::fold;

/// A word of a name comes first only if it is among so many.
const MOST_WORDS: usize = 12;

/// A name turned so that one of its words comes first.
struct Rotation {
    /// Which word, from 0.
    word: i16,
    /// The folded words from it on, and then those before it.
    text: String,
    /// How many letters there are from it to the end of the name.
    length: i32,
}

fn rotations(name: &str) -> Vec<Rotation> {
    let words = fold::tokens(name);
    let rotation = |(number, word): (i16, usize)| {
        let length = words[word..].join(" ").chars().count();
        let text = [&words[word..], &words[..word]].concat().join(" ");
        Rotation { word: number, text, length: i32::try_from(length).unwrap_or(i32::MAX) }
    };
    (0..).zip(0..words.len().min(MOST_WORDS)).map(rotation).collect()
}

/// Stores the rotations of the names of entities.
///
/// # Errors
/// The database fails.
pub(crate) async fn store_entities(mut connection: &AsyncPgConnection, entities: &[Entity]) -> QueryResult<()> {
    const INSERT: &str = "
        INSERT INTO entity_rotations (entity_id, position, word, rotation, length, kind, country, dataset, published)
        SELECT entity_id, position, word, rotation, length, kind, country, dataset, state = 'published'
        FROM unnest($1, $2, $3, $4, $5) AS row (entity_id, position, word, rotation, length) JOIN entities ON id = entity_id";
    let ids: Vec<Uuid> = entities.iter().map(|entity| entity.row.id.into()).collect();
    let (mut owners, mut positions) = (Vec::new(), Vec::new());
    let (mut words, mut texts, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    for (entity, id) in entities.iter().zip(&ids) {
        let names = std::iter::once(&entity.row.name).chain(entity.aliases.iter().map(|alias| &alias.name));
        for (position, name) in (0_i16..).zip(names) {
            for Rotation { word, text, length } in rotations(name.as_str()) {
                owners.push(*id);
                positions.push(position);
                words.push(word);
                texts.push(text);
                lengths.push(length);
            }
        }
    }
    let delete = diesel::sql_query("DELETE FROM entity_rotations WHERE entity_id = ANY ($1)");
    delete.bind::<Array<SqlUuid>, _>(ids).execute(&mut connection).await?;
    let insert = diesel::sql_query(INSERT)
        .bind::<Array<SqlUuid>, _>(owners)
        .bind::<Array<SmallInt>, _>(positions)
        .bind::<Array<SmallInt>, _>(words)
        .bind::<Array<Text>, _>(texts)
        .bind::<Array<Integer>, _>(lengths);
    insert.execute(&mut connection).await.map(drop)
}

/// Stores the rotations of the places of incidents.
///
/// # Errors
/// The database fails.
pub(crate) async fn store_places(mut connection: &AsyncPgConnection, incidents: &[Incident]) -> QueryResult<()> {
    const INSERT: &str = "
        INSERT INTO place_rotations (place, country, word, rotation, length)
        SELECT * FROM unnest($1, $2, $3, $4, $5) AS row (place, country, word, rotation, length)
        WHERE NOT EXISTS (SELECT FROM place_rotations known WHERE known.place = row.place
            AND coalesce(known.country, '') = coalesce(row.country, '') AND known.word = row.word)
        ON CONFLICT DO NOTHING";
    let (mut places, mut countries) = (Vec::new(), Vec::new());
    let (mut words, mut texts, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    for location in incidents.iter().map(|incident| &incident.row.location) {
        let Some(place) = &location.place else { continue };
        for Rotation { word, text, length } in rotations(place.as_str()) {
            places.push(place.as_str());
            countries.push(location.country.map(Vocabulary::code));
            words.push(word);
            texts.push(text);
            lengths.push(length);
        }
    }
    if places.is_empty() {
        return Ok(());
    }
    let insert = diesel::sql_query(INSERT)
        .bind::<Array<Text>, _>(places)
        .bind::<Array<Nullable<Text>>, _>(countries)
        .bind::<Array<SmallInt>, _>(words)
        .bind::<Array<Text>, _>(texts)
        .bind::<Array<Integer>, _>(lengths);
    insert.execute(&mut connection).await.map(drop)
}
