//! Finding what somebody begins to type.

use std::cmp::Reverse;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde::Serialize;
use tokio::try_join;
use utoipa::ToSchema;

use super::beginnings::Beginnings;
use super::handlers::SuggestFilter;
use crate::codebook::{CountryCode, EntityKind, Vocabulary};
use crate::db::prepared::Prepared;
use crate::http::auth::View;
use crate::http::parameters::{AnyOf, Whole};
use crate::names::fold;
use crate::values::{EntityId, Line};

/// How many names are looked at for a beginning: those of which least is left to type.
const LOOKED_AT: i64 = 100;

/// How many, where other words must fit, too.
const LOOKED_AT_WITH_OTHERS: i64 = 500;

/// Of a long beginning that fewer names have, all are looked at.
const FEW: i64 = 500;

/// How many of several words are looked up: the longest, which tell most names apart.
const LOOKED_UP: usize = 2;

/// Up to how many incidents of an entity are counted, to show of equal ones those first that take part in more.
const COUNTED: i64 = 20;

/// Whether a name has every word as it was typed.
const EXACT: &str = "' ' || rotation LIKE ALL ($2)";

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
    #[diesel(sql_type = Bool)]
    exact: bool,
}

/// What was typed.
struct Typed {
    /// The beginnings that are looked up.
    beginnings: Vec<String>,
    /// The patterns of names that have every word as it was typed, and not only as other letters behind it would make it.
    exact: Vec<String>,
    /// Where there are several words, the patterns of each: a name fits that is like one of each.
    patterns: Vec<Vec<String>>,
}

impl Typed {
    fn of(text: &str) -> Option<Self> {
        let words: Vec<Beginnings> = fold::words(text).iter().map(|word| Beginnings::of(word)).collect();
        let words: Vec<Beginnings> = words.into_iter().filter(|word| !word.own.is_empty()).collect();
        let (last, before) = words.split_last()?;
        let pattern = |fold: &str| format!("% {fold}%");
        if before.is_empty() {
            let beginnings = last.all().map(str::to_owned).collect();
            return Some(Self { beginnings, exact: vec![format!(" {}%", last.own)], patterns: Vec::new() });
        }
        let exact = words.iter().map(|word| pattern(&word.own)).collect();
        let patterns = words.iter().map(|word| word.all().map(pattern).collect()).collect();
        // In the order in which they were typed they are one beginning; in another one each is.
        let before = before.iter().map(|word| word.own.as_str()).collect::<Vec<_>>().join(" ");
        let mut beginnings: Vec<String> = last.all().map(|fold| format!("{before} {fold}")).collect();
        let mut longest: Vec<&Beginnings> = words.iter().collect();
        longest.sort_by_key(|word| Reverse(word.own.chars().count()));
        beginnings.extend(longest.iter().take(LOOKED_UP).flat_map(|word| word.all()).map(str::to_owned));
        Some(Self { beginnings, exact, patterns })
    }

    /// How many letters are left to type of a name: from the word that was begun to its end, or of all of it.
    fn left(&self) -> &'static str {
        if self.patterns.is_empty() { "length" } else { "char_length(rotation)" }
    }

    /// That a name fits each word, of which the patterns are the values from a number on.
    fn fits(&self, first: usize) -> String {
        let like = |number: usize| format!(" AND ' ' || rotation LIKE ANY (${number})");
        (first..first + self.patterns.len()).map(like).collect()
    }

    /// `wanted`, `few`, `crowded` and `found`: the rotations that begin as the values of `wanted` say and fit besides, of each
    /// those of which least is left. Of short beginnings there are many, so indexes hold them in that order; and of longer
    /// ones that turn out to be of many.
    fn found(&self, wanted: &str, table: &str, columns: &str, fits: &str) -> String {
        let looked_at = if self.patterns.is_empty() { LOOKED_AT } else { LOOKED_AT_WITH_OTHERS };
        let walk = |begins: &str| {
            format!(
                "(SELECT {columns}, rotation, length FROM {table} WHERE {begins} AND {fits}
                  ORDER BY length, rotation, {columns} LIMIT {looked_at})"
            )
        };
        format!(
            "wanted AS MATERIALIZED (SELECT *, row_number() OVER () AS number FROM {wanted}
        ), few AS MATERIALIZED (
            SELECT number, rotations.* FROM wanted CROSS JOIN LATERAL (
                SELECT {columns}, rotation, length FROM {table}
                WHERE rotation >= beginning AND rotation < beginning || chr(1114111) AND {fits} LIMIT {FEW}) AS rotations
            WHERE char_length(beginning) > 3
        ), crowded AS MATERIALIZED (
            SELECT number FROM few GROUP BY number HAVING count(*) = {FEW}
        ), found AS (
            SELECT {columns}, rotation, length FROM few WHERE number NOT IN (SELECT number FROM crowded)
            UNION ALL
            SELECT rotations.* FROM wanted CROSS JOIN LATERAL ({} UNION ALL {} UNION ALL {}) AS rotations
            WHERE char_length(beginning) <= 3 OR number IN (SELECT number FROM crowded)
        )",
            walk("char_length(beginning) = 1 AND left(rotation, 1) = beginning"),
            walk("char_length(beginning) = 2 AND left(rotation, 2) = beginning"),
            walk(
                "char_length(beginning) >= 3 AND left(rotation, 3) = left(beginning, 3) AND starts_with(rotation, beginning)"
            ),
        )
    }

    /// Binds the patterns.
    fn bind<'q>(&'q self, query: Prepared<'q>) -> Prepared<'q> {
        self.patterns.iter().fold(query, Prepared::bind::<Array<Text>, _>)
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
    // Each index is walked alike whatever is typed, so plans are kept.
    const SETTINGS: &str = "SET LOCAL plan_cache_mode = force_generic_plan";
    let Some(typed) = Typed::of(&filter.q.0) else { return Ok(Vec::new()) };
    (&mut &*connection).batch_execute(SETTINGS).await?;
    let limit = filter.limit.map_or(10, Whole::get);
    let (entities, places) =
        try_join!(entities(connection, filter, &typed, limit, view), places(connection, filter, &typed, limit, view))?;
    let of = |rows: Vec<Row>, r#type: SuggestionType| {
        rows.into_iter().map(move |Row { id, label, kind, country, matched, length, exact }| {
            ((!exact, length), Suggestion { r#type, id, label, kind, country, matched })
        })
    };
    let mut found: Vec<_> = of(entities, SuggestionType::Entity).chain(of(places, SuggestionType::Place)).collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found.into_iter().map(|(_, suggestion)| suggestion).collect())
}

