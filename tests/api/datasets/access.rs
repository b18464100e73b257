//! Who may read a dataset: a change holds everywhere at once.

use std::collections::BTreeMap;

use civicspace::history::number_changes;
use civicspace::http::auth::Role;
use civicspace::seeding::SeedFiles;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{administered, patch, turn};
use crate::changes::{Copy, lists};
use crate::harness::{Answer, RUNTIME, Server};

/// Records of `central-asia`, and records of `notes` that refer to them: each an article, an entity and an incident.
fn two_datasets(server: &Server) -> ([Uuid; 3], [Uuid; 3]) {
    let open = [server.article(json!({})), server.entity(json!({})), server.incident(json!({}))];
    let [article, entity, incident] = open;
    server.dataset("notes", "public");
    let of_notes = [
        server.article(json!({
            "dataset": "notes", "external_id": "a", "title": "hidden report", "mentions": [{ "entity": { "id": entity } }]
        })),
        server.entity(json!({
            "dataset": "notes", "external_id": "e", "name": "hidden name", "relations": [{ "relation": "leads", "entity": { "id": entity } }]
        })),
        server.incident(json!({
            "dataset": "notes", "external_id": "i", "title": "hidden incident", "relations": [{ "relation": "part_of", "incident": { "id": incident } }],
            "sources": [{ "article": { "id": article } }], "participants": [{ "entity": { "id": entity }, "role": "target" }]
        })),
    ];
    (open, of_notes)
}

const RESOURCES: [&str; 3] = ["articles", "entities", "incidents"];

/// Everything that reading shows of these records to somebody.
fn picture(server: &Server, key: Option<&str>, records: &[[Uuid; 3]]) -> BTreeMap<String, (u16, Value)> {
    let mut paths: Vec<String> = vec!["/v1/datasets".to_owned(), "/v1/datasets/notes".to_owned()];
    for resource in RESOURCES {
        let list = format!("/v1/{resource}?include_total=true");
        for filter in ["", "&dataset=notes", "&external_id=a,e,i", "&sort=-updated"] {
            paths.push(format!("{list}{filter}"));
        }
    }
    for (i, ids) in records.iter().flat_map(|ids| ids.iter().enumerate()) {
        for path in ["", "/revisions", "/revisions?version=1"] {
            paths.push(format!("/v1/{}/{ids}{path}", RESOURCES[i]));
        }
        paths.push(format!("/v1/{}?id={ids}", RESOURCES[i]));
        let by = ["article", "entity", "incident"][i];
        for resource in RESOURCES.iter().filter(|resource| **resource != "entities" && !resource.starts_with(by)) {
            paths.push(format!("/v1/{resource}?include_total=true&{by}={ids}"));
        }
    }
    let see = |path: String| {
        let answer = key.map_or_else(|| server.get(&path), |key| server.get_as(key, &path));
        let mut body = answer.json();
        // A number of the log, and an id of the failure.
        body.as_object_mut().expect("an object").remove("instance");
        body.pointer_mut("/meta/revision").map(Value::take);
        (path, (answer.status, body))
    };
    paths.into_iter().map(see).collect()
}

#[test]
fn a_dataset_that_turns_internal_takes_all_that_it_shows_with_it_and_brings_it_back() {
    let (server, admin) = administered();
    let (reader, editor) = (server.key(Role::Reader), server.key(Role::Editor));
    let (open, of_notes) = two_datasets(&server);
    let records = [open, of_notes];
    let (before, before_to_editors) = (picture(&server, None, &records), picture(&server, Some(&editor), &records));
    assert!(before.values().all(|(status, _)| *status == 200), "{before:#?}");
    turn(&server, &admin, "notes", "internal");
    let hidden = picture(&server, None, &records);
    assert_eq!(picture(&server, Some(&reader), &records), hidden);
    for (path, (status, body)) in &hidden {
        assert!(!body.to_string().contains("hidden"), "{path}: {body}");
        let is_of_notes = path.contains("datasets/notes")
            || of_notes.iter().any(|id| path.split('?').next().is_some_and(|path| path.contains(&id.to_string())));
        assert_eq!(*status, if is_of_notes { 404 } else { 200 }, "{path}: {body}");
        for id in of_notes {
            assert!(path.contains(&id.to_string()) || !body.to_string().contains(&id.to_string()), "{path}: {body}");
        }
    }
    let shown = |path: &str| &hidden[path].1;
    let [article, entity, _] = open;
    assert_eq!(shown(&format!("/v1/articles/{article}"))["incident_count"], 0);
    let counts = shown(&format!("/v1/entities/{entity}"));
    assert_eq!(
        (&counts["incident_count"], &counts["article_count"], &counts["relations"]),
        (&json!(0), &json!(0), &json!([]))
    );
    assert_eq!(shown(&format!("/v1/incidents?include_total=true&entity={entity}"))["meta"]["total"]["value"], 0);
    let to_editors = picture(&server, Some(&editor), &records);
    for (path, seen) in to_editors.iter().filter(|(path, _)| !path.starts_with("/v1/datasets")) {
        assert_eq!(seen, &before_to_editors[path], "{path}");
    }
    turn(&server, &admin, "notes", "public");
    for (path, seen) in picture(&server, None, &records).iter().filter(|(path, _)| !path.starts_with("/v1/datasets")) {
        assert_eq!(seen, &before[path], "{path}");
    }
}

