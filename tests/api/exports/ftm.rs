//! Entities for `FollowTheMoney`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Answer, Server};

fn of_schema(answer: &Answer, schema: &str) -> Vec<Value> {
    answer.lines().into_iter().filter(|line| line["schema"] == schema).collect()
}

fn ids(lines: &[Value]) -> BTreeSet<String> {
    lines.iter().map(|line| line["id"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn entities_come_with_their_relations_and_the_incidents_in_which_they_take_part() {
    let server = Server::start();
    let party = server.entity(json!({ "kind": "political_party", "name": "Party" }));
    let anna =
        server.entity(json!({ "name": "Anna", "relations": [{ "relation": "member_of", "entity": { "id": party } }] }));
    let bolot = server.entity(json!({ "name": "Bolot" }));
    let takes_part = |id| json!([{ "entity": { "id": id }, "role": "target" }]);
    let of_anna = server.incident(json!({ "title": "of Anna", "participants": takes_part(anna) }));
    let of_bolot = server.incident(json!({ "title": "of Bolot", "participants": takes_part(bolot) }));
    server.incident(json!({ "title": "of nobody" }));
    server.incident(json!({ "title": "draft", "state": "draft", "participants": takes_part(anna) }));
    let all = server.get("/v1/entities.ftm.ndjson");
    assert_eq!(all.header("content-disposition"), Some("attachment; filename=\"entities.ftm.ndjson\""));
    assert_eq!(ids(&of_schema(&all, "Person")), BTreeSet::from([anna.to_string(), bolot.to_string()]));
    assert_eq!(ids(&of_schema(&all, "Organization")), BTreeSet::from([party.to_string()]));
    assert_eq!(ids(&of_schema(&all, "Event")), BTreeSet::from([of_anna.to_string(), of_bolot.to_string()]));
    let [membership] = &of_schema(&all, "Membership")[..] else { panic!("{all}") };
    assert_eq!(membership["properties"]["member"], json!([anna]));
    assert_eq!(membership["properties"]["organization"], json!([party]));
    assert_eq!(of_schema(&all, "UnknownLink").len(), 2, "a link for each part");
    let one = server.get(&format!("/v1/entities.ftm.ndjson?id={anna}"));
    assert_eq!(ids(&of_schema(&one, "Person")), BTreeSet::from([anna.to_string()]));
    assert_eq!(ids(&of_schema(&one, "Event")), BTreeSet::from([of_anna.to_string()]));
    assert_eq!(of_schema(&one, "Membership").len(), 1);
    let found = server.get("/v1/entities.ftm.ndjson?q=Bolot");
    assert_eq!(ids(&of_schema(&found, "Event")), BTreeSet::from([of_bolot.to_string()]));
    assert_eq!(server.get("/v1/entities.ftm.ndjson?kind=law").body, b"");
}

#[test]
fn incidents_of_an_internal_dataset_are_no_events_for_strangers() {
    let server = Server::start();
    server.dataset("hidden", "internal");
    let anna = server.entity(json!({ "name": "Anna" }));
    let part = json!([{ "entity": { "id": anna }, "role": "target" }]);
    server.incident(json!({ "title": "hidden", "dataset": "hidden", "participants": part }));
    assert_eq!(of_schema(&server.get("/v1/entities.ftm.ndjson"), "Event").len(), 0);
    let editor = server.key(civicspace::http::auth::Role::Editor);
    assert_eq!(of_schema(&server.get_as(&editor, "/v1/entities.ftm.ndjson"), "Event").len(), 1);
    // Entities that are drafts are asked for; the incidents are those that are published.
    server.entity(json!({ "name": "Draft", "state": "draft" }));
    let drafts = server.get_as(&editor, "/v1/entities.ftm.ndjson?state=draft,published");
    assert_eq!((of_schema(&drafts, "Person").len(), of_schema(&drafts, "Event").len()), (2, 1));
}
