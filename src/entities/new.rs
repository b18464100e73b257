//! Entities as they are written.

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{self, Alias, Entity, Identifier};
use super::names;
use crate::codebook::{CountryCode, EntityKind, EntityRelationType, RecordState};
use crate::db::among::Among;
use crate::history::{RecordType, Revision};
use crate::http::auth::View;
use crate::search::{self, Searchable};
use crate::suggest;
use crate::values::{ExternalId, Line, Prose, RecordKey, Slug};
use crate::writing::references::Pattern;
use crate::writing::{Check, NewRecord, published};

/// An entity as it is written: what reading gives, without what is derived.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
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
    #[schema(max_items = 200)]
    pub aliases: Vec<Alias>,
    /// Who or what it is.
    #[serde(default = "Prose::empty")]
    pub description: Prose,
    /// The country that it belongs to.
    pub country: Option<CountryCode>,
    /// What other registers call it.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub identifiers: Vec<Identifier>,
    /// How it stands to others: the relations that start from it.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub relations: Vec<NewEntityRelation>,
}

/// How an entity stands to another.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntityRelation {
    /// The relation.
    pub relation: EntityRelationType,
    /// The other entity.
    pub entity: RecordKey,
    /// Since when.
    #[schema(example = "2010-10-10")]
    pub start_date: Option<NaiveDate>,
    /// Until when.
    #[schema(example = "2013-03-29")]
    pub end_date: Option<NaiveDate>,
    /// The article that reports it.
    pub article: Option<RecordKey>,
}

impl NewRecord for NewEntity {
    const TYPE: RecordType = RecordType::Entity;
    const SCHEMA: &'static str = "NewEntity";
    const REFERENCES: &'static [Pattern] =
        &[("/relations/*/entity", RecordType::Entity), ("/relations/*/article", RecordType::Article)];

    const TAKEN_OVER: &'static [&'static str] = &["aliases", "identifiers", "relations"];

    type Shown = Entity;

    async fn show(connection: &AsyncPgConnection, id: Uuid) -> QueryResult<(i32, Entity)> {
        let entity = model::show(connection, id.into()).await?;
        Ok((entity.row.version, entity))
    }

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
            let (start, end) = (("start_date", relation.start_date), ("end_date", relation.end_date));
            check.period(&format!("/relations/{i}"), start, end);
        }
    }

    async fn store(&self, connection: &AsyncPgConnection, id: Uuid, revision: &Revision) -> QueryResult<()> {
        self.store_rows(connection, id, revision).await
    }

    async fn derive(connection: &AsyncPgConnection, ids: &[Uuid]) -> QueryResult<()> {
        let records = model::of_ids(connection, Among::each(ids), &View::of_editor()).await?;
        let documents: Vec<_> = records.iter().map(|record| (record.row.id.into(), record.document())).collect();
        names::store(connection, &records).await?;
        suggest::store_entities(connection, &records).await?;
        search::store(connection, Self::TYPE, &documents).await
    }
}
