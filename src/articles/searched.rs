//! What articles are searched by. Their text is not: what it says is under copyright, and it would be told bit by bit.

use super::Article;
use crate::search::{Document, Field, Searchable};

impl Searchable for Article {
    fn document(&self) -> Document {
        let row = &self.row;
        let mut document = Document::new(row.title.as_str(), row.summary.as_str(), Some(&row.language));
        for author in &row.authors {
            document.add(Field::Name, author.as_str());
        }
        for entity in row.publisher.iter().chain(self.mentions.iter().map(|mention| &mention.entity)) {
            document.add_entity(entity);
        }
        document
    }
}
