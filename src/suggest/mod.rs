//! Type-ahead: the entities and places that somebody who begins to type a name may mean.
//!
//! Of each name its rotations are kept, which begin with each of its words, folded; so a beginning of any of its words, in
//! either script, is found by walking an index.

mod beginnings;
pub mod handlers;
pub mod model;
mod stored;
mod typed;

pub(crate) use handlers::suggest;
pub(crate) use stored::{store_entities, store_places};
