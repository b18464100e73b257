//! The values that records are made of: ids, text, numbers and references, each with one way in.
//!
//! A value that exists is valid: its constructor checks what the API document states of it, and the database checks
//! the same once more (the domains of the first migration).

mod number;
mod reference;
mod text;

pub use number::Amount;
pub(crate) use number::serialize_plainly;
pub use reference::{ArticleId, EntityId, IncidentId, MergedInto, RecordKey};
pub use text::{ArticleBody, Charge, CurrencyCode, ExternalId, LanguageTag, Line, PenaltyUnit, Prose, Slug, Tag, Url};
