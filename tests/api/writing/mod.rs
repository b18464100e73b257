//! Writing: what is created, changed and withdrawn, what is refused, and that nothing is lost on the way.

mod races;
mod withdrawal;

use std::collections::BTreeSet;

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Server, operations};

/// A server with an editor.
fn editing() -> (Server, String) {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    (server, key)
}

fn incident() -> Value {
    json!({
        "title": "Something happened",
        "kind": "assembly.protest",
        "location": { "country": "KG", "precision": "country" },
        "coding": { "method": "human", "codebook": "1.0" }
    })
}

/// A body with some members more.
fn with(mut body: Value, members: Value) -> Value {
    body.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
    body
}

fn id_of(answer: &crate::harness::Answer) -> String {
    answer.at("/id").as_str().expect("an id").to_owned()
}

#[test]
fn what_is_created_is_what_is_read() {
    let (server, key) = editing();
    let person = server.write(&key, "POST", "/v1/entities", &json!({ "kind": "person", "name": "A Person" }), &[]);
    assert_eq!(
        (person.status, person.at("/version"), person.at("/state")),
        (201, json!(1), json!("published")),
        "{person}"
    );
    let article = json!({ "title": "A report", "language": "en", "body": "Its text.", "mentions": [{ "entity": { "id": person.at("/id") } }] });
    let article = server.write(&key, "POST", "/v1/articles", &article, &[]);
    assert_eq!((article.status, article.at("/body")), (201, json!("Its text.")), "{article}");
    let body = with(
        incident(),
        json!({
            "participants": [{ "entity": { "dataset": "central-asia", "external_id": "kg-police" }, "role": "authority" }],
            "figures": [{ "measure": "detained", "low": 5, "claimant_class": "police", "article": { "id": article.at("/id") } }],
            "legal_steps": [{ "entity": { "id": person.at("/id") }, "step": "detained", "date": "2026-11-20", "date_precision": "day" }],
            "sources": [{ "article": { "id": article.at("/id") } }],
        }),
    );
    let created = server.write(&key, "POST", "/v1/incidents", &body, &[]);
    assert_eq!(created.status, 201, "{created}");
    assert_eq!(created.at("/participants/0/entity/name"), "Police of Kyrgyzstan");
    assert_eq!((created.at("/effect"), created.at("/freedoms")), (json!("neutral"), json!(["peaceful_assembly"])));
    for (answer, resource) in [(&person, "entities"), (&article, "articles"), (&created, "incidents")] {
        let location = format!("/v1/{resource}/{}", id_of(answer));
        assert_eq!(answer.header("location"), Some(location.as_str()));
        let read = server.get_as(&key, &location);
        // Counts of the others have grown since.
        let same = |mut record: Value| {
            for derived in ["article_count", "incident_count"] {
                record.as_object_mut().expect("an object").remove(derived);
            }
            record
        };
        assert_eq!(same(read.json()), same(answer.json()));
        assert_eq!(server.get(&location).status, 200);
    }
    assert_eq!(server.get(&format!("/v1/articles/{}", id_of(&article))).at("/body"), Value::Null);
    assert_eq!(server.get(&format!("/v1/entities/{}", id_of(&person))).at("/incident_count"), 1);
    assert_eq!(server.get(&format!("/v1/incidents?entity={}", id_of(&person))).each("/id"), [created.at("/id")]);
}

