//! How entities stand to one another: stored once, shown at both ends.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use tokio::try_join;
use utoipa::ToSchema;

use super::EntityRef;
use crate::articles::ArticleRef;
use crate::codebook::{EntityRelationType, RecordState};
use crate::db::among::Among;
use crate::db::schema::{articles, entities, entity_relations};
use crate::http::auth::View;
use crate::values::EntityId;

/// How an entity stands to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityRelation {
    /// The relation, as it reads from the entity that it starts from.
    pub relation: EntityRelationType,
    /// Whether it starts from the entity that is shown, or leads to it.
    pub direction: RelationDirection,
    /// The entity at the other end.
    pub entity: EntityRef,
    /// Since when; null if that is not known. A relation without dates held at some time, and need not hold today.
    #[schema(example = "2010-10-10")]
    pub start_date: Option<NaiveDate>,
    /// Until when; null if that is not known, or it goes on.
    #[schema(example = "2013-03-29")]
    pub end_date: Option<NaiveDate>,
    /// The article that reports it.
    pub article: Option<ArticleRef>,
}

/// Which end of a relation is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RelationDirection {
    /// The relation starts from the record that is shown; only these are written.
    Outgoing,
    /// The relation leads to the record that is shown.
    Incoming,
}

impl RelationDirection {
    /// Its name in JSON and in tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Outgoing => "outgoing",
            Self::Incoming => "incoming",
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = entity_relations)]
struct RelationRow {
    relation: EntityRelationType,
    start_date: Option<NaiveDate>,
    end_date: Option<NaiveDate>,
    #[diesel(embed)]
    entity: EntityRef,
    #[diesel(embed)]
    article: Option<ArticleRef>,
}

impl RelationRow {
    fn seen(self, direction: RelationDirection) -> EntityRelation {
        let Self { relation, start_date, end_date, entity, article } = self;
        EntityRelation { relation, direction, entity, start_date, end_date, article }
    }
}

/// How an entity stands to each of some others, seen from its end.
pub(super) async fn relations_between(
    connection: &AsyncPgConnection,
    id: EntityId,
    others: &[EntityId],
    view: &View,
) -> QueryResult<Vec<EntityRelation>> {
    let own = [id.into()];
    let own = Among::each(&own);
    let (outgoing, incoming) =
        try_join!(outgoing(connection, own, Some(others)), incoming(connection, own, Some(others), view))?;
    Ok(outgoing.into_iter().chain(incoming).map(|(_, relation)| relation).collect())
}

/// The relations that start from these entities; all, or those to some others.
pub(super) async fn outgoing(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    others: Option<&[EntityId]>,
) -> QueryResult<Vec<(EntityId, EntityRelation)>> {
    let mut query = entity_relations::table
        .inner_join(entities::table.on(entities::id.eq(entity_relations::target_id)))
        .left_join(articles::table.on(entity_relations::article_id.eq(articles::id.nullable())))
        .filter(among.holds(entity_relations::entity_id))
        .order((entity_relations::entity_id, entity_relations::position))
        .into_boxed();
    if let Some(others) = others {
        query = query.filter(entity_relations::target_id.eq_any(others));
    }
    let columns = (entity_relations::entity_id, RelationRow::as_select());
    let rows = query.select(columns).load::<(EntityId, RelationRow)>(&mut connection).await?;
    Ok(rows.into_iter().map(|(id, row)| (id, row.seen(RelationDirection::Outgoing))).collect())
}

/// The relations that lead to these entities from others that may be seen; from all, or from some.
pub(super) async fn incoming(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    others: Option<&[EntityId]>,
    view: &View,
) -> QueryResult<Vec<(EntityId, EntityRelation)>> {
    let mut query = entity_relations::table
        .inner_join(entities::table.on(entities::id.eq(entity_relations::entity_id)))
        .left_join(articles::table.on(entity_relations::article_id.eq(articles::id.nullable())))
        .filter(among.holds(entity_relations::target_id))
        .filter(entities::state.eq(RecordState::Published))
        .order((entity_relations::target_id, entities::name, entities::id, entity_relations::position))
        .into_boxed();
    if !view.hidden.is_empty() {
        query = query.filter(entities::dataset.ne_all(&view.hidden));
    }
    if let Some(others) = others {
        query = query.filter(entity_relations::entity_id.eq_any(others));
    }
    let columns = (entity_relations::target_id, RelationRow::as_select());
    let rows = query.select(columns).load::<(EntityId, RelationRow)>(&mut connection).await?;
    Ok(rows.into_iter().map(|(id, row)| (id, row.seen(RelationDirection::Incoming))).collect())
}
