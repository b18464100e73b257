//! Figures, participants and legal steps, a row each.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::Server;

/// A server with an incident that has three figures, three participants and three legal steps, and one that has none; and the ids of
/// the ministry and the two people in it.
fn stocked() -> (Server, [Uuid; 3]) {
    let server = Server::start();
    let ministry = server.entity(json!({ "kind": "public_body", "name": "Ministry" }));
    let [anna, bolot] = ["Anna", "Bolot"].map(|name| server.entity(json!({ "name": name })));
    let article = server.article(json!({ "title": "Report", "url": "https://example.org/report" }));
    server.incident(json!({
        "title": "Detentions", "kind": "liberty.detention",
        "start_date": "2020-03-02", "end_date": "2020-03-03", "date_precision": "day",
        "location": { "country": "KG", "admin1": "Bishkek Shaary", "place": "Bishkek", "lat": null, "lon": null, "precision": "settlement" },
        "sources": [{ "article": { "id": article }, "role": "primary" }],
        "participants": [
            { "entity": { "id": anna }, "role": "target", "article": { "id": article } },
            { "entity": { "id": bolot }, "role": "witness" },
            { "label": "passers-by", "role": "target" },
        ],
        "figures": [
            { "measure": "detained", "low": 166, "high": 166, "claimant_class": "ministry", "claimant": { "id": ministry }, "article": { "id": article } },
            { "measure": "detained", "low": 200, "claimant_class": "ngo", "places": ["Bishkek", "Osh"] },
            { "measure": "injured", "high": 12.5, "approximate": true, "claimant_class": "ministry" },
        ],
        "legal_steps": [
            { "entity": { "id": anna }, "step": "detained", "date": "2020-03-02", "date_precision": "day", "authority": { "id": ministry } },
            { "entity": { "id": anna }, "step": "sentenced", "date": "2020-03-01", "date_precision": "month", "charge": "disobedience",
              "penalty": { "kind": "fine", "amount": 3000, "unit": "KGS", "suspended": true } },
            { "entity": { "id": bolot }, "step": "released" },
        ],
    }));
    server.incident(json!({ "title": "Nothing else is known" }));
    (server, [ministry, anna, bolot])
}

fn column(server: &Server, path: &str, column: &str) -> Vec<String> {
    server.get(path).rows().iter().map(|row| row[column].clone()).collect()
}

#[test]
fn a_value_stands_behind_its_incident() {
    let (server, [ministry, anna, bolot]) = stocked();
    let figures = server.get("/v1/figures.csv").rows();
    assert_eq!(figures.len(), 3);
    for (column, cell) in [
        ("start_date", "2020-03-02"),
        ("end_date", "2020-03-03"),
        ("date_precision", "day"),
        ("country", "KG"),
        ("admin1", "Bishkek Shaary"),
        ("place", "Bishkek"),
        ("kind", "liberty.detention"),
        ("title", "Detentions"),
        ("dataset", "central-asia"),
        ("position", "0"),
        ("measure", "detained"),
        ("low", "166"),
        ("high", "166"),
        ("best", ""),
        ("approximate", "false"),
        ("claimant_class", "ministry"),
        ("claimant", "Ministry"),
        ("claimant_id", &ministry.to_string()),
        ("article", "Report"),
        ("article_url", "https://example.org/report"),
    ] {
        assert_eq!(figures[0][column], cell, "{column}");
    }
    assert_eq!(figures[1]["places"], "Bishkek|Osh");
    assert_eq!((figures[2]["high"].as_str(), figures[2]["approximate"].as_str()), ("12.5", "true"));
    let participants = server.get("/v1/participants.csv").rows();
    let told: Vec<[&str; 4]> = participants
        .iter()
        .map(|row| ["entity", "entity_id", "label", "role"].map(|column| row[column].as_str()))
        .collect();
    let [anna, bolot] = [anna, bolot].map(|id| id.to_string());
    assert_eq!(
        told,
        [["Anna", &anna, "", "target"], ["Bolot", &bolot, "", "witness"], ["", "", "passers-by", "target"]]
    );
    let steps = server.get("/v1/legal_steps.ndjson").lines();
    assert_eq!(steps.len(), 3);
    assert_eq!((&steps[0]["authority"], &steps[0]["step_date"]), (&json!("Ministry"), &json!("2020-03-02")));
    let sentence = [
        "entity",
        "step",
        "step_date_precision",
        "date_precision",
        "charge",
        "penalty_kind",
        "penalty_amount",
        "penalty_unit",
        "penalty_suspended",
    ];
    assert_eq!(
        sentence.map(|member| steps[1][member].clone()),
        ["Anna", "sentenced", "month", "day", "disobedience", "fine", "3000", "KGS", "true"].map(|text| match text {
            "3000" => json!(3000),
            "true" => json!(true),
            text => json!(text),
        })
    );
    assert_eq!(
        ["penalty_kind", "penalty_suspended", "step_date"].map(|member| steps[2][member].clone()),
        [Value::Null, Value::Null, Value::Null]
    );
}

