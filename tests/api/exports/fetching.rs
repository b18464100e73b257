//! Fetching exports: caches, compression, callers that are slow or go away, and failures half-way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use civicspace::http::auth::Role;
use serde_json::json;

use super::many_incidents;
use crate::harness::Server;

#[test]
fn an_export_says_what_it_is_called_and_who_has_it_already_gets_no_second_one() {
    let server = Server::start();
    let id = server.incident_on("2020-03-02", "first");
    let path = "/v1/incidents.csv?country_not=KZ&fields=id,title";
    let first = server.get(path);
    assert_eq!(first.header("content-disposition"), Some("attachment; filename=\"incidents.csv\""));
    assert_eq!(first.header("cache-control"), Some("public, max-age=30, must-revalidate"));
    let tag = first.header("etag").expect("a tag").to_owned();
    let again = server.get_with(path, &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.header("etag"), again.body.len()), (304, Some(tag.as_str()), 0), "{again}");
    // Other columns, and another filter, are another file.
    assert_eq!(server.get_with("/v1/incidents.csv?country_not=KZ", &[("If-None-Match", &tag)]).status, 200);
    assert_eq!(server.get_with("/v1/incidents.csv?fields=id,title", &[("If-None-Match", &tag)]).status, 200);
    // A key does not make it another one; an editor's is.
    let reader = server.key(Role::Reader);
    let theirs = server.get_with(path, &[("If-None-Match", &tag), ("Authorization", &format!("Bearer {reader}"))]);
    assert_eq!((theirs.status, theirs.header("cache-control")), (304, Some("private, no-cache")));
    let editor = server.key(Role::Editor);
    assert_ne!(server.get_as(&editor, path).header("etag"), Some(tag.as_str()));
    // A write does.
    let written = server.write(
        &editor,
        "PATCH",
        &format!("/v1/incidents/{id}"),
        &json!({ "title": "second" }),
        &[("If-Match", "\"1\"")],
    );
    assert_eq!(written.status, 200, "{written}");
    let changed = server.get_with(path, &[("If-None-Match", &tag)]);
    assert_eq!(changed.status, 200);
    assert_eq!(changed.rows()[0]["title"], "second");
}

#[test]
fn a_change_that_has_no_number_yet_makes_another_file() {
    let server = Server::start();
    server.incident_on("2020-03-02", "first");
    let tag = server.get("/v1/incidents.csv").header("etag").expect("a tag").to_owned();
    server.incident_on("2020-03-02", "second");
    server.database.execute("UPDATE changes SET seq = NULL WHERE seq = 2");
    let unnumbered = server.get_with("/v1/incidents.csv", &[("If-None-Match", &tag)]);
    assert_eq!((unnumbered.status, unnumbered.rows().len()), (200, 2));
}

#[test]
fn what_an_editor_alone_may_read_makes_another_file_for_editors() {
    let server = Server::start();
    server.incident(json!({ "title": "draft", "state": "draft" }));
    let (editor, path) = (server.key(Role::Editor), "/v1/incidents.csv?state=draft");
    let tag = server.get_as(&editor, path).header("etag").expect("a tag").to_owned();
    server.incident(json!({ "title": "another", "state": "draft" }));
    let headers = [("If-None-Match", tag.as_str()), ("Authorization", &format!("Bearer {editor}"))];
    let changed = server.get_with(path, &headers);
    assert_eq!((changed.status, changed.rows().len()), (200, 2));
}

#[test]
fn a_short_export_has_a_length_and_a_head_has_no_body() {
    let server = Server::start();
    let short = server.get("/v1/articles.csv?fields=id,title");
    assert_eq!((short.is_whole, short.body.as_slice()), (true, b"id,title\r\n".as_slice()));
    let head = server.request("HEAD", "/v1/articles.csv", &[]);
    assert_eq!((head.status, head.header("content-disposition")), (200, Some("attachment; filename=\"articles.csv\"")));
}

#[test]
fn an_export_is_compressed_when_that_is_asked_for() {
    let server = Server::start();
    server.incident_on("2020-03-02", "first");
    many_incidents(&server, 600);
    let plain = server.get("/v1/incidents.ndjson");
    for coding in ["gzip", "br", "zstd"] {
        let packed = server.get_with("/v1/incidents.ndjson", &[("Accept-Encoding", coding)]);
        assert_eq!(packed.header("content-encoding"), Some(coding));
        assert_eq!(packed.header("etag"), plain.header("etag"));
        assert!(packed.is_whole && packed.body.len() * 5 < plain.body.len(), "{coding}");
    }
}

/// That nobody is reading the database.
const NOBODY_READS: &str = "SELECT WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'civicspace' AND xact_start IS NOT NULL)";

