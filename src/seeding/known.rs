//! What the lines refer to: checked against what is stored and what the files hold.

use std::collections::HashMap;

use uuid::Uuid;

use super::SeedFault;
use super::lines::Line;
use crate::codebook::{DatasetAccess, RecordState};
use crate::datasets::NewDataset;
use crate::incidents::NewIncident;
use crate::values::{RecordKey, Slug, Tag};
use crate::writing::{KnownRecord, KnownRecords, NewRecord};

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
                    let record = KnownRecord { id: line.id, dataset: dataset.clone(), published };
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

pub(super) fn check_tags(lines: &[Line<NewIncident>], known: &[Tag], faults: &mut Vec<SeedFault>) {
    for line in lines {
        for (i, tag) in line.record.tags.iter().enumerate().filter(|(_, tag)| !known.contains(tag)) {
            faults.push(line.place().fault(format!("/tags/{i}"), format!("there is no tag {tag}")));
        }
    }
}
