//! `civicspace snapshot`: makes a snapshot.

use super::{Failure, say};
use crate::db::Database;
use crate::snapshots::{self, SnapshotOptions};

/// Makes a snapshot, and prints its id, its place in the change log and a line a file.
pub(super) async fn run(database: &Database, options: &SnapshotOptions) -> Result<(), Failure> {
    let snapshot = snapshots::make(database, options).await?;
    say(&format!("{}\t{}", snapshot.id, snapshot.as_of_seq))?;
    for file in &snapshot.files {
        say(&format!("{}\t{}\t{}\t{}", file.name, file.rows, file.bytes, file.sha256))?;
    }
    Ok(())
}
