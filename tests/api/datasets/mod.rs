//! Writing datasets: who may, what is refused, and that a change of who may read one holds everywhere at once.

mod access;
mod turning;

use std::collections::BTreeSet;

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Server};

/// A server with an admin.
fn administered() -> (Server, String) {
    let server = Server::start();
    let key = server.key(Role::Admin);
    (server, key)
}

fn notes() -> Value {
    json!({ "slug": "notes", "title": "Field notes", "licence": "CC-BY-4.0", "attribution": "Example Watch" })
}

fn pointers(answer: &Answer) -> BTreeSet<(String, String)> {
    let text = |fault: &Value, member: &str| fault[member].as_str().expect("a text").to_owned();
    let errors = answer.at("/errors");
    errors.as_array().expect("errors").iter().map(|fault| (text(fault, "pointer"), text(fault, "code"))).collect()
}

/// Changes a dataset.
fn patch(server: &Server, key: &str, slug: &str, change: Value) -> Answer {
    server.write(key, "PATCH", &format!("/v1/datasets/{slug}"), &change, &[])
}

#[track_caller]
fn turn(server: &Server, key: &str, slug: &str, access: &str) {
    let answer = patch(server, key, slug, json!({ "access": access }));
    assert_eq!((answer.status, answer.at("/access")), (200, json!(access)), "{answer}");
}

#[test]
fn a_dataset_that_is_created_is_the_one_that_is_read_and_written_to() {
    let (server, key) = administered();
    let created = server.write(&key, "POST", "/v1/datasets", &notes(), &[]);
    assert_eq!((created.status, created.header("location")), (201, Some("/v1/datasets/notes")), "{created}");
    assert_eq!((created.at("/access"), created.at("/description")), (json!("public"), json!("")));
    assert_eq!(created.at("/coverage"), json!({ "countries": [], "from": null, "to": null, "note": null }));
    let read = server.get("/v1/datasets/notes");
    assert_eq!((read.json(), read.tag()), (created.json(), created.tag()));
    let mut again = read.json();
    again["slug"] = json!("more-notes");
    again["coverage"] = json!({ "countries": ["KG"], "from": "2020-01-01", "to": null, "note": "Some." });
    let copy = server.write(&key, "POST", "/v1/datasets", &again, &[]);
    assert_eq!((copy.status, copy.at("/coverage")), (201, again["coverage"].clone()), "what was read can be sent back");
    let person = json!({ "kind": "person", "name": "A", "dataset": "notes" });
    assert_eq!(server.write(&key, "POST", "/v1/entities", &person, &[]).status, 201);
    assert_eq!(server.get("/v1/entities?dataset=notes").texts("/name"), ["A"]);
    assert_eq!(server.get("/v1/datasets").texts("/slug"), ["more-notes", "notes"]);
}

#[test]
fn every_fault_of_a_dataset_is_named_at_once() {
    let (server, key) = administered();
    server.dataset("taken", "internal");
    let body = json!({
        "slug": "taken", "title": "", "licence": 3, "licence_url": "ftp://example.org", "access": "secret", "colour": "red",
        "coverage": { "countries": ["KG", "XX"], "from": "yesterday", "until": "2020-01-01" }
    });
    let answer = server.write(&key, "POST", "/v1/datasets", &body, &[]);
    answer.problem(422, "invalid-content");
    let expected = [
        ("/access", "invalid_value"),
        ("/attribution", "missing_member"),
        ("/colour", "unknown_member"),
        ("/coverage/countries/1", "invalid_value"),
        ("/coverage/from", "invalid_value"),
        ("/coverage/until", "unknown_member"),
        ("/licence", "invalid_value"),
        ("/licence_url", "invalid_value"),
        ("/slug", "duplicate"),
        ("/title", "invalid_value"),
    ];
    let expected: BTreeSet<(String, String)> = expected.map(|(a, b)| (a.to_owned(), b.to_owned())).into();
    assert_eq!(pointers(&answer), expected);
    for (members, pointer) in [
        (json!({ "coverage": { "from": "2020-01-02", "to": "2020-01-01" } }), "/coverage/to"),
        (json!({ "coverage": { "countries": ["KG", "KZ", "KG"] } }), "/coverage/countries/2"),
        (json!({ "coverage": { "from": "1799-12-31" } }), "/coverage/from"),
        (json!({ "slug": "Notes" }), "/slug"),
        (json!({ "title": "x\u{0}y" }), "/title"),
    ] {
        let mut body = notes();
        body.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        let answer = server.write(&key, "POST", "/v1/datasets", &body, &[]);
        assert_eq!(answer.problem(422, "invalid-content")["pointer"], pointer, "{members}");
    }
    assert_eq!(server.get_as(&key, "/v1/datasets").texts("/slug"), ["taken"], "nothing is stored");
    let authorization = format!("Bearer {key}");
    let text = [("Authorization", authorization.as_str()), ("Content-Type", "text/plain")];
    server.send("POST", "/v1/datasets", &text, b"{}").problem(415, "unsupported-media-type");
    for no_object in [json!([]), json!(3), json!(null)] {
        let fault = server.write(&key, "POST", "/v1/datasets", &no_object, &[]).problem(422, "invalid-content");
        assert_eq!(fault["pointer"], "");
    }
}

