//! What is derived from records by rules that only the program knows: how they are searched.
//!
//! It is derived whenever a record is written. Records that were written before the rules were what they are now are
//! derived again when a program with the new rules opens the database.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::articles::NewArticle;
use crate::db::Database;
use crate::entities::NewEntity;
use crate::http::problem::Problem;
use crate::incidents::NewIncident;
use crate::writing::NewRecord;

/// The edition of the rules. To be raised with every change of what is derived from the same record.
const EDITION: i32 = 1;

/// How many records are derived in one transaction.
const TOGETHER: i64 = 500;

/// After how many records it is told how far it is.
const PROGRESS: usize = 10_000;

/// Derives what is missing or was derived by other rules. Two programs that do so at once take turns.
///
/// # Errors
/// The database cannot be reached, or fails; what was done until then stays.
pub async fn bring_up_to_date(database: &Database) -> Result<(), Problem> {
    bring_type_up_to_date::<NewEntity>(database).await?;
    bring_type_up_to_date::<NewArticle>(database).await?;
    bring_type_up_to_date::<NewIncident>(database).await
}

async fn bring_type_up_to_date<R: NewRecord>(database: &Database) -> Result<(), Problem> {
    let mut done = 0;
    while let Some(count) = database.write(async |connection| Ok(derive_some::<R>(connection).await?)).await? {
        done += count;
        if done % PROGRESS == 0 && count > 0 {
            log::info!("derived by what {done} {} are found", R::TYPE.plural());
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Derivation {
    #[diesel(sql_type = Integer)]
    edition: i32,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    done_up_to: Option<Uuid>,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Derives the next records and answers how many; `None` if nothing is left.
async fn derive_some<R: NewRecord>(connection: &mut AsyncPgConnection) -> QueryResult<Option<usize>> {
    let state = "SELECT edition, done_up_to FROM derivations WHERE record_type = $1 FOR UPDATE";
    let state: Derivation = diesel::sql_query(state).bind::<Text, _>(R::TYPE.code()).get_result(connection).await?;
    let after = match state {
        Derivation { edition, done_up_to: None } if edition >= EDITION => return Ok(None),
        Derivation { edition, done_up_to: Some(id) } if edition >= EDITION => id,
        Derivation { .. } => Uuid::nil(),
    };
    // Locked, so that nobody writes a newer version meanwhile.
    let ids = format!("SELECT id FROM {} WHERE id > $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE", R::TYPE.plural());
    let ids = diesel::sql_query(ids).bind::<SqlUuid, _>(after).bind::<BigInt, _>(TOGETHER);
    let ids: Vec<Uuid> = ids.load(connection).await?.into_iter().map(|row: Id| row.id).collect();
    R::derive(connection, &ids).await?;
    let is_last = ids.len() < usize::try_from(TOGETHER).unwrap_or(usize::MAX);
    diesel::sql_query("UPDATE derivations SET edition = $2, done_up_to = $3 WHERE record_type = $1")
        .bind::<Text, _>(R::TYPE.code())
        .bind::<Integer, _>(EDITION)
        .bind::<Nullable<SqlUuid>, _>(ids.last().filter(|_| !is_last))
        .execute(connection)
        .await?;
    Ok(Some(ids.len()))
}