/// What the feed says of each record, by its name in the tests.
fn told(answer: &Answer, names: &[(&str, Uuid)]) -> Vec<String> {
    let data = answer.at("/data");
    let each = data.as_array().expect("changes").iter().map(|change| {
        let id = change["id"].as_str().expect("an id");
        let name = names.iter().find(|(_, known)| known.to_string() == id).map_or(id, |(name, _)| name);
        assert!(change["merged_into"].is_null() == (change["op"] != "merge"), "{change}");
        format!("{} {name}", change["op"].as_str().expect("an operation"))
    });
    let mut told: Vec<String> = each.collect();
    told.sort();
    told
}

#[test]
fn a_copy_loses_what_turns_internal_however_late_it_is_and_gets_it_back() {
    let (server, admin) = administered();
    let editor = server.key(Role::Editor);
    let person = |name: &str, state: &str| server.entity(json!({ "name": name, "state": state, "dataset": "notes" }));
    let path = |id: Uuid| format!("/v1/entities/{id}");
    server.entity(json!({ "name": "Elsewhere" }));
    let mut begun_late = Copy::default();
    begun_late.follow(&server, "");
    server.dataset("notes", "public");
    let (kept, edited, withdrawn, merged, drafted) = (
        person("Kept", "published"),
        person("Edited", "published"),
        person("Withdrawn", "published"),
        person("Merged", "published"),
        person("Drafted", "draft"),
    );
    let (mut copy, mut of_editor) = (Copy::default(), Copy::of(&editor));
    copy.follow(&server, "");
    of_editor.follow(&server, "");
    let late = copy.clone();

    let answer = server.write(
        &admin,
        "PATCH",
        "/v1/datasets/notes",
        &json!({ "access": "internal" }),
        &[("Change-Reason", "legal_request")],
    );
    assert_eq!(answer.status, 200, "{answer}");
    let mut names =
        vec![("kept", kept), ("edited", edited), ("withdrawn", withdrawn), ("merged", merged), ("drafted", drafted)];
    let since = format!("/v1/changes?since={}", copy.since);
    let deletions = ["delete edited", "delete kept", "delete merged", "delete withdrawn"];
    assert_eq!(told(&server.get(&since), &names), deletions);
    assert_eq!(server.get(&since).texts("/reason"), ["legal_request"; 4]);
    assert_eq!(
        told(&server.get_as(&editor, &since), &names),
        ["upsert edited", "upsert kept", "upsert merged", "upsert withdrawn"]
    );
    assert_eq!(copy.follow(&server, ""), 4);
    assert_eq!(copy.records, lists(&server));

    // What happens inside afterwards is nothing to others.
    let made = person("Made", "published");
    names.push(("made", made));
    let change =
        |id: Uuid, change: Value| server.write(&editor, "PATCH", &path(id), &change, &[("If-Match", "\"1\"")]).status;
    assert_eq!(change(edited, json!({ "name": "Edited inside" })), 200);
    assert_eq!(change(drafted, json!({ "state": "published" })), 200);
    assert_eq!(change(withdrawn, json!({ "state": "retracted" })), 200);
    server.database.execute(&format!(
        "UPDATE entities SET state = 'retracted', merged_into = '{kept}', version = 2 WHERE id = '{merged}';
         INSERT INTO versions (record_type, record_id, version, reason, changed, origin, record)
            SELECT record_type, record_id, 2, 'duplicate', '{{state}}', 'api', jsonb_set(record, '{{state}}', '\"retracted\"') FROM versions WHERE record_id = '{merged}';
         INSERT INTO changes (record_type, record_id, version, op, merged_into) VALUES ('entity', '{merged}', 2, 'merge', '{kept}')"
    ));
    for (mut copy, read) in [(late.clone(), 4), (begun_late.clone(), 4), (Copy::default(), 5)] {
        assert_eq!(copy.follow(&server, "&limit=2"), read, "all are deleted, and nothing else is said");
        assert_eq!(copy.records, lists(&server));
    }
    assert_eq!(told(&server.get(&since), &names), deletions);
    assert_eq!(server.get(&since).texts("/reason"), ["legal_request"; 4], "also of what was changed inside");
    let by_dataset = server.get("/v1/changes?since=0&dataset=notes");
    assert_eq!(told(&by_dataset, &names), deletions, "who follows the dataset alone is told as well");
    of_editor.follow(&server, "");
    let inside = |copy: &Copy| {
        ["Kept", "Edited inside", "Drafted", "Made"]
            .iter()
            .filter(|name| copy.records.values().any(|record| record["name"] == **name))
            .count()
    };
    assert_eq!((inside(&of_editor), of_editor.records.len()), (4, 5));

    turn(&server, &admin, "notes", "public");
    for mut copy in [copy, late, begun_late, Copy::default(), of_editor] {
        copy.follow(&server, "");
        assert_eq!(copy.records, lists(&server));
        assert_eq!(inside(&copy), 4);
    }
    // And once more: what was made inside was public since.
    turn(&server, &admin, "notes", "internal");
    let mut anew = Copy::default();
    anew.follow(&server, "");
    assert_eq!(anew.records, lists(&server));
    assert!(told(&server.get("/v1/changes?since=0&dataset=notes"), &names).contains(&"delete made".to_owned()));
}

