//! Storing a version.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::codebook::{ChangeReason, RecordState, Vocabulary};
use crate::db::schema::{changes, versions};
use crate::snapshots;

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

/// A version that is to be stored.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The record.
    pub id: Uuid,
    /// The version that it follows, and what that held.
    pub before: Option<(i32, &'a Value)>,
    /// What it holds.
    pub content: &'a Value,
    /// The record that takes its place, if it is merged.
    pub merged_into: Option<Uuid>,
}

impl Entry<'_> {
    fn version(&self) -> i32 {
        self.before.map_or(1, |(version, _)| version + 1)
    }

    /// What it means for those who follow the log. What was never public is nothing to them.
    fn op(&self) -> Option<&'static str> {
        let is_published = |content: &Value| content["state"] == RecordState::Published.code();
        match self.before {
            _ if is_published(self.content) => Some("upsert"),
            Some((_, before)) if is_published(before) && self.merged_into.is_some() => Some("merge"),
            Some((_, before)) if is_published(before) => Some("delete"),
            _ => None,
        }
    }
}

/// Stores the next versions of different records of a resource, and their entries in the change log.
///
/// # Errors
/// The database fails.
pub async fn append(
    connection: &mut AsyncPgConnection,
    record_type: RecordType,
    entries: &[Entry<'_>],
    author: &Author,
) -> QueryResult<Vec<Revision>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    snapshots::withdraw_holding(connection, record_type, &ids, author.reason).await?;
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                versions::record_type.eq(record_type.code()),
                versions::record_id.eq(entry.id),
                versions::version.eq(entry.version()),
                versions::at.eq(clock_timestamp()),
                versions::reason.eq(author.reason),
                versions::changed.eq(changed(entry.before.map(|(_, before)| before), entry.content)),
                versions::origin.eq(author.origin.code()),
                versions::key_id.eq(author.key),
                versions::record.eq(entry.content),
            )
        })
        .collect();
    let inserted = diesel::insert_into(versions::table).values(rows).returning((versions::record_id, versions::at));
    let times: HashMap<Uuid, DateTime<Utc>> =
        inserted.load::<(Uuid, DateTime<Utc>)>(connection).await?.into_iter().collect();
    let rows: Vec<_> = entries
        .iter()
        .filter_map(|entry| {
            Some((
                changes::record_type.eq(record_type.code()),
                changes::record_id.eq(entry.id),
                changes::version.eq(entry.version()),
                changes::op.eq(entry.op()?),
                changes::merged_into.eq(entry.merged_into),
            ))
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(changes::table).values(rows).execute(connection).await?;
    }
    let revision = |entry: &Entry<'_>| Revision { version: entry.version(), at: times[&entry.id] };
    Ok(entries.iter().map(revision).collect())
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
