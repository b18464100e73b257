//! The API as its users see it: over HTTP, on a real PostgreSQL, each test with a database of its own.

#![expect(unreachable_pub, reason = "nothing uses a test binary from outside")]

mod harness;

mod cli;
mod contract;
mod document;
mod filters;
mod http;
mod keys;
mod lists;
mod private_postgres;
mod records;
mod seeds;
