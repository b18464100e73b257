//! What became of an entity: entries in the order of time.

use civicspace::http::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Server};

/// A legal step of a person.
pub(crate) fn step(person: Uuid, step: &str, date: &str) -> Value {
    json!({ "entity": { "id": person }, "step": step, "date": date, "date_precision": "day" })
}

pub(crate) fn with(mut record: Value, members: Value) -> Value {
    record.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
    record
}

impl Server {
    pub(crate) fn timeline(&self, id: Uuid) -> Answer {
        self.get(&format!("/v1/entities/{id}/timeline"))
    }

    /// A person to whom these things happened, each in an incident of its own.
    pub(crate) fn person_after(&self, steps: &[(&str, &str)]) -> Uuid {
        let person = self.entity(json!({}));
        for (code, date) in steps {
            self.incident(json!({ "legal_steps": [step(person, code, date)] }));
        }
        person
    }

    /// The status of a person: liberty, since when, proceedings, since when.
    pub(crate) fn status(&self, person: Uuid) -> [String; 4] {
        let timeline = self.timeline(person);
        ["/status/liberty/value", "/status/liberty/as_of", "/status/proceedings/value", "/status/proceedings/as_of"]
            .map(|pointer| timeline.at(pointer).as_str().unwrap_or("-").to_owned())
    }
}

#[test]
fn it_holds_parts_legal_steps_and_claims_in_the_order_of_time() {
    let server = Server::start();
    let (person, police) =
        (server.entity(json!({})), server.entity(json!({ "kind": "public_body", "name": "Police" })));
    let article = server.article(json!({}));
    let arrest = server.incident(json!({
        "title": "Arrest", "start_date": "2020-03-02", "end_date": "2020-03-02", "date_precision": "day",
        "participants": [{ "entity": { "id": person }, "role": "target", "note": "at home" }],
        "legal_steps": [with(step(person, "detained", "2020-03-02"), json!({ "authority": { "id": police }, "charge": "riots", "note": "by three men", "article": { "id": article } }))],
        "figures": [{ "measure": "detained", "low": 1, "high": 1, "claimant_class": "participant", "claimant": { "id": person }, "article": { "id": article } }]
    }));
    let rally = server.incident(json!({
        "title": "Rally", "start_date": "2020-02-01", "end_date": "2020-02-29", "date_precision": "month",
        "participants": [{ "entity": { "id": person }, "role": "organizer" }, { "entity": { "id": police }, "role": "authority" }]
    }));
    let trial = server.incident(json!({
        "title": "Trial",
        "legal_steps": [with(step(person, "sentenced", "2020-04-01"), json!({ "date_precision": "month", "penalty": { "kind": "fine", "amount": 500, "unit": "KGS", "suspended": false } }))]
    }));
    let timeline = server.timeline(person);
    let shown = |id: Uuid, title: &str, start: Value| json!({ "id": id, "title": title, "kind": "assembly.protest", "start_date": start });
    let (rally, arrest, trial) = (
        shown(rally, "Rally", json!("2020-02-01")),
        shown(arrest, "Arrest", json!("2020-03-02")),
        shown(trial, "Trial", Value::Null),
    );
    let article = json!({ "id": article, "title": "A report", "url": null, "published_on": null });
    let nothing = json!({ "role": null, "step": null, "figure": null, "penalty": null, "authority": null, "charge": null, "note": null, "article": null });
    let entry = |members: Value| with(nothing.clone(), members);
    let mut data = timeline.at("/data");
    let figure = data[3]["figure"].take();
    assert_eq!(
        data,
        json!([
            entry(
                json!({ "date": "2020-02-01", "date_precision": "month", "type": "participation", "incident": rally, "role": "organizer" })
            ),
            entry(
                json!({ "date": "2020-03-02", "date_precision": "day", "type": "participation", "incident": arrest, "role": "target", "note": "at home" })
            ),
            entry(
                json!({ "date": "2020-03-02", "date_precision": "day", "type": "legal_step", "incident": arrest, "step": "detained",
                "authority": { "id": police, "name": "Police", "kind": "public_body" }, "charge": "riots", "note": "by three men", "article": article })
            ),
            entry(
                json!({ "date": "2020-03-02", "date_precision": "day", "type": "claim", "incident": arrest, "article": article })
            ),
            entry(
                json!({ "date": "2020-04-01", "date_precision": "month", "type": "legal_step", "incident": trial, "step": "sentenced",
                "penalty": { "kind": "fine", "amount": 500, "unit": "KGS", "suspended": false } })
            ),
        ])
    );
    assert_eq!((&figure["low"], &figure["claimant"]["id"]), (&json!(1), &json!(person)));
    assert_eq!(server.timeline(police).texts("/role"), ["authority"]);
}

