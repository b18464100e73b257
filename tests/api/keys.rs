//! Keys and quotas: who calls, what they may see, and how often.

use civicspace::http::auth::{self, Role};
use civicspace::http::client::TrustedProxies;
use serde_json::json;

use crate::harness::{Answer, RUNTIME, Server};

const CHALLENGE: &str = "Bearer realm=\"civicspace\"";

/// Asserts a 401 that says which scheme to use.
#[track_caller]
fn is_refused(answer: &Answer) {
    answer.problem(401, "unauthenticated");
    assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with(CHALLENGE)), "{answer}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

fn anonymous_and_keyed(anonymous: u32, keyed: u32) -> Server {
    Server::configured(|config| {
        config.anonymous_quota = anonymous;
        config.key_quota = keyed;
    })
}

/// How many requests are left, by the `RateLimit` header of this policy.
#[track_caller]
fn left(answer: &Answer, policy: &str) -> u32 {
    let header = answer.header("ratelimit").unwrap_or_else(|| panic!("no RateLimit: {answer}"));
    let rest =
        header.strip_prefix(&format!("\"{policy}\";r=")).unwrap_or_else(|| panic!("{header} is not of {policy}"));
    let (left, wait) = rest.split_once(";t=").expect("a reset");
    assert!(wait.parse::<u32>().is_ok_and(|seconds| (1..=60).contains(&seconds)), "{header}");
    left.parse().expect("a number")
}

#[test]
fn a_wrong_key_is_refused_on_every_path() {
    let server = Server::start();
    let ids = [server.article(json!({})), server.entity(json!({})), server.incident(json!({}))];
    let records =
        ["articles", "entities", "incidents"].into_iter().zip(ids).map(|(name, id)| format!("/v1/{name}/{id}"));
    let paths = [
        "/v1/articles",
        "/v1/entities",
        "/v1/incidents",
        "/v1/datasets",
        "/v1/datasets/central-asia",
        "/v1/vocabularies",
        "/openapi.json",
        "/docs",
        "/problems/gone",
        "/v1/articles/not-an-id",
        "/v1/incidents?contry=KZ",
        "/nowhere",
    ];
    for path in paths.into_iter().map(str::to_owned).chain(records) {
        is_refused(&server.get_as("cs_wrong", &path));
    }
    let wrong = [("Authorization", "Bearer cs_wrong")];
    assert_eq!(server.request("HEAD", "/v1/incidents", &wrong).status, 401);
    is_refused(&server.request("DELETE", "/v1/incidents", &wrong));
}

#[test]
fn health_and_preflights_do_not_look_at_the_key() {
    let server = Server::start();
    let wrong = [("Authorization", "Bearer cs_wrong")];
    for path in ["/livez", "/readyz"] {
        assert_eq!(server.get_with(path, &wrong).status, 200);
    }
    assert_eq!(server.request("OPTIONS", "/v1/incidents", &wrong).status, 204);
}

#[test]
fn a_header_that_is_no_key_is_refused() {
    let server = Server::start();
    let good = server.key(Role::Reader);
    let bare = good.strip_prefix("cs_").expect("a prefix");
    let long = format!("Bearer cs_{}", "x".repeat(10_240));
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "cs_",
        "Basic Y3NfOg==",
        "Bearer cs_",
        &long,
        &good,
        &format!("Basic {good}"),
        &format!("Token {good}"),
        &format!("Bearer {bare}"),
        &format!("Bearer {good}x"),
        &format!("Bearer {}", &good[..good.len() - 1]),
        &format!("Bearer {}", good.to_uppercase()),
        &format!("Bearer {good}, Bearer {good}"),
        "Bearer cs_' OR '1'='1",
        "Bearer cs_\u{416}",
    ] {
        is_refused(&server.get_with("/v1/incidents", &[("Authorization", header)]));
    }
}

#[test]
fn a_good_key_of_any_role_reads() {
    let server = Server::start();
    let id = server.incident(json!({}));
    for role in [Role::Reader, Role::Editor, Role::Admin] {
        let key = server.key(role);
        assert_eq!(server.get_as(&key, "/v1/incidents").each("/id"), [json!(id)], "{role:?}");
        let header = format!("bearer {key}");
        let path = format!("/v1/incidents/{id}");
        assert_eq!(server.get_with(&path, &[("Authorization", &header)]).status, 200, "the scheme has no case");
    }
}

#[test]
fn a_revoked_key_is_refused_at_once_and_the_others_are_not() {
    let server = Server::start();
    let (first, second) = (server.key(Role::Admin), server.key(Role::Admin));
    assert_eq!(server.get_as(&first, "/v1/incidents").status, 200);
    RUNTIME.block_on(async {
        let mut connection = server.database.connection().await;
        let keys = auth::list(&mut connection).await.expect("the keys");
        let oldest = keys.last().expect("a key").id;
        assert!(auth::revoke(&mut connection, oldest).await.expect("revoked"));
    });
    is_refused(&server.get_as(&first, "/v1/incidents"));
    assert_eq!(server.get_as(&second, "/v1/incidents").status, 200);
}

