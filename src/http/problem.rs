//! What the API answers when it cannot answer: RFC 9457 problems, one closed list.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpResponse, ResponseError};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::{Fault, printable};
use super::lines::MOST_LINES;
use super::problem_type::ProblemType;
use crate::codebook::ChangeReason;

/// The most faults that one answer lists, so that a small request cannot ask for a huge answer.
const MOST_FAULTS: usize = 100;

/// Why two writers that met both failed; [`Database::write`](crate::db::Database::write) tries again.
pub(crate) const COLLISION: &str = "others write the same records; try again";

/// What is said when the connection to the database is gone.
pub(crate) const OUT_OF_REACH: &str = "the database cannot be reached";

/// What is said of what is broken off because it takes too long.
pub(crate) const TOO_LONG: &str = "the query took too long; narrow it with more filters";

/// A request that failed, as a handler or a middleware returns it. It is logged where it is answered, if at all.
#[derive(Clone, Debug)]
pub enum Problem {
    /// Parameters of the path, the query or the head are wrong.
    InvalidParameter(Vec<Fault>),
    /// A read came with a body.
    UnexpectedBody,
    /// The key is wrong, expired or revoked, or one is needed; says which.
    Unauthenticated(&'static str),
    /// The key is good, but its role does not allow this.
    Forbidden(&'static str),
    /// There is no such record; says which.
    NotFound(String),
    /// Nothing is served at this path; may name one that is.
    UnknownPath(Option<String>),
    /// The path is served, but not with this method; lists those that are.
    MethodNotAllowed(String),
    /// The file has so many bytes, and not the part that is asked for.
    RangeNotSatisfiable(u64),
    /// The record was there, and was withdrawn.
    Gone(Box<Tombstone>),
    /// The answer would be larger than is given; says by which parameter.
    AnswerTooLarge(Vec<Fault>),
    /// The body is larger than so many bytes.
    ContentTooLarge(u64),
    /// The body has more lines than are taken.
    TooManyLines,
    /// The body is of a media type that is not taken; says which are.
    UnsupportedMediaType(&'static str),
    /// The body is no JSON; says where and why.
    InvalidJson(String),
    /// The body is JSON and cannot be stored.
    InvalidContent(Vec<Fault>),
    /// The request does not say which version it changes.
    PreconditionRequired,
    /// What is changed is not what the request says that it changes; says what it is now.
    PreconditionFailed(String),
    /// References stand in the way of the change; names them.
    Referenced(Vec<Fault>),
    /// The record was merged into this one, which is to be written instead.
    Merged(Uuid),
    /// The record cannot be merged, or not come back, as things stand; says why.
    MergeConflict(Vec<Fault>),
    /// A request with the same `Idempotency-Key` is being carried out.
    InFlight,
    /// Another request was carried out under the same `Idempotency-Key`.
    KeyReused,
    /// The quota is used up for so many seconds.
    TooManyRequests(u64),
    /// The database cannot be reached or is busy; says which.
    Unavailable(&'static str),
    /// A fault of ours; what it was goes to the log alone.
    Internal(String),
}

/// What is left of a record that was withdrawn.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tombstone {
    /// Its id.
    pub id: Uuid,
    /// When it was withdrawn.
    pub deleted_at: DateTime<Utc>,
    /// Why it was withdrawn.
    pub reason: ChangeReason,
    /// The record that took its place, if one did.
    pub replaced_by: Option<Uuid>,
}

/// Why a request failed, as `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// The type of the problem; the page at this address explains it.
    #[schema(max_length = 100, pattern = "^/problems/[a-z-]+$", example = "/problems/invalid-parameter")]
    r#type: String,
    /// The type in words.
    #[schema(max_length = 100, pattern = r"^[^\u0000-\u001F\u007F]+$", example = "A parameter is wrong")]
    title: &'a str,
    /// The status of the answer.
    #[schema(format = Int32, minimum = 400, maximum = 599, example = 400)]
    status: u16,
    /// What is wrong with this request.
    #[schema(max_length = 5000, pattern = r"^[^\u0000-\u001F\u007F]*$", example = "1 parameter is wrong: `contry`")]
    detail: String,
    /// This very failure; name it when you report it.
    #[schema(
        max_length = 45,
        pattern = "^urn:uuid:[0-9a-f-]{36}$",
        example = "urn:uuid:0190d6a0-0000-7000-8000-000000000001"
    )]
    instance: String,
    /// Each thing that is wrong with the request; the first 100 if there are more.
    #[schema(max_items = 100)]
    errors: &'a [Fault],
}

