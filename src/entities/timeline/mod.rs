//! What became of an entity: its parts in incidents, legal steps and claims in the order of time.

mod handlers;
pub mod model;
mod periods;
mod status;
mod steps;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use handlers::get_entity_timeline;
pub use status::{LegalStatus, PersonLiberty, PersonProceedings};

use super::EntityRef;
use crate::articles::ArticleRef;
use crate::codebook::{DatePrecision, LegalStepType, ParticipantRole};
use crate::http::listing::Meta;
use crate::incidents::{Figure, IncidentRef, Penalty};
use crate::values::{Charge, Prose};

/// A page of what became of an entity, and where it stands if it is a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    /// The entries.
    #[schema(max_items = 200)]
    pub data: Vec<TimelineEntry>,
    /// What to know about the page.
    pub meta: Meta,
    /// Where the person stands by all of its legal steps, whatever the page; null for what is no person.
    pub status: Option<LegalStatus>,
}

/// What an entry of a timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineEntryType {
    /// The entity had a part in an incident.
    Participation,
    /// Something happened to the person at law.
    LegalStep,
    /// The entity said how many.
    Claim,
}

/// One entry of a timeline. Members that its type does not have are null.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When: of a legal step its own date, else the first day of the incident. With a precision coarser than `day`, the first
    /// day of the period in which it lies. Null if it is unknown.
    #[schema(example = "2024-02-01")]
    pub date: Option<NaiveDate>,
    /// How precisely that is known.
    pub date_precision: DatePrecision,
    /// What it is.
    #[serde(rename = "type")]
    pub entry_type: TimelineEntryType,
    /// The incident that it belongs to.
    pub incident: IncidentRef,
    /// Of a participation, the part that the entity had.
    pub role: Option<ParticipantRole>,
    /// Of a legal step, what happened.
    pub step: Option<LegalStepType>,
    /// Of a claim, what was said.
    pub figure: Option<Figure>,
    /// Of a legal step, what was imposed.
    pub penalty: Option<Penalty>,
    /// Of a legal step, the public body that did it.
    pub authority: Option<EntityRef>,
    /// Of a legal step, what the person is accused of.
    pub charge: Option<Charge>,
    /// Of a participation or a legal step, what else to know.
    pub note: Option<Prose>,
    /// The article that reports it.
    pub article: Option<ArticleRef>,
}
