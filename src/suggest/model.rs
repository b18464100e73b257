//! Finding what somebody begins to type.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use tokio::try_join;
use utoipa::ToSchema;

use super::beginnings::beginnings;
use super::handlers::SuggestFilter;
use crate::codebook::{CountryCode, EntityKind};
use crate::http::auth::View;
use crate::http::parameters::{AnyOf, Whole};
use crate::names::fold;
use crate::values::{EntityId, Line};

/// How many tails are looked at for a beginning: those of which least is missing.
const LOOKED_AT: i64 = 500;

/// How many, where other words must fit too.
const LOOKED_AT_WITH_OTHERS: i64 = 5_000;

/// Up to how many incidents of an entity are counted, to show of equal ones those first that take part in more.
const COUNTED: i64 = 20;

/// What a beginning may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionType {
    /// An entity; its id is a value of the parameter `entity`.
    Entity,
    /// A place where incidents happened; its label is a value of the parameter `place`.
    Place,
}

/// What a beginning may mean.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// An entity or a place.
    pub r#type: SuggestionType,
    /// The id of the entity.
    pub id: Option<EntityId>,
    /// The name of the entity, or the place.
    pub label: Line,
    /// The kind of the entity.
    pub kind: Option<EntityKind>,
    /// The country of the entity or the place.
    pub country: Option<CountryCode>,
    /// The name that begins so.
    pub matched: Line,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    id: Option<EntityId>,
    #[diesel(sql_type = Text)]
    label: Line,
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<EntityKind>,
    #[diesel(sql_type = Nullable<Text>)]
    country: Option<CountryCode>,
    #[diesel(sql_type = Text)]
    matched: Line,
    #[diesel(sql_type = Integer)]
    length: i32,
}

/// The words of what was typed: the one that is looked up, and what the others make of a name.
struct Typed {
    beginnings: Vec<String>,
    others: Vec<String>,
}

impl Typed {
    /// The longest word tells most names apart.
    fn of(text: &str) -> Option<Self> {
        let mut words: Vec<BTreeSet<String>> = fold::words(text).iter().map(|word| beginnings(word)).collect();
        words.retain(|folds| !folds.is_empty());
        let shortest = |folds: &BTreeSet<String>| folds.iter().map(|fold| fold.chars().count()).min();
        let longest = (0..words.len()).max_by_key(|i| shortest(&words[*i]))?;
        let looked_up = words.swap_remove(longest);
        let other = |folds: BTreeSet<String>| {
            let folds: Vec<String> = folds.iter().map(|fold| regex::escape(fold)).collect();
            format!(" ({})", folds.join("|"))
        };
        Some(Self { beginnings: looked_up.into_iter().collect(), others: words.into_iter().map(other).collect() })
    }
}

/// What a text may be the beginning of: those first of which least is missing.
///
/// # Errors
/// The database fails.
pub(super) async fn suggest(
    connection: &AsyncPgConnection,
    filter: &SuggestFilter,
    view: &View,
) -> QueryResult<Vec<Suggestion>> {
    let Some(typed) = Typed::of(&filter.q.0) else { return Ok(Vec::new()) };
    let limit = filter.limit.map_or(10, Whole::get);
    let (entities, places) =
        try_join!(entities(connection, filter, &typed, limit, view), places(connection, filter, &typed, limit, view))?;
    let of = |rows: Vec<Row>, r#type: SuggestionType| {
        rows.into_iter().map(move |Row { id, label, kind, country, matched, length }| {
            (length, Suggestion { r#type, id, label, kind, country, matched })
        })
    };
    let mut found: Vec<_> = of(entities, SuggestionType::Entity).chain(of(places, SuggestionType::Place)).collect();
    found.sort_by_key(|(length, _)| *length);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found.into_iter().map(|(_, suggestion)| suggestion).collect())
}

/// The tails that begin as `$1` says and fit besides, of each beginning those `$3` of which least is missing. Of short
/// beginnings there are many tails, so indexes hold them in that order.
fn tails(table: &str, columns: &str, fits: &str) -> String {
    let branch = |(length, begins): (&str, &str)| {
        format!(
            "(SELECT {columns}, tail FROM {table} AS tails
             WHERE char_length(beginning) {length} AND {begins} AND ($2 IS NULL OR country = ANY ($2)) AND {fits}
             ORDER BY char_length(tail), tail LIMIT $3)"
        )
    };
    let branches = [
        ("> 2", "tail >= beginning AND tail < beginning || chr(1114111)"),
        ("= 2", "left(tail, 2) = beginning"),
        ("= 1", "left(tail, 1) = beginning"),
    ];
    format!("unnest($1) AS beginning, LATERAL ({}) AS tails", branches.map(branch).join(" UNION ALL "))
}

