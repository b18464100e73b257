//! Duplicates: what may be the same is found, what is not stays out, and what was decided is not asked again.

mod alike;
mod pairs;

use civicspace::http::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Server};

/// A server and an editor.
struct Desk {
    server: Server,
    editor: String,
}

impl Desk {
    fn open() -> Self {
        let server = Server::start();
        let editor = server.key(Role::Editor);
        Self { server, editor }
    }

    fn ask(&self, resource: &str, id: Uuid) -> Answer {
        let answer = self.server.get_as(&self.editor, &format!("/v1/{resource}/{id}/similar?limit=50"));
        assert_eq!(answer.status, 200, "{answer}");
        answer
    }

    /// The ids of what may be the same, the likeliest first.
    fn similar(&self, resource: &str, id: Uuid) -> Vec<Uuid> {
        let ids = self.ask(resource, id).each("/record/id");
        ids.iter().map(|id| id.as_str().expect("an id").parse().expect("a UUID")).collect()
    }

    /// What one of the records that may be the same scores, and why.
    fn judged(&self, resource: &str, id: Uuid, other: Uuid) -> Value {
        let data = self.ask(resource, id).at("/data");
        let found = data.as_array().expect("a list").iter().find(|similar| similar["record"]["id"] == json!(other));
        found.unwrap_or_else(|| panic!("{other} is not among {data}")).clone()
    }

    fn try_decide(&self, resource: &str, id: Uuid, body: Value) -> Answer {
        self.server.write(&self.editor, "POST", &format!("/v1/{resource}/{id}/similar"), &body, &[])
    }

    fn decide(&self, resource: &str, id: Uuid, other: Uuid, decision: &str) -> Answer {
        let answer = self.try_decide(resource, id, json!({ "id": other, "decision": decision }));
        assert_eq!((answer.status, answer.at("/id")), (200, json!(other)), "{answer}");
        answer
    }

    fn incident(&self, title: &str, day: &str, place: &str, people: &[Uuid], members: Value) -> Uuid {
        let participants: Vec<Value> =
            people.iter().map(|id| json!({ "entity": { "id": id }, "role": "target" })).collect();
        let mut all = json!({
            "title": title, "kind": "liberty.detention", "start_date": day, "end_date": day, "date_precision": "day",
            "location": { "country": "KG", "admin1": null, "place": place, "lat": null, "lon": null, "precision": "settlement" },
            "participants": participants
        });
        all.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        self.server.incident(all)
    }
}

#[test]
fn only_editors_are_asked_and_decide() {
    let desk = Desk::open();
    let server = &desk.server;
    let reader = server.key(Role::Reader);
    for (resource, id) in [
        ("entities", server.entity(json!({}))),
        ("articles", server.article(json!({}))),
        ("incidents", server.incident(json!({}))),
    ] {
        let path = format!("/v1/{resource}/{id}/similar");
        server.get(&path).problem(401, "unauthenticated");
        server.get_as(&reader, &path).problem(403, "forbidden");
        let body = json!({ "id": Uuid::now_v7(), "decision": "same" });
        server.post(&path, &body).problem(401, "unauthenticated");
        server.write(&reader, "POST", &path, &body, &[]).problem(403, "forbidden");
        assert_eq!(desk.ask(resource, id).json(), json!({ "data": [], "decided": [] }));
    }
}

#[test]
fn what_became_of_a_record_is_told_as_elsewhere() {
    let desk = Desk::open();
    let [kept, merged, withdrawn] = ["Aibek Sultanov", "Aybek Sultanow", "Gulnara Osmonova"]
        .map(|name| desk.server.entity(json!({ "name": name })));
    desk.server.merge("entities", merged, kept);
    let authorization = format!("Bearer {}", desk.editor);
    let path = format!("/v1/entities/{withdrawn}");
    assert_eq!(desk.server.request("DELETE", &path, &[("Authorization", &authorization)]).status, 204);
    let unknown = Uuid::now_v7();
    let get = |id: Uuid| desk.server.get_as(&desk.editor, &format!("/v1/entities/{id}/similar"));
    get(unknown).problem(404, "not-found");
    get(withdrawn).problem(410, "gone");
    assert_eq!(get(merged).header("location"), Some(format!("/v1/entities/{kept}/similar").as_str()));
    let decide = |id: Uuid, other: Uuid| desk.try_decide("entities", id, json!({ "id": other, "decision": "same" }));
    decide(unknown, kept).problem(404, "not-found");
    decide(withdrawn, kept).problem(410, "gone");
    decide(merged, kept).problem(409, "merged");
    for (other, code) in [
        (kept, "invalid_value"),
        (unknown, "unknown_reference"),
        (withdrawn, "unavailable_reference"),
        (merged, "unavailable_reference"),
    ] {
        let fault = decide(kept, other).problem(422, "invalid-content");
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/id"), &json!(code)), "{fault}");
    }
    let fault =
        desk.try_decide("entities", kept, json!({ "id": kept, "decision": "maybe" })).problem(422, "invalid-content");
    assert_eq!(fault["pointer"], "/decision");
}

