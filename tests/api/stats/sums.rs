//! Sums of figures.

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use super::{counts, on, rows};
use crate::harness::Server;

fn claim(measure: &str, low: Option<f64>, best: Option<f64>, high: Option<f64>) -> Value {
    json!({ "measure": measure, "low": low, "best": best, "high": high, "wording": "as they say", "claimant_class": "police",
        "unit": if measure == "amount" { json!("KZT") } else { json!(null) } })
}

fn exactly(measure: &str, number: f64) -> Value {
    claim(measure, Some(number), None, Some(number))
}

#[test]
fn one_interval_of_each_incident_encloses_all_that_was_claimed_of_it() {
    let server = Server::start();
    for (kind, figures) in [
        ("assembly.protest", json!([exactly("detained", 162.0), exactly("detained", 166.0)])),
        ("assembly.dispersal", json!([claim("detained", Some(101.0), None, None)])),
        ("liberty.detention", json!([claim("detained", None, None, Some(50.0))])),
        ("liberty.release", json!([claim("detained", None, None, None), claim("detained", None, Some(7.0), None)])),
        ("pressure.raid", json!([claim("detained", None, None, None)])),
        (
            "violence.attack",
            json!([claim("detained", None, None, Some(50.0)), exactly("detained", 30.0), exactly("injured", 9.0)]),
        ),
        ("violence.killing", json!([claim("detained", Some(10.0), Some(20.5), Some(40.0))])),
        ("law.adopted", json!([exactly("injured", 3.0)])),
    ] {
        server.incident(json!({ "kind": kind, "figures": figures }));
    }
    counts(
        &server,
        &[
            (
                "group_by=kind&measure=detained",
                &[
                    "assembly.dispersal 1 (101..101 of 1)",
                    "assembly.protest 1 (162..166 of 1)",
                    "liberty.detention 1 (0..50 of 1)",
                    "liberty.release 1 (7..7 of 1)",
                    "pressure.raid 1 (null..null of 0)",
                    "violence.attack 1 (30..50 of 1)",
                    "violence.killing 1 (10..40 of 1)",
                ],
            ),
            (
                "group_by=category&measure=detained",
                &[
                    "assembly 2 (263..267 of 2)",
                    "liberty 2 (7..57 of 2)",
                    "violence 2 (40..90 of 2)",
                    "pressure 1 (null..null of 0)",
                ],
            ),
            ("group_by=category&measure=detained,injured&kind=law", &["law 1"]),
            ("group_by=measure", &["detained 7 (310..414 of 6)", "injured 2 (12..12 of 2)"]),
        ],
    );
    assert_eq!(
        rows(&server.get("/v1/stats/incidents?group_by=category,measure&kind=violence,law")),
        ["violence detained 2 (40..90 of 2)", "violence injured 1 (9..9 of 1)", "law injured 1 (3..3 of 1)",]
    );
}

#[test]
fn fractions_are_summed_exactly_and_whole_numbers_written_without_them() {
    let server = Server::start();
    for number in [0.1, 0.2, 0.3] {
        server.incident(json!({ "figures": [exactly("days", number)] }));
    }
    counts(&server, &[("group_by=effect&measure=days", &["neutral 3 (0.6..0.6 of 3)"])]);
}

#[test]
fn amounts_and_shares_are_never_summed_nor_is_anything_of_people_and_articles() {
    let server = Server::start();
    server.incident(json!({ "kind": "politics.election", "figures": [
        exactly("amount", 5.0), exactly("vote_share", 79.2), exactly("votes_for", 1000.0)
    ], "participants": [{ "entity": { "id": server.entity(json!({})) }, "role": "target" }] }));
    counts(
        &server,
        &[
            ("group_by=kind&measure=amount", &["politics.election 1"]),
            ("group_by=kind&measure=vote_share", &["politics.election 1"]),
            ("group_by=kind&measure=votes_for", &["politics.election 1 (1000..1000 of 1)"]),
            ("group_by=measure", &["amount 1", "vote_share 1", "votes_for 1 (1000..1000 of 1)"]),
            ("group_by=kind&measure=votes_for&unit=people", &["politics.election 1"]),
            ("group_by=measure&unit=people", &["amount 1", "vote_share 1", "votes_for 1"]),
        ],
    );
}

#[test]
fn a_span_in_which_nothing_happened_has_no_sum() {
    let server = Server::start();
    for day in ["2020-01-01", "2022-01-01"] {
        server.incident(on(day, json!({ "figures": [exactly("detained", 2.0)] })));
    }
    counts(
        &server,
        &[(
            "group_by=year&measure=detained",
            &["2020 1 (2..2 of 1)", "2021 0 (null..null of 0)", "2022 1 (2..2 of 1)"],
        )],
    );
}

#[test]
fn only_the_claims_that_fit_are_summed() {
    let server = Server::start();
    let by = |class: &str, low: f64| json!({ "measure": "detained", "low": low, "high": low, "claimant_class": class });
    server.incident(json!({ "figures": [by("police", 160.0), by("ngo", 500.0), by("lawyer", 300.0)] }));
    counts(
        &server,
        &[
            ("group_by=effect&measure=detained", &["neutral 1 (160..500 of 1)"]),
            ("group_by=effect&measure=detained&claimant_class=police", &["neutral 1 (160..160 of 1)"]),
            ("group_by=effect&measure=detained&claimant_class=police,lawyer", &["neutral 1 (160..300 of 1)"]),
            ("group_by=effect&measure=detained&min_figure=200", &["neutral 1 (300..500 of 1)"]),
            ("group_by=effect&measure=detained&min_figure=200&claimant_class=lawyer", &["neutral 1 (300..300 of 1)"]),
            ("group_by=measure&claimant_class=ngo", &["detained 1 (500..500 of 1)"]),
        ],
    );
}

