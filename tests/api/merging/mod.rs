//! Merging: what led to one record leads to another, the old id leads on, and all of it can be undone.

mod old_ids;
mod undoing;

use std::collections::BTreeMap;

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Server};

/// A server with an editor and an admin.
struct Desk {
    server: Server,
    editor: String,
    admin: String,
}

impl Desk {
    fn open() -> Self {
        let server = Server::start();
        server.dataset("central-asia", "public");
        let (editor, admin) = (server.key(Role::Editor), server.key(Role::Admin));
        Self { server, editor, admin }
    }

    /// Creates a record and answers its id.
    fn create(&self, resource: &str, body: Value) -> String {
        let answer = self.server.write(&self.editor, "POST", &format!("/v1/{resource}"), &body, &[]);
        assert_eq!(answer.status, 201, "{answer}");
        answer.at("/id").as_str().expect("an id").to_owned()
    }

    fn person(&self, name: &str) -> String {
        self.create("entities", json!({ "kind": "person", "name": name }))
    }

    fn incident(&self, members: Value) -> String {
        let mut body = json!({
            "title": "Something happened", "kind": "assembly.protest", "location": { "country": "KG", "precision": "country" },
            "coding": { "method": "human", "codebook": "1.0" }
        });
        body.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        self.create("incidents", body)
    }

    fn read(&self, resource: &str, id: &str) -> Answer {
        self.server.get_as(&self.editor, &format!("/v1/{resource}/{id}"))
    }

    /// Changes a record, whatever version it has.
    fn patch(&self, resource: &str, id: &str, patch: &Value) -> Answer {
        let tag = format!("\"{}\"", self.read(resource, id).at("/version"));
        self.server.write(&self.editor, "PATCH", &format!("/v1/{resource}/{id}"), patch, &[("If-Match", &tag)])
    }

    fn try_merge(&self, resource: &str, id: &str, body: &Value) -> Answer {
        self.server.write(&self.editor, "POST", &format!("/v1/{resource}/{id}/merge"), body, &[])
    }

    fn merge(&self, resource: &str, id: &str, into: &str) {
        let answer = self.try_merge(resource, id, &json!({ "into": into }));
        assert_eq!((answer.status, answer.at("/id")), (200, json!(into)), "{answer}");
    }

    fn try_unmerge(&self, key: &str, resource: &str, id: &str) -> Answer {
        let authorization = format!("Bearer {key}");
        self.server.send("POST", &format!("/v1/{resource}/{id}/unmerge"), &[("Authorization", &authorization)], b"")
    }

    fn unmerge(&self, resource: &str, id: &str) {
        let answer = self.try_unmerge(&self.admin, resource, id);
        assert_eq!((answer.status, answer.at("/id")), (200, json!(id)), "{answer}");
    }

    /// Every published record, as the change feed holds it, without what says when it was written.
    fn everything(&self) -> BTreeMap<String, Value> {
        let feed = self.server.get("/v1/changes?limit=1000");
        let mut records = BTreeMap::new();
        for change in feed.at("/data").as_array().expect("a list") {
            if change["op"] == "upsert" {
                let mut object = change["object"].clone();
                let members = object.as_object_mut().expect("an object");
                members.retain(|name, _| !["version", "updated_at"].contains(&name.as_str()));
                records.insert(change["id"].to_string(), object);
            }
        }
        records
    }
}

