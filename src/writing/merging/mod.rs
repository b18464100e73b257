//! Merging a record into another one, and undoing it.
//!
//! What led to the merged record leads to the survivor, which also takes over its names and the items of its lists. Of
//! each item that this moves is kept what it was before any merge, with what editors changed since, so that merges are
//! undone in any order and after later writes. Records that are merged or withdrawn are kept up to date like all others:
//! they may come back.

mod arranging;
mod handlers;
mod holders;
mod items;
mod moves;

pub use handlers::{MergeResponses, NewMerge, NewUnmerge, UnmergeResponses};
pub(crate) use handlers::{
    merge_article, merge_entity, merge_incident, unmerge_article, unmerge_entity, unmerge_incident,
};

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;
use uuid::Uuid;

pub(super) use self::holders::follow;
use self::holders::{cannot_come_back, give_back, redirect, referrers, take_over};
use super::NewRecord;
use super::judging::{Candidate, Surroundings};
use super::schema::BodySchemas;
use super::stored::{Next, Stored, lock_all, lock_alone, save_moved};
use crate::articles::NewArticle;
use crate::codebook::{RecordState, Vocabulary};
use crate::datasets::keep_access;
use crate::db::schema::merges;
use crate::entities::NewEntity;
use crate::history::{Author, RecordType};
use crate::http::conditional::IfMatch;
use crate::http::fault::{Fault, FaultCode};
use crate::http::problem::Problem;
use crate::incidents::NewIncident;

/// Merges a record into another one.
///
/// # Errors
/// 404 and 410 if there is no such record, 409 if it was merged already or is a draft, 412 by `If-Match`, 422 if the other
/// cannot take its place.
pub(super) async fn merge<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    from: Uuid,
    to: Uuid,
    if_match: &IfMatch,
    author: &Author,
) -> Result<(), Problem> {
    begin(connection).await?;
    for holder in HOLDERS {
        let ids = referrers(connection, holder, (R::TYPE, from)).await?;
        lock_ids(connection, holder, &ids).await?;
    }
    let (merged, survivor) = lock_pair::<R>(connection, from, to, if_match).await?;
    diesel::insert_into(merges::table)
        .values((merges::record_type.eq(R::TYPE.code()), merges::merged_id.eq(from), merges::survivor_id.eq(to)))
        .execute(connection)
        .await?;
    let mut content = merged.content.clone();
    content["state"] = RecordState::Retracted.code().into();
    let next = Next { id: from, stored: Some(merged.clone()), record: typed::<R>(content)?, merged_into: Some(to) };
    save_moved(connection, &[next], author).await?;
    lead(connection, R::TYPE, &[from], Some(to)).await?;
    let chained = merged_before(connection, R::TYPE, from).await?;
    lead_again(connection, R::TYPE, &chained, to).await?;
    take_over::<R>(connection, &merged, survivor, author).await?;
    let of = (R::TYPE, from);
    redirect::<NewArticle>(connection, of, author).await?;
    redirect::<NewEntity>(connection, of, author).await?;
    redirect::<NewIncident>(connection, of, author).await
}

