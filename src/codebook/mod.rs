//! The codebook: every closed list of codes, each literal written once.
//!
//! One macro, `vocabulary!`, turns a list into a Rust enum that serde, diesel and the `OpenAPI`
//! document read by the same codes, and [`vocabularies`] serves all of them with labels and
//! definitions. Lists that editors extend while the server runs (tags, datasets) are tables;
//! [`Term::new`] and [`VocabularyList::new`] give them the same shape.
//!
//! Codes are lower case (countries excepted, which ISO writes in capitals) and are never reused.

mod consequences;
mod countries;
mod editorial;
mod figures;
pub mod handlers;
mod kinds;
mod legal;
mod liberty;
mod people;
mod scope;
mod served;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use consequences::OnProceedings;
pub use countries::CountryCode;
pub use editorial::{
    ChangeReason, CodingMethod, DatasetAccess, DatePrecision, DuplicateDecision, IncidentRelationType, PlacePrecision,
    RecordState, SourceRole, Verification,
};
pub use figures::{ClaimantClass, Measure};
pub(crate) use handlers::list_vocabularies;
pub use kinds::IncidentKind;
pub use legal::{LegalStepType, LibertyStatus, PenaltyKind, PenaltyTimeUnit, ProceedingsStatus};
pub use liberty::{Details, Ground, Liberty, OnLiberty};
pub use people::{EntityKind, EntityRelationType, IdentifierScheme, ParticipantRole};
pub use scope::{Category, Effect, Freedom};
pub use served::{Crosswalk, Label, Term, VocabularyList, vocabularies};
pub use vocabulary::{UnknownCode, Vocabulary};
