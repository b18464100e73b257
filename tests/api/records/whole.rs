//! All that a record shows.

use serde_json::json;

use super::holds;
use crate::harness::Server;

#[test]
fn an_incident_shows_everything_that_it_refers_to() {
    let server = Server::start();
    let report = server.article(json!({
        "title": "Rally in Bishkek", "url": "https://example.org/rally", "published_on": "2020-03-03", "published_precision": "day"
    }));
    let undated = server.article(json!({ "title": "A comment" }));
    let politician = server.entity(json!({ "name": "A politician" }));
    let police = server.entity(json!({ "name": "Police of Bishkek", "kind": "public_body" }));
    let court = server.entity(json!({ "name": "A district court", "kind": "public_body" }));
    let larger = server.incident_on("2020-03-01", "A wave of protests");
    let id = server.incident(json!({
        "external_id": "rally", "title": "Rally", "summary": "People gathered.\nPolice came.", "kind": "assembly.dispersal",
        "effect": "restriction", "freedoms": ["peaceful_assembly", "liberty"], "tags": ["water_cannon", "tear_gas"],
        "start_date": "2020-03-01", "end_date": "2020-03-10", "date_precision": "part_of_month", "date_wording": "early March",
        "location": { "country": "KG", "admin1": "Bishkek Shaary", "place": "Bishkek", "lat": 42.87, "lon": 74.59, "precision": "settlement" },
        "participants": [
            { "entity": { "id": police }, "label": "OMON", "role": "authority", "note": "in force", "article": { "id": report } },
            { "label": "about two thousand people", "role": "participant" },
            { "entity": { "id": politician }, "role": "subject", "article": { "id": undated } }
        ],
        "figures": [
            {
                "measure": "detained", "low": 101, "high": 166.0, "best": 150, "approximate": true, "wording": "more than 100",
                "places": ["Bishkek", "Osh"], "claimant_class": "police", "claimant": { "id": police }, "article": { "id": report }
            },
            { "measure": "amount", "low": 1_000_000, "unit": "KGS", "claimant_class": "unattributed" },
            { "measure": "vote_share", "high": 79.25, "claimant_class": "government" }
        ],
        "legal_steps": [
            {
                "entity": { "id": politician }, "step": "sentenced", "date": "2020-03-02", "date_precision": "day",
                "authority": { "id": court }, "charge": "hooliganism",
                "penalty": { "kind": "administrative_arrest", "amount": 5, "unit": "day", "suspended": true },
                "note": "in his absence", "article": { "id": report }
            },
            { "entity": { "id": politician }, "step": "released", "penalty": { "kind": "ban" } },
            { "entity": { "id": politician }, "step": "fled" }
        ],
        "sources": [{ "article": { "id": undated }, "role": "background" }, { "article": { "id": report } }],
        "relations": [{ "relation": "part_of", "incident": { "id": larger } }],
        "verification": "corroborated",
        "coding": { "method": "machine_reviewed", "codebook": "1.0", "note": "the year is inferred" }
    }));
    let later = server.incident(json!({
        "title": "Protest against it", "relations": [{ "relation": "reaction_to", "incident": { "id": id } }]
    }));
    let report = json!({ "id": report, "title": "Rally in Bishkek", "url": "https://example.org/rally", "published_on": "2020-03-03" });
    let undated = json!({ "id": undated, "title": "A comment", "url": null, "published_on": null });
    let politician = json!({ "id": politician, "name": "A politician", "kind": "person" });
    let police = json!({ "id": police, "name": "Police of Bishkek", "kind": "public_body" });
    let court = json!({ "id": court, "name": "A district court", "kind": "public_body" });
    let answer = server.get(&format!("/v1/incidents/{id}"));
    holds(
        &answer,
        json!({
            "id": id, "version": 1, "dataset": "central-asia", "external_id": "rally", "state": "published",
            "title": "Rally", "summary": "People gathered.\nPolice came.", "kind": "assembly.dispersal", "effect": "restriction",
            "freedoms": ["peaceful_assembly", "liberty"], "tags": ["water_cannon", "tear_gas"],
            "start_date": "2020-03-01", "end_date": "2020-03-10", "date_precision": "part_of_month", "date_wording": "early March",
            "location": { "country": "KG", "admin1": "Bishkek Shaary", "place": "Bishkek", "lat": 42.87, "lon": 74.59, "precision": "settlement" },
            "participants": [
                { "entity": police, "label": "OMON", "role": "authority", "note": "in force", "article": report },
                { "entity": null, "label": "about two thousand people", "role": "participant", "note": null, "article": null },
                { "entity": politician, "label": null, "role": "subject", "note": null, "article": undated }
            ],
            "figures": [
                {
                    "measure": "detained", "low": 101, "high": 166, "best": 150, "approximate": true, "unit": null, "wording": "more than 100",
                    "places": ["Bishkek", "Osh"], "claimant_class": "police", "claimant": police, "article": report
                },
                {
                    "measure": "amount", "low": 1_000_000, "high": null, "best": null, "approximate": false, "unit": "KGS", "wording": null,
                    "places": [], "claimant_class": "unattributed", "claimant": null, "article": null
                },
                {
                    "measure": "vote_share", "low": null, "high": 79.25, "best": null, "approximate": false, "unit": null, "wording": null,
                    "places": [], "claimant_class": "government", "claimant": null, "article": null
                }
            ],
            "legal_steps": [
                {
                    "entity": politician, "step": "sentenced", "date": "2020-03-02", "date_precision": "day", "authority": court,
                    "charge": "hooliganism", "penalty": { "kind": "administrative_arrest", "amount": 5, "unit": "day", "suspended": true },
                    "note": "in his absence", "article": report
                },
                {
                    "entity": politician, "step": "released", "date": null, "date_precision": "unknown", "authority": null, "charge": null,
                    "penalty": { "kind": "ban", "amount": null, "unit": null, "suspended": false }, "note": null, "article": null
                },
                {
                    "entity": politician, "step": "fled", "date": null, "date_precision": "unknown", "authority": null, "charge": null,
                    "penalty": null, "note": null, "article": null
                }
            ],
            "sources": [{ "article": undated, "role": "background" }, { "article": report, "role": "primary" }],
            "relations": [
                {
                    "relation": "part_of", "direction": "outgoing",
                    "incident": { "id": larger, "title": "A wave of protests", "kind": "assembly.protest", "start_date": "2020-03-01" }
                },
                {
                    "relation": "reaction_to", "direction": "incoming",
                    "incident": { "id": later, "title": "Protest against it", "kind": "assembly.protest", "start_date": null }
                }
            ],
            "verification": "corroborated",
            "coding": { "method": "machine_reviewed", "codebook": "1.0", "note": "the year is inferred" }
        }),
    );
    let listed = server.get(&format!("/v1/incidents?id={id}"));
    assert_eq!(listed.at("/data/0"), answer.json());
    let seen_from_the_other_end = json!([{
        "relation": "part_of", "direction": "incoming",
        "incident": { "id": id, "title": "Rally", "kind": "assembly.dispersal", "start_date": "2020-03-01" }
    }]);
    assert_eq!(server.get(&format!("/v1/incidents/{larger}")).at("/relations"), seen_from_the_other_end);
}

