//! Snapshots: all that anybody may read, as it was at one moment, in files that never change. A copy is a snapshot and
//! the changes after its `as_of_seq`.
//!
//! The database knows every snapshot and whether it is served, so all servers agree; the bytes lie in
//! `<snapshot directory>/<id>/<name>`. A snapshot is announced before its state is read, and listed when its files are
//! written: so a change that hides what was before it finds every snapshot that may hold that, the one that is just
//! being written included, and withdraws it in its own transaction. `withdraw.rs` tells why none slips through.

mod encode;
mod folder;
mod handlers;
mod keep;
mod make;
mod model;
mod withdraw;

use std::path::PathBuf;

pub use folder::Folder;
pub(crate) use handlers::{get_snapshot_file, list_snapshots};
pub use keep::keep;
pub use make::make;
pub use model::{FileName, Snapshot, SnapshotFile, SnapshotFormat, SnapshotList, SnapshotResource};
pub use withdraw::{withdraw_all, withdraw_holding};

/// Where snapshots lie, and how many.
#[derive(Clone, Debug)]
pub struct SnapshotOptions {
    /// The directory; made when it is first needed.
    pub directory: PathBuf,
    /// How many are kept; whoever makes one removes those before.
    pub kept: u32,
}
