//! The filters of articles and entities, and those that all resources share.

use serde_json::{Value, json};

use super::{encoded, finds};
use crate::harness::Server;

#[test]
fn the_filters_of_articles_find_what_has_the_value() {
    let server = Server::start();
    server.dataset("partner", "public");
    let [outlet, agency, named] = ["outlet", "agency", "named"].map(|name| server.entity(json!({ "name": name })));
    let url = "https://example.org/news?id=1&lang=ru#top";
    let a = server.article(json!({
        "title": "a", "language": "ru", "url": url, "publisher": { "id": outlet }, "external_id": "1",
        "mentions": [{ "entity": { "id": named }, "count": 2 }, { "entity": { "id": agency } }]
    }));
    let b = server.article(json!({
        "title": "b", "language": "kk-Cyrl", "url": "https://example.org/news", "publisher": { "id": agency },
        "dataset": "partner", "external_id": "1", "mentions": [{ "entity": { "id": agency } }]
    }));
    server.article(json!({ "title": "c", "language": "kk" }));
    let told = server.incident(json!({ "sources": [{ "article": { "id": a } }] }));
    let retold = server.incident(json!({
        "sources": [{ "article": { "id": b }, "role": "background" }],
        "participants": [{ "label": "somebody", "role": "witness", "article": { "id": a } }]
    }));
    finds(
        &server,
        "/v1/articles",
        &[
            (&format!("id={a}"), "a"),
            (&format!("id={a},{b}"), "a b"),
            (&format!("publisher={outlet}"), "a"),
            (&format!("publisher={outlet},{agency}"), "a b"),
            (&format!("publisher={named}"), ""),
            ("language=ru", "a"),
            ("language=kk", "c"),
            ("language=kk,kk-Cyrl", "b c"),
            ("language=uz", ""),
            (&format!("entity={named}"), "a"),
            (&format!("entity={agency}"), "a b"),
            (&format!("entity={named},{outlet}"), "a"),
            (&format!("entity={outlet}"), ""),
            (&format!("incident={told}"), "a"),
            (&format!("incident={retold}"), "b"),
            (&format!("incident={told},{retold}"), "a b"),
            ("dataset=partner", "b"),
            ("dataset=central-asia", "a c"),
            ("external_id=1", "a b"),
            ("external_id=1&dataset=central-asia", "a"),
            (&format!("url={}", encoded(url)), "a"),
            ("url=https://example.org/news", "b"),
            ("url=https://example.org/new", ""),
            ("url=https://example.org/NEWS", ""),
            (&format!("entity={agency}&language=ru"), "a"),
            (&format!("publisher={outlet}&language=kk"), ""),
            ("state=published", "a b c"),
        ],
    );
}

#[test]
fn an_article_fits_the_dates_that_its_period_overlaps() {
    let server = Server::start();
    for (title, day, precision) in [
        ("day", "2020-03-04", "day"),
        ("early", "2020-03-01", "part_of_month"),
        ("late", "2020-03-21", "part_of_month"),
        ("month", "2020-02-01", "month"),
        ("quarter", "2020-03-01", "quarter"),
        ("week", "2020-03-30", "week"),
        ("year", "2020-01-01", "year"),
    ] {
        server.article(json!({ "title": title, "published_on": day, "published_precision": precision }));
    }
    server.article(json!({ "title": "undated" }));
    finds(
        &server,
        "/v1/articles",
        &[
            ("published_from=2020-03-04&published_to=2020-03-04", "day early quarter year"),
            ("published_from=2020-02-29&published_to=2020-02-29", "month year"),
            ("published_to=2020-02-01", "month year"),
            ("published_to=2020-01-31", "year"),
            ("published_to=2019-12-31", ""),
            ("published_from=2020-03-10&published_to=2020-03-10", "early quarter year"),
            ("published_from=2020-03-11&published_to=2020-03-20", "quarter year"),
            ("published_from=2020-03-31&published_to=2020-03-31", "late quarter week year"),
            ("published_from=2020-04-05", "quarter week year"),
            ("published_from=2020-04-06", "quarter year"),
            ("published_from=2020-06-01", "year"),
            ("published_from=2021-01-01", ""),
            ("published_from=0000-01-01", "day early late month quarter week year"),
            ("published_from=1800-01-01", "day early late month quarter week year"),
            ("published_to=2199-12-31", "day early late month quarter week year"),
        ],
    );
}

