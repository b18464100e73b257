//! A dataset that turns while others write or turn: each waits, and nothing internal is ever shown.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use super::{administered, patch};
use crate::harness::{RUNTIME, Server};

/// What one who changes datasets holds.
const TURNING: &str = "SELECT pg_advisory_xact_lock(hashtextextended('civicspace.datasets', 0))";

/// What one who writes records holds.
const WRITING: &str = "SELECT pg_advisory_xact_lock_shared(hashtextextended('civicspace.datasets', 0))";

/// Waits until so many statements wait for a lock.
fn until_waiting(server: &Server) {
    server
        .database
        .until("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
}

#[test]
fn a_reference_waits_for_the_dataset_that_it_leads_to_and_then_is_refused() {
    let (server, admin) = administered();
    server.dataset("notes", "public");
    let entity = server.entity(json!({ "dataset": "notes", "external_id": "e" }));
    for key in [json!({ "id": entity }), json!({ "dataset": "notes", "external_id": "e" })] {
        let article = json!({ "title": "A", "language": "en", "mentions": [{ "entity": key }] });
        let mut turning = RUNTIME.block_on(server.database.connection());
        let begin = format!("BEGIN; {TURNING}; UPDATE datasets SET access = 'internal' WHERE slug = 'notes'");
        RUNTIME.block_on(turning.batch_execute(&begin)).expect("it is turned");
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| server.write(&admin, "POST", "/v1/articles", &article, &[]));
            until_waiting(&server);
            RUNTIME.block_on(turning.batch_execute("COMMIT")).expect("it ends");
            let fault = writer.join().expect("an answer").problem(422, "invalid-content");
            assert_eq!(fault["code"], "unavailable_reference");
        });
        server.database.execute("UPDATE datasets SET access = 'public'");
    }
}

#[test]
fn a_dataset_waits_for_what_is_being_written_before_it_turns() {
    let (server, admin) = administered();
    server.dataset("notes", "public");
    let entity = server.entity(json!({ "dataset": "notes" }));
    let article = server.article(json!({}));
    let mut writing = RUNTIME.block_on(server.database.connection());
    let begin = format!(
        "BEGIN; {WRITING}; INSERT INTO mentions (article_id, position, entity_id) VALUES ('{article}', 0, '{entity}')"
    );
    RUNTIME.block_on(writing.batch_execute(&begin)).expect("a reference");
    std::thread::scope(|scope| {
        let turner = scope.spawn(|| patch(&server, &admin, "notes", json!({ "access": "internal" })));
        until_waiting(&server);
        // Who comes later does not get ahead of it, so it waits for those who were there before alone.
        let later = WRITING.replace("SELECT pg_advisory", "SELECT 1 / (NOT pg_try_advisory");
        server.database.execute(&format!("{later})::int"));
        RUNTIME.block_on(writing.batch_execute("COMMIT")).expect("it ends");
        turner.join().expect("an answer").problem(409, "referenced");
    });
    // Nor is a record withdrawn while the log is told of it.
    let mut turning = RUNTIME.block_on(server.database.connection());
    RUNTIME.block_on(turning.batch_execute(&format!("BEGIN; {TURNING}"))).expect("a lock");
    std::thread::scope(|scope| {
        let authorization = format!("Bearer {admin}");
        let path = format!("/v1/articles/{article}");
        let server = &server;
        let withdrawer = scope.spawn(move || server.request("DELETE", &path, &[("Authorization", &authorization)]));
        until_waiting(server);
        RUNTIME.block_on(turning.batch_execute("COMMIT")).expect("it ends");
        assert_eq!(withdrawer.join().expect("an answer").status, 204);
    });
}

#[test]
fn two_datasets_that_turn_at_once_never_expose_what_is_internal() {
    let (server, admin) = administered();
    server.dataset("notes", "internal");
    server.dataset("sources", "public");
    let entity = server.entity(json!({ "dataset": "sources" }));
    server.article(json!({ "dataset": "notes", "publisher": { "id": entity } }));
    for _ in 0..10 {
        let (notes, sources) = std::thread::scope(|scope| {
            let notes = scope.spawn(|| patch(&server, &admin, "notes", json!({ "access": "public" })).status);
            let sources = scope.spawn(|| patch(&server, &admin, "sources", json!({ "access": "internal" })).status);
            (notes.join().expect("an answer"), sources.join().expect("an answer"))
        });
        assert!(matches!((notes, sources), (200, 409) | (409, 200)), "{notes} {sources}");
        server.database.execute(
            "UPDATE datasets SET access = 'internal' WHERE slug = 'notes';
             UPDATE datasets SET access = 'public', public_until = NULL, hidden_because = NULL WHERE slug = 'sources'",
        );
    }
}
