//! Loading a dataset from NDJSON files, one a resource, in the shape in which records are written.
//!
//! Each line also names its `id`, which never changes. Loading is one transaction: a fault in any line stores nothing.
//! Loading again changes nothing; a newer edition updates records, but never one that was written by anybody else since.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use diesel::QueryDsl;
use diesel::result::Error;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::articles::NewArticle;
use crate::codebook::{DatasetAccess, RecordState};
use crate::datasets::NewDataset;
use crate::db::schema::tags;
use crate::entities::NewEntity;
use crate::history::{Origin, SaveOutcome, number_changes};
use crate::http::problem::Problem;
use crate::incidents::NewIncident;
use crate::values::{RecordKey, Slug, Tag};
use crate::writing::{Check, KnownRecord, KnownRecords, NewRecord, without_derived};

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
        let report =
            connection.transaction(async |connection: &mut AsyncPgConnection| self.load(connection).await).await?;
        number_changes(connection).await?;
        Ok(report)
    }

    async fn load(&self, connection: &mut AsyncPgConnection) -> Result<SeedReport, SeedError> {
        // Two loads at once take turns. Relations may lead to records of later lines.
        let begin =
            "SELECT pg_advisory_xact_lock(hashtextextended('civicspace.seeding', 0)); SET CONSTRAINTS ALL DEFERRED";
        connection.batch_execute(begin).await?;
        let mut faults = Vec::new();
        let datasets: Vec<NewDataset> = parse_datasets(&self.datasets, &mut faults);
        let mut entities: Vec<Line<NewEntity>> = parse("entities.ndjson", &self.entities, &mut faults);
        let mut articles: Vec<Line<NewArticle>> = parse("articles.ndjson", &self.articles, &mut faults);
        let mut incidents: Vec<Line<NewIncident>> = parse("incidents.ndjson", &self.incidents, &mut faults);

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
        for dataset in &datasets {
            dataset.store(connection).await?;
        }
        let mut report = SeedReport::default();
        save(&entities, connection, &mut report).await?;
        save(&articles, connection, &mut report).await?;
        save(&incidents, connection, &mut report).await?;
        Ok(report)
    }
}

fn parse_datasets(text: &str, faults: &mut Vec<SeedFault>) -> Vec<NewDataset> {
    let mut datasets = Vec::new();
    for (number, line) in lines(text) {
        let place = Place("datasets.ndjson", number);
        let Some(dataset) = typed::<NewDataset>(place, json(line), faults) else { continue };
        let mut check = Check::default();
        dataset.check(&mut check);
        faults.extend(check.faults.into_iter().map(|(pointer, detail)| place.fault(pointer, detail)));
        datasets.push(dataset);
    }
    datasets
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
    let id = value.as_mut().ok().and_then(|value| {
        without_derived(value);
        value.as_object_mut()?.remove("id")
    });
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

/// What references may lead to: the records that are stored, and those of the files.
struct Known<'a> {
    datasets: &'a [NewDataset],
    records: KnownRecords,
}

impl Known<'_> {
    fn is_internal(&self, slug: &Slug) -> bool {
        self.datasets.iter().any(|dataset| dataset.slug == *slug && dataset.access == DatasetAccess::Internal)
    }

    /// Adds the records of a file. Each needs a dataset, an external id, and an id that no other record has.
    fn add<R: NewRecord>(&mut self, lines: &[Line<R>], faults: &mut Vec<SeedFault>) {
        let mut taken: HashMap<Uuid, usize> = HashMap::new();
        for line in lines {
            let place = Place(line.file, line.number);
            if let Some(before) = taken.insert(line.id, line.number) {
                faults.push(place.fault("/id", format!("is that of line {before}")));
            }
            let (dataset, external_id) = line.record.key();
            if !self.datasets.iter().any(|known| known.slug == *dataset) {
                faults.push(place.fault("/dataset", format!("there is no dataset {dataset} in datasets.ndjson")));
            }
            let Some(external_id) = external_id else {
                faults.push(place.fault("/external_id", "is needed here"));
                continue;
            };
            let key = RecordKey::External(dataset.clone(), external_id.clone());
            match self.records.get(R::TYPE, &key) {
                Some(known) if known.id != line.id => {
                    faults
                        .push(place.fault("/external_id", format!("belongs to the {} {} already", R::TYPE, known.id)));
                }
                _ => {
                    let published = line.record.state() == RecordState::Published;
                    let record = KnownRecord { id: line.id, dataset: dataset.clone(), published };
                    self.records.add(R::TYPE, external_id, record);
                }
            }
        }
    }

    /// Puts an id into the place of every reference. What it leads to must be public where the record is: its name
    /// would show through to those who may not see it.
    fn resolve<R: NewRecord>(&self, lines: &mut [Line<R>], faults: &mut Vec<SeedFault>) {
        for line in lines {
            let place = Place(line.file, line.number);
            let (own_id, is_published) = (line.id, line.record.state() == RecordState::Published);
            let is_public = !self.is_internal(line.record.key().0);
            let mut targets: Vec<(String, Uuid)> = Vec::new();
            for reference in line.record.references() {
                let detail = match self.records.get(reference.target, reference.key) {
                    None => format!("there is no such {}", reference.target),
                    Some(known) if is_published && !known.published => "is not published".to_owned(),
                    Some(known) if is_public && self.is_internal(&known.dataset) => {
                        format!("is of the internal dataset {}", known.dataset)
                    }
                    Some(known) if reference.target == R::TYPE && known.id == own_id => {
                        "is the record itself".to_owned()
                    }
                    Some(known) => {
                        *reference.key = RecordKey::Id(known.id);
                        let list = unique_list(&reference.pointer);
                        if list.is_none_or(|list| !targets.contains(&(list.to_owned(), known.id))) {
                            targets.extend(list.map(|list| (list.to_owned(), known.id)));
                            continue;
                        }
                        "stands here twice".to_owned()
                    }
                };
                faults.push(place.fault(reference.pointer, detail));
            }
        }
    }
}

/// The list that a reference stands in, if it may stand there once.
fn unique_list(pointer: &str) -> Option<&str> {
    let list = pointer.split('/').nth(1)?;
    ["mentions", "sources"].contains(&list).then_some(list)
}

fn check_tags(lines: &[Line<NewIncident>], known: &[Tag], faults: &mut Vec<SeedFault>) {
    for line in lines {
        for (i, tag) in line.record.tags.iter().enumerate().filter(|(_, tag)| !known.contains(tag)) {
            faults.push(Place(line.file, line.number).fault(format!("/tags/{i}"), format!("there is no tag {tag}")));
        }
    }
}

async fn save<R: NewRecord>(
    lines: &[Line<R>],
    connection: &mut AsyncPgConnection,
    report: &mut SeedReport,
) -> Result<(), SeedError> {
    for line in lines {
        match line.record.save(connection, line.id, Origin::Seed).await {
            Ok(outcome) => report.count(outcome),
            // What the checks above do not know, the database does.
            Err(Error::DatabaseError(_, information)) if information.constraint_name().is_some() => {
                let constraint = information.constraint_name().unwrap_or_default();
                let fault =
                    Place(line.file, line.number).fault("", format!("is refused by the constraint {constraint}"));
                return Err(SeedError::Faults(vec![fault]));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
