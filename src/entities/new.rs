//! Entities as they are written.

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{Alias, Identifier};
use crate::codebook::{CountryCode, EntityKind, EntityRelationType, RecordState};
use crate::history::{Origin, RecordType, SaveOutcome};
use crate::values::{ExternalId, Line, Prose, RecordKey, Slug};
use crate::writing::{Check, NewRecord, Reference, published};

/// An entity as it is written: what reading gives, without what is derived.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEntity {
    /// The dataset that it belongs to.
    #[serde(default = "Slug::default_dataset")]
    pub dataset: Slug,
    /// Its id within the dataset.
    pub external_id: Option<ExternalId>,
    /// Published, or draft.
    #[serde(default = "published")]
    pub state: RecordState,
    /// What it is.
    pub kind: EntityKind,
    /// The name to show.
    pub name: Line,
    /// Its other names.
    #[serde(default)]
    pub aliases: Vec<Alias>,
    /// Who or what it is.
    #[serde(default = "Prose::empty")]
    pub description: Prose,
    /// The country that it belongs to.
    pub country: Option<CountryCode>,
    /// What other registers call it.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// How it stands to others: the relations that start from it.
    #[serde(default)]
    pub relations: Vec<NewEntityRelation>,
}

/// How an entity stands to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEntityRelation {
    /// The relation.
    pub relation: EntityRelationType,
    /// The other entity.
    pub entity: RecordKey,
    /// Since when.
    pub start_date: Option<NaiveDate>,
    /// Until when.
    pub end_date: Option<NaiveDate>,
    /// The article that reports it.
    pub article: Option<RecordKey>,
}

impl NewRecord for NewEntity {
    const TYPE: RecordType = RecordType::Entity;

    fn state(&self) -> RecordState {
        self.state
    }

    fn key(&self) -> (&Slug, Option<&ExternalId>) {
        (&self.dataset, self.external_id.as_ref())
    }

    fn check(&self, check: &mut Check) {
        check.few("/aliases", self.aliases.len(), 200);
        check.few("/identifiers", self.identifiers.len(), 50);
        check.few("/relations", self.relations.len(), 200);
        for (i, relation) in self.relations.iter().enumerate() {
            check.period(&format!("/relations/{i}"), relation.start_date, relation.end_date);
        }
    }

    fn references(&mut self) -> Vec<Reference<'_>> {
        let relations = self.relations.iter_mut().enumerate();
        relations
            .flat_map(|(i, NewEntityRelation { entity, article, .. })| {
                let article =
                    article.iter_mut().map(move |key| Reference::article(format!("/relations/{i}/article"), key));
                article.chain([Reference::entity(format!("/relations/{i}/entity"), entity)])
            })
            .collect()
    }

    async fn save(&self, connection: &mut AsyncPgConnection, id: Uuid, origin: Origin) -> QueryResult<SaveOutcome> {
        self.store(connection, id, origin).await
    }
}
