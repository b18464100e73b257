//! What is not written, and what is said of it.

use std::collections::BTreeSet;

use civicspace::http::auth::Role;
use serde_json::json;

use super::{editing, incident, with};
use crate::harness::{Server, operations};

#[test]
fn every_fault_of_a_body_is_named_at_once() {
    let (server, key) = editing();
    let merged = server.entity(json!({ "name": "Merged" }));
    let survivor = server.entity(json!({ "name": "Survivor" }));
    server.merge("entities", merged, survivor);
    let gone = server.article(json!({}));
    server.retract("articles", gone);
    let draft = server.incident(json!({ "state": "draft" }));
    let body = with(
        incident(),
        json!({
            "kind": "assembly.protests",
            "colour": "red",
            "start_date": "yesterday",
            "tags": ["tear_gas", "custard"],
            "location": { "country": "XX", "precision": "country", "lat": 99.5 },
            "participants": [
                { "entity": { "id": "0190d6a0-0000-7000-8000-000000000009" }, "role": "target" },
                { "entity": { "id": merged }, "role": "target" },
                { "entity": { "name": "Somebody" }, "role": "target" },
                { "label": "They" }
            ],
            "figures": [{ "measure": "detained", "low": "many", "claimant_class": "police", "article": { "id": gone } }],
            "legal_steps": [{ "entity": { "dataset": "central-asia", "external_id": "kg-police" }, "step": "charged", "penalty": { "kind": "fine", "amount": -1 } }],
            "relations": [{ "relation": "follows", "incident": { "id": draft } }],
        }),
    );
    let body = with(body, json!({ "title": null }));
    let answer = server.write(&key, "POST", "/v1/incidents", &body, &[]);
    answer.problem(422, "invalid-content");
    let errors = answer.at("/errors");
    let named: BTreeSet<(&str, &str)> = errors
        .as_array()
        .expect("errors")
        .iter()
        .map(|fault| (fault["pointer"].as_str().expect("a pointer"), fault["code"].as_str().expect("a code")))
        .collect();
    let expected = BTreeSet::from([
        ("/title", "invalid_value"),
        ("/kind", "invalid_value"),
        ("/colour", "unknown_member"),
        ("/start_date", "invalid_value"),
        ("/tags/1", "unknown_reference"),
        ("/location/country", "invalid_value"),
        ("/location/lat", "invalid_value"),
        ("/participants/0/entity", "unknown_reference"),
        ("/participants/1/entity", "unavailable_reference"),
        ("/participants/2/entity", "invalid_value"),
        ("/participants/3/role", "missing_member"),
        ("/figures/0/low", "invalid_value"),
        ("/figures/0/article", "unavailable_reference"),
        ("/legal_steps/0/penalty/amount", "invalid_value"),
        ("/relations/0/incident", "unavailable_reference"),
    ]);
    assert_eq!(named, expected, "{errors:#}");
    let kind = errors.as_array().expect("errors").iter().find(|fault| fault["pointer"] == "/kind").expect("a fault");
    assert!(kind["detail"].as_str().expect("a detail").contains("the nearest is `assembly.protest`"), "{kind}");
    assert_eq!(server.get("/v1/incidents?date_from=2026-01-01").at("/data"), json!([]), "nothing is stored");
}

#[test]
fn members_that_contradict_each_other_are_named() {
    let (server, key) = editing();
    let source =
        &json!({ "article": { "dataset": "central-asia", "external_id": "former-deputies-jailed-2023-kazakhstan" } });
    for (members, pointer) in [
        (json!({ "start_date": "2026-11-20", "end_date": "2026-11-19", "date_precision": "day" }), "/end_date"),
        (json!({ "start_date": "2026-11-20", "end_date": "2026-11-20" }), "/start_date"),
        (json!({ "location": { "precision": "exact", "lat": 42.8 } }), "/location"),
        (json!({ "participants": [{ "role": "target" }] }), "/participants/0"),
        (json!({ "figures": [{ "measure": "amount", "low": 5, "claimant_class": "court" }] }), "/figures/0/unit"),
        (json!({ "tags": ["labour", "labour"] }), "/tags/1"),
        (json!({ "sources": [source, source] }), "/sources/1/article"),
        (json!({ "dataset": "nowhere" }), "/dataset"),
        (json!({ "external_id": "kg-2020-03-02-bishkek-rally" }), "/external_id"),
        (json!({ "external_id": "x\u{0}y" }), "/external_id"),
        (json!({ "title": "" }), "/title"),
        (json!({ "title": "x".repeat(501) }), "/title"),
    ] {
        let answer = server.write(&key, "POST", "/v1/incidents", &with(incident(), members.clone()), &[]);
        let fault = answer.problem(422, "invalid-content");
        assert_eq!(fault["pointer"], pointer, "{members}: {answer}");
    }
}

