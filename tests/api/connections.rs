//! With whom an entity is connected.

use civicspace::http::auth::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Server};

impl Server {
    fn connections(&self, id: Uuid) -> Answer {
        self.get(&format!("/v1/entities/{id}/connections"))
    }

    fn named(&self, name: &str) -> Uuid {
        self.entity(json!({ "name": name }))
    }

    /// An incident in which these take part.
    fn meeting(&self, of: &[Uuid], state: &str, dataset: &str) {
        let parts: Vec<Value> = of.iter().map(|id| json!({ "entity": { "id": id }, "role": "participant" })).collect();
        self.incident(json!({ "participants": parts, "state": state, "dataset": dataset }));
    }
}

#[test]
fn they_are_counted_by_shared_incidents_whatever_the_part_and_the_strongest_comes_first() {
    let server = Server::start();
    let [own, often, once] = ["Own", "Often", "Once"].map(|name| server.named(name));
    let claimant = server.named("Claimant");
    server.meeting(&[own, often], "published", "central-asia");
    server.meeting(&[often, once], "published", "central-asia");
    server.incident(json!({
        "participants": [{ "entity": { "id": often }, "role": "target" }, { "entity": { "id": often }, "role": "witness" }],
        "legal_steps": [{ "entity": { "id": own }, "step": "detained", "date_precision": "unknown" }],
        "figures": [{ "measure": "detained", "low": 1, "claimant_class": "participant", "claimant": { "id": claimant } }]
    }));
    server.meeting(&[own, claimant, once], "published", "central-asia");
    server.meeting(&[own, claimant], "published", "central-asia");
    let found = server.connections(own);
    found.lists("/entity/name", &["Claimant", "Often", "Once"]);
    assert_eq!(found.each("/incidents"), [3, 2, 1]);
    assert_eq!(found.at("/data/0/entity"), json!({ "id": claimant, "name": "Claimant", "kind": "person" }));
    assert_eq!(found.at("/data/0/relations"), json!([]));
    assert_eq!(server.connections(server.named("Alone")).at("/data"), json!([]));
}

#[test]
fn relations_connect_too_from_both_ends() {
    let server = Server::start();
    let article = server.article(json!({}));
    let [friend, party] = ["Friend", "Party"].map(|name| server.named(name));
    let own = server.entity(json!({
        "name": "Own",
        "relations": [
            { "relation": "member_of", "entity": { "id": party }, "start_date": "2010-10-10", "end_date": null, "article": { "id": article } },
            { "relation": "leads", "entity": { "id": party } }
        ]
    }));
    let follower =
        server.entity(json!({ "name": "Follower", "relations": [{ "relation": "ally_of", "entity": { "id": own } }] }));
    server.meeting(&[own, friend], "published", "central-asia");
    let found = server.connections(own);
    found.lists("/entity/name", &["Friend", "Party", "Follower"]);
    assert_eq!(found.each("/incidents"), [1, 0, 0]);
    let bare = |relation: &str, direction: &str| json!({ "relation": relation, "direction": direction, "start_date": null, "end_date": null, "article": null });
    let mut member = bare("member_of", "outgoing");
    member["start_date"] = json!("2010-10-10");
    member["article"] = json!({ "id": article, "title": "A report", "url": null, "published_on": null });
    assert_eq!(found.at("/data/1/relations"), json!([member, bare("leads", "outgoing")]));
    assert_eq!(found.at("/data/2/relations"), json!([bare("ally_of", "incoming")]));
    assert_eq!(server.connections(follower).at("/data/0/relations"), json!([bare("ally_of", "outgoing")]));
}

#[test]
fn what_may_not_be_seen_connects_nobody() {
    let server = Server::start();
    server.dataset("internal-notes", "internal");
    let [own, other] = ["Own", "Other"].map(|name| server.named(name));
    let editor = server.key(Role::Editor);
    let relation = json!([{ "relation": "ally_of", "entity": { "id": own } }]);
    server.entity(json!({ "name": "Draft", "state": "draft", "relations": relation }));
    server.entity(json!({ "name": "Internal", "dataset": "internal-notes", "relations": relation }));
    for (state, dataset) in [("draft", "central-asia"), ("retracted", "central-asia"), ("published", "internal-notes")]
    {
        server.meeting(&[own, other], state, dataset);
    }
    let path = format!("/v1/entities/{own}/connections?include_total=true");
    let nothing = server.get(&path);
    assert_eq!((nothing.at("/data"), nothing.at("/meta/total/value")), (json!([]), json!(0)));
    let seen = server.get_as(&editor, &path);
    seen.lists("/entity/name", &["Other", "Internal"]);
    assert_eq!((seen.each("/incidents"), seen.at("/meta/total/value")), (vec![json!(1), json!(0)], json!(2)));
}

#[test]
fn a_walk_of_any_page_size_finds_every_connection_once_in_the_same_order() {
    let server = Server::start();
    let others: Vec<Uuid> = (0..12).map(|i| server.named(&format!("Other {i}"))).collect();
    let related: Vec<Value> =
        others[5..].iter().map(|id| json!({ "relation": "ally_of", "entity": { "id": id } })).collect();
    let own = server.entity(json!({ "name": "Own", "relations": related }));
    for (i, other) in others.iter().enumerate() {
        (0..i % 3).for_each(|_| server.meeting(&[own, *other], "published", "central-asia"));
    }
    let path = format!("/v1/entities/{own}/connections");
    let whole = server.get(&format!("{path}?include_total=true"));
    // Numbers 0 and 3 have neither an incident nor a relation.
    assert_eq!(whole.at("/meta/total"), json!({ "value": 10, "relation": "eq" }));
    let incidents = whole.each("/incidents");
    assert_eq!(incidents, [2, 2, 2, 2, 1, 1, 1, 1, 0, 0]);
    let relations: Vec<usize> =
        whole.each("/relations").iter().filter_map(|list| list.as_array().map(Vec::len)).collect();
    assert_eq!(relations, [1, 1, 1, 0, 1, 1, 0, 0, 1, 1]);
    for limit in [1, 2, 3, 10] {
        let mut found = Vec::new();
        let mut page = format!("{path}?limit={limit}");
        loop {
            let answer = server.get(&page);
            found.extend(answer.at("/data").as_array().expect("connections").clone());
            match answer.at("/meta/next_cursor").as_str() {
                Some(cursor) => page = format!("{path}?limit={limit}&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(json!(found), whole.at("/data"), "{limit}");
    }
}
