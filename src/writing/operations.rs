//! Creating, changing and withdrawing a record, each in the transaction of the connection.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::references::{Referrer, places, resolve};
use super::schema::BodySchemas;
use super::{Check, NewRecord, without_derived};
use crate::codebook::{ChangeReason, RecordState, Vocabulary};
use crate::history::{self, Author};
use crate::http::conditional::IfMatch;
use crate::http::problem::{Fault, FaultCode, Problem};
use crate::values::Slug;

/// The most referrers that a refusal names.
const NAMED_REFERRERS: i64 = 100;

/// Creates a record and answers its id.
///
/// # Errors
/// 422 with every fault of the body.
pub(super) async fn create<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    schemas: &BodySchemas,
    body: Value,
    author: &Author,
) -> Result<Uuid, Problem> {
    let id = Uuid::now_v7();
    let record: R = read(connection, schemas, body, id, None).await?;
    store(connection, &record, id, None, author).await?;
    Ok(id)
}

/// What is stored of a record, locked until the transaction ends.
#[derive(Clone, Debug)]
struct Stored {
    /// Its version.
    version: i32,
    /// Its content as it was written.
    content: Value,
}

impl Stored {
    fn state(&self) -> &str {
        self.content["state"].as_str().unwrap_or_default()
    }
}

/// Changes a record by a merge patch (RFC 7396). A patch that changes nothing makes no version.
///
/// # Errors
/// 404 if there is no such record, 409 if it was merged or is withdrawn while others refer to it, 412 and 428 by
/// `If-Match`, 422 with every fault of the record as it would be.
pub(super) async fn change<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    schemas: &BodySchemas,
    id: Uuid,
    mut patch: Value,
    if_match: &IfMatch,
    author: &Author,
) -> Result<(), Problem> {
    let stored = lock::<R>(connection, id).await?;
    if_match.require(stored.version)?;
    without_derived(&mut patch);
    let mut content = stored.content.clone();
    merge(&mut content, patch);
    let record: R = read(connection, schemas, content, id, Some(&stored)).await?;
    if record.state() == RecordState::Retracted && stored.state() != RecordState::Retracted.code() {
        refuse_if_referenced::<R>(connection, id).await?;
    }
    store(connection, &record, id, Some(&stored), author).await
}

/// Withdraws a record: the same as changing its state to `retracted`. One that is withdrawn already stays as it is.
///
/// # Errors
/// As [`change`], but `If-Match` may be missing.
pub(super) async fn retract<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    id: Uuid,
    if_match: &IfMatch,
    author: &Author,
) -> Result<(), Problem> {
    let stored = lock::<R>(connection, id).await?;
    if_match.allow(stored.version)?;
    if stored.state() == RecordState::Retracted.code() {
        return Ok(());
    }
    refuse_if_referenced::<R>(connection, id).await?;
    let mut content = stored.content.clone();
    content["state"] = RecordState::Retracted.code().into();
    let record: R = serde_json::from_value(content).map_err(|error| Problem::Internal(error.to_string()))?;
    store(connection, &record, id, Some(&stored), author).await
}

