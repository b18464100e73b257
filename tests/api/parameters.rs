//! Parameters that are refused: which one, why, and what is allowed instead.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::harness::{Answer, Server, operations};

const LISTS: [&str; 3] = ["/v1/articles", "/v1/entities", "/v1/incidents"];

/// The faults of a refused query.
#[track_caller]
fn faults(answer: &Answer) -> Vec<Value> {
    answer.problem(400, "invalid-parameter");
    answer.at("/errors").as_array().expect("faults").clone()
}

/// Asserts that each query is refused for one fault of this code, which names the first parameter of the query and whose
/// detail has these words in this order, with … between them.
#[track_caller]
fn refuses(server: &Server, list: &str, code: &str, cases: &[(&str, &str)]) {
    for (query, words) in cases {
        let answer = server.get(&format!("{list}?{query}"));
        let faults = faults(&answer);
        assert_eq!(faults.len(), 1, "{query}: {answer}");
        let Value::Object(fault) = &faults[0] else { panic!("{query}: {answer}") };
        assert_eq!(fault["in"], "query", "{query}: {answer}");
        assert_eq!(fault["name"], query.split('=').next().unwrap_or_default(), "{query}: {answer}");
        assert_eq!(fault["code"], code, "{query}: {answer}");
        let mut rest = fault["detail"].as_str().expect("a text");
        for word in words.split(" … ") {
            let found = rest.split_once(word);
            rest = found.unwrap_or_else(|| panic!("{query}: `{word}` is not in {}", fault["detail"])).1;
        }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[test]
fn every_parameter_refuses_an_empty_value_a_repetition_and_what_is_no_text() {
    let server = Server::start();
    let mut met = 0;
    for (method, path, operation) in operations() {
        if method != "get" || !LISTS.contains(&path.as_str()) {
            continue;
        }
        let parameters = operation["parameters"].as_array().expect("parameters");
        for name in parameters.iter().filter(|p| p["in"] == "query").map(|p| p["name"].as_str().expect("a name")) {
            let empty = if name == "cursor" { "invalid_cursor" } else { "invalid_value" };
            refuses(&server, &path, empty, &[(&format!("{name}="), ""), (name, "")]);
            let [nul, bytes] = ["a%00b", "%FF"].map(|value| format!("{name}={value}"));
            refuses(&server, &path, "invalid_value", &[(&nul, "NUL"), (&bytes, "UTF-8")]);
            refuses(&server, &path, "repeated_parameter", &[(&format!("{name}=1&{name}=1"), "once")]);
            let nearest = format!("the nearest is `{name}` … Allowed: id, … limit");
            refuses(&server, &path, "unknown_parameter", &[(&format!("{name}s=1"), &nearest)]);
            met += 1;
        }
    }
    assert!(met > 40, "{met}");
}

#[test]
fn a_misspelt_parameter_is_answered_with_the_nearest_one_and_all_that_there_are() {
    let server = Server::start();
    refuses(
        &server,
        "/v1/incidents",
        "unknown_parameter",
        &[
            ("contry=KZ", "`country` … Allowed: … kind_not … updated_since"),
            ("Kind=assembly", "`kind`"),
            ("date-from=2020-01-01", "`date_from`"),
            ("language=ru", "Allowed:"),
            ("=1", "Allowed:"),
            ("%00=1", "NUL"),
            ("%FF=1", "UTF-8"),
        ],
    );
    for path in ["/v1/vocabularies", "/v1/datasets", "/openapi.json"] {
        refuses(&server, path, "unknown_parameter", &[("kind=assembly", "Allowed: none")]);
    }
    let id = server.entity(json!({}));
    refuses(&server, &format!("/v1/entities/{id}"), "unknown_parameter", &[("limit=1", "Allowed: none")]);
}

#[test]
fn a_misspelt_code_is_answered_with_the_nearest_one_and_those_that_are_allowed() {
    let server = Server::start();
    refuses(
        &server,
        "/v1/incidents",
        "invalid_value",
        &[
            ("kind=asembly.protest", "`asembly.protest` … nearest is `assembly.protest` … Allowed: … rating.change"),
            ("kind=asembly", "nearest is `assembly`"),
            ("kind=assembly,Pressure.raid", "`Pressure.raid` … nearest is `pressure.raid`"),
            ("kind=assembly,", "`` … Allowed:"),
            ("kind=assembly,%20pressure", "nearest is `pressure`"),
            ("kind_not=asembly", "nearest is `assembly`"),
            ("effect=restricton", "nearest is `restriction` … Allowed: restriction, neutral, positive"),
            ("country=KAZ", "`KAZ` … /v1/vocabularies"),
            ("country_not=XX", "`XX` … /v1/vocabularies"),
            ("role=targets", "nearest is `target` … Allowed: … subject"),
            ("freedom=expresion", "nearest is `expression` … Allowed: … integrity"),
            ("verification=verifyed", "nearest is `verified` … Allowed: … disputed"),
            ("measure=detaind", "nearest is `detained` … Allowed: … amount"),
            ("step=convictd", "nearest is `convicted` … Allowed: … died_in_custody"),
            ("claimant_class=polise", "nearest is `police` … Allowed: … unattributed"),
            ("state=publishd", "nearest is `published` … Allowed: published, draft, retracted"),
            ("sort=-dat", "nearest is `-date` … Allowed: … -created"),
            ("sort=name", "Allowed: … -date"),
        ],
    );
    refuses(
        &server,
        "/v1/articles",
        "invalid_value",
        &[("state=darft", "nearest is `draft`"), ("sort=publishd", "nearest is `published` … Allowed: … -published")],
    );
    refuses(
        &server,
        "/v1/entities",
        "invalid_value",
        &[
            ("kind=persn", "nearest is `person` … Allowed: … political_party"),
            ("identifier=wikidat:Q1", "nearest is `wikidata` … Allowed: … telegram"),
            ("identifier=Q1", "scheme:value"),
            ("identifier=wikidata:", ""),
            ("sort=nam", "nearest is `name` … Allowed: … -updated"),
        ],
    );
}

#[test]
fn a_country_in_small_letters_is_answered_with_the_code_in_capitals() {
    let server = Server::start();
    for list in ["/v1/incidents", "/v1/entities"] {
        refuses(&server, list, "invalid_value", &[("country=kz", "`kz` … nearest is `KZ`")]);
    }
}

#[test]
fn a_day_is_a_day_of_the_calendar_in_its_one_spelling() {
    let server = Server::start();
    let days = [
        "2020-02-30",
        "2019-02-29",
        "2020-13-01",
        "2020-00-10",
        "2020-01-00",
        "20200302",
        "2020-3-2",
        "2020-W10-1",
        "02.03.2020",
        "2020-03",
        "2020-03-02T00:00:00Z",
        "yesterday",
        "2020-03-02%20",
        "2020-03-%D9%A2",
    ];
    for (list, name) in [
        ("/v1/incidents", "date_from"),
        ("/v1/incidents", "date_to"),
        ("/v1/articles", "published_from"),
        ("/v1/articles", "published_to"),
    ] {
        for day in days {
            refuses(&server, list, "invalid_value", &[(&format!("{name}={day}"), "YYYY-MM-DD … 2020-03-02")]);
        }
    }
}

#[test]
fn a_day_has_four_digits_of_the_year_and_two_of_month_and_day() {
    let server = Server::start();
    let taken = |day: &&str| server.get(&format!("/v1/incidents?date_from={}", encoded(day))).status != 400;
    let lenient: Vec<&str> = ["2020- 3- 2", " 020-03-02", "-020-03-02", "+020-03-02", "2020-03- 2", "2020-03-+2"]
        .into_iter()
        .filter(taken)
        .collect();
    assert_eq!(lenient, [""; 0]);
}

#[test]
fn values_that_are_out_of_range_or_of_another_shape_are_refused() {
    let server = Server::start();
    for list in LISTS {
        for limit in ["0", "201", "1.5", "-1", "x", "1e2", "0x10", "99999999999999999999", "+5", "%205"] {
            refuses(&server, list, "invalid_value", &[(&format!("limit={limit}"), "whole number from 1 to 200")]);
        }
        for flag in ["yes", "1", "True", "TRUE", "t"] {
            let query = format!("include_total={flag}");
            refuses(&server, list, "invalid_value", &[(&query, "neither true nor false")]);
        }
        for moment in
            ["2020-03-02", "2020-03-02T17:00:00", "2020-03-02T25:00:00Z", "1583168400", "2020-02-30T00:00:00Z"]
        {
            let query = format!("updated_since={moment}");
            refuses(&server, list, "invalid_value", &[(&query, "2020-03-02T17:00:00Z")]);
        }
        refuses(
            &server,
            list,
            "invalid_value",
            &[
                ("updated_since=2020-03-02T17:00:00+06:00", "%2B"),
                ("dataset=Central%20Asia", "Central Asia"),
                ("dataset=central-asia,", ""),
                (&format!("external_id={}", "x".repeat(201)), "200"),
            ],
        );
    }
    refuses(
        &server,
        "/v1/articles",
        "invalid_value",
        &[
            ("language=English", "English"),
            ("language=ru,RU", "RU"),
            ("url=example.org", "http"),
            ("url=ftp://example.org/", "http"),
        ],
    );
    refuses(
        &server,
        "/v1/incidents",
        "invalid_value",
        &[
            ("tag=Tear%20Gas", "Tear Gas"),
            ("place=two%0Alines", ""),
            (&format!("admin1={}", "x".repeat(501)), "500"),
            ("min_figure=-1&measure=detained", "from 0 to 1000000000000000"),
            ("min_figure=1.5&measure=detained", "whole number"),
            ("min_figure=many&measure=detained", "whole number"),
            ("min_figure=1000000000000001&measure=detained", "from 0 to 1000000000000000"),
        ],
    );
}

#[test]
fn a_box_is_four_numbers_in_their_ranges() {
    let cases = [
        ("1,2,3", "minlon,minlat,maxlon,maxlat"),
        ("1,2,3,4,5", "minlon,minlat,maxlon,maxlat"),
        ("NaN,0,1,1", "`NaN`"),
        ("0,0,inf,1", "`inf`"),
        ("0,0,1e999,1", "`1e999`"),
        ("west,0,1,1", "`west`"),
        ("0,0,,1", "``"),
        ("-180.1,0,1,1", "-180 to 180"),
        ("0,0,181,1", "-180 to 180"),
        ("0,-91,1,1", "-90 to 90"),
        ("0,0,1,90.5", "-90 to 90"),
        ("0,10,1,5", "minlat"),
    ];
    let server = Server::start();
    for (value, word) in cases {
        refuses(&server, "/v1/incidents", "invalid_value", &[(&format!("bbox={value}"), word)]);
    }
}

#[test]
fn an_id_is_a_uuid_with_its_hyphens_and_at_most_two_hundred_are_taken() {
    let server = Server::start();
    let id = "0190d6a0-0000-7000-8000-000000000001";
    let wrong = [
        "1",
        "0190d6a0000070008000000000000001",
        "%7B0190d6a0-0000-7000-8000-000000000001%7D",
        "0190d6a0-0000-7000-8000-00000000001",
        "urn:uuid:0190d6a0-0000-7000-8000-000000000001",
        "0190d6a0-0000-7000-8000-00000000000g",
        "0190d6a00-000-7000-8000-000000000001",
        "0190d6a0_0000_7000_8000_000000000001",
        "%200190d6a0-0000-7000-8000-000000000001",
    ];
    let many = |count: usize| vec![id; count].join(",");
    for (list, name) in [
        ("/v1/articles", "id"),
        ("/v1/articles", "publisher"),
        ("/v1/articles", "entity"),
        ("/v1/articles", "incident"),
        ("/v1/entities", "id"),
        ("/v1/incidents", "id"),
        ("/v1/incidents", "entity"),
        ("/v1/incidents", "article"),
    ] {
        for value in wrong {
            let query = format!("{name}={value}");
            refuses(
                &server,
                list,
                "invalid_value",
                &[(&query, "no UUID, such as 0190d6a0-0000-7000-8000-000000000001")],
            );
        }
        let (half, over) = (format!("{name}={id},1"), format!("{name}={}", many(201)));
        refuses(&server, list, "invalid_value", &[(&half, "`1`"), (&over, "201 values … at most 200")]);
        assert_eq!(server.get(&format!("{list}?{name}={}", many(200))).status, 200);
    }
    let codes = format!("country={}", vec!["KZ"; 201].join(","));
    refuses(&server, "/v1/incidents", "invalid_value", &[(&codes, "201 values … at most 200")]);
}

#[test]
fn parameters_that_contradict_each_other_are_refused() {
    let server = Server::start();
    refuses(
        &server,
        "/v1/incidents",
        "conflict",
        &[
            ("date_from=2020-03-03&date_to=2020-03-02", "2020-03-03 … `date_to` … 2020-03-02"),
            ("min_figure=100", "`measure`"),
        ],
    );
    refuses(
        &server,
        "/v1/articles",
        "conflict",
        &[("published_from=2020-03-03&published_to=2020-03-02", "2020-03-03 … `published_to` … 2020-03-02")],
    );
}

/// Asserts that a query is refused for faults of these parameters, sorted.
#[track_caller]
fn names(server: &Server, path: &str, expected: &[&str]) {
    let answer = server.get(path);
    let mut named: Vec<String> =
        faults(&answer).iter().map(|fault| fault["name"].as_str().expect("a name").to_owned()).collect();
    named.sort();
    assert_eq!(named, expected, "{path}: {answer}");
}

#[test]
fn all_faults_of_the_filters_are_named_at_once() {
    let server = Server::start();
    names(&server, "/v1/incidents?kind=asembly&country=XX&date_from=2020-02-30", &["country", "date_from", "kind"]);
    names(&server, "/v1/incidents?contry=KZ&knd=assembly", &["contry", "knd"]);
    names(&server, "/v1/articles?limit=0&include_total=yes", &["include_total", "limit"]);
    names(&server, "/v1/entities?kind=a&kind=b&country=%FF&id=%00", &["country", "id", "kind"]);
    names(&server, "/v1/incidents?min_figure=1&date_from=2020-01-02&date_to=2020-01-01", &["date_from", "min_figure"]);
}
