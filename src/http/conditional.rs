//! Headers of a write: what it changes, by version or by ETag, and why.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{EntityTag, HeaderName, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};

use super::fault::Fault;
use super::parameters::not_among;
use super::problem::Problem;
use crate::codebook::{ChangeReason, Vocabulary};

/// The header that says why a record is changed.
const CHANGE_REASON: HeaderName = HeaderName::from_static("change-reason");

/// What to do when something was changed meanwhile.
const TRY_AGAIN: &str = "read it again and apply your change to that";

/// The versions of `If-Match`; none if there is no such header.
///
/// It takes the ETag as it was given, `W/"3.…"`, or the version alone, `"3"`, and compares the version. RFC 9110 would
/// never match a weak tag; here the version is what counts.
#[derive(Clone, Debug)]
pub struct IfMatch(pub Option<Vec<i32>>);

impl IfMatch {
    /// Checks the version of a record against the header, which must be there.
    ///
    /// # Errors
    /// 428 without the header, 412 if it names another version.
    pub fn require(&self, version: i32) -> Result<(), Problem> {
        if self.0.is_none() {
            return Err(Problem::PreconditionRequired);
        }
        self.allow(version)
    }

    /// Checks the version of a record against the header, if it is there.
    ///
    /// # Errors
    /// 412 if it names another version.
    pub fn allow(&self, version: i32) -> Result<(), Problem> {
        match &self.0 {
            Some(versions) if !versions.contains(&version) => {
                Err(Problem::PreconditionFailed(format!("the record is at version {version} now; {TRY_AGAIN}")))
            }
            _ => Ok(()),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(IF_MATCH).peekable();
        if values.peek().is_none() {
            return ready(Ok(Self(None)));
        }
        let tags = values.map(|value| value.to_str().unwrap_or_default()).flat_map(|value| value.split(','));
        let versions: Option<Vec<i32>> = tags.map(|tag| version_of(tag.trim())).collect();
        ready(versions.map(|versions| Self(Some(versions))).ok_or_else(|| {
            let detail = "must be the ETag of the record as it was given, or its version in quotes, such as \"3\"";
            Problem::InvalidParameter(vec![Fault::header("If-Match", detail)])
        }))
    }
}

fn version_of(tag: &str) -> Option<i32> {
    let inner = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    let digits = inner.split_once('.').map_or(inner, |(version, _digest)| version);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // No record comes to have a version that is too large to be read: 0 stands for it, which none has either.
    is_number.then(|| digits.parse().unwrap_or(0))
}

/// Each ETag of `If-Match`, for what has no version.
///
/// They are compared as they were given, weak as they are, which RFC 9110 would never match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatchTag {
    /// There is no such header, or it takes whatever there is: `*`.
    Any,
    /// It must be one of these, without `W/` and quotes.
    Tags(Vec<String>),
}

impl IfMatchTag {
    /// Checks the tag of what is to be changed against the header; `what` it is called.
    ///
    /// # Errors
    /// 412 if the header names others.
    pub fn allow(&self, what: &str, current: &EntityTag) -> Result<(), Problem> {
        match self {
            Self::Tags(tags) if !tags.iter().any(|tag| tag == current.tag()) => {
                Err(Problem::PreconditionFailed(format!("{what} has the ETag {current} now; {TRY_AGAIN}")))
            }
            _ => Ok(()),
        }
    }
}

impl FromRequest for IfMatchTag {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let values = request.headers().get_all(IF_MATCH).map(|value| value.to_str().unwrap_or_default());
        let given: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
        if given.is_empty() || given == ["*"] {
            return ready(Ok(Self::Any));
        }
        let tags: Option<Vec<String>> = given.into_iter().map(|tag| opaque(tag).map(str::to_owned)).collect();
        ready(tags.map(Self::Tags).ok_or_else(|| {
            let detail = "must be the ETag as it was given, such as W/\"mZ5b2Qk9o0VYFq0sJ1u8bA\", or *";
            Problem::InvalidParameter(vec![Fault::header("If-Match", detail)])
        }))
    }
}

/// The tag without `W/` and quotes.
fn opaque(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    inner.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"').then_some(inner)
}

/// Why a record is changed: `Change-Reason`, by default `new_information`.
#[derive(Clone, Copy, Debug)]
pub struct Reason(pub ChangeReason);

impl FromRequest for Reason {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(CHANGE_REASON);
        let fault = |detail: String| Problem::InvalidParameter(vec![Fault::header("Change-Reason", detail)]);
        ready(match (values.next(), values.next()) {
            (None, _) => Ok(Self(ChangeReason::NewInformation)),
            (Some(_), Some(_)) => Err(fault("may stand once".to_owned())),
            (Some(value), None) => {
                let code = value.to_str().unwrap_or_default();
                let known = ChangeReason::ALL.iter().find(|reason| reason.code() == code);
                known
                    .map(|reason| Self(*reason))
                    .ok_or_else(|| fault(not_among(code, ChangeReason::ALL.iter().map(|reason| reason.code()))))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{opaque, version_of};

    #[test]
    fn a_version_is_read_from_a_tag_as_given_or_in_quotes() {
        for (tag, version) in [
            ("W/\"3.mZ5b2Qk9o0VYFq0sJ1u8bA\"", Some(3)),
            ("\"3\"", Some(3)),
            ("W/\"3\"", Some(3)),
            ("3", None),
            ("*", None),
            ("\"\"", None),
            ("\"-1\"", None),
            ("\"99999999999\"", Some(0)),
        ] {
            assert_eq!(version_of(tag), version, "{tag}");
        }
    }

    #[test]
    fn a_tag_stands_in_quotes() {
        for (tag, inner) in [
            ("W/\"mZ5b2Qk9o0VYFq0sJ1u8bA\"", Some("mZ5b2Qk9o0VYFq0sJ1u8bA")),
            ("\"x\"", Some("x")),
            ("\"\"", Some("")),
            ("x", None),
            ("\"", None),
            ("\"x", None),
            ("\"x\"y\"", None),
            ("\"x y\"", None),
            ("", None),
        ] {
            assert_eq!(opaque(tag), inner, "{tag}");
        }
    }
}
