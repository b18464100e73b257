//! Undoing merges, in any order.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Desk;

#[test]
fn what_was_changed_since_is_kept_when_a_merge_is_undone() {
    let desk = Desk::open();
    let (a, b) = (desk.person("A"), desk.person("B"));
    let incident = desk.incident(json!({
        "participants": [{ "entity": { "id": a }, "role": "target" }, { "entity": { "id": a }, "role": "organizer" }],
        "legal_steps": [{ "entity": { "id": a }, "step": "detained" }],
    }));
    desk.merge("entities", &a, &b);
    // The survivor is changed in its own members and in what it took over, and gets something new.
    let aliases = json!([{ "name": "A", "language": "ru" }, { "name": "Bee", "language": null }]);
    assert_eq!(
        desk.patch("entities", &b, &json!({ "name": "B the Second", "description": "Known.", "aliases": aliases }))
            .status,
        200
    );
    // One item is changed, one is removed, one is added.
    let changed = desk.patch(
        "incidents",
        &incident,
        &json!({
            "title": "Something else happened",
            "participants": [{ "entity": { "id": b }, "role": "target", "note": "In court." }],
            "legal_steps": [
                { "entity": { "id": b }, "step": "detained", "date": "2026-03-01", "date_precision": "day" },
                { "entity": { "id": b }, "step": "released" },
            ],
        }),
    );
    assert_eq!(changed.status, 200, "{changed}");
    desk.unmerge("entities", &a);
    let survivor = desk.read("entities", &b);
    assert_eq!((survivor.at("/name"), survivor.at("/description")), (json!("B the Second"), json!("Known.")));
    assert_eq!(survivor.at("/aliases"), json!([{ "name": "Bee", "language": null }]), "its own stay, the other's go");
    let restored = desk.read("entities", &a);
    assert_eq!(
        (restored.at("/name"), restored.at("/aliases"), restored.at("/version")),
        (json!("A"), json!([]), json!(3))
    );
    let incident = desk.read("incidents", &incident);
    assert_eq!(incident.at("/title"), "Something else happened");
    assert_eq!(incident.at("/participants").as_array().map(Vec::len), Some(1), "what was removed stays so: {incident}");
    assert_eq!(
        (incident.at("/participants/0/entity/id"), incident.at("/participants/0/note")),
        (json!(a), json!("In court."))
    );
    assert_eq!(
        (incident.at("/legal_steps/0/entity/id"), incident.at("/legal_steps/0/date")),
        (json!(a), json!("2026-03-01"))
    );
    assert_eq!(incident.at("/legal_steps/1/entity/id"), json!(b), "what came later is the survivor's");
}

#[test]
fn what_an_editor_removes_is_not_taken_from_the_survivor_instead() {
    let desk = Desk::open();
    let named = |name: &str, item: &str| json!({ "kind": "person", "name": name, "identifiers": [{ "scheme": "wikidata", "value": item }] });
    let (a, b) = (desk.create("entities", named("A", "Q1")), desk.create("entities", named("B", "Q2")));
    let step = |who: &str, day: &str| json!({ "entity": { "id": who }, "step": "detained", "date": day, "date_precision": "day" });
    let incident = desk.incident(json!({ "legal_steps": [step(&b, "2020-01-01"), step(&a, "2021-01-01")] }));
    desk.merge("entities", &a, &b);
    desk.patch("incidents", &incident, &json!({ "legal_steps": [step(&b, "2020-01-01")] }));
    desk.patch("incidents", &incident, &json!({ "legal_steps": [step(&b, "2020-01-01"), step(&b, "2022-01-01")] }));
    desk.patch("entities", &b, &json!({ "identifiers": [{ "scheme": "wikidata", "value": "Q2" }] }));
    desk.unmerge("entities", &a);
    let steps = desk.read("incidents", &incident);
    assert_eq!((steps.at("/legal_steps/0/entity/id"), steps.at("/legal_steps/1/entity/id")), (json!(b), json!(b)));
    assert_eq!(desk.read("entities", &b).at("/identifiers/0/value"), "Q2");
    assert_eq!(desk.read("entities", &a).at("/identifiers/0/value"), "Q1");
}