/// That a record was withdrawn: a problem with what is left of the record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GoneProblem)]
pub struct GoneBody<'a> {
    #[serde(flatten)]
    problem: ProblemBody<'a>,
    /// What is left of the record.
    tombstone: &'a Tombstone,
}

impl Problem {
    /// Which of the documented types it is.
    pub fn problem_type(&self) -> ProblemType {
        match self {
            Self::InvalidParameter(_) => ProblemType::InvalidParameter,
            Self::UnexpectedBody => ProblemType::UnexpectedBody,
            Self::Unauthenticated(_) => ProblemType::Unauthenticated,
            Self::Forbidden(_) => ProblemType::Forbidden,
            Self::NotFound(_) => ProblemType::NotFound,
            Self::UnknownPath(_) => ProblemType::UnknownPath,
            Self::MethodNotAllowed(_) => ProblemType::MethodNotAllowed,
            Self::RangeNotSatisfiable(_) => ProblemType::RangeNotSatisfiable,
            Self::Gone(_) => ProblemType::Gone,
            Self::AnswerTooLarge(_) => ProblemType::AnswerTooLarge,
            Self::ContentTooLarge(_) | Self::TooManyLines => ProblemType::ContentTooLarge,
            Self::UnsupportedMediaType(_) => ProblemType::UnsupportedMediaType,
            Self::InvalidJson(_) => ProblemType::InvalidJson,
            Self::InvalidContent(_) => ProblemType::InvalidContent,
            Self::PreconditionRequired => ProblemType::PreconditionRequired,
            Self::PreconditionFailed(_) => ProblemType::PreconditionFailed,
            Self::Referenced(_) => ProblemType::Referenced,
            Self::Merged(_) => ProblemType::Merged,
            Self::MergeConflict(_) => ProblemType::MergeConflict,
            Self::InFlight => ProblemType::InFlight,
            Self::KeyReused => ProblemType::KeyReused,
            Self::TooManyRequests(_) => ProblemType::TooManyRequests,
            Self::Unavailable(_) => ProblemType::Unavailable,
            Self::Internal(_) => ProblemType::InternalError,
        }
    }

