//! Its examples are what a server with the seed dataset answers.

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use super::{path_of, updating};
use crate::harness::{Answer, Server, document};

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
