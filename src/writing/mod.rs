//! What writing a record takes, whoever writes it: its shape, its references, and checks that concern more than one
//! member.

pub mod batch;
mod judging;
pub mod line;
pub mod merging;
mod operations;
pub mod references;
pub mod schema;
mod stored;
pub mod writer;

use chrono::{Datelike, NaiveDate};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

pub(crate) use self::operations::merge;
use self::references::Pattern;
use crate::codebook::{DatePrecision, RecordState};
use crate::history::{RecordType, Revision};
use crate::http::fault::{Fault, FaultCode};
use crate::http::problem::Problem;
use crate::values::{ExternalId, RecordKey, Slug};

/// A record as it is written.
pub trait NewRecord: DeserializeOwned + Serialize + Send + Sync {
    /// Which resource it is.
    const TYPE: RecordType;

    /// The name of its schema in the document.
    const SCHEMA: &'static str;

    /// Where it refers to others.
    const REFERENCES: &'static [Pattern];

    /// The lists whose items the survivor of a merge takes over.
    const TAKEN_OVER: &'static [&'static str];

    /// What reading shows of it.
    type Shown: Serialize;

    /// The record as an editor sees it, in whatever state, with its version.
    ///
    /// # Errors
    /// The database fails, or there is no such record.
    fn show(connection: &AsyncPgConnection, id: Uuid) -> impl Future<Output = QueryResult<(i32, Self::Shown)>>;

    /// Published, or draft.
    fn state(&self) -> RecordState;

    /// Its dataset and its id there.
    fn key(&self) -> (&Slug, Option<&ExternalId>);

    /// Fills in what depends on other members.
    fn complete(&mut self) {}

    /// Checks what concerns more than one member.
    fn check(&self, check: &mut Check);

    /// Stores the rows of a version, its references resolved, in the transaction of the connection. Those of many
    /// records may be sent one behind the other without waiting.
    ///
    /// # Errors
    /// The database refuses it.
    fn store(
        &self,
        connection: &AsyncPgConnection,
        id: Uuid,
        revision: &Revision,
    ) -> impl Future<Output = QueryResult<()>> + Send;

    /// Derives what records of these ids are found by, in the transaction of the connection.
    ///
    /// # Errors
    /// The database fails.
    fn derive(connection: &AsyncPgConnection, ids: &[Uuid]) -> impl Future<Output = QueryResult<()>> + Send;
}

/// The faults of a record, each with its place.
#[derive(Debug, Default)]
pub struct Check {
    /// JSON pointer and what is wrong there.
    pub faults: Vec<(String, String)>,
}

impl Check {
    /// Refuses a body that has faults.
    ///
    /// # Errors
    /// 422 with each.
    pub fn refuse(self) -> Result<(), Problem> {
        let fault = |(pointer, detail)| Fault::body(pointer, FaultCode::InvalidValue, detail);
        let faults: Vec<Fault> = self.faults.into_iter().map(fault).collect();
        if faults.is_empty() { Ok(()) } else { Err(Problem::InvalidContent(faults)) }
    }

    /// A fault unless something holds.
    pub fn that(&mut self, holds: bool, pointer: impl Into<String>, detail: impl Into<String>) {
        if !holds {
            self.faults.push((pointer.into(), detail.into()));
        }
    }

    /// A fault for each item of a list that stands there before, too.
    pub fn once<T: PartialEq>(&mut self, pointer: &str, items: &[T]) {
        for (i, item) in items.iter().enumerate() {
            self.that(!items[..i].contains(item), format!("{pointer}/{i}"), "stands here twice");
        }
    }

    /// A fault if a list is too long.
    pub fn few(&mut self, pointer: &str, length: usize, most: usize) {
        self.that(length <= most, pointer, format!("has {length} items and takes at most {most}"));
    }

    /// A date and its precision go together, and the date is one that the API takes.
    pub fn date(&mut self, pointer: &str, date: Option<NaiveDate>, precision: DatePrecision) {
        let together = date.is_none() == (precision == DatePrecision::Unknown);
        self.that(together, pointer, "must be null if its precision is `unknown`, and only then");
        self.day(pointer, date);
    }

    /// A day is one that the API takes.
    fn day(&mut self, pointer: impl Into<String>, day: Option<NaiveDate>) {
        let taken = day.is_none_or(|day| (1800..=2199).contains(&day.year()));
        self.that(taken, pointer, "must be from 1800 to 2199");
    }

    /// The two days of an object, named by their members, are in order and are such that the API takes.
    pub fn period(&mut self, pointer: &str, start: (&str, Option<NaiveDate>), end: (&str, Option<NaiveDate>)) {
        for (member, day) in [start, end] {
            self.day(format!("{pointer}/{member}"), day);
        }
        let in_order = !matches!((start.1, end.1), (Some(start), Some(end)) if start > end);
        self.that(in_order, format!("{pointer}/{}", end.0), format!("must not be before `{}`", start.0));
    }
}

/// The default state of a record that is written.
pub fn published() -> RecordState {
    RecordState::Published
}

/// The default precision of a date.
pub fn unknown_date() -> DatePrecision {
    DatePrecision::Unknown
}

/// The id that a reference was resolved to.
///
/// # Errors
/// It was not resolved, which is a fault of the program.
pub fn resolved(key: &RecordKey) -> QueryResult<Uuid> {
    match key {
        RecordKey::Id(id) => Ok(*id),
        RecordKey::External(dataset, external_id) => {
            let message = format!("{dataset}/{external_id} was not resolved");
            Err(diesel::result::Error::SerializationError(message.into()))
        }
    }
}

/// The id of an optional reference.
///
/// # Errors
/// As [`resolved`].
pub fn resolved_option(key: Option<&RecordKey>) -> QueryResult<Option<Uuid>> {
    key.map(resolved).transpose()
}

/// A record that was read, as it is written: without what is derived, what other records show through, and relations
/// that start elsewhere.
pub fn without_derived(record: &mut Value) {
    let Some(members) = record.as_object_mut() else { return };
    for derived in ["id", "version", "created_at", "updated_at", "article_count", "incident_count"] {
        members.remove(derived);
    }
    if let Some(relations) = members.get_mut("relations").and_then(Value::as_array_mut) {
        relations.retain(|relation| relation["direction"] != "incoming");
        for relation in relations.iter_mut().filter_map(Value::as_object_mut) {
            if relation.get("direction").is_some_and(|direction| direction == "outgoing") {
                relation.remove("direction");
            }
        }
    }
}