#[test]
fn what_is_changed_between_merges_is_followed_through_all_of_them() {
    let desk = Desk::open();
    let [a, b, c] = ["A", "B", "C"].map(|name| desk.person(name));
    let target = |who: &str, note: Option<&str>| json!({ "entity": { "id": who }, "role": "target", "note": note });
    let incident =
        desk.incident(json!({ "participants": [target(&a, Some("A secret.")), target(&b, Some("A secret."))] }));
    let article = desk.create(
        "articles",
        json!({ "title": "A report", "language": "en", "mentions": [
            { "entity": { "id": a }, "count": 3 }, { "entity": { "id": b }, "count": 2 }, { "entity": { "id": c }, "count": 1 }] }),
    );
    desk.merge("entities", &a, &b);
    assert_eq!(desk.read("incidents", &incident).at("/participants").as_array().map(Vec::len), Some(1));
    desk.patch("incidents", &incident, &json!({ "participants": [target(&b, None)] }));
    desk.patch(
        "articles",
        &article,
        &json!({ "mentions": [{ "entity": { "id": b }, "count": 6 }, { "entity": { "id": c } }] }),
    );
    desk.merge("entities", &b, &c);
    assert_eq!(desk.read("articles", &article).at("/mentions/0/count"), json!(7));
    // Somebody else than the person was led to is not led back.
    desk.unmerge("entities", &a);
    let read = desk.read("incidents", &incident);
    let who: Vec<Value> = (0..2).map(|i| read.at(&format!("/participants/{i}/entity/id"))).collect();
    assert!(who.contains(&json!(a)) && who.contains(&json!(c)), "{read}");
    assert_eq!(
        (read.at("/participants/0/note"), read.at("/participants/1/note")),
        (Value::Null, Value::Null),
        "gone is gone"
    );
    desk.unmerge("entities", &b);
    let read = desk.read("articles", &article);
    let mut counts: Vec<(Value, Value)> = (0..3)
        .map(|i| (read.at(&format!("/mentions/{i}/entity/name")), read.at(&format!("/mentions/{i}/count"))))
        .collect();
    counts.sort_by_key(|(name, _)| name.to_string());
    let expected = [("A", 3), ("B", 3), ("C", 1)].map(|(name, count)| (json!(name), json!(count)));
    assert_eq!(counts, expected);
    // A changed role is the same person's.
    desk.merge("entities", &a, &b);
    desk.patch("incidents", &incident, &json!({ "participants": [{ "entity": { "id": b }, "role": "organizer" }] }));
    desk.unmerge("entities", &a);
    let read = desk.read("incidents", &incident);
    let organizers: Vec<Value> =
        read.at("/participants").as_array().expect("a list").iter().map(|item| item["role"].clone()).collect();
    assert!(organizers.iter().all(|role| role == "organizer"), "{read}");
}

/// A cheap source of numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a number") % most
    }
}

#[test]
fn whatever_is_merged_in_whatever_order_comes_back_as_it_was() {
    for seed in 0..8 {
        let desk = Desk::open();
        let mut dice = Dice(seed);
        let people: Vec<String> = (0..6).map(|i| desk.person(&format!("Person {i}"))).collect();
        for person in &people {
            let relations: Vec<Value> = (0..dice.below(3))
                .map(|_| json!({ "relation": (["ally_of", "spouse_of"][dice.below(2)]), "entity": { "id": people[dice.below(6)] } }))
                .filter(|relation| relation["entity"]["id"] != **person)
                .collect();
            desk.patch(
                "entities",
                person,
                &json!({ "relations": relations, "aliases": [{ "name": format!("Alias {}", dice.below(3)) }] }),
            );
        }
        let mut incidents = Vec::new();
        for i in 0..5 {
            let one = |dice: &mut Dice| json!({ "id": people[dice.below(6)] });
            let participants: Vec<Value> = (0..dice.below(5))
                .map(|_| json!({ "entity": one(&mut dice), "role": (["target", "organizer"][dice.below(2)]) }))
                .collect();
            let steps: Vec<Value> = (0..dice.below(4))
                .map(|_| json!({ "entity": one(&mut dice), "step": "detained", "authority": one(&mut dice) }))
                .collect();
            incidents.push(desk.incident(
                json!({ "title": format!("Incident {i}"), "participants": participants, "legal_steps": steps }),
            ));
        }
        for i in 0..3 {
            let mentions: BTreeMap<usize, usize> =
                (0..dice.below(5)).map(|_| (dice.below(6), 1 + dice.below(4))).collect();
            let mentions: Vec<Value> = mentions
                .into_iter()
                .map(|(who, count)| json!({ "entity": { "id": people[who] }, "count": count }))
                .collect();
            desk.create("articles", json!({ "title": format!("Article {i}"), "language": "en", "mentions": mentions }));
        }
        let before = desk.everything();
        let mut merged: Vec<(&str, String)> = Vec::new();
        for _ in 0..5 {
            let (resource, ids) = [("entities", &people), ("incidents", &incidents)][usize::from(dice.below(4) == 0)];
            let standing: Vec<&String> = ids.iter().filter(|id| !merged.iter().any(|(_, gone)| gone == *id)).collect();
            let (from, to) = (dice.below(standing.len()), dice.below(standing.len()));
            if from != to {
                desk.merge(resource, standing[from], standing[to]);
                merged.push((resource, standing[from].clone()));
            }
        }
        let backwards = seed % 2 == 0;
        while !merged.is_empty() {
            let next = if backwards { merged.len() - 1 } else { dice.below(merged.len()) };
            let (resource, id) = merged.remove(next);
            desk.unmerge(resource, &id);
        }
        let after = desk.everything();
        for (id, record) in &before {
            assert_eq!(in_any_order(record), in_any_order(&after[id]), "seed {seed}");
        }
        assert_eq!(before.len(), after.len(), "seed {seed}");
    }
}

/// A record with its lists sorted.
fn in_any_order(record: &Value) -> Value {
    let mut record = record.clone();
    for list in record.as_object_mut().expect("an object").values_mut().filter_map(Value::as_array_mut) {
        list.sort_by_key(ToString::to_string);
    }
    record
}
