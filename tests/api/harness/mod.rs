//! What the tests stand on: databases, servers, requests, and the document that every answer is checked against.

mod answer;
mod database;
mod document;
mod records;
mod server;

pub use answer::Answer;
pub use database::{RUNTIME, TestDatabase};
pub use document::{committed_document, document, operations};
pub use server::{Server, config};
