//! Who may see what: drafts, withdrawn records, internal datasets, and the text of articles.

use civicspace::http::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::Server;

const RESOURCES: [&str; 3] = ["articles", "entities", "incidents"];

#[test]
fn the_text_of_an_article_is_for_an_editor_who_reads_this_one_alone() {
    let server = Server::start();
    let id = server.article(json!({ "body": "The whole text." }));
    let path = format!("/v1/articles/{id}");
    assert_eq!(server.get(&path).at("/body"), Value::Null);
    for (role, expected) in
        [(Role::Reader, Value::Null), (Role::Editor, json!("The whole text.")), (Role::Admin, json!("The whole text."))]
    {
        let key = server.key(role);
        assert_eq!(server.get_as(&key, &path).at("/body"), expected, "{role:?}");
        assert_eq!(server.get_as(&key, "/v1/articles").each("/body"), [Value::Null], "{role:?}");
    }
    let editor = server.get_as(&server.key(Role::Editor), &path);
    assert_ne!(server.get(&path).tag(), editor.tag());
    assert_eq!(editor.header("cache-control"), Some("private, no-cache"));
}

#[test]
fn counts_are_of_published_records_alone() {
    let server = Server::start();
    let entity = server.entity(json!({}));
    let article = server.article(json!({}));
    for state in ["published", "draft", "retracted"] {
        server.article(json!({ "state": state, "mentions": [{ "entity": { "id": entity } }] }));
        server.incident(json!({
            "state": state, "participants": [{ "entity": { "id": entity }, "role": "target" }], "sources": [{ "article": { "id": article } }]
        }));
    }
    let editor = server.key(Role::Editor);
    for headers in [&[][..], &[("Authorization", format!("Bearer {editor}").as_str())]] {
        let shown = server.get_with(&format!("/v1/entities/{entity}"), headers);
        assert_eq!((shown.at("/article_count"), shown.at("/incident_count")), (json!(1), json!(1)));
        assert_eq!(server.get_with(&format!("/v1/articles/{article}"), headers).at("/incident_count"), 1);
        let list = server.get_with(&format!("/v1/incidents?entity={entity}&include_total=true"), headers);
        assert_eq!(list.at("/meta/total/value"), 1);
    }
}

#[test]
fn a_draft_leaves_no_trace_in_what_others_read() {
    let server = Server::start();
    let entity = server.entity(json!({}));
    let article = server.article(json!({ "mentions": [{ "entity": { "id": entity } }] }));
    let incident = server.incident(json!({
        "participants": [{ "entity": { "id": entity }, "role": "target" }], "sources": [{ "article": { "id": article } }]
    }));
    let editor = server.key(Role::Editor);
    let mut paths = vec!["/v1/changes?limit=1000".to_owned(), "/v1/datasets".to_owned(), "/v1/snapshots".to_owned()];
    for (resource, id) in RESOURCES.into_iter().zip([article, entity, incident]) {
        for query in ["", "?include_total=true", "?state=published", "?dataset=central-asia&limit=200"] {
            paths.push(format!("/v1/{resource}{query}"));
        }
        paths.extend([format!("/v1/{resource}/{id}"), format!("/v1/{resource}/{id}/revisions")]);
    }
    paths.extend([format!("/v1/incidents?entity={entity}"), format!("/v1/articles?entity={entity}&sort=-published")]);
    let reader = server.key(Role::Reader);
    let look = || -> Vec<Vec<u8>> {
        let each = paths.iter().flat_map(|path| [server.get(path), server.get_as(&reader, path)]);
        each.map(|answer| answer.body).collect()
    };
    let before = look();
    let person = json!({ "state": "draft", "kind": "person", "name": "Whispered", "relations": [{ "relation": "ally_of", "entity": { "id": entity } }] });
    let person = server.write(&editor, "POST", "/v1/entities", &person, &[]).at("/id");
    let report = json!({ "state": "draft", "title": "Whispered", "language": "en", "publisher": { "id": entity }, "mentions": [{ "entity": { "id": entity } }, { "entity": { "id": person } }] });
    let report = server.write(&editor, "POST", "/v1/articles", &report, &[]).at("/id");
    let event = json!({
        "state": "draft", "title": "Whispered", "kind": "assembly.protest", "location": { "country": "KG", "precision": "country" },
        "coding": { "method": "human", "codebook": "1.0" }, "sources": [{ "article": { "id": report } }],
        "participants": [{ "entity": { "id": entity }, "role": "target" }, { "entity": { "id": person }, "role": "target" }],
        "relations": [{ "relation": "follows", "incident": { "id": incident } }]
    });
    let event = server.write(&editor, "POST", "/v1/incidents", &event, &[]).at("/id");
    for (resource, id) in RESOURCES.into_iter().zip([&report, &person, &event]) {
        let path = format!("/v1/{resource}/{}", id.as_str().expect("an id"));
        let patched = server.write(&editor, "PATCH", &path, &json!({ "external_id": "w" }), &[("If-Match", "\"1\"")]);
        assert_eq!(patched.status, 200, "{patched}");
        for path in [path.clone(), format!("{path}/revisions")] {
            server.get(&path).problem(404, "not-found");
            server.get_as(&reader, &path).problem(404, "not-found");
            assert_eq!(server.get_as(&editor, &path).status, 200, "{path}");
        }
        assert_eq!(server.get(&format!("/v1/{resource}?external_id=w")).at("/data"), json!([]));
    }
    assert!(look() == before, "a draft is seen");
}

