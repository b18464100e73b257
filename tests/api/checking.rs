//! `civicspace check`: each rule finds what breaks it, and the seed dataset breaks none.

use std::process::Command;

use civicspace::checking::{self, Finding};
use civicspace::db::{Database, DatabaseOptions};

use crate::harness::{RUNTIME, TestDatabase};

fn check(database: &TestDatabase) -> Vec<Finding> {
    let database = Database::new(&database.url(), &DatabaseOptions::default()).expect("a pool");
    RUNTIME.block_on(checking::check(&database)).expect("findings")
}

/// The rules that are broken.
fn broken(database: &TestDatabase) -> Vec<Finding> {
    check(database).into_iter().filter(|finding| finding.count > 0).collect()
}

#[test]
fn the_seed_dataset_breaks_no_rule() {
    let database = TestDatabase::seeded();
    let findings = check(&database);
    assert!(findings.len() >= 14, "{findings:?}");
    for finding in findings {
        assert_eq!(finding.count, 0, "{finding}");
    }
}

#[test]
fn each_rule_finds_what_breaks_it_and_names_the_record() {
    let rally = "(SELECT id FROM incidents WHERE external_id = 'kg-2020-03-02-bishkek-rally')";
    let sentence = "(SELECT id FROM incidents WHERE external_id = 'kg-2017-japarov-convicted-hostage-taking')";
    let detention = "(SELECT id FROM incidents WHERE external_id = 'kg-2020-03-02-bishkek-mass-detention')";
    for (rule, change, record, detail) in [
        (
            "references",
            "UPDATE entities SET state = 'draft' WHERE external_id = 'person-emil-kaptagayev'".to_owned(),
            "kg-2013-karakol-governor-kidnapped",
            "leads to the entity person-emil-kaptagayev, which is draft",
        ),
        (
            "references",
            "INSERT INTO datasets (slug, title, description, licence, attribution, access)
                 VALUES ('inside', 'Inside', '', 'none', 'us', 'internal');
             UPDATE entities SET dataset = 'inside' WHERE external_id = 'person-emil-kaptagayev'"
                .to_owned(),
            "kg-2013-karakol-governor-kidnapped",
            "which is in an internal dataset",
        ),
        ("sources", format!("DELETE FROM sources WHERE incident_id = {rally}"), "kg-2020-03-02-bishkek-rally", "has no source"),
        (
            "sources",
            format!("UPDATE figures SET article_id = NULL WHERE incident_id = {detention}"),
            "kg-2020-03-02-bishkek-mass-detention",
            "figures/0 names no article",
        ),
        (
            "orphans",
            "INSERT INTO entities (id, dataset, external_id, kind, name)
                 VALUES (gen_random_uuid(), 'central-asia', 'nobody', 'person', 'Nobody Else');
             INSERT INTO versions SELECT 'entity', id, 1, now(), 'new_information', '{}', 'seed', NULL, '{}'
                 FROM entities WHERE external_id = 'nobody'"
                .to_owned(),
            "nobody",
            "Nobody Else is named by no article",
        ),
        (
            "names",
            "INSERT INTO aliases SELECT id, 99, 'sadyr JAPAROV' FROM entities WHERE external_id = 'person-sabyr-japarov'"
                .to_owned(),
            "person-sadyr-japarov",
            "is also a name of person-sabyr-japarov",
        ),
        (
            "claimants",
            format!("UPDATE figures SET claimant_class = 'unattributed' WHERE incident_id = {detention}"),
            "kg-2020-03-02-bishkek-mass-detention",
            "figures/0",
        ),
        (
            "horizon",
            "UPDATE articles SET published_on = '2020-03-01', published_precision = 'day'
             WHERE external_id LIKE 'diplomat-2020-03-%'"
                .to_owned(),
            "kg-2020-03-02-bishkek-rally",
            "after the last of its sources was published",
        ),
        (
            "horizon",
            "UPDATE datasets SET covers_from = '2013-01-01'".to_owned(),
            "kg-2012-10-bishkek-kumtor-protests",
            "outside of the time that its dataset covers",
        ),
        (
            "steps",
            format!("UPDATE legal_steps SET date = '2016-12-31' WHERE incident_id = {sentence}"),
            "kg-2017-japarov-convicted-hostage-taking",
            "is of 2016-12-31, outside of the incident's dates",
        ),
        (
            "steps",
            "UPDATE entities SET kind = 'organization' WHERE external_id = 'person-amangeldy-artykov'".to_owned(),
            "kg-2020-03-scns-detains-osmonaliev",
            "which is no person",
        ),
        (
            "places",
            format!("UPDATE incidents SET place = NULL WHERE id = {rally}"),
            "kg-2020-03-02-bishkek-rally",
            "has the precision settlement and no place",
        ),
        (
            "places",
            format!("UPDATE incidents SET lat = NULL, lon = NULL, place_precision = 'unknown' WHERE id = {rally}"),
            "kg-2020-03-02-bishkek-rally",
            "its precision is unknown",
        ),
        (
            "relations",
            "INSERT INTO entity_relations (entity_id, position, relation, target_id)
             SELECT target_id, 99, relation, entity_id FROM entity_relations WHERE relation = 'family_of' LIMIT 1"
                .to_owned(),
            "person-sadyr-japarov",
            "relations/99 is stored at its other end",
        ),
        (
            "derived",
            format!("DELETE FROM incident_entities WHERE incident_id = {rally}"),
            "kg-2020-03-02-bishkek-rally",
            "is not what its parts say",
        ),
        (
            "history",
            format!("UPDATE incidents SET version = 3 WHERE id = {rally}"),
            "kg-2020-03-02-bishkek-rally",
            "is version 3, and its history ends with 1",
        ),
        (
            "codes",
            format!("UPDATE legal_steps SET penalty_unit = 'QQQ' WHERE incident_id = {sentence} AND penalty_unit IS NOT NULL"),
            "kg-2017-japarov-convicted-hostage-taking",
            "QQQ, which is no currency",
        ),
        (
            "borders",
            format!("UPDATE incidents SET country = 'UZ' WHERE id = {rally}"),
            "kg-2020-03-02-bishkek-rally",
            "the point 42.87, 74.59 does not lie in UZ",
        ),
    ] {
        let database = TestDatabase::seeded();
        database.execute(&change);
        let findings = broken(&database);
        let [finding] = findings.as_slice() else { panic!("{rule} alone is broken: {findings:#?}") };
        assert_eq!(finding.rule, rule, "{finding}");
        let named = finding
            .faults
            .iter()
            .any(|fault| fault.external_id.as_deref() == Some(record) && fault.detail.contains(detail));
        assert!(named, "{finding}");
    }
}

