//! Many records in one request: each line is created, or patched where its dataset has a record of its external id.

use std::cell::Cell;
use std::collections::HashMap;
use std::io;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Bytes;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::{TryStreamExt, stream};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, IntoResponses};
use uuid::Uuid;

use super::judging::{Candidate, Surroundings};
use super::line::{LineOutcome, ReadLine, Stands, Wanted, faults_of_line, groups, read, write_result};
use super::operations::patched;
use super::schema::BodySchemas;
use super::stored::{Next, Stored, lock_external, refuse_if_referenced, save};
use super::writer::Writer;
use super::{NewRecord, merge};
use crate::codebook::RecordState;
use crate::http::conditional::IfMatch;
use crate::http::fault::{Fault, FaultCode};
use crate::http::lines::{Line, Lines, NDJSON};
use crate::http::parameters::Flag;
use crate::http::problem::Problem;
use crate::http::query::Parameters;

/// The most lines, and about the most bytes, that are stored in one transaction.
const TOGETHER: (usize, usize) = (500, 4 * 1024 * 1024);

/// How a batch is carried out.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BatchParameters {
    /// Whether nothing is stored unless every line can be: then a fault answers 422 for the whole batch.
    #[param(value_type = Option<bool>, default = false)]
    pub atomic: Option<Flag>,
}

impl Parameters for BatchParameters {}

/// What a batch can answer beside its results.
#[derive(IntoResponses)]
pub enum BatchResponses {
    /// The key only reads.
    #[response(status = 403)]
    Forbidden,
    /// The body is of another media type.
    #[response(status = 415)]
    UnsupportedMediaType,
    /// With `atomic=true`: nothing was stored; `errors` names the faults, in pointers whose first part is the number of the
    /// line less one.
    #[response(status = 422)]
    InvalidContent,
}

impl Writer {
    /// Carries out a batch: a line of answer for each line that is not blank.
    ///
    /// # Errors
    /// 422 if it is to be stored whole and cannot be.
    pub async fn batch<R: NewRecord + 'static>(
        self,
        parameters: &BatchParameters,
        lines: Lines,
    ) -> Result<HttpResponse, Problem> {
        let whole = parameters.atomic.as_ref().is_some_and(|atomic| atomic.0);
        let mut answer = HttpResponse::Ok();
        answer.insert_header((CONTENT_TYPE, NDJSON)).insert_header((CACHE_CONTROL, "private, no-cache"));
        if whole {
            return Ok(answer.body(self.store_whole::<R>(lines).await?));
        }
        let results = stream::try_unfold((self, lines), async |(writer, lines)| {
            let (read, lines) = lines.next(TOGETHER.0, TOGETHER.1).await?;
            let results = writer.store_each::<R>(&read).await;
            Ok((!read.is_empty()).then_some((results, (writer, lines))))
        });
        Ok(answer.streaming(results.map_err(|problem: Problem| io::Error::other(problem.to_string()))))
    }

    /// Stores every line that can be.
    async fn store_each<R: NewRecord>(&self, lines: &[Line]) -> Bytes {
        let mut answer = Vec::new();
        for group in groups(lines.iter().map(|line| self.read(line))) {
            for ((number, _), result) in group.iter().zip(self.store_group::<R>(&group).await) {
                write_result(*number, &result, &mut answer);
            }
        }
        answer.into()
    }

    /// Stores the lines of a group that can be. What the database refuses concerns one line, and the others are to be
    /// stored all the same.
    async fn store_group<R: NewRecord>(&self, group: &[ReadLine]) -> Vec<Result<Stands, Problem>> {
        let alone = async |part: &[ReadLine]| {
            let work = async |connection: &mut AsyncPgConnection| self.carry_out::<R>(connection, part).await;
            self.database.write(work).await
        };
        match alone(group).await {
            Ok(results) => results,
            Err(problem @ Problem::Unavailable(_)) => vec![Err(problem); group.len()],
            Err(problem) if group.len() == 1 => vec![Err(problem)],
            Err(_) => {
                let mut results = Vec::new();
                for line in group.chunks(1) {
                    results.extend(alone(line).await.unwrap_or_else(|problem| vec![Err(problem)]));
                }
                results
            }
        }
    }

    /// Stores every line, or none.
    async fn store_whole<R: NewRecord>(&self, lines: Lines) -> Result<Vec<u8>, Problem> {
        let lines = Cell::new(Some(lines));
        let work = async |connection: &mut AsyncPgConnection| {
            let taken = lines.take().ok_or_else(|| Problem::Internal("the lines are gone".to_owned()))?;
            let mut rest = taken.rewound().await?;
            let (mut answer, mut faults) = (Vec::new(), Vec::new());
            let stored = loop {
                let (read, next) = rest.next(TOGETHER.0, TOGETHER.1).await?;
                rest = next;
                if read.is_empty() {
                    break Ok(());
                }
                if let Err(problem) = self.store_part::<R>(connection, &read, &mut answer, &mut faults).await {
                    break Err(problem);
                }
            };
            lines.set(Some(rest));
            stored?;
            if faults.is_empty() { Ok(answer) } else { Err(Problem::InvalidContent(faults)) }
        };
        self.database.write(work).await
    }

    async fn store_part<R: NewRecord>(
        &self,
        connection: &mut AsyncPgConnection,
        lines: &[Line],
        answer: &mut Vec<u8>,
        faults: &mut Vec<Fault>,
    ) -> Result<(), Problem> {
        for group in groups(lines.iter().map(|line| self.read(line))) {
            let results = self.carry_out::<R>(connection, &group).await?;
            for ((number, _), result) in group.iter().zip(results) {
                write_result(*number, &result, answer);
                faults.extend(result.err().into_iter().flat_map(|problem| faults_of_line(problem, *number)));
            }
        }
        Ok(())
    }

    fn read(&self, line: &Line) -> ReadLine {
        let longest = self.limits.body;
        let text = line.text.as_deref().ok_or(Problem::ContentTooLarge(longest));
        (line.number, text.and_then(read))
    }

    /// Stores the lines of a group that can be, in the transaction of the connection. They are of different records, so
    /// that all of them can be judged before any is stored.
    async fn carry_out<R: NewRecord>(
        &self,
        connection: &mut AsyncPgConnection,
        group: &[ReadLine],
    ) -> Result<Vec<Result<Stands, Problem>>, Problem> {
        // A record may refer to one of a later line of its group, which is stored by then.
        connection.batch_execute("SET CONSTRAINTS ALL DEFERRED").await?;
        let keys: Vec<(&str, &str)> = group.iter().filter_map(|(_, line)| line.as_ref().ok()?.key()).collect();
        let mut known = lock_external::<R>(connection, &keys).await?;
        let mut problems: Vec<Option<Problem>> = Vec::new();
        let mut candidates = Vec::new();
        for (_, line) in group {
            let candidate = line.clone().and_then(|wanted| candidate::<R>(wanted, &mut known));
            problems.push(candidate.map(|candidate| candidates.push(candidate)).err());
        }
        let mut surroundings = Surroundings::of::<R>(connection, &candidates).await?;
        let mut records = Vec::new();
        let mut candidates = candidates.into_iter();
        for problem in problems.iter_mut().filter(|problem| problem.is_none()) {
            let Some(mut candidate) = candidates.next() else { break };
            let judged = judge::<R>(&surroundings, &self.schemas, &mut candidate);
            let Candidate { id, stored, .. } = candidate;
            let judged = match judged {
                // Such a line is alone in its group.
                Ok(record) if withdraws(&record, stored.as_ref()) => {
                    refuse_if_referenced::<R>(connection, id).await.map(|()| record)
                }
                judged => judged,
            };
            match judged {
                Ok(record) => {
                    surroundings.add(id, &record);
                    records.push(Next { id, stored, record, merged_into: None });
                }
                Err(found) => *problem = Some(found),
            }
        }
        let versions = save(connection, &records, &self.author).await?;
        let mut stands = records.iter().zip(versions).map(|(next, version)| stands(next, version));
        let internal = || Problem::Internal("a line was passed over".to_owned());
        Ok(problems
            .into_iter()
            .map(|problem| problem.map_or_else(|| stands.next().ok_or_else(internal), Err))
            .collect())
    }
}

