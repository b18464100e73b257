//! Finding what somebody begins to type.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde::Serialize;
use tokio::try_join;
use utoipa::ToSchema;

use super::handlers::SuggestFilter;
use super::typed::{Rotations, Typed};
use crate::codebook::{CountryCode, EntityKind, Vocabulary};
use crate::http::auth::View;
use crate::http::parameters::{AnyOf, Whole};
use crate::values::{EntityId, Line};

/// Up to how many incidents of an entity are counted, to show of equal ones those first that take part in more.
const COUNTED: i64 = 20;

/// The names of entities.
const OF_ENTITIES: Rotations<'_> = Rotations {
    table: "entity_rotations",
    owner: "entity_id, position",
    wanted: "(SELECT * FROM unnest($1) AS beginning, unnest($3) AS wanted_kind) AS wanted",
    of_wanted: "kind = wanted_kind",
    of_any: "kind = ANY ($3)",
    fits: "published AND ($4 IS NULL OR country = ANY ($4)) AND dataset <> ALL ($5)",
};

/// The names of places.
const OF_PLACES: Rotations<'_> = Rotations {
    table: "place_rotations",
    owner: "place, country",
    wanted: "unnest($1) AS wanted (beginning)",
    of_wanted: "true",
    of_any: "true",
    fits: "($3 IS NULL OR country = ANY ($3)) AND (
        SELECT true FROM incidents WHERE incidents.place = rotations.place
            AND coalesce(incidents.country, '') = coalesce(rotations.country, '')
            AND state = 'published' AND dataset <> ALL ($4) LIMIT 1)",
};

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
    (&mut &*connection).batch_execute(SETTINGS).await?;
    let limit = filter.limit.map_or(10, Whole::get);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for typed in Typed::of(&filter.q.0) {
        let (entities, places) = try_join!(
            entities(connection, filter, &typed, limit, view),
            places(connection, filter, &typed, limit, view)
        )?;
        let of = |rows: Vec<Row>, r#type: SuggestionType| {
            rows.into_iter().map(move |Row { id, label, kind, country, matched, length, exact }| {
                ((!exact, length), Suggestion { r#type, id, label, kind, country, matched })
            })
        };
        let mut found: Vec<_> = of(entities, SuggestionType::Entity).chain(of(places, SuggestionType::Place)).collect();
        found.sort_by_key(|(distance, _)| *distance);
        for (_, suggestion) in found {
            if suggestions.len() < most && !suggestions.iter().any(|before| before.is_of(&suggestion)) {
                suggestions.push(suggestion);
            }
        }
        if suggestions.len() == most {
            break;
        }
    }
    Ok(suggestions)
}

impl Suggestion {
    /// Whether it is the same entity or place.
    fn is_of(&self, other: &Self) -> bool {
        match self.id {
            Some(id) => other.id == Some(id),
            None => other.id.is_none() && (&self.label, self.country) == (&other.label, other.country),
        }
    }
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
            SELECT DISTINCT ON (entity_id) {exact} AS exact, entity_id, position, {left} AS length, rotation
            FROM found ORDER BY entity_id, exact DESC, length, position
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
        found = typed.found(&OF_ENTITIES, 7),
        exact = typed.exact(),
        left = typed.left(),
    );
    let kinds =
        filter.kind.as_ref().map_or_else(|| EntityKind::ALL.iter().map(|kind| kind.code()).collect(), AnyOf::codes);
    let countries = filter.country.as_ref().map(AnyOf::codes);
    let query = typed
        .prepared(query)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Nullable<Array<Text>>, _>(countries)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<BigInt, _>(limit);
    typed.with_anywhere(query).load(&mut connection).await
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
    let query = format!(
        "WITH {found}, fitting AS (
            SELECT DISTINCT ON (place, country) {exact} AS exact, place, country, {left} AS length FROM found
            ORDER BY place, country, exact DESC, length
        )
        SELECT exact, length, NULL AS id, place AS label, NULL AS kind, country, place AS matched
        FROM fitting ORDER BY exact DESC, length, place, country LIMIT $5",
        found = typed.found(&OF_PLACES, 6),
        exact = typed.exact(),
        left = typed.left(),
    );
    let countries = filter.country.as_ref().map(AnyOf::codes);
    let query = typed
        .prepared(query)
        .bind::<Nullable<Array<Text>>, _>(countries)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<BigInt, _>(limit);
    typed.with_anywhere(query).load(&mut connection).await
}