#[test]
fn an_incident_of_which_little_is_known_has_every_member() {
    let server = Server::start();
    let id = server.incident(json!({ "title": "Something", "kind": "liberty.release" }));
    holds(
        &server.get(&format!("/v1/incidents/{id}")),
        json!({
            "id": id, "version": 1, "dataset": "central-asia", "external_id": null, "state": "published", "title": "Something", "summary": "",
            "kind": "liberty.release", "effect": "positive", "freedoms": [], "tags": [], "start_date": null, "end_date": null,
            "date_precision": "unknown", "date_wording": null,
            "location": { "country": null, "admin1": null, "place": null, "lat": null, "lon": null, "precision": "unknown" },
            "participants": [], "figures": [], "legal_steps": [], "sources": [], "relations": [], "verification": "unreviewed",
            "coding": { "method": "human", "codebook": "1.0", "note": null }
        }),
    );
}

#[test]
fn an_entity_shows_its_names_identifiers_relations_from_both_ends_and_counts() {
    let server = Server::start();
    let report = server.article(json!({ "title": "Who is who", "url": "https://example.org/who" }));
    let party = server.entity(json!({ "name": "A party", "kind": "political_party" }));
    let id = server.entity(json!({
        "name": "Атамбаев", "kind": "person", "country": "KG", "description": "A politician.", "external_id": "atambaev",
        "aliases": [{ "name": "Atambayev", "language": "en" }, { "name": "Атамбай" }],
        "identifiers": [{ "scheme": "wikidata", "value": "Q1" }, { "scheme": "telegram", "value": "somebody" }],
        "relations": [
            { "relation": "leads", "entity": { "id": party }, "start_date": "1999-07-30", "end_date": "2011-12-01", "article": { "id": report } },
            { "relation": "founder_of", "entity": { "id": party } }
        ]
    }));
    let lawyer = server
        .entity(json!({ "name": "A lawyer", "relations": [{ "relation": "represents", "entity": { "id": id } }] }));
    server.article(json!({ "mentions": [{ "entity": { "id": id }, "count": 7 }] }));
    server.article(json!({ "mentions": [{ "entity": { "id": id } }, { "entity": { "id": party } }] }));
    server.article(json!({ "publisher": { "id": id } }));
    server.incident(json!({ "participants": [{ "entity": { "id": id }, "role": "target" }] }));
    server.incident(json!({ "legal_steps": [{ "entity": { "id": id }, "step": "charged" }, { "entity": { "id": id }, "step": "convicted" }] }));
    server.incident(json!({ "figures": [{ "measure": "detained", "low": 1, "claimant_class": "party", "claimant": { "id": id } }] }));
    let report = json!({ "id": report, "title": "Who is who", "url": "https://example.org/who", "published_on": null });
    let shown_party = json!({ "id": party, "name": "A party", "kind": "political_party" });
    let answer = server.get(&format!("/v1/entities/{id}"));
    holds(
        &answer,
        json!({
            "id": id, "version": 1, "dataset": "central-asia", "external_id": "atambaev", "state": "published",
            "kind": "person", "name": "Атамбаев", "description": "A politician.", "country": "KG",
            "aliases": [{ "name": "Atambayev", "language": "en" }, { "name": "Атамбай", "language": null }],
            "identifiers": [{ "scheme": "wikidata", "value": "Q1" }, { "scheme": "telegram", "value": "somebody" }],
            "relations": [
                {
                    "relation": "leads", "direction": "outgoing", "entity": shown_party,
                    "start_date": "1999-07-30", "end_date": "2011-12-01", "article": report
                },
                { "relation": "founder_of", "direction": "outgoing", "entity": shown_party, "start_date": null, "end_date": null, "article": null },
                {
                    "relation": "represents", "direction": "incoming",
                    "entity": { "id": lawyer, "name": "A lawyer", "kind": "person" },
                    "start_date": null, "end_date": null, "article": null
                }
            ],
            "article_count": 2, "incident_count": 3
        }),
    );
    assert_eq!(server.get(&format!("/v1/entities?id={id}")).at("/data/0"), answer.json());
    let shown_id = json!({ "id": id, "name": "Атамбаев", "kind": "person" });
    let seen_from_the_other_end = json!([
        {
            "relation": "leads", "direction": "incoming", "entity": shown_id,
            "start_date": "1999-07-30", "end_date": "2011-12-01", "article": report
        },
        { "relation": "founder_of", "direction": "incoming", "entity": shown_id, "start_date": null, "end_date": null, "article": null }
    ]);
    assert_eq!(server.get(&format!("/v1/entities/{party}")).at("/relations"), seen_from_the_other_end);
    for (list, count) in [("incidents", 3), ("articles", 2)] {
        let total = server.get(&format!("/v1/{list}?entity={id}&include_total=true")).at("/meta/total/value");
        assert_eq!(total, count, "{list}");
    }
}

