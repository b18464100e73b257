//! `civicspace export`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use super::many_incidents;
use crate::harness::{Server, operations};

fn export(server: &Server, into: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_civicspace"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("DATABASE_URL", server.database.url());
    command.args(["export", "--into"]).arg(into).args(arguments).output().expect("the program runs")
}

fn names(directory: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_file_that_is_served_is_written_as_it_is_served() {
    let server = Server::seeded();
    let directory = tempfile::tempdir().expect("a directory");
    let all: BTreeSet<String> = operations()
        .iter()
        .filter(|(.., operation)| operation["operationId"].as_str().is_some_and(|id| id.starts_with("export_")))
        .map(|(_, path, _)| path.trim_start_matches("/v1/").to_owned())
        .collect();
    assert!(all.len() > 10);
    let files: Vec<&str> = all.iter().map(String::as_str).collect();
    let output = export(&server, directory.path(), &files);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(names(directory.path()), all);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    for name in all {
        let written = std::fs::read(directory.path().join(&name)).expect("a file");
        let answer = server.get(&format!("/v1/{name}"));
        assert!(written == answer.body, "{name}");
        assert!(told.contains(&format!("{name}\t")) && told.contains(&format!("\t{}\n", written.len())), "{told}");
    }
}

#[test]
fn a_filter_is_that_of_the_url_and_editors_get_more_when_they_say_so() {
    let server = Server::start();
    server.dataset("hidden", "internal");
    server.incident(serde_json::json!({ "title": "public", "location": { "country": "KG", "precision": "country" } }));
    server.incident(serde_json::json!({ "title": "internal", "dataset": "hidden" }));
    server.incident(serde_json::json!({ "title": "draft", "state": "draft" }));
    let directory = tempfile::tempdir().expect("a directory");
    let written = |arguments: &[&str]| {
        let output = export(&server, directory.path(), arguments);
        assert!(output.status.success(), "{output:?}");
        std::fs::read_to_string(directory.path().join("incidents.csv")).expect("a file").lines().skip(1).count()
    };
    assert_eq!(written(&["incidents.csv"]), 1);
    assert_eq!(written(&["incidents.csv", "--filter", "country=KZ&fields=id"]), 0);
    assert_eq!(written(&["incidents.csv", "--filter", "country=KG&kind=assembly"]), 1);
    assert_eq!(written(&["incidents.csv", "--as-editor"]), 2);
    assert_eq!(written(&["incidents.csv", "--as-editor", "--filter", "state=draft,published"]), 3);
}

#[test]
fn what_is_wrong_is_named_and_no_file_is_left() {
    let server = Server::start();
    let directory = tempfile::tempdir().expect("a directory");
    for (arguments, said) in [
        (vec!["incidents.xls"], "incidents.csv"),
        (vec!["incidents.csv", "--filter", "contry=KG"], "`contry`"),
        (vec!["incidents.csv", "--filter", "country=KGZ&date_from=x"], "`country`"),
        (vec!["incidents.csv", "--filter", "country=KGZ&date_from=x"], "`date_from`"),
        (vec!["incidents.csv", "--filter", "fields=contry"], "`country`"),
        (vec!["incidents.csv", "--filter", "limit=3"], "`limit`"),
        (vec!["incidents.csv", "--filter", "state=draft"], "editors"),
        (vec![], "FILE"),
    ] {
        let output = export(&server, directory.path(), &arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(said), "{arguments:?}: {errors}");
    }
    assert_eq!(names(directory.path()), BTreeSet::new());
    let nowhere = export(&server, &directory.path().join("nowhere"), &["incidents.csv"]);
    assert_eq!(nowhere.status.code(), Some(1));
}

#[test]
fn a_file_that_fails_half_way_is_not_there_and_the_old_one_stays() {
    let server = Server::start();
    server.incident_on("2020-03-02", "first");
    let directory = tempfile::tempdir().expect("a directory");
    assert!(export(&server, directory.path(), &["incidents.csv"]).status.success());
    let old = std::fs::read(directory.path().join("incidents.csv")).expect("a file");
    many_incidents(&server, 3_000);
    server.database.execute(
        "ALTER TABLE incidents ALTER COLUMN effect TYPE text;
         UPDATE incidents SET effect = 'nonsense' WHERE title = 'number 2999'",
    );
    let output = export(&server, directory.path(), &["incidents.csv"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(names(directory.path()), BTreeSet::from(["incidents.csv".to_owned()]));
    assert!(std::fs::read(directory.path().join("incidents.csv")).expect("a file") == old);
}
