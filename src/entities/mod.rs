//! Entities: the people, organisations, authorities, media, laws and places that take part in incidents.
//!
//! Everybody is an entity with an id, never a string, so that spellings and scripts cannot tear one person's record
//! apart. Other names are aliases with their language.

pub mod filter;
pub mod handlers;
pub(crate) mod list;
mod matching;
pub mod model;
pub mod names;
pub mod new;
mod searched;
mod store;

pub(crate) use handlers::{create_entity, delete_entity, get_entity, list_entities, load_entities, patch_entity};
pub(crate) use model::of_ids;
pub use model::{Alias, Entity, EntityRef, EntityRelation, EntityRow, Identifier, RelationDirection};
pub use new::{NewEntity, NewEntityRelation};
