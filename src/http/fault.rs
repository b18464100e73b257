//! What is wrong with a request, each thing with its place and what is allowed there.

use serde::Serialize;
use utoipa::ToSchema;

/// One thing that is wrong with a request, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Where it stands.
    pub r#in: FaultPlace,
    /// What it stands in.
    #[serde(flatten)]
    pub subject: FaultSubject,
    /// What is wrong, for programs.
    pub code: FaultCode,
    /// What is wrong and what is allowed, for people.
    #[schema(
        max_length = 5000,
        pattern = r"^[^\u0000-\u001F\u007F]*$",
        example = "there is no such parameter; the nearest is `country`"
    )]
    pub detail: String,
}

/// What a fault stands in: a parameter by its name, or a member of the body by its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum FaultSubject {
    /// A parameter of the query or the path, or a header.
    #[schema(title = "Parameter")]
    Parameter {
        /// The name of the parameter or header.
        #[schema(max_length = 500, pattern = r"^[^\u0000-\u001F\u007F]*$", example = "contry")]
        name: String,
    },
    /// A member of the body.
    #[schema(title = "Member")]
    Member {
        /// The place in the body, as a JSON pointer (RFC 6901).
        #[schema(max_length = 500, pattern = "^(/[^/]*)*$", example = "/figures/0/low")]
        pointer: String,
    },
}

/// Where a fault stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FaultPlace {
    /// In the query.
    Query,
    /// In the path.
    Path,
    /// In a header.
    Header,
    /// In the body.
    Body,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// There is no parameter of this name.
    UnknownParameter,
    /// A parameter that the request needs is not there.
    MissingParameter,
    /// The parameter may stand once, with a comma between its values.
    RepeatedParameter,
    /// The value cannot be read, or is none of those allowed.
    InvalidValue,
    /// The value contradicts another parameter, or needs one that is missing.
    Conflict,
    /// The cursor is not one of ours, or was made for other filters.
    InvalidCursor,
    /// The member must be there.
    MissingMember,
    /// There is no member of this name.
    UnknownMember,
    /// The member refers to a record that does not exist.
    UnknownReference,
    /// The member refers to a record that was withdrawn or merged, or is not public.
    UnavailableReference,
    /// Another record has this already.
    Duplicate,
    /// Another record refers to this one; or a public record would refer to an internal one.
    Referenced,
}

impl Fault {
    /// A fault of a parameter of the query.
    pub fn query(name: impl Into<String>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self::parameter(FaultPlace::Query, name, code, detail)
    }

    /// A fault of a parameter of the path.
    pub fn path(name: impl Into<String>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self::parameter(FaultPlace::Path, name, code, detail)
    }

    /// A fault of a header.
    pub fn header(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::parameter(FaultPlace::Header, name, FaultCode::InvalidValue, detail)
    }

    /// A fault of a member of the body, by its JSON pointer.
    pub fn body(pointer: impl Into<String>, code: FaultCode, detail: impl Into<String>) -> Self {
        let subject = FaultSubject::Member { pointer: printable(&pointer.into(), 500) };
        Self { r#in: FaultPlace::Body, subject, code, detail: printable(&detail.into(), 5000) }
    }

    fn parameter(place: FaultPlace, name: impl Into<String>, code: FaultCode, detail: impl Into<String>) -> Self {
        let subject = FaultSubject::Parameter { name: printable(&name.into(), 500) };
        Self { r#in: place, subject, code, detail: printable(&detail.into(), 5000) }
    }

    /// The fault of a member as one of what holds it at this pointer.
    #[must_use]
    pub fn within(self, pointer: &str) -> Self {
        match self.subject {
            FaultSubject::Member { pointer: rest } => Self::body(format!("{pointer}{rest}"), self.code, self.detail),
            subject @ FaultSubject::Parameter { .. } => Self { subject, ..self },
        }
    }

    /// The place in the body, of a fault of the body.
    pub fn pointer(&self) -> Option<&str> {
        match &self.subject {
            FaultSubject::Member { pointer } => Some(pointer),
            FaultSubject::Parameter { .. } => None,
        }
    }
}

/// The text without control characters, cut to so many characters: callers' input is repeated to them only like this.
pub(super) fn printable(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).take(most).collect()
}
