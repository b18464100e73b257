//! What was written when and why: versions, tombstones and the change log. All of it is stored in the transaction of
//! the change itself.

mod log;
mod lookup;
mod record;

pub use log::{number_changes, revision};
pub use lookup::{Lookup, RecordStatus, resolve, unavailable};
pub use record::{Author, Origin, RecordType, Revision, append, content, latest};
