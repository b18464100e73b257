//! With whom an entity is connected: by incidents that both have a part in, and by relations.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use tokio::try_join;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::standing;
use super::relations::relations_between;
use super::{EntityRef, EntityRelation, RelationDirection};
use crate::articles::ArticleRef;
use crate::codebook::EntityRelationType;
use crate::db::schema::entities;
use crate::db::{Database, by_owner};
use crate::history::{self, Lookup, RecordType};
use crate::http::auth::{Caller, View};
use crate::http::cursor::{CursorSecret, Position, SortKey};
use crate::http::listing::{Found, Page, PageParameters, PageRequest, TOTAL_EXACT_TO, Total, sort_orders};
use crate::http::problem::Problem;
use crate::http::record::{RecordId, RecordResponses, absent};
use crate::http::reply::Reply;
use crate::values::EntityId;

sort_orders! {
    /// The order of connections.
    ConnectionSort of "entities", default Strength {
        Strength: "-strength", by "strength", descending true, "The strongest first.";
    }
}

/// An entity with which another one is connected.
#[derive(Debug, Serialize, ToSchema)]
pub struct Connection {
    /// The entity at the other end.
    pub entity: EntityRef,
    /// In how many published incidents both take part, claim a figure or have a legal step.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 4)]
    pub incidents: i64,
    /// How the two stand to each other.
    #[schema(max_items = 400)]
    pub relations: Vec<ConnectionRelation>,
}

/// How an entity stands to the one at the other end of a connection.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionRelation {
    /// The relation, as it reads from the entity that it starts from.
    pub relation: EntityRelationType,
    /// Whether it starts from the entity that was asked for, or leads to it.
    pub direction: RelationDirection,
    /// Since when; null if that is not known.
    #[schema(example = "2010-10-10")]
    pub start_date: Option<NaiveDate>,
    /// Until when; null if that is not known, or it goes on.
    #[schema(example = "2013-03-29")]
    pub end_date: Option<NaiveDate>,
    /// The article that reports it.
    pub article: Option<ArticleRef>,
}

impl From<EntityRelation> for ConnectionRelation {
    fn from(relation: EntityRelation) -> Self {
        let EntityRelation { relation, direction, start_date, end_date, article, .. } = relation;
        Self { relation, direction, start_date, end_date, article }
    }
}

/// List the connections of an entity
///
/// The entities with which it shares published incidents, or to which it stands in a relation, in pages. `incidents` is the
/// number of incidents that concern both: each takes part in it, claims a figure of it or has a legal step in it, whatever
/// the roles. It is exact. The strongest come first: by the number of incidents, then by that of relations; the id breaks ties.
/// `/v1/incidents?entity=` finds the incidents of each.
///
/// The more incidents an entity has, the longer it takes to count them all; where it takes longer than a query may, the
/// answer is 503. An id that was merged away answers 308 with the connections of the record that took its place.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/entities/b7826df4-ed0b-5bec-8339-db6034e65863/connections?limit=5'
/// ```
#[utoipa::path(tag = "entities", params(("id" = EntityId, Path, description = "The id of the entity."), PageParameters), responses((status = 200, description = "A page of connections.", body = Page<Connection>), RecordResponses))]
#[get("/v1/entities/{id}/connections")]
pub(crate) async fn list_entity_connections(
    request: HttpRequest,
    caller: Caller,
    id: RecordId<EntityId>,
    page: PageRequest<ConnectionSort>,
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(None)?;
    let found = database.read_as(view, async |connection, view| find(connection, id.0, view, &page).await).await?;
    match found {
        Lookup::Found(found) => Ok(Reply::page(page.page(found, &secret)).respond_to(&request)),
        lookup => absent(&request, RecordType::Entity, id.0.into(), lookup),
    }
}

async fn find(
    connection: &AsyncPgConnection,
    id: EntityId,
    view: &View,
    page: &PageRequest<ConnectionSort>,
) -> QueryResult<Lookup<Found<Connection>>> {
    match standing(connection, id, view).await? {
        Lookup::Found(_) => {}
        absent => return Ok(absent.without()),
    }
    let (strengths, total, revision) = try_join!(
        strengths(connection, id, view, page),
        async { if page.include_total { count(connection, id, view).await.map(Some) } else { Ok(None) } },
        history::revision(connection),
    )?;
    let (strengths, next) = page.cut(strengths, |other| Position(other.key(), other.id));
    let records = connections(connection, id, strengths, view).await?;
    Ok(Lookup::Found(Found { records, next, total: total.map(Total::of), revision }))
}

