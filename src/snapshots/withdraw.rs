//! Withdrawing snapshots that may hold what must not be shown any more, in the transaction that hides it.
//!
//! Why none slips through: a snapshot is announced by a row that is committed before its state is read, and announcing
//! takes a lock on the table that waits for every transaction that has withdrawn anything, and keeps new ones waiting.
//! So a transaction that withdraws either has ended when the state is read, which then holds what it wrote; or it finds
//! the row, and the snapshot is never listed.

use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use crate::codebook::ChangeReason;
use crate::history::RecordType;

/// Withdraws the snapshots that may hold an earlier version of records, if they are written for a reason that hides
/// those. To be called in the transaction of the change, before its versions are stored.
///
/// A snapshot may hold a record that was published at any time before: that it was withdrawn in between is not
/// considered, for when that was committed cannot be told.
///
/// # Errors
/// The database fails.
pub async fn withdraw_holding(
    connection: &mut AsyncPgConnection,
    record_type: RecordType,
    ids: &[Uuid],
    reason: ChangeReason,
) -> diesel::QueryResult<()> {
    if !matches!(reason, ChangeReason::Safety | ChangeReason::LegalRequest) {
        return Ok(());
    }
    let query = "
        UPDATE snapshots SET withdrawn_at = clock_timestamp(), withdrawn_reason = $1
        WHERE withdrawn_at IS NULL AND removed_at IS NULL AND EXISTS (
            SELECT FROM versions WHERE record_type = $2 AND record_id = ANY($3) AND record->>'state' = 'published'
                AND (created_at IS NULL OR at <= created_at))";
    let withdrawn = diesel::sql_query(query)
        .bind::<Text, _>(reason)
        .bind::<Text, _>(record_type.code())
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(connection)
        .await?;
    tell(connection, withdrawn).await
}

/// Withdraws every snapshot, such as when a dataset is no longer public. To be called in the transaction of the change.
///
/// # Errors
/// The database fails.
pub async fn withdraw_all(connection: &mut AsyncPgConnection, reason: ChangeReason) -> diesel::QueryResult<()> {
    let query = "
        UPDATE snapshots SET withdrawn_at = clock_timestamp(), withdrawn_reason = $1
        WHERE withdrawn_at IS NULL AND removed_at IS NULL";
    let withdrawn = diesel::sql_query(query).bind::<Text, _>(reason).execute(connection).await?;
    tell(connection, withdrawn).await
}

/// Wakes the servers once the transaction is committed: a change of what is not public has no entry in the log.
async fn tell(connection: &mut AsyncPgConnection, withdrawn: usize) -> diesel::QueryResult<()> {
    if withdrawn > 0 {
        connection.batch_execute("NOTIFY civicspace_changes").await?;
    }
    Ok(())
}
