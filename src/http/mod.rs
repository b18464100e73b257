//! What every resource shares of HTTP: problems, strict queries, lists and cursors, conditional requests, keys and quotas.

pub mod area;
pub mod auth;
pub mod body;
pub mod client;
pub mod conditional;
pub mod cursor;
pub mod document;
pub mod download;
pub mod envelope;
pub mod fault;
pub mod gate;
pub mod health;
pub mod idempotency;
pub(crate) mod kept;
pub mod lines;
pub mod listing;
pub mod pages;
pub mod parameters;
pub mod problem;
pub mod problem_type;
pub mod query;
pub mod quota;
pub mod record;
pub mod reply;
mod request_schemas;
