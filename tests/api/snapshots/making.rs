//! Making snapshots: one at a time, whole or not at all, and the oldest make room.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{command, listed, names_of_the_only_one, run};
use crate::harness::Server;

#[test]
fn the_oldest_make_room_and_what_is_not_ours_stays() {
    let server = Server::configured(|config| config.snapshots.kept = 2);
    server.entity(json!({}));
    let first = server.snapshot();
    // What a maker left behind that was killed, and what was never made by one.
    let left = Uuid::now_v7();
    server.database.execute(&format!("INSERT INTO snapshots (id) VALUES ('{left}')"));
    let names = [format!("{left}.unfinished"), left.to_string(), Uuid::now_v7().to_string(), "notes".to_owned()];
    for name in &names {
        std::fs::create_dir_all(server.snapshot_dir().join(name).join("inside")).expect("a directory");
    }
    let (second, third) = (server.snapshot(), server.snapshot());
    assert_eq!(listed(&server), [third.id.to_string(), second.id.to_string()]);
    server.get(&first.files[0].url).problem(404, "not-found");
    assert_eq!(server.get(&second.files[0].url).status, 200);
    let exists = |name: &str| server.snapshot_dir().join(name).exists();
    assert!(!exists(&first.id.to_string()) && exists(&second.id.to_string()) && exists(&third.id.to_string()));
    assert_eq!(names.map(|name| exists(&name)), [false, false, true, true]);
}

#[test]
fn a_snapshot_that_fails_is_not_listed_and_leaves_nothing() {
    let server = Server::start();
    server.entity(json!({ "name": "A" }));
    // Incidents are read last: the other files are written by then.
    server.database.execute("ALTER TABLE incidents RENAME COLUMN version TO unreadable");
    let output = run(&server, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(listed(&server), [""; 0]);
    assert_eq!(std::fs::read_dir(server.snapshot_dir()).expect("a directory").count(), 0);
    server.database.execute("ALTER TABLE incidents RENAME COLUMN unreadable TO version");
    assert_eq!(run(&server, &[]).status.code(), Some(0));
    assert_eq!(names_of_the_only_one(&server), ["A"]);
}

#[test]
fn a_maker_that_is_killed_leaves_nothing_that_is_listed_or_stays() {
    let server = Server::start();
    server.entity(json!({ "name": "A" }));
    server.database.locked("LOCK TABLE incidents IN ACCESS EXCLUSIVE MODE", || {
        let mut maker =
            command(&server, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs");
        // The other files are written by then.
        server.database.until("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'incidents'::regclass");
        maker.kill().expect("it is there");
        maker.wait().expect("a status");
        server.database.release();
    });
    let left: Vec<_> = std::fs::read_dir(server.snapshot_dir()).expect("a directory").flatten().collect();
    assert_eq!(left.len(), 1);
    let name = left[0].file_name().into_string().expect("a name");
    assert!(left[0].path().join("entities.ndjson.gz").exists(), "it was at work");
    assert_eq!(listed(&server), [""; 0]);
    let id = name.strip_suffix(".unfinished").expect("it was not finished");
    for name in [id, &name] {
        let answer = server.get(&format!("/v1/snapshots/{name}/entities.ndjson.gz"));
        assert!([400, 404].contains(&answer.status), "{answer}");
    }
    server.snapshot();
    assert_eq!(names_of_the_only_one(&server), ["A"]);
}

#[test]
fn two_makers_take_turns() {
    let server = Server::start();
    server.entity(json!({}));
    std::thread::scope(|scope| {
        server.database.locked("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE", || {
            let first = scope.spawn(|| server.snapshot());
            server.database.until("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'articles'::regclass");
            let second = scope.spawn(|| server.snapshot());
            server.database.until("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
            server.database.release();
            let ids = [second, first].map(|maker| maker.join().expect("a snapshot").id.to_string());
            assert_eq!(listed(&server), ids);
        });
    });
    assert_eq!(std::fs::read_dir(server.snapshot_dir()).expect("a directory").count(), 2);
}

#[test]
fn the_command_prints_the_id_and_a_line_a_file_while_the_server_runs() {
    let server = Server::start();
    server.entity(json!({}));
    for expected in 1..=3 {
        let output = run(&server, &["--snapshots-kept", "2"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).expect("text");
        let shown = server.get("/v1/snapshots").at("/data/0");
        let line = |file: &Value| {
            let text = |member: &str| file[member].to_string().replace('"', "");
            ["name", "rows", "bytes", "sha256"].map(text).join("\t")
        };
        let files: Vec<String> = shown["files"].as_array().expect("files").iter().map(line).collect();
        let first = format!("{}\t{}", shown["id"].as_str().expect("an id"), shown["as_of_seq"]);
        assert_eq!(printed, format!("{first}\n{}\n", files.join("\n")));
        assert!(printed.contains("\nentities.ndjson.gz\t1\t"), "{printed}");
        assert_eq!(listed(&server).len(), expected.min(2));
    }
    for kept in ["0", "1001", "many"] {
        let output = run(&server, &["--snapshots-kept", kept]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("CIVICSPACE_SNAPSHOTS_KEPT"), "{kept}");
    }
    let output = run(&server, &["--snapshot-dir", "/dev/null/nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!Path::new("/dev/null/nowhere").exists());
    assert_eq!(listed(&server).len(), 2);
}
