//! Reading one record: its id out of the path, and the answers for a record that is not there.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use utoipa::IntoResponses;
use uuid::Uuid;

use super::fault::{Fault, FaultCode};
use super::parameters::uuid;
use super::problem::{GoneBody, Problem};
use super::reply::Reply;
use crate::history::{Lookup, RecordType};
use crate::values::MergedInto;

/// The id in the path.
#[derive(Clone, Copy, Debug)]
pub struct RecordId<T>(pub T);

impl<T: From<Uuid>> FromRequest for RecordId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = uuid(request.match_info().query("id")).map(|id| Self(id.into()));
        ready(id.map_err(|why| Problem::InvalidParameter(vec![Fault::path("id", FaultCode::InvalidValue, why)])))
    }
}

/// What the read of one record can answer beside the record.
#[derive(IntoResponses)]
pub enum RecordResponses {
    /// The record was merged into another one, at `Location`.
    #[response(status = 308)]
    Merged(MergedInto),
    /// There is no such record, or it is not published.
    #[response(status = 404)]
    NotFound,
    /// The record was withdrawn.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(GoneBody<'static>),
}

/// The answer for what was found under an id.
///
/// # Errors
/// 404 and 410.
pub fn answer<T: Serialize>(
    request: &HttpRequest,
    record_type: RecordType,
    id: Uuid,
    found: Lookup<T>,
    version: impl Fn(&T) -> i32,
) -> Result<HttpResponse, Problem> {
    match found {
        Lookup::Found(record) => Ok(Reply::versioned(version(&record), record).respond_to(request)),
        lookup => absent(request, record_type, id, lookup),
    }
}

/// The answer for a record that is not there to be shown. What was asked of a merged record is found under the same name
/// below the record that took its place.
///
/// # Errors
/// 404 and 410.
pub fn absent<T>(
    request: &HttpRequest,
    record_type: RecordType,
    id: Uuid,
    found: Lookup<T>,
) -> Result<HttpResponse, Problem> {
    match found {
        Lookup::Found(_) | Lookup::Missing => Err(Problem::NotFound(format!("there is no {record_type} {id}"))),
        Lookup::Merged(survivor) => Ok(HttpResponse::PermanentRedirect()
            .insert_header((LOCATION, location(request, record_type, survivor)))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .json(MergedInto { id, merged_into: survivor })),
        Lookup::Withdrawn(tombstone) => Err(Problem::Gone(tombstone)),
    }
}

/// Where the same is asked of the survivor of a merge.
fn location(request: &HttpRequest, record_type: RecordType, survivor: Uuid) -> String {
    let below = request.match_pattern().and_then(|pattern| Some(pattern.split_once("{id}")?.1.to_owned()));
    let query = request.uri().query().map(|query| format!("?{query}"));
    format!("/v1/{}/{survivor}{}{}", record_type.plural(), below.unwrap_or_default(), query.unwrap_or_default())
}
