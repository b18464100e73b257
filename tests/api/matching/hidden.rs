//! Whom matching may find: nobody who is hidden, and nobody less for those who are.

use civicspace::http::auth::Role;
use serde_json::json;

use super::{first, found};
use crate::harness::Server;

#[test]
fn what_somebody_may_not_see_is_no_candidate() {
    let server = Server::start();
    server.dataset("secret", "internal");
    for members in [
        json!({ "name": "Aibek Sultanov", "state": "draft" }),
        json!({ "name": "Aibek Sultanov", "state": "retracted" }),
    ] {
        server.entity(members);
    }
    let internal = server.entity(json!({ "name": "Aibek Sultanov", "dataset": "secret", "identifiers": [{ "scheme": "wikidata", "value": "Q42" }] }));
    let query = json!({ "queries": { "q": { "name": "Aibek Sultanov", "identifiers": [{ "scheme": "wikidata", "value": "Q42" }] } } });
    assert_eq!(server.post("/v1/match", &query).at("/results/q/candidates"), json!([]));
    let reader = server.key(Role::Reader);
    let as_reader = server.write(&reader, "POST", "/v1/match", &query, &[]);
    assert_eq!(as_reader.at("/results/q/candidates"), json!([]));
    let as_editor = server.write(&server.key(Role::Editor), "POST", "/v1/match", &query, &[]);
    assert_eq!(as_editor.at("/results/q/candidates/0/entity/id"), json!(internal));
    assert_eq!(as_editor.at("/results/q/candidates").as_array().map(Vec::len), Some(1));
}

#[test]
fn hidden_names_leave_room_for_those_that_are_seen() {
    let server = Server::start();
    server.dataset("hidden", "internal");
    server.dataset("field", "public");
    // More than are looked at of one way to find a name, each nearer to what is asked for than the one that may be seen.
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name, state)
         SELECT gen_random_uuid(), CASE n % 2 WHEN 0 THEN 'hidden' ELSE 'field' END, 'person',
            CASE n % 3 WHEN 0 THEN 'Dragomir Longname' ELSE 'Dragomyr Longnam' END,
            CASE n % 2 WHEN 0 THEN 'published' ELSE 'draft' END FROM generate_series(1, 1500) AS n",
    );
    server.database.derive();
    server.entity(json!({ "name": "Dragomir Longname" }));
    server.entity(json!({ "name": "Dragomyyr Langname" }));
    assert_eq!(found(&server, json!({ "name": "Dragomir Longname" })), ["Dragomir Longname", "Dragomyyr Langname"]);
    assert_eq!(found(&server, json!({ "name": "Longname" })), ["Dragomir Longname", "Dragomyyr Langname"]);
}

#[test]
fn an_identifier_of_many_who_are_hidden_finds_who_may_be_seen() {
    let server = Server::start();
    server.dataset("hidden", "internal");
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name)
         SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'hidden', 'person', n
         FROM generate_series(1, 100) AS n;
         INSERT INTO identifiers (entity_id, position, scheme, value) SELECT id, 0, 'wikidata', 'Q42' FROM entities",
    );
    let identifiers = json!([{ "scheme": "wikidata", "value": "Q42" }]);
    server.entity(json!({ "name": "Aibek Sultanov", "identifiers": identifiers }));
    assert_eq!(found(&server, json!({ "name": "…", "identifiers": identifiers })), ["Aibek Sultanov"]);
}

#[test]
fn of_many_namesakes_those_of_the_kind_and_country_that_are_wanted_are_found() {
    let server = Server::start();
    server.dataset("field", "public");
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name, country, state)
         SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'field', 'person', 'Aibek Sultanov', 'KZ',
            'published' FROM generate_series(1, 1200) AS n",
    );
    server.database.derive();
    let namesake = |country: &str, kind: &str| {
        server.entity(json!({ "name": "Aibek Sultanov", "country": country, "kind": kind }))
    };
    let stateless = server.entity(json!({ "name": "Aibek Sultanov", "country": null }));
    let likelier = first(&server, json!({ "name": "Sultanov Aibek", "country": "TM" }));
    assert_eq!(
        likelier["entity"]["id"],
        json!(stateless),
        "who has no country is likelier than who has another: {likelier}"
    );
    let (person, company) = (namesake("KG", "person"), namesake("KZ", "company"));
    let in_country = first(&server, json!({ "name": "Sultanov Aibek", "country": "KG" }));
    assert_eq!(in_country["entity"]["id"], json!(person), "{in_country}");
    let of_kind = first(&server, json!({ "name": "Sultanov Aibek", "kind": "company" }));
    assert_eq!(of_kind["entity"]["id"], json!(company), "{of_kind}");
}