/// The entities.
async fn entities(
    mut connection: &AsyncPgConnection,
    filter: &SuggestFilter,
    typed: &Typed,
    limit: i64,
    view: &View,
) -> QueryResult<Vec<Row>> {
    let tails = tails(
        "entity_tails",
        "entity_id, position",
        "published AND dataset <> ALL ($5) AND ($6 IS NULL OR kind = ANY ($6))",
    );
    let query = format!(
        "WITH tails AS (
            SELECT DISTINCT ON (entity_id) entity_id, position, char_length(tail) AS length FROM {tails}
            WHERE $4 = '{{}}' OR ' ' || (SELECT whole.tail FROM entity_tails AS whole WHERE whole.entity_id = tails.entity_id
                AND whole.position = tails.position AND whole.word = 0) ~ ALL ($4)
            ORDER BY entity_id, length, position)
        SELECT id, entities.name AS label, kind, country, coalesce(aliases.name, entities.name) AS matched, length
        FROM tails JOIN entities ON id = tails.entity_id
        LEFT JOIN aliases ON aliases.entity_id = id AND aliases.position = tails.position - 1
        ORDER BY length, (SELECT count(*) FROM (
            SELECT FROM incident_entities AS part WHERE part.entity_id = id AND published AND part.dataset <> ALL ($5)
            LIMIT $7) AS counted) DESC, label, id LIMIT $8"
    );
    let kinds = filter.kind.as_ref().map(AnyOf::codes);
    let countries = filter.country.as_ref().map(AnyOf::codes);
    let looked_at = if typed.others.is_empty() { LOOKED_AT } else { LOOKED_AT_WITH_OTHERS };
    diesel::sql_query(query)
        .bind::<Array<Text>, _>(&typed.beginnings)
        .bind::<Nullable<Array<Text>>, _>(countries)
        .bind::<BigInt, _>(looked_at)
        .bind::<Array<Text>, _>(&typed.others)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<Nullable<Array<Text>>, _>(kinds)
        .bind::<BigInt, _>(COUNTED)
        .bind::<BigInt, _>(limit)
        .load(&mut connection)
        .await
}

/// The places, unless entities of some kind are asked for: those where an incident happened that may be seen.
async fn places(
    mut connection: &AsyncPgConnection,
    filter: &SuggestFilter,
    typed: &Typed,
    limit: i64,
    view: &View,
) -> QueryResult<Vec<Row>> {
    if filter.kind.is_some() {
        return Ok(Vec::new());
    }
    // Names of places are looked at as they are written: the index of incidents is one of lower case.
    let seen = "EXISTS (
        SELECT FROM incidents WHERE lower(incidents.place) = lower(tails.place) AND incidents.place = tails.place
            AND incidents.country IS NOT DISTINCT FROM tails.country
            AND state = 'published' AND dataset <> ALL ($5))";
    let tails = tails("place_tails", "place, country", seen);
    let query = format!(
        "WITH tails AS (
            SELECT DISTINCT ON (place, country) place, country, char_length(tail) AS length FROM {tails}
            WHERE $4 = '{{}}' OR ' ' || (SELECT whole.tail FROM place_tails AS whole WHERE whole.place = tails.place
                AND coalesce(whole.country, '') = coalesce(tails.country, '') AND whole.word = 0) ~ ALL ($4)
            ORDER BY place, country, length)
        SELECT NULL AS id, place AS label, NULL AS kind, country, place AS matched, length
        FROM tails ORDER BY length, label, country LIMIT $6"
    );
    let countries = filter.country.as_ref().map(AnyOf::codes);
    diesel::sql_query(query)
        .bind::<Array<Text>, _>(&typed.beginnings)
        .bind::<Nullable<Array<Text>>, _>(countries)
        .bind::<BigInt, _>(LOOKED_AT)
        .bind::<Array<Text>, _>(&typed.others)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<BigInt, _>(limit)
        .load(&mut connection)
        .await
}
