//! Storing a version.

use std::fmt;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::codebook::{ChangeReason, RecordState, Vocabulary};
use crate::db::schema::{changes, versions};

diesel::define_sql_function! {
    /// The moment of the statement: that of its transaction may be before the version that it waited for.
    fn clock_timestamp() -> diesel::sql_types::Timestamptz;
}

/// One of the three resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordType {
    /// An article.
    Article,
    /// An entity.
    Entity,
    /// An incident.
    Incident,
}

impl RecordType {
    /// Its name in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Entity => "entity",
            Self::Incident => "incident",
        }
    }

    /// Its name in paths.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Article => "articles",
            Self::Entity => "entities",
            Self::Incident => "incidents",
        }
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// What writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody with a key, through the API.
    Api,
    /// The dataset that the program carries.
    Seed,
}

impl Origin {
    /// Its name in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Seed => "seed",
        }
    }
}

/// Who writes, and why.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    /// What writes.
    pub origin: Origin,
    /// With which key.
    pub key: Option<Uuid>,
    /// Why.
    pub reason: ChangeReason,
}

/// A version that was just stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number; the first is that of a new record.
    pub version: i32,
    /// When it was stored.
    pub at: DateTime<Utc>,
}

impl Revision {
    /// Whether it made the record.
    pub fn is_first(&self) -> bool {
        self.version == 1
    }
}

/// Stores the next version of a record and its entry in the change log. `before` is the version that it follows.
///
/// # Errors
/// The database fails.
pub async fn append(
    connection: &mut AsyncPgConnection,
    record_type: RecordType,
    id: Uuid,
    before: Option<(i32, &Value)>,
    content: &Value,
    author: &Author,
) -> QueryResult<Revision> {
    let version = before.map_or(1, |(version, _)| version + 1);
    let before = before.map(|(_, content)| content);
    let at = diesel::insert_into(versions::table)
        .values((
            versions::record_type.eq(record_type.code()),
            versions::record_id.eq(id),
            versions::version.eq(version),
            versions::at.eq(clock_timestamp()),
            versions::reason.eq(author.reason),
            versions::changed.eq(changed(before, content)),
            versions::origin.eq(author.origin.code()),
            versions::key_id.eq(author.key),
            versions::record.eq(content),
        ))
        .returning(versions::at)
        .get_result(connection)
        .await?;
    let is_published = |content: &Value| content["state"] == RecordState::Published.code();
    let op = if is_published(content) { Some("upsert") } else { before.is_some_and(is_published).then_some("delete") };
    // What was never public is nothing to those who follow the log.
    if let Some(op) = op {
        diesel::insert_into(changes::table)
            .values((
                changes::record_type.eq(record_type.code()),
                changes::record_id.eq(id),
                changes::version.eq(version),
                changes::op.eq(op),
            ))
            .execute(connection)
            .await?;
    }
    Ok(Revision { version, at })
}

/// What a version of a record holds.
///
/// # Errors
/// The database fails, or there is no such version.
pub async fn content(connection: &mut AsyncPgConnection, of: RecordType, id: Uuid, version: i32) -> QueryResult<Value> {
    versions::table.find((of.code(), id, version)).select(versions::record).first(connection).await
}

/// The last version of a record: its number, what wrote it, and what it holds.
///
/// # Errors
/// The database fails.
pub async fn latest(
    connection: &mut AsyncPgConnection,
    of: RecordType,
    id: Uuid,
) -> QueryResult<Option<(i32, String, Value)>> {
    versions::table
        .filter(versions::record_type.eq(of.code()))
        .filter(versions::record_id.eq(id))
        .order(versions::version.desc())
        .select((versions::version, versions::origin, versions::record))
        .first(connection)
        .await
        .optional()
}

/// The members that differ between two versions, by name.
fn changed(before: Option<&Value>, after: &Value) -> Vec<String> {
    let members = after.as_object().into_iter().flatten();
    let differs = |name: &str, value: &Value| before.and_then(|before| before.get(name)) != Some(value);
    members.filter(|(name, value)| differs(name, value)).map(|(name, _)| name.clone()).collect()
}
