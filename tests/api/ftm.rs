//! The seed dataset as entities of `FollowTheMoney`. `FTM_FILE=path` writes it to a file as well, for
//! `tests/conformance/exports/ftm.py`, which holds it against the model itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use civicspace::db::among::Among;
use civicspace::exports::ftm::{self, FtmEntity};
use civicspace::http::auth::View;
use civicspace::{entities, incidents};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{RUNTIME, Server};

/// Everything that the seeded server has, exported.
fn exported(server: &Server) -> Vec<FtmEntity> {
    let ids = |list: &str| -> Vec<Uuid> {
        let id = |record: &Value| record["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        server.all(list).iter().map(id).collect()
    };
    let (entity_ids, incident_ids) = (ids("/v1/entities"), ids("/v1/incidents"));
    RUNTIME.block_on(async {
        let (connection, view) = (server.database.connection().await, View::of_editor());
        let entities = entities::model::of_ids(&connection, Among::each(&entity_ids), &view).await.expect("entities");
        let incidents =
            incidents::model::of_ids(&connection, Among::each(&incident_ids), &view).await.expect("incidents");
        let things = entities.iter().map(ftm::entity).chain(entities.iter().flat_map(ftm::relations));
        things.chain(incidents.iter().flat_map(ftm::event)).collect()
    })
}

/// Records whose values the model would refuse or change if they went as they are.
fn add_what_is_hard(server: &Server) {
    let hard = "e\u{301}\u{200b}\u{85} \u{2003}x; \u{feff}y\u{202f}\"";
    let long = "Ж".repeat(500);
    for kind in ["person", "law", "place", "company"] {
        let identifiers: Vec<Value> = ["wikidata", "opensanctions", "isni", "viaf", "website", "telegram", "other"]
            .iter()
            .flat_map(|scheme| {
                [hard, long.as_str(), "https://a b.c", "\"quoted\""]
                    .map(|value| json!({ "scheme": scheme, "value": value }))
            })
            .collect();
        let aliases = [hard, "\"A\" and \"B\"", "\u{200b}"].map(|name| json!({ "name": name }));
        let entity = server.entity(
            json!({ "kind": kind, "name": long, "aliases": aliases, "identifiers": identifiers, "description": hard }),
        );
        let article = server.article(json!({ "url": "https://пример.рф/\u{200b}новости?#" }));
        let office = |start| json!({ "relation": "leads", "entity": { "id": entity }, "start_date": start, "article": { "id": article } });
        server.entity(json!({ "name": hard, "relations": [office(Value::Null), office(json!("2012-01-01"))] }));
        server.incident(json!({
            "title": hard, "summary": hard, "sources": [{ "article": { "id": article }, "role": "primary" }],
            "start_date": "1899-12-01", "end_date": "1900-02-28", "date_precision": "quarter",
            "location": { "country": "KG", "admin1": hard, "place": long, "lat": null, "lon": null, "precision": "settlement" },
            "participants": [{ "entity": { "id": entity }, "role": "subject" }, { "entity": { "id": entity }, "role": "subject" }]
        }));
    }
}

#[test]
fn the_seed_dataset_is_a_graph_without_loose_ends() {
    let server = Server::seeded();
    add_what_is_hard(&server);
    let exported = exported(&server);
    if let Some(file) = std::env::var_os("FTM_FILE") {
        let mut lines = String::new();
        for entity in &exported {
            let _infallible = writeln!(lines, "{}", serde_json::to_string(entity).expect("JSON"));
        }
        std::fs::write(file, lines).expect("a file");
    }
    let ids: BTreeSet<String> = exported.iter().map(|entity| entity.id.to_string()).collect();
    assert_eq!(ids.len(), exported.len(), "an id stands for one");
    for entity in &exported {
        for end in [
            "member",
            "organization",
            "director",
            "employee",
            "employer",
            "owner",
            "asset",
            "successor",
            "predecessor",
            "person",
            "relative",
            "associate",
            "agent",
            "client",
            "subject",
            "object",
            "involved",
            "organizer",
        ] {
            let named = entity.properties.get(end).into_iter().flatten();
            assert!(named.clone().all(|id| ids.contains(id)), "{entity:?}");
        }
        assert!(entity.properties.values().all(|values| !values.is_empty()), "{entity:?}");
    }
    let mut schemata: BTreeMap<&str, usize> = BTreeMap::new();
    for entity in &exported {
        *schemata.entry(entity.schema).or_default() += 1;
    }
    let total = |list: &str| server.all(list).len();
    let things = ["Person", "Organization", "PublicBody", "Company", "Document", "Address"];
    assert_eq!(things.iter().map(|schema| schemata[schema]).sum::<usize>(), total("/v1/entities"), "{schemata:?}");
    assert_eq!(schemata["Event"], total("/v1/incidents"), "{schemata:?}");
    for edge in ["Membership", "Directorship", "Employment", "Family", "UnknownLink"] {
        assert!(schemata.contains_key(edge), "{edge}: {schemata:?}");
    }
}
