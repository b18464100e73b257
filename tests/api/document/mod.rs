//! The API document: complete, true, and enforced.

mod examples;
mod limits;

use std::collections::BTreeSet;
use std::path::PathBuf;

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Server, committed_document, document, operations};

/// Whether files are to be written instead of compared.
fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

fn path_of(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("openapi").join(name)
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let server = Server::start();
    let answered = server.get("/openapi.json").json();
    let text = serde_json::to_string_pretty(&answered).expect("JSON") + "\n";
    if updating() {
        std::fs::write(path_of("openapi.json"), &text).expect("openapi.json");
    }
    assert!(committed_document() == text, "run UPDATE=1 cargo test --test api document, twice if the examples changed");
    assert_eq!(&answered, document());
}

#[test]
fn every_operation_says_what_it_does_and_every_status_that_it_can_answer() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let what = format!("{method} {path}");
        let text = |member: &str| operation[member].as_str().unwrap_or_default().to_owned();
        assert!(ids.insert(text("operationId")), "{what}: an id of its own");
        assert!(text("summary").len() > 5, "{what}: a summary");
        assert!(text("description").len() > 20, "{what}: a description");
        for status in ["400", "401", "429", "500", "503"] {
            assert!(operation["responses"][status].is_object(), "{what}: {status}");
        }
        if path.contains('{') {
            assert!(operation["responses"]["404"].is_object(), "{what}: 404");
        }
        let success = ["200", "201", "204"].iter().find(|status| operation["responses"][**status].is_object());
        let success = success.unwrap_or_else(|| panic!("{what}: no success"));
        for content in [&operation["responses"][*success]["content"], &operation["requestBody"]["content"]] {
            let media = content.as_object().into_iter().flatten();
            assert!(media.into_iter().all(|(_, media)| !media["example"].is_null()), "{what}: an example");
        }
        assert_eq!(operation["responses"][*success]["content"].is_object(), *success != "204", "{what}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|member| references(member, found));
            }
            Value::Array(array) => array.iter().for_each(|member| references(member, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(document(), &mut found);
    assert!(found.len() > 50);
    for reference in found {
        assert!(document().pointer(&reference[1..]).is_some(), "{reference}");
    }
}

#[test]
fn every_member_of_an_answer_is_required() {
    for (name, schema) in document()["components"]["schemas"].as_object().expect("schemas") {
        // `fields` leaves members of a line out.
        if name.starts_with("New") || name.ends_with("Patch") || name.ends_with("Line") {
            continue;
        }
        let members: BTreeSet<&String> =
            schema["properties"].as_object().into_iter().flatten().map(|(member, _)| member).collect();
        let required: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(members.iter().map(|member| member.as_str()).collect::<BTreeSet<_>>(), required, "{name}");
    }
}

/// The schema, or the one that it refers to.
fn resolved(schema: &Value) -> &Value {
    schema["$ref"].as_str().map_or(schema, |reference| document().pointer(&reference[1..]).expect("a schema"))
}

/// Reads, with a key where the document says that one is needed.
fn read(server: &Server, key: &str, target: &str, operation: &Value) -> Answer {
    let is_open = operation["security"].as_array().expect("security").contains(&json!({}));
    if is_open { server.get(target) } else { server.get_as(key, target) }
}

/// Every path that can be read, and what the document says of reading it.
fn reads() -> impl Iterator<Item = (String, &'static Value)> {
    operations().into_iter().filter(|(method, ..)| method == "get").map(|(_, path, operation)| (path, operation))
}

/// A path of the document with a value that exists in the place of each parameter.
fn filled(server: &Server, path: &str, operation: &Value) -> String {
    let mut target = path.to_owned();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    for parameter in parameters.filter(|parameter| parameter["in"] == "path") {
        let name = parameter["name"].as_str().expect("a name");
        if !target.contains(&format!("{{{name}}}")) {
            continue;
        }
        let value = match name {
            "slug" => "central-asia".to_owned(),
            "file" if path.starts_with("/v1/snapshots") => "incidents.ndjson.gz".to_owned(),
            "file" => "start.js".to_owned(),
            "type" => "not-found".to_owned(),
            _ => {
                let (list, _) = path.split_once("/{id}").expect("a list");
                if list == "/v1/snapshots" && server.get(list).each("/id").is_empty() {
                    server.snapshot();
                }
                server.get(list).at("/data/0/id").as_str().expect("an id").to_owned()
            }
        };
        target = target.replace(&format!("{{{name}}}"), &value);
    }
    target
}

/// A value that a schema takes.
fn good(schema: &Value) -> String {
    let schema = resolved(schema);
    if let Some(code) = schema["enum"].pointer("/0").and_then(Value::as_str) {
        return code.to_owned();
    }
    match (schema["format"].as_str(), schema["type"].as_str()) {
        (Some("uuid"), _) => "0190d6a0-0000-7000-8000-000000000001".to_owned(),
        (_, Some("number" | "integer")) => "1".to_owned(),
        _ => schema["example"].as_str().unwrap_or("a").to_owned(),
    }
}

/// A path with the parameters that must be there, but one, ready to be followed by others.
fn asked(path: &str, operation: &Value, but: &str) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let required = parameters.filter(|p| p["in"] == "query" && p["required"] == true && p["name"] != but);
    let pairs = required.map(|p| {
        let value = if p["schema"]["type"] == "array" { good(&p["schema"]["items"]) } else { "abc".to_owned() };
        format!("{}={value}&", p["name"].as_str().expect("a name"))
    });
    format!("{path}?{}", pairs.collect::<String>())
}

#[test]
fn what_is_documented_is_what_is_served() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    for (path, operation) in reads() {
        let target = asked(&filled(&server, &path, operation), operation, "");
        assert_eq!(read(&server, &key, &target, operation).status, 200, "{target}");
    }
}
