//! Search: which records hold the words that somebody looks for, in whatever script they are written.
//!
//! Every record is searched by its words: its title, the names in it, its text. Each word stands there as its stem, in
//! English and Russian, and as its [fold](crate::names::fold), which Latin and Cyrillic spellings of a name share.
//! Who takes part stands there by id, so a name finds a record through all the names that the entity has today, though
//! the record spells it in another way or not at all.
//!
//! `text` reads what somebody typed, `wanted` makes conditions of it, `document` makes what they are held against,
//! `stored` keeps that with every version of a record, and `finding` finds those that meet the conditions.

mod document;
pub(crate) mod finding;
pub mod handlers;
mod highlight;
pub mod model;
mod ranking;
mod stems;
mod stored;
pub mod text;
mod wanted;

pub(crate) use document::{Document, Field, Searchable};
pub(crate) use handlers::search;
pub use handlers::{SearchAnswer, SearchMeta};
pub(crate) use ranking::Hit;
pub(crate) use stored::store;
pub use text::SearchText;
pub(crate) use wanted::Wanted;
