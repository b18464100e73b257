//! What is alike: names, identifiers, addresses, titles, days and places.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;

#[test]
fn entities_are_alike_by_any_of_their_names_and_by_identifiers() {
    let desk = Desk::open();
    let entity = |members: Value| desk.server.entity(members);
    let own = entity(json!({
        "name": "Aibek Sultanov", "country": "KG", "aliases": [{ "name": "Nurlan Abdykerimov", "language": null }],
        "identifiers": [{ "scheme": "wikidata", "value": "Q42" }]
    }));
    let same_name = entity(json!({ "name": "Султанов Айбек", "country": "KG" }));
    let elsewhere = entity(json!({ "name": "Aybek Sultanov", "country": "KZ" }));
    let by_alias = entity(json!({ "name": "Нурлан Абдыкеримов", "country": "KG" }));
    let identified =
        entity(json!({ "name": "Somebody Else", "identifiers": [{ "scheme": "wikidata", "value": "Q42" }] }));
    let draft = entity(json!({ "name": "Aibek Sultanov", "country": "KG", "state": "draft" }));
    let other_identifier =
        entity(json!({ "name": "Aibek Sultanov", "identifiers": [{ "scheme": "wikidata", "value": "Q43" }] }));
    let related = entity(
        json!({ "name": "Aibek Sultanov", "relations": [{ "relation": "family_of", "entity": { "id": own } }] }),
    );
    let other_name = entity(json!({ "name": "Bakyt Sultanov", "country": "KG" }));
    let withdrawn = entity(json!({ "name": "Aibek Sultanov" }));
    desk.server.retract("entities", withdrawn);

    let found = desk.similar("entities", own);
    for (id, why) in [
        (same_name, "its name"),
        (elsewhere, "a name of another country"),
        (by_alias, "an alias"),
        (identified, "an identifier"),
        (draft, "a draft"),
    ] {
        assert!(found.contains(&id), "{why}: {found:?}");
    }
    for (id, why) in [
        (own, "itself"),
        (other_identifier, "another identifier"),
        (related, "a relation"),
        (other_name, "another name"),
        (withdrawn, "a withdrawn one"),
    ] {
        assert!(!found.contains(&id), "{why}: {found:?}");
    }
    let score = |other: Uuid| desk.judged("entities", own, other)["score"].as_f64().expect("a score");
    assert!((score(identified) - 1.0).abs() < 1e-9);
    assert!(score(elsewhere) < score(same_name));
    let judged = desk.judged("entities", own, by_alias);
    assert_eq!(judged["features"]["own_name"], "Nurlan Abdykerimov");
    assert_eq!(judged["features"]["matched_name"], "Нурлан Абдыкеримов");
    assert_eq!(desk.judged("entities", own, identified)["features"]["identifier"], true);
}

#[test]
fn articles_are_alike_by_address_and_by_title() {
    let desk = Desk::open();
    let [outlet, another] =
        ["An Outlet", "Another Outlet"].map(|name| desk.server.entity(json!({ "kind": "media", "name": name })));
    let article = |title: &str, day: &str, publisher: Uuid, url: &str, members: Value| {
        let mut all = json!({
            "title": title, "url": url, "publisher": { "id": publisher }, "published_on": day, "published_precision": "day"
        });
        all.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        desk.server.article(all)
    };
    let title = "Police detain 12 people at a rally in Bishkek";
    let own = article(title, "2020-03-02", outlet, "https://www.example.org/news/1?utm_source=x", json!({}));
    let same_address = article("Полиция", "2020-03-02", outlet, "http://m.example.org/news/1/#top", json!({}));
    let copy = article(
        "A copy",
        "2020-03-02",
        outlet,
        "https://example.com/",
        json!({
            "archived_url": "https://web.archive.org/web/2020/https://example.org/news/1"
        }),
    );
    let near_title = article(
        "Police detain 12 people at rally in Bishkek – UPDATED",
        "2020-03-02",
        outlet,
        "https://example.org/2",
        json!({}),
    );
    let draft = article(title, "2020-03-03", outlet, "https://example.org/3", json!({ "state": "draft" }));
    let reprint = article(title, "2020-03-02", another, "https://example.net/4", json!({}));
    let other_number = article(
        "Police detain 15 people at a rally in Bishkek",
        "2020-04-15",
        another,
        "https://example.org/5",
        json!({}),
    );
    let other_page =
        article("Opposition leader on trial", "2020-03-02", outlet, "https://example.org/news/2", json!({}));

    let found = desk.similar("articles", own);
    for (id, why) in [
        (same_address, "the address"),
        (copy, "the address of a copy"),
        (near_title, "the title"),
        (draft, "a draft"),
        (reprint, "a reprint"),
    ] {
        assert!(found.contains(&id), "{why}: {found:?}");
    }
    for (id, why) in [(own, "itself"), (other_number, "another number"), (other_page, "another page")] {
        assert!(!found.contains(&id), "{why}: {found:?}");
    }
    let score = |other: Uuid| desk.judged("articles", own, other)["score"].as_f64().expect("a score");
    assert!(score(reprint) < score(draft), "another publisher tells more than a day");
    assert_eq!(
        desk.judged("articles", own, same_address)["features"],
        json!({ "address": true, "title": desk.judged("articles", own, same_address)["features"]["title"], "publisher": true, "days": 0 })
    );
}

