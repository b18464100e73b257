//! The API document: complete, true, and enforced.

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

/// A timestamp differs from one loading of the seeds to the next, and so does a snapshot with its id and its bytes.
fn without_times(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, member) in object.iter_mut() {
                if (name == "at" || name.ends_with("_at")) && member.is_string() {
                    *member = json!("2026-11-22T00:00:00Z");
                }
                if name == "files" {
                    without_bytes(member);
                }
                without_times(member);
            }
        }
        Value::Array(array) => array.iter_mut().for_each(without_times),
        _ => {}
    }
}

fn without_bytes(files: &mut Value) {
    for file in files.as_array_mut().expect("files") {
        file["url"] = json!(format!("/v1/snapshots/{SNAPSHOT}/{}", file["name"].as_str().expect("a name")));
        file["bytes"] = json!(45_061);
        file["sha256"] = json!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    }
}

/// The text of a feed, which says when its records were stored.
fn feed_without_times(answer: &Answer) -> Value {
    let moment = regex::Regex::new(r"[0-9-]{10}T[0-9:.]+\+00:00").expect("a pattern");
    let text = String::from_utf8(answer.body.clone()).expect("UTF-8");
    json!(moment.replace_all(&text, "2026-11-22T00:00:00+00:00"))
}

/// How what an editor reads is marked.
const AS_EDITOR: &str = "AS EDITOR ";

/// The id of the snapshot of the examples.
const SNAPSHOT: &str = "0190d6a0-0000-7000-8000-000000000001";

#[test]
fn the_examples_are_what_the_seeded_server_answers() {
    let server = Server::seeded();
    let rally = "/v1/incidents?external_id=kg-2020-03-02-bishkek-rally";
    let article = "/v1/articles?external_id=diplomat-2020-03-former-kyrgyz-lawmaker-detained";
    server.snapshot();
    let key = server.key(Role::Editor);
    let id = |list: &str| server.get(list).at("/data/0/id").as_str().expect("an id").to_owned();
    for (operation, path) in [
        ("list_incidents", format!("{rally}&limit=1&include_total=true")),
        ("get_incident", format!("/v1/incidents/{}", id(rally))),
        ("list_entities", "/v1/entities?external_id=person-sadyr-japarov&limit=1&include_total=true".to_owned()),
        ("get_entity", format!("/v1/entities/{}", id("/v1/entities?external_id=person-sadyr-japarov"))),
        ("get_entity_timeline", format!("/v1/entities/{}/timeline", id("/v1/entities?external_id=person-anton-lymar"))),
        (
            "list_entity_connections",
            format!("/v1/entities/{}/connections", id("/v1/entities?external_id=person-bolot-temirov")),
        ),
        ("list_articles", format!("{article}&limit=1&include_total=true")),
        ("get_article", format!("/v1/articles/{}", id(article))),
        ("list_changes", "/v1/changes?since=22&limit=1".to_owned()),
        ("list_revisions", format!("/v1/entities/{}/revisions", id("/v1/entities?external_id=person-sadyr-japarov"))),
        (
            "get_article_feed",
            "/v1/feeds/articles.atom?external_id=diplomat-2020-03-former-kyrgyz-lawmaker-detained".to_owned(),
        ),
        ("get_incident_feed", "/v1/feeds/incidents.atom?external_id=kg-2020-03-02-bishkek-rally".to_owned()),
        ("count_incidents", "/v1/stats/incidents?group_by=month,category&country=KG&date_from=2020-03-01&date_to=2020-03-31&measure=detained".to_owned()),
        ("search", "/v1/search?q=%D0%9F%D0%BE%D0%BC%D0%BF%D0%B5%D0%BE&type=incident".to_owned()),
        ("suggest", "/v1/suggest?q=%D0%B6%D0%B0%D0%BF&limit=3".to_owned()),
        ("list_datasets", "/v1/datasets".to_owned()),
        ("get_dataset", "/v1/datasets/central-asia".to_owned()),
        ("list_snapshots", "/v1/snapshots".to_owned()),
        ("list_vocabularies", "/v1/vocabularies".to_owned()),
        ("match_entities", "POST /v1/match".to_owned()),
        ("list_similar_articles", format!("AS EDITOR /v1/articles/{}/similar", id(article))),
        (
            "list_similar_entities",
            format!("AS EDITOR /v1/entities/{}/similar?limit=1", id("/v1/entities?external_id=radio-azattyk")),
        ),
        (
            "list_similar_incidents",
            format!(
                "AS EDITOR /v1/incidents/{}/similar?limit=1",
                id("/v1/incidents?external_id=kg-2024-01-temirov-live-remand")
            ),
        ),
    ] {
        let mut answered = match path.strip_prefix("POST ") {
            _ if path.starts_with(AS_EDITOR) => server.get_as(&key, &path[AS_EDITOR.len()..]).json(),
            Some(path) => server
                .post(path, &document()["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"])
                .json(),
            None if path.contains(".atom") => feed_without_times(&server.get(&path)),
            None => server.get(&path).json(),
        };
        without_times(&mut answered);
        if operation == "list_vocabularies" {
            let kinds =
                answered["data"].as_array().and_then(|lists| lists.iter().find(|list| list["name"] == "effect"));
            answered = json!({ "data": [kinds] });
        }
        if operation == "list_snapshots" {
            answered["data"][0]["id"] = json!(SNAPSHOT);
        }
        check_example(operation, &answered);
    }
}