#[test]
fn an_article_shows_its_publisher_mentions_and_count_of_incidents() {
    let server = Server::start();
    let outlet = server.entity(json!({ "name": "An outlet", "kind": "media" }));
    let named = server.entity(json!({ "name": "Somebody named" }));
    let id = server.article(json!({
        "external_id": "1", "title": "A headline", "url": "https://example.org/1", "publisher": { "id": outlet },
        "authors": ["A. Author", "B. Author"], "language": "ky", "published_on": "2020-03-01", "published_precision": "month",
        "summary": "What it says.", "body": "The whole text.", "archived_url": "https://archive.example.org/1",
        "mentions": [{ "entity": { "id": named }, "count": 3 }, { "entity": { "id": outlet } }]
    }));
    server.incident(json!({ "sources": [{ "article": { "id": id } }] }));
    server.incident(json!({ "sources": [{ "article": { "id": id }, "role": "background" }] }));
    server.incident(json!({ "participants": [{ "label": "somebody", "role": "witness", "article": { "id": id } }] }));
    let outlet = json!({ "id": outlet, "name": "An outlet", "kind": "media" });
    let answer = server.get(&format!("/v1/articles/{id}"));
    holds(
        &answer,
        json!({
            "id": id, "version": 1, "dataset": "central-asia", "external_id": "1", "state": "published",
            "title": "A headline", "url": "https://example.org/1", "publisher": outlet, "authors": ["A. Author", "B. Author"],
            "language": "ky", "published_on": "2020-03-01", "published_precision": "month", "summary": "What it says.",
            "body": null, "archived_url": "https://archive.example.org/1",
            "mentions": [
                { "entity": { "id": named, "name": "Somebody named", "kind": "person" }, "count": 3 },
                { "entity": outlet, "count": 1 }
            ],
            "incident_count": 2
        }),
    );
    assert_eq!(server.get(&format!("/v1/articles?id={id}")).at("/data/0"), answer.json());
    let total = server.get(&format!("/v1/incidents?article={id}&include_total=true")).at("/meta/total/value");
    assert_eq!(total, 2);
}

#[test]
fn whole_numbers_are_written_without_a_fraction() {
    let server = Server::start();
    let person = server.entity(json!({}));
    let id = server.incident(json!({
        "figures": [
            { "measure": "detained", "low": 166.0, "high": 1e15, "claimant_class": "police" },
            { "measure": "vote_share", "low": 0.0, "best": 79.2, "claimant_class": "police" }
        ],
        "legal_steps": [{ "entity": { "id": person }, "step": "sentenced", "penalty": { "kind": "fine", "amount": 1000.0, "unit": "KGS", "suspended": false } }]
    }));
    let body = String::from_utf8(server.get(&format!("/v1/incidents/{id}")).body).expect("a text");
    for member in ["\"low\":166,", "\"high\":1000000000000000,", "\"low\":0,", "\"best\":79.2,", "\"amount\":1000,"] {
        assert!(body.contains(member), "{member} is not in {body}");
    }
}
