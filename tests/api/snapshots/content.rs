//! What is in a snapshot, and that the changes after it make a copy.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use civicspace::codebook::ChangeReason;
use civicspace::http::auth::Role;
use civicspace::snapshots::Snapshot;
use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{held, person, records, rename, rename_within, unpacked};
use crate::changes::{Copy, lists};
use crate::harness::{RUNTIME, Server};

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// A copy that begins with a snapshot.
fn copy_of(server: &Server, snapshot: &Snapshot) -> Copy {
    Copy::from(snapshot.as_of_seq, held(server, snapshot))
}

#[test]
fn a_snapshot_holds_what_the_lists_show_and_is_what_it_says_of_itself() {
    let server = Server::seeded();
    assert_eq!(server.get("/v1/snapshots").at("/data"), json!([]));
    let snapshot = server.snapshot();
    let all = held(&server, &snapshot);
    assert_eq!(all, lists(&server));
    let mut fed = Copy::default();
    fed.follow(&server, "");
    assert_eq!(all, fed.records, "a line is what the feed has as an object");
    let head = server.get("/v1/changes?since=0&limit=1000").at("/meta/next_since");
    assert_eq!(snapshot.as_of_seq, head.as_i64().expect("a number"));
    let shown = server.get("/v1/snapshots").at("/data/0");
    assert_eq!(shown, serde_json::to_value(&snapshot).expect("JSON"), "the list shows what was made");
    let names: Vec<&str> = snapshot.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        ["articles", "entities", "incidents"]
            .map(|name| [".gz", ".zst"].map(|end| format!("{name}.ndjson{end}")))
            .concat()
    );
    for pair in snapshot.files.chunks(2) {
        let [one, other] = [&pair[0], &pair[1]].map(|file| {
            let answer = server.get(&file.url);
            assert_eq!(answer.status, 200, "{}", file.url);
            let length = i64::try_from(answer.body.len()).expect("a length");
            assert_eq!((length, hexadecimal(&answer.body)), (file.bytes, file.sha256.clone()), "{}", file.name);
            unpacked(file.format, &answer.body)
        });
        assert_eq!(one, other, "both formats hold the same");
        let records = records(&one);
        assert_eq!(i64::try_from(records.len()), Ok(pair[0].rows));
        let total = server
            .get(&format!("/v1/{}?include_total=true&limit=1", pair[0].name.split('.').next().unwrap_or_default()));
        assert_eq!(total.at("/meta/total/value"), pair[0].rows);
        assert!(records.is_sorted_by_key(|record| record["id"].to_string()), "in the order of ids");
    }
}

#[test]
fn a_snapshot_and_the_changes_after_it_make_a_copy() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    let path = person(&server, &key, "Before");
    let snapshot = server.snapshot();
    let mut copy = copy_of(&server, &snapshot);
    assert_eq!(copy.follow(&server, ""), 0, "it is up to date");
    rename(&server, &key, &path, 1, "new_information");
    let after = person(&server, &key, "After");
    server.request("DELETE", &after, &[("Authorization", &format!("Bearer {key}"))]);
    person(&server, &key, "Last");
    assert_eq!(copy.follow(&server, ""), 3);
    assert_eq!(copy.records, lists(&server));
}

#[test]
fn what_is_committed_and_not_yet_numbered_comes_after_the_snapshot_that_holds_it() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    let before = server.snapshot().as_of_seq;
    // Nothing is numbered, as when a writer commits after the maker has numbered and before it reads.
    server.database.execute(
        "CREATE TABLE numbering AS SELECT pg_get_functiondef('number_changes'::regproc) AS definition;
        CREATE OR REPLACE FUNCTION number_changes() RETURNS bigint LANGUAGE plpgsql AS
            $$ BEGIN RETURN (SELECT coalesce(max(seq), 0) FROM changes); END $$",
    );
    let path = person(&server, &key, "Between");
    let snapshot = server.snapshot();
    assert_eq!(snapshot.as_of_seq, before);
    let mut copy = copy_of(&server, &snapshot);
    assert!(copy.records.contains_key(path.rsplit('/').next().expect("an id")), "it holds the record");
    server.database.execute("DO $$ BEGIN EXECUTE (SELECT definition FROM numbering); END $$");
    assert_eq!(copy.follow(&server, ""), 1, "and is told of it once more");
    assert_eq!(copy.records, lists(&server));
}

