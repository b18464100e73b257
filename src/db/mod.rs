//! The database: a pool of connections, reads of one consistent state, and transactions.

pub mod among;
pub mod fragments;
pub mod migrations;
pub mod prepared;
pub mod private;
pub mod schema;

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{
    AnsiTransactionManager, AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager,
};
use futures_util::FutureExt;
use uuid::Uuid;

use crate::codebook::DatasetAccess;
use crate::history;
use crate::http::auth::View;
use crate::http::cursor::CursorSecret;
use crate::http::problem::{COLLISION, OUT_OF_REACH, Problem, TOO_LONG};

/// How reads plan: filters differ too much in how many rows they leave for one plan to suit them all.
pub(crate) const PLAN_FOR_VALUES: &str = "SET LOCAL plan_cache_mode = force_custom_plan";

/// The type of what full-text search looks in.
#[derive(Clone, Copy, Debug, diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(name = "tsvector", schema = "pg_catalog"))]
pub struct Tsvector;

/// How to use a database.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// The most connections that are open at once.
    pub connections: usize,
    /// How long a request waits for a connection.
    pub wait: Duration,
    /// How long a statement may take, and all of what one caller reads.
    pub statement_timeout: Duration,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self { connections: 16, wait: Duration::from_secs(5), statement_timeout: Duration::from_secs(10) }
    }
}

/// A pool of connections to the database.
#[derive(Clone)]
pub struct Database {
    pool: Pool<AsyncPgConnection>,
    url: String,
    deadline: Duration,
}

impl Database {
    /// A pool that connects when it is first used.
    ///
    /// # Errors
    /// The pool cannot be built.
    pub fn new(url: &str, options: &DatabaseOptions) -> Result<Self, Problem> {
        let setup = format!(
            "SET statement_timeout = {}; SET idle_in_transaction_session_timeout = '60s'; SET application_name = 'civicspace'; \
             SET client_connection_check_interval = '500ms'; SET timezone = 'UTC'; SET jit = off; SET max_parallel_workers_per_gather = 0; SET random_page_cost = 1.1",
            options.statement_timeout.as_millis()
        );
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |url| {
            let setup = setup.clone();
            async move {
                let mut connection = AsyncPgConnection::establish(url).await?;
                connection.batch_execute(&setup).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(connection)
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let pool = Pool::builder(manager)
            .max_size(options.connections)
            .wait_timeout(Some(options.wait))
            .create_timeout(Some(options.wait))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| Problem::Internal(error.to_string()))?;
        Ok(Self { pool, url: url.to_owned(), deadline: options.statement_timeout })
    }

    /// A connection, for as long as it is held.
    ///
    /// # Errors
    /// None is free in time, or the database cannot be reached: 503.
    pub async fn connection(&self) -> Result<Connection, Problem> {
        match self.pool.get().await {
            Ok(connection) => Ok(Connection(Some(connection))),
            Err(PoolError::Timeout(_)) => Err(Problem::Unavailable("too many requests are waiting for the database")),
            Err(error) => {
                log::warn!("the database cannot be reached: {error}");
                Err(Problem::Unavailable(OUT_OF_REACH))
            }
        }
    }

    /// A connection beside the pool, for what lasts as long as the process.
    ///
    /// # Errors
    /// The database cannot be reached: 503.
    pub async fn own_connection(&self) -> Result<AsyncPgConnection, Problem> {
        AsyncPgConnection::establish(&self.url).await.map_err(|error| {
            log::warn!("the database cannot be reached: {error}");
            Problem::Unavailable(OUT_OF_REACH)
        })
    }

    /// Runs queries that all see one state of the database. They may be sent one behind the other without waiting.
    ///
    /// # Errors
    /// Those of the queries, and 503 when no connection is to be had.
    pub async fn read<T>(
        &self,
        queries: impl AsyncFnOnce(&AsyncPgConnection) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.read_set_to("", queries).await
    }

    /// As [`read`](Self::read), with further settings.
    async fn read_set_to<T>(
        &self,
        settings: &str,
        queries: impl AsyncFnOnce(&AsyncPgConnection) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        // To compile a plan takes longer than to run it.
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off";
        let mut connection = self.connection().await?;
        AnsiTransactionManager::begin_transaction_sql(
            &mut *connection,
            &format!("{BEGIN}; {PLAN_FOR_VALUES}{settings}"),
        )
        .await?;
        let result = queries(&connection).await;
        // What was broken off half-way has answers on the way: with its transaction open, the connection is closed.
        if matches!(result, Err(Problem::Unavailable(TOO_LONG))) {
            return result;
        }
        let ended = AnsiTransactionManager::commit_transaction(&mut *connection).await;
        let value = result?;
        ended?;
        Ok(value)
    }

    /// Does everything of a write in one transaction, and numbers its changes when it is committed. Two writers that
    /// stand in each other's way are told apart by the database; then the work is done once more.
    ///
    /// # Errors
    /// Those of the work, and 503 when no connection is to be had.
    pub async fn write<T>(
        &self,
        work: impl AsyncFn(&mut AsyncPgConnection) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut connection = self.connection().await?;
        let mut attempts = 0..5;
        loop {
            attempts.next();
            AnsiTransactionManager::begin_transaction(&mut *connection).await?;
            let done = match work(&mut connection).await {
                Ok(done) => AnsiTransactionManager::commit_transaction(&mut *connection)
                    .await
                    .map(|()| done)
                    .map_err(Problem::from),
                Err(problem) => {
                    AnsiTransactionManager::rollback_transaction(&mut *connection).await?;
                    Err(problem)
                }
            };
            match done {
                Err(Problem::Unavailable(COLLISION)) if !attempts.is_empty() => {}
                Err(problem) => return Err(problem),
                Ok(done) => {
                    // What is committed is done: the next reader of the log numbers what was not numbered here.
                    if let Err(error) = history::number_changes(&mut connection).await {
                        log::warn!("changes are not numbered yet: {error}");
                    }
                    return Ok(done);
                }
            }
        }
    }

    /// As [`read`](Self::read), for a caller: the datasets that are hidden from it are looked up in the same state.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn read_as<T>(
        &self,
        mut view: View,
        queries: impl AsyncFnOnce(&AsyncPgConnection, &View) -> QueryResult<T>,
    ) -> Result<T, Problem> {
        // A limit makes the planner believe that a table that is read from end to end soon shows what it may not hold: what
        // callers ask is read by indexes.
        self.read_set_to("; SET LOCAL enable_seqscan = off", async |connection| {
            look_up_hidden(connection, &mut view).await?;
            // Many statements of which none takes too long may do so together. The connection is closed then.
            tokio::time::timeout(self.deadline, queries(connection, &view))
                .await
                .map_err(|_late| Problem::Unavailable(TOO_LONG))?
                .map_err(Problem::from)
        })
        .await
    }