#[test]
fn a_filter_selects_the_values_as_well_as_their_incidents() {
    let (server, [ministry, anna, bolot]) = stocked();
    let figures = |query: &str| column(&server, &format!("/v1/figures.csv?{query}"), "position");
    assert_eq!(figures("measure=detained"), ["0", "1"]);
    assert_eq!(figures("measure=detained&min_figure=167"), ["1"]);
    assert_eq!(figures("measure=injured&min_figure=1"), [""; 0]);
    assert_eq!(figures("claimant_class=ministry"), ["0", "2"]);
    assert_eq!(figures("claimant_class=ministry,ngo&measure=detained"), ["0", "1"]);
    assert_eq!(figures(&format!("entity={ministry}")), ["0"]);
    assert_eq!(figures(&format!("entity={anna}")), [""; 0]);
    assert_eq!(figures("role=target"), ["0", "1", "2"]);
    assert_eq!(figures("country=KZ"), [""; 0]);
    let participants = |query: &str| column(&server, &format!("/v1/participants.csv?{query}"), "position");
    assert_eq!(participants("role=target"), ["0", "2"]);
    assert_eq!(participants(&format!("entity={anna},{bolot}")), ["0", "1"]);
    assert_eq!(participants(&format!("entity={anna}&role=target")), ["0"]);
    assert_eq!(participants(&format!("entity={anna}&role=witness")), [""; 0]);
    assert_eq!(participants("step=sentenced&measure=injured"), ["0", "1", "2"]);
    let steps = |query: &str| column(&server, &format!("/v1/legal_steps.csv?{query}"), "position");
    assert_eq!(steps("step=sentenced,released"), ["1", "2"]);
    assert_eq!(steps(&format!("entity={anna}")), ["0", "1"]);
    assert_eq!(steps(&format!("entity={bolot}&step=released")), ["2"]);
    assert_eq!(steps("role=witness"), ["0", "1", "2"]);
}

#[test]
fn a_merged_id_selects_the_values_of_the_survivor() {
    let (server, [ministry, anna, bolot]) = stocked();
    let [old_anna, old_ministry] = ["A. Anna", "The ministry"].map(|name| server.entity(json!({ "name": name })));
    server.merge("entities", old_anna, anna);
    server.merge("entities", old_ministry, ministry);
    assert_eq!(column(&server, &format!("/v1/legal_steps.csv?entity={old_anna}"), "position"), ["0", "1"]);
    assert_eq!(column(&server, &format!("/v1/participants.csv?entity={old_anna},{bolot}"), "position"), ["0", "1"]);
    assert_eq!(column(&server, &format!("/v1/figures.csv?entity={old_ministry}"), "position"), ["0"]);
}

#[test]
fn lines_have_the_members_of_the_columns_and_fields_choose_among_them() {
    let (server, _) = stocked();
    for file in ["figures", "participants", "legal_steps"] {
        let header = server.get(&format!("/v1/{file}.csv")).rows()[0].keys().cloned().collect::<Vec<_>>();
        let mut members: Vec<String> =
            server.get(&format!("/v1/{file}.ndjson")).lines()[0].as_object().expect("a line").keys().cloned().collect();
        members.sort();
        assert_eq!(header, members, "{file}");
    }
    let lines = server.raw(
        b"GET /v1/figures.ndjson?fields=low,places&claimant_class=ngo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(lines.lines(), [json!({ "low": 200, "places": ["Bishkek", "Osh"] })]);
    assert_eq!(
        String::from_utf8_lossy(&server.get("/v1/figures.csv?fields=measure,low&claimant_class=ngo").body),
        "measure,low\r\ndetained,200\r\n"
    );
}
