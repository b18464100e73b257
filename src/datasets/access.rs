//! Changing who may read a dataset.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use crate::codebook::{ChangeReason, DatasetAccess, Vocabulary};
use crate::http::fault::{Fault, FaultCode};
use crate::http::problem::Problem;
use crate::snapshots;
use crate::values::Slug;

/// The most references that a refusal names.
const NAMED: i64 = 100;

/// Gives a dataset, which is locked, to everybody or to editors alone, and tells those who follow the log. What is for
/// editors alone is in no snapshot that is served.
///
/// # Errors
/// The database fails.
pub(super) async fn turn(
    connection: &mut AsyncPgConnection,
    slug: &Slug,
    access: DatasetAccess,
    reason: ChangeReason,
) -> QueryResult<()> {
    // What follows may concern every record there is, and is done whole or not at all.
    connection.batch_execute("SET LOCAL statement_timeout = '15min'").await?;
    let turned = "UPDATE datasets SET access = $2,
            public_until = CASE $2 WHEN 'internal' THEN clock_timestamp() END,
            hidden_because = CASE $2 WHEN 'internal' THEN $3 END
        WHERE slug = $1";
    diesel::sql_query(turned)
        .bind::<Text, _>(slug)
        .bind::<Text, _>(access.code())
        .bind::<Text, _>(reason.code())
        .execute(connection)
        .await?;
    tell_again(connection, slug).await?;
    // Last, for whoever hides a record meanwhile waits for it.
    if access == DatasetAccess::Internal {
        snapshots::withdraw_all(connection, reason).await?;
    }
    Ok(())
}

/// Puts every published record of a dataset into the log once more: what the entry says to whom is seen when it is read.
async fn tell_again(connection: &mut AsyncPgConnection, slug: &Slug) -> QueryResult<()> {
    let again = "
        INSERT INTO changes (record_type, record_id, version, op)
        SELECT type, id, version, 'upsert' FROM (
            SELECT 'article', id, version, updated_at FROM articles WHERE dataset = $1 AND state = 'published'
            UNION ALL SELECT 'entity', id, version, updated_at FROM entities WHERE dataset = $1 AND state = 'published'
            UNION ALL SELECT 'incident', id, version, updated_at FROM incidents WHERE dataset = $1 AND state = 'published'
        ) AS record (type, id, version, updated_at) ORDER BY updated_at, id";
    diesel::sql_query(again).bind::<Text, _>(slug).execute(connection).await.map(drop)
}

#[derive(QueryableByName)]
struct Exposure {
    #[diesel(sql_type = Text)]
    record_type: String,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = Text)]
    how: String,
    #[diesel(sql_type = Text)]
    target_type: String,
    #[diesel(sql_type = SqlUuid)]
    target_id: Uuid,
    #[diesel(sql_type = Text)]
    internal: String,
}

/// Refuses the state of the database if public records refer to internal ones, or were merged into them, and the dataset
/// is that of either.
///
/// # Errors
/// 409 with the first 100 of them.
pub(super) async fn refuse_exposed(connection: &mut AsyncPgConnection, slug: &Slug) -> Result<(), Problem> {
    let query = "
        WITH record (type, id, dataset, state, merged_into, public) AS NOT MATERIALIZED (
            SELECT type, id, dataset, state, merged_into, access = 'public' FROM (
                SELECT 'article', id, dataset, state, merged_into FROM articles
                UNION ALL SELECT 'entity', id, dataset, state, merged_into FROM entities
                UNION ALL SELECT 'incident', id, dataset, state, merged_into FROM incidents
            ) AS each (type, id, dataset, state, merged_into) JOIN datasets ON slug = dataset
        )
        SELECT record.type AS record_type, record.id AS record_id, 'refers at /' || member || ' to' AS how,
            target.type AS target_type, target.id AS target_id, target.dataset AS internal
        FROM links JOIN record ON record.type = record_type AND record.id = record_id
        JOIN record AS target ON target.type = links.target_type AND target.id = links.target_id
        WHERE record.public AND NOT target.public AND $1 IN (record.dataset, target.dataset) AND record.state <> 'retracted'
        UNION ALL
        SELECT record.type, record.id, 'was merged into', target.type, target.id, target.dataset
        FROM record JOIN record AS target ON target.type = record.type AND target.id = record.merged_into
        WHERE record.public AND NOT target.public AND $1 IN (record.dataset, target.dataset)
        ORDER BY record_type, record_id, how LIMIT $2";
    let exposed: Vec<Exposure> =
        diesel::sql_query(query).bind::<Text, _>(slug).bind::<BigInt, _>(NAMED).load(connection).await?;
    if exposed.is_empty() {
        return Ok(());
    }
    let fault = |Exposure { record_type, record_id, how, target_type, target_id, internal }| {
        let detail = format!(
            "the {record_type} {record_id}, which would be public, {how} the {target_type} {target_id}, which would be internal with the dataset {internal}"
        );
        Fault::body("/access", FaultCode::Referenced, detail)
    };
    Err(Problem::Referenced(exposed.into_iter().map(fault).collect()))
}
