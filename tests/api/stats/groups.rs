//! Groups of incidents.

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use super::{counts, in_country, on, part, rows};
use crate::harness::Server;

#[test]
fn each_grouping_counts_what_incidents_have_and_null_is_for_what_is_unknown() {
    let server = Server::start();
    server.dataset("partner", "public");
    let place = |country: &str, admin1: &str| in_country(json!(country), json!(admin1));
    server.incident(on(
        "2020-03-02",
        json!({ "kind": "assembly.protest", "effect": "neutral", "location": place("KG", "Chüy") }),
    ));
    server.incident(on(
        "2020-03-02",
        json!({ "kind": "assembly.dispersal", "effect": "restriction", "location": place("KG", "CHÜY") }),
    ));
    server.incident(json!({ "kind": "pressure.raid", "effect": "restriction", "location": place("KZ", "Almaty"), "verification": "verified" }));
    server.incident(json!({ "kind": "pressure.raid", "effect": "restriction", "dataset": "partner" }));
    counts(
        &server,
        &[
            ("group_by=country", &["KG 2", "KZ 1", "null 1"]),
            ("group_by=admin1", &["CHÜY 2", "Almaty 1", "null 1"]),
            ("group_by=kind", &["pressure.raid 2", "assembly.dispersal 1", "assembly.protest 1"]),
            ("group_by=category", &["assembly 2", "pressure 2"]),
            ("group_by=effect", &["restriction 3", "neutral 1"]),
            ("group_by=verification", &["unreviewed 3", "verified 1"]),
            ("group_by=dataset", &["central-asia 3", "partner 1"]),
            ("group_by=year", &["2020 2", "null 2"]),
            ("group_by=country,category", &["KG assembly 2", "KZ pressure 1", "null pressure 1"]),
            ("group_by=category,country", &["assembly KG 2", "pressure KZ 1", "pressure null 1"]),
            ("group_by=admin1,country", &["CHÜY KG 2", "Almaty KZ 1", "null null 1"]),
            ("group_by=country&kind=pressure", &["KZ 1", "null 1"]),
            ("group_by=country&country_not=KG", &["KZ 1", "null 1"]),
            ("group_by=kind&dataset=partner", &["pressure.raid 1"]),
            ("group_by=kind&country=UZ", &[]),
        ],
    );
}

#[test]
fn what_has_several_values_is_in_the_group_of_each_and_counted_once_in_the_total() {
    let server = Server::start();
    let [a, b] = ["a", "b"].map(|name| server.entity(json!({ "name": name })).to_string());
    server.incident(json!({
        "kind": "pressure.raid", "freedoms": ["privacy", "expression"],
        "participants": [part(&a, "target"), part(&b, "target"), part(&b, "witness"), { "label": "two men", "role": "expert" }],
        "figures": [
            { "measure": "detained", "low": 1, "claimant_class": "police" }, { "measure": "detained", "low": 2, "claimant_class": "ngo" },
            { "measure": "injured", "wording": "dozens", "claimant_class": "ngo" }
        ]
    }));
    server.incident(json!({ "kind": "pressure.harassment", "freedoms": ["privacy"] }));
    server.incident(json!({ "kind": "pressure.harassment", "freedoms": [] }));
    counts(
        &server,
        &[
            ("group_by=freedom", &["privacy 2", "expression 1", "null 1"]),
            ("group_by=role", &["null 2", "expert 1", "target 1", "witness 1"]),
            ("group_by=measure", &["null 2", "detained 1 (1..2 of 1)", "injured 1 (null..null of 0)"]),
            (
                "group_by=freedom,role&kind=pressure.raid",
                &[
                    "expression expert 1",
                    "expression target 1",
                    "expression witness 1",
                    "privacy expert 1",
                    "privacy target 1",
                    "privacy witness 1",
                ],
            ),
            // A filter finds incidents; what else they have is in the groups, too.
            ("group_by=freedom&freedom=expression", &["expression 1", "privacy 1"]),
        ],
    );
    for (query, additive, total) in [
        ("group_by=freedom", false, 3),
        ("group_by=kind,role", false, 3),
        ("group_by=kind", true, 3),
        ("group_by=kind,year&freedom=privacy", true, 2),
        ("group_by=kind&unit=people", false, 2),
        ("group_by=kind&unit=articles", false, 0),
    ] {
        let meta = server.get(&format!("/v1/stats/incidents?{query}")).at("/meta");
        assert_eq!((&meta["additive"], &meta["total"]), (&json!(additive), &json!(total)), "{query}");
        let adds_up = meta["rule"].as_str().is_some_and(|rule| rule.contains("the counts add up to `total`"));
        assert_eq!(adds_up, additive, "{query}");
    }
}

