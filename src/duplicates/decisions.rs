//! What editors decided of pairs: once a pair, in whatever order it is named.
//!
//! A decision is kept under the ids that it was made of. When one of these is merged, it holds for the record that took its
//! place, and again for itself when the merge is undone: nothing is moved.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::codebook::DuplicateDecision;
use crate::history::RecordType;
use crate::values::Prose;

/// How many decisions of a record are shown.
const SHOWN: usize = 50;

/// What an editor decides of a record and another one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// The id of the other record.
    #[schema(example = "b7826df4-ed0b-5bec-8339-db6034e65863")]
    pub id: Uuid,
    /// Whether the two are the same.
    pub decision: DuplicateDecision,
    /// Why.
    pub note: Option<Prose>,
}

impl NewDecision {
    /// The name of its schema in the document.
    pub(crate) const SCHEMA: &'static str = "NewDecision";
}

/// What was decided of a record and another one.
#[derive(Clone, Debug, QueryableByName, Serialize, ToSchema)]
pub struct Decision {
    /// The id of the other record; where that was merged since, of the one that took its place.
    #[diesel(sql_type = SqlUuid)]
    #[schema(example = "b7826df4-ed0b-5bec-8339-db6034e65863")]
    pub id: Uuid,
    /// Whether the two are the same.
    #[diesel(sql_type = Text)]
    pub decision: DuplicateDecision,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub note: Option<Prose>,
    /// When it was decided.
    #[diesel(sql_type = Timestamptz)]
    pub decided_at: DateTime<Utc>,
    /// Who decided it, by the name of the key.
    #[diesel(sql_type = Text)]
    #[schema(max_length = 500, pattern = r"^[^\u0000-\u001F\u007F]*$", example = "Newsroom")]
    pub by: String,
}

/// What was decided of a record and others.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// The others, of which nobody is asked again.
    pub(super) ids: Vec<Uuid>,
    /// The newest of these decisions.
    pub(super) shown: Vec<Decision>,
}

/// What was decided of a record, and of those that were merged into it, the newest first.
///
/// # Errors
/// The database fails.
pub(super) async fn of(mut connection: &AsyncPgConnection, of: RecordType, id: Uuid) -> QueryResult<Decided> {
    let table = of.plural();
    let query = format!(
        "WITH own AS (SELECT $2 AS id UNION ALL SELECT id FROM {table} WHERE merged_into = $2),
         decided AS (
            SELECT other_id AS id, decision, note, key_id, decided_at
            FROM own JOIN duplicate_decisions ON record_type = $1 AND one_id = own.id
            UNION ALL
            SELECT one_id, decision, note, key_id, decided_at
            FROM own JOIN duplicate_decisions ON record_type = $1 AND other_id = own.id)
         SELECT coalesce(other.merged_into, other.id) AS id, decision, note, decided_at, api_keys.name AS by
         FROM decided JOIN {table} other ON other.id = decided.id JOIN api_keys ON api_keys.id = key_id
         WHERE coalesce(other.merged_into, other.id) <> $2
         ORDER BY decided_at DESC, 1 LIMIT 10000"
    );
    let query = diesel::sql_query(query).bind::<Text, _>(of.code()).bind::<SqlUuid, _>(id);
    let mut decided: Vec<Decision> = query.load(&mut connection).await?;
    // Of several records that became one, the last word counts.
    let mut seen = HashSet::new();
    decided.retain(|decision| seen.insert(decision.id));
    let ids = decided.iter().map(|decision| decision.id).collect();
    decided.truncate(SHOWN);
    Ok(Decided { ids, shown: decided })
}

/// Remembers what is decided of two records, in the place of what was. The same said again changes nothing.
///
/// # Errors
/// The database fails.
pub(super) async fn remember(
    connection: &mut AsyncPgConnection,
    of: RecordType,
    id: Uuid,
    new: &NewDecision,
    key: Uuid,
) -> QueryResult<Decision> {
    const STORE: &str = "
        INSERT INTO duplicate_decisions AS stored (record_type, one_id, other_id, decision, note, key_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (record_type, one_id, other_id) DO UPDATE
            SET decision = EXCLUDED.decision, note = EXCLUDED.note, key_id = EXCLUDED.key_id, decided_at = EXCLUDED.decided_at
            WHERE (stored.decision, stored.note) IS DISTINCT FROM (EXCLUDED.decision, EXCLUDED.note)";
    const SHOW: &str = "
        SELECT $4 AS id, decision, note, decided_at, api_keys.name AS by
        FROM duplicate_decisions JOIN api_keys ON api_keys.id = key_id
        WHERE record_type = $1 AND one_id = $2 AND other_id = $3";
    let (one, other) = (id.min(new.id), id.max(new.id));
    diesel::sql_query(STORE)
        .bind::<Text, _>(of.code())
        .bind::<SqlUuid, _>(one)
        .bind::<SqlUuid, _>(other)
        .bind::<Text, _>(new.decision)
        .bind::<Nullable<Text>, _>(new.note.as_ref())
        .bind::<SqlUuid, _>(key)
        .execute(connection)
        .await?;
    let show = diesel::sql_query(SHOW).bind::<Text, _>(of.code()).bind::<SqlUuid, _>(one).bind::<SqlUuid, _>(other);
    show.bind::<SqlUuid, _>(new.id).get_result(connection).await
}
