//! Candidates: the names that may be the one that is wanted. Few are fetched of many, by indexes alone.

use std::sync::LazyLock;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::NewMatchQuery;
use crate::codebook::{CountryCode, EntityKind};
use crate::db::PLAN_FOR_VALUES;
use crate::db::prepared::Prepared;
use crate::http::auth::View;
use crate::names::entry::Probes;
use crate::values::{EntityId, LanguageTag, Line};

/// A name that may be the one that is wanted, and whose it is.
#[derive(Debug, QueryableByName)]
pub(super) struct Candidate {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: EntityId,
    #[diesel(sql_type = Text)]
    pub(super) name: Line,
    #[diesel(sql_type = Text)]
    pub(super) kind: EntityKind,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) country: Option<CountryCode>,
    #[diesel(sql_type = Text)]
    pub(super) matched_name: Line,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) language: Option<LanguageTag>,
    #[diesel(sql_type = Bool)]
    pub(super) weak: bool,
    #[diesel(sql_type = Bool)]
    pub(super) identified: bool,
}

/// What more names have than these tells nobody apart by itself: then it is looked up only together with something else, and
/// a name costs little, however common its words.
const COMMON: u32 = 1_000;

/// How many names that fit are looked at, whether they may be seen or not, so that a name costs little when very many are
/// hidden, too.
const LOOKED_AT: u32 = 5_000;

/// Readies a transaction. Words of three letters or so that are alike have a third of their trigrams in common. One plan is good
/// for all names, since each index is asked alike.
const SETTINGS: &str = "SET LOCAL pg_trgm.similarity_threshold = 0.3; SET LOCAL plan_cache_mode = force_generic_plan";

/// Names of which two words are spelt alike, or the only one that anybody has; those that sound alike; those that have the
/// same words, however many they are; and the own names of those that have an identifier. Of what each finds that may be
/// seen, and of all that is found, the most alike are taken, and of those with the same words first those of the kind and country
/// that are wanted. Which those are depends on nothing but the names that are stored and the words of those that were, as long as no
/// more than [`LOOKED_AT`] fit: of more, any so many are looked at.
static CANDIDATES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH alike AS (
            SELECT DISTINCT ON (alike.word) alike.word, number
            FROM unnest($2) WITH ORDINALITY AS wanted (word, number) CROSS JOIN LATERAL (
                SELECT word, similarity(name_words.word, wanted.word) AS likeness
                FROM name_words WHERE name_words.word % wanted.word ORDER BY likeness DESC, word LIMIT 40) AS alike
            WHERE show_trgm(wanted.word) <> '{{}}'
            ORDER BY alike.word, likeness DESC, number
        ), spelt AS MATERIALIZED (
            SELECT number, array_agg(word) AS words FROM alike GROUP BY number
        ), found AS (
            {}
            UNION ALL
            {}
            UNION ALL
            {}
            UNION ALL
            (SELECT entity_id, position, similarity(key, $1), false
             FROM (SELECT * FROM entity_names WHERE $8 <> '{{}}' AND tokens = $8 LIMIT {LOOKED_AT}) AS names {SEEN}
             ORDER BY coalesce(kind = $9, true) DESC,
                CASE WHEN $10 IS NULL OR country = $10 THEN 0 WHEN country IS NULL THEN 1 ELSE 2 END, entity_id, position
             LIMIT 100)
            UNION ALL
            (SELECT entity_id, 0, 1, true
             FROM unnest($6, $7) AS wanted (scheme, value) JOIN identifiers AS names USING (scheme, value) {SEEN}
             ORDER BY entity_id LIMIT 60)
        ), each AS (
            SELECT entity_id, position, max(likeness) AS likeness, bool_or(identified) AS identified
            FROM found GROUP BY entity_id, position
        )
        SELECT * FROM (
            SELECT entities.id, entities.name, entities.kind, entities.country, named.name AS matched_name, named.language,
                named.weak, each.identified, each.position
            FROM each CROSS JOIN LATERAL (SELECT * FROM entities WHERE id = each.entity_id OFFSET 0) AS entities
            CROSS JOIN LATERAL (
                SELECT * FROM entity_names
                WHERE entity_id = each.entity_id AND position = each.position OFFSET 0) AS named
            ORDER BY each.identified DESC, each.likeness DESC, each.entity_id, each.position LIMIT 300) AS likeliest
        ORDER BY id, position",
        likest(TWO_WORDS, "tokens && one.words AND tokens && other.words", 100),
        likest(ONLY_WORD, "tokens && single.words", 100),
        likest("unnest($3) AS sounds", "codes @> string_to_array(sounds, ' ')", 40),
    )
});

const TWO_WORDS: &str = "spelt AS one JOIN spelt AS other ON one.number < other.number";

const ONLY_WORD: &str = "(SELECT words FROM spelt WHERE (SELECT count(*) FROM spelt) = 1) AS single";

/// Of `names`, those whose entities may be seen: others must not stand in their way.
const SEEN: &str = "CROSS JOIN LATERAL (
    SELECT kind, country FROM entities WHERE id = names.entity_id AND state = ANY($4) AND dataset <> ALL($5) OFFSET 0) AS seen";

/// Of the names that fit each of some probes, unless those are too many, so many that are spelt most alike.
fn likest(probes: &str, fits: &str, most: u32) -> String {
    let limit = COMMON + 1;
    format!(
        "SELECT likest.* FROM {probes} CROSS JOIN LATERAL (
            SELECT entity_id, position, similarity(key, $1) AS likeness, false AS identified
            FROM (
                SELECT fitting.*, count(*) OVER () AS count
                FROM (
                    SELECT entity_id, position, key
                    FROM (SELECT * FROM entity_names WHERE {fits} LIMIT {LOOKED_AT}) AS names {SEEN} LIMIT {limit}
                ) AS fitting
            ) AS counted
            WHERE count <= {COMMON} ORDER BY likeness DESC, entity_id, position LIMIT {most}
        ) AS likest"
    )
}

/// Readies the transaction of the connection for [`load`].
///
/// # Errors
/// The database fails.
pub(super) async fn prepare(mut connection: &AsyncPgConnection) -> QueryResult<()> {
    connection.batch_execute(SETTINGS).await
}

/// Readies it for what comes behind.
///
/// # Errors
/// The database fails.
pub(super) async fn leave(mut connection: &AsyncPgConnection) -> QueryResult<()> {
    connection.batch_execute(PLAN_FOR_VALUES).await
}

/// The candidates for one that is wanted, the names of an entity one behind the other.
///
/// # Errors
/// The database fails, or takes too long.
pub(super) async fn load(
    mut connection: &AsyncPgConnection,
    view: &View,
    wanted: &NewMatchQuery,
) -> QueryResult<Vec<Candidate>> {
    let Probes { key, same, words, codes } = Probes::of(wanted.name.as_str());
    let schemes: Vec<_> = wanted.identifiers.iter().map(|identifier| identifier.scheme).collect();
    let values: Vec<_> = wanted.identifiers.iter().map(|identifier| &identifier.value).collect();
    Prepared::new(CANDIDATES.as_str())
        .bind::<Text, _>(key)
        .bind::<Array<Text>, _>(words)
        .bind::<Array<Text>, _>(codes)
        .bind::<Array<Text>, _>(&view.states)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<Array<Text>, _>(schemes)
        .bind::<Array<Text>, _>(values)
        .bind::<Array<Text>, _>(same)
        .bind::<Nullable<Text>, _>(wanted.kind)
        .bind::<Nullable<Text>, _>(wanted.country)
        .load(&mut connection)
        .await
}