/// Undoes a merge: the record is there again, and what led to it leads to it again, except where that was changed since.
///
/// # Errors
/// 404 if there is no such record, 409 if it was not merged or cannot come back, 412 by `If-Match`.
pub(super) async fn unmerge<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    schemas: &BodySchemas,
    id: Uuid,
    if_match: &IfMatch,
    author: &Author,
) -> Result<(), Problem> {
    begin(connection).await?;
    let chained = merged_before(connection, R::TYPE, id).await?;
    let returning: BTreeSet<Uuid> = chained.iter().copied().chain([id]).collect();
    for holder in HOLDERS {
        let ids = moves::holders(connection, holder, &returning).await?;
        lock_ids(connection, holder, &ids).await?;
    }
    let stored = lock_all::<R>(connection, &[id]).await?.pop();
    let stored = stored.ok_or_else(|| Problem::NotFound(format!("there is no {} {id}", R::TYPE)))?;
    let Some(survivor) = stored.merged_into else {
        return Err(conflict(FaultCode::InvalidValue, format!("the {} was not merged", R::TYPE)));
    };
    if_match.allow(stored.version)?;
    let survivor = lock_all::<R>(connection, &[survivor]).await?.pop();
    let survivor = survivor.ok_or_else(|| Problem::Internal(format!("{id} was merged into nothing")))?;
    if !alike(connection, &stored, &survivor).await? {
        return Err(conflict(FaultCode::UnavailableReference, ACCESS_DIFFERS));
    }
    diesel::delete(merges::table.find((R::TYPE.code(), id))).execute(connection).await?;
    lead(connection, R::TYPE, &[id], None).await?;
    restore::<R>(connection, schemas, stored, author).await?;
    lead_again(connection, R::TYPE, &chained, id).await?;
    give_back::<NewArticle>(connection, &returning, author).await?;
    give_back::<NewEntity>(connection, &returning, author).await?;
    give_back::<NewIncident>(connection, &returning, author).await
}

/// The resources whose records refer to others, in the order in which they are locked.
const HOLDERS: [RecordType; 3] = [RecordType::Article, RecordType::Entity, RecordType::Incident];

/// Lets one merge after the other be done and undone: each changes what the next one finds.
async fn begin(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    keep_access(connection).await?;
    connection.batch_execute("SELECT pg_advisory_xact_lock(hashtextextended('civicspace.merging', 0))").await
}

/// Locks records before the one that they refer to: an editor of one of them who waits for the merge holds nothing that it
/// needs.
async fn lock_ids(connection: &mut AsyncPgConnection, of: RecordType, ids: &[Uuid]) -> QueryResult<()> {
    let query = format!("SELECT id FROM {} WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", of.plural());
    diesel::sql_query(query).bind::<Array<SqlUuid>, _>(ids).execute(connection).await?;
    Ok(())
}

/// Why two records do not become one, or do not become two again.
const ACCESS_DIFFERS: &str = "of the datasets of the two records one is public and the other internal";

fn conflict(code: FaultCode, detail: impl Into<String>) -> Problem {
    Problem::MergeConflict(vec![Fault::path("id", code, detail)])
}

/// The record that is to be merged and the one that is to take its place, locked.
async fn lock_pair<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    from: Uuid,
    to: Uuid,
    if_match: &IfMatch,
) -> Result<(Stored, Stored), Problem> {
    let of = R::TYPE;
    let found = lock_all::<R>(connection, &[from, to]).await?;
    lock_alone::<R>(connection, from).await?;
    let stored = |id: Uuid| found.iter().find(|stored| stored.id == id).cloned();
    let merged = stored(from).ok_or_else(|| Problem::NotFound(format!("there is no {of} {from}")))?;
    let merged = merged.unless_merged()?.unless_withdrawn()?;
    if_match.allow(merged.version)?;
    let refuse = |code: FaultCode, detail: String| Problem::InvalidContent(vec![Fault::body("/into", code, detail)]);
    if from == to {
        return Err(refuse(FaultCode::InvalidValue, format!("is the {of} itself")));
    }
    let survivor = stored(to).ok_or_else(|| refuse(FaultCode::UnknownReference, format!("there is no such {of}")))?;
    let unavailable = |detail: String| Err(refuse(FaultCode::UnavailableReference, detail));
    if let Some(into) = survivor.merged_into {
        return unavailable(format!("the {of} was merged into {into}; name that one"));
    }
    if survivor.is(RecordState::Retracted) {
        return unavailable(format!("the {of} was withdrawn"));
    }
    if survivor.is(RecordState::Draft) {
        return unavailable(format!("the {of} is a draft; publish it first"));
    }
    if merged.is(RecordState::Draft) {
        return Err(conflict(FaultCode::InvalidValue, format!("the {of} is a draft; withdraw it instead")));
    }
    if !alike(connection, &merged, &survivor).await? {
        return unavailable(ACCESS_DIFFERS.to_owned());
    }
    Ok((merged, survivor))
}