/// How strong the connection with another entity is.
#[derive(QueryableByName)]
struct Strength {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    incidents: i64,
    #[diesel(sql_type = BigInt)]
    relations: i64,
}

impl Strength {
    fn key(&self) -> SortKey {
        SortKey::Strength(self.incidents, self.relations)
    }
}

/// Every other entity with what connects it: of `$1`, without what is in the datasets `$2`.
const CONNECTED: &str = "
    SELECT other.entity_id AS id, count(*) AS incidents, 0::bigint AS relations
    FROM incident_entities AS own JOIN incident_entities AS other ON other.incident_id = own.incident_id
    WHERE own.entity_id = $1 AND own.published AND own.dataset <> ALL ($2) AND other.entity_id <> $1
    GROUP BY other.entity_id
    UNION ALL
    SELECT target_id, 0, 1 FROM entity_relations WHERE entity_id = $1
    UNION ALL
    SELECT entity_id, 0, 1 FROM entity_relations JOIN entities ON entities.id = entity_id
    WHERE target_id = $1 AND state = 'published' AND dataset <> ALL ($2)";

/// The connections behind the one that was reached, at most as many as a page needs.
async fn strengths(
    mut connection: &AsyncPgConnection,
    id: EntityId,
    view: &View,
    page: &PageRequest<ConnectionSort>,
) -> QueryResult<Vec<Strength>> {
    let (incidents, relations, behind) = match page.after {
        Some(Position(SortKey::Strength(incidents, relations), behind)) => {
            (Some(incidents), Some(relations), Some(behind))
        }
        _ => (None, None, None),
    };
    let query = format!(
        "SELECT id, incidents, relations FROM (
            SELECT id, sum(incidents)::bigint AS incidents, sum(relations)::bigint AS relations FROM ({CONNECTED}) AS each GROUP BY id
         ) AS connected
         WHERE $5 IS NULL OR (-incidents, -relations, id) > (-$3, -$4, $5)
         ORDER BY incidents DESC, relations DESC, id LIMIT $6"
    );
    diesel::sql_query(query)
        .bind::<SqlUuid, _>(id)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<Nullable<BigInt>, _>(incidents)
        .bind::<Nullable<BigInt>, _>(relations)
        .bind::<Nullable<SqlUuid>, _>(behind)
        .bind::<BigInt, _>(page.limit + 1)
        .load(&mut connection)
        .await
}

async fn count(mut connection: &AsyncPgConnection, id: EntityId, view: &View) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let query = format!("SELECT count(*) FROM (SELECT DISTINCT id FROM ({CONNECTED}) AS each LIMIT $3) AS counted");
    let query = diesel::sql_query(query).bind::<SqlUuid, _>(id).bind::<Array<Text>, _>(&view.hidden);
    let Count { count } = query.bind::<BigInt, _>(TOTAL_EXACT_TO + 1).get_result(&mut connection).await?;
    Ok(count)
}

/// The connections of these strengths, in their order.
async fn connections(
    mut connection: &AsyncPgConnection,
    id: EntityId,
    strengths: Vec<Strength>,
    view: &View,
) -> QueryResult<Vec<Connection>> {
    let ids: Vec<EntityId> = strengths.iter().map(|other| other.id.into()).collect();
    let others = entities::table
        .filter(entities::id.eq_any(&ids))
        .select((entities::id, EntityRef::as_select()))
        .load::<(Uuid, EntityRef)>(&mut connection);
    let (others, relations) = try_join!(others, relations_between(connection, id, &ids, view))?;
    let mut others: HashMap<Uuid, EntityRef> = others.into_iter().collect();
    let mut relations = by_owner(relations.into_iter().map(|relation| (relation.entity.id, relation)));
    let connected = |Strength { id, incidents, .. }: Strength| {
        let entity = others.remove(&id)?;
        let relations = relations.remove(&entity.id).unwrap_or_default();
        Some(Connection { entity, incidents, relations: relations.into_iter().map(Into::into).collect() })
    };
    Ok(strengths.into_iter().filter_map(connected).collect())
}