#[test]
fn on_one_date_a_detention_comes_before_a_release() {
    let server = Server::start();
    let person = server.entity(json!({}));
    let month = |code: &str| with(step(person, code, "2020-03-01"), json!({ "date_precision": "month" }));
    // The ids run against the order of what happens.
    for (id, steps) in [
        (4, json!([step(person, "detained", "2020-03-01"), step(person, "questioned", "2020-03-01")])),
        (3, json!([step(person, "sentenced", "2020-03-01")])),
        (2, json!([step(person, "released", "2020-03-01")])),
        (1, json!([month("charged")])),
    ] {
        server.incident(json!({ "id": format!("0190d6a0-0000-7000-8000-00000000000{id}"), "legal_steps": steps }));
    }
    server.incident(
        json!({ "legal_steps": [step(person, "released", "2020-02-01"), step(person, "detained", "2020-02-01")] }),
    );
    server.incident(
        json!({ "legal_steps": [{ "entity": { "id": person }, "step": "warned", "date_precision": "unknown" }] }),
    );
    let expected = ["released", "detained", "detained", "questioned", "sentenced", "released", "charged", "warned"];
    server.timeline(person).lists("/step", &expected);
}

#[test]
fn a_walk_of_any_page_size_finds_every_entry_once_in_the_same_order() {
    let server = Server::start();
    let person = server.entity(json!({}));
    for i in 0..12 {
        let dated = json!({ "start_date": "2020-03-02", "end_date": "2020-03-31", "date_precision": if i % 2 == 0 { "month" } else { "day" } });
        let day = if i % 5 == 0 { "2020-03-02" } else { "2019-01-01" };
        let parts = json!({
            "participants": [{ "entity": { "id": person }, "role": "target" }, { "entity": { "id": person }, "role": "witness" }],
            "legal_steps": [step(person, "summoned", day), { "entity": { "id": person }, "step": "warned", "date_precision": "unknown" }, step(person, "detained", day)],
            "figures": [{ "measure": "detained", "low": i, "claimant_class": "participant", "claimant": { "id": person } }]
        });
        server.incident(if i % 3 == 0 { parts } else { with(parts, dated) });
    }
    let path = format!("/v1/entities/{person}/timeline");
    let whole = server.get(&format!("{path}?limit=200&include_total=true"));
    let expected = whole.at("/data");
    assert_eq!(whole.at("/meta/total"), json!({ "value": 72, "relation": "eq" }));
    assert_eq!(expected.as_array().map(Vec::len), Some(72));
    let dates: Vec<String> = whole.texts("/date");
    assert!(dates.is_sorted(), "null is after every date: {dates:?}");
    for limit in [1, 2, 5, 7, 71, 72] {
        let mut found = Vec::new();
        let mut page = format!("{path}?limit={limit}");
        loop {
            let answer = server.get(&page);
            found.extend(answer.at("/data").as_array().expect("entries").clone());
            assert_eq!(answer.at("/status"), whole.at("/status"), "the status is of the whole person");
            match answer.at("/meta/next_cursor").as_str() {
                Some(cursor) => {
                    let link = format!("<{path}?limit={limit}&cursor={cursor}>; rel=\"next\"");
                    assert_eq!(answer.header("link"), Some(link.as_str()));
                    page = format!("{path}?limit={limit}&cursor={cursor}");
                }
                None => break,
            }
        }
        assert_eq!(json!(found), expected, "{limit}");
    }
    let cursor = server.get(&format!("{path}?limit=1")).at("/meta/next_cursor");
    let other = server.entity(json!({}));
    let foreign = format!("/v1/entities/{other}/timeline?cursor={}", cursor.as_str().expect("a cursor"));
    assert_eq!(server.get(&foreign).problem(400, "invalid-parameter")["code"], "invalid_cursor");
}

