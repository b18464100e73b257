//! The change log: its head, and the numbering of what is settled.

use std::fmt;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::StreamExt;
use tokio::sync::watch;

use crate::db::Database;
use crate::db::schema::changes;
use crate::http::auth::View;
use crate::http::problem::Problem;

/// How long to wait before a broken connection is made again.
const PAUSE: Duration = Duration::from_secs(1);

/// After how long a silent connection is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(15);

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

/// Tells what can be read in one state of the database from what can be in another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stamp(String);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The stamp of the state that is read: while it stays the same, so does everything that the view shows.
///
/// # Errors
/// The database fails.
pub async fn stamp(mut connection: &AsyncPgConnection, view: &View) -> QueryResult<Stamp> {
    // Whatever changes what anybody may read has an entry in the log, which is seen before it has a number. Of what editors
    // alone may read nothing is logged: there, every transaction may have changed something.
    const LOG: &str = "SELECT concat_ws('.', (SELECT max(seq) FROM changes), (SELECT count(*) FROM changes WHERE seq IS NULL)) AS stamp";
    const TRANSACTIONS: &str = "SELECT pg_current_snapshot()::text AS stamp";
    let query = if view.is_public() { LOG } else { TRANSACTIONS };
    let Stamped { stamp } = diesel::sql_query(query).get_result(&mut connection).await?;
    Ok(Stamp(stamp))
}

#[derive(QueryableByName)]
struct Stamped {
    #[diesel(sql_type = Text)]
    stamp: String,
}

/// That the log has grown: heard from the database, told to every request that waits for it.
#[derive(Debug)]
pub struct Growth(watch::Receiver<()>);

impl Growth {
    /// Begins to listen. A connection that breaks is made again; meanwhile those who wait look for themselves.
    pub fn of(database: &Database) -> Self {
        let (tell, hear) = watch::channel(());
        let database = database.clone();
        tokio::spawn(async move {
            while !tell.is_closed() {
                if let Err(problem) = listen(&database, &tell).await {
                    log::warn!("the change log is not heard: {problem}");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self(hear)
    }

    /// What changes whenever the log grows.
    pub fn subscribe(&self) -> watch::Receiver<()> {
        self.0.clone()
    }
}

async fn listen(database: &Database, tell: &watch::Sender<()>) -> Result<(), Problem> {
    let mut connection = database.own_connection().await?;
    connection.batch_execute("LISTEN civicspace_changes").await?;
    // What came before is not heard.
    tell.send_replace(());
    while !tell.is_closed() {
        let heard = {
            let mut notifications = std::pin::pin!(connection.notifications_stream());
            tokio::time::timeout(SILENCE, notifications.next()).await
        };
        match heard {
            Ok(Some(notification)) => drop((notification?, tell.send_replace(()))),
            Ok(None) => return Err(Problem::Unavailable("the connection is closed")),
            // A connection that is dead is silent, too.
            Err(_silence) => connection.batch_execute("SELECT").await?,
        }
    }
    Ok(())
}

/// The most changes that the database numbers at a time.
const TOGETHER: i64 = 20_000;

/// Numbers the changes that are committed and have no number yet, the first 20,000 of them, and answers the head of the
/// log. Called after a commit, outside of a transaction.
///
/// # Errors
/// The database fails.
pub async fn number_changes(connection: &mut AsyncPgConnection) -> QueryResult<i64> {
    diesel::select(numbered_head()).get_result(connection).await
}

/// Numbers all changes that are committed, however many.
///
/// # Errors
/// The database fails.
pub async fn number_all(database: &Database) -> Result<(), Problem> {
    let mut connection = database.connection().await?;
    let mut head = number_changes(&mut connection).await?;
    loop {
        let before = std::mem::replace(&mut head, number_changes(&mut connection).await?);
        // Fewer than could have been numbered were there.
        if head - before < TOGETHER {
            return Ok(());
        }
    }
}