/// RFC 7396.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// A record out of a body: checked against the document, against what it refers to, and against itself.
async fn read<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    schemas: &BodySchemas,
    mut body: Value,
    id: Uuid,
    stored: Option<&Stored>,
) -> Result<R, Problem> {
    without_derived(&mut body);
    let references: Vec<String> = places(&body, R::REFERENCES).into_iter().map(|(pointer, _)| pointer).collect();
    let mut faults = schemas.faults(R::SCHEMA, &body, &references);
    let default = Slug::default_dataset();
    let dataset = body.get("dataset").map_or(Some(default.as_str()), Value::as_str).map(str::to_owned);
    let public = check_dataset(connection, dataset.as_deref(), &mut faults).await?;
    let state = body.get("state").and_then(Value::as_str).unwrap_or(RecordState::Published.code());
    let published = state == RecordState::Published.code();
    if let Some(stored) = stored {
        check_transition(stored, dataset.as_deref(), state, &mut faults);
    }
    check_tags(connection, &body, &mut faults).await?;
    // What is withdrawn leads nowhere any more, so where it led does not matter.
    if state != RecordState::Retracted.code() {
        resolve(connection, &mut body, R::REFERENCES, Referrer { is: (R::TYPE, id), published, public }, &mut faults)
            .await?;
    }
    if !faults.is_empty() {
        return Err(Problem::InvalidContent(faults));
    }
    let mut record: R = serde_path_to_error::deserialize(body).map_err(|error| {
        let pointer: String = error.path().iter().map(|part| format!("/{part}").replace(['[', ']'], "")).collect();
        Problem::InvalidContent(vec![Fault::body(pointer, FaultCode::InvalidValue, error.inner().to_string())])
    })?;
    record.complete();
    let mut check = Check::default();
    record.check(&mut check);
    faults.extend(
        check.faults.into_iter().map(|(pointer, detail)| Fault::body(pointer, FaultCode::InvalidValue, detail)),
    );
    if faults.is_empty() { Ok(record) } else { Err(Problem::InvalidContent(faults)) }
}

/// Whether anybody may read the dataset; one that does not exist is a fault.
async fn check_dataset(
    connection: &mut AsyncPgConnection,
    dataset: Option<&str>,
    faults: &mut Vec<Fault>,
) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Access {
        #[diesel(sql_type = Bool)]
        public: bool,
    }
    let Some(dataset) = dataset else { return Ok(true) };
    let query = diesel::sql_query("SELECT access = 'public' AS public FROM datasets WHERE slug = $1 FOR SHARE");
    let found: Option<Access> = query.bind::<Text, _>(dataset).get_result(connection).await.optional()?;
    if found.is_none() {
        faults.push(Fault::body("/dataset", FaultCode::UnknownReference, format!("there is no dataset {dataset}")));
    }
    Ok(found.is_none_or(|access| access.public))
}

/// A record stays in its dataset, and one that was published is withdrawn where it would vanish.
fn check_transition(stored: &Stored, dataset: Option<&str>, state: &str, faults: &mut Vec<Fault>) {
    if dataset.is_some() && dataset != stored.content["dataset"].as_str() {
        faults.push(Fault::body("/dataset", FaultCode::InvalidValue, "a record stays in its dataset"));
    }
    if state == RecordState::Draft.code() && stored.state() != state {
        let detail = "what was published or withdrawn does not become a draft again; withdraw it with `retracted`";
        faults.push(Fault::body("/state", FaultCode::InvalidValue, detail));
    }
}

async fn check_tags(connection: &mut AsyncPgConnection, body: &Value, faults: &mut Vec<Fault>) -> QueryResult<()> {
    #[derive(QueryableByName)]
    struct Known {
        #[diesel(sql_type = Text)]
        tag: String,
    }
    let Some(tags) = body.get("tags").and_then(Value::as_array).filter(|tags| !tags.is_empty()) else { return Ok(()) };
    let given: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
    let query = diesel::sql_query("SELECT tag FROM tags WHERE tag = ANY($1)").bind::<Array<Text>, _>(&given);
    let known: Vec<Known> = query.load(connection).await?;
    for (i, tag) in tags.iter().enumerate() {
        if let Some(tag) = tag.as_str().filter(|tag| !known.iter().any(|known| known.tag == *tag)) {
            let detail = format!("there is no tag {tag}; /v1/vocabularies lists them");
            faults.push(Fault::body(format!("/tags/{i}"), FaultCode::UnknownReference, detail));
        }
    }
    Ok(())
}

