//! Answers of reads: JSON with a weak ETag, 304 when the caller has it already, and how long to keep it.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, Header, HeaderValue, IF_NONE_MATCH, IfNoneMatch, LINK, LOCATION,
};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Responder};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::auth::Caller;
use super::listing::Page;

/// For how many seconds a cache may answer anonymous callers without asking again.
pub(crate) const FRESH: u32 = 30;

/// Something that is answered as JSON.
pub struct Reply<T> {
    body: T,
    version: Option<i32>,
    link: Option<String>,
}

impl<T: Serialize> Reply<T> {
    /// An answer that has no version of its own, such as a list.
    pub fn of(body: T) -> Self {
        Self { body, version: None, link: None }
    }

    /// An answer that has a `Link` to the next page, unless it is the last one.
    pub fn linked(body: T, link: Option<String>) -> Self {
        Self { body, version: None, link }
    }

    /// One version of a record.
    pub fn versioned(version: i32, body: T) -> Self {
        Self { body, version: Some(version), link: None }
    }
}

impl<T: Serialize> Reply<Page<T>> {
    /// A page of a list, with a `Link` to the next one.
    pub fn page(mut page: Page<T>) -> Self {
        let link = page.link.take();
        Self::linked(page, link)
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match serde_json::to_vec(&self.body) {
            Ok(bytes) => respond(request, "application/json", bytes, self.version, self.link.as_deref()),
            Err(error) => {
                actix_web::ResponseError::error_response(&super::problem::Problem::Internal(error.to_string()))
            }
        }
    }
}

/// A 200 with these bytes, or a 304 if the caller's copy is the same.
pub fn respond(
    request: &HttpRequest,
    content_type: &'static str,
    bytes: impl Into<Bytes>,
    version: Option<i32>,
    link: Option<&str>,
) -> HttpResponse {
    let bytes = bytes.into();
    let tag = entity_tag(&bytes, version);
    let known = has_tag(request, &tag);
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    if let Ok(tag) = HeaderValue::from_str(&tag.to_string()) {
        answer.insert_header((ETAG, tag));
    }
    answer.insert_header((CACHE_CONTROL, cache_control(request, FRESH)));
    if let Some(link) = link {
        answer.insert_header((LINK, link));
    }
    if known {
        return answer.finish();
    }
    answer.insert_header((CONTENT_TYPE, content_type));
    answer.body(bytes)
}

/// The answer to a write: the record as it is now, with its version if it has one.
pub fn written(
    status: StatusCode,
    location: Option<&str>,
    version: impl Into<Option<i32>>,
    bytes: Vec<u8>,
) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    if let Ok(tag) = HeaderValue::from_str(&entity_tag(&bytes, version.into()).to_string()) {
        answer.insert_header((ETAG, tag));
    }
    if let Some(location) = location {
        answer.insert_header((LOCATION, location));
    }
    answer.insert_header((CACHE_CONTROL, "private, no-cache")).insert_header((CONTENT_TYPE, "application/json"));
    answer.body(bytes)
}

/// Weak, for the same record compressed in another way is the same record.
pub(crate) fn entity_tag(bytes: &[u8], version: Option<i32>) -> EntityTag {
    let digest = BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..16]);
    EntityTag::new_weak(version.map_or_else(|| digest.clone(), |version| format!("{version}.{digest}")))
}

/// Whether the caller has what this tag stands for.
pub(crate) fn has_tag(request: &HttpRequest, tag: &EntityTag) -> bool {
    request.headers().contains_key(IF_NONE_MATCH)
        && match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
            Err(_) => false,
        }
}

/// Shared caches keep what anybody may read; what a key may read belongs to its holder.
pub(crate) fn cache_control(request: &HttpRequest, fresh: u32) -> String {
    if request.extensions().get::<Caller>().is_some_and(Caller::has_key) {
        "private, no-cache".to_owned()
    } else {
        format!("public, max-age={fresh}, must-revalidate")
    }
}
