//! Feeds: lists as Atom, for readers of feeds.

use std::collections::BTreeSet;

use atom_syndication::{Entry, Feed, Link};
use civicspace::http::auth::Role;
use serde_json::json;

use crate::harness::{Answer, Server};

const INCIDENTS: &str = "/v1/feeds/incidents.atom";
const ARTICLES: &str = "/v1/feeds/articles.atom";

/// The feed that was answered.
#[track_caller]
fn feed(answer: &Answer) -> Feed {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/atom+xml")), "{answer}");
    Feed::read_from(answer.body.as_slice()).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

/// The links of a relation: address, type and language.
fn links<'a>(links: &'a [Link], rel: &str) -> Vec<(&'a str, Option<&'a str>, Option<&'a str>)> {
    let of = links.iter().filter(|link| link.rel == rel);
    of.map(|link| (link.href(), link.mime_type(), link.hreflang())).collect()
}

fn ids(feed: &Feed) -> Vec<String> {
    feed.entries.iter().map(|entry| entry.id.strip_prefix("urn:uuid:").expect("an id").to_owned()).collect()
}

/// The one entry of a feed.
#[track_caller]
fn only_entry(server: &Server, path: &str) -> Entry {
    let [entry] = feed(&server.get(path)).entries.try_into().expect("one entry");
    entry
}

