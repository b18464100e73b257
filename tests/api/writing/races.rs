//! Writing at once: what two do of one record, and what is sent twice.

use std::collections::BTreeSet;

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use super::{editing, id_of};

#[test]
fn who_refers_to_a_record_holds_up_its_withdrawal_and_no_other_write() {
    let (server, key) = editing();
    let person = server.write(&key, "POST", "/v1/entities", &json!({ "kind": "person", "name": "A Person" }), &[]);
    let path = format!("/v1/entities/{}", id_of(&person));
    let refers = format!("SELECT FROM entities WHERE id = '{}' FOR KEY SHARE", id_of(&person));
    server.database.locked(&refers, || {
        let patched = server.write(&key, "PATCH", &path, &json!({ "country": "KG" }), &[("If-Match", "\"1\"")]);
        assert_eq!(patched.status, 200, "{patched}");
        let authorization = format!("Bearer {key}");
        std::thread::scope(|scope| {
            let withdrawn =
                scope.spawn(|| server.request("DELETE", &path, &[("Authorization", &authorization)]).status);
            let waits = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            server.database.until(waits);
            server.database.release();
            assert_eq!(withdrawn.join().expect("an answer"), 204);
        });
    });
}

#[test]
fn a_reference_is_replaced_whole() {
    let (server, key) = editing();
    let police = server.get("/v1/entities?external_id=kg-police").at("/data/0/id");
    let one = server.write(&key, "POST", "/v1/entities", &json!({ "kind": "media", "name": "An outlet" }), &[]);
    let body = json!({ "title": "A report", "language": "en", "publisher": { "id": one.at("/id") } });
    let path = format!("/v1/articles/{}", id_of(&server.write(&key, "POST", "/v1/articles", &body, &[])));
    let external = json!({ "publisher": { "dataset": "central-asia", "external_id": "kg-police" } });
    let patched = server.write(&key, "PATCH", &path, &external, &[("If-Match", "\"1\"")]);
    assert_eq!((patched.status, patched.at("/publisher/id")), (200, police), "{patched}");
    let none = server.write(&key, "PATCH", &path, &json!({ "publisher": null }), &[("If-Match", "\"2\"")]);
    assert_eq!(none.at("/publisher"), Value::Null);
}

#[test]
fn the_same_request_is_carried_out_once() {
    let (server, key) = editing();
    let body = json!({ "kind": "person", "name": "Once" });
    let named = [("Idempotency-Key", "a-name")];
    let first = server.write(&key, "POST", "/v1/entities", &body, &named);
    let again = server.write(&key, "POST", "/v1/entities", &json!({ "name": "Once", "kind": "person" }), &named);
    assert_eq!(first.status, 201);
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!((again.header("location"), again.header("etag")), (first.header("location"), first.header("etag")));
    server
        .write(&key, "POST", "/v1/entities", &json!({ "kind": "person", "name": "Twice" }), &named)
        .problem(422, "key-reused");
    server.write(&key, "POST", "/v1/articles", &body, &named).problem(422, "key-reused");
    // Names are each editor's own; what failed has taken none; and a name is free again after a day.
    let other = server.key(Role::Editor);
    assert_ne!(server.write(&other, "POST", "/v1/entities", &body, &named).at("/id"), first.at("/id"));
    server
        .write(&key, "POST", "/v1/entities", &json!({ "kind": "person" }), &[("Idempotency-Key", "b")])
        .problem(422, "invalid-content");
    assert_eq!(server.write(&key, "POST", "/v1/entities", &body, &[("Idempotency-Key", "b")]).status, 201);
    server.database.execute("UPDATE idempotency_keys SET at = at - interval '25 hours'");
    assert_ne!(server.write(&key, "POST", "/v1/entities", &body, &named).at("/id"), first.at("/id"));
    server.database.execute("SELECT 1 / (count(*) = 1)::int FROM idempotency_keys");
    for bad in ["", "two words", "ключ"] {
        let fault = server
            .write(&key, "POST", "/v1/entities", &body, &[("Idempotency-Key", bad)])
            .problem(400, "invalid-parameter");
        assert_eq!(fault["name"], "Idempotency-Key");
    }
}

#[test]
fn fifty_twins_at_once_create_one_record() {
    let (server, key) = editing();
    let body = json!({ "kind": "person", "name": "One of fifty" });
    let answers: Vec<(u16, Vec<u8>)> = std::thread::scope(|scope| {
        let twins: Vec<_> = (0..50)
            .map(|_| {
                scope.spawn(|| {
                    let answer = server.write(&key, "POST", "/v1/entities", &body, &[("Idempotency-Key", "fifty")]);
                    (answer.status, answer.body)
                })
            })
            .collect();
        twins.into_iter().map(|twin| twin.join().expect("an answer")).collect()
    });
    let created: BTreeSet<&Vec<u8>> =
        answers.iter().filter(|(status, _)| *status == 201).map(|(_, body)| body).collect();
    assert_eq!(created.len(), 1);
    assert!(answers.iter().all(|(status, _)| [201, 409].contains(status)));
    server.database.execute("SELECT 1 / (count(*) = 1)::int FROM entities WHERE name = 'One of fifty'");
}
