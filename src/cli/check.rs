//! `civicspace check`: judges whether the data is consistent.

use std::time::Duration;

use super::{Failure, say};
use crate::checking;
use crate::db::{Database, DatabaseOptions};
use crate::duplicates::pairs;

/// Each rule reads everything, so it may take longer than a request.
pub(super) const OPTIONS: DatabaseOptions =
    DatabaseOptions { connections: 1, wait: Duration::from_secs(5), statement_timeout: Duration::from_hours(1) };

/// Prints what every rule finds; fails if any finds a fault.
pub(super) async fn run(database: &Database) -> Result<(), Failure> {
    let findings = checking::check(database).await?;
    for finding in &findings {
        say(&finding.to_string())?;
    }
    match findings.iter().map(|finding| finding.count).sum() {
        0 => Ok(()),
        1 => Err(Failure::Failed("there is one fault in the data".to_owned())),
        faults => Err(Failure::Failed(format!("there are {faults} faults in the data"))),
    }
}

/// Prints the pairs that look like duplicates. They are questions, not faults: it does not fail for them.
pub(super) async fn run_for_duplicates(database: &Database) -> Result<(), Failure> {
    for found in pairs::find(database).await? {
        say(&found.to_string())?;
    }
    Ok(())
}