/// Asserts that the example of an operation is what was answered, or makes it so.
fn check_example(operation: &str, answered: &Value) {
    let file = path_of(&format!("examples/{operation}.json"));
    if updating() {
        std::fs::write(&file, serde_json::to_string_pretty(answered).expect("JSON") + "\n").expect("an example");
    }
    let example: Value = serde_json::from_str(&std::fs::read_to_string(&file).expect("an example")).expect("JSON");
    assert_eq!(&example, answered, "run UPDATE=1 cargo test --test api document: {operation}");
}

#[test]
fn the_examples_of_exports_are_what_the_seeded_server_answers() {
    let server = Server::seeded();
    let rally = "external_id=kg-2020-03-02-bishkek-rally";
    let article = "external_id=diplomat-2020-03-former-kyrgyz-lawmaker-detained";
    let person = "external_id=person-sadyr-japarov";
    let trial = "external_id=kg-2024-01-temirov-live-remand";
    for (file, query) in [
        ("articles.csv", format!("{article}&fields=id,title,url,published_on,publisher,mentions")),
        ("articles.ndjson", article.to_owned()),
        ("entities.csv", format!("{person}&fields=id,kind,name,country,aliases,incident_count")),
        ("entities.ndjson", person.to_owned()),
        ("entities.ftm.ndjson", person.to_owned()),
        (
            "incidents.csv",
            format!("{rally}&fields=id,title,kind,start_date,end_date,date_precision,country,place,participants"),
        ),
        ("incidents.geojson", rally.to_owned()),
        ("incidents.ndjson", rally.to_owned()),
        (
            "figures.csv",
            format!("{rally}&fields=incident_id,start_date,country,title,measure,low,high,wording,claimant_class"),
        ),
        ("figures.ndjson", rally.to_owned()),
        (
            "participants.csv",
            format!("{rally}&fields=incident_id,start_date,country,title,entity,entity_id,label,role"),
        ),
        ("participants.ndjson", format!("{rally}&role=subject")),
        (
            "legal_steps.csv",
            format!("{trial}&fields=incident_id,start_date,country,title,entity,step,step_date,charge"),
        ),
        (
            "legal_steps.ndjson",
            format!(
                "{trial}&entity={}",
                server
                    .get("/v1/entities?external_id=person-bolot-temirov")
                    .at("/data/0/relations/1/entity/id")
                    .as_str()
                    .expect("an id")
            ),
        ),
    ] {
        let answer = server.get(&format!("/v1/{file}?{query}"));
        assert_eq!(answer.status, 200, "{answer}");
        let text = String::from_utf8(answer.body).expect("text");
        let (name, format) = file.trim_end_matches("ftm.ndjson").split_once('.').expect("a format");
        let format = if format.is_empty() { "ftm" } else { format };
        let mut answered = match format {
            "csv" => json!(text.lines().take(4).map(|line| format!("{line}\r\n")).collect::<Vec<_>>().concat()),
            "ndjson" | "ftm" => {
                serde_json::from_str(text.lines().next().unwrap_or_else(|| panic!("{file}?{query}: no line")))
                    .expect("JSON")
            }
            _ => serde_json::from_str(&text).expect("JSON"),
        };
        without_times(&mut answered);
        check_example(&format!("export_{name}_{format}"), &answered);
    }
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

/// Values just beyond each limit that a schema states, as they stand in a query.
fn beyond(schema: &Value) -> Vec<String> {
    let schema = resolved(schema);
    let kind = schema["type"].as_str().unwrap_or_default();
    let mut values = Vec::new();
    if let Some(most) = schema["maximum"].as_i64() {
        values.push((most + 1).to_string());
    }
    if let Some(least) = schema["minimum"].as_i64() {
        values.push((least - 1).to_string());
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        values.push("a".repeat(usize::try_from(most).expect("a length") + 1));
    }
    if schema["minLength"].as_u64().is_some_and(|least| least > 0) || schema["enum"].is_array() {
        values.push(String::new());
    }
    if schema["enum"].is_array() {
        values.push("nonsense".to_owned());
    }
    if schema["pattern"].is_string() {
        values.push("%01%7F".to_owned());
    }
    match schema["format"].as_str() {
        Some("date") => values.extend(["2020-02-30".to_owned(), "20200302".to_owned(), "yesterday".to_owned()]),
        Some("date-time") => values.extend(["2020-03-02".to_owned(), "2020-03-02T25:00:00Z".to_owned()]),
        Some("uuid") => values.extend(["0190d6a0".to_owned(), "0190d6a00000700080000000000000010".to_owned()]),
        _ => {}
    }
    match kind {
        "boolean" => values.extend(["yes".to_owned(), "1".to_owned()]),
        "integer" => values.extend(["1.5".to_owned(), "x".to_owned(), "99999999999999999999".to_owned()]),
        "number" => values.extend(["NaN".to_owned(), "x".to_owned()]),
        "array" => {
            let items = beyond(&schema["items"]);
            assert!(!items.is_empty(), "an item without limits: {schema}");
            values.extend(items.iter().filter(|item| !item.contains(',')).cloned());
            let most = usize::try_from(schema["maxItems"].as_u64().expect("a most")).expect("a number");
            let one = good(&schema["items"]);
            values.push(vec![one.as_str(); most + 1].join(","));
            values.push(format!("{one},,{one}"));
        }
        _ => {}
    }
    values
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

#[test]
fn every_limit_of_a_parameter_is_enforced() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    let mut tried = 0;
    for (path, operation) in reads() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            if parameter["in"] == "header" {
                continue;
            }
            let values = beyond(&parameter["schema"]);
            assert!(!values.is_empty(), "{path}: {name} has no limit");
            for value in values {
                let is_query = parameter["in"] == "query";
                if !is_query && value.is_empty() {
                    continue;
                }
                let target = if is_query {
                    format!("{}{name}={value}", asked(&filled(&server, &path, operation), operation, name))
                } else {
                    filled(&server, &path.replace(&format!("{{{name}}}"), &value), operation)
                };
                let fault = read(&server, &key, &target, operation).problem(400, "invalid-parameter");
                assert_eq!(fault["name"], name, "{target}");
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn every_parameter_takes_what_the_document_allows() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    for (path, operation) in reads() {
        let path = filled(&server, &path, operation);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (name, schema) = (parameter["name"].as_str().expect("a name"), resolved(&parameter["schema"]));
            if parameter["in"] != "query"
                || ["cursor", "min_figure", "state", "bbox", "since", "wait", "version"].contains(&name)
            {
                continue;
            }
            let codes = if schema["type"] == "array" { &resolved(&schema["items"])["enum"] } else { &schema["enum"] };
            // The filters of exports and feeds are those of the lists, where every code is tried.
            let is_list = !["export_", "get_incident_feed", "get_article_feed"]
                .iter()
                .any(|id| operation["operationId"].as_str().is_some_and(|operation| operation.starts_with(id)));
            let codes: Vec<&Value> = codes.as_array().into_iter().flatten().collect();
            for code in codes.iter().take(if is_list { codes.len() } else { 2 }) {
                let target = format!("{}{name}={}", asked(&path, operation, name), code.as_str().expect("a code"));
                assert_eq!(read(&server, &key, &target, operation).status, 200, "{target}");
            }
            for limit in [&schema["minimum"], &schema["maximum"]].into_iter().filter_map(Value::as_i64) {
                let target = format!("{}{name}={limit}", asked(&path, operation, name));
                assert_eq!(read(&server, &key, &target, operation).status, 200, "{target}");
            }
        }
    }
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
