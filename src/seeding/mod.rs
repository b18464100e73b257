//! Loading a dataset from NDJSON files, one a resource, in the shape in which records are written.
//!
//! Each line also names its `id`, which never changes. Loading is one transaction: a fault in any line stores nothing.
//! Loading again changes nothing; a newer edition updates records, but never one that was written by anybody else since.

mod known;
mod lines;

use std::fmt;
use std::path::Path;

use diesel::result::Error;
use diesel::{QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use self::known::{Known, KnownRecords, check_tags};
use self::lines::{Line, parse, parse_datasets};
use crate::articles::NewArticle;
use crate::codebook::ChangeReason;
use crate::datasets::NewDataset;
use crate::db::schema::tags;
use crate::entities::NewEntity;
use crate::history::{self, Author, Entry, Origin, number_changes};
use crate::http::problem::Problem;
use crate::incidents::NewIncident;
use crate::values::{Slug, Tag};
use crate::writing::NewRecord;

/// The text of the four files.
#[derive(Clone, Debug)]
pub struct SeedFiles {
    /// The datasets.
    pub datasets: String,
    /// The entities.
    pub entities: String,
    /// The articles.
    pub articles: String,
    /// The incidents.
    pub incidents: String,
}

/// A fault in a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedFault {
    /// The file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// The member, as a JSON pointer; empty for the whole line.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

impl fmt::Display for SeedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, pointer, detail } = self;
        write!(f, "{file}:{line}: {pointer}{} {detail}", if pointer.is_empty() { "the line" } else { "" })
    }
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A file cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// Lines are faulty.
    #[error("{} faults in the seed files; nothing was stored", .0.len())]
    Faults(Vec<SeedFault>),
    /// The database refuses.
    #[error("{0}")]
    Database(Problem),
}

impl<E: Into<Problem>> From<E> for SeedError {
    fn from(error: E) -> Self {
        Self::Database(error.into())
    }
}

/// How many records came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeedReport {
    /// New ones.
    pub created: usize,
    /// Ones of which this is a newer version.
    pub updated: usize,
    /// Ones that were there already.
    pub unchanged: usize,
    /// Ones that somebody else has written since, and that were left alone.
    pub kept: usize,
}

impl SeedReport {
    fn count(&mut self, outcome: SaveOutcome) {
        match outcome {
            SaveOutcome::Created => self.created += 1,
            SaveOutcome::Updated => self.updated += 1,
            SaveOutcome::Unchanged => self.unchanged += 1,
            SaveOutcome::Kept => self.kept += 1,
        }
    }
}

impl fmt::Display for SeedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { created, updated, unchanged, kept } = self;
        write!(
            f,
            "{created} created, {updated} updated, {unchanged} unchanged, {kept} left alone because they were edited"
        )
    }
}

impl SeedFiles {
    /// The dataset that the program carries.
    pub fn embedded() -> Self {
        Self {
            datasets: include_str!("../../seeds/datasets.ndjson").to_owned(),
            entities: include_str!("../../seeds/entities.ndjson").to_owned(),
            articles: include_str!("../../seeds/articles.ndjson").to_owned(),
            incidents: include_str!("../../seeds/incidents.ndjson").to_owned(),
        }
    }

