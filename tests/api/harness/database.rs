//! A database for each test, cloned from a template that is migrated once.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use civicspace::db::private::{Options, PrivateServer};
use civicspace::db::{Database, DatabaseOptions, migrations};
use civicspace::deriving::bring_up_to_date;
use civicspace::seeding::SeedFiles;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio::runtime::Runtime;

/// The PostgreSQL of this test run. Runs that go on at once share it; the last one to end stops it.
static POSTGRES: LazyLock<PrivateServer> = LazyLock::new(|| {
    let options = Options {
        guardian: Some(PathBuf::from(env!("CARGO_BIN_EXE_civicspace"))),
        durable: false,
        ..Options::default()
    };
    PrivateServer::start(Path::new(env!("CARGO_TARGET_TMPDIR")), &options).expect("PostgreSQL starts")
});

/// Migrations need a runtime with several threads.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

static MIGRATED: LazyLock<String> = LazyLock::new(|| template("migrated", false));
static SEEDED: LazyLock<String> = LazyLock::new(|| template("seeded", true));
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A database of one test, dropped with it.
pub struct TestDatabase {
    name: String,
    is_owner: bool,
}

impl TestDatabase {
    /// One that is migrated.
    pub fn migrated() -> Self {
        Self::clone_of(&MIGRATED)
    }

    /// One that holds the seed dataset.
    pub fn seeded() -> Self {
        Self::clone_of(&SEEDED)
    }

    /// One without a table.
    pub fn empty() -> Self {
        Self::clone_of("template0")
    }

    fn clone_of(template: &str) -> Self {
        let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        RUNTIME.block_on(async {
            administer(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        });
        Self { name, is_owner: true }
    }

    /// The same database for another server; it is dropped with the first.
    pub fn again(&self) -> Self {
        Self { name: self.name.clone(), is_owner: false }
    }

    /// Its address.
    pub fn url(&self) -> String {
        url_of(&self.name)
    }

    /// Runs statements.
    pub fn execute(&self, sql: &str) {
        RUNTIME.block_on(async {
            let mut connection = self.connection().await;
            connection.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
        });
    }

    /// Derives what records are found by, where it is not.
    pub fn derive(&self) {
        RUNTIME.block_on(async {
            let database = Database::new(&self.url(), &DatabaseOptions::default()).expect("a pool");
            bring_up_to_date(&database).await.expect("it is derived");
        });
    }

    /// Cuts every connection and lets nobody in.
    pub fn take_away(&self) {
        let name = &self.name;
        RUNTIME.block_on(async {
            administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
            administer(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
                .await;
        });
    }

    /// Lets everybody in again.
    pub fn give_back(&self) {
        RUNTIME.block_on(async { administer(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name)).await });
    }

    /// Does something while a lock is held, at most until it is released.
    pub fn locked(&self, lock: &str, work: impl FnOnce()) {
        let mut holder = RUNTIME.block_on(self.connection());
        let begin = format!("SET application_name = 'holder'; BEGIN; {lock}");
        RUNTIME.block_on(async { holder.batch_execute(&begin).await.expect("a lock") });
        work();
    }

    /// Releases the lock that is held.
    pub fn release(&self) {
        self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder' AND datname = current_database()");
    }

    /// Waits until a query finds a row.
    pub fn until(&self, sql: &str) {
        RUNTIME.block_on(async {
            let mut connection = self.connection().await;
            let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
            while diesel::sql_query(sql).execute(&mut connection).await.expect("a query") == 0 {
                assert!(std::time::Instant::now() < deadline, "it never came to be: {sql}");
                tokio::task::yield_now().await;
            }
        });
    }

    /// A connection.
    pub async fn connection(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(&self.url()).await.expect("a connection")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if !self.is_owner {
            return;
        }
        let name = self.name.clone();
        RUNTIME.block_on(async { administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await });
    }
}

/// A template of this name and of these very migrations and seeds, made by the first test that needs it.
fn template(name: &str, seeded: bool) -> String {
    let mut hasher = DefaultHasher::new();
    std::fs::read(env!("CARGO_BIN_EXE_civicspace")).expect("the program").hash(&mut hasher);
    let name = format!("template_{name}_{:016x}", hasher.finish());
    RUNTIME.block_on(async {
        let mut admin = AsyncPgConnection::establish(&url_of("postgres")).await.expect("a connection");
        // Other test runs may be making the same template.
        admin.batch_execute("SELECT pg_advisory_lock(1)").await.expect("a lock");
        discard_what_dead_runs_left(&mut admin, &name).await;
        if admin.batch_execute(&format!("CREATE DATABASE {name}_unfinished")).await.is_ok() {
            let url = url_of(&format!("{name}_unfinished"));
            migrations::run(&url).await.expect("migrations run");
            if seeded {
                let mut connection = AsyncPgConnection::establish(&url).await.expect("a connection");
                SeedFiles::embedded().load_into(&mut connection).await.expect("the seeds load");
            }
            let rename = format!("ALTER DATABASE {name}_unfinished RENAME TO {name}");
            if admin.batch_execute(&rename).await.is_err() {
                let discard = format!("DROP DATABASE {name}_unfinished");
                admin.batch_execute(&discard).await.expect("another run has made it");
            }
        }
    });
    name
}

/// Drops the databases of runs that were killed, and the templates of other builds unless they are in use.
async fn discard_what_dead_runs_left(admin: &mut AsyncPgConnection, current: &str) {
    let build = current.rsplit('_').next().unwrap_or(current);
    let names: Vec<DatabaseName> =
        diesel::sql_query("SELECT datname::text AS name FROM pg_database").load(admin).await.expect("the databases");
    for DatabaseName { name } in names {
        let process = name.strip_prefix("test_").and_then(|rest| rest.split('_').next());
        let is_dead = process.is_some_and(|process| !Path::new("/proc").join(process).exists());
        let is_old = name.starts_with("template_") && !name.contains(build);
        if is_dead || is_old {
            let _in_use = admin.batch_execute(&format!("DROP DATABASE {name}")).await;
        }
    }
}

#[derive(diesel::QueryableByName)]
struct DatabaseName {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

async fn administer(sql: &str) {
    let mut admin = AsyncPgConnection::establish(&url_of("postgres")).await.expect("a connection");
    admin.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

fn url_of(database: &str) -> String {
    let url = POSTGRES.url();
    let (server, _) = url.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{database}")
}
