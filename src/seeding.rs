//! Loading a dataset from NDJSON files, one a resource, in the shape in which records are written.
//!
//! Each line also names its `id`, which never changes. Loading is one transaction: a fault in any line stores nothing.
//! Loading again changes nothing; a newer edition updates records, but never one that was written by anybody else since.

use std::fmt;
use std::path::Path;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::articles::NewArticle;
use crate::codebook::DatasetAccess;
use crate::datasets::NewDataset;
use crate::entities::NewEntity;
use crate::history::{Origin, SaveOutcome, number_changes};
use crate::http::problem::Problem;
use crate::incidents::NewIncident;
use crate::values::{RecordKey, Slug};
use crate::writing::{Check, KnownKeys, NewRecord};

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

/// A record of a line.
struct Line<R> {
    file: &'static str,
    number: usize,
    id: Uuid,
    record: R,
}

impl SeedFiles {
    /// The dataset that the program carries.
    pub fn embedded() -> Self {
        Self {
            datasets: include_str!("../seeds/datasets.ndjson").to_owned(),
            entities: include_str!("../seeds/entities.ndjson").to_owned(),
            articles: include_str!("../seeds/articles.ndjson").to_owned(),
            incidents: include_str!("../seeds/incidents.ndjson").to_owned(),
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
        let mut faults = Vec::new();
        let datasets: Vec<NewDataset> = parse_datasets(&self.datasets, &mut faults);
        let mut entities: Vec<Line<NewEntity>> = parse("entities.ndjson", &self.entities, &mut faults);
        let mut articles: Vec<Line<NewArticle>> = parse("articles.ndjson", &self.articles, &mut faults);
        let mut incidents: Vec<Line<NewIncident>> = parse("incidents.ndjson", &self.incidents, &mut faults);

        let slugs: Vec<Slug> = datasets.iter().map(|dataset| dataset.slug.clone()).collect();
        let mut keys = KnownKeys::default();
        keys.load(connection, &slugs).await?;
        add_keys(&entities, &slugs, &mut keys, &mut faults);
        add_keys(&articles, &slugs, &mut keys, &mut faults);
        add_keys(&incidents, &slugs, &mut keys, &mut faults);
        let is_internal = |dataset: &NewDataset| dataset.access == DatasetAccess::Internal;
        let internal: Vec<&Slug> =
            datasets.iter().filter(|dataset| is_internal(dataset)).map(|dataset| &dataset.slug).collect();
        resolve(&mut entities, &keys, &internal, &mut faults);
        resolve(&mut articles, &keys, &internal, &mut faults);
        resolve(&mut incidents, &keys, &internal, &mut faults);
        if !faults.is_empty() {
            return Err(SeedError::Faults(faults));
        }
        let report = connection
            .transaction(async |connection: &mut AsyncPgConnection| {
                // Relations may lead to records of later lines.
                connection.batch_execute("SET CONSTRAINTS ALL DEFERRED").await?;
                for dataset in &datasets {
                    dataset.store(connection).await?;
                }
                let mut report = SeedReport::default();
                save(&entities, connection, &mut report).await?;
                save(&articles, connection, &mut report).await?;
                save(&incidents, connection, &mut report).await?;
                Ok::<_, SeedError>(report)
            })
            .await?;
        number_changes(connection).await?;
        Ok(report)
    }
}

fn parse_datasets(text: &str, faults: &mut Vec<SeedFault>) -> Vec<NewDataset> {
    lines(text).filter_map(|(number, line)| typed(Place("datasets.ndjson", number), json(line), faults)).collect()
}

fn parse<R: NewRecord>(file: &'static str, text: &str, faults: &mut Vec<SeedFault>) -> Vec<Line<R>> {
    lines(text).filter_map(|(number, line)| parse_line(Place(file, number), line, faults)).collect()
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line)).filter(|(_, line)| !line.trim().is_empty())
}

