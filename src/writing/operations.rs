//! Creating, changing and withdrawing a record, each in the transaction of the connection.

use diesel_async::AsyncPgConnection;
use serde_json::Value;
use uuid::Uuid;

use super::judging::{Candidate, Surroundings};
use super::references::places;
use super::schema::BodySchemas;
use super::stored::{Next, Stored, lock, refuse_if_referenced, save};
use super::{NewRecord, without_derived};
use crate::codebook::{RecordState, Vocabulary};
use crate::history::Author;
use crate::http::conditional::IfMatch;
use crate::http::problem::Problem;

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
    write::<R>(connection, schemas, Candidate { id, stored: None, body }, author).await?;
    Ok(id)
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
    patch: Value,
    if_match: &IfMatch,
    author: &Author,
) -> Result<(), Problem> {
    let stored = lock::<R>(connection, id).await?;
    if_match.require(stored.version)?;
    write::<R>(connection, schemas, patched::<R>(stored, patch), author).await
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
    if stored.is(RecordState::Retracted) {
        return Ok(());
    }
    refuse_if_referenced::<R>(connection, id).await?;
    let mut content = stored.content.clone();
    content["state"] = RecordState::Retracted.code().into();
    let record: R = serde_json::from_value(content).map_err(|error| Problem::Internal(error.to_string()))?;
    save(connection, &[Next::of(stored, record)], author).await?;
    Ok(())
}

/// What a record would be after a merge patch. A reference is replaced whole: the id of one record and the external id of
/// another one make none.
pub(super) fn patched<R: NewRecord>(stored: Stored, mut patch: Value) -> Candidate {
    without_derived(&mut patch);
    let mut body = stored.content.clone();
    for (pointer, _) in places(&patch, R::REFERENCES) {
        if let Some(place) = body.pointer_mut(&pointer) {
            *place = Value::Null;
        }
    }
    merge(&mut body, patch);
    Candidate { id: stored.id, stored: Some(stored), body }
}

async fn write<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    schemas: &BodySchemas,
    candidate: Candidate,
    author: &Author,
) -> Result<(), Problem> {
    let mut candidates = [candidate];
    let surroundings = Surroundings::of::<R>(connection, &candidates).await?;
    let record: R = surroundings.judge(schemas, &mut candidates[0])?;
    let [Candidate { id, stored, .. }] = candidates;
    if record.state() == RecordState::Retracted
        && stored.as_ref().is_some_and(|stored| !stored.is(RecordState::Retracted))
    {
        refuse_if_referenced::<R>(connection, id).await?;
    }
    save(connection, &[Next { id, stored, record, merged_into: None }], author).await?;
    Ok(())
}

/// RFC 7396.
pub(crate) fn merge(target: &mut Value, patch: Value) {
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
