//! Snapshots: whole, true to their description, fetched in parts, withdrawn when they must be, and nothing else served.

mod content;
mod files;
mod making;
mod withdrawal;

use std::collections::BTreeMap;
use std::io::Read;
use std::process::{Command, Output};

use civicspace::codebook::ChangeReason;
use civicspace::history::{Author, Entry, Origin, RecordType, append, latest};
use civicspace::snapshots::{Snapshot, SnapshotFile, SnapshotFormat};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::Server;

/// The bytes of a file, unpacked by its own format.
fn unpacked(format: SnapshotFormat, bytes: &[u8]) -> String {
    let mut text = String::new();
    if format == SnapshotFormat::Gzip {
        flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).expect("gzip");
    } else {
        zstd::Decoder::new(bytes).expect("zstd").read_to_string(&mut text).expect("zstd");
    }
    text
}

fn records(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a record a line")).collect()
}

/// Everything that a snapshot holds, by id.
fn held(server: &Server, snapshot: &Snapshot) -> BTreeMap<String, Value> {
    let files = snapshot.files.iter().filter(|file| file.format == SnapshotFormat::Zstandard);
    let texts = files.map(|file| unpacked(file.format, &server.get(&file.url).body));
    let all = texts.flat_map(|text| records(&text));
    all.map(|record| (record["id"].as_str().expect("an id").to_owned(), record)).collect()
}

fn file<'a>(snapshot: &'a Snapshot, name: &str) -> &'a SnapshotFile {
    snapshot.files.iter().find(|file| file.name == name).expect("a file")
}

/// The snapshots that are listed, the newest first.
fn listed(server: &Server) -> Vec<String> {
    server.get("/v1/snapshots").texts("/id")
}

/// A person in an editor's words, and the path of it.
fn person(server: &Server, key: &str, name: &str) -> String {
    let created = server.write(key, "POST", "/v1/entities", &json!({ "kind": "person", "name": name }), &[]);
    format!("/v1/entities/{}", created.at("/id").as_str().expect("an id"))
}

fn rename(server: &Server, key: &str, path: &str, version: u32, reason: &str) {
    let headers = [("If-Match", &*format!("\"{version}\"")), ("Change-Reason", reason)];
    let answer = server.write(key, "PATCH", path, &json!({ "name": format!("Name {version}") }), &headers);
    assert_eq!(answer.status, 200, "{answer}");
}

/// Renames an entity in the transaction of the connection, without a look at any other table.
async fn rename_within(connection: &mut AsyncPgConnection, id: Uuid, name: &str, reason: ChangeReason) {
    let (version, _, before) = latest(connection, RecordType::Entity, id).await.expect("a query").expect("a version");
    let mut after = before.clone();
    after["name"] = json!(name);
    let author = Author { origin: Origin::Api, key: None, reason };
    let entry = Entry { id, before: Some((version, &before)), content: &after, merged_into: None };
    let revision = append(connection, RecordType::Entity, &[entry], &author).await.expect("a version")[0];
    let update = format!(
        "UPDATE entities SET name = '{name}', version = {}, updated_at = '{}' WHERE id = '{id}'",
        revision.version, revision.at
    );
    connection.batch_execute(&update).await.expect("the entity is changed");
}

/// The names of the entities of the only snapshot that is listed.
fn names_of_the_only_one(server: &Server) -> Vec<Value> {
    let ids = listed(server);
    assert_eq!(ids.len(), 1);
    let directories = std::fs::read_dir(server.snapshot_dir()).expect("a directory");
    assert_eq!(directories.count(), 1, "there are no other files");
    let url = format!("/v1/snapshots/{}/entities.ndjson.zst", ids[0]);
    records(&unpacked(SnapshotFormat::Zstandard, &server.get(&url).body))
        .iter()
        .map(|record| record["name"].clone())
        .collect()
}

/// The command, on the database and in the directory of a server.
fn command(server: &Server, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_civicspace"));
    command.env_clear().env("DATABASE_URL", server.database.url());
    command.env("CIVICSPACE_SNAPSHOT_DIR", server.snapshot_dir()).arg("snapshot").args(arguments);
    command
}

fn run(server: &Server, arguments: &[&str]) -> Output {
    command(server, arguments).output().expect("the program runs")
}