#[test]
fn the_same_request_creates_one_dataset_and_gets_one_answer() {
    let (server, key) = administered();
    let named = [("Idempotency-Key", "a-name")];
    let first = server.write(&key, "POST", "/v1/datasets", &notes(), &named);
    let again = server.write(&key, "POST", "/v1/datasets", &notes(), &named);
    assert_eq!((first.status, again.status, &again.body), (201, 201, &first.body));
    assert_eq!((again.header("location"), again.tag()), (first.header("location"), first.tag()));
    let mut other = notes();
    other["title"] = json!("Other notes");
    server.write(&key, "POST", "/v1/datasets", &other, &named).problem(422, "key-reused");
    let fault = server.write(&key, "POST", "/v1/datasets", &other, &[]).problem(422, "invalid-content");
    assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/slug"), &json!("duplicate")));
    // What failed has taken no name.
    let named = [("Idempotency-Key", "another")];
    server.write(&key, "POST", "/v1/datasets", &other, &named).problem(422, "invalid-content");
    other["slug"] = json!("other-notes");
    assert_eq!(server.write(&key, "POST", "/v1/datasets", &other, &named).status, 201);
}

#[test]
fn of_many_who_take_one_slug_at_once_one_gets_it() {
    let (server, key) = administered();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let writers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| server.write(&key, "POST", "/v1/datasets", &notes(), &[]))).collect();
        writers.into_iter().map(|writer| writer.join().expect("an answer")).collect()
    });
    let (created, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((created.len(), refused.len()), (1, 7));
    for answer in refused {
        assert_eq!(answer.problem(422, "invalid-content")["code"], "duplicate");
    }
}

#[test]
fn a_change_patches_what_it_names_and_the_same_changes_nothing() {
    let (server, key) = administered();
    let mut body = notes();
    body["homepage"] = json!("https://example.org/notes");
    body["coverage"] = json!({ "countries": ["KG", "KZ"], "from": "2020-01-01", "note": "Some." });
    let created = server.write(&key, "POST", "/v1/datasets", &body, &[]);
    let change = json!({ "licence": "CC0-1.0", "homepage": null, "coverage": { "countries": ["KG"], "to": "2020-12-31", "note": null } });
    let changed = patch(&server, &key, "notes", change.clone());
    assert_eq!((changed.status, changed.at("/licence"), changed.at("/homepage")), (200, json!("CC0-1.0"), Value::Null));
    assert_eq!(
        changed.at("/coverage"),
        json!({ "countries": ["KG"], "from": "2020-01-01", "to": "2020-12-31", "note": null })
    );
    assert_eq!((changed.at("/title"), changed.at("/created_at")), (created.at("/title"), created.at("/created_at")));
    assert!(changed.at("/updated_at").as_str() > created.at("/updated_at").as_str(), "{changed}");
    let read = server.get("/v1/datasets/notes");
    assert_eq!((read.json(), read.tag()), (changed.json(), changed.tag()));
    for same in [change, json!({}), read.json(), json!({ "updated_at": "2000-01-01T00:00:00Z" })] {
        let answer = patch(&server, &key, "notes", same.clone());
        assert_eq!((answer.status, answer.json()), (200, changed.json()), "{same}");
    }
    for (change, pointer, code) in [
        (json!({ "slug": "other" }), "/slug", "invalid_value"),
        (json!({ "slug": null }), "/slug", "missing_member"),
        (json!({ "title": null }), "/title", "missing_member"),
        (json!({ "access": null }), "/access", "missing_member"),
        (json!({ "access": "secret" }), "/access", "invalid_value"),
        (json!({ "colour": "red" }), "/colour", "unknown_member"),
        (json!({ "coverage": { "from": "2021-01-01" } }), "/coverage/to", "invalid_value"),
        (json!([]), "", "invalid_value"),
    ] {
        let fault = patch(&server, &key, "notes", change.clone()).problem(422, "invalid-content");
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!(pointer), &json!(code)), "{change}");
    }
    assert_eq!(server.get("/v1/datasets/notes").json(), changed.json());
    patch(&server, &key, "nowhere", json!({})).problem(404, "not-found");
    assert_eq!(patch(&server, &key, "No-Slug", json!({})).problem(400, "invalid-parameter")["name"], "slug");
}

#[test]
fn of_two_who_change_what_they_read_one_wins() {
    let (server, key) = administered();
    let created = server.write(&key, "POST", "/v1/datasets", &notes(), &[]);
    let tag = created.header("etag").expect("a tag").to_owned();
    let change = |title: &str, tag: &str| {
        server.write(&key, "PATCH", "/v1/datasets/notes", &json!({ "title": title }), &[("If-Match", tag)])
    };
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..6)
            .map(|i| {
                let (change, tag) = (&change, &tag);
                scope.spawn(move || change(&format!("Title {i}"), tag).status)
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 5, "{statuses:?}");
    change("Late", &tag).problem(412, "precondition-failed");
    let current = server.get_as(&key, "/v1/datasets/notes").tag();
    let either = format!("{tag}, \"{current}\"");
    assert_eq!(change("Third", &either).status, 200, "any of the tags, weak or not");
    assert_eq!(change("Fourth", "*").status, 200);
    for bad in ["x", "\"", "W/x", "\"a\" \"b\""] {
        assert_eq!(change("Fifth", bad).problem(400, "invalid-parameter")["name"], "If-Match", "{bad}");
    }
    assert_eq!(server.get("/v1/datasets/notes").at("/title"), "Fourth");
}
