//! Entities in the database.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use tokio::try_join;
use utoipa::ToSchema;
use uuid::Uuid;

use super::relations::{EntityRelation, incoming, outgoing};
use crate::codebook::{CountryCode, EntityKind, IdentifierScheme, RecordState};
use crate::db::among::Among;
use crate::db::schema::{aliases, articles, entities, identifiers, incident_entities, mentions};
use crate::db::{by_owner, in_order};
use crate::history::{self, Lookup, RecordStatus, RecordType};
use crate::http::auth::View;
use crate::values::{EntityId, ExternalId, LanguageTag, Line, Prose, Slug};

/// An entity as other records show it.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = entities)]
pub struct EntityRef {
    /// Its id.
    pub id: EntityId,
    /// The name to show.
    pub name: Line,
    /// What it is.
    pub kind: EntityKind,
}

/// What an entity says of itself.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = entities)]
pub struct EntityRow {
    /// The id: a UUID, never used again.
    pub id: EntityId,
    /// How often the record was written.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dataset that it belongs to.
    pub dataset: Slug,
    /// Its id within the dataset.
    pub external_id: Option<ExternalId>,
    /// Published, draft or retracted.
    pub state: RecordState,
    /// When it was first stored.
    pub created_at: DateTime<Utc>,
    /// When the current version was stored.
    pub updated_at: DateTime<Utc>,
    /// What it is.
    pub kind: EntityKind,
    /// The name to show.
    pub name: Line,
    /// Who or what it is.
    pub description: Prose,
    /// The country that it belongs to.
    pub country: Option<CountryCode>,
}

/// An entity: somebody or something that takes part in incidents.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entity {
    /// What it says of itself.
    #[serde(flatten)]
    pub row: EntityRow,
    /// Its other names: spellings, scripts, translations, acronyms.
    #[schema(max_items = 200)]
    pub aliases: Vec<Alias>,
    /// What other registers call it.
    #[schema(max_items = 50)]
    pub identifiers: Vec<Identifier>,
    /// How it stands to other entities, seen from both ends: at most 200 that start from it, and all that lead to it.
    #[schema(max_items = 100_000)]
    pub relations: Vec<EntityRelation>,
    /// How many published articles mention it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 1)]
    pub article_count: i64,
    /// How many published incidents it takes part in, claims a figure of or has a legal step in: the total of
    /// `/v1/incidents?entity=`.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 12)]
    pub incident_count: i64,
}

/// Another name of an entity.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = aliases)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// The name.
    pub name: Line,
    /// The language that it belongs to.
    pub language: Option<LanguageTag>,
}

/// What another register calls an entity.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = identifiers)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// The register.
    pub scheme: IdentifierScheme,
    /// The identifier in it.
    pub value: Line,
}

/// The entity of an id.
///
/// # Errors
/// The database fails.
pub async fn find(connection: &AsyncPgConnection, id: EntityId, view: &View) -> QueryResult<Lookup<Entity>> {
    let row = match standing(connection, id, view).await? {
        Lookup::Found(row) => row,
        absent => return Ok(absent.without()),
    };
    let found = with_parts(connection, vec![row], view).await?.pop();
    Ok(found.map_or(Lookup::Missing, Lookup::Found))
}

/// What the entity of an id says of itself.
///
/// # Errors
/// The database fails.
pub async fn standing(mut connection: &AsyncPgConnection, id: EntityId, view: &View) -> QueryResult<Lookup<EntityRow>> {
    let mut query = entities::table.into_boxed().filter(entities::id.eq(id));
    if !view.hidden.is_empty() {
        query = query.filter(entities::dataset.ne_all(&view.hidden));
    }
    let columns = (EntityRow::as_select(), entities::merged_into);
    let Some((row, merged_into)) =
        query.select(columns).first::<(EntityRow, Option<Uuid>)>(&mut connection).await.optional()?
    else {
        return Ok(Lookup::Missing);
    };
    let status = RecordStatus { state: row.state, merged_into, version: row.version, updated_at: row.updated_at };
    let gone = history::unavailable(connection, RecordType::Entity, id.into(), &status, view).await?;
    Ok(gone.unwrap_or(Lookup::Found(row)))
}
/// The entities of these ids, in their order and in whatever state.
///
/// # Errors
/// The database fails.
pub async fn of_ids(mut connection: &AsyncPgConnection, among: Among<'_>, view: &View) -> QueryResult<Vec<Entity>> {
    let rows = entities::table.filter(among.holds(entities::id)).select(EntityRow::as_select());
    let rows = in_order(rows.load(&mut connection).await?, among.ids(), |row: &EntityRow| row.id.into());
    completed(connection, rows, among, view).await
}

