//! Lines of a batch: what each asks for, and what became of it.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::codebook::{RecordState, Vocabulary};
use crate::http::body::parse;
use crate::http::fault::{Fault, FaultCode};
use crate::http::problem::{Problem, ProblemBody};
use crate::values::Slug;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineOutcome {
    /// There was no record of its external id; now there is.
    Created,
    /// The record has a new version.
    Updated,
    /// The record says that already.
    Unchanged,
    /// Nothing was stored of this line.
    Error,
}

/// What became of a line of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineResult<'a> {
    /// The number of the line, from 1; blank ones are counted and not answered.
    #[schema(format = Int32, minimum = 1, maximum = 10_000, example = 1)]
    line: usize,
    /// What became of it.
    result: LineOutcome,
    /// The id of the record.
    id: Option<Uuid>,
    /// The version that it has now.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    version: Option<i32>,
    /// Why nothing was stored.
    problem: Option<ProblemBody<'a>>,
}

/// A record that a line made, or found as it says.
pub(super) type Stands = (LineOutcome, Uuid, i32);

/// What a line asks for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) patch: Value,
    /// The version that the record must have.
    pub(super) guard: Option<i32>,
}

impl Wanted {
    pub(super) fn key(&self) -> Option<(&str, &str)> {
        let dataset = self.patch.get("dataset").map_or(Some(Slug::DEFAULT), Value::as_str)?;
        Some((dataset, self.patch.get("external_id")?.as_str()?))
    }

    pub(super) fn withdraws(&self) -> bool {
        self.patch["state"] == RecordState::Retracted.code()
    }
}

/// The number of a line, and what it asks for or why it cannot be read.
pub(super) type ReadLine = (usize, Result<Wanted, Problem>);

/// What a line asks for.
///
/// # Errors
/// It is no object, or guards a version that is none.
pub(super) fn read(text: &[u8]) -> Result<Wanted, Problem> {
    let mut patch = parse(text).map_err(Problem::InvalidJson)?;
    let fault = |pointer: &str, detail: &str| {
        Problem::InvalidContent(vec![Fault::body(pointer, FaultCode::InvalidValue, detail)])
    };
    let Some(members) = patch.as_object_mut() else { return Err(fault("", "must be an object")) };
    let guard = match members.remove("version") {
        None | Some(Value::Null) => None,
        Some(version) => {
            let version = version.as_i64().and_then(|version| i32::try_from(version).ok());
            Some(version.ok_or_else(|| fault("/version", "must be the version that the record has"))?)
        }
    };
    Ok(Wanted { patch, guard })
}

/// Lines that can be stored together: each of another record, and one that withdraws alone.
pub(super) fn groups(lines: impl Iterator<Item = ReadLine>) -> Vec<Vec<ReadLine>> {
    let mut groups: Vec<Vec<ReadLine>> = Vec::new();
    let mut keys: HashSet<(String, String)> = HashSet::new();
    let mut closed = true;
    for (number, line) in lines {
        let wanted = line.as_ref().ok();
        let key = wanted.and_then(Wanted::key).map(|(dataset, id)| (dataset.to_owned(), id.to_owned()));
        let withdraws = wanted.is_some_and(Wanted::withdraws);
        if closed || withdraws || key.as_ref().is_some_and(|key| keys.contains(key)) {
            groups.push(Vec::new());
            keys.clear();
        }
        closed = withdraws;
        keys.extend(key);
        if let Some(group) = groups.last_mut() {
            group.push((number, line));
        }
    }
    groups
}

pub(super) fn write_result(line: usize, result: &Result<Stands, Problem>, answer: &mut Vec<u8>) {
    let result = match result {
        Ok((result, id, version)) => {
            LineResult { line, result: *result, id: Some(*id), version: Some(*version), problem: None }
        }
        Err(problem) => {
            LineResult { line, result: LineOutcome::Error, id: None, version: None, problem: Some(problem.body()) }
        }
    };
    match serde_json::to_writer(&mut *answer, &result) {
        Ok(()) => answer.push(b'\n'),
        Err(error) => log::error!("the result of a line cannot be written: {error}"),
    }
}

/// What is wrong with a line, as faults of the whole body.
pub(super) fn faults_of_line(problem: Problem, number: usize) -> Vec<Fault> {
    let line = format!("/{}", number - 1);
    let said = problem.to_string();
    match problem {
        Problem::InvalidContent(faults) => faults.into_iter().map(|fault| fault.within(&line)).collect(),
        Problem::PreconditionFailed(_) => vec![Fault::body(format!("{line}/version"), FaultCode::Conflict, said)],
        Problem::Gone(_) | Problem::Merged(_) => vec![Fault::body(line, FaultCode::UnavailableReference, said)],
        Problem::Referenced(_) => vec![Fault::body(line, FaultCode::Referenced, said)],
        _ => vec![Fault::body(line, FaultCode::InvalidValue, said)],
    }
}
