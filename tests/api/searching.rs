//! Searching by words: what is found, in which order, and what is shown of it.

use std::collections::BTreeSet;

use civicspace::http::auth::Role;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Server};

/// A path whose parameters are written as they are meant.
fn path(path: &str, parameters: &[(&str, &str)]) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(*value))).collect();
    format!("{path}?{}", pairs.join("&"))
}

fn search(server: &Server, q: &str) -> Answer {
    server.get(&path("/v1/search", &[("q", q)]))
}

/// The names or titles of what a list finds.
fn found(server: &Server, list: &str, q: &str) -> Vec<String> {
    named(&server.get(&path(list, &[("q", q)])))
}

fn named(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer}");
    let records = answer.at("/data");
    let records = records.as_array().expect("records").iter();
    records.map(|record| record.get("title").unwrap_or(&record["name"]).as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_name_in_one_script_finds_the_text_in_another() {
    let server = Server::start();
    server.article(json!({ "title": "Токаев подписал закон", "language": "ru" }));
    server.article(json!({ "title": "Tokayev signs a law", "language": "en" }));
    server.article(json!({ "title": "Тоқаев заңға қол қойды", "language": "kk" }));
    server.article(json!({ "title": "Встреча с Токаевым", "language": "ru" }));
    server.article(json!({ "title": "Nothing about him", "language": "en" }));
    for q in ["Toqaev", "Tokayev", "Токаев", "Тоқаев", "TOKAEV", "Токаева"] {
        assert_eq!(found(&server, "/v1/articles", q).len(), 4, "{q}");
    }
}

#[test]
fn words_are_found_by_their_stems_in_english_and_russian_alone() {
    let server = Server::start();
    server.article(json!({ "title": "Protesters were detained", "language": "en" }));
    server.article(json!({ "title": "Полицейские ушли", "language": "ru" }));
    server.article(json!({ "title": "полицейские", "language": "ky" }));
    assert_eq!(found(&server, "/v1/articles", "detains"), ["Protesters were detained"]);
    assert_eq!(found(&server, "/v1/articles", "полицейским"), ["Полицейские ушли"]);
    assert_eq!(found(&server, "/v1/articles", "полицейские").len(), 2);
    // The stem of the one is that of the other in other letters.
    assert_eq!(found(&server, "/v1/articles", "протестующего"), ["Protesters were detained"]);
}

#[test]
fn phrases_exclusions_and_beginnings_narrow_what_is_found() {
    let server = Server::start();
    for (day, title) in [
        ("2020-01-01", "House arrest of an editor"),
        ("2020-01-02", "Arrest at the house of an editor"),
        ("2020-01-03", "Blogger fined"),
    ] {
        server.incident_on(day, title);
    }
    for (q, titles) in [
        ("house arrest", &["Arrest at the house of an editor", "House arrest of an editor"][..]),
        ("\"house arrest\"", &["House arrest of an editor"]),
        ("\"arrest of an editor\"", &["House arrest of an editor"]),
        ("editor -\"house arrest\"", &["Arrest at the house of an editor"]),
        ("-editor", &["Blogger fined"]),
        ("blog*", &["Blogger fined"]),
        ("edit* hous*", &["Arrest at the house of an editor", "House arrest of an editor"]),
        ("blog", &[]),
        ("\"editor house\"", &[]),
    ] {
        assert_eq!(found(&server, "/v1/incidents", q), titles, "{q}");
    }
}

#[test]
fn a_title_ranks_above_a_name_and_a_name_above_a_text_and_then_the_newest_come_first() {
    let server = Server::start();
    let on = |day: &str, members: Value| {
        let mut all = json!({ "start_date": day, "end_date": day, "date_precision": "day" });
        all.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        server.incident(all)
    };
    on("2024-01-01", json!({ "title": "D", "summary": "A strike at the mine." }));
    on("2020-01-01", json!({ "title": "Mine closed" }));
    on(
        "2023-01-01",
        json!({ "title": "C", "participants": [{ "label": "Workers of the mine", "role": "participant" }] }),
    );
    on("2021-01-01", json!({ "title": "The mine again" }));
    on("2022-01-01", json!({ "title": "E", "summary": "At the mine." }));
    assert_eq!(found(&server, "/v1/incidents", "mine"), ["The mine again", "Mine closed", "C", "D", "E"]);
    let answer = search(&server, "mine");
    let scores: Vec<f64> =
        answer.at("/data").as_array().expect("hits").iter().filter_map(|hit| hit["score"].as_f64()).collect();
    assert_eq!(scores, [0.75, 0.75, 0.5, 0.25, 0.25]);
    let oldest = server.get(&path("/v1/incidents", &[("q", "mine"), ("sort", "date")]));
    assert_eq!(named(&oldest), ["Mine closed", "The mine again", "E", "C", "D"]);
}

#[test]
fn a_person_is_found_in_what_they_took_part_in_by_every_name_they_have_today() {
    let server = Server::start();
    let names = json!([{ "name": "Жапаров", "language": "ru" }, { "name": "Kaktus", "language": null }]);
    let person = server.entity(json!({ "name": "Sadyr Japarov", "aliases": names }));
    let other = server.entity(json!({ "name": "Somebody Else" }));
    let participants = json!([{ "entity": { "id": person }, "role": "target" }]);
    server.incident(json!({ "title": "A politician is detained", "participants": participants }));
    let step = json!([{ "entity": { "id": other }, "authority": { "id": person }, "step": "detained" }]);
    server.incident(json!({ "title": "An order is given", "legal_steps": step }));
    server.article(json!({ "title": "On a politician", "mentions": [{ "entity": { "id": person } }] }));
    for q in ["Japarov", "Жапаров", "kaktus", "\"Sadyr Japarov\"", "Sadyr Zhaparov", "kakt*"] {
        assert_eq!(found(&server, "/v1/incidents", q).len(), 2, "{q}");
        assert_eq!(found(&server, "/v1/articles", q), ["On a politician"], "{q}");
    }
    // A name beside a word of the text.
    assert_eq!(found(&server, "/v1/incidents", "Жапаров detained"), ["A politician is detained"]);
    assert_eq!(found(&server, "/v1/incidents", "detained -Жапаров"), Vec::<String>::new());
    let editor = server.key(Role::Editor);
    let renamed = json!({ "aliases": [{ "name": "Tulip", "language": null }] });
    let answer = server.write(&editor, "PATCH", &format!("/v1/entities/{person}"), &renamed, &[("If-Match", "\"1\"")]);
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(found(&server, "/v1/incidents", "kaktus"), Vec::<String>::new());
    assert_eq!(found(&server, "/v1/incidents", "tulip").len(), 2);
}

#[test]
fn an_entity_with_a_name_like_what_was_typed_comes_before_all_else() {
    let server = Server::seeded();
    for (q, name) in [
        ("Sooronbai Zheenbekov", "Sooronbay Jeenbekov"),
        ("Токаев", "Qasym-Zhomart Toqaev"),
        ("Жапаров", "Sadyr Japarov"),
        ("ГКНБ", "State Committee for National Security"),
        ("UKMK", "State Committee for National Security"),
        ("Sadir Zaparov", "Sadyr Japarov"),
    ] {
        assert_eq!(found(&server, "/v1/entities", q)[0], name, "{q}");
        let first = search(&server, q);
        assert_eq!((first.at("/data/0/type"), first.at("/data/0/record/name")), (json!("entity"), json!(name)), "{q}");
    }
    let all = server.get(&path("/v1/entities", &[("q", "Sadir Zaparov"), ("include_total", "true"), ("sort", "name")]));
    assert_eq!(all.at("/meta/total/value"), named(&all).len(), "{all}");
    assert!(named(&all).contains(&"Sadyr Japarov".to_owned()));
    assert_eq!(named(&server.get(&path("/v1/entities", &[("q", "Жапаров"), ("country", "KZ")]))), Vec::<String>::new());
    let mut walked = Vec::new();
    let mut page = path("/v1/entities", &[("q", "Japarov"), ("limit", "1")]);
    loop {
        let answer = server.get(&page);
        walked.extend(named(&answer));
        match answer.at("/meta/next_cursor").as_str() {
            Some(cursor) => page = path("/v1/entities", &[("q", "Japarov"), ("limit", "1"), ("cursor", cursor)]),
            None => break,
        }
    }
    assert_eq!(walked, found(&server, "/v1/entities", "Japarov"));
}

#[test]
fn what_callers_may_not_see_is_neither_found_nor_tells_by_name() {
    let server = Server::start();
    server.dataset("hidden", "internal");
    let editor = server.key(Role::Editor);
    let draft = server.entity(json!({ "name": "Draftonym", "state": "draft" }));
    let hidden = server.entity(json!({ "name": "Hiddenym", "dataset": "hidden" }));
    let with = |entity: Uuid| json!([{ "entity": { "id": entity }, "role": "target" }]);
    server.incident(json!({ "title": "Draftonym seen", "state": "draft", "participants": with(draft) }));
    server.incident(json!({ "title": "Hiddenym seen", "dataset": "hidden", "participants": with(hidden) }));
    // Such a reference cannot be written; if there were one all the same, nobody could find out by it.
    server.incident(json!({ "title": "Public", "participants": with(hidden) }));
    let retracted = server.incident(json!({ "title": "Retractonym seen" }));
    server.retract("incidents", retracted);
    for q in ["Draftonym", "Hiddenym", "Retractonym"] {
        for list in ["/v1/incidents", "/v1/entities", "/v1/search"] {
            let answer = server.get(&path(list, &[("q", q)]));
            assert_eq!(answer.at("/data"), json!([]), "{list} {q}");
        }
    }
    let seen = server.get_as(&editor, &path("/v1/incidents", &[("q", "Hiddenym")]));
    assert_eq!(named(&seen).len(), 2);
    let drafts = server.get_as(&editor, &path("/v1/incidents", &[("q", "Draftonym"), ("state", "draft")]));
    assert_eq!(named(&drafts), ["Draftonym seen"]);
}

#[test]
fn a_merged_entity_is_found_by_the_names_that_its_survivor_took_over() {
    let server = Server::start();
    let one = server.entity(json!({ "name": "Oldname" }));
    let two = server.entity(json!({ "name": "Newname" }));
    server.incident(json!({ "title": "A trial", "participants": [{ "entity": { "id": one }, "role": "target" }] }));
    server.merge("entities", one, two);
    for q in ["Oldname", "Newname"] {
        assert_eq!(found(&server, "/v1/incidents", q), ["A trial"], "{q}");
        assert_eq!(found(&server, "/v1/entities", q), ["Newname"], "{q}");
    }
}

#[test]
fn a_walk_by_relevance_sees_every_hit_once_while_others_write() {
    let server = Server::start();
    let mut expected = BTreeSet::new();
    for n in 0..30 {
        let title = if n % 3 == 0 { format!("Rally {n}") } else { format!("Event {n}") };
        let day = format!("2020-01-{:02}", 1 + n % 7);
        let id = server.incident(json!({
            "title": title, "summary": "A rally.", "start_date": day, "end_date": day, "date_precision": "day"
        }));
        expected.insert(id.to_string());
    }
    for list in ["/v1/incidents", "/v1/search"] {
        let mut seen = Vec::new();
        let mut page = path(list, &[("q", "rally"), ("limit", "7")]);
        loop {
            let answer = server.get(&page);
            let hits = answer.at("/data");
            let hits = hits.as_array().expect("records").iter();
            seen.extend(hits.map(|hit| hit.get("record").unwrap_or(hit)["id"].as_str().expect("an id").to_owned()));
            server.incident_on("2020-01-04", "Rally that was added meanwhile");
            match answer.at("/meta/next_cursor").as_str() {
                Some(cursor) => page = path(list, &[("q", "rally"), ("limit", "7"), ("cursor", cursor)]),
                None => break,
            }
        }
        let once: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(once.len(), seen.len(), "{list} repeats");
        assert!(once.is_superset(&expected), "{list} loses");
    }
}

#[test]
fn a_walk_through_all_resources_sees_every_hit_once() {
    let server = Server::start();
    let mut expected = BTreeSet::new();
    for n in 0..6 {
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &[n]);
        server.entity(json!({ "id": id, "name": format!("E{n}"), "description": "At a rally." }));
        let day = format!("20{}-01-01", 10 + n);
        expected.extend([id, server.incident_on(&day, &format!("Rally {n}"))]);
        expected.insert(server.incident(json!({ "title": "Undated", "summary": "A rally." })));
        let dated =
            json!({ "title": "B", "summary": "A rally.", "start_date": day, "end_date": day, "date_precision": "day" });
        expected.insert(server.incident(dated));
        expected.insert(server.article(json!({ "title": "A", "summary": "On a rally." })));
    }
    let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
    for limit in ["1", "3"] {
        let mut seen = Vec::new();
        let mut page = path("/v1/search", &[("q", "rally"), ("limit", limit)]);
        loop {
            let answer = server.get(&page);
            let hits = answer.at("/data");
            seen.extend(
                hits.as_array()
                    .expect("hits")
                    .iter()
                    .map(|hit| hit["record"]["id"].as_str().expect("an id").to_owned()),
            );
            match answer.at("/meta/next_cursor").as_str() {
                Some(cursor) => page = path("/v1/search", &[("q", "rally"), ("limit", limit), ("cursor", cursor)]),
                None => break,
            }
        }
        assert_eq!(seen.len(), expected.len());
        assert_eq!(seen.into_iter().collect::<BTreeSet<String>>(), expected);
    }
}

