//! What the lines refer to: checked against what is stored and what the files hold.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::SeedFault;
use super::lines::{Line, typed};
use crate::codebook::{DatasetAccess, RecordState};
use crate::datasets::NewDataset;
use crate::db::schema::{articles, entities, incidents};
use crate::history::RecordType;
use crate::incidents::NewIncident;
use crate::values::{ExternalId, RecordKey, Slug, Tag};
use crate::writing::NewRecord;
use crate::writing::references::{places, unique_list};

/// What references may lead to: the records that are stored, and those of the files.
pub(super) struct Known<'a> {
    pub(super) datasets: &'a [NewDataset],
    pub(super) records: KnownRecords,
}

impl Known<'_> {
    fn is_internal(&self, slug: &Slug) -> bool {
        self.datasets.iter().any(|dataset| dataset.slug == *slug && dataset.access == DatasetAccess::Internal)
    }

    /// Adds the records of a file. Each needs a dataset, an external id, and an id that no other record has.
    pub(super) fn add<R: NewRecord>(&mut self, lines: &[Line<R>], faults: &mut Vec<SeedFault>) {
        let mut taken: HashMap<Uuid, usize> = HashMap::new();
        for line in lines {
            let place = line.place();
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
                    let survivor = self.records.get(R::TYPE, &key).and_then(|known| known.survivor);
                    let record = KnownRecord { id: line.id, dataset: dataset.clone(), published, survivor };
                    self.records.add(R::TYPE, external_id, record);
                }
            }
        }
    }

    /// Puts an id into the place of every reference. What it leads to must be public where the record is: its name
    /// would show through to those who may not see it.
    pub(super) fn resolve<R: NewRecord>(&self, lines: &mut [Line<R>], faults: &mut Vec<SeedFault>) {
        for line in lines {
            let place = line.place();
            let (own_id, is_published) = (line.id, line.record.state() == RecordState::Published);
            let is_public = !self.is_internal(line.record.key().0);
            let mut targets: Vec<(String, Uuid)> = Vec::new();
            for (pointer, target) in places(&line.value, R::REFERENCES) {
                // What is no reference at all was named when the line was read.
                let Some(Ok(key)) = line.value.pointer(&pointer).map(RecordKey::deserialize) else { continue };
                let detail = match self.records.get(target, &key) {
                    None => format!("there is no such {target}"),
                    Some(known) if is_published && !known.published => "is not published".to_owned(),
                    Some(known) if is_public && self.is_internal(&known.dataset) => {
                        format!("is of the internal dataset {}", known.dataset)
                    }
                    Some(known) if target == R::TYPE && known.id == own_id => "is the record itself".to_owned(),
                    Some(known) => {
                        let list = unique_list(&pointer);
                        if list.is_none_or(|list| !targets.contains(&(list.to_owned(), known.id))) {
                            targets.extend(list.map(|list| (list.to_owned(), known.id)));
                            if let Some(place) = line.value.pointer_mut(&pointer) {
                                *place = json!({ "id": known.survivor.unwrap_or(known.id) });
                            }
                            continue;
                        }
                        "stands here twice".to_owned()
                    }
                };
                faults.push(place.fault(pointer, detail));
            }
            if let Some(mut record) = typed::<R>(place, Ok(line.value.clone()), faults) {
                record.complete();
                line.record = record;
            }
        }
    }
}

pub(super) fn check_tags(lines: &[Line<NewIncident>], known: &[Tag], faults: &mut Vec<SeedFault>) {
    for line in lines {
        for (i, tag) in line.record.tags.iter().enumerate().filter(|(_, tag)| !known.contains(tag)) {
            faults.push(line.place().fault(format!("/tags/{i}"), format!("there is no tag {tag}")));
        }
    }
}

/// A record that a reference may lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KnownRecord {
    /// Its id.
    pub(super) id: Uuid,
    /// Its dataset.
    pub(super) dataset: Slug,
    /// Whether it is published.
    pub(super) published: bool,
    /// The record that it was merged into.
    pub(super) survivor: Option<Uuid>,
}

/// Records by their ids, and by dataset and external id.
#[derive(Debug, Default)]
pub(super) struct KnownRecords {
    ids: HashMap<(RecordType, Slug, ExternalId), Uuid>,
    records: HashMap<(RecordType, Uuid), KnownRecord>,
}

impl KnownRecords {
    /// Adds a record, or puts it in the place of the one that has its id.
    pub(super) fn add(&mut self, record_type: RecordType, external_id: &ExternalId, record: KnownRecord) {
        self.ids.insert((record_type, record.dataset.clone(), external_id.clone()), record.id);
        self.records.insert((record_type, record.id), record);
    }

    /// The record that a key names.
    pub(super) fn get(&self, record_type: RecordType, key: &RecordKey) -> Option<&KnownRecord> {
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
    pub(super) async fn add_stored(
        &mut self,
        connection: &mut AsyncPgConnection,
        datasets: &[Slug],
    ) -> QueryResult<()> {
        macro_rules! load {
            ($table:ident, $type:expr) => {
                let stored = $table::table
                    .filter($table::dataset.eq_any(datasets))
                    .filter($table::external_id.is_not_null())
                    .select((
                        $table::dataset,
                        $table::external_id.assume_not_null(),
                        $table::id,
                        $table::state,
                        $table::merged_into,
                    ))
                    .load::<(Slug, ExternalId, Uuid, RecordState, Option<Uuid>)>(connection)
                    .await?;
                for (dataset, external_id, id, state, survivor) in stored {
                    let published = state == RecordState::Published;
                    self.add($type, &external_id, KnownRecord { id, dataset, published, survivor });
                }
            };
        }
        load!(articles, RecordType::Article);
        load!(entities, RecordType::Entity);
        load!(incidents, RecordType::Incident);
        Ok(())
    }
}
