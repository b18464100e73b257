//! Where the id of a record leads that was merged or withdrawn.

use serde_json::{Value, json};

use super::Desk;

#[test]
fn an_old_id_leads_to_the_last_survivor_in_one_step() {
    let desk = Desk::open();
    let [a, b, c] = ["A", "B", "C"].map(|name| desk.person(name));
    let incident = desk.incident(json!({ "participants": [{ "entity": { "id": a }, "role": "target" }] }));
    let before = desk.everything();
    desk.merge("entities", &a, &b);
    desk.merge("entities", &b, &c);
    for id in [&a, &b] {
        let old = desk.server.get(&format!("/v1/entities/{id}"));
        assert_eq!((old.status, old.at("/merged_into")), (308, json!(c)));
    }
    let feed = desk.server.get("/v1/changes");
    let merges: Vec<Value> =
        feed.at("/data").as_array().expect("a list").iter().filter(|change| change["op"] == "merge").cloned().collect();
    assert_eq!(merges.len(), 2);
    assert!(merges.iter().all(|change| change["merged_into"] == json!(c)), "{merges:?}");
    assert_eq!(desk.read("incidents", &incident).at("/participants/0/entity/id"), json!(c));
    assert_eq!(desk.read("entities", &c).at("/aliases").as_array().map(Vec::len), Some(2));
    // No circle, and nothing is merged into what was merged.
    let refused = desk.try_merge("entities", &c, &json!({ "into": a }));
    assert_eq!(refused.problem(422, "invalid-content")["code"], "unavailable_reference");
    desk.try_merge("entities", &c, &json!({ "into": c })).problem(422, "invalid-content");
    // The first one comes back out of the last.
    desk.unmerge("entities", &a);
    assert_eq!(desk.read("incidents", &incident).at("/participants/0/entity/id"), json!(a));
    assert_eq!(desk.read("entities", &c).at("/aliases/0/name"), "B");
    assert_eq!(desk.read("entities", &c).at("/aliases").as_array().map(Vec::len), Some(1));
    assert_eq!(desk.server.get(&format!("/v1/entities/{b}")).status, 308);
    desk.unmerge("entities", &b);
    assert_eq!(desk.everything(), before);
    // The other way round.
    desk.merge("entities", &a, &b);
    desk.merge("entities", &b, &c);
    desk.unmerge("entities", &b);
    assert_eq!(desk.server.get(&format!("/v1/entities/{a}")).at("/merged_into"), json!(b));
    assert_eq!(desk.read("incidents", &incident).at("/participants/0/entity/id"), json!(b));
    desk.unmerge("entities", &a);
    assert_eq!(desk.everything(), before);
}

#[test]
fn a_withdrawn_record_keeps_its_tombstone_and_follows_merges() {
    let desk = Desk::open();
    let (a, b) = (desk.person("A"), desk.person("B"));
    let incident = desk.incident(json!({ "participants": [{ "entity": { "id": a }, "role": "target" }] }));
    desk.patch("incidents", &incident, &json!({ "state": "retracted" }));
    let path = format!("/v1/incidents/{incident}");
    let before = desk.server.get(&path);
    let back = |version: u32, state: &str| {
        let tag = format!("\"{version}\"");
        desk.server.write(&desk.editor, "PATCH", &path, &json!({ "state": state }), &[("If-Match", &tag)])
    };
    desk.merge("entities", &a, &b);
    let after = desk.server.get(&path);
    assert_eq!((after.status, after.at("/tombstone")), (410, before.at("/tombstone")));
    desk.try_merge("incidents", &incident, &json!({ "into": incident })).problem(410, "gone");
    assert_eq!(back(3, "published").at("/participants/0/entity/id"), json!(b));
    back(4, "retracted");
    desk.unmerge("entities", &a);
    assert_eq!(back(6, "published").at("/participants/0/entity/id"), json!(a));
    // The same goes for the survivor: it gives back what it took over while it is withdrawn.
    desk.merge("incidents", &incident, &desk.incident(json!({ "title": "The survivor" })));
    let survivor = desk.server.get(&path).at("/merged_into").as_str().expect("an id").to_owned();
    assert_eq!(desk.read("incidents", &survivor).at("/participants/0/entity/id"), json!(a));
    desk.patch("incidents", &survivor, &json!({ "state": "retracted" }));
    desk.unmerge("incidents", &incident);
    let restored = desk.server.write(
        &desk.editor,
        "PATCH",
        &format!("/v1/incidents/{survivor}"),
        &json!({ "state": "published" }),
        &[("If-Match", "\"4\"")],
    );
    assert_eq!((restored.status, restored.at("/participants")), (200, json!([])), "{restored}");
}
