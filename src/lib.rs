//! civicspace: an open API of civic-space incidents, the articles that report them, and the entities that take part.
//!
//! What users see has a module each: [`articles`], [`entities`], [`incidents`], [`datasets`], [`stats`], [`exports`], [`feeds`],
//! [`snapshots`], [`matching`], [`duplicates`], and the
//! vocabularies of [`codebook`]. What those share lies in layers below: [`http`] (problems, strict queries, pages, keys, quotas),
//! `lists` (what fits a filter, page by page), [`history`] (versions and the change log), [`writing`] (checks and references), [`values`] (ids, text, numbers),
//! [`names`] (one spelling for many) and [`db`] (connections, migrations, the private PostgreSQL). [`app`] puts the routes together, and is where the server,
//! the tests and the API document come from. [`seeding`] loads a dataset, [`checking`] judges the data, [`cli`] is the
//! command line.
//!
//! A request passes [`http::envelope`] (what every answer carries) and [`http::gate`] (who calls, is it allowed, does
//! the document know it); extractors turn its parameters into types or answer 400; a handler of a few lines asks a
//! model, whose typed rows are the answer.

pub mod app;
pub mod articles;
pub mod checking;
pub mod cli;
pub mod codebook;
pub mod config;
pub mod datasets;
pub mod db;
pub mod deriving;
pub mod duplicates;
pub mod entities;
pub mod exports;
pub mod feeds;
pub mod history;
pub mod http;
pub mod incidents;
pub(crate) mod lists;
pub mod matching;
pub mod names;
pub mod search;
pub mod seeding;
pub mod snapshots;
pub mod stats;
pub mod suggest;
pub mod values;
pub mod writing;
