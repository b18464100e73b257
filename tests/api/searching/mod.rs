//! Searching by words: what is found, in which order, and what is shown of it.

mod ranking;
mod texts;

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
fn a_phrase_ends_with_its_text_and_words_that_say_nothing_are_passed_over() {
    let server = Server::start();
    let labels =
        json!([{ "label": "Aibek Usenov", "role": "target" }, { "label": "Gulnara Asanova", "role": "target" }]);
    server
        .incident(json!({ "title": "Police in Osh", "summary": "Journalists were detained.", "participants": labels }));
    assert_eq!(found(&server, "/v1/incidents", "\"Gulnara Asanova\""), ["Police in Osh"]);
    assert_eq!(found(&server, "/v1/incidents", "\"Usenov Gulnara\""), Vec::<String>::new());
    assert_eq!(found(&server, "/v1/incidents", "\"Osh journalists\""), Vec::<String>::new());
    assert_eq!(found(&server, "/v1/incidents", "the police of Osh"), ["Police in Osh"]);
    assert_eq!(found(&server, "/v1/incidents", "the"), Vec::<String>::new());
}

#[test]
fn a_word_in_very_many_names_is_looked_for_in_texts_alone() {
    let server = Server::start();
    server.dataset("field", "public");
    let in_names = |count: usize| {
        server.database.execute(&format!(
            "INSERT INTO entities (id, dataset, kind, name)
             SELECT gen_random_uuid(), 'field', 'person', 'Aibek ' || md5(n::text) FROM generate_series(1, {count}) AS n"
        ));
        server.database.derive();
    };
    let person = server.entity(json!({ "name": "Aibek Sultanov" }));
    server.incident(json!({ "title": "Detained", "participants": [{ "entity": { "id": person }, "role": "target" }] }));
    in_names(99);
    assert_eq!(found(&server, "/v1/incidents", "Айбек"), ["Detained"]);
    in_names(1);
    assert_eq!(found(&server, "/v1/incidents", "Айбек"), Vec::<String>::new());
    assert_eq!(found(&server, "/v1/incidents", "Sultanov"), ["Detained"]);
    assert_eq!(found(&server, "/v1/incidents", "Айбек Султанов"), ["Detained"], "few have both");
}
