//! Making a snapshot: announce it, read one state of the database, write it down, list it.

use std::path::Path;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::TryStreamExt;
use serde_json::Value;
use tokio::sync::mpsc::{self, Sender};
use uuid::Uuid;

use super::model::{FileRow, Snapshot, SnapshotResource, is_owed};
use super::{Folder, SnapshotOptions, encode};
use crate::db::Database;
use crate::db::schema::{snapshot_files, snapshots};
use crate::history::{RecordType, number_all, reduced};
use crate::http::problem::Problem;

/// How often a snapshot is begun anew because what it read was hidden meanwhile.
const ATTEMPTS: usize = 5;

/// How many records go from the reader to the writer at a time, and how many times that may wait there.
const BATCH: usize = 200;
const BATCHES: usize = 2;

/// Makes a snapshot, and removes those that are too many by then. While another is being made, it waits.
///
/// # Errors
/// The database or the file system fails; or records are hidden faster than they are written.
pub async fn make(database: &Database, options: &SnapshotOptions) -> Result<Snapshot, Problem> {
    let mut connection = sole_maker(database).await?;
    make_alone(database, &mut connection, options).await
}

/// Makes a snapshot in the place of one that was withdrawn, unless somebody else does it first.
pub(super) async fn replace(database: &Database, options: &SnapshotOptions) -> Result<Option<Snapshot>, Problem> {
    if !is_owed(&mut *database.connection().await?).await? {
        return Ok(None);
    }
    let mut connection = sole_maker(database).await?;
    if !is_owed(&mut connection).await? {
        return Ok(None);
    }
    make_alone(database, &mut connection, options).await.map(Some)
}

/// A connection that holds the right to make snapshots until it is closed. It may take its time.
async fn sole_maker(database: &Database) -> Result<AsyncPgConnection, Problem> {
    let mut connection = database.own_connection().await?;
    let setup = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET application_name = 'civicspace snapshot';
        SET timezone = 'UTC'; SET jit = off; SELECT pg_advisory_lock(hashtextextended('civicspace.snapshots', 0))";
    connection.batch_execute(setup).await?;
    Ok(connection)
}

async fn make_alone(
    database: &Database,
    connection: &mut AsyncPgConnection,
    options: &SnapshotOptions,
) -> Result<Snapshot, Problem> {
    let folder = Folder::new(options.directory.clone());
    give_up_unfinished(connection).await?;
    for _ in 0..ATTEMPTS {
        let id = announce(connection).await?;
        let written = match write(database, connection, &folder, id).await {
            Ok(written) => written,
            Err(problem) => {
                // A disk that is full is not to stay so until the next attempt.
                drop(folder.remove(vec![id]).await);
                return Err(problem);
            }
        };
        if let Some(Contents { created_at, as_of_seq }) = list(connection, id, &written, options.kept).await? {
            sweep(database, &folder).await?;
            let files = written.1.into_iter().map(|file| file.of(id)).collect();
            return Ok(Snapshot { id, created_at, as_of_seq, files });
        }
        log::info!("snapshot {id}: a record that it holds was hidden while it was written; beginning anew");
        give_up_unfinished(connection).await?;
        folder.remove(vec![id]).await?;
    }
    Err(Problem::Internal(format!("records were hidden during each of {ATTEMPTS} attempts to write a snapshot")))
}

/// What another maker left half-written is nobody's any more: the right to make snapshots is ours.
async fn give_up_unfinished(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    let unfinished = snapshots::table.filter(snapshots::created_at.is_null()).filter(snapshots::removed_at.is_null());
    diesel::update(unfinished).set(snapshots::removed_at.eq(diesel::dsl::now)).execute(connection).await?;
    Ok(())
}

/// Tells whoever withdraws snapshots that one is about to be read. See [`super::withdraw`] for the lock.
async fn announce(connection: &mut AsyncPgConnection) -> QueryResult<Uuid> {
    let id = Uuid::now_v7();
    connection.batch_execute("BEGIN; LOCK TABLE snapshots IN SHARE ROW EXCLUSIVE MODE").await?;
    diesel::insert_into(snapshots::table).values(snapshots::id.eq(id)).execute(connection).await?;
    connection.batch_execute("COMMIT").await?;
    Ok(id)
}

/// What a snapshot holds.
#[derive(Clone, Copy, QueryableByName)]
struct Contents {
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    as_of_seq: i64,
}

/// Writes one state of the database down. What has a number in it was committed before, so it is there; what is committed
/// and has none yet gets a greater one, and is applied once more by whoever follows, which changes nothing.
async fn write(
    database: &Database,
    connection: &mut AsyncPgConnection,
    folder: &Folder,
    id: Uuid,
) -> Result<(Contents, Vec<FileRow>), Problem> {
    let directory = folder.begin(id).await?;
    number_all(database).await?;
    connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let query = "SELECT (SELECT coalesce(max(seq), 0) FROM changes) AS as_of_seq, clock_timestamp() AS created_at";
    let contents: Contents = diesel::sql_query(query).get_result(connection).await?;
    let mut files = Vec::new();
    for resource in SnapshotResource::ALL {
        files.extend(write_resource(connection, folder, &directory, *resource).await?);
    }
    connection.batch_execute("COMMIT").await?;
    folder.finish(id).await?;
    Ok((contents, files))
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
    #[diesel(sql_type = Jsonb)]
    record: Value,
}

