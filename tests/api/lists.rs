//! Lists: pages, cursors, orders, totals.

use serde_json::{Value, json};

use crate::harness::Server;

/// Every record of a list, page by page.
fn walk(server: &Server, path: &str) -> Vec<Value> {
    let mut records = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = server.get(&next);
        assert_eq!(page.status, 200, "{page}");
        records.extend(page.at("/data").as_array().expect("a list").clone());
        let Some(cursor) = page.at("/meta/next_cursor").as_str().map(str::to_owned) else {
            assert_eq!(page.header("link"), None);
            return records;
        };
        next = format!("{path}&cursor={cursor}");
    }
}

fn titles(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["title"].as_str().unwrap_or("null")).collect()
}

#[test]
fn a_walk_meets_every_incident_once_and_those_without_a_date_last() {
    let server = Server::start();
    for day in 1..=9 {
        server.incident_on(&format!("2020-03-0{day}"), &format!("day {day}"));
    }
    server.incident(json!({ "title": "undated a" }));
    server.incident(json!({ "title": "undated b" }));
    let newest_first = walk(&server, "/v1/incidents?limit=2");
    assert_eq!(newest_first.len(), 11);
    assert_eq!(titles(&newest_first)[..3], ["day 9", "day 8", "day 7"]);
    assert!(titles(&newest_first)[9..].iter().all(|title| title.starts_with("undated")));
    let oldest_first = walk(&server, "/v1/incidents?limit=3&sort=date");
    assert_eq!(titles(&oldest_first)[..3], ["day 1", "day 2", "day 3"]);
    assert!(titles(&oldest_first)[9..].iter().all(|title| title.starts_with("undated")));
}

#[test]
fn records_with_the_same_sort_key_are_all_met() {
    let server = Server::start();
    for i in 0..7 {
        server.incident_on("2020-03-02", &format!("{i}"));
        server.article(json!({ "title": format!("{i}"), "published_on": "2020-03-04", "published_precision": "day" }));
        server.entity(json!({ "name": "Namesake" }));
    }
    for path in [
        "/v1/incidents?limit=2",
        "/v1/incidents?limit=2&sort=date",
        "/v1/articles?limit=3",
        "/v1/entities?limit=2&sort=-name",
    ] {
        let mut ids: Vec<String> = walk(&server, path).iter().map(|record| record["id"].to_string()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 7, "{path}");
    }
}

#[test]
fn a_row_that_is_withdrawn_in_the_middle_of_a_walk_does_not_break_it() {
    let server = Server::start();
    let ids: Vec<_> = (1..=4).map(|day| server.incident_on(&format!("2020-03-0{day}"), &format!("{day}"))).collect();
    let first = server.get("/v1/incidents?limit=2&sort=date");
    first.lists("/title", &["1", "2"]);
    server.database.execute(&format!("UPDATE incidents SET state = 'retracted' WHERE id = '{}'", ids[1]));
    let cursor = first.at("/meta/next_cursor");
    server
        .get(&format!("/v1/incidents?limit=2&sort=date&cursor={}", cursor.as_str().expect("a cursor")))
        .lists("/title", &["3", "4"]);
}

#[test]
fn the_link_header_leads_to_the_next_page_with_the_same_filters() {
    let server = Server::start();
    for day in 1..=3 {
        server.incident(json!({
            "title": format!("{day}"), "start_date": format!("2020-03-0{day}"), "end_date": format!("2020-03-0{day}"),
            "date_precision": "day", "kind": "pressure.raid"
        }));
    }
    let first = server.get("/v1/incidents?kind=pressure&limit=2");
    let link = first.header("link").expect("a link");
    let target = link.strip_prefix('<').and_then(|rest| rest.split_once('>')).expect("a target");
    assert_eq!(target.1, "; rel=\"next\"");
    server.get(target.0).lists("/title", &["1"]);
}

