//! Finding the records that hold words among those that fit a filter, from the side where there are fewer: common words are
//! looked for in the first records of the list, and others in their index. The database cannot tell which is which: it knows the
//! commonest words alone, and nothing of those that come together.

use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Date, Text, Uuid as SqlUuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::try_join;
use uuid::Uuid;

use crate::db::fragments::{Counted, Holding, Holds, Marked};
use crate::http::listing::TOTAL_EXACT_TO;

/// Words that more records hold than these are common.
const FEW: i64 = 5_000;

/// How many records of a list are looked at for common words.
const LOOKED_AT: i64 = 2_000;

/// How many are looked at to count those that hold common words.
const COUNTED_AT_ONCE: i64 = 30_000;

/// The day and the id of the first so many of a list that hold words. `list` is the query of the list, of at most so many
/// records; if words are named, of those alone that hold them.
///
/// # Errors
/// The database fails, or takes too long.
pub(crate) async fn first<Q>(
    mut connection: &AsyncPgConnection,
    holds: &Holds,
    limit: i64,
    list: impl Fn(Option<Holds>, i64) -> Q,
) -> QueryResult<Vec<(NaiveDate, Uuid)>>
where
    Q: QueryFragment<Pg> + Query<SqlType = (Date, SqlUuid)> + QueryId + Send,
{
    if are_common(connection, holds).await? {
        let query = Marked { query: list(None, LOOKED_AT), holds: holds.clone() };
        let looked_at: Vec<(NaiveDate, Uuid, bool)> = query.load(&mut connection).await?;
        let is_whole = looked_at.len() < usize::try_from(LOOKED_AT).unwrap_or_default();
        let limit = usize::try_from(limit).unwrap_or_default();
        let found = looked_at.into_iter().filter(|(.., holds)| *holds).map(|(day, id, _)| (day, id));
        let found: Vec<(NaiveDate, Uuid)> = found.take(limit).collect();
        if is_whole || found.len() == limit {
            return Ok(found);
        }
    }
    list(Some(holds.clone()), limit).load(&mut connection).await
}

/// How many records of a list hold words, one more than totals are exact to at most; `list` as of [`first`].
///
/// # Errors
/// The database fails, or takes too long.
pub(crate) async fn count<Q>(
    mut connection: &AsyncPgConnection,
    holds: &Holds,
    list: impl Fn(Option<Holds>, i64) -> Q,
) -> QueryResult<i64>
where
    Q: QueryFragment<Pg> + Query<SqlType = (Date, SqlUuid)> + QueryId + Send,
{
    if are_common(connection, holds).await? {
        let looked_at = || list(None, COUNTED_AT_ONCE);
        let found = Counted(Holding(Marked { query: looked_at(), holds: holds.clone() }));
        let (mut one, mut other) = (connection, connection);
        let (found, of): (i64, i64) =
            try_join!(found.get_result(&mut one), Counted(looked_at()).get_result(&mut other))?;
        if found > TOTAL_EXACT_TO || of < COUNTED_AT_ONCE {
            return Ok(found);
        }
    }
    Counted(list(Some(holds.clone()), TOTAL_EXACT_TO + 1)).get_result(&mut connection).await
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

async fn are_common(mut connection: &AsyncPgConnection, holds: &Holds) -> QueryResult<bool> {
    // The index tells who holds words; who holds none of them it finds by reading all of itself.
    if holds.query.starts_with('!') {
        return Ok(true);
    }
    let (table, _) = holds.words();
    let query = format!("SELECT count(*) FROM (SELECT FROM {table} WHERE words @@ $1::tsquery LIMIT $2) AS few");
    let query = diesel::sql_query(query).bind::<Text, _>(&holds.query).bind::<BigInt, _>(FEW + 1);
    let Count { count } = query.get_result(&mut connection).await?;
    Ok(count > FEW)
}
