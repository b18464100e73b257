//! Reading one state of the database from beginning to end: the ids of all records that fit by a cursor, and what belongs to
//! them a batch at a time.

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio::join;
use uuid::Uuid;

use super::{Exported, Format};
use crate::db::fragments::{CLOSE, Fetch};
use crate::http::auth::View;
use crate::http::problem::Problem;
use crate::lists::Listed;

/// How many records are read at a time.
const BATCH: usize = 500;

/// What belongs to some records.
#[derive(Debug)]
pub(crate) struct Batch<'r, R> {
    /// The rows, in the order of the records.
    pub(crate) rows: &'r [R],
    /// How many records they belong to.
    pub(crate) records: usize,
}

/// What was written down of a batch, or around all of them.
#[derive(Debug)]
pub(super) struct Piece<'p> {
    /// The bytes.
    pub(super) bytes: &'p [u8],
    /// How many rows they hold.
    pub(super) rows: usize,
    /// How many records these belong to.
    pub(super) records: usize,
}

/// Reads all that fits a filter, writes it down, and hands it over piece by piece.
///
/// # Errors
/// The database fails, or whoever takes the pieces.
pub(super) async fn pieces<R: Exported>(
    connection: &AsyncPgConnection,
    filter: &<R::Of as Listed>::Filter,
    view: &View,
    mut format: Box<dyn Format<R>>,
    mut take: impl FnMut(Piece<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut out = Vec::new();
    format.begin(&mut out)?;
    R::read(connection, filter, view, &mut |Batch { rows, records }: Batch<'_, R>| {
        format.rows(rows, &mut out)?;
        take(Piece { bytes: &out, rows: rows.len(), records })?;
        out.clear();
        Ok(())
    })
    .await?;
    format.end(&mut out)?;
    take(Piece { bytes: &out, rows: 0, records: 0 })
}

/// Reads the rows of what the open cursor is on, hands them over batch by batch, and closes it.
///
/// # Errors
/// The database fails, or whoever takes the batches.
pub(super) async fn batches<R>(
    mut connection: &AsyncPgConnection,
    rows_of: impl AsyncFn(&[Uuid]) -> QueryResult<Vec<R>>,
    take: &mut impl FnMut(Batch<'_, R>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut ids = next_ids(connection).await?;
    let (mut rows, mut records) = (Vec::new(), 0);
    while records > 0 || !ids.is_empty() {
        // The database looks for what comes next while this is written down.
        let (next_rows, next_ids, taken) =
            join!(rows_of(&ids), next_ids(connection), async { take(Batch { rows: &rows, records }) });
        taken?;
        (rows, records, ids) = (next_rows?, ids.len(), next_ids?);
    }
    connection.batch_execute(CLOSE).await?;
    Ok(())
}

async fn next_ids(mut connection: &AsyncPgConnection) -> Result<Vec<Uuid>, Problem> {
    let rows: Vec<(NaiveDate, Uuid)> = Fetch(BATCH).load(&mut connection).await?;
    Ok(rows.into_iter().map(|(_, id)| id).collect())
}
