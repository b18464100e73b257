//! Counting people and articles.

use civicspace::http::auth::Role;
use serde_json::json;

use super::{counts, part, rows, step};
use crate::harness::Server;

#[test]
fn people_are_persons_who_take_part_or_have_a_legal_step_each_once() {
    let server = Server::start();
    let [ann, bob, eve] = ["Ann", "Bob", "Eve"].map(|name| server.entity(json!({ "name": name })).to_string());
    let police = server.entity(json!({ "name": "Police", "kind": "public_body" })).to_string();
    server.incident(json!({ "kind": "liberty.detention", "participants": [part(&ann, "target"), part(&police, "authority"), part(&ann, "witness")],
        "legal_steps": [step(&ann, "detained"), { "entity": { "id": bob }, "step": "detained", "authority": { "id": police } }] }));
    server.incident(json!({ "kind": "justice.trial", "participants": [part(&ann, "target"), { "label": "a man", "role": "target" }] }));
    server.incident(json!({ "kind": "politics.statement",
        "figures": [{ "measure": "detained", "low": 1, "claimant_class": "ngo", "claimant": { "id": eve } }] }));
    counts(
        &server,
        &[
            ("group_by=kind&unit=people", &["liberty.detention 2", "justice.trial 1"]),
            ("group_by=role&unit=people", &["target 1", "witness 1", "null 1"]),
            (
                "group_by=role,kind&unit=people",
                &[
                    "target liberty.detention 1",
                    "target justice.trial 1",
                    "witness liberty.detention 1",
                    "null liberty.detention 1",
                ],
            ),
            // By role, those of the person and not of others in the incident.
            (&format!("group_by=role&unit=people&entity={bob}"), &["null 1"]),
            ("group_by=role&unit=people&role=witness", &["target 1", "witness 1"]),
            ("group_by=measure&unit=people", &["null 2"]),
            (&format!("group_by=kind&unit=people&entity={eve}"), &[]),
            (&format!("group_by=kind&unit=people&entity={police}"), &[]),
        ],
    );
    assert_eq!(server.get("/v1/stats/incidents?group_by=kind&unit=people").at("/meta/total"), 2);
}

#[test]
fn what_is_asked_of_people_holds_of_one_person_in_one_incident() {
    let server = Server::start();
    let [ann, bob] = ["Ann", "Bob"].map(|name| server.entity(json!({ "name": name })).to_string());
    // Ann is a target here and Bob is charged; in the other one, it is the other way round.
    server.incident(json!({ "kind": "justice.charge", "participants": [part(&ann, "target"), part(&bob, "witness")], "legal_steps": [step(&bob, "charged")] }));
    server.incident(json!({ "kind": "justice.trial", "participants": [part(&bob, "target"), part(&ann, "witness")], "legal_steps": [step(&ann, "charged"), step(&bob, "warned")] }));
    counts(
        &server,
        &[
            ("group_by=kind&unit=people", &["justice.charge 2", "justice.trial 2"]),
            ("group_by=kind&unit=people&role=target", &["justice.charge 1", "justice.trial 1"]),
            ("group_by=kind&unit=people&step=charged", &["justice.charge 1", "justice.trial 1"]),
            ("group_by=kind&unit=people&role=target&step=charged", &[]),
            ("group_by=kind&unit=people&role=target&step=warned", &["justice.trial 1"]),
            ("group_by=kind&role=target&step=charged", &["justice.charge 1", "justice.trial 1"]),
            (&format!("group_by=kind&unit=people&entity={ann}"), &["justice.charge 1", "justice.trial 1"]),
            (&format!("group_by=kind&unit=people&entity={ann}&role=target"), &["justice.charge 1"]),
            (&format!("group_by=kind&unit=people&entity={ann}&step=charged"), &["justice.trial 1"]),
            (&format!("group_by=kind&unit=people&entity={ann}&step=warned"), &[]),
            (
                &format!("group_by=kind&unit=people&entity={ann},{bob}&role=witness&step=charged"),
                &["justice.charge 1", "justice.trial 1"],
            ),
        ],
    );
    let meta = server.get("/v1/stats/incidents?group_by=kind&unit=people&role=target").at("/meta");
    assert_eq!((&meta["total"], &meta["additive"]), (&json!(2), &json!(false)));
}

#[test]
fn articles_are_the_sources_each_once() {
    let server = Server::start();
    let [one, two] = ["one", "two"].map(|title| server.article(json!({ "title": title })).to_string());
    let source = |id: &str| json!({ "article": { "id": id } });
    server.incident(json!({ "kind": "law.adopted", "sources": [source(&one), source(&two)] }));
    server.incident(json!({ "kind": "law.proposed", "sources": [source(&one)] }));
    server.incident(json!({ "kind": "pressure.raid" }));
    counts(
        &server,
        &[
            ("group_by=category&unit=articles", &["law 2"]),
            ("group_by=kind&unit=articles", &["law.adopted 2", "law.proposed 1"]),
            ("group_by=kind,freedom&unit=articles&kind=law.proposed", &["law.proposed null 1"]),
        ],
    );
    assert_eq!(server.get("/v1/stats/incidents?group_by=kind&unit=articles").at("/meta/total"), 2);
}

#[test]
fn people_and_articles_that_may_not_be_seen_are_not_counted() {
    let server = Server::start();
    server.dataset("inside", "internal");
    let shown = server.entity(json!({ "name": "Shown" })).to_string();
    let hidden = server.entity(json!({ "name": "Hidden", "dataset": "inside" })).to_string();
    let draft = server.entity(json!({ "name": "Draft", "state": "draft" })).to_string();
    let report = server.article(json!({ "title": "Report" })).to_string();
    let secret = server.article(json!({ "title": "Secret", "dataset": "inside" })).to_string();
    let incident = server.incident(json!({ "kind": "law.adopted", "participants": [part(&shown, "target")], "sources": [{ "article": { "id": report } }] }));
    // Nothing that is written refers to what may not be seen.
    server.database.execute(&format!(
        "INSERT INTO participants (incident_id, position, entity_id, role) VALUES ('{incident}', 1, '{hidden}', 'target'), ('{incident}', 2, '{draft}', 'target');
         INSERT INTO sources (incident_id, position, article_id) VALUES ('{incident}', 1, '{secret}')"
    ));
    let [people, articles] =
        ["people", "articles"].map(|unit| format!("/v1/stats/incidents?group_by=kind&unit={unit}"));
    let editor = server.key(Role::Editor);
    for query in [&people, &articles] {
        assert_eq!(rows(&server.get(query)), ["law.adopted 1"], "{query}");
        assert_eq!(server.get(query).at("/meta/total"), 1, "{query}");
        assert_eq!(rows(&server.get_as(&editor, query)), ["law.adopted 2"], "{query}");
    }
}