#[test]
fn all_other_filters_narrow_a_search_and_its_total() {
    let server = Server::start();
    for (country, kind) in [("KZ", "assembly.protest"), ("KG", "assembly.protest"), ("KG", "liberty.detention")] {
        let location = json!({ "country": country, "admin1": null, "place": null, "lat": null, "lon": null, "precision": "country" });
        server.incident(json!({ "title": "A rally", "kind": kind, "location": location }));
    }
    for (filter, value, total) in [("country", "KG", 2), ("kind", "assembly", 2), ("kind_not", "assembly", 1)] {
        let answer = server.get(&path("/v1/incidents", &[("q", "rally"), (filter, value), ("include_total", "true")]));
        assert_eq!(answer.at("/meta/total/value"), total, "{filter}");
        assert_eq!(named(&answer).len(), total, "{filter}");
    }
    assert_eq!(search(&server, "rally").at("/meta/totals/incidents/value"), 3);
    let entities = server.get(&path("/v1/search", &[("q", "rally"), ("type", "entity")]));
    assert_eq!(entities.at("/meta/totals/incidents"), Value::Null);
    assert_eq!(entities.at("/data"), json!([]));
}

#[test]
fn without_a_search_all_fit_alike() {
    let server = Server::start();
    server.incident_on("2020-01-01", "Old");
    server.incident_on("2021-01-01", "New");
    let page = server.get("/v1/incidents?sort=relevance&limit=1");
    assert_eq!(named(&page), ["New"]);
    let cursor = page.at("/meta/next_cursor");
    let rest = server.get(&format!("/v1/incidents?sort=relevance&cursor={}", cursor.as_str().expect("a cursor")));
    assert_eq!(named(&rest), ["Old"]);
    server.entity(json!({ "name": "First" }));
    server.entity(json!({ "name": "Second" }));
    let cursor = server.get("/v1/entities?sort=relevance&limit=1").at("/meta/next_cursor");
    let rest = server.get(&format!("/v1/entities?sort=relevance&cursor={}", cursor.as_str().expect("a cursor")));
    assert_eq!(named(&rest), ["First"]);
}

