//! `civicspace export`: writes exports into files.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, say};
use crate::app;
use crate::db::{Database, DatabaseOptions};
use crate::exports::file::{Exportable, FILES, Job};
use crate::http::fault::{Fault, FaultSubject};
use crate::http::gate::Paths;
use crate::http::problem::Problem;

/// What to write, and where.
#[derive(Clone, Debug, Args)]
pub(super) struct ExportSettings {
    /// The files to write, called as at /v1: incidents.csv, figures.ndjson, …
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Which records, as in a URL: country=KG&kind=assembly
    #[arg(long, default_value = "", value_name = "QUERY")]
    filter: String,
    /// The directory to write them into
    #[arg(long, default_value = ".", value_name = "DIRECTORY")]
    into: PathBuf,
    /// Write what editors alone may read, too: internal datasets and, if `state` says so, drafts
    #[arg(long)]
    as_editor: bool,
}

/// A statement may have to sort everything.
pub(super) const OPTIONS: DatabaseOptions =
    DatabaseOptions { connections: 1, wait: Duration::from_secs(5), statement_timeout: Duration::from_hours(1) };

/// Writes each file, and prints its name, rows and bytes. One that cannot be written ends it; those before it stay.
pub(super) async fn run(database: &Database, settings: &ExportSettings) -> Result<(), Failure> {
    let paths = Paths::of(&app::document(None));
    let mut wanted = Vec::new();
    for name in &settings.files {
        let file = FILES.iter().find(|file| file.name == name).ok_or_else(|| unknown(name))?;
        let query = paths.query(&format!("/v1/{name}"), &settings.filter).map_err(|problem| wrong(&problem))?;
        wanted.push((file, query));
    }
    for (file, query) in wanted {
        let bar = bar(file)?;
        let path = settings.into.join(file.name);
        let progress = |read, all| {
            bar.set_length(all);
            bar.set_position(read);
        };
        let job = Job { database, query: &query, as_editor: settings.as_editor, path: &path, progress: &progress };
        let written = file.write(job).await.map_err(|problem| match problem {
            Problem::InvalidParameter(_) => wrong(&problem),
            Problem::Unauthenticated(_) => {
                Failure::Usage("--filter: drafts and retracted records are for editors; add --as-editor".to_owned())
            }
            problem => problem.into(),
        });
        bar.finish_and_clear();
        let written = written?;
        say(&format!("{}\t{}\t{}", file.name, written.rows, written.bytes))?;
    }
    Ok(())
}

/// A bar on standard error, if that is a terminal.
fn bar(file: &Exportable) -> Result<ProgressBar, Failure> {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len} records, {eta} left");
    let style = style.map_err(|error| Failure::Failed(error.to_string()))?;
    Ok(ProgressBar::new(0).with_style(style).with_message(file.name))
}

fn unknown(name: &str) -> Failure {
    let names: Vec<&str> = FILES.iter().map(|file| file.name).collect();
    Failure::Usage(format!("`{name}` is no file that can be exported. There are: {}", names.join(", ")))
}

/// A filter that cannot be read, with each fault.
fn wrong(problem: &Problem) -> Failure {
    let named = |fault: &Fault| match &fault.subject {
        FaultSubject::Parameter { name } => format!("`{name}`: {}", fault.detail),
        FaultSubject::Member { .. } => fault.detail.clone(),
    };
    let faults: Vec<String> = match problem {
        Problem::InvalidParameter(faults) => faults.iter().map(named).collect(),
        problem => vec![problem.to_string()],
    };
    Failure::Usage(format!("--filter: {}", faults.join("; ")))
}
