//! The database that a command works on: the one that is named, or a private one for as long as the command runs.

use tokio::runtime::Runtime;

use super::Failure;
use crate::config::StoreSettings;
use crate::db::private::{Options, PrivateServer};
use crate::db::{Database, DatabaseOptions, migrations};

/// A database that is up to date.
pub(super) struct Store {
    /// The connections to it.
    pub(super) database: Database,
    /// The migrations that were run.
    pub(super) migrated: Vec<String>,
    /// Whether it is a private one.
    pub(super) private: bool,
}

/// Opens the database, runs a command on it, and gives a private one back.
pub(super) fn with(
    runtime: &Runtime,
    settings: &StoreSettings,
    command: impl AsyncFnOnce(&Store) -> Result<(), Failure>,
) -> Result<(), Failure> {
    with_options(runtime, settings, &DatabaseOptions::default(), command)
}

/// As [`with`], with options for the connections.
pub(super) fn with_options(
    runtime: &Runtime,
    settings: &StoreSettings,
    options: &DatabaseOptions,
    command: impl AsyncFnOnce(&Store) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let named = settings.database_url.as_ref().filter(|url| !url.is_empty());
    let server = match named {
        Some(_) => None,
        None => Some(
            PrivateServer::start(&settings.data_dir, &Options::default())
                .map_err(|error| Failure::Failed(error.to_string()))?,
        ),
    };
    let url = server.as_ref().map(PrivateServer::url).or_else(|| named.cloned()).unwrap_or_default();
    let result = runtime.block_on(async {
        let migrated = migrations::run(&url).await?;
        let database = Database::new(&url, options)?;
        let store = Store { database, migrated, private: server.is_some() };
        command(&store).await
    });
    if let Some(server) = server {
        server.stop().map_err(|error| Failure::Failed(error.to_string()))?;
    }
    result
}
