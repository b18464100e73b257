//! Candidates: the names that may be the one that is wanted. Few are fetched of many, by indexes alone.

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::NewMatchQuery;
use crate::codebook::{CountryCode, EntityKind};
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

/// Readies a transaction. A trigram index is fast for what is alike to a good part; what is less alike is found by its words and
/// codes.
const SETTINGS: &str = "SELECT set_config('pg_trgm.similarity_threshold', '0.4', true)";

/// Names alike as a whole; those that have the same words, and those that sound alike; and the own names of those that have an
/// identifier. What more than 1,500 names have tells nobody apart, and is looked up only together with something else: so
/// a name costs little, however common its words. Of what each finds, and of all that is found, the most alike are taken: which
/// those are depends on nothing but the names.
const CANDIDATES: &str = "
    WITH found AS (
        (SELECT entity_id, position, similarity(key, $1) AS likeness, false AS identified
         FROM entity_names WHERE key % $1
         ORDER BY likeness DESC, entity_id, position LIMIT 100)
        UNION ALL
        SELECT nearest.entity_id, nearest.position, nearest.likeness, false
        FROM (
            SELECT true AS of_tokens, string_to_array(probe, ' ') AS parts FROM unnest($2) AS probe
            UNION ALL
            SELECT false, string_to_array(probe, ' ') FROM unnest($3) AS probe
        ) probes CROSS JOIN LATERAL (
            SELECT entity_id, position, similarity(key, $1) AS likeness
            FROM (
                SELECT fits.*, count(*) OVER () AS count FROM (
                    (SELECT entity_id, position, key FROM entity_names WHERE of_tokens AND tokens @> parts LIMIT 1501)
                    UNION ALL
                    (SELECT entity_id, position, key FROM entity_names WHERE NOT of_tokens AND codes @> parts LIMIT 1501)
                ) fits
            ) counted
            WHERE count <= 1500
            ORDER BY likeness DESC, entity_id, position LIMIT 40
        ) nearest
        UNION ALL
        (SELECT identifiers.entity_id, 0, 1, true
         FROM unnest($6, $7) AS wanted (scheme, value)
         JOIN identifiers ON identifiers.scheme = wanted.scheme AND identifiers.value = wanted.value
         ORDER BY identifiers.entity_id LIMIT 60)
    ), each AS (
        SELECT entity_id, position, max(likeness) AS likeness, bool_or(identified) AS identified
        FROM found GROUP BY entity_id, position
    )
    SELECT * FROM (
        SELECT entities.id, entities.name, entities.kind, entities.country, named.name AS matched_name, named.language,
            named.weak, each.identified, each.position
        FROM each
        JOIN entities ON entities.id = each.entity_id AND entities.state = ANY($4) AND entities.dataset <> ALL($5)
        JOIN entity_names named ON named.entity_id = each.entity_id AND named.position = each.position
        ORDER BY each.identified DESC, each.likeness DESC, each.entity_id, each.position LIMIT 300) AS likeliest
    ORDER BY id, position";

/// Readies the transaction of the connection for [`load`].
///
/// # Errors
/// The database fails.
pub(super) async fn prepare(mut connection: &AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query(SETTINGS).execute(&mut connection).await.map(drop)
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
    let Probes { key, tokens, codes } = Probes::of(wanted.name.as_str());
    let schemes: Vec<_> = wanted.identifiers.iter().map(|identifier| identifier.scheme).collect();
    let values: Vec<_> = wanted.identifiers.iter().map(|identifier| &identifier.value).collect();
    diesel::sql_query(CANDIDATES)
        .bind::<Text, _>(key)
        .bind::<Array<Text>, _>(tokens)
        .bind::<Array<Text>, _>(codes)
        .bind::<Array<Text>, _>(&view.states)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<Array<Text>, _>(schemes)
        .bind::<Array<Text>, _>(values)
        .load(&mut connection)
        .await
}
