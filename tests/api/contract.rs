//! What the database promises: vocabularies, indexes, comments, migrations that can be undone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use civicspace::db::migrations::MIGRATIONS;
use civicspace::history::number_changes;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::MigrationHarness;

use crate::harness::{RUNTIME, Server, TestDatabase, document};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

fn query(database: &TestDatabase, sql: &str) -> Vec<String> {
    let rows: Vec<Row> = RUNTIME.block_on(async {
        let mut connection = database.connection().await;
        diesel::sql_query(sql).load(&mut connection).await.expect("a query")
    });
    rows.into_iter().map(|row| row.text).collect()
}

/// The codes of each vocabulary, as the API serves them.
fn served() -> BTreeMap<String, BTreeSet<String>> {
    let lists = civicspace::codebook::vocabularies();
    lists
        .iter()
        .map(|list| (list.name.to_string(), list.terms.iter().map(|term| term.code.to_string()).collect()))
        .collect()
}

#[test]
fn the_codes_of_the_codebook_are_those_that_the_database_takes() {
    let database = TestDatabase::migrated();
    let checks = query(
        &database,
        "SELECT conname || ' ' || pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE contypid <> 0 AND conname LIKE '%\\_code'",
    );
    let served = served();
    let mut compared = BTreeSet::new();
    for check in checks {
        let (name, definition) = check.split_once("_code ").expect("a name");
        let codes: BTreeSet<String> = definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
        if let Some(expected) = served.get(name) {
            assert_eq!(&codes, expected, "{name}");
            compared.insert(name.to_owned());
        }
    }
    // These are answered or computed, and never stored.
    let unstored = ["category", "liberty_status", "proceedings_status", "penalty_unit"];
    let missing: Vec<&String> =
        served.keys().filter(|name| !compared.contains(*name) && !unstored.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "no CHECK was compared for {missing:?}");
}

#[test]
fn the_codes_of_the_codebook_are_those_of_the_document() {
    let schemas = &document()["components"]["schemas"];
    let served: BTreeSet<BTreeSet<String>> = served().into_values().collect();
    for name in [
        "IncidentKind",
        "Effect",
        "Freedom",
        "ParticipantRole",
        "EntityKind",
        "EntityRelationType",
        "Measure",
        "ClaimantClass",
        "LegalStepType",
        "PenaltyKind",
        "IncidentRelationType",
        "SourceRole",
        "Verification",
        "DatePrecision",
        "PlacePrecision",
        "ChangeReason",
        "CodingMethod",
        "RecordState",
        "IdentifierScheme",
        "DatasetAccess",
        "CountryCode",
    ] {
        let codes = schemas[name]["enum"].as_array().unwrap_or_else(|| panic!("{name} is no enum"));
        let codes: BTreeSet<String> = codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect();
        assert!(served.contains(&codes), "{name} is not a served vocabulary");
    }
}

#[test]
fn every_foreign_key_is_indexed() {
    let database = TestDatabase::migrated();
    let unindexed = query(
        &database,
        "SELECT conrelid::regclass || ' ' || conname AS text FROM pg_constraint c
         WHERE contype = 'f' AND NOT EXISTS (
            SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid
            AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey AND c.conkey @> (i.indkey::int2[])[0:cardinality(c.conkey) - 1])",
    );
    assert!(unindexed.is_empty(), "{unindexed:?}");
}

