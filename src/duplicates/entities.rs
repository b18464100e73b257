//! Entities that may be the same: those that a name of theirs may mean, and those that registers call the same.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::decisions::Decision;
use super::model::{begin, likeliest};
use crate::codebook::{CountryCode, EntityKind, IdentifierScheme};
use crate::db::by_owner;
use crate::db::schema::{entity_relations, identifiers};
use crate::entities::{EntityRef, Identifier};
use crate::history::{Lookup, RecordType};
use crate::http::auth::View;
use crate::matching::{self, MatchCandidate, NewMatchQuery};
use crate::names::score::rounded;
use crate::values::{EntityId, LanguageTag, Line};

/// The least score of an entity that is asked about.
const LEAST: f64 = 0.85;

/// What is left of the score of an entity that a register calls something else.
const OTHER_IDENTIFIER: f64 = 0.5;

/// What is left of the score where the name that is alike says too little.
const WEAK: f64 = 0.8;

/// The registers that call each entity one thing only; of the others, one may have several.
const REGISTERS: [IdentifierScheme; 3] = [IdentifierScheme::Wikidata, IdentifierScheme::Isni, IdentifierScheme::Viaf];

/// The entities that may be the same as one.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarEntities {
    /// Those of which nothing is decided, the likeliest first.
    #[schema(max_items = 50)]
    pub data: Vec<SimilarEntity>,
    /// What is decided, the newest first.
    #[schema(max_items = 50)]
    pub decided: Vec<Decision>,
}

/// An entity that may be the same as another one.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarEntity {
    /// The entity.
    pub record: EntityRef,
    /// How likely it is the same: 1 for a common identifier.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 0.98)]
    pub score: f64,
    /// What the score is made of.
    pub features: EntityFeatures,
}

/// What the score of an entity is made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntityFeatures {
    /// How alike the most alike of their names are.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 0.96)]
    pub name: f64,
    /// Which name of the entity that was asked for that is.
    pub own_name: Line,
    /// Which name of the other that is.
    pub matched_name: Line,
    /// The language of that name.
    pub language: Option<LanguageTag>,
    /// Whether that name says too little to tell who is meant: a nickname, an acronym of three letters or less.
    #[schema(example = false)]
    pub weak: bool,
    /// Whether they are of one kind.
    #[schema(example = true)]
    pub kind: bool,
    /// Whether they are of one country, if both have one.
    #[schema(example = true)]
    pub country: Option<bool>,
    /// Whether they have the same identifier (true) or different ones of a register that has one for each (false); null if
    /// neither.
    #[schema(example = true)]
    pub identifier: Option<bool>,
}

#[derive(QueryableByName)]
struct OwnName {
    #[diesel(sql_type = Text)]
    name: Line,
    #[diesel(sql_type = Text)]
    kind: EntityKind,
    #[diesel(sql_type = Nullable<Text>)]
    country: Option<CountryCode>,
}

/// Its own name, and of its other names one of each spelling, without those that say too little.
const NAMES: &str = "
    SELECT name, kind, country FROM (
        SELECT DISTINCT ON (named.key) named.position, named.name, entities.kind, entities.country
        FROM entity_names named JOIN entities ON entities.id = named.entity_id
        WHERE named.entity_id = $1 AND (named.position = 0 OR NOT named.weak)
        ORDER BY named.key, named.position) telling
    ORDER BY position LIMIT 20";

