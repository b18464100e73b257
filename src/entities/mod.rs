//! Entities: the people, organisations, authorities, media, laws and places that take part in incidents.
//!
//! Everybody is an entity with an id, never a string, so that spellings and scripts cannot tear one person's record
//! apart. Other names are aliases with their language.

pub mod connections;
pub mod filter;
pub mod handlers;
mod list;
mod matching;
pub mod model;
pub mod names;
pub mod new;
pub mod relations;
mod searched;
mod store;
pub mod timeline;

pub(crate) use connections::list_entity_connections;
pub(crate) use handlers::{create_entity, delete_entity, get_entity, list_entities, load_entities, patch_entity};
pub use model::{Alias, Entity, EntityRef, EntityRow, Identifier};
pub use new::{NewEntity, NewEntityRelation};
pub use relations::{EntityRelation, RelationDirection};
pub(crate) use timeline::get_entity_timeline;
