//! Many records in one request: created, changed or left as they are, line by line or all together.

use std::fmt::Write as _;

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Server};

fn send(server: &Server, key: &str, path: &str, body: &[u8]) -> Answer {
    let authorization = format!("Bearer {key}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/x-ndjson")];
    server.send("POST", path, &headers, body)
}

fn ndjson(lines: &[Value]) -> Vec<u8> {
    lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

/// The results of a batch that was carried out.
fn load(server: &Server, key: &str, path: &str, lines: &[Value]) -> Vec<Value> {
    results(&send(server, key, path, &ndjson(lines)))
}

fn results(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let text = String::from_utf8_lossy(&answer.body);
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

fn outcomes(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["result"].as_str().unwrap_or_default()).collect()
}

fn person(external_id: &str, name: &str) -> Value {
    json!({ "external_id": external_id, "kind": "person", "name": name })
}

fn editing() -> (Server, String) {
    let server = Server::start();
    server.entity(json!({ "name": "So that the dataset is there" }));
    let key = server.key(Role::Editor);
    (server, key)
}

#[test]
fn lines_create_change_and_leave_alone() {
    let (server, key) = editing();
    let path = "/v1/entities/batch";
    let first = load(&server, &key, path, &[person("a", "A"), person("b", "B")]);
    assert_eq!(outcomes(&first), ["created", "created"]);
    assert_eq!((&first[1]["line"], &first[1]["version"], &first[1]["problem"]), (&json!(2), &json!(1), &Value::Null));
    let again = load(&server, &key, path, &[person("a", "A"), person("b", "B")]);
    assert_eq!(outcomes(&again), ["unchanged", "unchanged"]);
    assert_eq!(again[0]["id"], first[0]["id"]);
    let before = server.get("/v1/changes").at("/meta/next_since");
    let changed = load(
        &server,
        &key,
        path,
        &[
            json!({ "external_id": "a", "country": "KG", "aliases": [{ "name": "Ah", "language": null }] }),
            json!({ "external_id": "a", "country": null }),
            json!({ "external_id": "b", "version": 1, "name": "Bee" }),
            json!({ "external_id": "b", "version": 1, "name": "Late" }),
            json!({ "external_id": "c", "version": 1, "kind": "person", "name": "C" }),
        ],
    );
    assert_eq!(outcomes(&changed), ["updated", "updated", "updated", "error", "error"]);
    assert_eq!(changed[1]["version"], 3);
    assert_eq!(changed[3]["problem"]["status"], 412);
    assert_eq!(changed[4]["problem"]["status"], 412);
    let a = server.get(&format!("/v1/entities/{}", first[0]["id"].as_str().expect("an id")));
    assert_eq!((a.at("/name"), a.at("/country"), a.at("/aliases/0/name")), (json!("A"), Value::Null, json!("Ah")));
    let feed = server.get(&format!("/v1/changes?since={before}"));
    assert_eq!(feed.texts("/op"), ["upsert", "upsert"], "{feed}");
}

#[test]
fn a_line_refers_to_records_of_lines_before_it() {
    let (server, key) = editing();
    let leads =
        |to: &str| json!([{ "relation": "ally_of", "entity": { "dataset": "central-asia", "external_id": to } }]);
    let mut b = person("b", "B");
    b["relations"] = leads("a");
    let mut c = person("c", "C");
    c["relations"] = leads("nobody");
    let results = load(&server, &key, "/v1/entities/batch", &[person("a", "A"), b, c]);
    assert_eq!(outcomes(&results), ["created", "created", "error"]);
    assert_eq!(results[2]["problem"]["errors"][0]["pointer"], "/relations/0/entity");
    let a = server.get(&format!("/v1/entities/{}", results[0]["id"].as_str().expect("an id")));
    assert_eq!(a.at("/relations/0/entity/name"), "B");
}

#[test]
fn every_fault_of_a_line_is_named_and_the_other_lines_are_stored() {
    let (server, key) = editing();
    let gone = load(&server, &key, "/v1/entities/batch", &[person("gone", "Gone")]);
    let authorization = format!("Bearer {key}");
    let path = format!("/v1/entities/{}", gone[0]["id"].as_str().expect("an id"));
    server.request("DELETE", &path, &[("Authorization", &authorization)]);
    let mut body = Vec::new();
    body.extend_from_slice(b"{\"external_id\": \"x\", \"kind\": \"persn\", \"nme\": 1}\n");
    body.extend_from_slice(b"not json\n\n[1]\n{\"a\": 1, \"a\": 2}\n\"\xff\"\n");
    body.extend_from_slice(b"{\"kind\": \"person\", \"name\": \"No id\", \"country\": \"QQ\"}\n");
    body.extend_from_slice(b"{\"external_id\": \"gone\", \"name\": \"Back\"}\n");
    body.extend_from_slice(b"{\"external_id\": \"nul\", \"kind\": \"person\", \"name\": \"a\\u0000b\"}\n");
    let mut long = b"{\"external_id\": \"long\", \"kind\": \"person\", \"name\": \"".to_vec();
    long.resize(2_000_000, b'a');
    body.extend_from_slice(&long);
    body.extend_from_slice(b"\"}\n{\"external_id\": \"last\", \"kind\": \"person\", \"name\": \"Last\"}");
    let results = results(&send(&server, &key, "/v1/entities/batch", &body));
    let lines: Vec<u64> = results.iter().filter_map(|result| result["line"].as_u64()).collect();
    assert_eq!(lines, [1, 2, 4, 5, 6, 7, 8, 9, 10, 11], "a blank line is counted and not answered");
    let statuses: Vec<u64> = results.iter().filter_map(|result| result["problem"]["status"].as_u64()).collect();
    assert_eq!(statuses, [422, 400, 422, 400, 400, 422, 410, 422, 413]);
    let pointers = |result: &Value| -> Vec<String> {
        let errors = result["problem"]["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().filter_map(|error| error["pointer"].as_str().map(str::to_owned)).collect()
    };
    let mut first = pointers(&results[0]);
    first.sort();
    assert_eq!(first, ["/kind", "/name", "/nme"]);
    assert_eq!(pointers(&results[5]), ["/external_id", "/country"]);
    assert_eq!(results[6]["problem"]["type"], "/problems/gone");
    assert_eq!(results[9]["result"], "created");
    assert_eq!(server.get("/v1/entities").texts("/name"), ["Last", "So that the dataset is there"]);
}

#[test]
fn all_or_nothing_stores_nothing_if_one_line_is_wrong() {
    let (server, key) = editing();
    let path = "/v1/entities/batch?atomic=true";
    let before = server.get("/v1/entities").at("/meta/revision");
    let lines = [
        person("a", "A"),
        json!({ "external_id": "b" }),
        person("c", "C"),
        json!({ "external_id": "a", "version": 7 }),
    ];
    let refused = send(&server, &key, path, &ndjson(&lines));
    refused.problem(422, "invalid-content");
    let errors = refused.at("/errors");
    let pointers: Vec<&str> =
        errors.as_array().expect("faults").iter().filter_map(|fault| fault["pointer"].as_str()).collect();
    assert_eq!(pointers, ["/1/kind", "/1/name", "/3/version"]);
    assert_eq!(server.get("/v1/entities").at("/meta/revision"), before);
    let stored = results(&send(&server, &key, path, &ndjson(&[person("a", "A"), person("c", "C"), person("a", "Ah")])));
    assert_eq!(outcomes(&stored), ["created", "created", "updated"]);
}

#[test]
fn a_batch_that_is_cut_off_stores_nothing() {
    let (server, key) = editing();
    let before = server.get("/v1/entities").at("/meta/revision");
    let head = format!(
        "POST /v1/entities/batch HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let line = format!("{}\n", person("a", "A"));
    let cut = format!("{head}{:x}\r\n{line}\r\nfff\r\n{{\"external", line.len());
    server.cut_off(cut.as_bytes());
    let after = server.get("/v1/entities");
    assert_eq!(after.at("/meta/revision"), before, "{after}");
    // The whole of it is stored.
    let whole = format!("{head}{:x}\r\n{line}\r\n0\r\n\r\n", line.len());
    assert_eq!(outcomes(&results(&server.raw(whole.as_bytes()))), ["created"]);
}

#[test]
fn what_is_no_batch_or_too_large_is_refused() {
    let server = Server::configured(|config| config.max_batch = 1_000_000);
    server.entity(json!({}));
    let key = server.key(Role::Editor);
    let many = "{}\n".repeat(10_001);
    send(&server, &key, "/v1/entities/batch", many.as_bytes()).problem(413, "content-too-large");
    send(&server, &key, "/v1/entities/batch", &vec![b' '; 1_000_001]).problem(413, "content-too-large");
    let authorization = format!("Bearer {key}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    server.send("POST", "/v1/entities/batch", &headers, b"{}").problem(415, "unsupported-media-type");
    assert!(results(&send(&server, &key, "/v1/entities/batch", b"")).is_empty());
    server.get("/v1/entities/batch").problem(405, "method-not-allowed");
}

#[test]
fn ten_thousand_lines_are_stored_and_the_same_file_changes_nothing() {
    let (server, key) = editing();
    let mut body = String::new();
    for i in 0..10_000 {
        let _infallible = writeln!(body, "{}", person(&format!("p{i}"), &format!("Person {i}")));
    }
    let created = results(&send(&server, &key, "/v1/entities/batch", body.as_bytes()));
    assert!(created.len() == 10_000 && created.iter().all(|result| result["result"] == "created"));
    let head = server.get("/v1/entities").at("/meta/revision");
    let again = results(&send(&server, &key, "/v1/entities/batch", body.as_bytes()));
    assert!(again.len() == 10_000 && again.iter().all(|result| result["result"] == "unchanged"));
    assert_eq!(server.get("/v1/entities").at("/meta/revision"), head);
}

#[test]
fn a_line_withdraws_what_nothing_refers_to() {
    let (server, key) = editing();
    let path = "/v1/entities/batch";
    let mut b = person("b", "B");
    b["relations"] = json!([{ "relation": "ally_of", "entity": { "dataset": "central-asia", "external_id": "a" } }]);
    load(&server, &key, path, &[person("a", "A"), b]);
    let withdraw = |id: &str| json!({ "external_id": id, "state": "retracted" });
    let results = load(&server, &key, path, &[withdraw("a"), withdraw("b"), withdraw("a"), withdraw("new")]);
    assert_eq!(outcomes(&results), ["error", "updated", "updated", "error"]);
    assert_eq!(results[0]["problem"]["type"], "/problems/referenced");
    assert_eq!(results[3]["problem"]["status"], 422);
}

#[test]
fn lines_of_an_internal_dataset_are_for_editors_alone_until_it_turns_public() {
    let (server, key) = editing();
    server.dataset("inside", "internal");
    let path = "/v1/entities/batch";
    let of = |dataset: &str, external_id: &str, name: &str| {
        let mut line = person(external_id, name);
        line["dataset"] = json!(dataset);
        line
    };
    let leads = |mut line: Value, dataset: &str| {
        let entity = json!({ "dataset": dataset, "external_id": "a" });
        line["relations"] = json!([{ "relation": "ally_of", "entity": entity }]);
        line
    };
    let lines = [
        person("a", "Outside"),
        of("inside", "a", "Inside"),
        leads(of("inside", "b", "Looks out"), "central-asia"),
        leads(person("b", "Looks in"), "inside"),
        of("nowhere", "a", "Nowhere"),
    ];
    let refused = send(&server, &key, "/v1/entities/batch?atomic=true", &ndjson(&lines));
    refused.problem(422, "invalid-content");
    let errors = refused.at("/errors");
    let faults: Vec<(&str, &str)> = errors
        .as_array()
        .expect("faults")
        .iter()
        .filter_map(|fault| Some((fault["pointer"].as_str()?, fault["code"].as_str()?)))
        .collect();
    let expected = [("/3/relations/0/entity", "unavailable_reference"), ("/4/dataset", "unknown_reference")];
    assert_eq!(faults, expected);
    let stored = load(&server, &key, path, &lines);
    assert_eq!(outcomes(&stored), ["created", "created", "created", "error", "error"]);
    assert_ne!(stored[0]["id"], stored[1]["id"], "an external id is one of its dataset");
    let again = load(&server, &key, path, &lines[..3]);
    assert_eq!(outcomes(&again), ["unchanged"; 3]);
    let names = |answer: &Answer| {
        let mut names = answer.texts("/name");
        names.retain(|name| !name.starts_with("So that"));
        names
    };
    assert_eq!(names(&server.get("/v1/entities")), ["Outside"]);
    assert_eq!(names(&server.get_as(&key, "/v1/entities")), ["Inside", "Looks out", "Outside"]);
    let told = |answer: &Answer| {
        let data = answer.at("/data");
        data.as_array().expect("changes").iter().filter(|change| change["object"]["dataset"] == "inside").count()
    };
    assert_eq!((told(&server.get("/v1/changes?since=0")), told(&server.get_as(&key, "/v1/changes?since=0"))), (0, 2));
    // The dataset turns public, and the same lines are judged by what it is now.
    let admin = server.key(Role::Admin);
    let turn = |access: &str| server.write(&admin, "PATCH", "/v1/datasets/inside", &json!({ "access": access }), &[]);
    assert_eq!(turn("public").status, 200);
    assert_eq!(names(&server.get("/v1/entities")), ["Inside", "Looks out", "Outside"]);
    assert_eq!(told(&server.get("/v1/changes?since=0")), 2);
    assert_eq!(outcomes(&load(&server, &key, path, &lines[1..4])), ["unchanged", "unchanged", "created"]);
    turn("internal").problem(409, "referenced");
    let gone = json!({ "external_id": "b", "state": "retracted" });
    assert_eq!(outcomes(&load(&server, &key, path, &[gone])), ["updated"]);
    assert_eq!(turn("internal").status, 200);
    assert_eq!(names(&server.get("/v1/entities")), ["Outside"]);
    let made_inside = load(&server, &key, path, &[of("inside", "c", "Made inside")]);
    assert_eq!(outcomes(&made_inside), ["created"]);
    let deleted = server.get("/v1/changes?since=0&dataset=inside");
    assert_eq!(deleted.texts("/op"), ["delete", "delete"], "{deleted}");
}
