//! Groups of time: which one an incident falls into, and that none is missing.

use serde_json::json;

use super::{counts, during, on, rows};
use crate::harness::Server;

#[test]
fn an_incident_falls_into_the_span_of_its_first_day_or_that_it_lies_in_whole() {
    let server = Server::start();
    for (kind, start, end, precision) in [
        ("assembly.protest", "2020-03-30", "2020-04-02", "day"),
        ("law.adopted", "2020-03-30", "2020-04-05", "week"),
        ("law.proposed", "2020-03-01", "2020-03-31", "month"),
        ("law.withdrawn", "2020-03-01", "2020-05-31", "quarter"),
        ("pressure.raid", "2020-01-01", "2020-12-31", "year"),
        ("rating.change", "2020-03-11", "2020-03-20", "part_of_month"),
        ("violence.attack", "2019-12-01", "2020-02-29", "quarter"),
    ] {
        server.incident(during(start, end, precision, json!({ "kind": kind })));
    }
    server.incident(json!({ "kind": "violence.killing" }));
    let spans = |kind: &str| {
        let spans = ["year", "month", "week", "day"].map(|span| {
            let mut rows = rows(&server.get(&format!("/v1/stats/incidents?group_by={span}&kind={kind}")));
            assert_eq!(rows.len(), 1, "{rows:?}");
            rows.remove(0)
        });
        spans.join(", ")
    };
    for (kind, expected) in [
        ("assembly.protest", "2020 1, 2020-03 1, 2020-W14 1, 2020-03-30 1"),
        ("law.adopted", "2020 1, null 1, 2020-W14 1, null 1"),
        ("law.proposed", "2020 1, 2020-03 1, null 1, null 1"),
        ("law.withdrawn", "2020 1, null 1, null 1, null 1"),
        ("pressure.raid", "2020 1, null 1, null 1, null 1"),
        ("rating.change", "2020 1, 2020-03 1, null 1, null 1"),
        ("violence.attack", "null 1, null 1, null 1, null 1"),
        ("violence.killing", "null 1, null 1, null 1, null 1"),
    ] {
        assert_eq!(spans(kind), expected, "{kind}");
    }
}

#[test]
fn no_span_is_missing_between_the_first_and_the_last() {
    let server = Server::start();
    for (day, kind) in [("2020-02-28", "law.adopted"), ("2020-03-02", "law.adopted"), ("2020-03-02", "pressure.raid")] {
        server.incident(on(day, json!({ "kind": kind })));
    }
    server.incident(json!({ "kind": "pressure.raid" }));
    counts(
        &server,
        &[
            ("group_by=day", &["2020-02-28 1", "2020-02-29 0", "2020-03-01 0", "2020-03-02 2", "null 1"]),
            ("group_by=day&date_from=2020-02-27&date_to=2020-02-29", &["2020-02-27 0", "2020-02-28 1", "2020-02-29 0"]),
            ("group_by=week&date_to=2020-03-15", &["2020-W09 1", "2020-W10 2", "2020-W11 0"]),
            ("group_by=month&kind=law&date_from=2020-01-31", &["2020-01 0", "2020-02 1", "2020-03 1"]),
            ("group_by=year&kind=law.proposed&date_from=2019-12-31&date_to=2020-01-01", &["2019 0", "2020 0"]),
            ("group_by=month&kind=law.proposed&date_from=2019-12-31", &[]),
            (
                "group_by=month,kind",
                &[
                    "2020-02 law.adopted 1",
                    "2020-02 pressure.raid 0",
                    "2020-03 law.adopted 1",
                    "2020-03 pressure.raid 1",
                    "null pressure.raid 1",
                ],
            ),
            (
                "group_by=kind,month",
                &[
                    "law.adopted 2020-02 1",
                    "law.adopted 2020-03 1",
                    "pressure.raid 2020-02 0",
                    "pressure.raid 2020-03 1",
                    "pressure.raid null 1",
                ],
            ),
            (
                "group_by=month,day",
                &[
                    "2020-02 2020-02-28 1",
                    "2020-02 2020-02-29 0",
                    "2020-03 2020-03-01 0",
                    "2020-03 2020-03-02 2",
                    "null null 1",
                ],
            ),
            (
                "group_by=month,week&date_to=2020-03-08",
                &["2020-02 2020-W09 1", "2020-03 2020-W09 0", "2020-03 2020-W10 2"],
            ),
        ],
    );
}

#[test]
fn more_rows_than_are_answered_are_refused_with_their_number() {
    let server = Server::start();
    server.incident(on("2020-03-02", json!({})));
    for (query, count) in [
        ("group_by=day&date_from=1800-01-01", "80415"),
        ("group_by=day&date_from=0001-01-01&date_to=9999-12-31", "146097"),
        ("group_by=day,month&date_from=1800-01-01", "80415"),
    ] {
        let fault = server.get(&format!("/v1/stats/incidents?{query}")).problem(422, "answer-too-large");
        assert_eq!(fault["name"], "group_by", "{query}");
        let detail = fault["detail"].as_str().expect("a text");
        assert!(detail.contains(count) && detail.contains("50000") && detail.contains("coarser"), "{query}: {detail}");
    }
    server.database.execute(
        "INSERT INTO incidents (id, dataset, title, kind, effect, coding_method, codebook, admin1)
         SELECT gen_random_uuid(), 'central-asia', 'x', 'law.adopted', 'restriction', 'human', '1.0', 'Region ' || n
         FROM generate_series(1, 49999) AS n",
    );
    assert_eq!(rows(&server.get("/v1/stats/incidents?group_by=admin1")).len(), 50_000);
    let refused = server.get("/v1/stats/incidents?group_by=admin1,year&date_to=2020-12-31&date_from=2020-01-01");
    assert_eq!(rows(&refused), ["null 2020 1"]);
    let fault = server.get("/v1/stats/incidents?group_by=admin1,kind&country_not=KG").status;
    assert_eq!(fault, 200);
    server.database.execute(
        "INSERT INTO incidents (id, dataset, title, kind, effect, coding_method, codebook, admin1)
         VALUES (gen_random_uuid(), 'central-asia', 'x', 'law.adopted', 'restriction', 'human', '1.0', 'Region 0')",
    );
    let fault = server.get("/v1/stats/incidents?group_by=admin1&kind_not=rating").problem(422, "answer-too-large");
    assert!(fault["detail"].as_str().is_some_and(|detail| detail.contains("50001 rows")), "{fault}");
}
