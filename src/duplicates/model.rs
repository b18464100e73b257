//! What the three resources share.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::decisions::{self, Decided};
use crate::codebook::RecordState;
use crate::history::{self, Lookup, RecordStatus, RecordType};
use crate::http::auth::View;

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = Text)]
    state: RecordState,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    merged_into: Option<Uuid>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

/// Whether a record is there, for an editor.
///
/// # Errors
/// The database fails.
pub(super) async fn standing(mut connection: &AsyncPgConnection, of: RecordType, id: Uuid) -> QueryResult<Lookup<()>> {
    let query = format!("SELECT state, merged_into, version, updated_at FROM {} WHERE id = $1", of.plural());
    let query = diesel::sql_query(query).bind::<SqlUuid, _>(id);
    let Some(standing) = query.get_result::<Standing>(&mut connection).await.optional()? else {
        return Ok(Lookup::Missing);
    };
    let Standing { state, merged_into, version, updated_at } = standing;
    let status = RecordStatus { state, merged_into, version, updated_at };
    let gone = history::unavailable(connection, of, id, &status, &View::of_editor()).await?;
    Ok(gone.unwrap_or(Lookup::Found(())))
}

/// As [`standing`], with what was decided of the record.
///
/// # Errors
/// The database fails.
pub(super) async fn begin(connection: &AsyncPgConnection, of: RecordType, id: Uuid) -> QueryResult<Lookup<Decided>> {
    match standing(connection, of, id).await? {
        Lookup::Found(()) => decisions::of(connection, of, id).await.map(Lookup::Found),
        absent => Ok(absent.without()),
    }
}

/// How alike two folded texts are, from 0 to 1.
pub(super) fn alike(one: &str, other: &str) -> f64 {
    if one.is_empty() || other.is_empty() { 0.0 } else { strsim::sorensen_dice(one, other) }
}

/// Whether two folded texts hold the same numbers: "day 5" and "day 6" are alike, and are not the same.
pub(super) fn same_numbers(one: &str, other: &str) -> bool {
    let numbers = |text: &str| {
        let mut numbers: Vec<String> = text
            .split(' ')
            .filter(|word| word.contains(|letter: char| letter.is_numeric()))
            .map(str::to_owned)
            .collect();
        numbers.sort_unstable();
        numbers
    };
    numbers(one) == numbers(other)
}

/// A score that gains a part of what it lacks.
pub(super) fn raised(score: f64, part: f64) -> f64 {
    score + part * (1.0 - score)
}

/// The likeliest first, the id breaks ties; no more than are asked for.
pub(super) fn likeliest<T>(mut found: Vec<T>, limit: usize, key: impl Fn(&T) -> (f64, Uuid)) -> Vec<T> {
    found.sort_by(|one, other| {
        let ((one, one_id), (other, other_id)) = (key(one), key(other));
        other.total_cmp(&one).then(one_id.cmp(&other_id))
    });
    found.truncate(limit);
    found
}