/// What the record of a line is to become.
///
/// # Errors
/// It was withdrawn or merged, or has another version than the line says.
fn candidate<R: NewRecord>(
    wanted: Wanted,
    known: &mut HashMap<(String, String), Stored>,
) -> Result<Candidate, Problem> {
    let key = wanted.key().map(|(dataset, external_id)| (dataset.to_owned(), external_id.to_owned()));
    match key.and_then(|key| known.remove(&key)) {
        Some(stored) => {
            let stored = stored.unless_merged()?.unless_withdrawn()?;
            IfMatch(wanted.guard.map(|version| vec![version])).allow(stored.version)?;
            Ok(patched::<R>(stored, wanted.patch))
        }
        None if wanted.guard.is_some() => {
            Err(Problem::PreconditionFailed("there is no such record, so it has no version".to_owned()))
        }
        None => {
            let mut body = json!({});
            merge(&mut body, wanted.patch);
            Ok(Candidate { id: Uuid::now_v7(), stored: None, body })
        }
    }
}

/// The record of a line, which needs an external id besides what any record needs.
fn judge<R: NewRecord>(
    surroundings: &Surroundings,
    schemas: &BodySchemas,
    candidate: &mut Candidate,
) -> Result<R, Problem> {
    let nameless = candidate.body.get("external_id").is_none();
    let judged = surroundings.judge::<R>(schemas, candidate);
    if !nameless {
        return judged;
    }
    let detail = "must be there: by it, and the dataset, the line finds its record";
    let mut faults = vec![Fault::body("/external_id", FaultCode::MissingMember, detail)];
    if let Err(Problem::InvalidContent(others)) = judged {
        faults.extend(others);
    }
    Err(Problem::InvalidContent(faults))
}

fn withdraws<R: NewRecord>(record: &R, stored: Option<&Stored>) -> bool {
    record.state() == RecordState::Retracted && stored.is_some_and(|stored| !stored.is(RecordState::Retracted))
}

fn stands<R>(next: &Next<R>, version: i32) -> Stands {
    let outcome = match &next.stored {
        None => LineOutcome::Created,
        Some(stored) if stored.version == version => LineOutcome::Unchanged,
        Some(_) => LineOutcome::Updated,
    };
    (outcome, next.id, version)
}
