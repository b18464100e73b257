//! Duplicates: which records may be the same as one, and what editors decided of it.
//!
//! `articles`, `entities` and `incidents` find what may be the same as one record, by indexes alone, and score it; nothing is
//! merged by itself. `decisions` keeps what editors said, so that nobody is asked twice. `pairs` finds the likeliest pairs
//! of a whole database at once, for the command line.

mod address;
mod articles;
mod decisions;
mod entities;
pub mod handlers;
mod incidents;
mod model;
pub mod pairs;
mod stored;

pub use self::articles::{ArticleFeatures, SimilarArticle, SimilarArticles};
pub use self::decisions::{Decision, NewDecision};
pub use self::entities::{EntityFeatures, SimilarEntities, SimilarEntity};
pub(crate) use self::handlers::{
    decide_similar_article, decide_similar_entity, decide_similar_incident, list_similar_articles,
    list_similar_entities, list_similar_incidents,
};
pub use self::incidents::{IncidentFeatures, SimilarIncident, SimilarIncidents};
pub(crate) use self::stored::store_articles;
