//! Answers that anybody may see and that take long to make: kept in memory for as long as what they show stays the same.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::auth::View;
use super::problem::Problem;
use super::query::QueryString;
use crate::history::{self, Stamp};

/// How many bytes are kept.
const BYTES: u64 = 64 * 1024 * 1024;

/// How many answers are expected, if they are long. The memory is divided into shards of 32 expected answers at least, and what does
/// not fit into a shard is not kept: with fewer there is one shard, and it has room for any answer.
const EXPECTED: usize = 12;

/// What is asked: the path and the parameters, in whatever order they were written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question(String);

impl FromRequest for Question {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = request.extensions().get::<QueryString>().map(|query| query.canonical_without(&[]));
        ready(Ok(Self(format!("{}\0{}", request.path(), query.unwrap_or_default()))))
    }
}

/// The answers that are kept, each for one state of what anybody may read; those that were not asked for of late make room.
pub(crate) struct Kept(Cache<(Stamp, Question), Bytes, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<(Stamp, Question), Bytes> for ByBytes {
    fn weight(&self, (_, Question(question)): &(Stamp, Question), answer: &Bytes) -> u64 {
        // Never nothing, or what weighs nothing would be kept for ever.
        (question.len() + answer.len() + 200) as u64
    }
}

impl Kept {
    /// No answers yet.
    pub(crate) fn none() -> Self {
        Self(Cache::with_weighter(EXPECTED, BYTES, ByBytes))
    }

    /// The answer of the state that is read, kept or made. Who asks what is being made for another one waits for that. What is not for
    /// everybody is made each time.
    ///
    /// # Errors
    /// The database fails. That of `make` is no answer, and not kept.
    pub(crate) async fn or_made(
        &self,
        connection: &AsyncPgConnection,
        view: &View,
        question: Question,
        make: impl AsyncFnOnce() -> QueryResult<Result<Bytes, Problem>>,
    ) -> QueryResult<Result<Bytes, Problem>> {
        if !view.is_public() {
            return make().await;
        }
        let key = (history::stamp(connection, view).await?, question);
        let place = match self.0.get_value_or_guard_async(&key).await {
            Ok(kept) => return Ok(Ok(kept)),
            Err(place) => place,
        };
        // If it fails, or its caller leaves, the next of those who wait makes it.
        let answer = make().await?;
        if let Ok(answer) = &answer {
            // Refused only if it was removed meanwhile; it is kept the next time then.
            drop(place.insert(answer.clone()));
        }
        Ok(answer)
    }
}
