//! Feeds of Atom (RFC 4287) for those who watch with a reader of feeds: the records of a list, those changed last first,
//! with all filters of the list and page by page (RFC 5005).
//!
//! Nothing in a feed is of the moment at which it is read, so that it is the same, with its ETag, for as long as its records
//! are. An entry has the id of its record, a feed one made of its path and filters: neither depends on the server.

mod entries;
mod feed;
mod handlers;
mod request;
mod web_address;

pub(crate) use handlers::{get_article_feed, get_incident_feed};
pub use web_address::Site;
