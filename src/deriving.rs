//! What is derived from records by rules that only the program knows: how they are searched.
//!
//! It is derived whenever a record is written. What older rules derived is derived again when a program with newer ones
//! brings the database up to date.

use std::convert::Infallible;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use crate::articles::NewArticle;
use crate::db::Database;
use crate::entities::NewEntity;
use crate::http::problem::Problem;
use crate::incidents::NewIncident;
use crate::writing::NewRecord;

/// The edition of the rules. To be raised with every change of what is derived from the same record.
pub(crate) const EDITION: i32 = 2;

/// How many records are derived in one transaction.
const TOGETHER: i64 = 500;

/// How long a server waits before it looks again.
const PAUSE: Duration = Duration::from_hours(1);

/// After how many records it is told how far it is.
const PROGRESS: usize = 10_000;

/// Derives what is missing, and what earlier rules derived. What later rules derived is left to them.
///
/// # Errors
/// The database cannot be reached, or fails; what was done until then stays.
pub async fn bring_up_to_date(database: &Database) -> Result<(), Problem> {
    bring_type_up_to_date::<NewEntity>(database).await?;
    bring_type_up_to_date::<NewArticle>(database).await?;
    bring_type_up_to_date::<NewIncident>(database).await
}

/// As [`bring_up_to_date`], if earlier rules derived anything. To know that takes no time.
///
/// # Errors
/// As of [`bring_up_to_date`].
pub async fn bring_up_to_date_if_outdated(database: &Database) -> Result<(), Problem> {
    const QUERY: &str = "
        SELECT EXISTS (SELECT FROM entity_words WHERE edition < $1) OR EXISTS (SELECT FROM article_words WHERE edition < $1)
            OR EXISTS (SELECT FROM incident_words WHERE edition < $1) AS outdated";
    let query = diesel::sql_query(QUERY).bind::<Integer, _>(EDITION);
    let Answer { outdated } = query.get_result(&mut database.connection().await?).await?;
    if outdated { bring_up_to_date(database).await } else { Ok(()) }
}

/// Keeps it up to date for as long as the server runs: servers with older rules may write to the same database.
pub async fn keep(database: &Database) -> Infallible {
    loop {
        tokio::time::sleep(PAUSE).await;
        if let Err(problem) = bring_up_to_date_if_outdated(database).await {
            log::warn!("what records are found by is not up to date: {problem}");
        }
    }
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    outdated: bool,
}

async fn bring_type_up_to_date<R: NewRecord>(database: &Database) -> Result<(), Problem> {
    let (mut last, mut done) = (Some(Uuid::nil()), 0);
    while let Some(after) = last {
        let count;
        (last, count) = database.write(async |connection| Ok(derive_some::<R>(connection, after).await?)).await?;
        done += count;
        if done % PROGRESS == 0 && count > 0 {
            log::info!("derived by what {done} {} are found", R::TYPE.plural());
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Derives the next records behind an id, and answers the last of them, unless it was the last of all, and how many.
async fn derive_some<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    after: Uuid,
) -> QueryResult<(Option<Uuid>, usize)> {
    // The two tables are walked side by side, however few records there may be to derive.
    const SETTINGS: &str =
        "SET LOCAL statement_timeout = 0; SET LOCAL enable_hashjoin = off; SET LOCAL enable_sort = off";
    let (of, records) = (R::TYPE, R::TYPE.plural());
    // Locked, so that nobody writes a newer version meanwhile.
    let ids = format!(
        "SELECT id FROM {records} LEFT JOIN {of}_words AS words ON {of}_id = id AND {of}_id > $1
         WHERE id > $1 AND ({of}_id IS NULL OR words.edition < $2)
         ORDER BY id LIMIT $3 FOR NO KEY UPDATE OF {records}"
    );
    connection.batch_execute(SETTINGS).await?;
    let ids = diesel::sql_query(ids)
        .bind::<SqlUuid, _>(after)
        .bind::<Integer, _>(EDITION)
        .bind::<BigInt, _>(TOGETHER)
        .load(connection)
        .await?;
    let ids: Vec<Uuid> = ids.into_iter().map(|Id { id }| id).collect();
    R::derive(connection, &ids).await?;
    let is_last = ids.len() < usize::try_from(TOGETHER).unwrap_or(usize::MAX);
    Ok((ids.last().copied().filter(|_| !is_last), ids.len()))
}
