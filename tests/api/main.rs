//! The API as its users see it: over HTTP, on a real PostgreSQL, each test with a database of its own.

#![expect(unreachable_pub, reason = "nothing uses a test binary from outside")]
#![expect(clippy::needless_pass_by_value, reason = "the records of a test are written where they are used")]
#![expect(clippy::too_many_lines, reason = "a test may tell a long story, or hold a long table")]

mod harness;

mod batches;
mod changes;
mod checking;
mod cli;
mod connections;
mod contract;
mod dataset;
mod datasets;
mod deriving;
mod document;
mod duplicates;
mod exports;
mod feeds;
mod filters;
mod ftm;
mod http;
mod keys;
mod legal_order;
mod legal_status;
mod legal_terms;
mod lists;
mod matching;
mod merging;
mod parameters;
mod private_postgres;
mod readme;
mod records;
mod revisions;
mod searching;
mod seeds;
mod snapshots;
mod stats;
mod suggesting;
mod timelines;
mod visibility;
mod writing;