/// Whether the same people may read two records.
async fn alike(connection: &mut AsyncPgConnection, one: &Stored, other: &Stored) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Access {
        #[diesel(sql_type = Text)]
        access: String,
    }
    let slugs: Vec<&str> = [one, other].into_iter().filter_map(|stored| stored.content["dataset"].as_str()).collect();
    let query = "SELECT access FROM datasets WHERE slug = ANY($1)";
    let found: Vec<Access> = diesel::sql_query(query).bind::<Array<Text>, _>(slugs).load(connection).await?;
    Ok(found.windows(2).all(|pair| pair[0].access == pair[1].access))
}

fn typed<R: NewRecord>(content: Value) -> Result<R, Problem> {
    serde_json::from_value(content).map_err(|error| Problem::Internal(error.to_string()))
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The records that were merged into this one, and those that were merged into them.
async fn merged_before(connection: &mut AsyncPgConnection, of: RecordType, id: Uuid) -> QueryResult<Vec<Uuid>> {
    let query = "
        WITH RECURSIVE before (id) AS (
            SELECT merged_id FROM merges WHERE record_type = $1 AND survivor_id = $2
            UNION ALL SELECT merged_id FROM merges JOIN before ON record_type = $1 AND survivor_id = before.id
        ) SELECT id FROM before ORDER BY id";
    let query = diesel::sql_query(query).bind::<Text, _>(of.code()).bind::<SqlUuid, _>(id);
    Ok(query.load::<Found>(connection).await?.into_iter().map(|found| found.id).collect())
}

/// Says which record took the place of others.
async fn lead(connection: &mut AsyncPgConnection, of: RecordType, ids: &[Uuid], to: Option<Uuid>) -> QueryResult<()> {
    let query = format!("UPDATE {} SET merged_into = $2 WHERE id = ANY($1)", of.plural());
    let query = diesel::sql_query(query).bind::<Array<SqlUuid>, _>(ids);
    query.bind::<Nullable<SqlUuid>, _>(to).execute(connection).await?;
    Ok(())
}

/// Leads records that were merged before to another record, and says so in the log, so that each leads there in one step.
async fn lead_again(connection: &mut AsyncPgConnection, of: RecordType, ids: &[Uuid], to: Uuid) -> Result<(), Problem> {
    lead(connection, of, ids, Some(to)).await?;
    let query = format!(
        "INSERT INTO changes (record_type, record_id, version, op, merged_into)
         SELECT $2, id, version, 'merge', $3 FROM {} WHERE id = ANY($1) ORDER BY id",
        of.plural()
    );
    let query = diesel::sql_query(query).bind::<Array<SqlUuid>, _>(ids).bind::<Text, _>(of.code());
    query.bind::<SqlUuid, _>(to).execute(connection).await?;
    Ok(())
}

/// Publishes a record that was merged again.
async fn restore<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    schemas: &BodySchemas,
    stored: Stored,
    author: &Author,
) -> Result<(), Problem> {
    let mut body = stored.content.clone();
    body["state"] = RecordState::Published.code().into();
    let mut candidates = [Candidate { id: stored.id, stored: Some(stored), body }];
    let surroundings = Surroundings::of::<R>(connection, &candidates).await?;
    let record: R = surroundings
        .judge(schemas, &mut candidates[0])
        .map_err(|problem| cannot_come_back(problem, (R::TYPE, candidates[0].id)))?;
    let [Candidate { id, stored, .. }] = candidates;
    save_moved(connection, &[Next { id, stored, record, merged_into: None }], author).await?;
    Ok(())
}
