//! Filters: what each parameter of the lists finds.

mod of_others;
mod when_and_where;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::Server;

/// Asserts which records of a list each query finds: their titles or names, sorted, with spaces between them.
#[track_caller]
fn finds(server: &Server, list: &str, cases: &[(&str, &str)]) {
    let name = if list == "/v1/entities" { "/name" } else { "/title" };
    for (query, expected) in cases {
        let answer = server.get(&format!("{list}?{query}"));
        assert_eq!(answer.status, 200, "{query}: {answer}");
        let mut found = answer.texts(name);
        found.sort();
        assert_eq!(found.join(" "), *expected, "{query}");
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn place(members: &Value) -> Value {
    let mut location =
        json!({ "country": null, "admin1": null, "place": null, "lat": null, "lon": null, "precision": "unknown" });
    location.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
    location
}

fn figure(measure: &str, low: Option<f64>) -> Value {
    json!({ "measure": measure, "low": low, "wording": "as the source has it", "claimant_class": "police" })
}

/// Three incidents of different kinds in different countries, one of them unknown.
fn with_kinds_and_countries() -> Server {
    let server = Server::start();
    for (title, kind, country) in [
        ("protest", "assembly.protest", json!("KZ")),
        ("dispersal", "assembly.dispersal", json!("KG")),
        ("raid", "pressure.raid", json!("KZ")),
        ("nowhere", "pressure.harassment", json!(null)),
    ] {
        server.incident(json!({ "title": title, "kind": kind, "location": place(&json!({ "country": country })) }));
    }
    server
}

#[test]
fn a_comma_means_any_of_the_values_and_different_parameters_narrow_each_other() {
    finds(
        &with_kinds_and_countries(),
        "/v1/incidents",
        &[
            ("kind=pressure.raid", "raid"),
            ("kind=pressure.raid,assembly.protest", "protest raid"),
            ("kind=pressure.raid%2Cassembly.protest", "protest raid"),
            ("kind=pressure.raid,pressure.raid", "raid"),
            ("country=KZ", "protest raid"),
            ("country=KZ,KG", "dispersal protest raid"),
            ("country=UZ", ""),
            ("country=KZ,KG&kind=assembly.dispersal,pressure.raid,law.adopted", "dispersal raid"),
            ("country=KG&kind=pressure.raid", ""),
        ],
    );
}

#[test]
fn a_category_stands_for_all_its_kinds() {
    finds(
        &with_kinds_and_countries(),
        "/v1/incidents",
        &[
            ("kind=assembly", "dispersal protest"),
            ("kind=assembly,pressure.raid", "dispersal protest raid"),
            ("kind=assembly,assembly.protest", "dispersal protest"),
            ("kind=law", ""),
            ("kind=assembly&kind_not=assembly.protest", "dispersal"),
        ],
    );
}

#[test]
fn what_is_excluded_is_not_found_and_an_unknown_country_is_no_other_country() {
    finds(
        &with_kinds_and_countries(),
        "/v1/incidents",
        &[
            ("kind_not=assembly", "nowhere raid"),
            ("kind_not=assembly,pressure.raid", "nowhere"),
            ("country_not=KZ", "dispersal nowhere"),
            ("country_not=KZ,KG", "nowhere"),
            ("country_not=UZ", "dispersal nowhere protest raid"),
            ("country=KZ&country_not=KZ", ""),
        ],
    );
}

#[test]
fn an_entity_is_found_as_participant_as_claimant_and_as_person_of_a_legal_step_but_not_as_authority_of_one() {
    let server = Server::start();
    let [wanted, other] = ["wanted", "other"].map(|name| server.entity(json!({ "name": name })));
    let participant = |id: Uuid, role: &str| json!([{ "entity": { "id": id }, "role": role }]);
    server.incident(json!({ "title": "participant", "participants": participant(wanted, "target") }));
    server.incident(json!({ "title": "claimant", "figures": [
        { "measure": "detained", "low": 1, "claimant_class": "ngo", "claimant": { "id": wanted } }
    ] }));
    server.incident(json!({ "title": "person", "legal_steps": [{ "entity": { "id": wanted }, "step": "charged" }] }));
    server.incident(json!({ "title": "authority", "legal_steps": [
        { "entity": { "id": other }, "step": "charged", "authority": { "id": wanted } }
    ] }));
    server.incident(json!({ "title": "all", "participants": participant(wanted, "witness"), "legal_steps": [
        { "entity": { "id": wanted }, "step": "charged" }, { "entity": { "id": wanted }, "step": "convicted" }
    ] }));
    server.incident(json!({ "title": "other", "participants": participant(other, "organizer") }));
    finds(
        &server,
        "/v1/incidents",
        &[
            (&format!("entity={wanted}"), "all claimant participant person"),
            (&format!("entity={other}"), "authority other"),
            (&format!("entity={wanted},{other}"), "all authority claimant other participant person"),
            (&format!("entity={}", Uuid::now_v7()), ""),
        ],
    );
    for (entity, count) in [(wanted, 4), (other, 2)] {
        assert_eq!(server.get(&format!("/v1/entities/{entity}")).at("/incident_count"), count);
        let list = server.get(&format!("/v1/incidents?entity={entity}&include_total=true&limit=1"));
        assert_eq!(list.at("/meta/total"), json!({ "value": count, "relation": "eq" }));
    }
}

#[test]
fn a_role_is_that_of_the_entity_that_is_asked_for_or_alone_of_anybody() {
    let server = Server::start();
    let [a, b] = ["a", "b"].map(|name| server.entity(json!({ "name": name })));
    server.incident(json!({ "title": "target", "participants": [
        { "entity": { "id": a }, "role": "target" }, { "entity": { "id": b }, "role": "organizer" }
    ] }));
    server.incident(json!({ "title": "organizer", "participants": [{ "entity": { "id": a }, "role": "organizer" }] }));
    server.incident(json!({ "title": "unnamed", "participants": [{ "label": "two men", "role": "target" }] }));
    server.incident(json!({ "title": "charged", "legal_steps": [{ "entity": { "id": a }, "step": "charged" }] }));
    finds(
        &server,
        "/v1/incidents",
        &[
            (&format!("entity={a}&role=target"), "target"),
            (&format!("entity={a}&role=organizer"), "organizer"),
            (&format!("entity={b}&role=target"), ""),
            (&format!("entity={a},{b}&role=organizer"), "organizer target"),
            (&format!("entity={a}&role=target,organizer"), "organizer target"),
            ("role=target", "target unnamed"),
            ("role=organizer,target", "organizer target unnamed"),
            ("role=witness", ""),
        ],
    );
}

#[test]
fn a_least_figure_is_tested_on_the_lower_bound_of_the_measure_that_it_is_asked_of() {
    let server = Server::start();
    for (title, figures) in [
        ("exactly", json!([figure("detained", Some(100.0))])),
        ("more", json!([figure("detained", Some(101.5))])),
        ("fewer", json!([figure("detained", Some(99.0)), figure("participants", Some(5000.0))])),
        ("dozens", json!([figure("detained", None)])),
        ("atmost", json!([{ "measure": "detained", "high": 500, "claimant_class": "police" }])),
        ("disputed", json!([figure("detained", Some(3.0)), figure("detained", Some(200.0))])),
        ("without", json!([])),
    ] {
        server.incident(json!({ "title": title, "figures": figures }));
    }
    finds(
        &server,
        "/v1/incidents",
        &[
            ("measure=detained", "atmost disputed dozens exactly fewer more"),
            ("measure=participants", "fewer"),
            ("measure=participants,killed", "fewer"),
            ("measure=killed", ""),
            ("measure=detained&min_figure=100", "disputed exactly more"),
            ("measure=detained&min_figure=101", "disputed more"),
            ("measure=detained&min_figure=102", "disputed"),
            ("measure=detained&min_figure=0", "disputed exactly fewer more"),
            ("measure=detained,participants&min_figure=1000", "fewer"),
            ("measure=detained&min_figure=1000000000000000", ""),
        ],
    );
}

#[test]
fn the_other_filters_of_incidents_find_what_has_the_value() {
    let server = Server::start();
    server.dataset("partner", "public");
    let [report, other] = ["report", "other"].map(|title| server.article(json!({ "title": title })));
    let a = server.incident(json!({
        "title": "a", "external_id": "rally, 1", "effect": "positive", "freedoms": ["privacy", "movement"],
        "tags": ["tear_gas", "water_cannon"], "verification": "verified",
        "sources": [{ "article": { "id": report } }, { "article": { "id": other }, "role": "disputing" }],
        "legal_steps": [{ "entity": { "id": server.entity(json!({})) }, "step": "convicted" }],
        "figures": [{ "measure": "detained", "low": 1, "claimant_class": "police" }, { "measure": "detained", "low": 9, "claimant_class": "ngo" }],
    }));
    let b = server.incident(json!({
        "title": "b", "dataset": "partner", "external_id": "rally, 1", "effect": "restriction", "freedoms": ["expression"],
        "tags": ["tear_gas"], "verification": "disputed", "sources": [{ "article": { "id": other } }],
        "legal_steps": [{ "entity": { "id": server.entity(json!({})) }, "step": "charged" }],
        "figures": [{ "measure": "killed", "low": 1, "claimant_class": "government" }],
    }));
    server.incident(json!({
        "title": "c", "freedoms": [], "verification": "unreviewed",
        "participants": [{ "label": "somebody", "role": "witness", "article": { "id": report } }]
    }));
    finds(
        &server,
        "/v1/incidents",
        &[
            (&format!("id={a}"), "a"),
            (&format!("id={a},{b},{}", Uuid::now_v7()), "a b"),
            (&format!("id={}", a.to_string().to_uppercase()), "a"),
            ("effect=positive", "a"),
            ("effect=positive,neutral", "a c"),
            ("freedom=movement", "a"),
            ("freedom=movement,expression", "a b"),
            ("freedom=integrity", ""),
            ("tag=tear_gas", "a b"),
            ("tag=water_cannon", "a"),
            ("tag=water_cannon,tear_gas", "a b"),
            ("tag=hunger_strike", ""),
            ("verification=verified", "a"),
            ("verification=verified,disputed", "a b"),
            ("step=convicted", "a"),
            ("step=convicted,charged", "a b"),
            ("step=acquitted", ""),
            ("claimant_class=ngo", "a"),
            ("claimant_class=ngo,government", "a b"),
            ("claimant_class=court", ""),
            (&format!("article={report}"), "a"),
            (&format!("article={report},{other}"), "a b"),
            ("dataset=partner", "b"),
            ("dataset=partner,central-asia", "a b c"),
            ("dataset=unheard-of", ""),
            ("external_id=rally,%201", "a b"),
            ("external_id=rally,+1&dataset=partner", "b"),
            ("external_id=rally", ""),
            ("state=published", "a b c"),
        ],
    );
}
