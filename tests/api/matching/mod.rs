//! Matching: a name in any spelling finds whom it means, and says why.

mod hidden;

use serde_json::{Value, json};

use crate::harness::{Answer, Server};

/// Asks for one name, with what else is known.
fn ask(server: &Server, query: Value) -> Answer {
    let answer = server.post("/v1/match", &json!({ "queries": { "q": query } }));
    assert_eq!(answer.status, 200, "{answer}");
    answer
}

/// The names of the candidates, the likeliest first.
fn found(server: &Server, query: Value) -> Vec<String> {
    let answer = ask(server, query);
    let candidates = answer.at("/results/q/candidates");
    let candidates = candidates.as_array().expect("candidates");
    candidates.iter().map(|candidate| candidate["entity"]["name"].as_str().expect("a name").to_owned()).collect()
}

fn first(server: &Server, query: Value) -> Value {
    ask(server, query).at("/results/q/candidates/0")
}

#[test]
fn a_name_in_any_script_and_spelling_finds_its_entity_first() {
    let server = Server::seeded();
    for (name, expected) in [
        ("Sooronbai Zheenbekov", "Sooronbay Jeenbekov"),
        ("Жээнбеков Сооронбай Шарипович", "Sooronbay Jeenbekov"),
        ("S. Jeenbekov", "Sooronbay Jeenbekov"),
        ("Soronbay Jenbekow", "Sooronbay Jeenbekov"),
        ("Токаев", "Qasym-Zhomart Toqaev"),
        ("Tokayev, Kassym-Jomart", "Qasym-Zhomart Toqaev"),
        ("Жапаров", "Sadyr Japarov"),
        ("ГКНБ", "State Committee for National Security"),
        ("UKMK", "State Committee for National Security"),
    ] {
        let candidates = found(&server, json!({ "name": name }));
        assert_eq!(candidates.first().map(String::as_str), Some(expected), "{name}: {candidates:?}");
    }
}

#[test]
fn many_names_are_answered_under_the_names_of_their_queries() {
    let server = Server::start();
    let (one, other) =
        (server.entity(json!({ "name": "Aibek Sultanov" })), server.entity(json!({ "name": "Gulnara Osmonova" })));
    let mut queries = json!({ "a": { "name": "Айбек Султанов" }, "b": { "name": "Гулнара Осмонова" }, "c": { "name": "Пётр Неизвестный" } });
    for number in 0..97 {
        queries[format!("n{number}")] = json!({ "name": "Aibek Sultanov" });
    }
    let answer = server.post("/v1/match", &json!({ "queries": queries, "limit": 1 }));
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.at("/results/a/candidates/0/entity/id"), json!(one));
    assert_eq!(answer.at("/results/b/candidates/0/entity/id"), json!(other));
    assert_eq!(answer.at("/results/c/candidates"), json!([]));
    assert_eq!(answer.at("/results").as_object().map(serde_json::Map::len), Some(100));
    queries["one-more"] = json!({ "name": "Aibek Sultanov" });
    let fault = server.post("/v1/match", &json!({ "queries": queries })).problem(422, "invalid-content");
    assert_eq!(fault["pointer"], "/queries");
}

