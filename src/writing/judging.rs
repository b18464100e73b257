//! Judging what is to be written: against the document, against what it names, and against itself. Every fault is found.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::references::{Referrer, Targets, places};
use super::schema::{BodySchemas, typed};
use super::stored::Stored;
use super::{Check, NewRecord, without_derived};
use crate::codebook::{RecordState, Vocabulary};
use crate::datasets::keep_access;
use crate::http::fault::{Fault, FaultCode};
use crate::http::problem::Problem;
use crate::values::Slug;

/// A body, and the record that it is to become.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The id of the record.
    pub(super) id: Uuid,
    /// What it is now, if it is there.
    pub(super) stored: Option<Stored>,
    /// What it is to be.
    pub(super) body: Value,
}

impl Candidate {
    /// The slug of its dataset, unless that is no text.
    fn dataset(&self) -> Option<&str> {
        self.body.get("dataset").map_or(Some(Slug::DEFAULT), Value::as_str)
    }

    fn state(&self) -> &str {
        self.body.get("state").and_then(Value::as_str).unwrap_or(RecordState::Published.code())
    }

    fn tags(&self) -> impl Iterator<Item = &Value> {
        self.body.get("tags").and_then(Value::as_array).into_iter().flatten()
    }
}

/// What is stored of everything that candidates name.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// Whether anybody may read it, by dataset.
    datasets: HashMap<String, bool>,
    tags: HashSet<String>,
    targets: Targets,
}

impl Surroundings {
    /// Looks up what candidates name, and locks it until the transaction ends.
    ///
    /// # Errors
    /// The database fails.
    pub(super) async fn of<R: NewRecord>(
        connection: &mut AsyncPgConnection,
        candidates: &[Candidate],
    ) -> QueryResult<Self> {
        keep_access(connection).await?;
        let bodies = || candidates.iter().map(|candidate| &candidate.body);
        let datasets: BTreeSet<&str> = candidates.iter().filter_map(Candidate::dataset).collect();
        let tags: BTreeSet<&str> = candidates.iter().flat_map(Candidate::tags).filter_map(Value::as_str).collect();
        Ok(Self {
            datasets: load_datasets(connection, &datasets).await?,
            tags: if tags.is_empty() { HashSet::new() } else { load_tags(connection, &tags).await? },
            targets: Targets::of(connection, bodies(), R::REFERENCES).await?,
        })
    }

    /// Lets candidates refer to one that was judged before them.
    pub(super) fn add<R: NewRecord>(&mut self, id: Uuid, record: &R) {
        let public = self.datasets.get(record.key().0.as_str()).copied().unwrap_or_default();
        self.targets.add_new(id, record, public);
    }

    /// The record that a candidate is to become.
    ///
    /// # Errors
    /// 422 with every fault.
    pub(super) fn judge<R: NewRecord>(&self, schemas: &BodySchemas, candidate: &mut Candidate) -> Result<R, Problem> {
        without_derived(&mut candidate.body);
        let references: Vec<String> =
            places(&candidate.body, R::REFERENCES).into_iter().map(|(pointer, _)| pointer).collect();
        let mut faults = schemas.faults(R::SCHEMA, &candidate.body, &references);
        let public = self.check_dataset(candidate, &mut faults);
        check_transition(candidate, &mut faults);
        self.check_tags(candidate, &mut faults);
        // What is withdrawn leads nowhere any more, so where it led does not matter.
        if candidate.state() != RecordState::Retracted.code() {
            let published = candidate.state() == RecordState::Published.code();
            let referrer = Referrer { is: (R::TYPE, candidate.id), published, public };
            self.targets.put(&mut candidate.body, R::REFERENCES, referrer, &mut faults);
        }
        if !faults.is_empty() {
            return Err(Problem::InvalidContent(faults));
        }
        let mut record: R = typed(&candidate.body)?;
        record.complete();
        let mut check = Check::default();
        record.check(&mut check);
        check.refuse()?;
        Ok(record)
    }

    /// Whether anybody may read the dataset of a candidate; one that does not exist is a fault.
    fn check_dataset(&self, candidate: &Candidate, faults: &mut Vec<Fault>) -> bool {
        let Some(dataset) = candidate.dataset() else { return true };
        let public = self.datasets.get(dataset);
        if public.is_none() {
            faults.push(Fault::body("/dataset", FaultCode::UnknownReference, format!("there is no dataset {dataset}")));
        }
        public.copied().unwrap_or(true)
    }

    fn check_tags(&self, candidate: &Candidate, faults: &mut Vec<Fault>) {
        for (i, tag) in candidate.tags().enumerate() {
            if let Some(tag) = tag.as_str().filter(|tag| !self.tags.contains(*tag)) {
                let detail = format!("there is no tag {tag}; /v1/vocabularies lists them");
                faults.push(Fault::body(format!("/tags/{i}"), FaultCode::UnknownReference, detail));
            }
        }
    }
}

/// A record stays in its dataset, and one that was published is withdrawn where it would vanish.
fn check_transition(candidate: &Candidate, faults: &mut Vec<Fault>) {
    let Some(stored) = &candidate.stored else {
        if candidate.state() == RecordState::Retracted.code() {
            let detail = "a record that is not there cannot be withdrawn; it begins as `published` or `draft`";
            faults.push(Fault::body("/state", FaultCode::InvalidValue, detail));
        }
        return;
    };
    if candidate.dataset().is_some_and(|dataset| Some(dataset) != stored.content["dataset"].as_str()) {
        faults.push(Fault::body("/dataset", FaultCode::InvalidValue, "a record stays in its dataset"));
    }
    if candidate.state() == RecordState::Draft.code() && !stored.is(RecordState::Draft) {
        let detail = "what was published or withdrawn does not become a draft again; withdraw it with `retracted`";
        faults.push(Fault::body("/state", FaultCode::InvalidValue, detail));
    }
}

async fn load_datasets(
    connection: &mut AsyncPgConnection,
    slugs: &BTreeSet<&str>,
) -> QueryResult<HashMap<String, bool>> {
    #[derive(QueryableByName)]
    struct Dataset {
        #[diesel(sql_type = Text)]
        slug: String,
        #[diesel(sql_type = Bool)]
        public: bool,
    }
    let query = "SELECT slug, access = 'public' AS public FROM datasets WHERE slug = ANY($1)";
    let slugs: Vec<&str> = slugs.iter().copied().collect();
    let found: Vec<Dataset> = diesel::sql_query(query).bind::<Array<Text>, _>(slugs).load(connection).await?;
    Ok(found.into_iter().map(|dataset| (dataset.slug, dataset.public)).collect())
}

async fn load_tags(connection: &mut AsyncPgConnection, tags: &BTreeSet<&str>) -> QueryResult<HashSet<String>> {
    #[derive(QueryableByName)]
    struct Known {
        #[diesel(sql_type = Text)]
        tag: String,
    }
    let tags: Vec<&str> = tags.iter().copied().collect();
    let query = diesel::sql_query("SELECT tag FROM tags WHERE tag = ANY($1)").bind::<Array<Text>, _>(tags);
    let found: Vec<Known> = query.load(connection).await?;
    Ok(found.into_iter().map(|known| known.tag).collect())
}