#[test]
fn a_feed_walks_the_list_from_what_changed_last() {
    let server = Server::seeded();
    for (path, list, limit) in [(INCIDENTS, "/v1/incidents", 100), (ARTICLES, "/v1/articles", 2)] {
        let mut next = format!("{path}?limit={limit}");
        let (mut walked, mut feeds, mut newest) = (Vec::new(), BTreeSet::new(), Vec::new());
        loop {
            let answer = server.get(&next);
            let page = feed(&answer);
            assert!((1..=limit).contains(&page.entries.len()), "{next}");
            assert_eq!(page.updated, page.entries[0].updated, "{next}");
            assert_eq!(links(&page.links, "self"), [(next.as_str(), Some("application/atom+xml"), None)]);
            newest.push(page.updated);
            feeds.insert(page.id.clone());
            walked.extend(ids(&page));
            let [(address, ..)] = links(&page.links, "next")[..] else {
                assert!(answer.header("link").is_none(), "{answer}");
                break;
            };
            assert_eq!(answer.header("link"), Some(format!("<{address}>; rel=\"next\"").as_str()));
            next = address.to_owned();
        }
        let mut listed = Vec::new();
        let mut page = format!("{list}?sort=-updated&limit=200");
        loop {
            let answer = server.get(&page);
            listed.extend(answer.texts("/id"));
            match answer.at("/meta/next_cursor").as_str() {
                Some(cursor) => page = format!("{list}?sort=-updated&limit=200&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(walked, listed);
        assert_eq!(feeds.len(), 1, "the pages are of one feed");
        assert!(newest.len() > 1 && newest.is_sorted_by(|a, b| a >= b), "{newest:?}");
    }
}

#[test]
fn a_change_brings_an_entry_to_the_top_under_its_id() {
    let server = Server::start();
    let first = server.incident(json!({ "title": "First" }));
    let second = server.incident(json!({ "title": "Second" }));
    let before = feed(&server.get(INCIDENTS));
    assert_eq!(ids(&before), [second.to_string(), first.to_string()]);
    let patched = server.write(
        &server.key(Role::Editor),
        "PATCH",
        &format!("/v1/incidents/{first}"),
        &json!({ "title": "First, corrected" }),
        &[("If-Match", "\"1\"")],
    );
    assert_eq!(patched.status, 200, "{patched}");
    let after = feed(&server.get(INCIDENTS));
    assert_eq!(ids(&after), [first.to_string(), second.to_string()]);
    assert_eq!(after.entries[0].title.value, "First, corrected");
    assert_eq!(after.entries[0].published, before.entries[1].published);
    assert!(after.entries[0].updated > before.entries[1].updated && after.updated == after.entries[0].updated);
}

#[test]
fn an_incident_is_an_entry_with_its_sources_and_categories() {
    let server = Server::start();
    let article = |url: &str| server.article(json!({ "title": "A report", "url": url }));
    let (one, other, again) =
        (article("https://example.org/a|b"), article("https://example.org/c"), article("https://example.org/c"));
    let sources = [one, other, again].map(|id| json!({ "article": { "id": id }, "role": "primary" }));
    let id = server.incident(json!({
        "title": "A rally", "summary": "Thousands\ncame.", "tags": ["tear_gas"],
        "location": { "country": "KG", "admin1": null, "place": null, "lat": null, "lon": null, "precision": "country" },
        "sources": sources
    }));
    let entry = only_entry(&server, INCIDENTS);
    let record = server.get(&format!("/v1/incidents/{id}")).json();
    assert_eq!((entry.title.value.as_str(), entry.id), ("A rally", format!("urn:uuid:{id}")));
    assert_eq!(entry.summary.expect("a summary").value, "Thousands\ncame.");
    let at = |member: &str| record[member].as_str().expect("a time").parse().expect("a time");
    assert_eq!((entry.published, entry.updated), (Some(at("created_at")), at("updated_at")));
    assert_eq!(links(&entry.links, "alternate"), [(format!("/v1/incidents/{id}").as_str(), None, None)]);
    assert_eq!(
        links(&entry.links, "via"),
        [("https://example.org/a%7Cb", None, None), ("https://example.org/c", None, None)]
    );
    let categories: Vec<_> =
        entry.categories.iter().map(|it| (it.scheme().expect("a scheme"), it.term(), it.label())).collect();
    assert_eq!(
        categories,
        [
            ("tag:civicspace.example,2026:incident_kind", "assembly.protest", Some("Protest")),
            ("urn:iso:std:iso:3166:-1", "KG", Some("Kyrgyzstan")),
            ("tag:civicspace.example,2026:tag", "tear_gas", None),
        ]
    );
    assert_eq!(entry.rights.expect("rights").value, "Record under CC-BY-4.0; credit: civicspace");
}

#[test]
fn an_article_is_an_entry_that_leads_to_where_it_was_published() {
    let server = Server::start();
    let publisher = server.entity(json!({ "kind": "media", "name": "A paper" }));
    let id = server.article(json!({
        "title": "Отчёт", "language": "ru", "url": "https://example.org/a", "archived_url": "https://archive.example/a",
        "publisher": { "id": publisher }, "summary": "It tells."
    }));
    let entry = only_entry(&server, ARTICLES);
    assert_eq!((entry.title.value.as_str(), entry.title.lang.as_deref()), ("Отчёт", Some("ru")));
    let record = format!("/v1/articles/{id}");
    assert_eq!(
        links(&entry.links, "alternate"),
        [("https://example.org/a", None, Some("ru")), (record.as_str(), Some("application/json"), None)]
    );
    assert_eq!(links(&entry.links, "related"), [("https://archive.example/a", None, None)]);
    assert_eq!(entry.authors.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["A paper"]);
    server.retract("articles", id);
    let id = server.article(json!({ "authors": ["A. Writer"], "publisher": { "id": publisher } }));
    let entry = only_entry(&server, ARTICLES);
    assert_eq!(links(&entry.links, "alternate"), [(format!("/v1/articles/{id}").as_str(), None, None)]);
    assert_eq!(entry.authors.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["A. Writer"]);
    assert!(entry.summary.is_none(), "nothing is said of what is not known");
}

#[test]
fn the_licence_of_a_dataset_goes_with_its_entries() {
    let server = Server::seeded();
    let page = feed(&server.get(&format!("{INCIDENTS}?limit=1")));
    assert_eq!(
        links(&page.entries[0].links, "license"),
        [("https://creativecommons.org/licenses/by/4.0/", None, None)]
    );
    assert_eq!(page.authors[0].name, "civicspace");
    let generator = page.generator.expect("a generator");
    assert_eq!(
        (generator.value.as_str(), generator.version.as_deref()),
        ("civicspace", Some(env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn text_that_xml_cannot_write_is_left_out_and_the_rest_is_kept() {
    let server = Server::start();
    let hostile = "<b> & ]]> \"'\u{fffe}\u{ffff}\u{85}\u{1f600} &amp; <![CDATA[";
    server.incident(json!({ "title": hostile, "summary": hostile }));
    let publisher = server.entity(json!({ "kind": "media", "name": hostile }));
    server.article(
        json!({ "title": hostile, "url": "https://example.org/?a=\"&b=<'>", "publisher": { "id": publisher } }),
    );
    let written = "<b> & ]]> \"'\u{85}\u{1f600} &amp; <![CDATA[";
    let entry = only_entry(&server, INCIDENTS);
    assert_eq!((entry.title.value.as_str(), entry.summary.expect("a summary").value.as_str()), (written, written));
    let entry = only_entry(&server, ARTICLES);
    assert_eq!((entry.title.value.as_str(), entry.authors[0].name.as_str()), (written, written));
    assert_eq!(entry.links[0].href, "https://example.org/?a=%22&b=%3C%27%3E");
    let asked = feed(&server.get(&format!("{INCIDENTS}?q=%3Cb%3E%20%26%20%EF%BF%BE")));
    assert_eq!(asked.title.value, "civicspace: incidents (q=<b> & )");
}

#[test]
fn the_filters_of_the_list_choose_the_entries() {
    let server = Server::seeded();
    for (path, list, filter) in [
        (INCIDENTS, "/v1/incidents", "country=KZ&kind=assembly&date_from=2020-01-01"),
        (INCIDENTS, "/v1/incidents", "q=Japarov"),
        (INCIDENTS, "/v1/incidents", "kind=rating"),
        (ARTICLES, "/v1/articles", "q=Bishkek&language=en"),
    ] {
        let listed = server.get(&format!("{list}?{filter}&sort=-updated&limit=200")).texts("/id");
        assert!(!listed.is_empty(), "{filter}");
        let page = feed(&server.get(&format!("{path}?{filter}&limit=200")));
        assert_eq!(ids(&page), listed, "{filter}");
        let expected = format!("{list}?{filter}&sort=-updated");
        assert_eq!(links(&page.links, "alternate"), [(expected.as_str(), Some("application/json"), None)]);
    }
    assert_eq!(feed(&server.get(INCIDENTS)).entries.len(), 50);
    assert_eq!(feed(&server.get(INCIDENTS)).title.value, "civicspace: incidents");
    let told = feed(&server.get(&format!("{INCIDENTS}?limit=1&kind=assembly&country=KG"))).title.value;
    assert_eq!(told, "civicspace: incidents (country=KG, kind=assembly)");
    let long = feed(&server.get(&format!("{INCIDENTS}?q={}", "a".repeat(200)))).title.value;
    assert_eq!(long, format!("civicspace: incidents (q={}…)", "a".repeat(198)));
    for parameter in ["sort=date", "include_total=true", "fields=title"] {
        let fault = server.get(&format!("{INCIDENTS}?{parameter}")).problem(400, "invalid-parameter");
        assert_eq!(fault["code"], "unknown_parameter", "{parameter}");
    }
    let draft = server.get(&format!("{INCIDENTS}?state=draft"));
    draft.problem(401, "unauthenticated");
    assert!(feed(&server.get_as(&server.key(Role::Editor), &format!("{INCIDENTS}?state=draft"))).entries.is_empty());
}

#[test]
fn a_cursor_is_of_one_feed() {
    let server = Server::seeded();
    let page = feed(&server.get(&format!("{INCIDENTS}?country=KG&limit=1")));
    let (_, cursor) = links(&page.links, "next")[0].0.split_once("cursor=").expect("a cursor");
    for other in [
        format!("{INCIDENTS}?country=KZ"),
        format!("{ARTICLES}?limit=1"),
        "/v1/incidents?country=KG&sort=-updated".to_owned(),
    ] {
        let fault = server.get(&format!("{other}&cursor={cursor}")).problem(400, "invalid-parameter");
        assert_eq!(fault["code"], "invalid_cursor", "{other}");
    }
    assert_eq!(server.get(&format!("{INCIDENTS}?limit=7&cursor={cursor}&country=KG")).status, 200);
}

#[test]
fn a_feed_is_the_same_for_as_long_as_nothing_changes() {
    let server = Server::start();
    let empty = server.get(INCIDENTS);
    assert!(feed(&empty).entries.is_empty());
    assert_eq!(empty.tag(), server.get(INCIDENTS).tag(), "no clock is in it");
    server.incident(json!({}));
    let answer = server.get(INCIDENTS);
    assert_ne!(empty.tag(), answer.tag());
    assert_eq!(answer.header("cache-control"), Some("public, max-age=30, must-revalidate"));
    let tag = answer.header("etag").expect("an ETag");
    let again = server.get_with(INCIDENTS, &[("If-None-Match", tag)]);
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag)));
    assert_eq!(server.request("HEAD", INCIDENTS, &[]).header("etag"), Some(tag));
}

#[test]
fn a_feed_has_one_id_wherever_it_is_read() {
    let (server, other) = (Server::start(), Server::start());
    let id = |server: &Server, path: &str| feed(&server.get(path)).id;
    let filtered = id(&server, &format!("{INCIDENTS}?country=KG&kind=assembly"));
    assert!(filtered.starts_with("urn:uuid:"), "{filtered}");
    assert_eq!(filtered, id(&other, &format!("{INCIDENTS}?kind=assembly&limit=3&country=KG")));
    let all = [
        filtered,
        id(&server, INCIDENTS),
        id(&server, ARTICLES),
        id(&server, &format!("{INCIDENTS}?country=KZ&kind=assembly")),
    ];
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
}

#[test]
fn addresses_are_whole_where_it_is_known_where_the_server_is_reached() {
    let server = Server::configured(|config| config.public_url = Some("https://api.example.org/x".to_owned()));
    let id = server.incident(json!({}));
    server.incident(json!({}));
    let page = feed(&server.get(&format!("{INCIDENTS}?kind=assembly&limit=1&q=Something")));
    let one = |rel| links(&page.links, rel)[0].0.to_owned();
    assert_eq!(one("self"), format!("https://api.example.org/x{INCIDENTS}?kind=assembly&limit=1&q=Something"));
    assert_eq!(one("alternate"), "https://api.example.org/x/v1/incidents?kind=assembly&q=Something&sort=-updated");
    let next = one("next");
    let path = next.strip_prefix("https://api.example.org/x").expect("a whole address");
    let entry = &feed(&server.get(path)).entries[0];
    assert_eq!(
        links(&entry.links, "alternate"),
        [(format!("https://api.example.org/x/v1/incidents/{id}").as_str(), None, None)]
    );
}

#[test]
fn what_is_hidden_is_in_no_feed() {
    let server = Server::start();
    server.dataset("secret", "internal");
    server.incident(json!({ "dataset": "secret" }));
    server.incident(json!({ "state": "draft" }));
    assert_eq!(feed(&server.get(INCIDENTS)).entries, []);
    let seen = feed(&server.get_as(&server.key(Role::Editor), INCIDENTS));
    assert_eq!(
        seen.entries[0].rights.as_ref().map(|rights| rights.value.as_str()),
        Some("Record under CC-BY-4.0; credit: secret")
    );
}
