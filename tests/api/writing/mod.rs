//! Writing: what is created, changed and withdrawn, what is refused, and that nothing is lost on the way.

mod races;
mod refused;
mod withdrawal;

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use crate::harness::Server;

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