#[test]
fn a_key_is_taken_until_it_expires() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.database.execute("UPDATE api_keys SET expires_at = now() + interval '1 hour'");
    assert_eq!(server.get_as(&key, "/v1/incidents").status, 200);
    server.database.execute("UPDATE api_keys SET expires_at = now() - interval '1 microsecond'");
    is_refused(&server.get_as(&key, "/v1/incidents"));
}

#[test]
fn a_key_is_nowhere_in_the_database() {
    let server = Server::start();
    let key = server.key(Role::Editor);
    server.database.execute(&format!(
        "DO $$ BEGIN IF EXISTS (SELECT FROM api_keys k WHERE strpos(k::text, '{}') > 0 OR strpos(encode(k.hash, 'escape'), '{key}') > 0) THEN RAISE 'the key is stored'; END IF; END $$",
        &key[3..]
    ));
}

#[test]
fn drafts_and_withdrawn_records_are_listed_for_editors() {
    let server = Server::start();
    for state in ["published", "draft", "retracted"] {
        server.article(json!({ "title": state, "state": state }));
        server.entity(json!({ "name": state, "state": state }));
        server.incident(json!({ "title": state, "state": state }));
    }
    let [reader, editor, admin] = [Role::Reader, Role::Editor, Role::Admin].map(|role| server.key(role));
    for (list, name) in [("articles", "/title"), ("entities", "/name"), ("incidents", "/title")] {
        for (states, expected) in [
            ("draft", &["draft"][..]),
            ("retracted", &["retracted"]),
            ("draft,retracted", &["draft", "retracted"]),
            ("published,draft", &["draft", "published"]),
        ] {
            let path = format!("/v1/{list}?state={states}");
            is_refused(&server.get(&path));
            server.get_as(&reader, &path).problem(403, "forbidden");
            for key in [&editor, &admin] {
                let answer = server.get_as(key, &path);
                assert_eq!(answer.status, 200, "{path}: {answer}");
                let mut found = answer.texts(name);
                found.sort();
                assert_eq!(found, expected, "{path}");
            }
        }
        for path in [format!("/v1/{list}"), format!("/v1/{list}?state=published")] {
            server.get(&path).lists(name, &["published"]);
            server.get_as(&reader, &path).lists(name, &["published"]);
            server.get_as(&editor, &path).lists(name, &["published"]);
        }
    }
}

#[test]
fn shared_caches_keep_what_anybody_may_read_and_nothing_that_a_key_may() {
    let server = Server::start();
    let id = server.entity(json!({}));
    let key = server.key(Role::Reader);
    for path in [
        "/v1/entities".to_owned(),
        format!("/v1/entities/{id}"),
        "/v1/datasets".to_owned(),
        "/v1/vocabularies".to_owned(),
    ] {
        let anonymous = server.get(&path);
        let cache = anonymous.header("cache-control").unwrap_or_default();
        assert!(cache.starts_with("public, max-age=") && cache.ends_with(", must-revalidate"), "{path}: {cache}");
        let keyed = server.get_as(&key, &path);
        assert_eq!(keyed.header("cache-control"), Some("private, no-cache"), "{path}");
        for answer in [&anonymous, &keyed] {
            assert!(answer.header("vary").is_some_and(|vary| vary.contains("Authorization")), "{path}: {answer}");
        }
    }
    let path = format!("/v1/entities/{id}");
    let known = server.get(&path).header("etag").expect("a tag").to_owned();
    let again = server.get_with(&path, &[("If-None-Match", &known), ("Authorization", &format!("Bearer {key}"))]);
    assert_eq!((again.status, again.header("cache-control")), (304, Some("private, no-cache")));
}

