//! The change feed: nothing is missed, nobody waits for anybody, and a copy kept by it equals the lists.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use civicspace::http::auth::Role;
use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::harness::{RUNTIME, Server};

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name })
}

/// A copy that is kept by the feed: records by id.
#[derive(Clone, Default)]
pub struct Copy {
    /// Where it stands.
    pub since: i64,
    /// What it holds.
    pub records: BTreeMap<String, Value>,
    seen: Vec<i64>,
    key: Option<String>,
}

impl Copy {
    /// One that is kept with a key.
    pub fn of(key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..Self::default() }
    }

    /// One that begins with what is held at a place in the log.
    pub fn from(since: i64, records: BTreeMap<String, Value>) -> Self {
        Self { since, records, ..Self::default() }
    }

    /// Reads what is new, and answers how many changes that were.
    pub fn follow(&mut self, server: &Server, parameters: &str) -> usize {
        let mut read = 0;
        loop {
            let path = format!("/v1/changes?since={}{parameters}", self.since);
            let answer = self.key.as_ref().map_or_else(|| server.get(&path), |key| server.get_as(key, &path));
            assert_eq!(answer.status, 200, "{answer}");
            for change in answer.at("/data").as_array().expect("changes") {
                let id = change["id"].as_str().expect("an id").to_owned();
                self.seen.push(change["seq"].as_i64().expect("a number"));
                match change["op"].as_str() {
                    Some("upsert") => self.records.insert(id, change["object"].clone()),
                    _ => self.records.remove(&id),
                };
                read += 1;
            }
            self.since = answer.at("/meta/next_since").as_i64().expect("a number");
            if answer.at("/meta/has_more") == false {
                return read;
            }
        }
    }
}

/// What the lists show, reduced as the feed is.
pub fn lists(server: &Server) -> BTreeMap<String, Value> {
    fn reduce(value: &mut Value) {
        match value {
            Value::Object(members) if members.contains_key("id") && !members.contains_key("version") => {
                members.retain(|name, _| name == "id");
            }
            Value::Object(members) => members.values_mut().for_each(reduce),
            Value::Array(items) => items.iter_mut().for_each(reduce),
            _ => {}
        }
    }
    let mut records = BTreeMap::new();
    for list in ["/v1/articles", "/v1/entities", "/v1/incidents"] {
        for mut record in server.all(list) {
            let members = record.as_object_mut().expect("an object");
            for derived in ["article_count", "incident_count"] {
                members.remove(derived);
            }
            if let Some(relations) = members.get_mut("relations").and_then(Value::as_array_mut) {
                relations.retain(|relation| relation["direction"] == "outgoing");
            }
            let id = members["id"].as_str().expect("an id").to_owned();
            reduce(&mut record);
            records.insert(id, record);
        }
    }
    records
}

#[test]
fn a_copy_kept_by_the_feed_equals_the_lists() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    let mut copy = Copy::default();
    assert!(copy.follow(&server, "&limit=50") > 400);
    assert_eq!(copy.records, lists(&server));
    assert!(copy.seen.is_sorted());
    let created = server.write(&key, "POST", "/v1/entities", &person("A"), &[]);
    let path = format!("/v1/entities/{}", created.at("/id").as_str().expect("an id"));
    server.write(&key, "PATCH", &path, &json!({ "name": "B" }), &[("If-Match", "\"1\"")]);
    assert_eq!(copy.follow(&server, ""), 1, "of two changes of a record the last is there");
    assert_eq!(copy.records, lists(&server));
    let authorization = format!("Bearer {key}");
    server.request("DELETE", &path, &[("Authorization", &authorization), ("Change-Reason", "safety")]);
    let last = server.get(&format!("/v1/changes?since={}", copy.since)).at("/data/0");
    assert_eq!((&last["op"], &last["reason"], &last["object"]), (&json!("delete"), &json!("safety"), &Value::Null));
    copy.follow(&server, "");
    assert_eq!(copy.records, lists(&server));
    server.write(&key, "PATCH", &path, &json!({ "state": "published" }), &[("If-Match", "\"3\"")]);
    copy.follow(&server, "");
    assert_eq!(copy.records, lists(&server));
    // Whoever begins anew gets the same.
    let mut anew = Copy::default();
    anew.follow(&server, "&limit=1000");
    assert_eq!(anew.records, copy.records);
}

#[test]
fn drafts_and_internal_records_are_not_told_of() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    server.dataset("inside", "internal");
    let head = server.get("/v1/changes?since=0").at("/meta/next_since");
    let draft = json!({ "kind": "person", "name": "A", "state": "draft" });
    let draft = server.write(&key, "POST", "/v1/entities", &draft, &[]);
    let inside = json!({ "kind": "person", "name": "B", "dataset": "inside" });
    server.write(&key, "POST", "/v1/entities", &inside, &[]);
    let since = format!("/v1/changes?since={head}");
    assert_eq!(server.get(&since).at("/data"), json!([]));
    assert_eq!(server.get_as(&key, &since).each("/object/name"), [json!("B")]);
    assert_eq!(server.get_as(&key, &format!("{since}&dataset=central-asia")).at("/data"), json!([]));
    let path = format!("/v1/entities/{}", draft.at("/id").as_str().expect("an id"));
    server.write(&key, "PATCH", &path, &json!({ "state": "published" }), &[("If-Match", "\"1\"")]);
    assert_eq!(server.get(&since).each("/op"), [json!("upsert")]);
    assert_eq!(server.get(&format!("{since}&type=article,incident")).at("/data"), json!([]));
    assert_eq!(server.get(&format!("{since}&type=entity")).each("/object/name"), [json!("A")]);
}