/// Streams the records of a resource to a thread that writes them: memory holds a few batches, whatever their number.
async fn write_resource(
    connection: &mut AsyncPgConnection,
    folder: &Folder,
    directory: &Path,
    resource: SnapshotResource,
) -> Result<Vec<FileRow>, Problem> {
    let record_type = match resource {
        SnapshotResource::Articles => RecordType::Article,
        SnapshotResource::Entities => RecordType::Entity,
        SnapshotResource::Incidents => RecordType::Incident,
    };
    let query = format!(
        "SELECT record.id, record.version, record.created_at, record.updated_at, version.record
         FROM {} AS record
         JOIN datasets ON slug = record.dataset AND access = 'public'
         JOIN versions AS version ON record_type = '{}' AND record_id = record.id AND version.version = record.version
         WHERE record.state = 'published' ORDER BY record.id",
        record_type.plural(),
        record_type.code()
    );
    let (send, receive) = mpsc::channel(BATCHES);
    let directory = directory.to_owned();
    let writer = tokio::task::spawn_blocking(move || encode::write(&directory, resource, receive));
    let streamed = stream(connection, query, send).await;
    // Waited for in any case: nobody is to write into a directory that is given up.
    let written = writer.await.map_err(|error| Problem::Internal(error.to_string()))?;
    streamed?;
    written.map_err(|error| folder.fault(&error))
}

async fn stream(connection: &mut AsyncPgConnection, query: String, send: Sender<Vec<Value>>) -> QueryResult<()> {
    let rows = diesel::sql_query(query).load_stream::<Row>(connection).await?;
    let mut batches = rows.map_ok(Row::reduced).try_chunks(BATCH);
    while let Some(batch) = batches.try_next().await.map_err(|failed| failed.1)? {
        // A writer that has stopped says why when it is waited for.
        if send.send(batch).await.is_err() {
            break;
        }
    }
    Ok(())
}

impl Row {
    fn reduced(self) -> Value {
        let Self { id, version, created_at, updated_at, record } = self;
        reduced(record, id, version, created_at, updated_at)
    }
}

/// Lists a snapshot, unless it was withdrawn while it was written; then nobody ever hears of it. Removes those that are
/// too many now.
async fn list(
    connection: &mut AsyncPgConnection,
    id: Uuid,
    (contents, files): &(Contents, Vec<FileRow>),
    kept: u32,
) -> QueryResult<Option<Contents>> {
    // Whoever withdraws several and whoever removes several must not take their rows in two orders.
    connection.batch_execute("BEGIN; LOCK TABLE snapshots IN SHARE ROW EXCLUSIVE MODE").await?;
    // A clock that was put back must not make the newest snapshot an older one.
    let query = "
        UPDATE snapshots SET as_of_seq = $2,
            created_at = greatest($3, (SELECT max(created_at) + interval '1 microsecond' FROM snapshots))
        WHERE id = $1 AND withdrawn_at IS NULL AND removed_at IS NULL
        RETURNING created_at, as_of_seq";
    let listed: Option<Contents> = diesel::sql_query(query)
        .bind::<SqlUuid, _>(id)
        .bind::<BigInt, _>(contents.as_of_seq)
        .bind::<Timestamptz, _>(contents.created_at)
        .get_result(connection)
        .await
        .optional()?;
    if listed.is_none() {
        connection.batch_execute("ROLLBACK").await?;
        return Ok(None);
    }
    let rows: Vec<_> = files
        .iter()
        .map(|file| {
            (
                snapshot_files::snapshot_id.eq(id),
                snapshot_files::resource.eq(file.resource.code()),
                snapshot_files::format.eq(file.format.code()),
                snapshot_files::bytes.eq(file.bytes),
                snapshot_files::rows.eq(file.rows),
                snapshot_files::sha256.eq(&file.sha256),
            )
        })
        .collect();
    diesel::insert_into(snapshot_files::table).values(rows).execute(connection).await?;
    let query = "
        UPDATE snapshots SET removed_at = clock_timestamp() WHERE id IN (
            SELECT id FROM snapshots WHERE created_at IS NOT NULL AND withdrawn_at IS NULL AND removed_at IS NULL
            ORDER BY created_at DESC, id DESC OFFSET $1)";
    diesel::sql_query(query).bind::<BigInt, _>(i64::from(kept)).execute(connection).await?;
    connection.batch_execute("COMMIT").await?;
    Ok(listed)
}

/// Removes the files here that are to be served no more. What this database does not know is left alone.
pub(super) async fn sweep(database: &Database, folder: &Folder) -> Result<(), Problem> {
    let present = folder.present().await?;
    if present.is_empty() {
        return Ok(());
    }
    let gone = {
        let mut connection = database.connection().await?;
        // One that is being written and was withdrawn is its writer's to remove.
        let finished = snapshots::withdrawn_at.is_not_null().and(snapshots::created_at.is_not_null());
        let gone = snapshots::table.filter(snapshots::removed_at.is_not_null().or(finished));
        gone.filter(snapshots::id.eq_any(present)).select(snapshots::id).load(&mut connection).await?
    };
    folder.remove(gone).await
}