#[test]
fn the_filters_of_entities_find_what_has_the_value() {
    let server = Server::start();
    server.dataset("partner", "public");
    let identifiers = |values: &[(&str, &str)]| -> Value {
        values.iter().map(|(scheme, value)| json!({ "scheme": scheme, "value": value })).collect()
    };
    let a = server.entity(json!({
        "name": "a", "kind": "person", "country": "KZ", "external_id": "1",
        "identifiers": identifiers(&[("wikidata", "Q1"), ("website", "https://example.org/a:b")])
    }));
    let b = server.entity(json!({
        "name": "b", "kind": "media", "country": "KG", "external_id": "1", "dataset": "partner",
        "identifiers": identifiers(&[("isni", "Q1")])
    }));
    server.entity(json!({ "name": "c", "kind": "law" }));
    finds(
        &server,
        "/v1/entities",
        &[
            (&format!("id={b}"), "b"),
            (&format!("id={a},{b}"), "a b"),
            ("kind=person", "a"),
            ("kind=person,law", "a c"),
            ("kind=place", ""),
            ("country=KZ", "a"),
            ("country=KZ,KG", "a b"),
            ("kind=media&country=KZ", ""),
            ("identifier=wikidata:Q1", "a"),
            ("identifier=isni:Q1", "b"),
            ("identifier=viaf:Q1", ""),
            ("identifier=wikidata:Q10", ""),
            ("identifier=wikidata%3AQ1", "a"),
            ("identifier=website:https://example.org/a:b", "a"),
            ("dataset=partner", "b"),
            ("dataset=partner,central-asia", "a b c"),
            ("external_id=1", "a b"),
            ("external_id=1&dataset=partner", "b"),
            ("state=published", "a b c"),
        ],
    );
}

#[test]
fn updated_since_finds_what_was_stored_at_that_moment_or_later() {
    let server = Server::start();
    for name in ["old", "new"] {
        server.article(json!({ "title": name }));
        server.entity(json!({ "name": name }));
        server.incident(json!({ "title": name }));
    }
    for (list, name) in [("articles", "title"), ("entities", "name"), ("incidents", "title")] {
        server.database.execute(&format!(
            "UPDATE {list} SET created_at = '2020-01-01', updated_at = CASE {name}::text WHEN 'old' THEN '2020-03-02T12:00:00Z'::timestamptz ELSE '2020-03-02T12:00:00.5Z' END"
        ));
        finds(
            &server,
            &format!("/v1/{list}"),
            &[
                ("updated_since=2020-03-02T11:59:59Z", "new old"),
                ("updated_since=2020-03-02T12:00:00Z", "new old"),
                ("updated_since=2020-03-02T12:00:00.000001Z", "new"),
                ("updated_since=2020-03-02T12:00:00.5Z", "new"),
                ("updated_since=2020-03-02T18:00:00%2B06:00", "new old"),
                ("updated_since=2020-03-02T07:00:01-05:00", ""),
                ("updated_since=2020-03-02T12:00:01Z", ""),
            ],
        );
    }
}

#[test]
fn an_id_that_was_merged_away_stands_for_the_record_that_took_its_place() {
    let server = Server::start();
    let [gone, kept, other] = ["gone", "kept", "other"].map(|name| server.entity(json!({ "name": name })));
    server.merge("entities", gone, kept);
    let [old_report, report] = ["old", "report"].map(|title| {
        server.article(json!({
            "title": title, "publisher": { "id": kept }, "mentions": [{ "entity": { "id": kept } }]
        }))
    });
    server.merge("articles", old_report, report);
    let [old_rally, rally] = ["old", "rally"].map(|title| {
        server.incident(json!({
            "title": title, "participants": [{ "entity": { "id": kept }, "role": "target" }],
            "sources": [{ "article": { "id": report } }]
        }))
    });
    server.merge("incidents", old_rally, rally);
    finds(
        &server,
        "/v1/entities",
        &[
            (&format!("id={gone}"), "kept"),
            (&format!("id={gone},{kept}"), "kept"),
            (&format!("id={gone},{other}"), "kept other"),
        ],
    );
    finds(
        &server,
        "/v1/articles",
        &[
            (&format!("id={old_report}"), "report"),
            (&format!("publisher={gone}"), "report"),
            (&format!("entity={gone}"), "report"),
            (&format!("incident={old_rally}"), "report"),
        ],
    );
    finds(
        &server,
        "/v1/incidents",
        &[
            (&format!("id={old_rally}"), "rally"),
            (&format!("entity={gone}"), "rally"),
            (&format!("entity={gone}&role=target"), "rally"),
            (&format!("entity={gone}&role=witness"), ""),
            (&format!("article={old_report}"), "rally"),
        ],
    );
}
