//! Entities: the people, organisations, authorities, media, laws and places that take part in incidents.
//!
//! Everybody is an entity with an id, never a string, so that spellings and scripts cannot tear one person's record
//! apart. Other names are aliases with their language.

pub mod connections;
pub mod filter;
pub mod handlers;
mod matching;
pub mod model;
pub mod new;
pub mod relations;
mod store;
pub mod timeline;

pub(crate) use connections::list_entity_connections;
pub(crate) use handlers::{create_entity, delete_entity, get_entity, list_entities, load_entities, patch_entity};
pub use model::{Alias, Entity, EntityRef, EntityRow, Identifier};
pub use new::{NewEntity, NewEntityRelation};
pub use relations::{EntityRelation, RelationDirection};
pub(crate) use timeline::get_entity_timeline;