#[test]
fn what_is_still_being_written_comes_after_the_snapshot() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    let ids = ["First", "Second"].map(|name| server.entity(json!({ "kind": "person", "name": name })));
    let mut connection = RUNTIME.block_on(server.database.connection());
    RUNTIME.block_on(async {
        connection.batch_execute("BEGIN").await.expect("a transaction");
        rename_within(&mut connection, ids[0], "Late", ChangeReason::CodingError).await;
    });
    // It took its place in the log later, and is settled earlier.
    rename(&server, &key, &format!("/v1/entities/{}", ids[1]), 1, "coding_error");
    let snapshot = server.snapshot();
    let mut copy = copy_of(&server, &snapshot);
    let name = |copy: &Copy, place: usize| copy.records[&ids[place].to_string()]["name"].clone();
    assert_eq!([name(&copy, 0), name(&copy, 1)], ["First", "Name 1"]);
    RUNTIME.block_on(async { connection.batch_execute("COMMIT").await.expect("it is settled") });
    assert_eq!(copy.follow(&server, ""), 1);
    assert_eq!(name(&copy, 0), "Late");
    assert_eq!(copy.records, lists(&server));
}

#[test]
fn snapshots_made_while_others_write_are_each_the_beginning_of_the_same_copy() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    let is_over = AtomicBool::new(false);
    let snapshots = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let path = person(&server, &key, "Busy");
                    rename(&server, &key, &path, 1, "new_information");
                    server.request("DELETE", &path, &[("Authorization", &format!("Bearer {key}"))]);
                    person(&server, &key, "Stays");
                }
            });
        }
        let snapshots: Vec<Snapshot> = (0..5).map(|_| server.snapshot()).collect();
        is_over.store(true, Ordering::Relaxed);
        snapshots
    });
    let shown = lists(&server);
    let mut followed = 0;
    for snapshot in snapshots {
        let mut copy = copy_of(&server, &snapshot);
        followed += copy.follow(&server, "");
        assert_eq!(copy.records, shown);
    }
    assert!(followed > 0, "something was written meanwhile");
}

#[test]
fn where_there_are_no_records_the_files_are_empty() {
    let server = Server::start();
    let snapshot = server.snapshot();
    assert_eq!((snapshot.as_of_seq, snapshot.files.len()), (0, 6));
    assert_eq!(held(&server, &snapshot), BTreeMap::new());
    for file in &snapshot.files {
        let answer = server.get(&file.url);
        assert_eq!((answer.status, file.rows, &*unpacked(file.format, &answer.body)), (200, 0, ""), "{}", file.name);
        assert_eq!(answer.header("content-length"), Some(&*file.bytes.to_string()));
    }
}

#[test]
fn drafts_internal_records_and_the_text_of_articles_are_in_no_snapshot() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.article(json!({ "title": "Report", "body": "Secret words." }));
    server.dataset("inside", "internal");
    for entity in [
        json!({ "kind": "person", "name": "Draft", "state": "draft" }),
        json!({ "kind": "person", "name": "Inside", "dataset": "inside" }),
        json!({ "kind": "person", "name": "Public" }),
    ] {
        assert_eq!(server.write(&key, "POST", "/v1/entities", &entity, &[]).status, 201);
    }
    let gone = person(&server, &key, "Gone");
    server.request("DELETE", &gone, &[("Authorization", &format!("Bearer {key}"))]);
    let snapshot = server.snapshot();
    let all = held(&server, &snapshot);
    let names: Vec<&Value> = all.values().map(|record| record.get("name").unwrap_or(&record["title"])).collect();
    assert_eq!(names, ["Report", "Public"]);
    assert_eq!(all, lists(&server));
    assert!(!format!("{all:?}").contains("Secret"));
}
