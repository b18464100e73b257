//! What writing a record takes, whoever writes it: checks that concern more than one member, and references.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::codebook::{DatePrecision, RecordState};
use crate::db::schema::{articles, entities, incidents};
use crate::history::{Origin, RecordType, SaveOutcome};
use crate::values::{ExternalId, RecordKey, Slug};

/// A record as it is written.
pub trait NewRecord: DeserializeOwned + Serialize + Send + Sync {
    /// Which resource it is.
    const TYPE: RecordType;

    /// Published, or draft.
    fn state(&self) -> RecordState;

    /// Its dataset and its id there.
    fn key(&self) -> (&Slug, Option<&ExternalId>);

    /// Fills in what depends on other members.
    fn complete(&mut self) {}

    /// Checks what concerns more than one member.
    fn check(&self, check: &mut Check);

    /// Every reference in it.
    fn references(&mut self) -> Vec<Reference<'_>>;

    /// Stores it, its references resolved, in the transaction of the connection.
    ///
    /// # Errors
    /// The database refuses it.
    fn save(
        &self,
        connection: &mut AsyncPgConnection,
        id: Uuid,
        origin: Origin,
    ) -> impl Future<Output = QueryResult<SaveOutcome>> + Send;
}

/// A reference in a record.
pub struct Reference<'a> {
    /// Where it stands, as a JSON pointer.
    pub pointer: String,
    /// What it refers to.
    pub target: RecordType,
    /// How it names it.
    pub key: &'a mut RecordKey,
}

impl<'a> Reference<'a> {
    /// A reference to an entity.
    pub fn entity(pointer: String, key: &'a mut RecordKey) -> Self {
        Self { pointer, target: RecordType::Entity, key }
    }

    /// A reference to an article.
    pub fn article(pointer: String, key: &'a mut RecordKey) -> Self {
        Self { pointer, target: RecordType::Article, key }
    }

    /// A reference to an incident.
    pub fn incident(pointer: String, key: &'a mut RecordKey) -> Self {
        Self { pointer, target: RecordType::Incident, key }
    }
}

/// The faults of a record, each with its place.
#[derive(Debug, Default)]
pub struct Check {
    /// JSON pointer and what is wrong there.
    pub faults: Vec<(String, String)>,
}

impl Check {
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
        if let Some(date) = date {
            self.that((1800..=2199).contains(&date.year()), pointer, format!("must be from 1800 to 2199, not {date}"));
        }
    }

    /// Two days are in order, and are such that the API takes.
    pub fn period(&mut self, pointer: &str, start: Option<NaiveDate>, end: Option<NaiveDate>) {
        for (member, date) in [("start_date", start), ("end_date", end)] {
            let taken = date.is_none_or(|date| (1800..=2199).contains(&date.year()));
            self.that(taken, format!("{pointer}/{member}"), "must be from 1800 to 2199");
        }
        let in_order = !matches!((start, end), (Some(start), Some(end)) if start > end);
        self.that(in_order, format!("{pointer}/end_date"), "must not be before the start date");
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

/// A record that a reference may lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRecord {
    /// Its id.
    pub id: Uuid,
    /// Its dataset.
    pub dataset: Slug,
    /// Whether it is published.
    pub published: bool,
}

/// Records by their ids, and by dataset and external id.
#[derive(Debug, Default)]
pub struct KnownRecords {
    ids: HashMap<(RecordType, Slug, ExternalId), Uuid>,
    records: HashMap<(RecordType, Uuid), KnownRecord>,
}

impl KnownRecords {
    /// Adds a record, or puts it in the place of the one that has its id.
    pub fn add(&mut self, record_type: RecordType, external_id: &ExternalId, record: KnownRecord) {
        self.ids.insert((record_type, record.dataset.clone(), external_id.clone()), record.id);
        self.records.insert((record_type, record.id), record);
    }

    /// The record that a key names.
    pub fn get(&self, record_type: RecordType, key: &RecordKey) -> Option<&KnownRecord> {
        let id = match key {
            RecordKey::Id(id) => *id,
            RecordKey::External(dataset, external_id) => {
                *self.ids.get(&(record_type, dataset.clone(), external_id.clone()))?
            }
        };
        self.records.get(&(record_type, id))
    }

    /// Adds every record of these datasets that is stored.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_stored(&mut self, connection: &mut AsyncPgConnection, datasets: &[Slug]) -> QueryResult<()> {
        macro_rules! load {
            ($table:ident, $type:expr) => {
                let stored = $table::table
                    .filter($table::dataset.eq_any(datasets))
                    .filter($table::external_id.is_not_null())
                    .select(($table::dataset, $table::external_id.assume_not_null(), $table::id, $table::state))
                    .load::<(Slug, ExternalId, Uuid, RecordState)>(connection)
                    .await?;
                for (dataset, external_id, id, state) in stored {
                    let published = state == RecordState::Published;
                    self.add($type, &external_id, KnownRecord { id, dataset, published });
                }
            };
        }
        load!(articles, RecordType::Article);
        load!(entities, RecordType::Entity);
        load!(incidents, RecordType::Incident);
        Ok(())
    }
}

/// A record that was read, as it is written: without what is derived, and without relations that start elsewhere.
pub fn without_derived(record: &mut serde_json::Value) {
    let Some(members) = record.as_object_mut() else { return };
    for derived in ["version", "created_at", "updated_at", "article_count", "incident_count"] {
        members.remove(derived);
    }
    if let Some(relations) = members.get_mut("relations").and_then(serde_json::Value::as_array_mut) {
        relations.retain(|relation| relation["direction"] != "incoming");
        for relation in relations.iter_mut().filter_map(serde_json::Value::as_object_mut) {
            relation.remove("direction");
        }
    }
}