#[test]
fn a_highlight_is_html_that_shows_text_and_nothing_else() {
    let server = Server::start();
    server.incident(json!({
        "title": "Rally <script>alert(1)</script> & \"more\"",
        "summary": format!("{} the rallies' end {}", "word ".repeat(100), "word ".repeat(100))
    }));
    let answer = search(&server, "rally");
    let highlight = answer.at("/data/0/highlight");
    let highlight = highlight.as_str().expect("a text");
    assert!(
        highlight.starts_with("<mark>Rally</mark> &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot; · … "),
        "{highlight}"
    );
    assert!(highlight.contains("the <mark>rallies</mark>&#39; end"), "{highlight}");
    assert!(highlight.len() < 700, "{highlight}");
    let markless = highlight.replace("<mark>", "").replace("</mark>", "");
    assert!(!markless.contains(['<', '>', '"']), "{highlight}");
}

#[test]
fn a_highlight_is_short_however_long_the_words_are() {
    let server = Server::start();
    let word = "<".repeat(1000);
    let long = format!("{} rally {}", "x".repeat(4000), "y".repeat(4000));
    server.incident(json!({ "title": format!("Rally {}", "rally&".repeat(70)), "summary": format!("{long} {word}") }));
    let answer = search(&server, "rally");
    let highlight = answer.at("/data/0/highlight").as_str().expect("a text").to_owned();
    assert!(highlight.contains(" <mark>rally</mark> yyy"), "{highlight}");
    assert!(highlight.len() < 7_000 && !highlight.contains(&"x".repeat(400)), "{highlight}");
}

