//! Exports: the whole of what fits, in files.

mod agreement;
mod command;
mod csv;
mod fetching;
mod ftm;
mod maps;
mod parquet;
mod values;

use std::collections::BTreeSet;

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use crate::harness::Server;

/// The ids of the records of a list, page by page.
fn walk(server: &Server, resource: &str, query: &str) -> BTreeSet<String> {
    let (mut ids, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = server.get(&format!("/v1/{resource}?limit=200&{query}{cursor}"));
        assert_eq!(page.status, 200, "{page}");
        ids.extend(page.texts("/id"));
        let Some(next) = page.at("/meta/next_cursor").as_str().map(str::to_owned) else { return ids };
        cursor = format!("&cursor={next}");
    }
}

#[test]
fn every_format_holds_the_records_of_the_list_once() {
    let server = Server::seeded();
    for (resource, query) in [
        ("incidents", ""),
        ("incidents", "country=KG&kind=liberty,justice&date_from=2019-01-01"),
        ("incidents", "q=Japarov"),
        ("incidents", "near=74.59,42.87,50"),
        ("incidents", "measure=detained&min_figure=100"),
        ("incidents", "country=AF"),
        ("articles", ""),
        ("articles", "q=police"),
        ("entities", ""),
        ("entities", "kind=person&country=KZ"),
        ("entities", "q=Жапаров".replace("Жапаров", "%D0%96%D0%B0%D0%BF%D0%B0%D1%80%D0%BE%D0%B2").leak()),
    ] {
        let ids = walk(&server, resource, query);
        let csv = server.get(&format!("/v1/{resource}.csv?{query}"));
        let in_csv: Vec<String> = csv.rows().iter().map(|row| row["id"].clone()).collect();
        let lines = server.get(&format!("/v1/{resource}.ndjson?{query}"));
        let in_lines: Vec<String> =
            lines.lines().iter().map(|line| line["id"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(in_csv, in_lines, "{resource} {query}");
        assert_eq!(in_csv.iter().cloned().collect::<BTreeSet<_>>(), ids, "{resource} {query}");
        assert_eq!(in_csv.len(), ids.len(), "{resource} {query}");
        assert!(in_csv.is_sorted(), "{resource} {query}");
    }
}

#[test]
fn a_line_is_the_record_as_the_list_gives_it() {
    let server = Server::seeded();
    for resource in ["articles", "entities", "incidents"] {
        let mut listed = server.all(&format!("/v1/{resource}"));
        listed.sort_by_key(|record| record["id"].to_string());
        let exported = server.get(&format!("/v1/{resource}.ndjson")).lines();
        assert!(listed == exported, "{resource}");
    }
}

#[test]
fn more_records_than_are_read_at_a_time_are_all_there_with_their_parts() {
    let server = Server::start();
    server.incident_on("2020-03-02", "the first");
    many_incidents(&server, 3_203);
    let (person, article) =
        (server.entity(json!({ "name": "Somebody" })), server.article(json!({ "title": "Report" })));
    server.database.execute(&format!(
        "INSERT INTO participants (incident_id, position, entity_id, role) SELECT id, 0, '{person}', 'target' FROM incidents;
         INSERT INTO sources (incident_id, position, article_id, role) SELECT id, 0, '{article}', 'primary' FROM incidents"
    ));
    let lines = server.get("/v1/incidents.ndjson").lines();
    assert_eq!(lines.len(), 3_204);
    let titles: BTreeSet<String> = lines.iter().map(|line| line["title"].to_string()).collect();
    assert_eq!(titles.len(), 3_204);
    for line in &lines {
        let named = (&line["participants"][0]["entity"]["name"], &line["sources"][0]["article"]["title"]);
        assert_eq!(named, (&json!("Somebody"), &json!("Report")), "{}", line["title"]);
    }
    let drawn = server.get("/v1/incidents.geojson");
    assert_eq!(drawn.at("/features").as_array().map(Vec::len), Some(3_204));
    assert_eq!(server.get("/v1/participants.csv").rows().len(), 3_204);
}

/// Stores as many more incidents, a kilobyte each.
fn many_incidents(server: &Server, count: usize) {
    server.database.execute(&format!(
        "INSERT INTO incidents (id, dataset, title, summary, kind, effect, coding_method, codebook)
         SELECT ('0190d6a0-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'central-asia', 'number ' || n, repeat('word ', 200), 'assembly.protest', 'neutral', 'human', '1.0'
         FROM generate_series(1, {count}) AS n"
    ));
}

#[test]
fn fields_name_what_is_given_and_in_which_order() {
    let server = Server::start();
    server.incident_on("2020-03-02", "a title");
    let csv = server.get("/v1/incidents.csv?fields=title,start_date,country");
    assert_eq!(String::from_utf8_lossy(&csv.body), "title,start_date,country\r\na title,2020-03-02,\r\n");
    let lines =
        server.raw(b"GET /v1/incidents.ndjson?fields=title,location HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let location =
        json!({ "country": null, "admin1": null, "place": null, "lat": null, "lon": null, "precision": "unknown" });
    assert_eq!(lines.lines(), [json!({ "title": "a title", "location": location })]);
    assert!(lines.body.starts_with(b"{\"title\""), "{lines}");
    let unknown = server.get("/v1/incidents.csv?fields=id,contry").problem(400, "invalid-parameter");
    assert_eq!(unknown["name"], "fields");
    assert!(unknown["detail"].as_str().is_some_and(|detail| detail.contains("`country`")), "{unknown}");
    server.get("/v1/incidents.csv?fields=id,id").problem(400, "invalid-parameter");
    server.get("/v1/incidents.csv?fields=").problem(400, "invalid-parameter");
    // A member of a record is no column of the table, and the other way round.
    server.get("/v1/incidents.csv?fields=location").problem(400, "invalid-parameter");
    server.get("/v1/incidents.ndjson?fields=country").problem(400, "invalid-parameter");
    let feature = server.get("/v1/incidents.geojson?fields=title,country").at("/features/0");
    assert_eq!(feature["properties"], json!({ "title": "a title", "country": null }));
    // The point is the geometry.
    server.get("/v1/incidents.geojson?fields=lat").problem(400, "invalid-parameter");
}

#[test]
fn the_members_that_fields_may_name_are_those_of_the_record() {
    let server = Server::seeded();
    let document = crate::harness::document();
    for resource in ["articles", "entities", "incidents"] {
        let record = server.get(&format!("/v1/{resource}?limit=1")).at("/data/0");
        let members: BTreeSet<&str> = record.as_object().expect("a record").keys().map(String::as_str).collect();
        let parameters =
            document["paths"][format!("/v1/{resource}.ndjson")]["get"]["parameters"].as_array().expect("parameters");
        let fields = parameters.iter().find(|parameter| parameter["name"] == "fields").expect("fields");
        let named: BTreeSet<&str> =
            fields["schema"]["items"]["enum"].as_array().expect("names").iter().filter_map(Value::as_str).collect();
        assert_eq!(named, members, "{resource}");
    }
}

#[test]
fn drafts_and_internal_datasets_are_exported_for_editors_alone() {
    let server = Server::start();
    server.dataset("hidden", "internal");
    server.incident(json!({ "title": "public" }));
    server.incident(json!({ "title": "internal", "dataset": "hidden" }));
    server.incident(json!({ "title": "draft", "state": "draft" }));
    let titles = |answer: crate::harness::Answer| -> BTreeSet<String> {
        answer.rows().iter().map(|row| row["title"].clone()).collect()
    };
    let is = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(titles(server.get("/v1/incidents.csv")), is(&["public"]));
    server.get("/v1/incidents.csv?state=draft").problem(401, "unauthenticated");
    let reader = server.key(Role::Reader);
    server.get_as(&reader, "/v1/incidents.csv?state=draft").problem(403, "forbidden");
    assert_eq!(titles(server.get_as(&reader, "/v1/incidents.csv")), is(&["public"]));
    let editor = server.key(Role::Editor);
    assert_eq!(titles(server.get_as(&editor, "/v1/incidents.csv")), is(&["public", "internal"]));
    assert_eq!(
        titles(server.get_as(&editor, "/v1/incidents.csv?state=draft,published")),
        is(&["public", "internal", "draft"])
    );
}

#[test]
fn a_draft_that_lies_between_others_is_in_no_file() {
    let server = Server::start();
    let person = server.entity(json!({ "name": "Somebody" }));
    for (title, state) in [("first", "published"), ("draft", "draft"), ("last", "published")] {
        server.incident(json!({
            "title": title, "state": state,
            "participants": [{ "label": format!("of the {title}"), "role": "participant" }],
            "figures": [{ "measure": "detained", "low": 1, "claimant_class": "police" }],
            "legal_steps": [{ "entity": { "id": person }, "step": "detained" }],
        }));
    }
    for file in ["incidents", "participants", "figures", "legal_steps"] {
        let rows = server.get(&format!("/v1/{file}.csv")).rows();
        assert_eq!(rows.iter().map(|row| row["title"].as_str()).collect::<Vec<_>>(), ["first", "last"], "{file}");
        let lines = server.get(&format!("/v1/{file}.ndjson")).lines();
        assert_eq!(lines.len(), 2, "{file}");
    }
    server.incident(json!({ "title": "another", "participants": [{ "entity": { "id": person }, "role": "target" }] }));
    let entities = server.get("/v1/entities.ftm.ndjson");
    assert!(!entities.lines().iter().any(|line| line.to_string().contains("\"draft\"")), "{entities}");
}

#[test]
fn what_is_wrong_with_a_filter_is_said_as_for_the_list() {
    let server = Server::start();
    for path in [
        "/v1/incidents.csv",
        "/v1/incidents.ndjson",
        "/v1/incidents.geojson",
        "/v1/incidents.parquet",
        "/v1/figures.csv",
        "/v1/legal_steps.ndjson",
    ] {
        let fault = server.get(&format!("{path}?contry=KG")).problem(400, "invalid-parameter");
        assert_eq!(fault["name"], "contry", "{path}");
        server.get(&format!("{path}?min_figure=3")).problem(400, "invalid-parameter");
        server.get(&format!("{path}?limit=3")).problem(400, "invalid-parameter");
    }
}
