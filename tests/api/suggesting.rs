//! Type-ahead: what a beginning may mean.

use civicspace::http::auth::Role;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::harness::Server;

fn suggest(server: &Server, q: &str, rest: &str) -> Vec<Value> {
    let q = utf8_percent_encode(q, NON_ALPHANUMERIC);
    let answer = server.get(&format!("/v1/suggest?q={q}{rest}"));
    assert_eq!(answer.status, 200, "{answer}");
    answer.at("/data").as_array().expect("suggestions").clone()
}

fn labels(server: &Server, q: &str, rest: &str) -> Vec<String> {
    suggest(server, q, rest).iter().map(|found| found["label"].as_str().expect("a label").to_owned()).collect()
}

#[test]
fn a_beginning_of_any_word_in_either_script_is_enough() {
    let server = Server::start();
    server.entity(
        json!({ "name": "Sadyr Japarov", "country": "KG", "aliases": [{ "name": "Садыр Жапаров", "language": "ru" }] }),
    );
    server.entity(json!({ "name": "Қасым-Жомарт Тоқаев", "country": "KZ" }));
    for q in ["ja", "жа", "jap", "zhap", "Жапар", "sad", "садыр ж", "japarov sad"] {
        assert_eq!(labels(&server, q, ""), ["Sadyr Japarov"], "{q}");
    }
    for q in ["to", "tok", "toka", "tokay", "tokayev", "toqa", "kasym t", "zhom"] {
        assert_eq!(labels(&server, q, ""), ["Қасым-Жомарт Тоқаев"], "{q}");
    }
    assert_eq!(labels(&server, "tokyo", ""), Vec::<String>::new());
    assert_eq!(labels(&server, "kasym japarov", ""), Vec::<String>::new());
}

#[test]
fn a_suggestion_says_which_name_began_so() {
    let server = Server::start();
    let id = server.entity(json!({
        "name": "State Committee for National Security", "kind": "public_body", "country": "KG",
        "aliases": [{ "name": "ГКНБ", "language": "ru" }, { "name": "УКМК", "language": "ky" }]
    }));
    assert_eq!(
        suggest(&server, "gk", ""),
        [json!({
            "type": "entity", "id": id, "label": "State Committee for National Security", "kind": "public_body",
            "country": "KG", "matched": "ГКНБ"
        })]
    );
}

#[test]
fn the_least_that_is_left_to_type_comes_first_and_an_entity_once() {
    let server = Server::start();
    server.entity(json!({ "name": "Azimbek", "aliases": [{ "name": "Azim", "language": null }, { "name": "Azimbek A.", "language": null }] }));
    server.entity(json!({ "name": "Azimjan Askarov" }));
    server.entity(json!({ "name": "Azimov" }));
    assert_eq!(labels(&server, "azim", ""), ["Azimbek", "Azimov", "Azimjan Askarov"]);
    assert_eq!(labels(&server, "azim", "&limit=1"), ["Azimbek"]);
    server.entity(json!({ "name": "Tynchtykbek Azi" }));
    assert_eq!(labels(&server, "azi", ""), ["Tynchtykbek Azi", "Azimbek", "Azimov", "Azimjan Askarov"]);
}

#[test]
fn what_begins_as_it_was_typed_comes_before_what_other_letters_would_make_of_it() {
    let server = Server::start();
    for name in ["Alen", "Alibekov", "Zhan", "Zaripov"] {
        server.entity(json!({ "name": name }));
    }
    assert_eq!(labels(&server, "ali", ""), ["Alibekov", "Alen"]);
    assert_eq!(labels(&server, "alie", ""), ["Alen"]);
    assert_eq!(labels(&server, "b z", ""), Vec::<String>::new());
    server.entity(json!({ "name": "Bek Zhan" }));
    server.entity(json!({ "name": "Bek Zaripov" }));
    assert_eq!(labels(&server, "b z", ""), ["Bek Zaripov", "Bek Zhan"]);
}

