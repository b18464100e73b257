//! The order of what is found, and walks along it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{found, named, path, search};
use crate::harness::Server;

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
fn a_walk_sees_each_of_several_namesakes_once() {
    let server = Server::start();
    let namesakes: BTreeSet<String> =
        (0..5).map(|_| server.entity(json!({ "name": "Aibek Sultanov" })).to_string()).collect();
    for list in ["/v1/entities", "/v1/search"] {
        let mut walked = Vec::new();
        let mut page = path(list, &[("q", "Султанов Айбек"), ("limit", "2")]);
        loop {
            let answer = server.get(&page);
            let id = if list == "/v1/search" { "/record/id" } else { "/id" };
            walked.extend(answer.each(id).into_iter().filter_map(|id| id.as_str().map(str::to_owned)));
            match answer.at("/meta/next_cursor").as_str() {
                Some(cursor) => page = path(list, &[("q", "Султанов Айбек"), ("limit", "2"), ("cursor", cursor)]),
                None => break,
            }
        }
        assert_eq!(walked.len(), 5, "{list}");
        assert_eq!(walked.into_iter().collect::<BTreeSet<String>>(), namesakes, "{list}");
    }
}

#[test]
fn common_words_are_found_wherever_in_the_list_they_stand() {
    let server = Server::start();
    server.dataset("field", "public");
    // The words of the newer half, of which a tenth are in Kyrgyzstan, are others than those of the older.
    server.database.execute(
        "INSERT INTO incidents (id, dataset, title, kind, effect, start_date, end_date, date_precision, country, coding_method, codebook)
         SELECT gen_random_uuid(), 'field', n, 'assembly.protest', 'neutral', date '1980-01-01' + n, date '1980-01-01' + n, 'day',
            CASE WHEN n % 10 = 0 THEN 'KG' ELSE 'KZ' END, 'human', '1' FROM generate_series(1, 12000) AS n;
         INSERT INTO incident_words (incident_id, words, edition)
         SELECT id, (CASE WHEN title::integer <= 6000 THEN '''old'' ''rally''' ELSE '''new'' ''rally''' END)::tsvector, 1000
         FROM incidents;
         ANALYZE",
    );
    let page = |q: &str, more: &str| server.get(&format!("/v1/incidents?q={q}&limit=3&include_total=true{more}"));
    for (q, more, titles, total) in [
        ("old", "", ["6000", "5999", "5998"], 6000),
        ("old", "&sort=date", ["1", "2", "3"], 6000),
        ("new", "&sort=date", ["6001", "6002", "6003"], 6000),
        ("rally", "", ["12000", "11999", "11998"], 10_000),
        ("old", "&country=KG", ["6000", "5990", "5980"], 600),
        ("-new", "&country=KG", ["6000", "5990", "5980"], 600),
        ("-new", "", ["6000", "5999", "5998"], 6000),
    ] {
        let answer = page(q, more);
        assert_eq!(named(&answer), titles, "{q}{more}");
        assert_eq!(answer.at("/meta/total/value"), total, "{q}{more}");
        let cursor = answer.at("/meta/next_cursor");
        let next = page(q, &format!("{more}&cursor={}", cursor.as_str().expect("a cursor")));
        assert_eq!(named(&next).len(), 3, "{q}{more}");
        assert!(named(&next).iter().all(|title| !titles.contains(&title.as_str())), "{q}{more}: {:?}", named(&next));
    }
}

#[test]
fn a_total_is_right_however_far_down_the_list_the_records_stand() {
    let server = Server::start();
    server.dataset("field", "public");
    // More than are looked at to count common words, and those that hold them last.
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name)
         SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'field', 'person', n
         FROM generate_series(1, 36001) AS n;
         INSERT INTO entity_words (entity_id, words, edition)
         SELECT id, (CASE WHEN name::integer > 30000 THEN '''late''' ELSE '''early''' END)::tsvector, 1000 FROM entities;
         ANALYZE",
    );
    for (q, value, relation) in [("late", 6001, "eq"), ("early", 10_000, "gte"), ("-early", 6001, "eq")] {
        let answer = server.get(&format!("/v1/entities?q={q}&limit=1&include_total=true"));
        assert_eq!(answer.at("/meta/total"), json!({ "value": value, "relation": relation }), "{q}");
    }
}