#[test]
fn tallies_that_are_not_what_was_written_are_found() {
    for (change, tally, detail) in [
        (
            "UPDATE incident_tallies SET count = count + 2 WHERE (country, kind, first_month) = ('KG', 'assembly.protest', '2020-03-01') AND to_the_day",
            "KG, assembly.protest, 2020-03 to 2020-03, to the day",
            "says 3, and there are 1",
        ),
        (
            "INSERT INTO incident_tallies (dataset, country, kind, first_month, last_month, to_the_day, count)
             VALUES ('central-asia', '', 'rating.change', 'infinity', '-infinity', false, 1)",
            "no country, rating.change, no date",
            "says 1, and there are 0",
        ),
        (
            "DELETE FROM incident_tallies WHERE (country, kind, first_month) = ('*', 'assembly.dispersal', '2020-03-01')",
            "*, assembly.dispersal, 2020-03 to 2020-03, to the day",
            "says 0, and there are 1",
        ),
    ] {
        let database = TestDatabase::seeded();
        database.execute(change);
        let findings = broken(&database);
        let [finding] = findings.as_slice() else { panic!("{change}: {findings:#?}") };
        assert_eq!((finding.rule, finding.count), ("tallies", 1), "{finding}");
        let line = format!("tally central-asia/{tally}: {detail}");
        assert!(finding.to_string().contains(&line), "{finding}");
    }
}

#[test]
fn what_is_no_longer_or_not_yet_published_is_not_judged() {
    let database = TestDatabase::seeded();
    database.execute(
        "UPDATE incidents SET country = 'UZ', state = 'draft' WHERE external_id = 'kg-2020-03-02-bishkek-rally';
         DELETE FROM incident_relations WHERE target_id IN (SELECT id FROM incidents WHERE state = 'draft')",
    );
    assert_eq!(broken(&database), []);
}

#[test]
fn the_command_prints_every_rule_and_fails_when_one_is_broken() {
    let database = TestDatabase::seeded();
    let run = || {
        let output = Command::new(env!("CARGO_BIN_EXE_civicspace"))
            .arg("check")
            .env("DATABASE_URL", database.url())
            .output()
            .expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, printed, message) = run();
    assert_eq!((status, message.as_str()), (Some(0), ""));
    assert_eq!(printed.lines().count(), check(&database).len(), "{printed}");
    database.execute(
        "UPDATE entities SET name = 'Same Name' WHERE external_id IN ('person-sadyr-japarov', 'person-talant-mamytov')",
    );
    let (status, printed, message) = run();
    assert_eq!(status, Some(1));
    assert!(message.contains("one fault in the data"), "{message}");
    assert!(
        printed.contains("entity central-asia/person-talant-mamytov: \"Same Name\" is also a name of"),
        "{printed}"
    );
}