#[test]
fn what_led_to_the_merged_record_leads_to_the_survivor() {
    let desk = Desk::open();
    let a = desk.create(
        "entities",
        json!({ "kind": "organization", "name": "Short", "aliases": [{ "name": "Old", "language": "ru" }, { "name": "Long", "language": null }],
                "identifiers": [{ "scheme": "wikidata", "value": "Q1" }] }),
    );
    let b = desk.create("entities", json!({ "kind": "organization", "name": "Long" }));
    let member = desk.create(
        "entities",
        json!({ "kind": "person", "name": "Member", "relations": [{ "relation": "member_of", "entity": { "id": a } }] }),
    );
    let article = desk.create(
        "articles",
        json!({ "title": "A report", "language": "en", "publisher": { "id": a },
                "mentions": [{ "entity": { "id": b }, "count": 2 }, { "entity": { "id": a }, "count": 3 }] }),
    );
    let incident = desk.incident(json!({
        "participants": [{ "entity": { "id": a }, "role": "organizer" }, { "entity": { "id": b }, "role": "organizer" }, { "entity": { "id": a }, "role": "target", "note": "Twice." }],
        "figures": [{ "measure": "participants", "best": 5, "claimant_class": "ngo", "claimant": { "id": a } }],
        "legal_steps": [{ "entity": { "id": member }, "step": "detained", "authority": { "id": a } }],
    }));
    let before = desk.everything();
    let head = desk.server.get("/v1/changes").at("/meta/next_since");
    desk.merge("entities", &a, &b);

    let survivor = desk.read("entities", &b);
    assert_eq!(
        (survivor.at("/name"), survivor.at("/aliases"), survivor.at("/identifiers/0/value")),
        (
            json!("Long"),
            json!([{ "name": "Short", "language": null }, { "name": "Old", "language": "ru" }]),
            json!("Q1")
        )
    );
    assert_eq!(survivor.at("/relations/0/entity/id"), json!(member), "the incoming relation");
    let at = |answer: &Answer, pointer: &str| answer.at(pointer);
    let read = desk.read("articles", &article);
    assert_eq!((at(&read, "/publisher/id"), at(&read, "/mentions/0/count")), (json!(b), json!(5)));
    assert_eq!(at(&read, "/mentions").as_array().map(Vec::len), Some(1), "one mention, and the counts add up");
    let read = desk.read("incidents", &incident);
    assert_eq!(at(&read, "/participants").as_array().map(Vec::len), Some(2), "what says the same stays once: {read}");
    assert_eq!(at(&read, "/figures/0/claimant/id"), json!(b));
    assert_eq!(at(&read, "/legal_steps/0/authority/id"), json!(b));
    assert_eq!(at(&read, "/version"), json!(2));
    let revisions = desk.server.get(&format!("/v1/incidents/{incident}/revisions"));
    assert_eq!(revisions.at("/data/0/reason"), "duplicate");

    // The old id.
    let old = desk.server.get(&format!("/v1/entities/{a}"));
    assert_eq!((old.status, old.at("/merged_into")), (308, json!(b)));
    assert_eq!(old.header("location"), Some(format!("/v1/entities/{b}").as_str()));
    assert_eq!(old.header("cache-control"), Some("no-cache"));
    for list in [
        format!("/v1/entities?id={a}"),
        format!("/v1/incidents?entity={a}"),
        format!("/v1/articles?entity={a}"),
        format!("/v1/articles?publisher={a}"),
    ] {
        assert_eq!(desk.server.get(&list).at("/data").as_array().map(Vec::len), Some(1), "{list}");
    }
    let patched = desk.server.write(
        &desk.editor,
        "PATCH",
        &format!("/v1/entities/{a}"),
        &json!({ "name": "X" }),
        &[("If-Match", "\"1\"")],
    );
    patched.problem(409, "merged");
    let deleted = desk.server.request(
        "DELETE",
        &format!("/v1/entities/{a}"),
        &[("Authorization", &format!("Bearer {}", desk.editor))],
    );
    deleted.problem(409, "merged");
    desk.try_merge("entities", &a, &json!({ "into": b })).problem(409, "merged");

    // The log: what changed, and the merge as such.
    let feed = desk.server.get(&format!("/v1/changes?since={head}"));
    let merged = feed.at("/data").as_array().expect("a list").iter().find(|change| change["id"] == json!(a)).cloned();
    let merged = merged.expect("the merge");
    assert_eq!(
        (&merged["op"], &merged["merged_into"], &merged["reason"]),
        (&json!("merge"), &json!(b), &json!("duplicate"))
    );
    assert!(merged["object"].is_null());
    assert_eq!(feed.at("/data").as_array().map(Vec::len), Some(5), "{feed}");

    // And back.
    desk.try_unmerge(&desk.editor, "entities", &a).problem(403, "forbidden");
    desk.unmerge("entities", &a);
    assert_eq!(desk.everything(), before);
    assert_eq!(desk.server.get(&format!("/v1/entities/{a}")).status, 200);
    desk.try_unmerge(&desk.admin, "entities", &a).problem(409, "merge-conflict");
}

#[test]
fn incidents_and_articles_take_over_what_they_lack() {
    let desk = Desk::open();
    let (person, official) = (desk.person("P"), desk.person("Q"));
    let one = desk.create(
        "articles",
        json!({ "title": "One", "language": "en", "mentions": [{ "entity": { "id": person }, "count": 4 }] }),
    );
    let other = desk.create(
        "articles",
        json!({ "title": "Other", "language": "en", "mentions": [{ "entity": { "id": person } }, { "entity": { "id": official } }] }),
    );
    let a = desk.incident(json!({ "tags": ["tear_gas"], "sources": [{ "article": { "id": one } }], "participants": [{ "entity": { "id": person }, "role": "target" }] }));
    let b = desk.incident(json!({
        "tags": ["tear_gas"], "sources": [{ "article": { "id": other }, "role": "corroborating" }],
        "participants": [{ "entity": { "id": person }, "role": "target" }, { "entity": { "id": official }, "role": "authority", "article": { "id": other } }],
        "relations": [{ "relation": "follows", "incident": { "id": a } }],
    }));
    let c = desk.incident(json!({ "relations": [{ "relation": "part_of", "incident": { "id": b } }] }));
    let before = desk.everything();
    desk.merge("incidents", &b, &a);
    let survivor = desk.read("incidents", &a);
    assert_eq!(survivor.at("/participants").as_array().map(Vec::len), Some(2), "{survivor}");
    assert_eq!(survivor.at("/sources").as_array().map(Vec::len), Some(2));
    assert_eq!(survivor.at("/tags"), json!(["tear_gas"]));
    let relations = survivor.at("/relations");
    assert_eq!(relations.as_array().map(Vec::len), Some(1), "none leads to the incident itself: {relations}");
    assert_eq!(desk.read("incidents", &c).at("/relations/0/incident/id"), json!(a));
    desk.merge("articles", &other, &one);
    let survivor = desk.read("incidents", &a);
    assert_eq!(survivor.at("/sources").as_array().map(Vec::len), Some(1), "an article is a source once: {survivor}");
    assert_eq!(survivor.at("/participants/1/article/id"), json!(one));
    assert_eq!(desk.read("articles", &one).at("/mentions").as_array().map(Vec::len), Some(2));
    // In the order in which it was done.
    desk.unmerge("incidents", &b);
    desk.unmerge("articles", &other);
    for (id, record) in desk.everything() {
        assert_eq!(record, before[&id]);
    }
}