#[test]
fn every_table_column_domain_and_function_has_a_comment() {
    let database = TestDatabase::migrated();
    let bare = query(
        &database,
        "SELECT c.relname::text AS text FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname NOT LIKE '\\_\\_%' AND obj_description(c.oid) IS NULL
         UNION ALL SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_%'
            AND attnum > 0 AND NOT attisdropped AND col_description(c.oid, attnum) IS NULL
         UNION ALL SELECT typname::text FROM pg_type WHERE typtype = 'd' AND typnamespace = 'public'::regnamespace
            AND obj_description(oid, 'pg_type') IS NULL
         UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            AND prokind = 'f' AND obj_description(oid, 'pg_proc') IS NULL
            AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
            AND proname NOT LIKE 'diesel\\_%'",
    );
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn every_constraint_of_a_table_has_a_name_of_its_own() {
    let database = TestDatabase::migrated();
    let unnamed = query(
        &database,
        "SELECT conrelid::regclass || ' ' || conname AS text FROM pg_constraint
         WHERE conrelid <> 0 AND contype IN ('c', 'f', 'u') AND (conname ~ '_check[0-9]*$' OR conname ~ '_id_fkey$' OR conname !~ ('^' || (conrelid::regclass)::text))",
    );
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

#[test]
fn the_schema_in_the_code_is_that_of_the_database() {
    let database = TestDatabase::migrated();
    let sql =
        include_str!("../../src/db/schema.sql").replace("SELECT E'//! Diesel", "SELECT * FROM (SELECT E'//! Diesel");
    let (head, tail) = sql.rsplit_once("FROM tables;").expect("the end of the query");
    let generated = query(&database, &format!("{head} AS text FROM tables{tail}) generated"));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/db/schema.rs");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &generated[0]).expect("schema.rs");
    }
    let committed = std::fs::read_to_string(path).expect("schema.rs");
    assert_eq!(committed.trim_end(), generated[0].trim_end(), "run UPDATE=1 cargo test --test api contract");
}

/// The schema as `pg_dump` writes it, less what changes from dump to dump.
fn dump(database: &TestDatabase) -> String {
    let url = database.url();
    let tool = ["pg_dump".to_owned()]
        .into_iter()
        .chain((14..=30).rev().map(|version| format!("/usr/lib/postgresql/{version}/bin/pg_dump")))
        .find(|tool| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success()))
        .expect("pg_dump is installed with PostgreSQL's client");
    let output = Command::new(tool).args(["--schema-only", "--no-owner", &url]).output().expect("pg_dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_migration_can_be_undone_and_done_again() {
    let database = TestDatabase::empty();
    RUNTIME.block_on(async {
        let connection = AsyncPgConnection::establish(&database.url()).await.expect("a connection");
        let mut harness = AsyncMigrationHarness::new(connection);
        let mut dumps = vec![dump(&database)];
        while harness.run_next_migration(MIGRATIONS).is_ok() {
            dumps.push(dump(&database));
        }
        assert!(dumps.len() > 3, "there are several migrations");
        let done = dumps.pop().expect("the last");
        for before in dumps.iter().skip(1).rev() {
            harness.revert_last_migration(MIGRATIONS).expect("it can be undone");
            assert_eq!(&dump(&database), before);
        }
        harness.revert_last_migration(MIGRATIONS).expect("it can be undone");
        assert!(!dump(&database).contains("CREATE DOMAIN"), "nothing of ours is left");
        harness.run_pending_migrations(MIGRATIONS).expect("they can be done again");
        assert_eq!(dump(&database), done);
    });
}

#[test]
fn what_is_impossible_is_refused_by_named_constraints() {
    let server = Server::start();
    let incident = server.incident_on("2020-03-02", "a day");
    let entity = server.entity(serde_json::json!({}));
    for (sql, constraint) in [
        (format!("UPDATE incidents SET end_date = '2020-03-01' WHERE id = '{incident}'"), "incidents_dates_in_order"),
        (format!("UPDATE incidents SET start_date = NULL WHERE id = '{incident}'"), "incidents_start_has_precision"),
        (
            format!("UPDATE incidents SET lat = 1, place_precision = 'exact' WHERE id = '{incident}'"),
            "incidents_point_is_a_pair",
        ),
        (
            format!("UPDATE incidents SET lat = 91, lon = 1, place_precision = 'exact' WHERE id = '{incident}'"),
            "incidents_lat_range",
        ),
        (format!("UPDATE incidents SET country = 'XX' WHERE id = '{incident}'"), "country_code"),
        (format!("UPDATE incidents SET kind = 'arson' WHERE id = '{incident}'"), "incident_kind_code"),
        (format!("UPDATE incidents SET freedoms = '{{speech}}' WHERE id = '{incident}'"), "freedom_code"),
        (format!("UPDATE incidents SET title = E'two\\nlines' WHERE id = '{incident}'"), "one_line_shape"),
        (
            format!("UPDATE entities SET merged_into = id, state = 'retracted' WHERE id = '{entity}'"),
            "entities_merged_into_another",
        ),
        (
            format!(
                "INSERT INTO figures (incident_id, position, measure, low, high, claimant_class) VALUES ('{incident}', 0, 'detained', 5, 4, 'police')"
            ),
            "figures_bounds_in_order",
        ),
        (
            format!(
                "INSERT INTO figures (incident_id, position, measure, claimant_class) VALUES ('{incident}', 0, 'detained', 'police')"
            ),
            "figures_say_something",
        ),
        (
            format!(
                "INSERT INTO figures (incident_id, position, measure, low, claimant_class) VALUES ('{incident}', 0, 'amount', 5, 'police')"
            ),
            "figures_amount_has_unit",
        ),
        (
            format!("INSERT INTO participants (incident_id, position, role) VALUES ('{incident}', 0, 'target')"),
            "participants_have_a_name",
        ),
        (
            format!(
                "INSERT INTO legal_steps (incident_id, position, entity_id, step, date) VALUES ('{incident}', 0, '{entity}', 'charged', '2020-01-01')"
            ),
            "legal_steps_date_has_precision",
        ),
    ] {
        let refused = RUNTIME.block_on(async {
            let mut connection = server.database.connection().await;
            diesel::sql_query(&sql).execute(&mut connection).await
        });
        match refused {
            Err(diesel::result::Error::DatabaseError(_, information)) => {
                assert_eq!(information.constraint_name(), Some(constraint), "{sql}");
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[test]
fn an_open_transaction_holds_up_neither_another_commit_nor_its_number() {
    let server = Server::start();
    for name in ["first", "slow", "quick"] {
        server.entity(serde_json::json!({ "name": name }));
    }
    let change = "INSERT INTO versions (record_type, record_id, version, reason, changed, origin, record)
            SELECT 'entity', id, 2, 'new_information', '{}', 'api', '{}' FROM entities WHERE name = '$';
        INSERT INTO changes (record_type, record_id, version, op) SELECT 'entity', id, 2, 'upsert' FROM entities WHERE name = '$'";
    let numbers = || {
        query(
            &server.database,
            "SELECT name || ' ' || coalesce(seq::text, '-') AS text FROM changes JOIN entities ON entities.id = record_id ORDER BY seq",
        )
    };
    RUNTIME.block_on(async {
        let mut slow = server.database.connection().await;
        let mut quick = server.database.connection().await;
        slow.batch_execute(&format!("BEGIN; {}", change.replace('$', "slow"))).await.expect("a change");
        quick.batch_execute(&change.replace('$', "quick")).await.expect("nobody waits");
        assert_eq!(number_changes(&mut quick).await, Ok(4));
        slow.batch_execute("COMMIT").await.expect("it commits");
        assert_eq!(number_changes(&mut quick).await, Ok(5));
    });
    assert_eq!(numbers(), ["first 1", "quick 4", "slow 5"], "what is committed later is numbered later");
}
