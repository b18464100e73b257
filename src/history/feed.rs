//! The change feed: every change of what anybody may read, in the order in which it was settled.

use std::str::FromStr;
use std::time::Duration;

use actix_web::{get, web};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::RecordType;
use super::log::{Growth, number_changes};
use crate::codebook::ChangeReason;
use crate::db::Database;
use crate::http::auth::Caller;
use crate::http::fault::{Fault, FaultCode};
use crate::http::parameters::{Whole, Words};
use crate::http::problem::Problem;
use crate::http::query::{Parameters, Query};
use crate::http::reply::Reply;
use crate::values::Slug;

/// The largest number that every reader of JSON knows exactly.
const LARGEST: i64 = 9_007_199_254_740_991;

/// How long a waiting request trusts that it is told of what is new before it looks for itself.
const LOOK: Duration = Duration::from_secs(5);

/// Which changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangesFilter {
    /// Those after this number: `meta.next_since` of the last answer, or `as_of_seq` of a snapshot. Default: 0, for all. A number
    /// beyond the end of the log is refused.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991i64, example = 0)]
    since: Option<Whole<0, LARGEST>>,
    /// Those of these resources.
    #[param(value_type = Option<Vec<RecordType>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    r#type: Option<Words<RecordType>>,
    /// Those of these datasets.
    #[param(value_type = Option<Vec<Slug>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    dataset: Option<Words<Slug>>,
    /// At most so many. Default: 100.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 1000, example = 100)]
    limit: Option<Whole<1, 1000>>,
    /// If there is none yet, wait up to so many seconds for one. Default: 0.
    #[param(value_type = Option<i32>, minimum = 0, maximum = 30, example = 10)]
    wait: Option<Whole<0, 30>>,
}

impl Parameters for ChangesFilter {}

impl FromStr for RecordType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Article, Self::Entity, Self::Incident];
        let found = all.into_iter().find(|known| known.code() == text);
        found.ok_or_else(|| crate::http::parameters::not_among(text, all.iter().map(|known| known.code())))
    }
}

/// What a change means for a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeOp {
    /// Store the object in the place of what you have under the id.
    Upsert,
    /// Remove what you have under the id.
    Delete,
    /// Remove what you have under the id; its place is taken by `merged_into`.
    Merge,
}

/// A change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// Its number in the log. Numbers grow; a record has its last change alone in the log.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991i64, example = 1)]
    pub seq: i64,
    /// What was changed.
    pub r#type: RecordType,
    /// The id of what was changed.
    pub id: Uuid,
    /// What it means for a copy.
    pub op: ChangeOp,
    /// When it was stored.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: ChangeReason,
    /// The record that took its place, if it was merged.
    pub merged_into: Option<Uuid>,
    /// The record as it is now, null if it is gone: what reading gives, but other records are `{"id": …}` alone, and what
    /// is derived (counts, relations that start elsewhere) is not there.
    #[schema(value_type = Option<Object>)]
    pub object: Option<Value>,
}

/// Where a reader of the log stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesMeta {
    /// The `since` of the next request.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 432)]
    pub next_since: i64,
    /// Whether there is more already.
    pub has_more: bool,
    /// The smallest `since` from which nothing is missed: 0, for the log is never cut off.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 0)]
    pub oldest_seq: i64,
}

/// A stretch of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    /// The changes, the oldest first.
    #[schema(max_items = 1000)]
    pub data: Vec<Change>,
    /// Where the reader stands.
    pub meta: ChangesMeta,
}

/// List changes
///
/// Every change after `since`, in the order in which it was settled: for whoever keeps a copy. Apply them in this order, and go
/// on with `meta.next_since`. Of several changes of one record only the last is here. Nothing is ever missed: a change that is
/// being made while you read comes later, with a greater number. A deletion or a merge stays in the log for ever.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/changes?since=0&limit=10'
/// ```
#[utoipa::path(tag = "changes", params(ChangesFilter), responses((status = 200, description = "A stretch of the log.", body = Changes)))]
#[get("/v1/changes")]
pub(crate) async fn list_changes(
    caller: Caller,
    Query(filter): Query<ChangesFilter>,
    database: web::Data<Database>,
    growth: web::Data<Growth>,
) -> Result<Reply<Changes>, Problem> {
    let mut news = growth.subscribe();
    let deadline = Instant::now() + Duration::from_secs(filter.wait.map_or(0, |wait| wait.get().unsigned_abs()));
    loop {
        news.mark_unchanged();
        let changes = {
            let mut connection = database.connection().await?;
            read(&mut connection, &filter, caller.is_editor()).await?
        };
        if !changes.data.is_empty() || Instant::now() >= deadline {
            return Ok(Reply::of(changes));
        }
        // Nothing is held while waiting. Whoever is not told looks for itself.
        drop(tokio::time::timeout_at(deadline.min(Instant::now() + LOOK), news.changed()).await);
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Text)]
    record_type: String,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = Text)]
    op: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    merged_into: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    reason: ChangeReason,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Jsonb)]
    record: Value,
}