/// The entity of an id as an editor sees it, in whatever state.
///
/// # Errors
/// The database fails, or there is no such entity.
pub async fn show(mut connection: &AsyncPgConnection, id: EntityId) -> QueryResult<Entity> {
    let row = entities::table.find(id).select(EntityRow::as_select()).first(&mut connection).await?;
    with_parts(connection, vec![row], &View::of_editor()).await?.pop().ok_or(diesel::NotFound)
}

/// Entities of their rows.
pub(super) async fn with_parts(
    connection: &AsyncPgConnection,
    rows: Vec<EntityRow>,
    view: &View,
) -> QueryResult<Vec<Entity>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.into()).collect();
    completed(connection, rows, Among::each(&ids), view).await
}

/// Entities of their rows: the parts and counts of all of them are fetched in one round trip.
async fn completed(
    connection: &AsyncPgConnection,
    rows: Vec<EntityRow>,
    among: Among<'_>,
    view: &View,
) -> QueryResult<Vec<Entity>> {
    let (mut c1, mut c2) = (connection, connection);
    let aliases = aliases::table
        .filter(among.holds(aliases::entity_id))
        .order((aliases::entity_id, aliases::position))
        .select((aliases::entity_id, Alias::as_select()))
        .load::<(EntityId, Alias)>(&mut c1);
    let identifiers = identifiers::table
        .filter(among.holds(identifiers::entity_id))
        .order((identifiers::entity_id, identifiers::position))
        .select((identifiers::entity_id, Identifier::as_select()))
        .load::<(EntityId, Identifier)>(&mut c2);
    let (aliases, identifiers, outgoing, incoming, articles, incidents) = try_join!(
        aliases,
        identifiers,
        outgoing(connection, among, None),
        incoming(connection, among, None, view),
        article_counts(connection, among, view),
        incident_counts(connection, among, view),
    )?;
    let (mut aliases, mut identifiers) = (by_owner(aliases), by_owner(identifiers));
    let mut relations = by_owner(outgoing.into_iter().chain(incoming));
    Ok(rows
        .into_iter()
        .map(|row| Entity {
            aliases: aliases.remove(&row.id).unwrap_or_default(),
            identifiers: identifiers.remove(&row.id).unwrap_or_default(),
            relations: relations.remove(&row.id).unwrap_or_default(),
            article_count: articles.get(&row.id).copied().unwrap_or(0),
            incident_count: incidents.get(&row.id).copied().unwrap_or(0),
            row,
        })
        .collect())
}

async fn article_counts(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    view: &View,
) -> QueryResult<HashMap<EntityId, i64>> {
    let mut counts = mentions::table
        .inner_join(articles::table.on(articles::id.eq(mentions::article_id)))
        .filter(among.holds(mentions::entity_id))
        .filter(articles::state.eq(RecordState::Published))
        .group_by(mentions::entity_id)
        .select((mentions::entity_id, count_star()))
        .into_boxed();
    if !view.hidden.is_empty() {
        counts = counts.filter(articles::dataset.ne_all(&view.hidden));
    }
    Ok(counts.load(&mut connection).await?.into_iter().collect())
}

async fn incident_counts(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    view: &View,
) -> QueryResult<HashMap<EntityId, i64>> {
    let mut counts = incident_entities::table
        .filter(among.holds(incident_entities::entity_id))
        .filter(incident_entities::published)
        .group_by(incident_entities::entity_id)
        .select((incident_entities::entity_id, count_star()))
        .into_boxed();
    if !view.hidden.is_empty() {
        counts = counts.filter(incident_entities::dataset.ne_all(&view.hidden));
    }
    Ok(counts.load(&mut connection).await?.into_iter().collect())
}
