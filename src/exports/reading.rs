//! Reading one state of the database from beginning to end: the ids of all records that fit by a cursor, and what belongs to
//! them a batch at a time.

use std::pin::pin;

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::{StreamExt, stream};
use tokio::join;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{Exported, Format};
use crate::db::among::Among;
use crate::db::fragments::{CLOSE, Fetch};
use crate::db::prepared::Composed;
use crate::history::RecordType;
use crate::http::auth::View;
use crate::http::problem::Problem;
use crate::lists::Listed;

/// How many records are read at a time.
const BATCH: usize = 1_000;

/// How many batches are read at once, so that the database has something to do while one of them is put together.
const AHEAD: usize = 3;

/// What belongs to some records.
#[derive(Debug)]
pub(crate) struct Batch<R> {
    /// The rows, in the order of the records.
    pub(crate) rows: Vec<R>,
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
    let mut pen = Some((format, out));
    R::read(connection, filter, view, &mut async |Batch { rows, records }: Batch<R>| {
        let (mut format, mut out) = pen.take().ok_or_else(broken)?;
        // On another thread, for it takes about as long as to read.
        let writing = spawn_blocking(move || format.rows(&rows, &mut out).map(|()| (format, out, rows.len())));
        let (format, mut out, rows) = writing.await.map_err(|panic| Problem::Internal(panic.to_string()))??;
        take(Piece { bytes: &out, rows, records })?;
        out.clear();
        pen = Some((format, out));
        Ok(())
    })
    .await?;
    let (mut format, mut out) = pen.ok_or_else(broken)?;
    format.end(&mut out)?;
    take(Piece { bytes: &out, rows: 0, records: 0 })
}

fn broken() -> Problem {
    Problem::Internal("an export went on after it had failed".to_owned())
}

/// Reads the rows of what the open cursor is on, hands them over batch by batch, and closes it.
///
/// # Errors
/// The database fails, or whoever takes the batches.
pub(super) async fn batches<R>(
    mut connection: &AsyncPgConnection,
    resource: RecordType,
    rows_of: impl AsyncFn(Among<'_>) -> QueryResult<Vec<R>>,
    take: &mut impl AsyncFnMut(Batch<R>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let stretches = stream::try_unfold((), async |()| {
        let next = Stretch::next(connection, resource).await?;
        Ok::<_, diesel::result::Error>((!next.ids.is_empty()).then_some((next, ())))
    });
    let read = async |stretch: QueryResult<Stretch>| {
        let stretch = stretch?;
        Ok::<_, diesel::result::Error>(Batch { rows: rows_of(stretch.among()).await?, records: stretch.ids.len() })
    };
    let mut read = pin!(stretches.map(read).buffered(AHEAD));
    let mut next = read.next().await.transpose()?;
    while let Some(batch) = next {
        let (taken, read) = join!(take(batch), read.next());
        taken?;
        next = read.transpose()?;
    }
    connection.batch_execute(CLOSE).await?;
    Ok(())
}

/// Some records that follow each other in the order of ids.
struct Stretch {
    ids: Vec<Uuid>,
    /// Whether few others, which are not wanted, lie between them.
    is_dense: bool,
}

impl Stretch {
    /// The next ones of the open cursor.
    async fn next(mut connection: &AsyncPgConnection, resource: RecordType) -> QueryResult<Self> {
        let rows: Vec<(NaiveDate, Uuid)> = Fetch(BATCH).load(&mut connection).await?;
        let ids: Vec<Uuid> = rows.into_iter().map(|(_, id)| id).collect();
        let Some((first, last)) = ids[..].first().zip(ids[..].last()) else { return Ok(Self { ids, is_dense: false }) };
        let most = i64::try_from(2 * ids.len()).unwrap_or(i64::MAX);
        let between = Composed::default()
            .sql(format!("SELECT count(*) AS count FROM (SELECT FROM {} WHERE id BETWEEN ", resource.plural()))
            .bind::<SqlUuid, _>(*first)
            .sql(" AND ")
            .bind::<SqlUuid, _>(*last)
            .sql(" LIMIT ")
            .bind::<BigInt, _>(most)
            .sql(") AS between");
        let Count { count } = between.get_result(&mut connection).await?;
        Ok(Self { ids, is_dense: count < most })
    }

    fn among(&self) -> Among<'_> {
        if self.is_dense { Among::in_a_row(&self.ids) } else { Among::each(&self.ids) }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}