#[test]
fn counts_follow_what_becomes_of_the_records_that_are_counted() {
    let server = Server::start();
    let entity = server.entity(json!({}));
    let article = server.article(json!({ "mentions": [{ "entity": { "id": entity } }] }));
    let incident = server.incident(json!({
        "participants": [{ "entity": { "id": entity }, "role": "target" }], "sources": [{ "article": { "id": article } }]
    }));
    let counts = || {
        let entity = server.get(&format!("/v1/entities/{entity}"));
        let article = server.get(&format!("/v1/articles?id={article}"));
        (entity.at("/article_count"), entity.at("/incident_count"), article.each("/incident_count"))
    };
    assert_eq!(counts(), (json!(1), json!(1), vec![json!(1)]));
    server.dataset("internal-notes", "internal");
    server.database.execute("UPDATE incidents SET dataset = 'internal-notes'");
    assert_eq!(counts(), (json!(1), json!(0), vec![json!(0)]));
    server.database.execute("UPDATE datasets SET access = 'public'");
    assert_eq!(counts(), (json!(1), json!(1), vec![json!(1)]));
    server.retract("incidents", incident);
    assert_eq!(counts(), (json!(1), json!(0), vec![json!(0)]));
    server.retract("articles", article);
    assert_eq!(counts(), (json!(0), json!(0), vec![]));
}

#[test]
fn relations_that_come_from_drafts_and_withdrawn_records_are_not_shown() {
    let server = Server::start();
    let (entity, incident) = (server.entity(json!({})), server.incident(json!({})));
    for state in ["draft", "retracted"] {
        server.entity(json!({ "state": state, "relations": [{ "relation": "leads", "entity": { "id": entity } }] }));
        server.incident(
            json!({ "state": state, "relations": [{ "relation": "part_of", "incident": { "id": incident } }] }),
        );
    }
    assert_eq!(server.get(&format!("/v1/entities/{entity}")).at("/relations"), json!([]));
    assert_eq!(server.get(&format!("/v1/incidents/{incident}")).at("/relations"), json!([]));
}

/// A server with an internal dataset, whose records refer to public ones; and the ids of those: article, entity, incident.
fn with_internal_records() -> (Server, [Uuid; 3], [Uuid; 3]) {
    let server = Server::start();
    server.dataset("internal-notes", "internal");
    let public = [server.article(json!({})), server.entity(json!({})), server.incident(json!({}))];
    let [article, entity, incident] = public;
    let hidden = [
        server.article(json!({
            "dataset": "internal-notes", "title": "secret report", "publisher": { "id": entity }, "mentions": [{ "entity": { "id": entity } }]
        })),
        server.entity(json!({
            "dataset": "internal-notes", "name": "secret name", "relations": [{ "relation": "leads", "entity": { "id": entity } }]
        })),
        server.incident(json!({
            "dataset": "internal-notes", "title": "secret incident", "relations": [{ "relation": "part_of", "incident": { "id": incident } }],
            "sources": [{ "article": { "id": article } }], "participants": [{ "entity": { "id": entity }, "role": "target" }]
        })),
    ];
    (server, public, hidden)
}