#[test]
fn a_body_that_is_no_json_is_refused_before_anything_else() {
    let (server, key) = editing();
    let authorization = format!("Bearer {key}");
    let send = |media: &str, body: &[u8]| {
        server.send("POST", "/v1/entities", &[("Authorization", &authorization), ("Content-Type", media)], body)
    };
    for bad in [
        &b""[..],
        b"{",
        b"{\"kind\": \"person\", \"name\": \"A\"",
        b"{\"kind\": \"person\", \"kind\": \"media\", \"name\": \"A\"}",
        b"{\"kind\": \"person\", \"name\": \"\\ud800\"}",
        b"{\"kind\": \"person\", \"name\": \"\xff\"}",
        b"{\"kind\": \"person\", \"name\": \"A\"} {}",
    ] {
        send("application/json", bad).problem(400, "invalid-json");
    }
    let deep = [b"[".repeat(10_000), b"]".repeat(10_000)].concat();
    send("application/json", &deep).problem(400, "invalid-json");
    for (no_object, pointer) in [(&b"[]"[..], ""), (b"3", ""), (b"null", "")] {
        assert_eq!(send("application/json", no_object).problem(422, "invalid-content")["pointer"], pointer);
    }
    for media in
        ["text/plain", "application/xml", "application/merge-patch+json", "application/json; charset=latin1", ""]
    {
        send(media, b"{}").problem(415, "unsupported-media-type");
    }
    assert_eq!(send("application/json; charset=UTF-8", b"{\"kind\": \"person\", \"name\": \"A\"}").status, 201);
    let large = json!({ "kind": "person", "name": "A", "description": "x".repeat(1_100_000) }).to_string();
    send("application/json", large.as_bytes()).problem(413, "content-too-large");
    // In chunks, which say no length beforehand.
    let mut chunked = format!("POST /v1/entities HTTP/1.1\r\nHost: a\r\nAuthorization: {authorization}\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..40 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.extend(std::iter::repeat_n(b' ', 65_536));
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    server.raw(&chunked).problem(413, "content-too-large");
    let compressed =
        [("Authorization", authorization.as_str()), ("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
    server.send("POST", "/v1/entities", &compressed, b"{}").problem(415, "unsupported-media-type");
}

#[test]
fn writing_is_for_editors_and_admins_alone() {
    let server = Server::seeded();
    let (reader, editor) = (server.key(Role::Reader), server.key(Role::Editor));
    let (revoked, expired) = (server.key(Role::Admin), server.key(Role::Admin));
    server.database.execute(
        "WITH newest AS (SELECT id, row_number() OVER (ORDER BY created_at DESC) AS place FROM api_keys WHERE role = 'admin')
         UPDATE api_keys SET expires_at = CASE place WHEN 1 THEN now() END, revoked_at = CASE place WHEN 2 THEN now() END
         FROM newest WHERE newest.id = api_keys.id",
    );
    let id = server.get("/v1/entities?external_id=kg-police").at("/data/0/id");
    let before = server.get("/v1/entities").at("/meta/revision");
    let (mut writes, mut for_admins) = (0, 0);
    for (method, template, operation) in operations() {
        let is_open = operation["security"].as_array().is_some_and(|ways| ways.contains(&json!({})));
        if !["post", "patch", "put", "delete"].contains(&method.as_str()) || is_open {
            continue;
        }
        writes += 1;
        let path = template.replace("{id}", id.as_str().expect("an id")).replace("{slug}", "central-asia");
        let send = |key: Option<&str>| {
            let authorization = key.map(|key| format!("Bearer {key}"));
            let mut headers = vec![("Content-Type", "application/json"), ("If-Match", "\"1\"")];
            headers.extend(authorization.as_deref().map(|value| ("Authorization", value)));
            let method = method.to_uppercase();
            if operation["requestBody"].is_null() {
                return server.request(&method, &path, &headers[1..]);
            }
            server.send(&method, &path, &headers, b"{}")
        };
        for key in [None, Some("cs_wrong"), Some(revoked.as_str()), Some(expired.as_str())] {
            let answer = send(key);
            answer.problem(401, "unauthenticated");
            assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")), "{answer}");
        }
        send(Some(&reader)).problem(403, "forbidden");
        let description = operation["description"].as_str().expect("a description");
        if description.starts_with("For admins.") {
            for_admins += 1;
            send(Some(&editor)).problem(403, "forbidden");
        } else {
            assert!(description.starts_with("For editors."), "{method} {template} says for whom it is");
        }
    }
    assert!(writes >= 20 && for_admins >= 5, "{writes} {for_admins}");
    assert_eq!(server.get("/v1/entities").at("/meta/revision"), before);
}
