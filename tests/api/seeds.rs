//! Loading the seed dataset: once, whole or not at all, and never over anybody's work.

use std::time::Duration;

use civicspace::db::{Database, DatabaseOptions};
use civicspace::seeding::{SeedError, SeedFiles, SeedReport};
use serde_json::{Value, json};

use crate::harness::{RUNTIME, Server, TestDatabase};

fn load(database: &TestDatabase, files: &SeedFiles) -> Result<SeedReport, SeedError> {
    RUNTIME.block_on(async {
        let mut connection = database.connection().await;
        files.load_into(&mut connection).await
    })
}

/// Seed files with the text of one of them changed.
fn changed(file: &str, change: impl FnOnce(&str) -> String) -> SeedFiles {
    let directory = std::env::temp_dir().join(format!("civicspace-seeds-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir(&directory).expect("a directory");
    let original = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for name in ["datasets.ndjson", "entities.ndjson", "articles.ndjson", "incidents.ndjson"] {
        std::fs::copy(original.join(name), directory.join(name)).expect("a copy");
    }
    let text = std::fs::read_to_string(directory.join(file)).expect("a file");
    std::fs::write(directory.join(file), change(&text)).expect("a file");
    let files = SeedFiles::read(&directory).expect("seed files");
    std::fs::remove_dir_all(&directory).expect("it is gone");
    files
}

#[test]
fn loading_twice_changes_nothing() {
    let database = TestDatabase::migrated();
    let first = load(&database, &SeedFiles::embedded()).expect("it loads");
    assert!(first.created >= 50 && first.updated == 0, "{first}");
    let second = load(&database, &SeedFiles::embedded()).expect("it loads");
    assert_eq!(second, SeedReport { unchanged: first.created, ..SeedReport::default() });
    let server = Server::on(database, &crate::harness::config());
    let revision = server.get("/v1/incidents").at("/meta/revision");
    assert_eq!(revision, first.created, "each record is one change");
    assert!(server.get("/v1/incidents?limit=200").each("/version").iter().all(|version| version == 1));
}

#[test]
fn a_newer_edition_updates_what_nobody_edited() {
    let server = Server::seeded();
    let files = changed("entities.ndjson", |text| {
        text.replacen("\"name\": \"Sadyr Japarov\"", "\"name\": \"Sadyr Zhaparov\"", 1)
    });
    let report = load(&server.database, &files).expect("it loads");
    assert_eq!((report.created, report.updated), (0, 1), "{report}");
    let entity = server.get("/v1/entities?external_id=person-sadyr-japarov");
    assert_eq!((entity.at("/data/0/version"), entity.at("/data/0/name")), (json!(2), json!("Sadyr Zhaparov")));
    assert!(entity.at("/data/0/aliases").as_array().expect("aliases").len() > 3, "its parts are there once");
    let changed =
        "SELECT 1 / (count(*) = 1)::int FROM versions WHERE version = 2 AND changed = '{name}' AND origin = 'seed'";
    server.database.execute(changed);
}

#[test]
fn what_was_edited_or_deleted_is_left_alone() {
    let server = Server::seeded();
    let edit = |external_id: &str, state: &str| {
        server.database.execute(&format!(
            "INSERT INTO versions (record_type, record_id, version, reason, changed, origin, record)
             SELECT 'entity', id, 2, 'coding_error', '{{name}}', 'api', '{{}}' FROM entities WHERE external_id = '{external_id}';
             UPDATE entities SET name = 'Edited', state = '{state}', version = 2 WHERE external_id = '{external_id}'"
        ));
    };
    edit("person-sadyr-japarov", "published");
    edit("person-talant-mamytov", "retracted");
    let files = changed("entities.ndjson", |text| text.replace("\"country\": \"KG\"", "\"country\": \"KZ\""));
    let report = load(&server.database, &files).expect("it loads");
    assert_eq!(report.kept, 2, "{report}");
    let entity = server.get("/v1/entities?external_id=person-sadyr-japarov");
    assert_eq!((entity.at("/data/0/name"), entity.at("/data/0/country")), (json!("Edited"), json!("KG")));
    assert_eq!(server.get("/v1/entities?external_id=person-talant-mamytov").at("/data"), json!([]));
}

#[test]
fn every_fault_is_named_with_file_line_and_member_and_nothing_is_stored() {
    let with_faults = |text: &str| {
        let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        lines[0]["kind"] = json!("assembly.riot");
        lines[1]["colour"] = json!("red");
        lines[2]["end_date"] = json!("2000-01-01");
        lines[3]["participants"] =
            json!([{ "entity": { "dataset": "central-asia", "external_id": "nobody" }, "role": "target" }]);
        lines[4]["title"] = json!("two\nlines");
        lines[5]["id"] = json!("no id");
        lines[6]["location"]["lat"] = json!(99.5);
        lines[7]["figures"] = json!([
            { "measure": "detained", "low": 5, "high": 4, "claimant_class": "police" },
            { "measure": "amount", "low": 5, "unit": "QQQ", "claimant_class": "police" },
        ]);
        let step = |kind: &str, unit: &str| {
            let penalty = json!({ "kind": kind, "amount": 3, "unit": unit, "suspended": false });
            let person = json!({ "dataset": "central-asia", "external_id": "person-sadyr-japarov" });
            json!({ "entity": person, "step": "sentenced", "date_precision": "unknown", "penalty": penalty })
        };
        lines[7]["legal_steps"] =
            json!([step("imprisonment", "KGS"), step("fine", "day"), step("damages", "QQQ"), step("fine", "KGS")]);
        lines[8]["dataset"] = json!("elsewhere");
        lines[9]["tags"] = json!(["opposition", "opposition", "unheard_of"]);
        lines[11]["id"] = lines[10]["id"].clone();
        lines[12]["relations"] = json!([{ "relation": "follows", "incident": { "id": lines[12]["id"] } }]);
        let mut text: Vec<String> = lines.iter().map(ToString::to_string).collect();
        text.push("{\"cut off".to_owned());
        text.join("\n")
    };
    let database = TestDatabase::migrated();
    let Err(SeedError::Faults(faults)) = load(&database, &changed("incidents.ndjson", with_faults)) else {
        panic!("the faults are found");
    };
    let lines = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/incidents.ndjson"))
        .expect("a file")
        .lines()
        .count();
    for (line, pointer) in [
        (1, "/kind"),
        (2, "/colour"),
        (3, "/end_date"),
        (4, "/participants/0/entity"),
        (5, "/title"),
        (6, "/id"),
        (7, "/location/lat"),
        (8, "/figures/0/high"),
        (8, "/figures/1/unit"),
        (8, "/legal_steps/0/penalty/unit"),
        (8, "/legal_steps/1/penalty/unit"),
        (8, "/legal_steps/2/penalty/unit"),
        (9, "/dataset"),
        (10, "/tags/1"),
        (10, "/tags/2"),
        (12, "/id"),
        (13, "/relations/0/incident"),
        (lines + 1, ""),
    ] {
        let named = faults
            .iter()
            .any(|fault| (fault.file, fault.line, fault.pointer.as_str()) == ("incidents.ndjson", line, pointer));
        assert!(named, "{line} {pointer}: {faults:#?}");
    }
    assert!(!faults.iter().any(|fault| fault.pointer.starts_with("/legal_steps/3")), "{faults:#?}");
    database.execute("SELECT 1 / ((SELECT count(*) FROM datasets) + (SELECT count(*) FROM entities) = 0)::int");
}

#[test]
fn a_record_that_anybody_may_read_cannot_refer_to_one_of_an_internal_dataset() {
    let database = TestDatabase::migrated();
    let internal = r#"{"slug":"internal-notes","title":"Notes","description":"","licence":"none","attribution":"us","access":"internal","coverage":{"countries":[]}}"#;
    let informant = r#"{"id":"0190d6a0-0000-7000-8000-000000000001","external_id":"informant","dataset":"internal-notes","kind":"person","name":"An informant"}"#;
    let mut files = changed("entities.ndjson", |text| format!("{text}{informant}\n"));
    files.datasets.push_str(internal);
    load(&database, &files).expect("an internal record by itself is well");
    for key in [
        r#"{"dataset":"internal-notes","external_id":"informant"}"#,
        r#"{"id":"0190d6a0-0000-7000-8000-000000000001"}"#,
    ] {
        let mut files = changed("entities.ndjson", |text| {
            let relation = format!(r#""relations":[{{"relation":"ally_of","entity":{key}}}]"#);
            let public = r#"{"id":"0190d6a0-0000-7000-8000-000000000002","external_id":"friend","kind":"person","name":"A friend","#;
            format!("{text}{informant}\n{public}{relation}}}\n")
        });
        files.datasets.push_str(internal);
        let Err(SeedError::Faults(faults)) = load(&database, &files) else { panic!("it is refused") };
        assert_eq!((faults.len(), faults[0].pointer.as_str()), (1, "/relations/0/entity"), "{faults:?}");
    }
}

#[test]
fn what_reading_gives_is_what_the_loader_takes() {
    let server = Server::seeded();
    let read = |list: &str| {
        let lines: Vec<String> = server.all(list).iter().map(ToString::to_string).collect();
        lines.join("\n")
    };
    let files = SeedFiles {
        entities: read("/v1/entities"),
        articles: read("/v1/articles"),
        incidents: read("/v1/incidents"),
        ..SeedFiles::embedded()
    };
    let report = load(&server.database, &files).expect("it loads");
    assert!(report.unchanged > 400 && report.created + report.updated == 0, "{report}");
}

#[test]
fn a_published_record_cannot_refer_to_one_that_is_not() {
    let server = Server::seeded();
    let withdrawn = changed("entities.ndjson", |text| {
        text.replacen("\"kind\": \"person\"", "\"state\": \"retracted\", \"kind\": \"person\"", 1)
    });
    let Err(SeedError::Faults(faults)) = load(&server.database, &withdrawn) else { panic!("it is refused") };
    assert!(faults.iter().all(|fault| fault.detail == "is not published"), "{faults:?}");
    assert!(
        faults.iter().any(|fault| fault.file == "incidents.ndjson" && fault.pointer.starts_with("/participants/")),
        "{faults:?}"
    );
}

#[test]
fn who_loads_while_another_does_waits_for_as_long_as_that_takes() {
    let database = TestDatabase::migrated();
    database.locked("SELECT pg_advisory_xact_lock(hashtextextended('civicspace.seeding', 0))", || {
        std::thread::scope(|scope| {
            let loader = scope.spawn(|| {
                RUNTIME.block_on(async {
                    let options =
                        DatabaseOptions { statement_timeout: Duration::from_secs(1), ..DatabaseOptions::default() };
                    let pool = Database::new(&database.url(), &options).expect("a pool");
                    let mut connection = pool.connection().await.expect("a connection");
                    SeedFiles::embedded().load_into(&mut connection).await
                })
            });
            database.until(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
                 AND query_start < clock_timestamp() - interval '1500 ms'",
            );
            database.release();
            assert!(loader.join().expect("it ends").expect("it is loaded").created > 0);
        });
    });
}
