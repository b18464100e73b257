//! The operations that export.

mod articles;
mod entities;
mod incidents;
mod values;

pub(crate) use articles::{export_articles_csv, export_articles_ndjson};
pub(crate) use entities::{export_entities_csv, export_entities_ftm, export_entities_ndjson};
pub(crate) use incidents::{export_incidents_csv, export_incidents_geojson, export_incidents_ndjson};
pub(crate) use values::{
    export_figures_csv, export_figures_ndjson, export_legal_steps_csv, export_legal_steps_ndjson,
    export_participants_csv, export_participants_ndjson,
};
