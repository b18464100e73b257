//! What incidents are searched by.

use super::Incident;
use crate::codebook::Vocabulary;
use crate::entities::EntityRef;
use crate::search::{Document, Field, Searchable};

impl Searchable for Incident {
    fn document(&self) -> Document {
        let row = &self.row;
        let mut document = Document::new(row.title.as_str(), row.summary.as_str(), None);
        for name in [&row.location.place, &row.location.admin1].into_iter().flatten() {
            document.add(Field::Name, name.as_str());
        }
        if let Some(country) = row.location.country {
            document.add(Field::Name, &country.label().en);
            document.add(Field::Name, &country.label().ru);
        }
        for label in self.participants.iter().filter_map(|participant| participant.label.as_ref()) {
            document.add(Field::Name, label.as_str());
        }
        for charge in self.legal_steps.iter().filter_map(|step| step.charge.as_ref()) {
            document.add(Field::Text, charge.as_str());
        }
        for entity in self.entities() {
            document.add_entity(entity);
        }
        document
    }
}

impl Incident {
    /// The entities that it concerns: those that take part, claim a figure, or have or take a legal step.
    fn entities(&self) -> impl Iterator<Item = &EntityRef> {
        let participants = self.participants.iter().filter_map(|participant| participant.entity.as_ref());
        let claimants = self.figures.iter().filter_map(|figure| figure.claimant.as_ref());
        let steps = self.legal_steps.iter().flat_map(|step| step.authority.iter().chain([&step.entity]));
        participants.chain(claimants).chain(steps)
    }
}