/// That somebody waits for a lock.
const SOMEBODY_WAITS: &str = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'civicspace' AND wait_event_type = 'Lock'";

fn ask(server: &Server, path: &str) -> TcpStream {
    let address = server.url("").trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
        .expect("the server reads");
    stream
}

#[test]
fn who_takes_nothing_holds_no_connection_and_gets_everything_in_the_end() {
    let server = Server::configured(|config| config.database.wait = Duration::from_mins(1));
    server.incident_on("2020-03-02", "first");
    many_incidents(&server, 12_000);
    // More than may read at once, each with more to take than fits on the way.
    let mut slow: Vec<TcpStream> = (0..4).map(|_| ask(&server, "/v1/incidents.ndjson")).collect();
    assert_eq!(server.get("/v1/incidents.csv?fields=id&country_not=KZ").rows().len(), 12_001);
    server.database.until(NOBODY_READS);
    for stream in &mut slow {
        let mut received = Vec::new();
        stream.read_to_end(&mut received).expect("an answer");
        let answer = crate::harness::Answer::parse(&received);
        assert!(answer.is_whole);
        assert_eq!(answer.lines().len(), 12_001);
    }
}

#[test]
fn who_takes_nothing_for_long_makes_room_for_others() {
    let server = Server::configured(|config| {
        config.exports.open = 1;
        config.exports.patience = Duration::from_secs(1);
    });
    server.incident_on("2020-03-02", "first");
    many_incidents(&server, 12_000);
    let mut slow = ask(&server, "/v1/incidents.ndjson");
    slow.read_exact(&mut [0; 10]).expect("the beginning");
    server.get("/v1/incidents.csv").problem(503, "unavailable");
    let begun = Instant::now();
    while server.get("/v1/articles.csv").status == 503 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is never given up");
    }
    let mut rest = Vec::new();
    let _broken_off = slow.read_to_end(&mut rest);
    assert!(!rest.ends_with(b"0\r\n\r\n"), "it looks whole");
}

#[test]
fn who_goes_away_half_way_ends_the_export_at_once() {
    let server = Server::start();
    server.incident_on("2020-03-02", "first");
    many_incidents(&server, 3_000);
    // Whoever reads the figures of the last incident waits for a lock.
    server.database.execute(
        "INSERT INTO figures (incident_id, position, measure, wording, claimant_class)
            SELECT id, 0, 'detained', 'dozens', 'police' FROM incidents WHERE title = 'number 3000';
         ALTER TABLE figures RENAME TO stored_figures;
         CREATE FUNCTION waiting() RETURNS boolean LANGUAGE plpgsql COST 100000 AS 'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN true; END';
         CREATE VIEW figures AS SELECT * FROM stored_figures WHERE waiting()",
    );
    server.database.locked("SELECT pg_advisory_xact_lock(42)", || {
        let mut gone = ask(&server, "/v1/incidents.ndjson");
        gone.read_exact(&mut [0; 10_000]).expect("the first records");
        server.database.until(SOMEBODY_WAITS);
        drop(gone);
        server.database.until(NOBODY_READS);
        server.database.release();
    });
    assert_eq!(server.get("/v1/incidents.csv").rows().len(), 3_001);
}

#[test]
fn an_export_that_fails_half_way_never_looks_whole() {
    let server = Server::start();
    server.incident_on("2020-03-02", "first");
    many_incidents(&server, 3_000);
    server.database.execute(
        "ALTER TABLE incidents ALTER COLUMN effect TYPE text;
         UPDATE incidents SET effect = 'nonsense' WHERE title = 'number 2999'",
    );
    let broken = server.raw(b"GET /v1/incidents.ndjson HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!((broken.status, broken.is_whole), (200, false));
    assert!(broken.body.len() > 100_000, "{}", broken.body.len());
    let packed =
        server.raw(b"GET /v1/incidents.csv HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
    assert_eq!((packed.status, packed.is_whole), (200, false));
    // Without chunks nobody could tell, so nothing is sent.
    let old = server.raw(b"GET /v1/incidents.ndjson HTTP/1.0\r\nHost: x\r\n\r\n");
    assert_eq!(old.status, 500, "{old}");
    // One that fails before it has begun is a problem like any other.
    let early = server.get("/v1/incidents.ndjson?id=0190d6a0-0000-7000-8000-000000000bb7");
    early.problem(500, "internal-error");
}

#[test]
fn an_old_client_gets_the_whole_with_its_length() {
    let server = Server::start();
    server.incident_on("2020-03-02", "first");
    many_incidents(&server, 1_000);
    let whole = server.raw(b"GET /v1/incidents.ndjson HTTP/1.0\r\nHost: x\r\n\r\n");
    assert!(whole.is_whole);
    assert_eq!(whole.lines().len(), 1_001);
}