/// Where a line stands: its file and number.
#[derive(Clone, Copy)]
struct Place(&'static str, usize);

impl Place {
    fn fault(self, pointer: impl Into<String>, detail: impl Into<String>) -> SeedFault {
        SeedFault { file: self.0, line: self.1, pointer: pointer.into(), detail: detail.into() }
    }
}

fn parse_line<R: NewRecord>(place: Place, line: &str, faults: &mut Vec<SeedFault>) -> Option<Line<R>> {
    let mut value = json(line);
    let id = value.as_mut().ok().and_then(|value| value.as_object_mut()?.remove("id"));
    let id = id.as_ref().and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
    let mut record: R = typed(place, value, faults)?;
    let Some(id) = id else {
        faults.push(place.fault("/id", "must be a UUID"));
        return None;
    };
    record.complete();
    let mut check = Check::default();
    record.check(&mut check);
    faults.extend(check.faults.into_iter().map(|(pointer, detail)| place.fault(pointer, detail)));
    Some(Line { file: place.0, number: place.1, id, record })
}

fn json(line: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(line)
}

fn typed<T: DeserializeOwned>(
    place: Place,
    value: Result<Value, serde_json::Error>,
    faults: &mut Vec<SeedFault>,
) -> Option<T> {
    let read = value.map_err(|error| place.fault("", format!("is not JSON: {error}"))).and_then(|value| {
        serde_path_to_error::deserialize(value)
            .map_err(|error| place.fault(pointer(error.path()), error.inner().to_string()))
    });
    read.map_err(|fault| faults.push(fault)).ok()
}

/// A path of serde's as a JSON pointer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    path.iter().map(|segment| format!("/{segment}").replace(['[', ']'], "")).collect()
}

fn add_keys<R: NewRecord>(lines: &[Line<R>], slugs: &[Slug], keys: &mut KnownKeys, faults: &mut Vec<SeedFault>) {
    for line in lines {
        let place = Place(line.file, line.number);
        let (dataset, external_id) = line.record.key();
        if !slugs.contains(dataset) {
            faults.push(place.fault("/dataset", format!("there is no dataset {dataset} in datasets.ndjson")));
        }
        let Some(external_id) = external_id else {
            faults.push(place.fault("/external_id", "is needed here"));
            continue;
        };
        match keys.get(R::TYPE, dataset, external_id) {
            Some(known) if known != line.id => {
                faults.push(place.fault("/external_id", format!("belongs to the {} {known} already", R::TYPE)));
            }
            _ => keys.add(R::TYPE, dataset, external_id, line.id),
        }
    }
}

/// Puts an id into the place of every reference.
fn resolve<R: NewRecord>(lines: &mut [Line<R>], keys: &KnownKeys, internal: &[&Slug], faults: &mut Vec<SeedFault>) {
    for line in lines {
        let place = Place(line.file, line.number);
        let is_public = !internal.contains(&line.record.key().0);
        for reference in line.record.references() {
            let found = match &*reference.key {
                RecordKey::Id(id) => keys.dataset_of(reference.target, *id).map(|dataset| (*id, dataset)),
                RecordKey::External(dataset, external_id) => {
                    keys.get(reference.target, dataset, external_id).map(|id| (id, dataset))
                }
            };
            match found {
                Some((_, dataset)) if is_public && internal.contains(&dataset) => {
                    // Its name would show through this record to those who may not see it.
                    faults.push(place.fault(reference.pointer, format!("is of the internal dataset {dataset}")));
                }
                Some((id, _)) => *reference.key = RecordKey::Id(id),
                None => faults.push(place.fault(reference.pointer, format!("there is no such {}", reference.target))),
            }
        }
    }
}

async fn save<R: NewRecord>(
    lines: &[Line<R>],
    connection: &mut AsyncPgConnection,
    report: &mut SeedReport,
) -> Result<(), SeedError> {
    for line in lines {
        let outcome = line.record.save(connection, line.id, Origin::Seed).await?;
        report.count(outcome);
    }
    Ok(())
}
