//! The lines of the files: read, and checked each by itself.

use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::SeedFault;
use crate::datasets::NewDataset;
use crate::writing::{Check, NewRecord, without_derived};

/// A record of a line.
pub(super) struct Line<R> {
    pub(super) file: &'static str,
    pub(super) number: usize,
    pub(super) id: Uuid,
    /// What the line holds, as JSON: references are put right there.
    pub(super) value: Value,
    pub(super) record: R,
}

impl<R> Line<R> {
    pub(super) fn place(&self) -> Place {
        Place(self.file, self.number)
    }
}

pub(super) fn parse_datasets(text: &str, faults: &mut Vec<SeedFault>) -> Vec<NewDataset> {
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

pub(super) fn parse<R: NewRecord>(file: &'static str, text: &str, faults: &mut Vec<SeedFault>) -> Vec<Line<R>> {
    lines(text).filter_map(|(number, line)| parse_line(Place(file, number), line, faults)).collect()
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line)).filter(|(_, line)| !line.trim().is_empty())
}

/// Where a line stands: its file and number.
#[derive(Clone, Copy)]
pub(super) struct Place(&'static str, usize);

impl Place {
    pub(super) fn fault(self, pointer: impl Into<String>, detail: impl Into<String>) -> SeedFault {
        SeedFault { file: self.0, line: self.1, pointer: pointer.into(), detail: detail.into() }
    }
}

fn parse_line<R: NewRecord>(place: Place, line: &str, faults: &mut Vec<SeedFault>) -> Option<Line<R>> {
    let mut value = json(line);
    let id = value.as_ref().ok().and_then(|value| Uuid::try_parse(value["id"].as_str()?).ok());
    if let Ok(value) = &mut value {
        without_derived(value);
    }
    let content = value.as_ref().cloned().unwrap_or_default();
    let mut record: R = typed(place, value, faults)?;
    let Some(id) = id else {
        faults.push(place.fault("/id", "must be a UUID"));
        return None;
    };
    record.complete();
    let mut check = Check::default();
    record.check(&mut check);
    faults.extend(check.faults.into_iter().map(|(pointer, detail)| place.fault(pointer, detail)));
    Some(Line { file: place.0, number: place.1, id, value: content, record })
}

fn json(line: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(line)
}

pub(super) fn typed<T: DeserializeOwned>(
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
