//! What can be exported: the three resources, and the values of incidents, a row each.

mod articles;
mod entities;
mod figures;
mod ftm;
mod incidents;
mod legal_steps;
mod participants;
mod values;

pub(super) use figures::FigureOf;
pub(super) use legal_steps::LegalStepOf;
pub(super) use participants::ParticipantOf;
