//! What is derived from records: the same when it is derived again, and in step with what is written meanwhile.

use civicspace::db::{Database, DatabaseOptions};
use civicspace::deriving::bring_up_to_date;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use serde_json::json;

use crate::harness::{RUNTIME, Server};

const TABLES: [&str; 8] = [
    "entity_names",
    "article_words",
    "entity_words",
    "incident_words",
    "entity_tails",
    "place_tails",
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

fn derive(server: &Server) {
    RUNTIME.block_on(async {
        let database = Database::new(&server.database.url(), &DatabaseOptions::default()).expect("a pool");
        bring_up_to_date(&database).await.expect("it is derived");
    });
}

#[test]
fn what_is_derived_again_is_what_was_derived_when_it_was_written() {
    let server = Server::seeded();
    let written: Vec<Vec<String>> = TABLES.iter().map(|table| rows(&server, table)).collect();
    for (table, rows) in TABLES.iter().zip(&written) {
        assert!(!rows.is_empty(), "{table}");
        server.database.execute(&format!("DELETE FROM {table}"));
    }
    server.database.execute("UPDATE derivations SET edition = 0, done_up_to = NULL");
    derive(&server);
    for (table, written) in TABLES.iter().zip(written) {
        assert!(rows(&server, table) == written, "{table} is another one");
    }
}

#[test]
fn what_is_up_to_date_is_left_alone_and_what_was_broken_off_goes_on() {
    let server = Server::start();
    let first = server.entity(json!({ "id": "00000000-0000-7000-8000-000000000001", "name": "First" }));
    server.entity(json!({ "id": "00000000-0000-7000-8000-000000000002", "name": "Second" }));
    derive(&server);
    server.database.execute("DELETE FROM entity_words");
    derive(&server);
    assert_eq!(rows(&server, "entity_words").len(), 0);
    server.database.execute(&format!("UPDATE derivations SET done_up_to = '{first}' WHERE record_type = 'entity'"));
    derive(&server);
    assert_eq!(rows(&server, "entity_words").len(), 1);
    server.database.execute("UPDATE derivations SET edition = 1000, done_up_to = NULL; DELETE FROM entity_words");
    derive(&server);
    assert_eq!(rows(&server, "entity_words").len(), 0, "a later program has derived it");
}
