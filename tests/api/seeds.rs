//! The seed dataset: it loads once, never over anybody's work, and says what the source document says.

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
        let records = server.get(&format!("{list}?limit=200")).at("/data");
        let lines: Vec<String> = records.as_array().expect("records").iter().map(ToString::to_string).collect();
        lines.join("\n")
    };
    let files = SeedFiles {
        entities: read("/v1/entities"),
        articles: read("/v1/articles"),
        incidents: read("/v1/incidents"),
        ..SeedFiles::embedded()
    };
    let report = load(&server.database, &files).expect("it loads");
    assert_eq!((report.unchanged, report.created + report.updated), (50, 0), "{report}");
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
fn the_document_is_answered_for_who_when_where_how_many_and_what_became_of_them() {
    let server = Server::seeded();
    let entity = |external_id: &str| {
        server
            .get(&format!("/v1/entities?external_id={external_id}"))
            .at("/data/0/id")
            .as_str()
            .expect("an id")
            .to_owned()
    };
    // How many were detained at the rally of 2 March 2020, and how many released, according to whom?
    let detained = server.get("/v1/incidents?measure=detained&min_figure=100&country=KG");
    assert_eq!(detained.at("/data/0/start_date"), "2020-03-02");
    let figure = |answer: &Value, measure: &str| {
        let figures = answer["figures"].as_array().expect("figures");
        figures.iter().find(|figure| figure["measure"] == measure).cloned().unwrap_or_default()
    };
    let police = figure(&detained.at("/data/0"), "detained");
    assert_eq!(
        (&police["low"], &police["high"], &police["claimant_class"]),
        (&json!(166), &json!(166), &json!("police"))
    );
    let released = server.get("/v1/incidents?measure=released&claimant_class=police").at("/data/0");
    assert_eq!(figure(&released, "released")["low"], 162);
    // Who was convicted in March 2013, and to what?
    let trial = server.get("/v1/incidents?step=sentenced&date_from=2013-03-01&date_to=2013-03-31").at("/data/0");
    let steps = trial["legal_steps"].as_array().expect("steps");
    let penalty = |name: &str| {
        let step = steps.iter().find(|step| {
            step["step"] == "sentenced" && step["entity"]["name"].as_str().is_some_and(|n| n.contains(name))
        });
        step.map(|step| (step["penalty"]["amount"].clone(), step["penalty"]["unit"].clone())).unwrap_or_default()
    };
    assert_eq!(penalty("Japarov"), (json!(1.5), json!("year")));
    assert_eq!(penalty("Tashiev"), (json!(1.5), json!("year")));
    assert_eq!(penalty("Mamytov"), (json!(1), json!("year")));
    // What became of Sadyr Japarov?
    let japarov = entity("person-sadyr-japarov");
    let told = server.get(&format!("/v1/incidents?entity={japarov}&sort=date&limit=200&include_total=true"));
    let steps: Vec<String> = told
        .at("/data")
        .as_array()
        .expect("incidents")
        .iter()
        .flat_map(|incident| incident["legal_steps"].as_array().expect("steps").clone())
        .filter(|step| step["entity"]["id"] == japarov.as_str())
        .map(|step| step["step"].as_str().unwrap_or_default().to_owned())
        .collect();
    for step in
        ["detained", "charged", "sentenced", "released", "fled", "verdict_changed", "clemency_requested", "still_held"]
    {
        assert!(steps.iter().any(|known| known == step), "{step}: {steps:?}");
    }
    assert_eq!(told.at("/meta/total/value"), server.get(&format!("/v1/entities/{japarov}")).at("/incident_count"));
    // Where, and with what, was the rally broken up?
    let dispersal = server.get("/v1/incidents?kind=assembly.dispersal&place=bishkek");
    assert_eq!(dispersal.each("/start_date"), [json!("2020-03-02")]);
    assert!(dispersal.at("/data/0/tags").as_array().expect("tags").contains(&json!("tear_gas")));
    // By what other names is the security service known?
    let names = server.get(&format!("/v1/entities/{}", entity("kg-scns"))).at("/aliases");
    for name in ["SCNS", "GKNB", "UKMK", "ГКНБ", "УКМК"] {
        assert!(names.as_array().expect("names").iter().any(|alias| alias["name"] == name), "{name}");
    }
    // The document's own date is not told.
    let article = server.get("/v1/articles").at("/data/0");
    assert_eq!((&article["published_on"], &article["published_precision"]), (&Value::Null, &json!("unknown")));
}
