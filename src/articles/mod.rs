//! Articles: the reports that incidents are coded from.
//!
//! An article is never edited to fit an incident: it says what it says, and each figure, participant and legal step of
//! an incident names the article that reports it. Its text is under copyright, so only editors see it.

pub mod filter;
pub mod handlers;
mod list;
mod matching;
pub mod model;
pub mod new;
mod searched;
mod store;

pub(crate) use handlers::{create_article, delete_article, get_article, list_articles, load_articles, patch_article};
pub use model::{Article, ArticleRef, ArticleRow, Mention};
pub use new::{NewArticle, NewMention};
