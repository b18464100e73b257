//! What is stored of records that are being written, and the storing of their next versions.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join_all;
use serde_json::Value;
use uuid::Uuid;

use super::{NewRecord, merging};
use crate::codebook::{ChangeReason, RecordState, Vocabulary};
use crate::datasets::keep_access;
use crate::history::{self, Author, Entry};
use crate::http::fault::{Fault, FaultCode};
use crate::http::problem::{Problem, Tombstone};

/// The most referrers that a refusal names.
const NAMED_REFERRERS: i64 = 100;

/// What is stored of a record, locked until the transaction ends.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Stored {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
    /// Its version.
    #[diesel(sql_type = Integer)]
    pub(super) version: i32,
    /// The record that took its place.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub(super) merged_into: Option<Uuid>,
    /// Its content as it was written.
    #[diesel(sql_type = Jsonb)]
    pub(super) content: Value,
    /// When it was withdrawn.
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    /// Why.
    #[diesel(sql_type = Text)]
    reason: ChangeReason,
}

impl Stored {
    /// Whether it is in this state.
    pub(super) fn is(&self, state: RecordState) -> bool {
        self.content["state"] == state.code()
    }

    /// The record itself, if it was not merged: nobody writes to one that was.
    ///
    /// # Errors
    /// 409 names the survivor.
    pub(super) fn unless_merged(self) -> Result<Self, Problem> {
        self.merged_into.map_or(Ok(self), |survivor| Err(Problem::Merged(survivor)))
    }

    /// The record itself, if it was not withdrawn.
    ///
    /// # Errors
    /// 410 with what is left of it.
    pub(super) fn unless_withdrawn(self) -> Result<Self, Problem> {
        if !self.is(RecordState::Retracted) {
            return Ok(self);
        }
        let Self { id, at: deleted_at, reason, merged_into: replaced_by, .. } = self;
        Err(Problem::Gone(Box::new(Tombstone { id, deleted_at, reason, replaced_by })))
    }
}

/// What is stored under these ids, locked for the transaction against other writers, in the order of the ids. Others may
/// still come to refer to it: see [`lock_alone`].
///
/// # Errors
/// The database fails.
pub(super) async fn lock_all<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<Vec<Stored>> {
    keep_access(connection).await?;
    // First locked, then read: the version that is read is the one that was locked.
    let table = R::TYPE.plural();
    let query = format!("SELECT id FROM {table} WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE");
    diesel::sql_query(query).bind::<Array<SqlUuid>, _>(ids).execute(connection).await?;
    let query = format!(
        "SELECT id, current.version, merged_into, version.record AS content, withdrawal.at, withdrawal.reason
         FROM {table} AS current
         JOIN versions AS version
            ON version.record_type = $2 AND version.record_id = id AND version.version = current.version
         JOIN versions AS withdrawal
            ON withdrawal.record_type = $2 AND withdrawal.record_id = id AND withdrawal.version =
                CASE state WHEN 'retracted' THEN withdrawn_by($2, id) ELSE current.version END
         WHERE id = ANY($1) ORDER BY id"
    );
    let query = diesel::sql_query(query).bind::<Array<SqlUuid>, _>(ids).bind::<Text, _>(R::TYPE.code());
    query.load(connection).await
}

/// What is stored under the ids that datasets give, by dataset and external id; locked for the transaction.
///
/// # Errors
/// The database fails.
pub(super) async fn lock_external<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    keys: &[(&str, &str)],
) -> QueryResult<HashMap<(String, String), Stored>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Text)]
        dataset: String,
        #[diesel(sql_type = Text)]
        external_id: String,
    }
    let (datasets, external_ids): (Vec<&str>, Vec<&str>) = keys.iter().copied().unzip();
    let query = format!(
        "SELECT id, record.dataset, record.external_id FROM unnest($1, $2) AS key (dataset, external_id)
         JOIN {} AS record ON record.dataset = key.dataset AND record.external_id = key.external_id",
        R::TYPE.plural()
    );
    let query = diesel::sql_query(query).bind::<Array<Text>, _>(datasets).bind::<Array<Text>, _>(external_ids);
    let found: Vec<Found> = query.load(connection).await?;
    let mut keys: HashMap<Uuid, (String, String)> =
        found.into_iter().map(|found| (found.id, (found.dataset, found.external_id))).collect();
    let ids: Vec<Uuid> = keys.keys().copied().collect();
    // An external id may have been changed before it was locked: then there is none of this name any more.
    let is_still = |stored: &Stored, key: &(String, String)| stored.content["external_id"] == *key.1;
    Ok(lock_all::<R>(connection, &ids)
        .await?
        .into_iter()
        .filter_map(|stored| Some((keys.remove(&stored.id)?, stored)))
        .filter(|(key, stored)| is_still(stored, key))
        .collect())
}

/// What is stored under an id, locked for the transaction.
///
/// # Errors
/// 404 if there is no such record, 409 if it was merged.
pub(super) async fn lock<R: NewRecord>(connection: &mut AsyncPgConnection, id: Uuid) -> Result<Stored, Problem> {
    let found = lock_all::<R>(connection, &[id]).await?.pop();
    found.ok_or_else(|| Problem::NotFound(format!("there is no {} {id}", R::TYPE)))?.unless_merged()
}

/// Locks a record also against others that are about to refer to it. When this is done, those who did are settled.
///
/// # Errors
/// The database fails.
pub(super) async fn lock_alone<R: NewRecord>(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    let query = format!("SELECT id FROM {} WHERE id = $1 FOR UPDATE", R::TYPE.plural());
    diesel::sql_query(query).bind::<SqlUuid, _>(id).execute(connection).await?;
    Ok(())
}