#[test]
fn what_may_not_be_seen_is_in_no_timeline() {
    let server = Server::start();
    let (person, editor) = (server.entity(json!({})), server.key(Role::Editor));
    server.dataset("internal-notes", "internal");
    let parts = json!({
        "participants": [{ "entity": { "id": person }, "role": "target" }],
        "legal_steps": [step(person, "detained", "2020-03-02")],
        "figures": [{ "measure": "detained", "low": 1, "claimant_class": "participant", "claimant": { "id": person } }]
    });
    for hidden in [json!({ "state": "draft" }), json!({ "state": "retracted" }), json!({ "dataset": "internal-notes" })]
    {
        server.incident(with(parts.clone(), hidden));
    }
    let path = format!("/v1/entities/{person}/timeline?include_total=true");
    let nothing = server.get(&path);
    assert_eq!((nothing.at("/data"), nothing.at("/meta/total/value")), (json!([]), json!(0)));
    assert_eq!(server.status(person), ["unknown", "-", "none", "-"]);
    let seen = server.get_as(&editor, &path);
    assert_eq!((seen.texts("/type").len(), seen.at("/meta/total/value")), (3, json!(3)), "{seen}");
    assert_eq!(seen.at("/status/liberty/value"), "held");
}

#[test]
fn who_may_not_be_seen_has_no_timeline() {
    let server = Server::start();
    server.dataset("internal-notes", "internal");
    let editor = server.key(Role::Editor);
    let (draft, hidden, gone) = (
        server.entity(json!({ "state": "draft" })),
        server.entity(json!({ "dataset": "internal-notes" })),
        server.entity(json!({})),
    );
    server.retract("entities", gone);
    for (id, status) in [(draft, 404), (hidden, 404), (gone, 410), (Uuid::now_v7(), 404)] {
        for page in ["timeline", "connections"] {
            let path = format!("/v1/entities/{id}/{page}");
            server.get(&path).problem(status, if status == 410 { "gone" } else { "not-found" });
            let seen = server.get_as(&editor, &path).status;
            assert_eq!(seen, if [draft, hidden].contains(&id) { 200 } else { status }, "{path}");
        }
    }
}

#[test]
fn a_merged_record_leads_to_the_page_of_the_survivor_which_holds_both() {
    let server = Server::start();
    let [one, other] = ["2020-03-01", "2020-03-02"].map(|day| server.person_after(&[("detained", day)]));
    let third = server.entity(json!({}));
    for id in [one, other] {
        server.incident(json!({ "participants": [{ "entity": { "id": id }, "role": "target" }, { "entity": { "id": third }, "role": "witness" }] }));
    }
    let shared = || server.get(&format!("/v1/entities/{third}/connections")).each("/incidents");
    assert_eq!(shared(), [1, 1]);
    server.merge("entities", other, one);
    for page in ["timeline?limit=2", "connections"] {
        let answer = server.get(&format!("/v1/entities/{other}/{page}"));
        assert_eq!((answer.status, answer.at("/merged_into")), (308, json!(one)), "{answer}");
        assert_eq!(answer.header("location"), Some(format!("/v1/entities/{one}/{page}").as_str()));
    }
    let dates = |id: Uuid| server.timeline(id).texts("/date");
    assert_eq!(dates(one), ["2020-03-01", "2020-03-02", "null", "null"]);
    assert_eq!(server.status(one)[1], "2020-03-02");
    assert_eq!(shared(), [2]);
    let admin = format!("Bearer {}", server.key(Role::Admin));
    let undone = server.send("POST", &format!("/v1/entities/{other}/unmerge"), &[("Authorization", &admin)], b"");
    assert_eq!(undone.status, 200, "{undone}");
    assert_eq!(
        (dates(one), dates(other)),
        (vec!["2020-03-01".into(), "null".into()], vec!["2020-03-02".into(), "null".into()])
    );
    assert_eq!(shared(), [1, 1]);
}

#[test]
fn a_copy_that_is_up_to_date_is_not_sent_again() {
    let server = Server::start();
    let person = server.person_after(&[("detained", "2020-03-02")]);
    for page in ["timeline", "connections"] {
        let path = format!("/v1/entities/{person}/{page}");
        let tag = server.get(&path).header("etag").expect("an ETag").to_owned();
        assert_eq!(server.get_with(&path, &[("If-None-Match", &tag)]).status, 304);
    }
    let path = format!("/v1/entities/{person}/timeline");
    let tag = server.get(&path).header("etag").expect("an ETag").to_owned();
    server.incident(json!({ "legal_steps": [step(person, "released", "2020-03-03")] }));
    assert_eq!(server.get_with(&path, &[("If-None-Match", &tag)]).status, 200);
}