#[test]
fn an_answer_says_what_it_counts_and_how() {
    let server = Server::start();
    server.incident(json!({}));
    let meta = |query: &str| server.get(&format!("/v1/stats/incidents?{query}")).at("/meta");
    let plain = meta("group_by=month,freedom");
    assert_eq!(plain["unit"], "incidents");
    assert_eq!(
        plain["group_by"],
        json!([{ "name": "month", "many_valued": false }, { "name": "freedom", "many_valued": true }])
    );
    assert_eq!((&plain["measure"], &plain["revision"], &plain["total"]), (&Value::Null, &json!(1), &json!(1)));
    for (query, measure, words) in [
        ("group_by=kind", json!(null), "Counted are the incidents"),
        ("group_by=month", json!(null), "falls into the span of its first day"),
        ("group_by=role", json!(null), "several values of `role`"),
        ("group_by=kind&unit=people", json!(null), "who only claims a figure is none of them"),
        ("group_by=kind&unit=articles", json!(null), "articles that are sources"),
        ("group_by=kind&measure=detained", json!("detained"), "sums of `detained`"),
        ("group_by=kind&measure=detained,detained", json!("detained"), "sums of `detained`"),
        ("group_by=kind&measure=detained,killed", json!(null), "sums are of one measure"),
        ("group_by=kind&measure=amount", json!(null), "several currencies"),
        ("group_by=measure", json!(null), "sums of the measure of the row"),
        ("group_by=measure&measure=detained", json!(null), "sums of the measure of the row"),
        ("group_by=kind&measure=detained&unit=people", json!(null), "nothing is summed of people"),
    ] {
        let meta = meta(query);
        assert_eq!(meta["measure"], measure, "{query}");
        assert!(meta["rule"].as_str().is_some_and(|rule| rule.contains(words)), "{query}: {}", meta["rule"]);
    }
    assert!(!meta("group_by=kind")["rule"].as_str().expect("a rule").contains("sum"));
}

#[test]
fn all_filters_of_the_list_apply_and_the_words_of_a_search() {
    let server = Server::start();
    server.incident(json!({ "title": "Rally for Japarov", "kind": "assembly.protest" }));
    server.incident(json!({ "title": "Raid", "kind": "pressure.raid", "location": {
        "country": "KG", "admin1": null, "place": "Bishkek", "lat": 42.87, "lon": 74.59, "precision": "settlement"
    } }));
    counts(
        &server,
        &[
            ("group_by=kind&q=Japarov", &["assembly.protest 1"]),
            ("group_by=kind&q=-Japarov", &["pressure.raid 1"]),
            ("group_by=kind&q=the", &[]),
            ("group_by=kind&near=74.59,42.87,10", &["pressure.raid 1"]),
            ("group_by=kind&bbox=70,40,80,45", &["pressure.raid 1"]),
            ("group_by=kind&place=bishkek", &["pressure.raid 1"]),
        ],
    );
    let editor = server.key(Role::Editor);
    let draft = json!({
        "title": "Draft", "kind": "law.proposed", "state": "draft", "location": in_country(json!(null), json!(null)), "coding": { "method": "human", "codebook": "1.0" }
    });
    assert_eq!(server.write(&editor, "POST", "/v1/incidents", &draft, &[]).status, 201);
    let drafts = "/v1/stats/incidents?group_by=kind&state=draft,published";
    assert_eq!(rows(&server.get_as(&editor, drafts)), ["assembly.protest 1", "law.proposed 1", "pressure.raid 1"]);
    assert_eq!(server.get_as(&server.key(Role::Reader), drafts).status, 403);
    assert_eq!(server.get(drafts).status, 401);
}

#[test]
fn merged_ids_stand_for_the_record_that_took_their_place() {
    let server = Server::start();
    let [merged, survivor] = ["Merged", "Survivor"].map(|name| server.entity(json!({ "name": name })));
    server.incident(json!({ "participants": [part(&merged.to_string(), "target")] }));
    server.merge("entities", merged, survivor);
    counts(
        &server,
        &[
            (&format!("group_by=role&entity={merged}"), &["target 1"]),
            (&format!("group_by=role&unit=people&entity={merged}"), &["target 1"]),
        ],
    );
}

#[test]
fn what_is_hidden_is_counted_for_editors_alone() {
    let server = Server::start();
    server.dataset("inside", "internal");
    server.incident(json!({ "kind": "pressure.raid" }));
    server.incident(json!({ "kind": "law.adopted", "dataset": "inside" }));
    let query = "/v1/stats/incidents?group_by=kind";
    assert_eq!(rows(&server.get(query)), ["pressure.raid 1"]);
    assert_eq!(rows(&server.get_as(&server.key(Role::Editor), query)), ["law.adopted 1", "pressure.raid 1"]);
    counts(&server, &[("group_by=dataset&dataset=inside", &[])]);
}

#[test]
fn what_cannot_be_grouped_is_refused_and_says_what_can() {
    let server = Server::start();
    for (query, words) in [
        ("", "must be given"),
        ("group_by=", "Allowed: country, admin1"),
        ("group_by=months", "the nearest is `month`"),
        ("group_by=kind,kind", "names `kind` twice"),
        ("group_by=kind,month,country", "takes one or two"),
        ("group_by=kind,", "Allowed"),
    ] {
        let fault = server.get(&format!("/v1/stats/incidents?{query}")).problem(400, "invalid-parameter");
        assert_eq!(fault["name"], "group_by", "{query}");
        assert!(fault["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{query}: {fault}");
    }
    for (query, name) in [
        ("group_by=kind&unit=persons", "unit"),
        ("group_by=kind&limit=5", "limit"),
        ("group_by=kind&sort=date", "sort"),
        ("group_by=kind&contry=KG", "contry"),
        ("group_by=kind&min_figure=5", "min_figure"),
        ("group_by=kind&date_from=2020-01-02&date_to=2020-01-01", "date_from"),
    ] {
        let fault = server.get(&format!("/v1/stats/incidents?{query}")).problem(400, "invalid-parameter");
        assert_eq!(fault["name"], name, "{query}");
    }
}
