//! A change that hides something withdraws the snapshots that may hold it.

use std::time::{Duration, Instant};

use civicspace::codebook::ChangeReason;
use civicspace::history::number_changes;
use civicspace::http::auth::Role;
use civicspace::snapshots::{SnapshotFormat, withdraw_all};
use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use super::{file, held, listed, names_of_the_only_one, person, records, rename, rename_within, unpacked};
use crate::changes::lists;
use crate::harness::{Answer, RUNTIME, Server};

fn tombstone(answer: &Answer) -> Value {
    answer.problem(410, "gone");
    answer.at("/tombstone")
}

#[test]
fn a_change_for_safety_withdraws_the_snapshots_that_may_hold_the_record() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    let before = server.snapshot();
    let path = person(&server, &key, "Danger");
    let holding = server.snapshot();
    rename(&server, &key, &path, 1, "coding_error");
    assert_eq!(listed(&server).len(), 2, "an ordinary change withdraws none");
    rename(&server, &key, &path, 2, "safety");
    assert_eq!(listed(&server), [before.id.to_string()], "the one before the record stays");
    let url = &file(&holding, "entities.ndjson.gz").url;
    let left = tombstone(&server.get_with(url, &[("Range", "bytes=0-9")]));
    assert_eq!(
        (&left["id"], &left["reason"], &left["replaced_by"]),
        (&json!(holding.id), &json!("safety"), &Value::Null)
    );
    let rebuilt = server.snapshot();
    assert_eq!(tombstone(&server.get(url))["replaced_by"], json!(rebuilt.id));
    assert!(!server.snapshot_dir().join(holding.id.to_string()).exists(), "its files are gone");
    assert_eq!(held(&server, &rebuilt), lists(&server));
    // A new record, or one that was never public, was in none of them.
    let draft = json!({ "kind": "person", "name": "A", "state": "draft" });
    let draft = server.write(&key, "POST", "/v1/entities", &draft, &[("Change-Reason", "safety")]);
    rename(&server, &key, &format!("/v1/entities/{}", draft.at("/id").as_str().expect("an id")), 1, "legal_request");
    assert_eq!(listed(&server).len(), 2);
    let authorization = format!("Bearer {key}");
    server.request("DELETE", &path, &[("Authorization", &authorization), ("Change-Reason", "legal_request")]);
    assert_eq!(listed(&server), [before.id.to_string()]);
    assert_eq!(tombstone(&server.get(&rebuilt.files[0].url))["reason"], "legal_request");
    // A change that is undone withdraws nothing; and all can be withdrawn at once.
    let withdraw = |end: &str| {
        RUNTIME.block_on(async {
            let mut connection = server.database.connection().await;
            connection.batch_execute("BEGIN").await.expect("a transaction");
            withdraw_all(&mut connection, ChangeReason::LegalRequest).await.expect("they are withdrawn");
            connection.batch_execute(end).await.expect("it ends");
        });
    };
    withdraw("ROLLBACK");
    assert_eq!(listed(&server).len(), 1);
    withdraw("COMMIT");
    assert_eq!(listed(&server).len(), 0);
    tombstone(&server.get(&before.files[0].url));
}

#[test]
fn a_running_server_replaces_what_was_withdrawn_and_removes_its_files() {
    let server = Server::keeping_snapshots();
    let key = server.key(Role::Editor);
    server.entity(json!({ "name": "Other" }));
    let path = person(&server, &key, "Danger");
    let withdrawn = server.snapshot();
    let authorization = format!("Bearer {key}");
    server.request("DELETE", &path, &[("Authorization", &authorization), ("Change-Reason", "safety")]);
    tombstone(&server.get(&withdrawn.files[0].url));
    server.database.until("SELECT 1 FROM snapshots WHERE created_at IS NOT NULL AND withdrawn_at IS NULL");
    let rebuilt = listed(&server);
    assert_eq!(rebuilt.len(), 1);
    let url = format!("/v1/snapshots/{}/entities.ndjson.zst", rebuilt[0]);
    let kept = records(&unpacked(SnapshotFormat::Zstandard, &server.get(&url).body));
    assert_eq!(kept.iter().map(|record| &record["name"]).collect::<Vec<_>>(), ["Other"]);
    assert_eq!(tombstone(&server.get(&withdrawn.files[0].url))["replaced_by"], json!(rebuilt[0]));
    let directory = server.snapshot_dir().join(withdrawn.id.to_string());
    let deadline = Instant::now() + Duration::from_secs(20);
    while directory.exists() {
        assert!(Instant::now() < deadline, "its files stay");
        std::thread::yield_now();
    }
}

#[test]
fn what_is_hidden_while_a_snapshot_is_written_is_not_in_it() {
    let server = Server::start();
    let id = server.entity(json!({ "name": "Danger" }));
    std::thread::scope(|scope| {
        server.database.locked("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE", || {
            // It has taken its state, and waits for the articles.
            let made = scope.spawn(|| server.snapshot());
            server.database.until("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'articles'::regclass");
            RUNTIME.block_on(async {
                let mut connection = server.database.connection().await;
                connection.batch_execute("BEGIN").await.expect("a transaction");
                rename_within(&mut connection, id, "Hidden", ChangeReason::Safety).await;
                connection.batch_execute("COMMIT").await.expect("it is hidden");
                number_changes(&mut connection).await.expect("numbers");
            });
            server.database.release();
            made.join().expect("a snapshot");
        });
    });
    assert_eq!(names_of_the_only_one(&server), ["Hidden"]);
}

#[test]
fn a_snapshot_waits_for_what_is_just_being_hidden() {
    let server = Server::start();
    let id = server.entity(json!({ "name": "Danger" }));
    let mut connection = RUNTIME.block_on(server.database.connection());
    RUNTIME.block_on(async {
        connection.batch_execute("BEGIN").await.expect("a transaction");
        rename_within(&mut connection, id, "Hidden", ChangeReason::Safety).await;
    });
    std::thread::scope(|scope| {
        let made = scope.spawn(|| server.snapshot());
        server.database.until("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'snapshots'::regclass");
        RUNTIME.block_on(async { connection.batch_execute("COMMIT").await.expect("it is hidden") });
        made.join().expect("a snapshot");
    });
    assert_eq!(names_of_the_only_one(&server), ["Hidden"]);
}

#[test]
fn a_batch_for_safety_and_a_dataset_that_turns_internal_withdraw_snapshots() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.dataset("other", "public");
    server.entity(json!({ "dataset": "other", "external_id": "p-1" }));
    server.snapshot();
    let line = json!({ "dataset": "other", "external_id": "p-1", "name": "Hidden" }).to_string();
    let authorization = format!("Bearer {key}");
    let headers =
        [("Authorization", &*authorization), ("Content-Type", "application/x-ndjson"), ("Change-Reason", "safety")];
    let answer = server.send("POST", "/v1/entities/batch", &headers, line.as_bytes());
    assert_eq!(answer.at("/result"), "updated", "{answer}");
    assert_eq!(listed(&server).len(), 0);
    server.snapshot();
    assert_eq!(names_of_the_only_one(&server), ["Hidden"]);
    server.dataset("other", "internal");
    assert_eq!(listed(&server).len(), 0);
    server.snapshot();
    assert_eq!(names_of_the_only_one(&server), [Value::Null; 0]);
}
