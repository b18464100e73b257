//! Incidents: events in civic space, each with its time, place, participants, figures, legal steps and sources.
//!
//! What is in dispute stays in dispute: a figure keeps what was said, by whom, and in which article. What became of a
//! person is told by dated legal steps, not by a status of the incident.

pub mod filter;
pub mod handlers;
mod list;
mod matching;
pub mod model;
pub mod new;
pub mod parts;
pub(crate) mod refs;
pub mod relations;
mod searched;
mod store;
pub(crate) mod stored;

pub(crate) use handlers::{
    create_incident, delete_incident, get_incident, list_incidents, load_incidents, patch_incident,
};
pub use model::{Coding, Incident, IncidentRef, IncidentRow, Location};
pub use new::NewIncident;
pub use parts::{Figure, LegalStep, Participant, Penalty, Source};
pub use relations::IncidentRelation;
