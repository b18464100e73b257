//! The change log: its head, and the numbering of what is settled.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::schema::changes;

diesel::define_sql_function! {
    #[sql_name = "number_changes"]
    fn numbered_head() -> diesel::sql_types::BigInt;
}

/// The number of the last change that a reader can see: what an answer of this moment reflects.
///
/// # Errors
/// The database fails.
pub async fn revision(mut connection: &AsyncPgConnection) -> QueryResult<i64> {
    let head = changes::table.select(diesel::dsl::max(changes::seq)).first::<Option<i64>>(&mut connection).await?;
    Ok(head.unwrap_or(0))
}

/// Numbers the changes that are committed and have no number yet. Called after a commit, outside of a transaction.
///
/// # Errors
/// The database fails.
pub async fn number_changes(connection: &mut AsyncPgConnection) -> QueryResult<i64> {
    diesel::select(numbered_head()).get_result(connection).await
}