#[test]
fn the_text_of_an_article_is_not_in_the_feed() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.article(json!({}));
    let article = json!({ "title": "A", "language": "en", "body": "Secret words." });
    assert_eq!(server.write(&key, "POST", "/v1/articles", &article, &[]).status, 201);
    for answer in [server.get("/v1/changes?since=0"), server.get_as(&key, "/v1/changes?since=0")] {
        assert!(!String::from_utf8_lossy(&answer.body).contains("Secret"), "{answer}");
    }
}

#[test]
fn a_number_beyond_the_end_and_parameters_that_are_wrong_are_refused() {
    let server = Server::start();
    let head = server.get("/v1/changes?since=0").at("/meta/next_since").as_i64().expect("a number");
    for (query, name) in [
        (format!("since={}", head + 1), "since"),
        ("since=-1".to_owned(), "since"),
        ("since=0&limit=1001".to_owned(), "limit"),
        ("since=0&wait=31".to_owned(), "wait"),
        ("since=0&type=incidents".to_owned(), "type"),
    ] {
        assert_eq!(
            server.get(&format!("/v1/changes?{query}")).problem(400, "invalid-parameter")["name"],
            name,
            "{query}"
        );
    }
}

#[test]
fn an_open_transaction_delays_the_feed_and_no_other_writer() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    let mut copy = Copy::default();
    copy.follow(&server, "");
    RUNTIME.block_on(async {
        // A writer that has stored its change and does not end.
        let mut slow = server.database.connection().await;
        let id = uuid::Uuid::now_v7();
        let change = format!(
            "BEGIN;
             INSERT INTO entities (id, dataset, kind, name) VALUES ('{id}', 'central-asia', 'person', 'Slow');
             INSERT INTO versions (record_type, record_id, version, reason, changed, origin, record) VALUES
                ('entity', '{id}', 1, 'new_information', '{{}}', 'api', '{{\"dataset\": \"central-asia\", \"name\": \"Slow\", \"state\": \"published\"}}');
             INSERT INTO changes (record_type, record_id, version, op) VALUES ('entity', '{id}', 1, 'upsert')"
        );
        slow.batch_execute(&change).await.expect("it is stored");
        let begun = Instant::now();
        for i in 0..20 {
            let answer = server.write(&key, "POST", "/v1/entities", &person(&format!("Fast {i}")), &[]);
            assert_eq!(answer.status, 201);
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(copy.follow(&server, "&limit=3"), 20, "the others are told of at once");
        slow.batch_execute("COMMIT").await.expect("it ends");
    });
    assert_eq!(copy.follow(&server, ""), 1, "and the slow one when it has ended");
    assert!(copy.seen.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", copy.seen);
}

#[test]
fn a_reader_misses_nothing_while_many_write() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    let writing = AtomicBool::new(true);
    let mut copy = Copy::default();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (server, key) = (&server, &key);
                scope.spawn(move || {
                    for i in 0..25 {
                        let created =
                            server.write(key, "POST", "/v1/entities", &person(&format!("W{writer} {i}")), &[]);
                        assert_eq!(created.status, 201);
                        if i % 3 == 0 {
                            let path = format!("/v1/entities/{}", created.at("/id").as_str().expect("an id"));
                            let changed = json!({ "description": "changed" });
                            server.write(key, "PATCH", &path, &changed, &[("If-Match", "\"1\"")]);
                        }
                    }
                })
            })
            .collect();
        let reader = scope.spawn(|| {
            let mut copy = Copy::default();
            while writing.load(Ordering::Relaxed) {
                copy.follow(&server, "&limit=7");
            }
            copy
        });
        for writer in writers {
            writer.join().expect("it writes");
        }
        writing.store(false, Ordering::Relaxed);
        copy = reader.join().expect("it reads");
    });
    copy.follow(&server, "");
    assert_eq!(copy.records, lists(&server));
    assert!(copy.seen.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", copy.seen);
}

#[test]
fn who_waits_is_answered_when_something_comes_and_holds_nothing_meanwhile() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    let head = server.get("/v1/changes?since=0").at("/meta/next_since");
    let begun = Instant::now();
    assert_eq!(server.get(&format!("/v1/changes?since={head}&wait=1")).at("/data"), json!([]));
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        // More than the pool has connections.
        let waiters: Vec<_> =
            (0..20).map(|_| scope.spawn(|| server.get(&format!("/v1/changes?since={head}&wait=20")))).collect();
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(server.get("/v1/entities").status, 200);
        server.write(&key, "POST", "/v1/entities", &person("News"), &[]);
        for waiter in waiters {
            assert_eq!(waiter.join().expect("an answer").each("/object/name"), [json!("News")]);
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(4), "they were told, {:?}", begun.elapsed());
}

#[test]
fn who_waits_is_answered_even_if_the_database_cannot_say_that_something_came() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.entity(json!({}));
    let head = server.get("/v1/changes?since=0").at("/meta/next_since");
    server.database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    );
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| server.get(&format!("/v1/changes?since={head}&wait=20")));
        server.write(&key, "POST", "/v1/entities", &person("News"), &[]);
        assert_eq!(waiter.join().expect("an answer").each("/object/name"), [json!("News")]);
    });
}