#[test]
fn an_address_has_a_quota_of_requests_without_a_key() {
    let server = anonymous_and_keyed(3, 0);
    let first = server.get("/v1/incidents");
    assert_eq!((first.status, left(&first, "anonymous")), (200, 2));
    assert_eq!(first.header("ratelimit-policy"), Some("\"anonymous\";q=3;w=60"));
    assert_eq!(left(&server.get("/nowhere"), "anonymous"), 1);
    assert_eq!(left(&server.get("/v1/articles?limit=0"), "anonymous"), 0);
    for path in ["/v1/incidents", "/nowhere", "/openapi.json"] {
        let refused = server.get(path);
        refused.problem(429, "too-many-requests");
        assert_eq!(left(&refused, "anonymous"), 0);
        assert_eq!(refused.header("ratelimit-policy"), Some("\"anonymous\";q=3;w=60"));
        let wait = refused.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
        assert!(wait.is_some_and(|seconds| (1..=60).contains(&seconds)), "{wait:?}");
        assert_eq!(refused.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn each_key_has_a_quota_of_its_own_beside_that_of_the_address() {
    let server = anonymous_and_keyed(1, 2);
    let [first, second] = [Role::Reader, Role::Reader].map(|role| server.key(role));
    assert_eq!(left(&server.get("/v1/incidents"), "anonymous"), 0);
    server.get("/v1/incidents").problem(429, "too-many-requests");
    let keyed = server.get_as(&first, "/v1/incidents");
    assert_eq!((keyed.status, left(&keyed, "key")), (200, 1));
    assert_eq!(keyed.header("ratelimit-policy"), Some("\"key\";q=2;w=60"));
    assert_eq!(left(&server.get_as(&first, "/v1/incidents"), "key"), 0);
    server.get_as(&first, "/v1/incidents").problem(429, "too-many-requests");
    assert_eq!(left(&server.get_as(&second, "/v1/incidents"), "key"), 1);
}

#[test]
fn wrong_keys_use_up_the_quota_of_the_address_so_that_keys_cannot_be_guessed() {
    let server = anonymous_and_keyed(2, 0);
    for n in 0..2 {
        is_refused(&server.get_as(&format!("cs_guess{n}"), "/v1/incidents"));
    }
    server.get_as("cs_guess", "/v1/incidents").problem(429, "too-many-requests");
    assert_eq!(server.get_as(&server.key(Role::Reader), "/v1/incidents").status, 200);
}

#[test]
fn what_is_current_health_and_preflights_cost_nothing() {
    let server = anonymous_and_keyed(3, 3);
    let id = server.entity(json!({}));
    let path = format!("/v1/entities/{id}");
    let first = server.get(&path);
    assert_eq!(left(&first, "anonymous"), 2);
    let known = first.header("etag").expect("a tag");
    for _ in 0..4 {
        let again = server.get_with(&path, &[("If-None-Match", known)]);
        assert_eq!((again.status, left(&again, "anonymous")), (304, 2));
        assert_eq!(server.get("/livez").status, 200);
        assert_eq!(server.get("/readyz").status, 200);
        assert_eq!(server.request("OPTIONS", "/v1/entities", &[]).status, 204);
        let preflight = [("Origin", "https://example.org"), ("Access-Control-Request-Method", "GET")];
        assert_eq!(server.request("OPTIONS", "/v1/entities", &preflight).status, 204);
    }
    assert_eq!(left(&server.request("HEAD", &path, &[]), "anonymous"), 1);
    assert_eq!(left(&server.get(&path), "anonymous"), 0);
    for free in ["/livez", "/readyz"] {
        let answer = server.get(free);
        assert_eq!((answer.status, answer.header("ratelimit")), (200, None));
    }
    assert_eq!(server.request("OPTIONS", "/v1/entities", &[]).status, 204);
    server.get(&path).problem(429, "too-many-requests");
}

#[test]
fn no_quota_is_no_limit() {
    let server = anonymous_and_keyed(0, 0);
    for _ in 0..20 {
        let answer = server.get("/v1/vocabularies");
        assert_eq!((answer.status, answer.header("ratelimit"), answer.header("ratelimit-policy")), (200, None, None));
    }
}

#[test]
fn what_anybody_says_of_where_they_come_from_is_not_believed() {
    let server = anonymous_and_keyed(2, 0);
    for (address, expected) in [("192.0.2.1", 1), ("192.0.2.2", 0)] {
        assert_eq!(left(&server.get_with("/v1/incidents", &[("X-Forwarded-For", address)]), "anonymous"), expected);
    }
    server.get_with("/v1/incidents", &[("X-Forwarded-For", "192.0.2.3")]).problem(429, "too-many-requests");
}

#[test]
fn a_trusted_proxy_is_believed_about_the_last_address_that_is_none() {
    let server = Server::configured(|config| {
        config.anonymous_quota = 3;
        config.trusted_proxies =
            TrustedProxies(["127.0.0.0/8", "10.0.0.0/8"].map(|network| network.parse().expect("a network")).to_vec());
    });
    for (forwarded, expected) in [
        ("192.0.2.1", 2),
        ("192.0.2.2", 2),
        ("192.0.2.1", 1),
        ("198.51.100.9, 192.0.2.1, 10.0.0.7", 0),
        ("192.0.2.1, 192.0.2.2", 1),
        ("2001:db8::1", 2),
        ("2001:db8::ffff:1", 1),
        ("2001:db8:0:1::1", 2),
        ("nonsense", 2),
        ("", 1),
    ] {
        let answer = server.get_with("/v1/incidents", &[("X-Forwarded-For", forwarded)]);
        assert_eq!((answer.status, left(&answer, "anonymous")), (200, expected), "{forwarded}");
    }
    server
        .get_with("/v1/incidents", &[("X-Forwarded-For", "203.0.113.5, 192.0.2.1")])
        .problem(429, "too-many-requests");
    assert_eq!(left(&server.get("/v1/incidents"), "anonymous"), 0);
}