#[test]
fn a_dataset_that_was_never_public_is_not_told_of_until_it_is() {
    let (server, admin) = administered();
    server.dataset("notes", "internal");
    server.entity(json!({ "name": "Inside", "dataset": "notes" }));
    assert_eq!(patch(&server, &admin, "notes", json!({ "title": "Other", "access": "internal" })).status, 200);
    let mut copy = Copy::default();
    assert_eq!(copy.follow(&server, ""), 0);
    turn(&server, &admin, "notes", "public");
    assert_eq!(copy.follow(&server, ""), 1);
    assert_eq!(copy.records, lists(&server));
    let head = copy.since;
    assert_eq!(patch(&server, &admin, "notes", json!({ "licence": "CC0-1.0" })).status, 200);
    assert_eq!((copy.follow(&server, ""), copy.since), (0, head), "the log is of records alone");
}

#[test]
fn a_dataset_that_public_records_refer_to_does_not_turn_internal() {
    let (server, admin) = administered();
    server.dataset("notes", "public");
    let entity = server.entity(json!({ "name": "Named", "dataset": "notes" }));
    server.article(json!({ "dataset": "notes", "publisher": { "id": entity } }));
    let incident = server.incident(json!({ "participants": [{ "entity": { "id": entity }, "role": "target" }] }));
    let merged = server.entity(json!({ "name": "Merged" }));
    server.merge("entities", merged, entity);
    let head = server.get("/v1/changes?since=0").at("/meta/next_since");
    let answer = patch(&server, &admin, "notes", json!({ "access": "internal", "title": "Other" }));
    assert_eq!(answer.problem(409, "referenced")["pointer"], "/access");
    let details: Vec<String> =
        answer.at("/errors").as_array().expect("errors").iter().map(|fault| fault["detail"].to_string()).collect();
    assert_eq!(details.len(), 2, "{details:?}");
    assert!(
        details[0].contains(&format!("the entity {merged}")) && details[0].contains("was merged into"),
        "{details:?}"
    );
    for part in
        [format!("the incident {incident}"), format!("the entity {entity}"), "/participants/0/entity".to_owned()]
    {
        assert!(details[1].contains(&part), "{details:?}");
    }
    assert_eq!(server.get("/v1/datasets/notes").at("/title"), "notes", "nothing is changed");
    assert_eq!(server.get("/v1/changes?since=0").at("/meta/next_since"), head);
    let authorization = format!("Bearer {admin}");
    let withdrawn =
        server.request("DELETE", &format!("/v1/incidents/{incident}"), &[("Authorization", &authorization)]);
    assert_eq!(withdrawn.status, 204);
    server.database.execute("UPDATE entities SET merged_into = NULL WHERE merged_into IS NOT NULL");
    turn(&server, &admin, "notes", "internal");
}

