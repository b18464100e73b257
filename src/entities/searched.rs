//! What entities are searched by.

use super::Entity;
use crate::codebook::Vocabulary;
use crate::search::{Document, Field, Searchable};

impl Searchable for Entity {
    fn document(&self) -> Document {
        let mut document = Document::new(self.row.name.as_str(), self.row.description.as_str(), None);
        for alias in &self.aliases {
            document.add(Field::Name, alias.name.as_str());
        }
        if let Some(country) = self.row.country {
            document.add(Field::Text, &country.label().en);
            document.add(Field::Text, &country.label().ru);
        }
        document
    }
}