#[test]
fn what_was_decided_is_never_asked_again_whoever_is_named_first() {
    let desk = Desk::open();
    let records = |desk: &Desk| {
        [
            ("entities", [(); 2].map(|()| desk.server.entity(json!({ "name": "Aibek Sultanov" })))),
            ("articles", [(); 2].map(|()| desk.server.article(json!({ "title": "A long title of a report" })))),
            ("incidents", [(); 2].map(|()| desk.incident("A detention", "2020-03-02", "Osh", &[], json!({})))),
        ]
    };
    for (resource, [one, other]) in records(&desk) {
        assert_eq!(
            (desk.similar(resource, one), desk.similar(resource, other)),
            (vec![other], vec![one]),
            "{resource}"
        );
        let first = desk.decide(resource, one, other, "different");
        assert_eq!((first.at("/decision"), first.at("/by")), (json!("different"), json!("test")));
        assert_eq!((desk.similar(resource, one), desk.similar(resource, other)), (vec![], vec![]), "{resource}");
        // Said again, from the other end: nothing changes.
        let again = desk.decide(resource, other, one, "different");
        assert_eq!(again.at("/decided_at"), first.at("/decided_at"), "{resource}");
        assert_eq!(desk.ask(resource, one).at("/decided"), json!([first.json()]), "{resource}");
        let later = desk.try_decide(resource, other, json!({ "id": one, "decision": "same", "note": "They are." }));
        assert_eq!(later.status, 200, "{later}");
        assert_ne!(later.at("/decided_at"), first.at("/decided_at"), "{resource}");
        assert_eq!(desk.ask(resource, other).at("/decided"), json!([later.json()]), "{resource}");
        assert!(desk.similar(resource, one).is_empty(), "it waits to be merged");
    }
}

#[test]
fn a_decision_holds_for_the_survivor_of_a_merge_until_it_is_undone() {
    let desk = Desk::open();
    let [a, b, survivor] = [(); 3].map(|()| desk.server.entity(json!({ "name": "Aibek Sultanov" })));
    desk.decide("entities", a, b, "different");
    desk.server.merge("entities", a, survivor);
    assert_eq!((desk.similar("entities", survivor), desk.similar("entities", b)), (vec![], vec![]));
    assert_eq!(desk.ask("entities", b).at("/decided/0/id"), json!(survivor), "of b, it is said of what a became");
    let last = desk.server.entity(json!({ "name": "Nobody" }));
    desk.server.merge("entities", survivor, last);
    assert_eq!((desk.similar("entities", last), desk.similar("entities", b)), (vec![], vec![]));
    let admin = format!("Bearer {}", desk.server.key(Role::Admin));
    for id in [survivor, a] {
        let undone = desk.server.send("POST", &format!("/v1/entities/{id}/unmerge"), &[("Authorization", &admin)], b"");
        assert_eq!(undone.status, 200, "{undone}");
    }
    assert_eq!(desk.similar("entities", survivor).len(), 2, "nothing was decided of it");
    assert_eq!(desk.similar("entities", a), [survivor]);
    // Two that are merged into each other leave no question and no decision.
    desk.server.merge("entities", a, b);
    assert_eq!(desk.ask("entities", b).at("/decided"), json!([]));
}

#[test]
fn records_of_internal_datasets_are_among_them() {
    let desk = Desk::open();
    desk.server.dataset("inside", "internal");
    let own = desk.server.entity(json!({ "name": "Aibek Sultanov" }));
    let inside = desk.server.entity(json!({ "name": "Aibek Sultanov", "dataset": "inside" }));
    assert_eq!((desk.similar("entities", own), desk.similar("entities", inside)), (vec![inside], vec![own]));
}

#[test]
fn no_more_are_answered_than_asked_for_and_the_likeliest_come_first() {
    let desk = Desk::open();
    let own = desk.server.entity(json!({ "name": "Aibek Sultanov", "country": "KG" }));
    let elsewhere = desk.server.entity(json!({ "name": "Aibek Sultanov", "country": "KZ" }));
    let here = desk.server.entity(json!({ "name": "Aibek Sultanov", "country": "KG" }));
    assert_eq!(desk.similar("entities", own), [here, elsewhere]);
    let answer = desk.server.get_as(&desk.editor, &format!("/v1/entities/{own}/similar?limit=1"));
    assert_eq!(answer.each("/record/id"), [json!(here)]);
}
