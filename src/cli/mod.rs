//! The command line: one file a subcommand.

mod check;
mod export;
mod keys;
mod serve;
mod snapshot;
mod store;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::app;
use crate::config::{ServeSettings, SnapshotSettings, StoreSettings};
use crate::db::private;
use crate::deriving;
use crate::http::problem::Problem;
use crate::seeding::{SeedError, SeedFiles};
use crate::stats::tallies;

/// An open API of civic-space incidents, the articles that report them and the entities that take part
///
/// Without a command it serves. Without --database-url it starts a private PostgreSQL in the data directory.
#[derive(Debug, Parser)]
#[command(name = "civicspace", version)]
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
    Serve(Box<ServeSettings>),
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
    /// Judge whether the data is consistent
    ///
    /// Prints a line a rule with the number of records that break it, and the first of them. The exit status is 1 if
    /// any does. Drafts and retracted records are not judged.
    Check {
        /// Print which records may be duplicates instead
        ///
        /// A line a resource with the number of pairs that look alike and of which no editor decided anything, and the
        /// likeliest of them; of very many that are alike, each is paired with twenty others. Drafts count. These are questions, not faults: the exit status is 0 whatever is found.
        #[arg(long)]
        duplicates: bool,
    },
    /// Make a snapshot: all that anybody may read, in files that are served at /v1/snapshots
    ///
    /// Prints its id and the number of the last change that it holds, then a line a file: name, records, bytes,
    /// SHA-256; tabs between them. While another one is being made, it waits. The oldest ones make room for it.
    Snapshot(SnapshotSettings),
    /// Write all records that fit a filter into files, as they are served at /v1/incidents.csv and the like
    ///
    /// Each file holds one state of the database, and has its name when it is complete; one that is there already is replaced. Prints
    /// a line a file: name, rows, bytes; tabs between them. A bar on the terminal tells how far it is.
    Export(export::ExportSettings),
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
pub fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|command| command == private::GUARD_COMMAND) {
        return private::guard(arguments);
    }
    let matches = Cli::command().get_matches();
    let cli = match misplaced(&matches).map_or_else(|| Cli::from_arg_matches(&matches), Err) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
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

/// A setting of the server that stands before a command, where it would be ignored.
fn misplaced(matches: &ArgMatches) -> Option<clap::Error> {
    matches.subcommand()?;
    let settings = ServeSettings::augment_args(clap::Command::new("serve"));
    let mut typed = settings
        .get_arguments()
        .filter(|setting| matches.value_source(setting.get_id().as_str()) == Some(ValueSource::CommandLine));
    let name = typed.next()?.get_long().unwrap_or_default();
    Some(Cli::command().error(ErrorKind::ArgumentConflict, format!("--{name} goes behind the command")))
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
                say(migration)?;
            }
            deriving::bring_up_to_date(&store.database).await?;
            tallies::fold(&store.database).await?;
            Ok(())
        }),
        Some(Command::Seed { from }) => {
            let files =
                from.as_deref().map_or_else(|| Ok(SeedFiles::embedded()), SeedFiles::read).map_err(seed_failure)?;
            store::with(&runtime, &cli.store, async |store| {
                let mut connection = store.database.connection().await?;
                let report = files.load_into(&mut connection).await.map_err(seed_failure)?;
                say(&report.to_string())
            })
        }
        Some(Command::Check { duplicates }) => {
            store::with_options(&runtime, &cli.store, &check::OPTIONS, async |store| {
                if duplicates {
                    deriving::bring_up_to_date(&store.database).await?;
                    check::run_for_duplicates(&store.database).await
                } else {
                    check::run(&store.database).await
                }
            })
        }
        Some(Command::Snapshot(settings)) => {
            let options = settings.read(&cli.store.data_dir).map_err(|faults| Failure::Usage(faults.to_string()))?;
            store::with(&runtime, &cli.store, async |store| snapshot::run(&store.database, &options).await)
        }
        Some(Command::Export(settings)) => store::with_options(&runtime, &cli.store, &export::OPTIONS, async |store| {
            export::run(&store.database, &settings).await
        }),
        Some(Command::Keys(command)) => {
            store::with(&runtime, &cli.store, async |store| keys::run(&store.database, command).await)
        }
        Some(Command::Openapi) => {
            let document = serde_json::to_string_pretty(&app::document(None));
            say(&document.map_err(|error| Failure::Failed(error.to_string()))?)
        }
    }
}

/// Writes a line to standard output.
fn say(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}")
        .map_err(|error| Failure::Failed(format!("standard output cannot be written: {error}")))
}

fn seed_failure(error: SeedError) -> Failure {
    if let SeedError::Faults(faults) = &error {
        for fault in faults {
            eprintln!("{fault}");
        }
    }
    match error {
        SeedError::Database(problem) => problem.into(),
        error => Failure::Failed(error.to_string()),
    }
}