#[test]
fn a_total_is_given_when_it_is_asked_for() {
    let server = Server::start();
    for i in 0..3 {
        server.entity(json!({ "name": format!("{i}"), "country": if i == 0 { "KZ" } else { "KG" } }));
    }
    assert_eq!(server.get("/v1/entities?country=KG").at("/meta/total"), Value::Null);
    let counted = server.get("/v1/entities?country=KG&include_total=true&limit=1");
    assert_eq!(counted.at("/meta/total"), json!({ "value": 2, "relation": "eq" }));
    assert_eq!(counted.at("/meta/limit"), 1);
}

#[test]
fn a_total_above_ten_thousand_is_a_lower_bound() {
    let server = Server::start();
    server.entity(json!({}));
    let insert = "INSERT INTO entities (id, dataset, kind, name) SELECT gen_random_uuid(), 'central-asia', 'person', n::text FROM generate_series(1, $1) n";
    server.database.execute(&insert.replace("$1", "9999"));
    assert_eq!(
        server.get("/v1/entities?limit=1&include_total=true").at("/meta/total"),
        json!({ "value": 10000, "relation": "eq" })
    );
    server.database.execute(&insert.replace("$1", "1"));
    assert_eq!(
        server.get("/v1/entities?limit=1&include_total=true").at("/meta/total"),
        json!({ "value": 10000, "relation": "gte" })
    );
}

#[test]
fn the_revision_is_the_number_of_the_last_change() {
    let server = Server::start();
    assert_eq!(server.get("/v1/incidents").at("/meta/revision"), 0);
    server.incident(json!({}));
    server.entity(json!({}));
    assert_eq!(server.get("/v1/incidents").at("/meta/revision"), 2);
}

#[test]
fn a_cursor_is_taken_for_its_own_list_filters_and_sort_alone() {
    let server = Server::start();
    for i in 0..3 {
        server.incident(json!({ "title": format!("{i}") }));
    }
    let page = server.get("/v1/incidents?limit=1&effect=neutral");
    let cursor = page.at("/meta/next_cursor").as_str().expect("a cursor").to_owned();
    for path in [
        format!("/v1/incidents?limit=1&cursor={cursor}"),
        format!("/v1/incidents?limit=1&effect=positive&cursor={cursor}"),
        format!("/v1/incidents?limit=1&effect=neutral&sort=date&cursor={cursor}"),
        format!("/v1/articles?cursor={cursor}"),
        format!("/v1/incidents?effect=neutral&cursor={}", &cursor[..cursor.len() - 4]),
        format!("/v1/incidents?effect=neutral&cursor={}A{}", &cursor[..20], &cursor[21..]),
        "/v1/incidents?cursor=AAAA".to_owned(),
        "/v1/incidents?cursor=%21%21".to_owned(),
        "/v1/incidents?cursor=".to_owned(),
    ] {
        let fault = server.get(&path).problem(400, "invalid-parameter");
        assert_eq!((&fault["in"], &fault["name"]), (&json!("query"), &json!("cursor")), "{path}");
    }
    assert_eq!(server.get(&format!("/v1/incidents?effect=neutral&limit=2&cursor={cursor}")).each("/id").len(), 2);
}

#[test]
fn a_cursor_outlives_the_server_that_made_it() {
    let server = Server::start();
    for i in 0..3 {
        server.entity(json!({ "name": format!("{i}") }));
    }
    let cursor = server.get("/v1/entities?limit=2").at("/meta/next_cursor");
    let path = format!("/v1/entities?limit=2&cursor={}", cursor.as_str().expect("a cursor"));
    let another = Server::beside(&server);
    another.get(&path).lists("/name", &["2"]);
}

#[test]
fn orders_by_time_of_change_and_of_storing_are_offered() {
    let server = Server::start();
    let first = server.article(json!({ "title": "first" }));
    server.article(json!({ "title": "second" }));
    server.article(json!({ "id": first.to_string(), "title": "first, edited" }));
    server.get("/v1/articles?sort=updated").lists("/title", &["second", "first, edited"]);
    server.get("/v1/articles?sort=-updated").lists("/title", &["first, edited", "second"]);
    server.get("/v1/articles?sort=created").lists("/title", &["first, edited", "second"]);
    server.get("/v1/articles?sort=-created").lists("/title", &["second", "first, edited"]);
    assert_eq!(walk(&server, "/v1/articles?sort=-updated&limit=1").len(), 2);
}