/// Incidents of these kinds with so many detained, and which of them, by their places, are part of which.
fn with_parts(incidents: &[(&str, Value)], parts: &[(usize, usize)]) -> Server {
    let server = Server::start();
    let ids: Vec<_> =
        incidents.iter().map(|(kind, figures)| server.incident(json!({ "kind": kind, "figures": figures }))).collect();
    for (part, whole) in parts {
        server.database.execute(&format!(
            "INSERT INTO incident_relations (incident_id, position, relation, target_id) VALUES ('{}', {whole}, 'part_of', '{}')",
            ids[*part], ids[*whole]
        ));
    }
    server
}

fn detained(number: f64) -> Value {
    json!([exactly("detained", number)])
}

#[test]
fn what_is_part_of_a_whole_that_is_summed_is_left_out_of_the_sum_alone() {
    let injured = json!([exactly("injured", 7.0), exactly("detained", 2.0)]);
    let incidents = [
        ("assembly.protest", detained(100.0)),
        ("liberty.detention", detained(30.0)),
        // Says nothing of how many, but leads to the whole.
        ("assembly.dispersal", json!([])),
        ("liberty.release", injured),
        ("pressure.raid", detained(5.0)),
    ];
    // The detention is part of the protest; the release of the dispersal, which is of the protest.
    let server = with_parts(&incidents, &[(1, 0), (3, 2), (2, 0)]);
    counts(
        &server,
        &[
            (
                "group_by=kind&measure=detained",
                &[
                    "assembly.protest 1 (100..100 of 1)",
                    "liberty.detention 1 (null..null of 0)",
                    "liberty.release 1 (null..null of 0)",
                    "pressure.raid 1 (5..5 of 1)",
                ],
            ),
            // Of another measure the whole says nothing.
            ("group_by=kind&measure=injured", &["liberty.release 1 (7..7 of 1)"]),
            ("group_by=measure", &["detained 4 (105..105 of 2)", "injured 1 (7..7 of 1)", "null 1"]),
            // The whole is not among what is asked for.
            (
                "group_by=kind&measure=detained&kind=liberty",
                &["liberty.detention 1 (30..30 of 1)", "liberty.release 1 (2..2 of 1)"],
            ),
        ],
    );
}

#[test]
fn a_whole_whose_claims_do_not_fit_leaves_its_parts_in_the_sum() {
    let ngo = json!([{ "measure": "detained", "low": 100, "high": 100, "claimant_class": "ngo" }]);
    let dozens = json!([claim("detained", None, None, None), { "measure": "detained", "wording": "many", "claimant_class": "police" }]);
    let server = with_parts(
        &[
            ("assembly.protest", ngo),
            ("liberty.detention", detained(30.0)),
            ("law.adopted", dozens),
            ("pressure.raid", detained(5.0)),
        ],
        &[(1, 0), (3, 2)],
    );
    counts(
        &server,
        &[
            (
                "group_by=effect&measure=detained&kind=assembly,liberty",
                &["neutral 1 (100..100 of 1)", "restriction 1 (null..null of 0)"],
            ),
            (
                "group_by=kind&measure=detained&claimant_class=police&kind=assembly,liberty",
                &["liberty.detention 1 (30..30 of 1)"],
            ),
            (
                "group_by=kind&measure=detained&kind=law,pressure",
                &["law.adopted 1 (null..null of 0)", "pressure.raid 1 (5..5 of 1)"],
            ),
        ],
    );
}

#[test]
fn what_the_caller_may_not_see_joins_no_part_to_a_whole() {
    let server = with_parts(
        &[("assembly.protest", detained(100.0)), ("law.adopted", json!([])), ("liberty.detention", detained(30.0))],
        &[(1, 0), (2, 1)],
    );
    let editor = server.key(Role::Editor);
    let query = "/v1/stats/incidents?group_by=measure&measure=detained";
    assert_eq!(rows(&server.get(query)), ["detained 2 (100..100 of 1)"]);
    server.dataset("inside", "internal");
    server.database.execute("UPDATE incidents SET dataset = 'inside' WHERE kind = 'law.adopted'");
    // What is kept is of the state before.
    server.article(json!({}));
    assert_eq!(rows(&server.get(query)), ["detained 2 (130..130 of 2)"]);
    assert_eq!(rows(&server.get_as(&editor, query)), ["detained 2 (100..100 of 1)"]);
}

#[test]
fn incidents_that_are_part_of_one_another_are_summed_once() {
    let server = with_parts(
        &[
            ("assembly.protest", detained(10.0)),
            ("liberty.detention", detained(10.0)),
            ("liberty.release", detained(10.0)),
            ("pressure.raid", detained(3.0)),
        ],
        &[(0, 1), (1, 2), (2, 0), (3, 2)],
    );
    let answer = server.get("/v1/stats/incidents?group_by=measure");
    assert_eq!(rows(&answer), ["detained 4 (10..10 of 1)"]);
}