#[test]
fn incidents_are_alike_by_kind_days_place_and_people() {
    let desk = Desk::open();
    let person = |name: &str| desk.server.entity(json!({ "name": name }));
    let (one, other) = (person("Aibek Sultanov"), person("Gulnara Osmonova"));
    let police = desk.server.entity(json!({ "kind": "public_body", "name": "Police" }));
    let title = "Police detain a journalist in Osh";
    let day = "2020-03-02";
    let own = desk.incident(title, day, "Osh", &[one, police], json!({}));
    let same = desk.incident("Journalist Aibek Sultanov detained", day, "Osh", &[one], json!({}));
    let cyrillic = desk.incident(title, day, "Ош", &[one], json!({}));
    let draft = desk.incident(title, day, "Osh", &[one], json!({ "state": "draft" }));
    let month = desk.incident(
        title,
        "2020-03-01",
        "Osh",
        &[one],
        json!({ "end_date": "2020-03-31", "date_precision": "month" }),
    );
    let titled = desk.incident("Police detain a journalist in Osh city", day, "Osh", &[], json!({}));
    let other_person = desk.incident("Police detain an activist", day, "Osh", &[other, police], json!({}));
    let other_day = desk.incident(title, "2020-03-09", "Osh", &[one], json!({}));
    let other_place = desk.incident("Detention of Sultanov", day, "Naryn", &[one], json!({}));
    let other_kind = desk.incident(title, day, "Osh", &[one], json!({ "kind": "justice.trial" }));
    let related = desk.incident(
        title,
        day,
        "Osh",
        &[one],
        json!({ "relations": [{ "relation": "follows", "incident": { "id": own } }] }),
    );

    let found = desk.similar("incidents", own);
    for (id, why) in [
        (same, "the person"),
        (cyrillic, "the place in another script"),
        (draft, "a draft"),
        (month, "a month that holds the day"),
        (titled, "the title"),
    ] {
        assert!(found.contains(&id), "{why}: {found:?}");
    }
    for (id, why) in [
        (own, "itself"),
        (other_person, "another person"),
        (other_day, "another day"),
        (other_place, "another place"),
        (other_kind, "another kind"),
        (related, "a relation"),
    ] {
        assert!(!found.contains(&id), "{why}: {found:?}");
    }
    let features = &desk.judged("incidents", own, cyrillic)["features"];
    assert_eq!((&features["place"], &features["people"], &features["days"]), (&json!(true), &json!(1), &json!(1.0)));
}

#[test]
fn places_a_few_kilometres_apart_are_one() {
    let desk = Desk::open();
    let person = desk.server.entity(json!({ "name": "Aibek Sultanov" }));
    let at = |place: &str, lat: f64| json!({ "location": { "country": "KG", "admin1": null, "place": place, "lat": lat, "lon": 74.6, "precision": "settlement" } });
    let own = desk.incident("A detention", "2020-03-02", "", &[person], at("Bishkek", 42.87));
    let near = desk.incident("Detained", "2020-03-02", "", &[person], at("Frunze", 42.88));
    let far = desk.incident("Detained", "2020-03-02", "", &[person], at("Osh", 40.53));
    let place = |other: Uuid| desk.judged("incidents", own, other)["features"]["place"].clone();
    assert_eq!(place(near), json!(true));
    assert!(!desk.similar("incidents", own).contains(&far));
}