#[test]
fn a_dataset_that_refers_to_internal_records_does_not_turn_public() {
    let (server, admin) = administered();
    server.dataset("notes", "internal");
    server.dataset("sources", "internal");
    let entity = server.entity(json!({ "dataset": "sources" }));
    let article = server.article(json!({ "dataset": "notes", "mentions": [{ "entity": { "id": entity } }] }));
    let fault = patch(&server, &admin, "notes", json!({ "access": "public" })).problem(409, "referenced");
    let detail = fault["detail"].as_str().expect("a detail");
    assert!(detail.contains(&format!("the article {article}")) && detail.contains(&entity.to_string()), "{detail}");
    server.get("/v1/datasets/notes").problem(404, "not-found");
    turn(&server, &admin, "sources", "public");
    turn(&server, &admin, "notes", "public");
    assert_eq!(server.get(&format!("/v1/entities/{entity}")).at("/article_count"), 1);
}

#[test]
fn the_seeds_leave_alone_what_an_admin_has_changed() {
    let server = Server::seeded();
    let admin = server.key(Role::Admin);
    let change = json!({ "edition": "ours", "access": "internal" });
    assert_eq!(patch(&server, &admin, "central-asia", change).status, 200);
    let load =
        |files: SeedFiles| RUNTIME.block_on(async { files.load_into(&mut server.database.connection().await).await });
    load(SeedFiles::embedded()).expect("they load");
    server.get("/v1/datasets/central-asia").problem(404, "not-found");
    assert_eq!(server.get_as(&admin, "/v1/datasets/central-asia").at("/edition"), "ours");
    // A record of another dataset in the files may not show what the admin has hidden.
    let mut files = SeedFiles::embedded();
    files.datasets.push_str(r#"{"slug":"more","title":"More","licence":"none","attribution":"us"}"#);
    files.entities.push_str(r#"{"id":"0190d6a0-0000-7000-8000-000000000001","external_id":"friend","dataset":"more","kind":"person","name":"A friend","relations":[{"relation":"ally_of","entity":{"dataset":"central-asia","external_id":"kg-police"}}]}"#);
    assert!(load(files).is_err());
    server.get("/v1/datasets/more").problem(404, "not-found");
}

#[test]
fn a_newer_edition_of_the_seeds_may_turn_its_dataset_internal() {
    let server = Server::seeded();
    let mut copy = Copy::default();
    copy.follow(&server, "&limit=1000");
    assert!(copy.records.len() > 400);
    let mut files = SeedFiles::embedded();
    files.datasets = files.datasets.replace("\"access\": \"public\"", "\"access\": \"internal\"");
    RUNTIME.block_on(async { files.load_into(&mut server.database.connection().await).await }).expect("they load");
    copy.follow(&server, "&limit=1000");
    assert!(copy.records.is_empty() && lists(&server).is_empty());
}

#[test]
fn many_changes_at_once_are_numbered_a_bounded_number_at_a_time() {
    let (server, admin) = administered();
    server.database.execute(
        "INSERT INTO versions (record_type, record_id, version, reason, changed, origin, record)
            SELECT 'entity', gen_random_uuid(), 1, 'new_information', '{}', 'api', '{}' FROM generate_series(1, 65000);
         INSERT INTO changes (record_type, record_id, version, op) SELECT record_type, record_id, 1, 'upsert' FROM versions",
    );
    RUNTIME.block_on(async {
        let mut connection = server.database.connection().await;
        assert_eq!(number_changes(&mut connection).await, Ok(20_000));
    });
    // Who changes a dataset is answered when there is nothing left to number.
    server.dataset("notes", "public");
    assert_eq!(patch(&server, &admin, "notes", json!({ "title": "Other" })).status, 200);
    assert_eq!(server.get("/v1/changes?since=0").at("/meta/next_since"), 65_000);
    server.database.execute("SELECT 1 / (count(*) = 0)::int FROM (SELECT seq - lag(seq) OVER (ORDER BY id) AS step FROM changes) AS steps WHERE step <> 1");
}