async fn read(
    connection: &mut AsyncPgConnection,
    filter: &ChangesFilter,
    with_internal: bool,
) -> Result<Changes, Problem> {
    // What a writer that died had no time to number is numbered now.
    let head = number_changes(connection).await?;
    let since = filter.since.map_or(0, Whole::get);
    if since > head {
        let detail = format!("is beyond the end of the log, {head}: is it the number of another server?");
        return Err(Problem::InvalidParameter(vec![Fault::query("since", FaultCode::InvalidValue, detail)]));
    }
    let limit = filter.limit.map_or(100, Whole::get);
    // What an internal dataset showed while it was public is deleted, whatever became of it since, for those who may not
    // see it. Of what was never to be seen they learn nothing.
    // OFFSET keeps the planner from beginning with the datasets: it knows nothing of how many changes are of one.
    let query = "
        SELECT seq, page.record_type, page.record_id,
            CASE WHEN shown THEN op ELSE 'delete' END AS op, CASE WHEN shown THEN merged_into END AS merged_into,
            CASE WHEN shown THEN page.at ELSE public_until END AS at,
            CASE WHEN shown THEN page.reason ELSE hidden_because END AS reason,
            page.version, first.at AS created_at, page.record
        FROM (
            SELECT seq, record_type, record_id, version, op, merged_into, current.at, current.reason, current.record,
                shown, public_until, hidden_because
            FROM changes JOIN versions AS current USING (record_type, record_id, version)
            CROSS JOIN LATERAL (
                SELECT slug, access = 'public' OR $3 AS shown, public_until, hidden_because
                FROM datasets WHERE slug = current.record->>'dataset' OFFSET 0
            ) AS dataset
            WHERE seq > $1 AND seq <= $2
                AND ($4::text[] IS NULL OR record_type = ANY($4)) AND ($5::text[] IS NULL OR slug = ANY($5))
                AND (shown OR EXISTS (
                    SELECT FROM versions AS before
                    WHERE before.record_type = changes.record_type AND before.record_id = changes.record_id
                        AND before.at <= public_until AND before.record->>'state' = 'published'))
            ORDER BY seq LIMIT $6
        ) AS page
        JOIN versions AS first
            ON first.record_type = page.record_type AND first.record_id = page.record_id AND first.version = 1
        ORDER BY seq";
    let mut rows: Vec<Row> = diesel::sql_query(query)
        .bind::<BigInt, _>(since)
        .bind::<BigInt, _>(head)
        .bind::<Bool, _>(with_internal)
        .bind::<Nullable<Array<Text>>, _>(filter.r#type.as_ref().map(Words::get))
        .bind::<Nullable<Array<Text>>, _>(filter.dataset.as_ref().map(Words::get))
        .bind::<BigInt, _>(limit + 1)
        .load(connection)
        .await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > most;
    rows.truncate(most);
    let next_since = if has_more { rows.last().map_or(since, |row| row.seq) } else { head };
    let data = rows.into_iter().map(Row::into_change).collect::<Result<_, Problem>>()?;
    Ok(Changes { data, meta: ChangesMeta { next_since, has_more, oldest_seq: 0 } })
}

impl Row {
    fn into_change(self) -> Result<Change, Problem> {
        let Self { seq, record_type, record_id: id, op, merged_into, at, reason, version, created_at, record } = self;
        let r#type = record_type.parse().map_err(Problem::Internal)?;
        let op = match op.as_str() {
            "upsert" => ChangeOp::Upsert,
            "delete" => ChangeOp::Delete,
            _ => ChangeOp::Merge,
        };
        let object = (op == ChangeOp::Upsert).then(|| reduced(record, id, version, created_at, at));
        Ok(Change { seq, r#type, id, op, at, reason, merged_into, object })
    }
}

/// A record as feed and snapshots show it: what was written, with what the server adds to it, and without the text of an
/// article, which is under copyright.
pub fn reduced(
    mut record: Value,
    id: Uuid,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
) -> Value {
    let Some(members) = record.as_object_mut() else { return record };
    members.insert("id".to_owned(), json!(id));
    members.insert("version".to_owned(), json!(version));
    members.insert("created_at".to_owned(), json!(created_at));
    members.insert("updated_at".to_owned(), json!(updated_at));
    if members.contains_key("body") {
        members.insert("body".to_owned(), Value::Null);
    }
    for relation in members.get_mut("relations").and_then(Value::as_array_mut).into_iter().flatten() {
        relation["direction"] = json!("outgoing");
    }
    record
}