#[test]
fn words_side_by_side_come_before_words_elsewhere_and_an_entity_once() {
    let server = Server::start();
    server.entity(json!({ "name": "Ali Karimovich", "aliases": [{ "name": "Karim Ali", "language": null }] }));
    server.entity(json!({ "name": "Kan Ali" }));
    server.entity(json!({ "name": "Ali B. Ken" }));
    assert_eq!(labels(&server, "ali k", ""), ["Kan Ali", "Ali Karimovich", "Ali B. Ken"]);
    assert_eq!(labels(&server, "ali k", "&limit=2"), ["Kan Ali", "Ali Karimovich"]);
    assert_eq!(labels(&server, "ali k", "&limit=1"), ["Kan Ali"]);
    assert_eq!(labels(&server, "ka al", ""), ["Kan Ali", "Ali Karimovich"]);
    server.entity(json!({ "name": "Kudaibergenovich Ali" }));
    server.entity(json!({ "name": "Ali Kulov" }));
    assert_eq!(labels(&server, "ali ku", ""), ["Ali Kulov", "Kudaibergenovich Ali"]);
}

#[test]
fn of_a_beginning_that_many_have_the_nearest_are_found_and_further_words_find_the_others() {
    let server = Server::start();
    server.dataset("field", "public");
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name)
         SELECT gen_random_uuid(), 'field', 'person', 'Aigerim A' || lpad(n::text, 4, '0') FROM generate_series(1, 1500) AS n",
    );
    server.database.derive();
    server.entity(json!({ "name": "Aigerim B1" }));
    server.entity(json!({ "name": "Aigerim Erlanovna Zhumabekova" }));
    for q in ["ai", "aig", "aige", "aigerim"] {
        assert_eq!(labels(&server, q, "&limit=1"), ["Aigerim B1"], "{q}");
        assert_eq!(labels(&server, q, "&limit=50").len(), 50, "{q}");
    }
    for q in ["aigerim zhum", "zhum aigerim", "aige zh", "Айгерим Е", "zhumabekova aig", "e a zh"] {
        assert_eq!(labels(&server, q, ""), ["Aigerim Erlanovna Zhumabekova"], "{q}");
    }
    assert_eq!(labels(&server, "aigerim a", "&limit=50").len(), 50);
    server.entity(json!({ "name": "Aigul" }));
    assert!(labels(&server, "aigerim", "&limit=50").iter().all(|label| label.starts_with("Aigerim ")));
    assert_eq!(labels(&server, "aigerim c", ""), Vec::<String>::new());
}

#[test]
fn words_that_very_many_have_find_the_name_that_has_all_of_them() {
    let server = Server::start();
    server.dataset("field", "public");
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name)
         SELECT gen_random_uuid(), 'field', 'person',
            CASE n % 2 WHEN 0 THEN 'Gulnara A' || lpad(n::text, 4, '0') ELSE 'B' || lpad(n::text, 4, '0') || ' Osmonova' END
         FROM generate_series(1, 3000) AS n",
    );
    server.database.derive();
    server.entity(json!({ "name": "Gulnara Bakirovna Osmonova" }));
    server.entity(json!({ "name": "The Ab Cd Ef Gi Lo Mu Na Pe Ri So Tu Vo Kyrgyz Union", "kind": "organization" }));
    for q in ["gulnara osmonova", "osmonova gul", "gul osm", "осмонова бакир", "gul bak osm"] {
        assert_eq!(labels(&server, q, ""), ["Gulnara Bakirovna Osmonova"], "{q}");
    }
    for q in ["the kyrg", "ab union", "union ab", "union ab the kyrgyz vo gi so"] {
        assert_eq!(labels(&server, q, ""), ["The Ab Cd Ef Gi Lo Mu Na Pe Ri So Tu Vo Kyrgyz Union"], "{q}");
    }
    assert_eq!(labels(&server, "gulnara osmonova", "&kind=organization"), Vec::<String>::new());
    assert_eq!(labels(&server, "union ab the kyrgyz vo gi so x", ""), Vec::<String>::new());
}

#[test]
fn of_two_that_are_equally_near_the_one_in_more_incidents_comes_first() {
    let server = Server::start();
    server.entity(json!({ "name": "Aidar Bekov" }));
    let known = server.entity(json!({ "name": "Zamir Bekov" }));
    server.incident(json!({ "participants": [{ "entity": { "id": known }, "role": "target" }] }));
    assert_eq!(labels(&server, "bek", ""), ["Zamir Bekov", "Aidar Bekov"]);
}