/// The entities.
async fn entities(
    mut connection: &AsyncPgConnection,
    filter: &SuggestFilter,
    typed: &Typed,
    limit: i64,
    view: &View,
) -> QueryResult<Vec<Row>> {
    let query = format!(
        "WITH {found}, fitting AS (
            SELECT DISTINCT ON (entity_id) {EXACT} AS exact, entity_id, position, {left} AS length, rotation
            FROM found WHERE true{fits}
            ORDER BY entity_id, exact DESC, length, position
        ), nearest AS (
            SELECT * FROM fitting ORDER BY exact DESC, length FETCH FIRST ($6) ROWS WITH TIES
        ), likeliest AS MATERIALIZED (
            SELECT *, (
                SELECT count(*) FROM (
                    SELECT FROM incident_entities AS part
                    WHERE part.entity_id = nearest.entity_id AND published AND part.dataset <> ALL ($5) LIMIT {COUNTED}
                ) AS counted) AS incidents
            FROM nearest ORDER BY exact DESC, length, incidents DESC, rotation, entity_id LIMIT $6
        )
        SELECT exact, length, id, entities.name AS label, kind, country, coalesce(aliases.name, entities.name) AS matched
        FROM likeliest JOIN entities ON id = entity_id
        LEFT JOIN aliases ON aliases.entity_id = id AND aliases.position = likeliest.position - 1
        ORDER BY exact DESC, length, incidents DESC, rotation, id",
        found = typed.found(
            "(SELECT * FROM unnest($1) AS beginning, unnest($3) AS wanted_kind) AS wanted",
            "entity_rotations",
            "entity_id, position",
            "published AND kind = wanted_kind AND ($4 IS NULL OR country = ANY ($4)) AND dataset <> ALL ($5)",
        ),
        left = typed.left(),
        fits = typed.fits(7),
    );
    let kinds =
        filter.kind.as_ref().map_or_else(|| EntityKind::ALL.iter().map(|kind| kind.code()).collect(), AnyOf::codes);
    let countries = filter.country.as_ref().map(AnyOf::codes);
    let query = Prepared::new(query)
        .bind::<Array<Text>, _>(&typed.beginnings)
        .bind::<Array<Text>, _>(&typed.exact)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Nullable<Array<Text>>, _>(countries)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<BigInt, _>(limit);
    typed.bind(query).load(&mut connection).await
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
    let seen = "(
        SELECT true FROM incidents WHERE incidents.place = place_rotations.place
            AND coalesce(incidents.country, '') = coalesce(place_rotations.country, '')
            AND state = 'published' AND dataset <> ALL ($4) LIMIT 1)";
    let query = format!(
        "WITH {found}, fitting AS (
            SELECT DISTINCT ON (place, country) {EXACT} AS exact, place, country, {left} AS length FROM found WHERE true{fits}
            ORDER BY place, country, exact DESC, length
        )
        SELECT exact, length, NULL AS id, place AS label, NULL AS kind, country, place AS matched
        FROM fitting ORDER BY exact DESC, length, place, country LIMIT $5",
        found = typed.found(
            "unnest($1) AS beginning",
            "place_rotations",
            "place, country",
            &format!("($3 IS NULL OR country = ANY ($3)) AND {seen}"),
        ),
        left = typed.left(),
        fits = typed.fits(6),
    );
    let countries = filter.country.as_ref().map(AnyOf::codes);
    let query = Prepared::new(query)
        .bind::<Array<Text>, _>(&typed.beginnings)
        .bind::<Array<Text>, _>(&typed.exact)
        .bind::<Nullable<Array<Text>>, _>(countries)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<BigInt, _>(limit);
    typed.bind(query).load(&mut connection).await
}
