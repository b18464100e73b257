//! What every answer carries, whatever became of the request: its id, CORS, and a problem even after a panic.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Version;
use actix_web::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_ENCODING,
    HeaderMap, HeaderName, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError};
use futures_util::FutureExt;
use uuid::Uuid;

use super::problem::Problem;

/// The header that names a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answer headers that a page of another origin may read.
const EXPOSED_HEADERS: &str = "ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Content-Disposition, \
     Content-Range";

/// The outermost middleware.
///
/// # Errors
/// A panic further in, as an error that answers with the same headers as every other.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = request_id(request.headers());
    // RFC 9110 lets a server answer uncompressed where every coding is refused, which is better than not at all. And a
    // compressed answer comes in chunks, which HTTP/1.0 does not know.
    if refuses_every_coding(request.headers()) || request.version() < Version::HTTP_11 {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    log::debug!("{id:?} {} {}", request.method(), request.path());
    let problem = match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => {
            let mut response = response.map_into_boxed_body();
            let failed = response.status().is_client_error() || response.status().is_server_error();
            seal(response.headers_mut(), id, failed);
            return Ok(response);
        }
        Ok(Err(error)) => Problem::Internal(error.to_string()),
        Err(panic) => Problem::Internal(format!("panic: {}", message(panic.as_ref()))),
    };
    Err(Sealed { problem, id }.into())
}

/// A problem that takes the headers of the envelope with it.
#[derive(Debug)]
struct Sealed {
    problem: Problem,
    id: HeaderValue,
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl ResponseError for Sealed {
    fn error_response(&self) -> HttpResponse {
        let mut answer = self.problem.error_response();
        seal(answer.headers_mut(), self.id.clone(), true);
        answer
    }
}

/// Whether an `Accept-Encoding` gives no weight to an answer that is not compressed.
fn refuses_every_coding(headers: &HeaderMap) -> bool {
    let refuses = |coding: &str| {
        let coding = coding.replace([' ', '\t'], "").to_lowercase();
        let weight = coding.strip_prefix("*;q=").or_else(|| coding.strip_prefix("identity;q="));
        weight.is_some_and(|weight| weight.parse() == Ok(0.0))
    };
    let values = headers.get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(refuses)
}

fn seal(headers: &mut HeaderMap, id: HeaderValue, failed: bool) {
    headers.insert(REQUEST_ID, id);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding, Authorization"));
    // It says that nothing was done to the answer, and is meant for the middleware that would have compressed it.
    if headers.get(CONTENT_ENCODING).is_some_and(|coding| coding == "identity") {
        headers.remove(CONTENT_ENCODING);
    }
    if failed || !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// The caller's own id for its request if it is sane, else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let sane = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (1..=128).contains(&bytes.len()) && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
    };
    headers.get(REQUEST_ID).filter(sane).cloned().unwrap_or_else(|| {
        HeaderValue::from_str(&Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("none"))
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