#[test]
fn kind_and_country_narrow_and_places_are_of_published_incidents() {
    let server = Server::start();
    server.entity(json!({ "name": "Bishkekov", "country": "KG" }));
    server.entity(json!({ "name": "Bishkek Press Club", "kind": "organization", "country": "KG" }));
    let place = |name: &str, country: &str, state: &str| {
        let location = json!({
            "country": country, "admin1": null, "place": name, "lat": null, "lon": null, "precision": "settlement"
        });
        server.incident(json!({ "title": "x", "state": state, "location": location }))
    };
    place("Bishkek", "KG", "published");
    place("Bishkul", "KZ", "draft");
    let gone = place("Bishtobe", "KZ", "published");
    server.retract("incidents", gone);
    assert_eq!(labels(&server, "бишк", ""), ["Bishkek", "Bishkekov", "Bishkek Press Club"]);
    assert_eq!(labels(&server, "bi", "&kind=organization"), ["Bishkek Press Club"]);
    assert_eq!(labels(&server, "bi", "&country=KZ"), Vec::<String>::new());
    let place = &suggest(&server, "bishkek", "&country=KG")[0];
    assert_eq!(
        place,
        &json!({ "type": "place", "id": null, "label": "Bishkek", "kind": null, "country": "KG", "matched": "Bishkek" })
    );
}

#[test]
fn hidden_entities_leave_room_for_those_that_are_seen() {
    let server = Server::start();
    server.dataset("hidden", "internal");
    server.dataset("field", "public");
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name, state)
         SELECT gen_random_uuid(), CASE n % 2 WHEN 0 THEN 'hidden' ELSE 'field' END, 'person', 'Drago ' || n,
            CASE n % 2 WHEN 0 THEN 'published' ELSE 'draft' END FROM generate_series(1, 1100) AS n",
    );
    server.database.derive();
    server.entity(json!({ "name": "Dragomir Longname" }));
    assert_eq!(labels(&server, "drag", ""), ["Dragomir Longname"]);
    assert_eq!(labels(&server, "dr", ""), ["Dragomir Longname"]);
    server.database.execute("UPDATE entities SET state = 'published' WHERE name = 'Drago 1'");
    assert_eq!(labels(&server, "drag", ""), ["Drago 1", "Dragomir Longname"]);
}

#[test]
fn hidden_places_leave_room_for_those_that_are_seen() {
    let server = Server::start();
    let place = |name: &str, state: &str| {
        let location = json!({ "country": "KZ", "admin1": null, "place": name, "lat": null, "lon": null, "precision": "settlement" });
        json!({ "external_id": name, "title": name, "state": state, "location": location })
    };
    for number in 0..120 {
        server.incident(place(&format!("Drag{number}"), "draft"));
    }
    server.incident(place("Dragomir-on-the-River", "published"));
    assert_eq!(labels(&server, "dra", ""), ["Dragomir-on-the-River"]);
    assert_eq!(labels(&server, "drag", ""), ["Dragomir-on-the-River"]);
}

#[test]
fn hidden_entities_are_not_suggested() {
    let server = Server::start();
    server.dataset("hidden", "internal");
    server.entity(json!({ "name": "Draftonym", "state": "draft" }));
    server.entity(json!({ "name": "Draconym", "dataset": "hidden" }));
    server.entity(json!({ "name": "Drawn of Secrecy", "dataset": "hidden" }));
    server.entity(json!({ "name": "Drawn in Secrecy", "state": "draft" }));
    assert_eq!(labels(&server, "secr dra", ""), Vec::<String>::new());
    let retracted = server.entity(json!({ "name": "Dragonym" }));
    server.retract("entities", retracted);
    assert_eq!(labels(&server, "dra", ""), Vec::<String>::new());
    let answer = server.get_as(&server.key(Role::Editor), "/v1/suggest?q=dra");
    assert_eq!(answer.at("/data/0/label"), "Draconym");
}

#[test]
fn any_beginning_is_answered() {
    let server = Server::seeded();
    for q in [
        "**",
        "--",
        "' OR",
        "\\\\",
        "საქა",
        "\u{202e}ab",
        "ьь",
        "a b c d e f g h i j k l m n o p",
        "(((",
        "🜂🜂",
        "%%",
        "a.",
        "zh",
    ] {
        suggest(&server, q, "");
    }
    for (q, status) in [("", 400), ("a", 400), (&*"a".repeat(101), 400), (&*"a".repeat(100), 200)] {
        assert_eq!(server.get(&format!("/v1/suggest?q={q}")).status, status, "{q}");
    }
    assert_eq!(server.get("/v1/suggest").status, 400);
    let wrong = server.get("/v1/suggest?q=a");
    assert_eq!(wrong.at("/errors").as_array().map(Vec::len), Some(1), "{wrong}");
    assert_eq!(server.get("/v1/suggest?q=ab&limit=51").status, 400);
}