/// Refuses to withdraw a record that others refer to, and keeps others from referring to it.
///
/// # Errors
/// 409 names the others.
pub(super) async fn refuse_if_referenced<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    id: Uuid,
) -> Result<(), Problem> {
    #[derive(QueryableByName)]
    struct Link {
        #[diesel(sql_type = Text)]
        record_type: String,
        #[diesel(sql_type = SqlUuid)]
        record_id: Uuid,
        #[diesel(sql_type = Text)]
        member: String,
    }
    lock_alone::<R>(connection, id).await?;
    let query = "
        SELECT record_type, record_id, member FROM links
        WHERE target_type = $1 AND target_id = $2 AND NOT EXISTS (
            SELECT FROM articles WHERE record_type = 'article' AND id = record_id AND state = 'retracted'
            UNION ALL SELECT FROM entities WHERE record_type = 'entity' AND id = record_id AND state = 'retracted'
            UNION ALL SELECT FROM incidents WHERE record_type = 'incident' AND id = record_id AND state = 'retracted')
        ORDER BY record_type, record_id, member LIMIT $3";
    let links: Vec<Link> = diesel::sql_query(query)
        .bind::<Text, _>(R::TYPE.code())
        .bind::<SqlUuid, _>(id)
        .bind::<BigInt, _>(NAMED_REFERRERS)
        .load(connection)
        .await?;
    if links.is_empty() {
        return Ok(());
    }
    let fault = |Link { record_type, record_id, member }| {
        Fault::path("id", FaultCode::Referenced, format!("the {record_type} {record_id} refers to it at /{member}"))
    };
    Err(Problem::Referenced(links.into_iter().map(fault).collect()))
}

/// A record as it is to be.
#[derive(Debug)]
pub(super) struct Next<R> {
    /// Its id.
    pub(super) id: Uuid,
    /// What it is now, if it is there.
    pub(super) stored: Option<Stored>,
    /// What it is to be.
    pub(super) record: R,
    /// The record that takes its place, if it is merged.
    pub(super) merged_into: Option<Uuid>,
}

impl<R: NewRecord> Next<R> {
    /// What it is to hold.
    ///
    /// # Errors
    /// It is no JSON, which is a fault of the program.
    pub(super) fn content(&self) -> Result<Value, Problem> {
        serde_json::to_value(&self.record).map_err(|error| Problem::Internal(error.to_string()))
    }

    /// The next version of a record that is there.
    pub(super) fn of(stored: Stored, record: R) -> Self {
        Self { id: stored.id, stored: Some(stored), record, merged_into: None }
    }
}

/// Stores the next versions of records that somebody wrote, and answers which those are. One that is the same as the last
/// makes no version.
///
/// # Errors
/// The database refuses one of them.
pub(super) async fn save<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    records: &[Next<R>],
    author: &Author,
) -> Result<Vec<i32>, Problem> {
    merging::follow(connection, records).await?;
    save_moved(connection, records, author).await
}

/// As [`save`], for records of which merges moved the items: where these are now is known.
///
/// # Errors
/// The database refuses one of them.
pub(super) async fn save_moved<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    records: &[Next<R>],
    author: &Author,
) -> Result<Vec<i32>, Problem> {
    let contents: Vec<Value> = records.iter().map(Next::content).collect::<Result<_, _>>()?;
    let changed =
        |(next, content): &(&Next<R>, &Value)| next.stored.as_ref().is_none_or(|stored| stored.content != **content);
    let (changed, contents): (Vec<&Next<R>>, Vec<&Value>) = records.iter().zip(&contents).filter(changed).unzip();
    let entries: Vec<Entry<'_>> = changed
        .iter()
        .zip(contents)
        .map(|(next, content)| {
            let before = next.stored.as_ref().map(|stored| (stored.version, &stored.content));
            Entry { id: next.id, before, content, merged_into: next.merged_into }
        })
        .collect();
    let revisions = history::append(connection, R::TYPE, &entries, author).await?;
    let connection: &AsyncPgConnection = connection;
    try_join_all(changed.iter().zip(&revisions).map(async |(next, revision)| {
        next.record.store(connection, next.id, revision).await.map_err(|error| refused(error, &next.record))
    }))
    .await?;
    let ids: Vec<Uuid> = changed.iter().map(|next| next.id).collect();
    R::derive(connection, &ids).await?;
    let mut revisions = changed.iter().zip(&revisions).peekable();
    let version = |next: &Next<R>| match revisions.next_if(|(changed, _)| changed.id == next.id) {
        Some((_, revision)) => revision.version,
        None => next.stored.as_ref().map_or(1, |stored| stored.version),
    };
    Ok(records.iter().map(version).collect())
}

/// Two writers may take one external id at once; only the database sees that.
fn refused<R: NewRecord>(error: Error, record: &R) -> Problem {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information)
            if information.constraint_name().is_some_and(|name| name.ends_with("_external_id_key")) =>
        {
            let (dataset, _) = record.key();
            let detail = format!("another {} of the dataset {dataset} has this id", R::TYPE);
            Problem::InvalidContent(vec![Fault::body("/external_id", FaultCode::Duplicate, detail)])
        }
        error => error.into(),
    }
}

impl Author {
    /// The holder of a key, who writes through the API.
    pub fn of_key(key: Uuid, reason: ChangeReason) -> Self {
        Self { origin: history::Origin::Api, key: Some(key), reason }
    }
}