/// The entities that may be the same as one; in the read transaction of the connection.
///
/// # Errors
/// The database fails, or takes too long.
pub(super) async fn similar(
    mut connection: &AsyncPgConnection,
    id: Uuid,
    limit: usize,
) -> QueryResult<Lookup<SimilarEntities>> {
    let decided = match begin(connection, RecordType::Entity, id).await? {
        Lookup::Found(decided) => decided,
        absent => return Ok(absent.without()),
    };
    let names: Vec<OwnName> = diesel::sql_query(NAMES).bind::<SqlUuid, _>(id).load(&mut connection).await?;
    let mut identified = identifiers_of(connection, &[id]).await?;
    let own = identified.remove(&id.into()).unwrap_or_default();
    let wanted: Vec<NewMatchQuery> = names
        .into_iter()
        .map(|OwnName { name, kind, country }| NewMatchQuery {
            kind: Some(kind),
            country,
            ..NewMatchQuery::named(name)
        })
        .enumerate()
        // The identifiers need not be looked up with each name.
        .map(|(index, wanted)| if index == 0 { NewMatchQuery { identifiers: own.clone(), ..wanted } } else { wanted })
        .collect();
    let found =
        matching::find(connection, &View::of_live(), &wanted.iter().collect::<Vec<_>>(), usize::MAX, 1.0).await?;
    let mut best = best_of(&wanted, found);
    let told_apart: HashSet<Uuid> =
        told_apart(connection, id).await?.into_iter().chain(decided.ids).chain([id]).collect();
    best.retain(|other, (_, candidate)| candidate.score >= LEAST && !told_apart.contains(&(*other).into()));
    let ids: Vec<Uuid> = best.keys().map(|id| (*id).into()).collect();
    let mut identified = identifiers_of(connection, &ids).await?;
    let judged = best
        .into_iter()
        .map(|(other, (name, candidate))| judge(name, candidate, &own, &identified.remove(&other).unwrap_or_default()));
    let judged = judged.filter(|similar| similar.score >= LEAST).collect();
    let data = likeliest(judged, limit, |similar| (similar.score, similar.record.id.into()));
    Ok(Lookup::Found(SimilarEntities { data, decided: decided.shown }))
}

/// Of each entity that was found, what the most alike of its names scores, and what the name is that it was found by.
fn best_of(wanted: &[NewMatchQuery], found: Vec<Vec<MatchCandidate>>) -> HashMap<EntityId, (Line, MatchCandidate)> {
    let mut best: HashMap<EntityId, (Line, MatchCandidate)> = HashMap::new();
    for (wanted, candidates) in wanted.iter().zip(found) {
        for mut candidate in candidates {
            if candidate.features.weak && !candidate.features.identifier {
                candidate.score *= WEAK;
            }
            let known = best.get(&candidate.entity.id);
            if known.is_none_or(|(_, known)| known.score < candidate.score) {
                best.insert(candidate.entity.id, (wanted.name.clone(), candidate));
            }
        }
    }
    best
}

/// The identifiers of these entities.
async fn identifiers_of(
    mut connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<HashMap<EntityId, Vec<Identifier>>> {
    let rows = identifiers::table
        .filter(identifiers::entity_id.eq_any(ids))
        .select((identifiers::entity_id, Identifier::as_select()));
    Ok(by_owner(rows.load::<(EntityId, Identifier)>(&mut connection).await?))
}

/// The entities to which one stands in a relation: who wrote that down told them apart.
async fn told_apart(mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<Vec<Uuid>> {
    let outgoing =
        entity_relations::table.filter(entity_relations::entity_id.eq(id)).select(entity_relations::target_id);
    let incoming =
        entity_relations::table.filter(entity_relations::target_id.eq(id)).select(entity_relations::entity_id);
    outgoing.union(incoming).load(&mut connection).await
}

fn judge(own_name: Line, candidate: MatchCandidate, own: &[Identifier], others: &[Identifier]) -> SimilarEntity {
    let MatchCandidate { entity: record, mut score, features, .. } = candidate;
    let differs = |scheme: &IdentifierScheme| {
        let has = |identifiers: &[Identifier]| identifiers.iter().any(|identifier| identifier.scheme == *scheme);
        has(own) && has(others)
    };
    let identifier = if features.identifier { Some(true) } else { REGISTERS.iter().any(differs).then_some(false) };
    if identifier == Some(false) {
        score *= OTHER_IDENTIFIER;
    }
    SimilarEntity {
        record,
        score: rounded(score),
        features: EntityFeatures {
            name: features.name,
            own_name,
            matched_name: features.matched_name,
            language: features.language,
            weak: features.weak,
            kind: features.kind.unwrap_or_default(),
            country: features.country,
            identifier,
        },
    }
}
