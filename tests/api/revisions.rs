//! The versions of a record: who sees which, and what a change for safety hides.

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use crate::harness::Server;

#[test]
fn every_version_is_told_with_when_why_and_what() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    let created = server.write(&key, "POST", "/v1/entities", &json!({ "kind": "person", "name": "First" }), &[]);
    let path = format!("/v1/entities/{}", created.at("/id").as_str().expect("an id"));
    let named = |name: &str, version: u32, reason: &str| {
        let tag = format!("\"{version}\"");
        let answer = server.write(
            &key,
            "PATCH",
            &path,
            &json!({ "name": name }),
            &[("If-Match", &tag), ("Change-Reason", reason)],
        );
        assert_eq!(answer.status, 200, "{answer}");
    };
    named("Second", 1, "coding_error");
    named("Third", 2, "source_corrected");
    let revisions = format!("{path}/revisions");
    let all = server.get(&revisions);
    assert_eq!(all.each("/version"), [json!(3), json!(2), json!(1)]);
    assert_eq!(all.texts("/reason"), ["source_corrected", "coding_error", "new_information"]);
    assert_eq!(all.at("/data/1/changed"), json!(["name"]));
    assert_eq!(all.each("/by"), [Value::Null, Value::Null, Value::Null], "who wrote is for editors");
    assert_eq!(server.get_as(&key, &revisions).texts("/by"), ["test", "test", "test"]);
    assert_eq!(all.each("/record"), [Value::Null, Value::Null, Value::Null]);
    for (version, name) in [(1, "First"), (2, "Second"), (3, "Third")] {
        let one = server.get(&format!("{revisions}?version={version}"));
        assert_eq!(one.each("/version"), [json!(version)]);
        assert_eq!((one.at("/data/0/record/name"), one.at("/data/0/record/version")), (json!(name), json!(version)));
    }
    server.get(&format!("{revisions}?version=4")).problem(404, "not-found");
    // Page by page.
    let first = server.get(&format!("{revisions}?limit=2&include_total=true"));
    assert_eq!((first.each("/version"), first.at("/meta/total/value")), (vec![json!(3), json!(2)], json!(3)));
    let cursor = first.at("/meta/next_cursor");
    let second = server.get(&format!("{revisions}?limit=2&cursor={}", cursor.as_str().expect("a cursor")));
    assert_eq!((second.each("/version"), second.at("/meta/next_cursor")), (vec![json!(1)], Value::Null));
    server.get("/v1/entities/0190d6a0-0000-7000-8000-000000000009/revisions").problem(404, "not-found");
}

#[test]
fn what_was_before_publication_and_after_withdrawal_is_for_editors() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    let draft = json!({ "kind": "person", "name": "Whispered", "state": "draft" });
    let draft = server.write(&key, "POST", "/v1/entities", &draft, &[]);
    let path = format!("/v1/entities/{}", draft.at("/id").as_str().expect("an id"));
    let revisions = format!("{path}/revisions");
    server.get(&revisions).problem(404, "not-found");
    assert_eq!(server.get_as(&key, &revisions).each("/version"), [json!(1)]);
    server.write(&key, "PATCH", &path, &json!({ "name": "Said", "state": "published" }), &[("If-Match", "\"1\"")]);
    assert_eq!(server.get(&revisions).each("/version"), [json!(2)]);
    server.get(&format!("{revisions}?version=1")).problem(404, "not-found");
    assert_eq!(server.get_as(&key, &format!("{revisions}?version=1")).at("/data/0/record/name"), "Whispered");
    let authorization = format!("Bearer {key}");
    server.request("DELETE", &path, &[("Authorization", &authorization)]);
    server.get(&revisions).problem(410, "gone");
    assert_eq!(server.get_as(&key, &revisions).each("/version"), [json!(3), json!(2), json!(1)]);
}

#[test]
fn a_change_for_safety_hides_what_was_before_from_everybody() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    for reason in ["safety", "legal_request"] {
        let created =
            server.write(&key, "POST", "/v1/entities", &json!({ "kind": "person", "name": "True Name" }), &[]);
        let path = format!("/v1/entities/{}", created.at("/id").as_str().expect("an id"));
        let changed = json!({ "name": "N. N." });
        server.write(&key, "PATCH", &path, &changed, &[("If-Match", "\"1\""), ("Change-Reason", reason)]);
        let revisions = format!("{path}/revisions");
        for answer in [server.get(&revisions), server.get_as(&key, &revisions)] {
            assert_eq!(answer.each("/version"), [json!(2)]);
        }
        for answer in
            [server.get(&format!("{revisions}?version=1")), server.get_as(&key, &format!("{revisions}?version=1"))]
        {
            answer.problem(404, "not-found");
        }
        for feed in [server.get("/v1/changes?since=0"), server.get_as(&key, "/v1/changes?since=0")] {
            assert!(!String::from_utf8_lossy(&feed.body).contains("True Name"), "{feed}");
        }
    }
}

#[test]
fn the_text_of_an_article_is_in_no_version() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.article(json!({}));
    let article = json!({ "title": "A", "language": "en", "body": "Secret words." });
    let created = server.write(&key, "POST", "/v1/articles", &article, &[]);
    let version = format!("/v1/articles/{}/revisions?version=1", created.at("/id").as_str().expect("an id"));
    assert_eq!(server.get(&version).at("/data/0/record/body"), Value::Null);
}