    /// As [`read_as`](Self::read_as), for what reads all that there is and takes its time: each statement has its limit, the whole
    /// has none.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn read_all_as<T>(
        &self,
        mut view: View,
        queries: impl AsyncFnOnce(&AsyncPgConnection, &View) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        // A cursor is planned for the whole of its rows, not for the first of them.
        self.read_set_to("; SET LOCAL cursor_tuple_fraction = 1", async |connection| {
            look_up_hidden(connection, &mut view).await?;
            queries(connection, &view).await
        })
        .await
    }

    /// Another pool on the same database, so that what uses it takes no connection from those who use this one.
    ///
    /// # Errors
    /// The pool cannot be built.
    pub fn beside(&self, options: &DatabaseOptions) -> Result<Self, Problem> {
        Self::new(&self.url, options)
    }

    /// The secret that seals cursors.
    ///
    /// # Errors
    /// The database fails.
    pub async fn cursor_secret(&self) -> Result<CursorSecret, Problem> {
        let mut connection = self.connection().await?;
        let named = schema::secrets::table.filter(schema::secrets::name.eq("cursor"));
        let value: Vec<u8> = named.select(schema::secrets::value).first(&mut connection).await?;
        Ok(CursorSecret::new(value))
    }
}

/// Looks up the datasets that are hidden from a caller.
async fn look_up_hidden(mut connection: &AsyncPgConnection, view: &mut View) -> QueryResult<()> {
    if !view.internal {
        let internal = schema::datasets::table.filter(schema::datasets::access.eq(DatasetAccess::Internal));
        view.hidden = internal.select(schema::datasets::slug).load(&mut connection).await?;
    }
    Ok(())
}

/// A connection out of the pool. One whose transaction was broken off half-way, because the caller went away, is closed
/// at once instead of going back: there its locks would live on until somebody took it out again.
pub struct Connection(Option<Object<AsyncPgConnection>>);

impl Deref for Connection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        match &self.0 {
            Some(connection) => connection,
            None => unreachable!("a connection is taken out only when it is dropped"),
        }
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        match &mut self.0 {
            Some(connection) => connection,
            None => unreachable!("a connection is taken out only when it is dropped"),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(mut connection) = self.0.take()
            && AnsiTransactionManager::is_broken_transaction_manager(&mut *connection)
        {
            drop(Object::take(connection));
        }
    }
}

/// Parts by the record that they belong to, in their order.
pub fn by_owner<K: Eq + Hash, T>(parts: impl IntoIterator<Item = (K, T)>) -> HashMap<K, Vec<T>> {
    let mut owned: HashMap<K, Vec<T>> = HashMap::new();
    for (owner, part) in parts {
        owned.entry(owner).or_default().push(part);
    }
    owned
}

/// The rows of these ids, in their order.
pub fn in_order<T>(mut rows: Vec<T>, ids: &[Uuid], id_of: impl Fn(&T) -> Uuid) -> Vec<T> {
    let places: HashMap<Uuid, usize> = ids.iter().copied().zip(0..).collect();
    rows.retain(|row| places.contains_key(&id_of(row)));
    rows.sort_by_key(|row| places.get(&id_of(row)).copied());
    rows
}

/// The parts of a record with their positions, for storing them.
pub fn positioned<T>(parts: &[T]) -> impl Iterator<Item = (i16, &T)> {
    (0..).zip(parts)
}
