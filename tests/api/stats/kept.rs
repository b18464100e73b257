//! Answers that are kept: the same, until something changes.

use civicspace::http::auth::Role;
use serde_json::json;

use super::rows;
use crate::harness::Server;

const QUERY: &str = "/v1/stats/incidents?group_by=kind&measure=detained";

/// Changes what is counted behind the back of all.
fn change_unseen(server: &Server) {
    server.database.execute("UPDATE figures SET low = 7, high = 7");
}

fn with_an_incident() -> Server {
    let server = Server::start();
    server.incident(json!({ "kind": "pressure.raid", "figures": [{ "measure": "detained", "low": 1, "high": 1, "claimant_class": "police" }] }));
    server
}

#[test]
fn an_answer_is_kept_for_anybody_and_never_for_editors() {
    let server = with_an_incident();
    let (reader, editor) = (server.key(Role::Reader), server.key(Role::Editor));
    assert_eq!(rows(&server.get(QUERY)), ["pressure.raid 1 (1..1 of 1)"]);
    assert_eq!(rows(&server.get_as(&editor, QUERY)), ["pressure.raid 1 (1..1 of 1)"]);
    change_unseen(&server);
    assert_eq!(rows(&server.get(QUERY)), ["pressure.raid 1 (1..1 of 1)"]);
    assert_eq!(
        rows(&server.get("/v1/stats/incidents?measure=detained&group_by=kind")),
        ["pressure.raid 1 (1..1 of 1)"]
    );
    assert_eq!(rows(&server.get_as(&reader, QUERY)), ["pressure.raid 1 (1..1 of 1)"]);
    assert_eq!(rows(&server.get_as(&editor, QUERY)), ["pressure.raid 1 (7..7 of 1)"]);
    assert_eq!(rows(&server.get(&format!("{QUERY}&unit=people"))), Vec::<String>::new());
}

#[test]
fn whatever_is_written_is_seen_at_once() {
    let server = with_an_incident();
    let editor = server.key(Role::Editor);
    assert_eq!(rows(&server.get(QUERY)), ["pressure.raid 1 (1..1 of 1)"]);
    change_unseen(&server);
    let article = json!({ "title": "Elsewhere", "language": "en" });
    assert_eq!(server.write(&editor, "POST", "/v1/articles", &article, &[]).status, 201);
    assert_eq!(rows(&server.get(QUERY)), ["pressure.raid 1 (7..7 of 1)"]);
}

#[test]
fn the_longest_answer_is_kept_too() {
    let server = Server::start();
    for (kind, day) in
        [("pressure.raid", "1964-01-01"), ("law.adopted", "2000-01-01"), ("assembly.protest", "2009-08-17")]
    {
        server.incident(json!({ "kind": kind, "start_date": day, "end_date": day, "date_precision": "day" }));
    }
    let query = "/v1/stats/incidents?group_by=day,kind";
    let before = server.get(query).at("/data");
    assert_eq!(before.as_array().expect("rows").len(), 49_998);
    server.database.execute("UPDATE incidents SET kind = 'pressure.raid'");
    assert_eq!(server.get(query).at("/data"), before);
}

#[test]
fn a_dataset_that_is_hidden_is_no_longer_counted() {
    let server = with_an_incident();
    let admin = server.key(Role::Admin);
    assert_eq!(rows(&server.get(QUERY)), ["pressure.raid 1 (1..1 of 1)"]);
    for (access, expected) in [("internal", 0), ("public", 1)] {
        let tag = server.get_as(&admin, "/v1/datasets/central-asia").tag();
        let headers = [("If-Match", &*format!("W/\"{tag}\""))];
        let changed =
            server.write(&admin, "PATCH", "/v1/datasets/central-asia", &json!({ "access": access }), &headers);
        assert_eq!(changed.status, 200, "{changed}");
        assert_eq!(rows(&server.get(QUERY)).len(), expected, "{access}");
    }
}

#[test]
fn an_answer_has_a_tag_and_who_has_it_already_gets_none() {
    let server = with_an_incident();
    let first = server.get(QUERY);
    assert_eq!(first.header("cache-control"), Some("public, max-age=30, must-revalidate"));
    let tag = format!("W/\"{}\"", first.tag());
    assert_eq!(server.get_with(QUERY, &[("If-None-Match", &tag)]).status, 304);
    let editor = server.get_as(&server.key(Role::Editor), QUERY);
    assert_eq!((editor.tag(), editor.header("cache-control")), (first.tag(), Some("private, no-cache")));
    assert_eq!(server.request("HEAD", QUERY, &[]).tag(), first.tag());
}

#[test]
fn who_asks_what_another_one_asks_waits_for_one_answer() {
    let server = with_an_incident();
    // Whoever sums figures waits for a lock.
    server.database.execute(
        "ALTER TABLE figures RENAME TO stored_figures;
         CREATE FUNCTION waiting() RETURNS boolean LANGUAGE plpgsql COST 100000 AS 'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN true; END';
         CREATE VIEW figures AS SELECT * FROM stored_figures WHERE waiting()",
    );
    std::thread::scope(|scope| {
        server.database.locked("SELECT pg_advisory_xact_lock(42)", || {
            let asked: Vec<_> = (0..4).map(|_| scope.spawn(|| server.get(QUERY))).collect();
            server.database.until(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'civicspace'
                 HAVING count(*) FILTER (WHERE wait_event_type = 'Lock') = 1 AND count(*) FILTER (WHERE state = 'idle in transaction') = 3",
            );
            server.database.release();
            for answer in asked {
                assert_eq!(rows(&answer.join().expect("an answer")), ["pressure.raid 1 (1..1 of 1)"]);
            }
        });
    });
}