#[test]
fn what_was_read_can_be_sent_back() {
    let (server, key) = editing();
    for (resource, external_id) in [
        ("incidents", "kg-2020-03-02-bishkek-mass-detention"),
        ("entities", "person-sadyr-japarov"),
        ("articles", "diplomat-2020-03-former-kyrgyz-lawmaker-detained"),
    ] {
        let read = server.get_as(&key, &format!("/v1/{resource}?external_id={external_id}")).at("/data/0");
        let id = read["id"].as_str().expect("an id");
        let path = format!("/v1/{resource}/{id}");
        let unchanged = server.write(&key, "PATCH", &path, &read, &[("If-Match", "\"1\"")]);
        assert_eq!((unchanged.status, unchanged.at("/version")), (200, json!(1)), "{unchanged}");
        let copy = with(read.clone(), json!({ "external_id": "a-copy" }));
        let created = server.write(&key, "POST", &format!("/v1/{resource}"), &copy, &[]);
        assert_eq!(created.status, 201, "{created}");
        for member in ["title", "name", "summary", "participants", "figures", "legal_steps", "mentions", "aliases"] {
            assert_eq!(created.json().get(member), read.get(member), "{resource} {member}");
        }
    }
}

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
fn a_change_names_its_version_and_patches_what_it_names() {
    let (server, key) = editing();
    let body =
        with(incident(), json!({ "external_id": "one", "date_wording": "on a day", "tags": ["labour", "election"] }));
    let created = server.write(&key, "POST", "/v1/incidents", &body, &[]);
    let path = format!("/v1/incidents/{}", id_of(&created));
    let change = |body: Value, headers: &[(&str, &str)]| server.write(&key, "PATCH", &path, &body, headers);
    change(json!({ "title": "Other" }), &[]).problem(428, "precondition-required");
    for bad in ["1", "*", "\"x\"", "W/1"] {
        assert_eq!(
            change(json!({ "title": "Other" }), &[("If-Match", bad)]).problem(400, "invalid-parameter")["name"],
            "If-Match"
        );
    }
    change(json!({ "title": "Other" }), &[("If-Match", "\"2\"")]).problem(412, "precondition-failed");
    let tag = server.get(&path).header("etag").expect("a tag").to_owned();
    let changed = change(
        json!({ "title": "Other", "date_wording": null, "tags": ["labour"], "location": { "place": "Osh", "precision": "settlement" } }),
        &[("If-Match", &tag), ("Change-Reason", "coding_error")],
    );
    assert_eq!((changed.status, changed.at("/version")), (200, json!(2)), "{changed}");
    assert_eq!((changed.at("/title"), changed.at("/date_wording")), (json!("Other"), Value::Null));
    assert_eq!((changed.at("/tags"), changed.at("/external_id")), (json!(["labour"]), json!("one")));
    assert_eq!((changed.at("/location/country"), changed.at("/location/place")), (json!("KG"), json!("Osh")));
    assert_eq!(changed.at("/created_at"), created.at("/created_at"));
    assert!(changed.at("/updated_at").as_str() > created.at("/updated_at").as_str());
    assert_eq!(server.get(&path).at("/version"), 2);
    let stored = "SELECT 1 / (count(*) = 1)::int FROM versions WHERE version = 2 AND reason = 'coding_error' AND key_id IS NOT NULL AND origin = 'api' AND changed @> '{title,date_wording,tags,location}' AND cardinality(changed) = 4";
    server.database.execute(stored);
    // The same once more changes nothing, and so does the tag of the new version with nothing to change.
    change(json!({ "title": "Other" }), &[("If-Match", &tag)]).problem(412, "precondition-failed");
    let same = change(json!({ "title": "Other" }), &[("If-Match", "\"2\"")]);
    assert_eq!((same.status, same.at("/version")), (200, json!(2)));
    for (members, pointer) in [
        (json!({ "colour": 1 }), "/colour"),
        (json!({ "title": null }), "/title"),
        (json!({ "dataset": "elsewhere" }), "/dataset"),
        (json!({ "state": "draft" }), "/state"),
        (json!({ "location": { "precision": "huge" } }), "/location/precision"),
    ] {
        let answer = change(members, &[("If-Match", "\"2\"")]);
        answer.problem(422, "invalid-content");
        assert!(
            answer.at("/errors").as_array().expect("errors").iter().any(|fault| fault["pointer"] == pointer),
            "{answer}"
        );
    }
    let fault = change(json!({ "title": "Third" }), &[("If-Match", "\"2\""), ("Change-Reason", "whim")])
        .problem(400, "invalid-parameter");
    assert_eq!(fault["name"], "Change-Reason");
    let unknown = "/v1/incidents/0190d6a0-0000-7000-8000-000000000009";
    server.write(&key, "PATCH", unknown, &json!({}), &[("If-Match", "\"1\"")]).problem(404, "not-found");
}

#[test]
fn of_two_who_change_one_version_one_wins() {
    let (server, key) = editing();
    let created = server.write(&key, "POST", "/v1/entities", &json!({ "kind": "person", "name": "A" }), &[]);
    let path = format!("/v1/entities/{}", id_of(&created));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|i| {
                let (server, key, path) = (&server, &key, &path);
                scope.spawn(move || {
                    let name = json!({ "name": format!("Name {i}") });
                    server.write(key, "PATCH", path, &name, &[("If-Match", "\"1\"")]).status
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 7, "{statuses:?}");
    assert_eq!(server.get(&path).at("/version"), 2);
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
