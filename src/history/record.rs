//! Storing a version.

use std::fmt;

use diesel::prelude::*;
use diesel::result::Error;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::codebook::{ChangeReason, RecordState, Vocabulary};
use crate::db::schema::{changes, versions};
use crate::writing::NewRecord;

/// One of the three resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The dataset that the program carries.
    Seed,
}

impl Origin {
    fn code(self) -> &'static str {
        match self {
            Self::Seed => "seed",
        }
    }
}

/// What came of saving a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    /// It is new.
    Created,
    /// It is another version of a known one.
    Updated,
    /// It is there already, the same.
    Unchanged,
    /// It is there, and somebody else has written it since; it was left alone.
    Kept,
}

/// Stores the next version of a record and its entry in the change log, and says what is left to do: for a created or
/// updated record to store the rows of its resource, with the version that is answered; for others nothing.
///
/// # Errors
/// The database fails, or the record cannot be written as JSON.
pub async fn prepare<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    record: &R,
    id: Uuid,
    origin: Origin,
) -> QueryResult<(SaveOutcome, i32)> {
    let content = serde_json::to_value(record).map_err(|error| Error::SerializationError(error.into()))?;
    let (outcome, version, before) = match latest(connection, R::TYPE, id).await? {
        None => (SaveOutcome::Created, 1, None),
        Some((version, _, before)) if before == content => return Ok((SaveOutcome::Unchanged, version)),
        Some((version, by, before)) if by != origin.code() || before["state"] == "retracted" => {
            return Ok((SaveOutcome::Kept, version));
        }
        Some((version, _, before)) => (SaveOutcome::Updated, version + 1, Some(before)),
    };
    diesel::insert_into(versions::table)
        .values((
            versions::record_type.eq(R::TYPE.code()),
            versions::record_id.eq(id),
            versions::version.eq(version),
            versions::reason.eq(ChangeReason::NewInformation),
            versions::changed.eq(changed(before.as_ref(), &content)),
            versions::origin.eq(origin.code()),
            versions::record.eq(&content),
        ))
        .execute(connection)
        .await?;
    let was_published = before.is_some_and(|before| before["state"] == RecordState::Published.code());
    let op = match record.state() {
        RecordState::Published => Some("upsert"),
        RecordState::Draft | RecordState::Retracted => was_published.then_some("delete"),
    };
    // What was never public is nothing to those who follow the log.
    if let Some(op) = op {
        diesel::insert_into(changes::table)
            .values((
                changes::record_type.eq(R::TYPE.code()),
                changes::record_id.eq(id),
                changes::version.eq(version),
                changes::op.eq(op),
            ))
            .execute(connection)
            .await?;
    }
    Ok((outcome, version))
}

/// The last version of a record: its number, what wrote it, and what it held.
async fn latest(
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