/// What is stored under an id, locked for the transaction.
async fn lock<R: NewRecord>(connection: &mut AsyncPgConnection, id: Uuid) -> Result<Stored, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        version: i32,
        #[diesel(sql_type = Nullable<SqlUuid>)]
        merged_into: Option<Uuid>,
    }
    let query = format!("SELECT version, merged_into FROM {} WHERE id = $1 FOR UPDATE", R::TYPE.plural());
    let row: Option<Row> = diesel::sql_query(query).bind::<SqlUuid, _>(id).get_result(connection).await.optional()?;
    let Some(Row { version, merged_into }) = row else {
        return Err(Problem::NotFound(format!("there is no {} {id}", R::TYPE)));
    };
    if let Some(survivor) = merged_into {
        return Err(Problem::Merged(survivor));
    }
    let content = history::content(connection, R::TYPE, id, version).await?;
    Ok(Stored { version, content })
}

async fn refuse_if_referenced<R: NewRecord>(connection: &mut AsyncPgConnection, id: Uuid) -> Result<(), Problem> {
    #[derive(QueryableByName)]
    struct Link {
        #[diesel(sql_type = Text)]
        record_type: String,
        #[diesel(sql_type = SqlUuid)]
        record_id: Uuid,
        #[diesel(sql_type = Text)]
        member: String,
    }
    let query = "
        SELECT record_type, record_id, member FROM links
        WHERE target_type = $1 AND target_id = $2 AND NOT EXISTS (
            SELECT FROM articles WHERE record_type = 'article' AND id = record_id AND state = 'retracted'
            UNION ALL SELECT FROM entities WHERE record_type = 'entity' AND id = record_id AND state = 'retracted'
            UNION ALL SELECT FROM incidents WHERE record_type = 'incident' AND id = record_id AND state = 'retracted')
        ORDER BY record_type, record_id, member LIMIT $3";
    let links: Vec<Link> = diesel::sql_query(query)
        .bind::<Text, _>(R::TYPE.code())
        .bind::<SqlUuid, _>(id)
        .bind::<BigInt, _>(NAMED_REFERRERS)
        .load(connection)
        .await?;
    if links.is_empty() {
        return Ok(());
    }
    let fault = |Link { record_type, record_id, member }| {
        Fault::path("id", FaultCode::Referenced, format!("the {record_type} {record_id} refers to it at /{member}"))
    };
    Err(Problem::Referenced(links.into_iter().map(fault).collect()))
}

/// Stores the next version of a record, unless it is the same as the last.
async fn store<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    record: &R,
    id: Uuid,
    stored: Option<&Stored>,
    author: &Author,
) -> Result<(), Problem> {
    let content = serde_json::to_value(record).map_err(|error| Problem::Internal(error.to_string()))?;
    if stored.is_some_and(|stored| stored.content == content) {
        return Ok(());
    }
    let before = stored.map(|stored| (stored.version, &stored.content));
    let revision = history::append(connection, R::TYPE, id, before, &content, author).await?;
    record.store(connection, id, &revision).await.map_err(|error| refused(error, record))
}

/// Two writers may take one external id at once; only the database sees that.
fn refused<R: NewRecord>(error: Error, record: &R) -> Problem {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information)
            if information.constraint_name().is_some_and(|name| name.ends_with("_external_id_key")) =>
        {
            let (dataset, _) = record.key();
            let detail = format!("another {} of the dataset {dataset} has this id", R::TYPE);
            Problem::InvalidContent(vec![Fault::body("/external_id", FaultCode::Duplicate, detail)])
        }
        error => error.into(),
    }
}

impl Author {
    /// The holder of a key, who writes through the API.
    pub fn of_key(key: Uuid, reason: ChangeReason) -> Self {
        Self { origin: history::Origin::Api, key: Some(key), reason }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge;

    #[test]
    fn a_patch_merges_as_rfc_7396_says() {
        for (target, patch, merged) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), Value::Null, Value::Null),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut result = target;
            merge(&mut result, patch.clone());
            assert_eq!(result, merged, "{patch}");
        }
    }
}
