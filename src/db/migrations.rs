//! Migrations, which are part of the program. Servers that start at once wait for one another.

use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::http::problem::Problem;

/// The migrations, in order.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Brings a database up to date, under a lock that one migrating process holds at a time. Answers the names of the
/// migrations that were run.
///
/// # Errors
/// The database cannot be reached, or a migration fails; then it is undone whole.
pub async fn run(url: &str) -> Result<Vec<String>, Problem> {
    let mut connection = AsyncPgConnection::establish(url)
        .await
        .map_err(|error| Problem::Internal(format!("the database cannot be reached: {error}")))?;
    connection.batch_execute("SELECT pg_advisory_lock(hashtextextended('civicspace.migrations', 0))").await?;
    let mut harness = AsyncMigrationHarness::new(connection);
    let run =
        harness.run_pending_migrations(MIGRATIONS).map(|versions| versions.iter().map(ToString::to_string).collect());
    run.map_err(|error| Problem::Internal(format!("a migration failed: {error}")))
}
