//! What is derived from records: the same when it is derived again, and in step with what is written meanwhile.

use civicspace::db::{Database, DatabaseOptions};
use civicspace::deriving::bring_up_to_date_if_outdated;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use serde_json::json;

use crate::harness::{RUNTIME, Server};

const TABLES: [&str; 9] = [
    "entity_names",
    "name_words",
    "article_words",
    "entity_words",
    "incident_words",
    "entity_rotations",
    "place_rotations",
    "article_titles",
    "article_addresses",
];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

/// All rows of a derived table, in an order of their own.
fn rows(server: &Server, table: &str) -> Vec<String> {
    use diesel_async::RunQueryDsl;
    let query = format!("SELECT row::text AS text FROM {table} AS row ORDER BY 1");
    let rows: Vec<Row> = RUNTIME.block_on(async {
        let mut connection = server.database.connection().await;
        diesel::sql_query(query).load(&mut connection).await.expect("the rows")
    });
    rows.into_iter().map(|row| row.text).collect()
}

#[test]
fn what_is_derived_again_is_what_was_derived_when_it_was_written() {
    let server = Server::seeded();
    let written: Vec<Vec<String>> = TABLES.iter().map(|table| rows(&server, table)).collect();
    for (table, rows) in TABLES.iter().zip(&written) {
        assert!(!rows.is_empty(), "{table}");
        server.database.execute(&format!("DELETE FROM {table}"));
    }
    server.database.derive();
    for (table, written) in TABLES.iter().zip(written) {
        let again = rows(&server, table);
        let differs = again.iter().zip(&written).find(|(again, written)| again != written);
        assert!(again == written, "{table} is another one: {differs:?}");
    }
}

#[test]
fn what_older_rules_derived_is_derived_again_and_what_newer_ones_did_is_left() {
    let server = Server::start();
    let name = |name: &str| server.entity(json!({ "name": name })).to_string();
    let (current, older, newer) = (name("Current"), name("Older"), name("Newer"));
    let set = |id: &str, edition: &str| {
        let query = format!("UPDATE entity_words SET words = '', edition = edition {edition} WHERE entity_id = '{id}'");
        server.database.execute(&query);
    };
    set(&current, "+ 0");
    set(&older, "- 1");
    set(&newer, "+ 1");
    server.database.derive();
    let found = |name: &str| server.get(&format!("/v1/search?q={name}")).json()["data"].as_array().map(Vec::len);
    assert_eq!(found("Older"), Some(1));
    let words = rows(&server, "entity_words");
    let is_empty = |id: &str| words.iter().any(|row| row.contains(id) && row.contains(",\"\","));
    assert!(is_empty(&current) && is_empty(&newer) && !is_empty(&older), "{words:?}");
}

#[test]
fn what_was_written_without_deriving_is_derived_by_the_next_that_does() {
    let server = Server::start();
    let id = server.entity(json!({ "name": "Zarina" })).to_string();
    server.database.execute("DELETE FROM entity_words");
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name) SELECT gen_random_uuid(), 'central-asia', 'person', 'Number' || n
         FROM generate_series(1, 1200) AS n",
    );
    server.database.derive();
    let words = rows(&server, "entity_words");
    assert_eq!(words.len(), 1201);
    assert!(words.iter().any(|row| row.contains(&id) && row.contains("^zarina")), "{id}");
}

#[test]
fn a_server_that_starts_derives_what_older_rules_did() {
    let server = Server::start();
    server.entity(json!({ "name": "Zarina" }));
    let outdate = || server.database.execute("UPDATE entity_words SET words = '', edition = edition - 1");
    let bring_up_to_date = || {
        RUNTIME.block_on(async {
            let database = Database::new(&server.database.url(), &DatabaseOptions::default()).expect("a pool");
            bring_up_to_date_if_outdated(&database).await.expect("it is derived");
        });
    };
    outdate();
    bring_up_to_date();
    assert!(rows(&server, "entity_words")[0].contains("^zarina"));
    server.database.execute("UPDATE entity_words SET words = ''");
    bring_up_to_date();
    assert!(!rows(&server, "entity_words")[0].contains("^zarina"), "nothing was outdated");
}