#[test]
fn an_internal_dataset_does_not_exist_for_whoever_is_no_editor() {
    let (server, public, hidden) = with_internal_records();
    let reader = server.key(Role::Reader);
    for headers in [&[][..], &[("Authorization", format!("Bearer {reader}").as_str())]] {
        let get = |path: String| server.get_with(&path, headers);
        for ((resource, public), hidden) in RESOURCES.into_iter().zip(public).zip(hidden) {
            get(format!("/v1/{resource}/{hidden}")).problem(404, "not-found");
            assert_eq!(get(format!("/v1/{resource}?include_total=true")).each("/id"), [json!(public)], "{resource}");
            assert_eq!(get(format!("/v1/{resource}?include_total=true")).at("/meta/total/value"), 1, "{resource}");
            assert_eq!(get(format!("/v1/{resource}?id={hidden}")).at("/data"), json!([]), "{resource}");
            assert_eq!(get(format!("/v1/{resource}?dataset=internal-notes")).at("/data"), json!([]), "{resource}");
            let shown = get(format!("/v1/{resource}/{public}"));
            assert!(!String::from_utf8_lossy(&shown.body).contains("secret"), "{shown}");
            let counts = shown.json();
            for count in ["incident_count", "article_count"] {
                assert!(counts.get(count).is_none_or(|count| *count == 0), "{shown}");
            }
        }
        assert_eq!(get("/v1/datasets".to_owned()).texts("/slug"), ["central-asia"]);
        get("/v1/datasets/internal-notes".to_owned()).problem(404, "not-found");
    }
}

#[test]
fn an_internal_record_that_is_withdrawn_or_merged_leaves_nothing_to_see() {
    let (server, _, hidden) = with_internal_records();
    let editor = server.key(Role::Editor);
    for (resource, hidden) in RESOURCES.into_iter().zip(hidden) {
        let path = format!("/v1/{resource}/{hidden}");
        server.retract(resource, hidden);
        server.get(&path).problem(404, "not-found");
        server.get_as(&editor, &path).problem(410, "gone");
        let another = || {
            let members = json!({ "dataset": "internal-notes" });
            match resource {
                "articles" => server.article(members),
                "entities" => server.entity(members),
                _ => server.incident(members),
            }
        };
        let (merged, survivor) = (another(), another());
        server.merge(resource, merged, survivor);
        let path = format!("/v1/{resource}/{merged}");
        server.get(&path).problem(404, "not-found");
        assert_eq!(server.get_as(&editor, &path).status, 308);
    }
}

#[test]
fn an_editor_sees_internal_datasets() {
    let (server, public, hidden) = with_internal_records();
    let editor = server.key(Role::Editor);
    let get = |path: String| server.get_as(&editor, &path);
    for ((resource, public), hidden) in RESOURCES.into_iter().zip(public).zip(hidden) {
        assert_eq!(get(format!("/v1/{resource}/{hidden}")).at("/dataset"), "internal-notes");
        assert_eq!(get(format!("/v1/{resource}?dataset=internal-notes")).each("/id"), [json!(hidden)], "{resource}");
        assert_eq!(get(format!("/v1/{resource}?include_total=true")).at("/meta/total/value"), 2, "{resource}");
        let shown = get(format!("/v1/{resource}/{public}")).json();
        for (member, expected) in [("incident_count", json!(1)), ("article_count", json!(1))] {
            assert!(shown.get(member).is_none_or(|count| *count == expected), "{member} of {shown}");
        }
        if resource != "articles" {
            assert_eq!(shown["relations"][0]["direction"], "incoming", "{shown}");
        }
    }
    assert_eq!(get("/v1/datasets".to_owned()).texts("/slug"), ["central-asia", "internal-notes"]);
    assert_eq!(get("/v1/datasets/internal-notes".to_owned()).at("/access"), "internal");
}
