//! What became of a record: served, unknown, merged or withdrawn.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::RecordType;
use crate::codebook::{ChangeReason, RecordState};
use crate::db::schema::{articles, changes, entities, incidents, versions};
use crate::http::auth::View;
use crate::http::problem::Tombstone;

diesel::define_sql_function! {
    /// The version with which a record was withdrawn.
    fn withdrawn_by(of: diesel::sql_types::Text, id: diesel::sql_types::Uuid) -> diesel::sql_types::Nullable<diesel::sql_types::Integer>;
}

/// What is found under an id.
#[derive(Debug)]
pub enum Lookup<T> {
    /// The record.
    Found(T),
    /// Nothing that the caller may know of.
    Missing,
    /// It was merged into the record of this id.
    Merged(Uuid),
    /// It was withdrawn.
    Withdrawn(Box<Tombstone>),
}

impl<T> Lookup<T> {
    /// What became of a record that is not there to be shown.
    pub fn without<U>(self) -> Lookup<U> {
        match self {
            Self::Found(_) | Self::Missing => Lookup::Missing,
            Self::Merged(survivor) => Lookup::Merged(survivor),
            Self::Withdrawn(tombstone) => Lookup::Withdrawn(tombstone),
        }
    }
}

/// The members of a row that say what became of it.
#[derive(Debug)]
pub struct RecordStatus {
    /// Published, draft or retracted.
    pub state: RecordState,
    /// The record that took its place.
    pub merged_into: Option<Uuid>,
    /// Its version.
    pub version: i32,
    /// When that was stored.
    pub updated_at: DateTime<Utc>,
}

/// What to answer instead of a record that is not there to be shown; `None` for one that is.
///
/// # Errors
/// The database fails.
pub async fn unavailable<T>(
    connection: &AsyncPgConnection,
    record_type: RecordType,
    id: Uuid,
    status: &RecordStatus,
    view: &View,
) -> QueryResult<Option<Lookup<T>>> {
    Ok(match (status.state, status.merged_into) {
        (RecordState::Published, _) => None,
        (RecordState::Draft, _) => (!view.internal).then_some(Lookup::Missing),
        (RecordState::Retracted, Some(survivor)) => Some(Lookup::Merged(survivor)),
        (RecordState::Retracted, None) if view.internal || was_public(connection, record_type, id).await? => {
            Some(Lookup::Withdrawn(Box::new(tombstone(connection, record_type, id, status).await?)))
        }
        (RecordState::Retracted, None) => Some(Lookup::Missing),
    })
}

/// Whether the log ever told of a record. A draft that was withdrawn was never there for those who follow it.
async fn was_public(mut connection: &AsyncPgConnection, record_type: RecordType, id: Uuid) -> QueryResult<bool> {
    let entries = changes::table.filter(changes::record_type.eq(record_type.code())).filter(changes::record_id.eq(id));
    diesel::select(diesel::dsl::exists(entries)).get_result(&mut connection).await
}

/// The tombstone of a withdrawn record.
async fn tombstone(
    mut connection: &AsyncPgConnection,
    record_type: RecordType,
    id: Uuid,
    status: &RecordStatus,
) -> QueryResult<Tombstone> {
    let withdrawal: Option<(DateTime<Utc>, ChangeReason)> = versions::table
        .filter(versions::record_type.eq(record_type.code()))
        .filter(versions::record_id.eq(id))
        .filter(versions::version.nullable().eq(withdrawn_by(record_type.code(), id)))
        .select((versions::at, versions::reason))
        .first(&mut connection)
        .await
        .optional()?;
    let (deleted_at, reason) = withdrawal.unwrap_or((status.updated_at, ChangeReason::OutOfScope));
    Ok(Tombstone { id, deleted_at, reason, replaced_by: status.merged_into })
}

/// Ids of which merged ones are replaced by the record that took their place.
///
/// # Errors
/// The database fails.
pub async fn resolve(
    mut connection: &AsyncPgConnection,
    record_type: RecordType,
    ids: &[Uuid],
) -> QueryResult<Vec<Uuid>> {
    macro_rules! merged {
        ($table:ident) => {
            $table::table
                .filter($table::id.eq_any(ids))
                .filter($table::merged_into.is_not_null())
                .select(($table::id, $table::merged_into.assume_not_null()))
                .load::<(Uuid, Uuid)>(&mut connection)
                .await?
        };
    }
    let merged: HashMap<Uuid, Uuid> = match record_type {
        RecordType::Article => merged!(articles),
        RecordType::Entity => merged!(entities),
        RecordType::Incident => merged!(incidents),
    }
    .into_iter()
    .collect();
    Ok(ids.iter().map(|id| *merged.get(id).unwrap_or(id)).collect())
}