#[test]
fn any_text_is_answered() {
    let server = Server::seeded();
    let long = "a ".repeat(100);
    for q in [
        "*",
        "ь*",
        "-ъ*",
        "a ь*",
        "-",
        "\"",
        "\"\"",
        "-\"",
        "the of and",
        "и на",
        "' OR 1=1 --",
        "a & b | !c <-> d:*",
        "\\",
        "'\\''",
        ":*",
        "საქართველო",
        "\u{202e}abc\u{200f}",
        "🜂🜂🜂",
        "أ ب",
        "ѝ́",
        "a*",
        "-the",
        "((((",
        "-a -b",
        "^x @y =z /",
        long.as_str(),
        &"ы".repeat(200),
        "ь",
        "'ʼ’",
    ] {
        for list in ["/v1/articles", "/v1/entities", "/v1/incidents", "/v1/search"] {
            let answer = server.get(&path(list, &[("q", q)]));
            assert_eq!(answer.status, 200, "{list} {q}: {answer}");
        }
    }
    for (q, why) in [("", "0 characters"), (&"a".repeat(201), "201 characters"), ("a\nb", "control"), ("\0", "NUL")] {
        for list in ["/v1/articles", "/v1/entities", "/v1/incidents", "/v1/search"] {
            let answer = server.get(&path(list, &[("q", q)]));
            assert_eq!(answer.status, 400, "{list} {q}");
            assert!(answer.at("/errors/0/detail").as_str().expect("a detail").contains(why), "{answer}");
        }
    }
    assert_eq!(server.get("/v1/search").at("/errors/0/name"), "q");
    let tokens = "ab ".repeat(5_000);
    assert_eq!(server.get(&path("/v1/incidents", &[("q", &tokens)])).status, 400);
}

