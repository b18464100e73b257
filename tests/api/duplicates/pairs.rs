//! What `civicspace check --duplicates` finds.

use std::process::Command;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;
use crate::harness::TestDatabase;

/// What `civicspace check --duplicates` prints.
fn check(database: &TestDatabase) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_civicspace"))
        .args(["check", "--duplicates"])
        .env("DATABASE_URL", database.url())
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_command_line_counts_and_shows_undecided_pairs_of_everything() {
    let desk = Desk::open();
    let named = |external_id: &str, members: Value| {
        let mut all = json!({ "external_id": external_id });
        all.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        all
    };
    let entity = |id: &str, members: Value| desk.server.entity(named(id, members));
    let one = entity("one", json!({ "name": "Aibek Sultanov", "country": "KG" }));
    let two = entity("two", json!({ "name": "Султанов Айбек", "country": "KG" }));
    entity("three", json!({ "name": "Gulnara Osmonova", "identifiers": [{ "scheme": "viaf", "value": "7" }] }));
    entity("four", json!({ "name": "G. Osmonova-Bek", "identifiers": [{ "scheme": "viaf", "value": "7" }] }));
    entity("kin", json!({ "name": "Nurlan Asanov" }));
    entity("of-kin", json!({ "name": "Nurlan Asanov", "identifiers": [{ "scheme": "isni", "value": "1" }] }));
    entity("aliya", json!({ "name": "Tolgonai Mambetova" }));
    entity("alija", json!({ "name": "Tolgonoi Mambetova" }));
    entity("no-kin", json!({ "name": "Nurlan Asanov", "kind": "organization" }));
    desk.server.database.execute("UPDATE entities SET kind = 'place' WHERE external_id = 'of-kin'");
    let report = |id: &str, title: &str, day: &str, url: &str| {
        desk.server.article(named(
            id,
            json!({ "title": title, "url": url, "published_on": day, "published_precision": "day" }),
        ))
    };
    report("a", "A report on the arrests in Osh", "2020-03-02", "https://example.org/a");
    report("b", "A report on the arrests in Osh", "2020-03-03", "http://www.example.org/a/");
    report("c", "A report on arrests in Osh", "2020-03-10", "https://example.org/c");
    report("d", "A report on 2 arrests in Osh", "2020-03-10", "https://example.org/d");
    report("e", "Zhogorku Kenesh", "2020-03-10", "https://example.org/e");
    let detention = |id: &str, title: &str, (from, to): (&str, &str), place: &str, people: &[Uuid]| {
        desk.incident(title, from, place, people, json!({ "external_id": id, "end_date": to }))
    };
    detention("x", "A detention", ("2020-03-01", "2020-03-04"), "Osh", &[one]);
    detention("y", "Somebody detained", ("2020-03-04", "2020-03-05"), "Ош", &[one]);
    detention("z", "Somebody, detained!", ("2020-03-05", "2020-03-05"), "osh", &[]);
    detention("w", "A detention", ("2020-03-06", "2020-03-06"), "Osh", &[one]);

    let printed = check(&desk.server.database);
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "entities        3  entities of one kind with one name or identifier, or people with names that sound the same",
            "central-asia/three and central-asia/four: identifier viaf:7",
            "central-asia/one and central-asia/two: name aibek sultanov",
            "central-asia/aliya and central-asia/alija: sound of mambetova tolgonai",
            "articles        2  articles at one address, or of nearly one title, publisher and day",
            "central-asia/a and central-asia/b: address example.org/a, title 2020-03-02",
            "central-asia/b and central-asia/c: title 2020-03-03",
            "incidents       2  incidents of one kind and place, on days that overlap, with a person or nearly the title in common",
            "central-asia/y and central-asia/z: title",
            "central-asia/x and central-asia/y: person",
        ],
        "{printed}"
    );
    desk.decide("entities", two, one, "different");
    let survivor = entity("survivor", json!({ "name": "Aibek Sultanov" }));
    desk.server.merge("entities", one, survivor);
    let printed = check(&desk.server.database);
    assert!(!printed.contains("aibek"), "{printed}");
}

#[test]
fn very_many_namesakes_make_no_very_many_pairs() {
    let database = TestDatabase::migrated();
    database.execute(
        "INSERT INTO datasets (slug, title, description, licence, attribution) VALUES ('d', 'D', '', 'none', 'us');
         INSERT INTO entities (id, dataset, kind, name) SELECT gen_random_uuid(), 'd', 'person', 'Aibek Sultanov' FROM generate_series(1, 500)",
    );
    let printed = check(&database);
    assert!(printed.contains("entities     9790  "), "{printed}");
    assert_eq!(printed.lines().count(), 20 + 1 + 3, "{printed}");
}

#[test]
fn the_seed_dataset_holds_one_pair_of_namesakes() {
    let printed = check(&TestDatabase::seeded());
    assert_eq!(printed.lines().count(), 4, "{printed}");
    let pair = "central-asia/radio-azattyk and central-asia/rferl-kazakh-service: name azatik, name azatik rade";
    assert!(printed.contains(pair), "two services of one broadcaster, in two countries: {printed}");
}
