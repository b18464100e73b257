//! Files that never change, whole or in part: with a strong ETag, so that a download that broke off can go on.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, EntityTag,
    Header, HttpDate, IF_NONE_MATCH, IF_RANGE, IfModifiedSince, IfRange, LAST_MODIFIED, Range,
};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};

use super::problem::Problem;
use super::reply::{cache_control, has_tag};

/// For how many seconds a cache may answer without asking again: a file may be withdrawn at any moment.
const FRESH: u32 = 0;

/// How many bytes are read at a time.
const CHUNK: u64 = 65_536;

/// A file that never changes.
#[derive(Debug)]
pub struct Download {
    /// The file itself.
    pub file: File,
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// How many bytes it has; one at least.
    pub length: u64,
    /// The digest of its bytes.
    pub digest: String,
    /// Since when it is there.
    pub modified: DateTime<Utc>,
}

impl Download {
    /// The file, the part of it that is asked for, or a 304 if the caller has it already.
    ///
    /// # Errors
    /// 416 for a part that it does not have.
    pub fn respond(self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        let tag = EntityTag::new_strong(self.digest);
        // Headers know whole seconds alone.
        let seconds = Duration::from_secs(self.modified.timestamp().unsigned_abs());
        let modified = HttpDate::from(SystemTime::UNIX_EPOCH + seconds);
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((ETAG, tag.to_string()))
            .insert_header((LAST_MODIFIED, modified.to_string()))
            .insert_header((CACHE_CONTROL, cache_control(request, FRESH)))
            .insert_header((ACCEPT_RANGES, "bytes"));
        if is_known(request, &tag, modified) {
            return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
        }
        answer
            .insert_header((CONTENT_TYPE, self.content_type))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)))
            // Tells the middleware that compresses answers to leave it alone; the envelope takes it away again.
            .insert_header((CONTENT_ENCODING, "identity"));
        let part = part(request, &tag, modified, self.length)?;
        let (first, last) = part.unwrap_or((0, self.length - 1));
        if part.is_some() {
            let range = format!("bytes {first}-{last}/{}", self.length);
            answer.status(StatusCode::PARTIAL_CONTENT).insert_header((CONTENT_RANGE, range));
        }
        Ok(answer.body(SizedStream::new(last - first + 1, chunks(self.file, first, last + 1))))
    }
}

/// Whether the caller has the file. As RFC 9110 has it, a date counts for nothing beside a tag.
fn is_known(request: &HttpRequest, tag: &EntityTag, modified: HttpDate) -> bool {
    has_tag(request, tag)
        || !request.headers().contains_key(IF_NONE_MATCH)
            && IfModifiedSince::parse(request).is_ok_and(|IfModifiedSince(since)| since >= modified)
}

/// The first and the last byte that are asked for; none for the whole file. Several parts at once are not given, nor a
/// part of another version than the caller has: then it gets the whole, as RFC 9110 has it.
fn part(
    request: &HttpRequest,
    tag: &EntityTag,
    modified: HttpDate,
    length: u64,
) -> Result<Option<(u64, u64)>, Problem> {
    let Ok(Range::Bytes(ranges)) = Range::parse(request) else { return Ok(None) };
    let [range] = ranges.as_slice() else { return Ok(None) };
    let same_version = !request.headers().contains_key(IF_RANGE)
        || match IfRange::parse(request) {
            Ok(IfRange::EntityTag(known)) => known.strong_eq(tag),
            Ok(IfRange::Date(known)) => known == modified,
            Err(_) => false,
        };
    if !same_version {
        return Ok(None);
    }
    range.to_satisfiable_range(length).map(Some).ok_or(Problem::RangeNotSatisfiable(length))
}

/// The bytes from one place to before another. Nothing but the open file is held while the caller takes its time.
fn chunks(file: File, from: u64, to: u64) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold((Arc::new(file), from), move |(file, at)| async move {
        let size = usize::try_from(CHUNK.min(to - at)).map_err(io::Error::other)?;
        if size == 0 {
            return Ok(None);
        }
        let reader = file.clone();
        let read = web::block(move || {
            let mut bytes = vec![0; size];
            reader.read_exact_at(&mut bytes, at).map(|()| Bytes::from(bytes))
        });
        let bytes = read.await.map_err(io::Error::other)??;
        let next = at + bytes.len() as u64;
        Ok(Some((bytes, (file, next))))
    })
}
