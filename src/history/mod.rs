//! What was written when and why: versions, tombstones and the change log. All of it is stored in the transaction of
//! the change itself.

mod feed;
mod log;
mod lookup;
mod record;
pub mod revisions;

pub(crate) use feed::list_changes;
pub use feed::{Change, ChangeOp, Changes, reduced};
pub use log::{Growth, Stamp, number_all, number_changes, revision, stamp};
pub use lookup::{Lookup, RecordStatus, resolve, unavailable};
pub(crate) use record::clock_timestamp;
pub use record::{Author, Entry, Origin, RecordType, Revision, append, latest};
pub(crate) use revisions::{list_article_revisions, list_entity_revisions, list_incident_revisions};
