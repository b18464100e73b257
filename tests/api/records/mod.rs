//! One record by its id: what it holds, what became of it, and whether the caller has it already.

mod current;
mod whole;

use civicspace::http::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Server};

const RESOURCES: [&str; 3] = ["articles", "entities", "incidents"];

/// Stores a record of a resource, named as in paths.
fn store(server: &Server, resource: &str, members: Value) -> Uuid {
    match resource {
        "articles" => server.article(members),
        "entities" => server.entity(members),
        _ => server.incident(members),
    }
}

/// Asserts the body of a 200, whose times the server chose.
#[track_caller]
fn holds(answer: &Answer, mut expected: Value) {
    assert_eq!(answer.status, 200, "{answer}");
    let body = answer.json();
    for time in ["created_at", "updated_at"] {
        assert!(body[time].as_str().is_some_and(|text| text.ends_with('Z')), "{time}: {answer}");
        expected[time] = body[time].clone();
    }
    assert_eq!(body, expected);
}

#[test]
fn an_unknown_id_and_a_draft_are_not_found() {
    let server = Server::start();
    let editor = server.key(Role::Editor);
    for resource in RESOURCES {
        let draft = store(&server, resource, json!({ "state": "draft" }));
        for id in [draft, Uuid::now_v7(), Uuid::nil(), Uuid::max()] {
            let path = format!("/v1/{resource}/{id}");
            server.get(&path).problem(404, "not-found");
            server.get_as(&server.key(Role::Reader), &path).problem(404, "not-found");
        }
        let seen = server.get_as(&editor, &format!("/v1/{resource}/{draft}"));
        assert_eq!(seen.at("/state"), "draft");
        let of_another_resource = RESOURCES.into_iter().find(|other| *other != resource).expect("another");
        server.get_as(&editor, &format!("/v1/{of_another_resource}/{draft}")).problem(404, "not-found");
    }
}

#[test]
fn a_withdrawn_record_leaves_a_tombstone() {
    let server = Server::start();
    for resource in RESOURCES {
        let id = store(&server, resource, json!({}));
        server.database.execute(&format!(
            "UPDATE {resource} SET state = 'retracted', updated_at = '2098-01-02T03:04:05Z' WHERE id = '{id}';
             UPDATE versions SET reason = 'duplicate', at = '2098-01-02T03:04:05Z', record = record || '{{\"state\": \"retracted\"}}'
             WHERE record_id = '{id}'"
        ));
        let gone = server.get(&format!("/v1/{resource}/{id}"));
        gone.problem(410, "gone");
        let tombstone =
            json!({ "id": id, "deleted_at": "2098-01-02T03:04:05Z", "reason": "duplicate", "replaced_by": null });
        assert_eq!(gone.at("/tombstone"), tombstone);
        assert_eq!(gone.header("cache-control"), Some("no-store"));
        assert_eq!(server.get(&format!("/v1/{resource}?id={id}")).at("/data"), json!([]));
        let editor = server.key(Role::Editor);
        server.get_as(&editor, &format!("/v1/{resource}/{id}")).problem(410, "gone");
    }
}

#[test]
fn a_merged_record_leads_to_the_one_that_took_its_place() {
    let server = Server::start();
    for resource in RESOURCES {
        let [merged, survivor] = [(); 2].map(|()| store(&server, resource, json!({})));
        server.merge(resource, merged, survivor);
        let answer = server.get(&format!("/v1/{resource}/{merged}"));
        assert_eq!(answer.status, 308, "{answer}");
        let location = format!("/v1/{resource}/{survivor}");
        assert_eq!(answer.header("location"), Some(location.as_str()));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.json(), json!({ "id": merged, "merged_into": survivor }));
        assert_eq!(server.get(&location).at("/id"), json!(survivor));
    }
}

#[test]
fn a_malformed_id_is_refused() {
    let server = Server::start();
    for resource in RESOURCES {
        for id in [
            "1",
            "x",
            "%00",
            "%FF",
            "0190d6a0000070008000000000000001",
            "0190d6a0-0000-7000-8000-00000000000",
            "0190d6a0-0000-7000-8000-0000000000011",
            "0190d6a0-0000-7000-8000-00000000000g",
            "0190d6a0-0000-7000-8000-00000000000%00",
            "%7B0190d6a0-0000-7000-8000-000000000001%7D",
            "urn:uuid:0190d6a0-0000-7000-8000-000000000001",
            "0190d6a00-000-7000-8000-000000000001",
        ] {
            let fault = server.get(&format!("/v1/{resource}/{id}")).problem(400, "invalid-parameter");
            assert_eq!((&fault["in"], &fault["name"]), (&json!("path"), &json!("id")), "{resource}/{id}");
            assert!(fault["detail"].to_string().contains("UUID"), "{fault}");
        }
        let id = store(&server, resource, json!({})).to_string();
        assert_eq!(server.get(&format!("/v1/{resource}/{}", id.to_uppercase())).at("/id"), json!(id));
    }
}
