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

/// The ids of records by dataset and external id, and the other way round.
#[derive(Debug, Default)]
pub struct KnownKeys {
    ids: HashMap<(RecordType, Slug, ExternalId), Uuid>,
    datasets: HashMap<(RecordType, Uuid), Slug>,
}

impl KnownKeys {
    /// Adds a record that is about to be stored.
    pub fn add(&mut self, record_type: RecordType, dataset: &Slug, external_id: &ExternalId, id: Uuid) {
        self.ids.insert((record_type, dataset.clone(), external_id.clone()), id);
        self.datasets.insert((record_type, id), dataset.clone());
    }

    /// The id of a record.
    pub fn get(&self, record_type: RecordType, dataset: &Slug, external_id: &ExternalId) -> Option<Uuid> {
        self.ids.get(&(record_type, dataset.clone(), external_id.clone())).copied()
    }

    /// The dataset of a record, if one of this id is known.
    pub fn dataset_of(&self, record_type: RecordType, id: Uuid) -> Option<&Slug> {
        self.datasets.get(&(record_type, id))
    }

    /// Adds every record of these datasets that is stored.
    ///
    /// # Errors
    /// The database fails.
    pub async fn load(&mut self, connection: &mut AsyncPgConnection, datasets: &[Slug]) -> QueryResult<()> {
        macro_rules! load {
            ($table:ident, $type:expr) => {
                let stored = $table::table
                    .filter($table::dataset.eq_any(datasets))
                    .filter($table::external_id.is_not_null())
                    .select(($table::dataset, $table::external_id.assume_not_null(), $table::id))
                    .load::<(Slug, ExternalId, Uuid)>(connection)
                    .await?;
                for (dataset, external_id, id) in stored {
                    self.add($type, &dataset, &external_id, id);
                }
            };
        }
        load!(articles, RecordType::Article);
        load!(entities, RecordType::Entity);
        load!(incidents, RecordType::Incident);
        Ok(())
    }
}