    /// The files of a directory.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn read(directory: &Path) -> Result<Self, SeedError> {
        let read = |name: &str| {
            let path = directory.join(name);
            std::fs::read_to_string(&path)
                .map_err(|error| SeedError::Unreadable(format!("{}: {error}", path.display())))
        };
        Ok(Self {
            datasets: read("datasets.ndjson")?,
            entities: read("entities.ndjson")?,
            articles: read("articles.ndjson")?,
            incidents: read("incidents.ndjson")?,
        })
    }

    /// Loads everything, or nothing.
    ///
    /// # Errors
    /// Every fault of the files, or that of the database.
    pub async fn load_into(&self, connection: &mut AsyncPgConnection) -> Result<SeedReport, SeedError> {
        let report =
            connection.transaction(async |connection: &mut AsyncPgConnection| self.load(connection).await).await?;
        number_changes(connection).await?;
        Ok(report)
    }

    async fn load(&self, connection: &mut AsyncPgConnection) -> Result<SeedReport, SeedError> {
        // Two loads at once take turns, however long one takes. Relations may lead to records of later lines.
        let begin = "SET LOCAL statement_timeout = 0; \
            SELECT pg_advisory_xact_lock(hashtextextended('civicspace.seeding', 0)); SET CONSTRAINTS ALL DEFERRED";
        connection.batch_execute(begin).await?;
        let mut faults = Vec::new();
        let parsed: Vec<NewDataset> = parse_datasets(&self.datasets, &mut faults);
        let mut entities: Vec<Line<NewEntity>> = parse("entities.ndjson", &self.entities, &mut faults);
        let mut articles: Vec<Line<NewArticle>> = parse("articles.ndjson", &self.articles, &mut faults);
        let mut incidents: Vec<Line<NewIncident>> = parse("incidents.ndjson", &self.incidents, &mut faults);

        // What an admin has made of a dataset since is what counts. A fault of a line takes all of it back.
        let mut seeded = Vec::with_capacity(parsed.len());
        for dataset in &parsed {
            seeded.push(dataset.seed(connection).await?);
        }
        let datasets: Vec<NewDataset> = seeded.iter().map(|seeded| seeded.dataset.clone()).collect();
        let mut known = Known { datasets: &datasets, records: KnownRecords::default() };
        let slugs: Vec<Slug> = datasets.iter().map(|dataset| dataset.slug.clone()).collect();
        known.records.add_stored(connection, &slugs).await?;
        known.add(&entities, &mut faults);
        known.add(&articles, &mut faults);
        known.add(&incidents, &mut faults);
        known.resolve(&mut entities, &mut faults);
        known.resolve(&mut articles, &mut faults);
        known.resolve(&mut incidents, &mut faults);
        let tags: Vec<Tag> = tags::table.select(tags::tag).load(connection).await?;
        check_tags(&incidents, &tags, &mut faults);
        if !faults.is_empty() {
            return Err(SeedError::Faults(faults));
        }
        let mut report = SeedReport::default();
        save(&entities, connection, &mut report).await?;
        save(&articles, connection, &mut report).await?;
        save(&incidents, connection, &mut report).await?;
        for dataset in &seeded {
            dataset.check(connection).await?;
        }
        Ok(report)
    }
}

async fn save<R: NewRecord>(
    lines: &[Line<R>],
    connection: &mut AsyncPgConnection,
    report: &mut SeedReport,
) -> Result<(), SeedError> {
    for line in lines {
        match save_record(connection, &line.record, line.id).await {
            Ok(outcome) => report.count(outcome),
            // What the checks above do not know, the database does.
            Err(Error::DatabaseError(_, information)) if information.constraint_name().is_some() => {
                let constraint = information.constraint_name().unwrap_or_default();
                let fault = line.place().fault("", format!("is refused by the constraint {constraint}"));
                return Err(SeedError::Faults(vec![fault]));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Stores a record of the seeds, or this edition of one that is there; never over what somebody else wrote.
///
/// # Errors
/// The database refuses it.
pub async fn save_record<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    record: &R,
    id: Uuid,
) -> QueryResult<SaveOutcome> {
    const SEED: Author = Author { origin: Origin::Seed, key: None, reason: ChangeReason::NewInformation };
    let content = serde_json::to_value(record).map_err(|error| Error::SerializationError(error.into()))?;
    let latest = history::latest(connection, R::TYPE, id).await?;
    let (outcome, before) = match &latest {
        None => (SaveOutcome::Created, None),
        Some((_, _, before)) if *before == content => return Ok(SaveOutcome::Unchanged),
        Some((_, by, before)) if by != Origin::Seed.code() || before["state"] == "retracted" => {
            return Ok(SaveOutcome::Kept);
        }
        Some((version, _, before)) => (SaveOutcome::Updated, Some((*version, before))),
    };
    let entry = Entry { id, before, content: &content, merged_into: None };
    for revision in history::append(connection, R::TYPE, &[entry], &SEED).await? {
        record.store(connection, id, &revision).await?;
        R::derive(connection, &[id]).await?;
    }
    Ok(outcome)
}

/// What came of saving a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    /// It is new.
    Created,
    /// It is another version of a known one.
    Updated,
    /// It is there already, the same.
    Unchanged,
    /// It is there, and somebody else has written it since; it was left alone.
    Kept,
}