#[test]
fn what_cannot_be_merged_is_refused_and_says_why() {
    let desk = Desk::open();
    desk.server.dataset("hidden", "internal");
    let (a, b) = (desk.person("A"), desk.person("B"));
    let draft = desk.create("entities", json!({ "kind": "person", "name": "Draft", "state": "draft" }));
    let hidden = desk.create("entities", json!({ "kind": "person", "name": "Hidden", "dataset": "hidden" }));
    let gone = desk.person("Gone");
    desk.patch("entities", &gone, &json!({ "state": "retracted" }));
    let unknown = "0190d6a0-0000-7000-8000-000000000009";
    for (body, code) in [
        (json!({}), "missing_member"),
        (json!({ "into": 5 }), "invalid_value"),
        (json!({ "into": b, "reason": "whim" }), "invalid_value"),
        (json!({ "into": b, "because": "duplicate" }), "unknown_member"),
        (json!({ "into": unknown }), "unknown_reference"),
        (json!({ "into": a }), "invalid_value"),
        (json!({ "into": draft }), "unavailable_reference"),
        (json!({ "into": gone }), "unavailable_reference"),
        (json!({ "into": hidden }), "unavailable_reference"),
        (json!([]), "invalid_value"),
    ] {
        let fault = desk.try_merge("entities", &a, &body).problem(422, "invalid-content");
        assert_eq!(fault["code"], code, "{body}");
    }
    desk.try_merge("entities", unknown, &json!({ "into": b })).problem(404, "not-found");
    desk.try_merge("entities", &draft, &json!({ "into": b })).problem(409, "merge-conflict");
    desk.try_merge("entities", &gone, &json!({ "into": b })).problem(410, "gone");
    desk.try_merge("incidents", &a, &json!({ "into": b })).problem(404, "not-found");
    let stale = [("If-Match", "\"7\"")];
    let path = format!("/v1/entities/{a}/merge");
    desk.server.write(&desk.editor, "POST", &path, &json!({ "into": b }), &stale).problem(412, "precondition-failed");
    desk.try_unmerge(&desk.admin, "entities", &a).problem(409, "merge-conflict");
    desk.try_unmerge(&desk.admin, "entities", unknown).problem(404, "not-found");
    // Nothing of all this was stored.
    assert_eq!(desk.read("entities", &a).at("/version"), json!(1));
    assert_eq!(desk.read("entities", &b).at("/version"), json!(1));
    // A name for the request: the second one gets the answer of the first.
    let named = [("Idempotency-Key", "merge-1")];
    let first = desk.server.write(&desk.editor, "POST", &path, &json!({ "into": b }), &named);
    let second = desk.server.write(&desk.editor, "POST", &path, &json!({ "into": b }), &named);
    assert_eq!((first.status, second.status), (200, 200), "{second}");
    assert_eq!((&first.body, first.tag()), (&second.body, second.tag()));
    // What it refers to is withdrawn meanwhile: it does not come back into nothing.
    let ally = desk.person("Ally");
    let c = desk.create(
        "entities",
        json!({ "kind": "person", "name": "C", "relations": [{ "relation": "ally_of", "entity": { "id": ally } }] }),
    );
    desk.merge("entities", &c, &b);
    desk.patch("entities", &b, &json!({ "relations": [] }));
    assert_eq!(desk.patch("entities", &ally, &json!({ "state": "retracted" })).status, 200);
    let refused = desk.try_unmerge(&desk.admin, "entities", &c).problem(409, "merge-conflict");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("/relations/0/entity")), "{refused}");
    let back = json!({ "state": "published" });
    desk.server.write(&desk.editor, "PATCH", &format!("/v1/entities/{ally}"), &back, &[("If-Match", "\"2\"")]);
    // The body says why, and may be left out.
    let path = format!("/v1/entities/{c}/unmerge");
    let say = |body: Value| desk.server.write(&desk.admin, "POST", &path, &body, &[]);
    assert_eq!(say(json!({ "because": "x" })).problem(422, "invalid-content")["code"], "unknown_member");
    assert_eq!(say(json!({ "reason": "coding_error" })).status, 200);
    let revisions = desk.server.get(&format!("/v1/entities/{c}/revisions"));
    assert_eq!(revisions.at("/data/0/reason"), "coding_error");
}