#[test]
fn the_longest_records_can_be_stored_and_found() {
    let server = Server::start();
    let editor = server.key(Role::Editor);
    let word = |n: usize| format!("жщ{n}ю{}", "ы".repeat(40));
    let label = |n: usize| (0..10).map(|i| word(n * 10 + i)).collect::<Vec<_>>().join(" ");
    let participants: Vec<Value> = (0..500).map(|n| json!({ "label": label(n), "role": "witness" })).collect();
    let body = json!({
        "title": "Longest", "kind": "assembly.protest", "summary": "мир ".repeat(2_500), "participants": participants,
        "location": { "country": null, "admin1": null, "place": null, "lat": null, "lon": null, "precision": "unknown" },
        "coding": { "method": "human", "codebook": "1.0", "note": null },
        "sources": [{ "article": { "id": server.article(json!({})) }, "role": "primary" }]
    });
    let answer = server.write(&editor, "POST", "/v1/incidents", &body, &[]);
    assert_eq!(answer.status, 201, "{answer}");
    assert_eq!(found(&server, "/v1/incidents", &word(1)), ["Longest"]);
}

#[test]
fn near_finds_what_lies_within_a_distance() {
    let server = Server::start();
    let at = |title: &str, lat: f64, lon: f64| {
        let location =
            json!({ "country": null, "admin1": null, "place": null, "lat": lat, "lon": lon, "precision": "exact" });
        server.incident(json!({ "title": title, "location": location }));
    };
    at("Bishkek", 42.87, 74.59);
    at("Almaty", 43.25, 76.95);
    at("Fiji", -17.0, 179.9);
    at("Beyond", -17.0, -179.9);
    at("Pole", 89.9, 10.0);
    at("Across the pole", 89.9, -170.0);
    let near = |circle: &str| {
        let mut titles = named(&server.get(&path("/v1/incidents", &[("near", circle)])));
        titles.sort();
        titles
    };
    assert_eq!(near("74.6,42.9,10"), ["Bishkek"]);
    // 196 km lie between the two.
    assert_eq!(near("74.59,42.87,195"), ["Bishkek"]);
    assert_eq!(near("74.59,42.87,198"), ["Almaty", "Bishkek"]);
    assert_eq!(near("180,-17,15"), ["Beyond", "Fiji"]);
    assert_eq!(near("10,89.9,23"), ["Across the pole", "Pole"]);
    assert_eq!(near("0,0,20000").len(), 6);
    for (wrong, why) in [
        ("1,2", "three"),
        ("181,0,1", "longitude"),
        ("0,91,1", "latitude"),
        ("0,0,20001", "20000"),
        ("0,0,-1", "0 to"),
        ("1e1,42,1", "`1e1` is no number"),
        ("+1,42,1", "`+1` is no number"),
        (".5,42,1", "`.5` is no number"),
        ("1.,42,1", "`1.` is no number"),
        ("1,42,007", "`007` is no number"),
        ("1,42,inf", "`inf` is no number"),
    ] {
        let answer = server.get(&path("/v1/incidents", &[("near", wrong)]));
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.at("/errors/0/detail").as_str().expect("a detail").contains(why), "{answer}");
    }
}