#[test]
fn a_limit_is_a_whole_number_however_it_is_written() {
    let server = Server::start();
    for country in ["KG", "KZ", "UZ"] {
        server.entity(json!({ "name": "Aibek Sultanov", "country": country }));
    }
    for limit in ["2", "2.0", "0.2e1"] {
        let body = format!(r#"{{"queries": {{"q": {{"name": "Aibek Sultanov"}}}}, "limit": {limit}}}"#);
        let body: Value = serde_json::from_str(&body).expect("JSON");
        let answer = server.post("/v1/match", &body);
        assert_eq!(answer.at("/results/q/candidates").as_array().map(Vec::len), Some(2), "{limit}: {answer}");
    }
}

#[test]
fn a_misspelt_name_is_found_among_many_namesakes() {
    let server = Server::start();
    let wanted = server.entity(json!({ "name": "Islam Karimov" }));
    for number in 0..90 {
        let given = ["Ba", "De", "Gu", "Zho", "Lu", "Ma", "Nu", "Ra", "Te"][number % 9];
        let end = ["ken", "lan", "mat", "nur", "rat", "sen", "tan", "zat", "bek", "gul"][number / 9];
        server.entity(json!({ "name": format!("{given}{end} Karimov") }));
        server.entity(json!({ "name": format!("Islam {given}{end}ov") }));
    }
    for name in ["Islam Kariov", "Ислам Карирмов", "I. Karimov", "Ислом Каримов", "И. Каримов"]
    {
        let candidate = first(&server, json!({ "name": name }));
        assert_eq!(candidate["entity"]["id"], json!(wanted), "{name}: {candidate}");
    }
}

#[test]
fn each_way_to_find_a_name_finds_what_no_other_does() {
    let server = Server::start();
    server.entity(json!({ "name": "Bektur Asanov" }));
    server.entity(json!({ "name": "Gevorg Bedros" }));
    for (way, name, expected) in [
        ("two words that are spelt alike and sound otherwise", "Bekmur Alanov", "Bektur Asanov"),
        ("the only word, spelt alike", "Alanov", "Bektur Asanov"),
        ("words that sound alike and are spelt otherwise", "Kevork Petros", "Gevorg Bedros"),
    ] {
        assert_eq!(found(&server, json!({ "name": name })), [expected], "{way}");
    }
}

#[test]
fn of_equal_scores_the_very_name_comes_first() {
    let server = Server::start();
    for name in ["Aibek Sultanow", "Aibek Sultanov"] {
        server.entity(json!({ "name": name }));
    }
    assert_eq!(found(&server, json!({ "name": "Aibek Sultanov" })), ["Aibek Sultanov", "Aibek Sultanow"]);
    assert_eq!(found(&server, json!({ "name": "Aibek Sultanow" })), ["Aibek Sultanow", "Aibek Sultanov"]);
}

#[test]
fn a_name_that_is_more_alike_takes_nothing_from_what_another_name_or_an_identifier_proves() {
    let server = Server::start();
    let wikidata = json!([{ "scheme": "wikidata", "value": "Q42" }]);
    server.entity(json!({ "name": "Abdi", "identifiers": wikidata, "aliases": [{ "name": "ABD", "language": null }] }));
    let of = |identifiers: Value, threshold: f64| {
        let queries = json!({ "q": { "name": "Abd", "identifiers": identifiers } });
        let answer = server.post("/v1/match", &json!({ "queries": queries, "threshold": threshold }));
        let candidate = answer.at("/results/q/candidates/0");
        assert_eq!(candidate["features"]["matched_name"], "ABD", "{candidate}");
        assert_eq!((&candidate["features"]["weak"], &candidate["score"]), (&json!(true), &json!(1.0)), "{candidate}");
        (candidate["match"] == true, candidate["features"]["identifier"] == true)
    };
    assert_eq!(of(json!([]), 0.93), (false, false), "the acronym says too little, and the name is less alike");
    assert_eq!(of(json!([]), 0.6), (true, false), "the name is enough alike by itself");
    assert_eq!(of(wikidata.clone(), 0.93), (true, true));
}

#[test]
fn a_patronymic_is_no_surname_and_a_surname_like_one_is_no_patronymic() {
    let server = Server::start();
    let wanted = server.entity(json!({ "name": "Виктор Фёдорович Янукович" }));
    server.entity(json!({ "name": "Сергей Яковлевич" }));
    assert_eq!(first(&server, json!({ "name": "Viktor Yanukovych" }))["entity"]["id"], json!(wanted));
    assert_eq!(first(&server, json!({ "name": "Янукович, Виктор Фёдорович" }))["features"]["patronymic"], 1.0);
    assert_eq!(first(&server, json!({ "name": "Есяков, Сергей Яковлевич" }))["match"], false);
    let of_two = server.entity(json!({ "name": "Жапаров Садыр Нургожо уулу" }));
    let found = first(&server, json!({ "name": "Sadyr Japarov" }));
    assert_eq!((&found["entity"]["id"], &found["match"]), (&json!(of_two), &json!(true)));
}

#[test]
fn a_score_says_by_which_name_it_came_about() {
    let server = Server::start();
    server.entity(json!({
        "name": "Aibek Sultanov", "country": "KG",
        "aliases": [{ "name": "Айбек Асанович Султанов", "language": "ru" }, { "name": "Aybek Soltonov", "language": null }]
    }));
    let candidate = first(&server, json!({ "name": "Султанов Айбек Асанович", "kind": "person", "country": "KG" }));
    assert_eq!(candidate["score"], 1.0);
    assert_eq!(candidate["match"], true);
    assert_eq!(
        candidate["features"],
        json!({
            "name": 1.0, "matched_name": "Айбек Асанович Султанов", "language": "ru", "weak": false, "unmatched_words": 0, "initials": 0,
            "patronymic": 1.0, "kind": true, "country": true, "identifier": false
        })
    );
    let initial = first(&server, json!({ "name": "A. Sultanov" }));
    assert_eq!((&initial["match"], &initial["features"]["initials"]), (&json!(false), &json!(1)));
    let more = first(&server, json!({ "name": "Aibek Sultanov Bishkekov" }));
    assert_eq!(more["features"]["unmatched_words"], 1);
}

#[test]
fn kind_and_country_raise_or_lower_a_score_and_carry_no_name_over_the_threshold() {
    let server = Server::start();
    server.entity(json!({ "name": "Aibek Sultanov", "country": "KG" }));
    let score = |query: Value| first(&server, query)["score"].as_f64().expect("a score");
    let plain = score(json!({ "name": "Aibek Sultanow" }));
    let name = "Aibek Saltanof";
    let plain_of_another = score(json!({ "name": name }));
    assert!(plain > plain_of_another);
    assert!(score(json!({ "name": name, "country": "KG" })) > plain_of_another);
    assert!(score(json!({ "name": name, "country": "KZ" })) < plain_of_another);
    assert!(score(json!({ "name": name, "kind": "person" })) > plain_of_another);
    assert!(score(json!({ "name": name, "kind": "organization" })) < plain_of_another);
    let raised = server.post(
        "/v1/match",
        &json!({ "queries": { "q": { "name": name, "country": "KG", "kind": "person" } }, "threshold": plain_of_another + 0.001 }),
    );
    let candidate = raised.at("/results/q/candidates/0");
    assert!(candidate["score"].as_f64() > Some(plain_of_another + 0.001), "{candidate}");
    assert_eq!(candidate["match"], false, "{candidate}");
}

#[test]
fn an_identifier_wins_whatever_the_name() {
    let server = Server::start();
    let id =
        server.entity(json!({ "name": "Aibek Sultanov", "identifiers": [{ "scheme": "wikidata", "value": "Q42" }] }));
    server.entity(json!({ "name": "Gulnara Osmonova" }));
    let query = json!({ "name": "Gulnara Osmonova", "identifiers": [{ "scheme": "wikidata", "value": "Q42" }] });
    let identified = first(&server, query);
    assert_eq!(identified["entity"]["id"], json!(id));
    assert_eq!((&identified["score"], &identified["match"]), (&json!(1.0), &json!(true)));
    assert_eq!(identified["features"]["identifier"], true);
    let alone = first(&server, json!({ "name": "…", "identifiers": [{ "scheme": "wikidata", "value": "Q42" }] }));
    assert_eq!(alone["entity"]["id"], json!(id));
}

#[test]
fn a_weak_alias_never_makes_a_match_by_itself() {
    let server = Server::start();
    server.entity(json!({ "name": "Aibek Sultanov", "aliases": [{ "name": "Batyr", "language": null }] }));
    server.entity(
        json!({ "kind": "organization", "name": "People's Front", "aliases": [{ "name": "НФ", "language": "ru" }, { "name": "FRONT", "language": null }] }),
    );
    for (name, is_match) in [("Batyr", false), ("NF", false), ("Front", true), ("People's Front", true)] {
        let candidate = first(&server, json!({ "name": name }));
        assert_eq!(candidate["score"], 1.0, "{name}: {candidate}");
        assert_eq!(candidate["match"], is_match, "{name}: {candidate}");
        assert_eq!(candidate["features"]["weak"], !is_match, "{name}: {candidate}");
    }
}

#[test]
fn two_of_one_name_are_both_a_match() {
    let server = Server::start();
    for country in ["KG", "KZ"] {
        server.entity(json!({ "name": "Aibek Sultanov", "country": country }));
    }
    let answer = ask(&server, json!({ "name": "Айбек Султанов" }));
    assert_eq!(answer.at("/results/q/candidates/0/match"), true);
    assert_eq!(answer.at("/results/q/candidates/1/match"), true);
    let first = first(&server, json!({ "name": "Айбек Султанов", "country": "KZ" }));
    assert_eq!(first["features"]["country"], true);
}

#[test]
fn the_names_of_a_merged_entity_live_on_in_its_survivor() {
    let server = Server::start();
    let (merged, survivor) =
        (server.entity(json!({ "name": "Rosa Otunbayeva" })), server.entity(json!({ "name": "R. I. O." })));
    server.merge("entities", merged, survivor);
    let answer = ask(&server, json!({ "name": "Роза Отунбаева" }));
    assert_eq!(answer.at("/results/q/candidates/0/entity/id"), json!(survivor));
    assert_eq!(answer.at("/results/q/candidates").as_array().map(Vec::len), Some(1));
}

#[test]
fn a_name_that_is_changed_is_found_by_the_new_one_alone() {
    let server = Server::start();
    let id =
        server.entity(json!({ "name": "Aibek Sultanov", "aliases": [{ "name": "Tilek Asanov", "language": null }] }));
    server.entity(json!({ "id": id, "name": "Nurlan Bekov" }));
    assert_eq!(found(&server, json!({ "name": "Нурлан Беков" })), ["Nurlan Bekov"]);
    assert!(found(&server, json!({ "name": "Aibek Sultanov" })).is_empty());
    assert!(found(&server, json!({ "name": "Tilek Asanov" })).is_empty());
}

#[test]
fn names_that_are_hardly_names_are_answered() {
    let server = Server::start();
    server.entity(json!({ "name": "გიორგი მარგველაშვილი" }));
    assert_eq!(found(&server, json!({ "name": "\u{202e}მარგველაშვილი\u{200f} გიორგი" })).len(), 1);
    for name in ["…", "%", "' OR 1=1 --", "\\", "😀", "x", "\u{202e}", &"щ".repeat(500), &"a ".repeat(250), "{}[]\"$1"]
    {
        ask(&server, json!({ "name": name }));
    }
}

#[test]
fn what_is_no_question_is_refused_with_every_fault() {
    let server = Server::start();
    for (query, pointer) in [
        (json!({ "name": "" }), "/queries/q/name"),
        (json!({ "name": "x".repeat(10_000) }), "/queries/q/name"),
        (json!({ "name": "a\u{0}b" }), "/queries/q/name"),
        (json!({}), "/queries/q/name"),
        (json!({ "name": "A", "kind": "wizard" }), "/queries/q/kind"),
        (json!({ "name": "A", "country": "Kyrgyzstan" }), "/queries/q/country"),
        (json!({ "name": "A", "born": 1970 }), "/queries/q/born"),
        (json!({ "name": "A", "identifiers": [{ "scheme": "x", "value": "1" }] }), "/queries/q/identifiers/0/scheme"),
    ] {
        let fault = server.post("/v1/match", &json!({ "queries": { "q": query } })).problem(422, "invalid-content");
        assert_eq!(fault["pointer"], pointer);
    }
    for (member, value) in [
        ("limit", json!(0)),
        ("limit", json!(51)),
        ("limit", json!(1.5)),
        ("threshold", json!(1.1)),
        ("more", json!(1)),
    ] {
        let fault = server.post("/v1/match", &json!({ "queries": {}, member: value })).problem(422, "invalid-content");
        assert_eq!(fault["pointer"], format!("/{member}"));
    }
    server.post("/v1/match", &json!({ "queries": { "": { "name": "A" } } })).problem(422, "invalid-content");
}