    /// What is said of it, and logged if it is ours.
    pub fn body(&self) -> ProblemBody<'_> {
        let kind = self.problem_type();
        let instance = Uuid::now_v7();
        match self {
            Self::Internal(cause) => log::error!("{instance} {cause}"),
            Self::Unavailable(why) => log::warn!("{instance} {why}"),
            _ => {}
        }
        ProblemBody {
            r#type: kind.path(),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: printable(&self.detail(), 5000),
            instance: instance.urn().to_string(),
            errors: self.faults(),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::InvalidParameter(faults) | Self::AnswerTooLarge(faults) => match faults.as_slice() {
                [fault] => fault.detail.clone(),
                faults if faults.len() > MOST_FAULTS => {
                    format!("{} parameters are wrong; the first {MOST_FAULTS} are in `errors`", faults.len())
                }
                faults => format!("{} parameters are wrong; see `errors`", faults.len()),
            },
            Self::UnexpectedBody => "this request takes no body; send it without one".to_owned(),
            Self::Unauthenticated(why) | Self::Forbidden(why) | Self::Unavailable(why) => (*why).to_owned(),
            Self::NotFound(what) | Self::PreconditionFailed(what) => what.clone(),
            Self::UnknownPath(None) => "nothing is served here; /openapi.json lists what is".to_owned(),
            Self::UnknownPath(Some(nearest)) => format!("nothing is served here; the nearest path is {nearest}"),
            Self::MethodNotAllowed(allow) => format!("this path takes {allow}"),
            Self::RangeNotSatisfiable(length) => format!("the file has {length} bytes; ask for some of those"),
            Self::Gone(_) => "the record was withdrawn; `tombstone` says when and why".to_owned(),
            Self::ContentTooLarge(most) => format!("at most {most} bytes are taken"),
            Self::TooManyLines => format!("at most {MOST_LINES} lines are taken; send the others as another batch"),
            Self::UnsupportedMediaType(allowed) => format!("send the body as {allowed}, not compressed"),
            Self::InvalidJson(why) => why.clone(),
            Self::InvalidContent(faults) => match faults.as_slice() {
                [fault] => fault.detail.clone(),
                faults => format!("{} members of the body are wrong; see `errors`", faults.len()),
            },
            Self::PreconditionRequired => {
                "name the version that you change: `If-Match` with the ETag of your last read, or \"<version>\""
                    .to_owned()
            }
            Self::Referenced(faults) => format!("{} references stand in the way; see `errors`", faults.len()),
            Self::Merged(survivor) => format!("the record was merged into {survivor}; write to that one"),
            Self::MergeConflict(faults) => match faults.as_slice() {
                [fault] => fault.detail.clone(),
                faults => format!("{} things stand in the way; see `errors`", faults.len()),
            },
            Self::InFlight => "a request with this Idempotency-Key is being carried out; try again".to_owned(),
            Self::KeyReused => "another request was carried out under this Idempotency-Key; use a new one".to_owned(),
            Self::TooManyRequests(seconds) => {
                format!("the quota is used up; try again in {seconds} seconds, or use a key, which has a higher one")
            }
            Self::Internal(_) => "an error of ours, which is logged; please report the instance".to_owned(),
        }
    }

    fn faults(&self) -> &[Fault] {
        match self {
            Self::InvalidParameter(faults)
            | Self::AnswerTooLarge(faults)
            | Self::InvalidContent(faults)
            | Self::Referenced(faults)
            | Self::MergeConflict(faults) => &faults[..faults.len().min(MOST_FAULTS)],
            _ => &[],
        }
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        match self {
            Self::MethodNotAllowed(allow) => vec![(ALLOW, allow.clone())],
            Self::RangeNotSatisfiable(length) => vec![(CONTENT_RANGE, format!("bytes */{length}"))],
            Self::TooManyRequests(seconds) => vec![(RETRY_AFTER, seconds.to_string())],
            Self::Unavailable(_) => vec![(RETRY_AFTER, "5".to_owned())],
            Self::InFlight => vec![(RETRY_AFTER, "1".to_owned())],
            Self::Unauthenticated(_) => vec![(WWW_AUTHENTICATE, "Bearer realm=\"civicspace\"".to_owned())],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem_type().slug(), self.detail())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.problem_type().status()
    }

    fn error_response(&self) -> HttpResponse {
        let kind = self.problem_type();
        let mut answer = HttpResponse::build(kind.status());
        for (name, value) in self.headers() {
            if let Ok(value) = HeaderValue::from_str(&value) {
                answer.insert_header((name, value));
            }
        }
        let body = self.body();
        answer.insert_header((CONTENT_TYPE, "application/problem+json"));
        let bytes = match self {
            Self::Gone(tombstone) => serde_json::to_vec(&GoneBody { problem: body, tombstone }),
            _ => serde_json::to_vec(&body),
        };
        answer.body(bytes.unwrap_or_default())
    }
}

impl From<diesel::result::Error> for Problem {
    /// A failed statement is a fault of ours, unless it was cut off by the time-out, or the connection is gone.
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match &error {
            Error::BrokenTransactionManager | Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
                Self::Unavailable(OUT_OF_REACH)
            }
            // What cannot be sent may also be a value that does not fit: a fault of ours.
            Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, information)
                if ["connection closed", "error communicating"]
                    .iter()
                    .any(|gone| information.message().starts_with(gone)) =>
            {
                Self::Unavailable(OUT_OF_REACH)
            }
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Unavailable(COLLISION),
            Error::DatabaseError(_, information) if information.message().contains("deadlock detected") => {
                Self::Unavailable(COLLISION)
            }
            Error::DatabaseError(_, information) if information.message().contains("statement timeout") => {
                Self::Unavailable(TOO_LONG)
            }
            Error::DatabaseError(_, information) if information.message().contains("administrator command") => {
                Self::Unavailable("the database is restarting")
            }
            error => Self::Internal(error.to_string()),
        }
    }
}
