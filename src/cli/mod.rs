//! The command line: one file a subcommand.

mod keys;
mod serve;
mod store;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app;
use crate::config::{ServeSettings, StoreSettings};
use crate::db::private;
use crate::http::problem::Problem;
use crate::seeding::{SeedError, SeedFiles};

/// An open API of civic-space incidents, the articles that report them and the entities that take part
///
/// Without a command it serves. Without --database-url it starts a private PostgreSQL in the data directory.
#[derive(Debug, Parser)]
#[command(name = "civicspace", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    store: StoreSettings,
    #[command(flatten)]
    serve: ServeSettings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve(ServeSettings),
    /// Bring the database up to date
    Migrate,
    /// Load the seed dataset
    ///
    /// What is there already stays. A record that was edited since it was loaded is never changed, and a deleted one
    /// never revived.
    Seed {
        /// Load the files of this directory instead of those that the program carries
        #[arg(long, value_name = "DIRECTORY")]
        from: Option<PathBuf>,
    },
    /// Make, list and revoke keys
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Print the OpenAPI document
    Openapi,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The settings are wrong: exit status 2.
    #[error("{0}")]
    Usage(String),
    /// Anything else: exit status 1.
    #[error("{0}")]
    Failed(String),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        // Who runs the program may read what callers may not.
        Self::Failed(match problem {
            Problem::Internal(cause) => cause,
            problem => problem.to_string(),
        })
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Problem::from(error).into()
    }
}

/// Runs the program: exit status 0, 1 (failed) or 2 (usage).
#[must_use]
pub fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|command| command == private::GUARD_COMMAND) {
        return private::guard(arguments);
    }
    let cli = Cli::parse();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("civicspace: {message}");
            ExitCode::from(2)
        }
        Err(Failure::Failed(message)) => {
            eprintln!("civicspace: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(error.to_string()))?;
    match cli.command {
        None => serve::serve(&runtime, &cli.store, &cli.serve),
        Some(Command::Serve(settings)) => serve::serve(&runtime, &cli.store, &settings),
        Some(Command::Migrate) => store::with(&runtime, &cli.store, async |store| {
            for migration in &store.migrated {
                println!("{migration}");
            }
            Ok(())
        }),
        Some(Command::Seed { from }) => {
            let files =
                from.as_deref().map_or_else(|| Ok(SeedFiles::embedded()), SeedFiles::read).map_err(seed_failure)?;
            store::with(&runtime, &cli.store, async |store| {
                let mut connection = store.database.connection().await?;
                let report = files.load_into(&mut connection).await.map_err(seed_failure)?;
                println!("{report}");
                Ok(())
            })
        }
        Some(Command::Keys(command)) => {
            store::with(&runtime, &cli.store, async |store| keys::run(&store.database, command).await)
        }
        Some(Command::Openapi) => {
            let document = app::document(None);
            println!(
                "{}",
                serde_json::to_string_pretty(&document).map_err(|error| Failure::Failed(error.to_string()))?
            );
            Ok(())
        }
    }
}

fn seed_failure(error: SeedError) -> Failure {
    if let SeedError::Faults(faults) = &error {
        faults.iter().for_each(|fault| eprintln!("{fault}"));
    }
    match error {
        SeedError::Database(problem) => problem.into(),
        error => Failure::Failed(error.to_string()),
    }
}
