//! HTTP itself: methods, headers, CORS, compression, conditional requests, and requests that are not as they should be.

use serde_json::json;

use crate::harness::Server;

#[test]
fn every_answer_carries_cors_a_request_id_and_nosniff() {
    let server = Server::start();
    for (method, path) in [
        ("GET", "/v1/incidents"),
        ("GET", "/nowhere"),
        ("POST", "/v1/incidents"),
        ("OPTIONS", "/v1/incidents"),
        ("GET", "/v1/incidents?x=1"),
        ("GET", "/livez"),
    ] {
        let answer = server.request(method, path, &[]);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{method} {path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{method} {path}");
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
        for name in [
            "ETag",
            "Link",
            "Location",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
            "X-Request-Id",
            "Content-Disposition",
        ] {
            assert!(exposed.contains(name), "{method} {path}: {name}");
        }
        assert_eq!(answer.header("vary"), Some("Accept-Encoding, Authorization"), "{method} {path}");
    }
}

#[test]
fn a_sane_request_id_is_echoed_and_any_other_replaced() {
    let server = Server::start();
    let id_of =
        |sent: &str| server.get_with("/livez", &[("X-Request-Id", sent)]).header("x-request-id").map(str::to_owned);
    assert_eq!(id_of("import-2026:7.a_b").as_deref(), Some("import-2026:7.a_b"));
    for bad in ["", "two words", "a;b", "<script>", &"x".repeat(129)] {
        let made = id_of(bad).expect("an id");
        assert_eq!(made.len(), 36, "{bad}");
    }
    assert_ne!(server.get("/livez").header("x-request-id"), server.get("/livez").header("x-request-id"));
}

#[test]
fn a_preflight_is_granted_on_every_path() {
    let server = Server::start();
    let asking = [
        ("Origin", "https://front.example"),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "authorization"),
    ];
    for path in ["/v1/incidents", "/v1/articles/00b7bef8-6b7a-575a-9644-a9a9871dc6d0", "/openapi.json", "/nowhere"] {
        let answer = server.request("OPTIONS", path, &asking);
        assert_eq!(answer.status, 204, "{path}: {answer}");
        let methods = match path {
            "/v1/incidents" => "GET, POST, HEAD, OPTIONS",
            "/openapi.json" | "/nowhere" => "GET, HEAD, OPTIONS",
            _ => "DELETE, GET, PATCH, HEAD, OPTIONS",
        };
        assert_eq!(answer.header("access-control-allow-methods"), Some(methods), "{path}");
        let allowed = answer.header("access-control-allow-headers").unwrap_or_default();
        for name in [
            "Authorization",
            "Content-Type",
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "Change-Reason",
            "X-Request-Id",
        ] {
            assert!(allowed.contains(name), "{path}: {name}");
        }
    }
}

#[test]
fn options_tells_what_a_path_takes() {
    let server = Server::start();
    let answer = server.request("OPTIONS", "/v1/entities", &[]);
    assert_eq!((answer.status, answer.header("allow")), (204, Some("GET, POST, HEAD, OPTIONS")));
    server.request("OPTIONS", "/nowhere", &[]).problem(404, "unknown-path");
}

#[test]
fn head_answers_as_get_without_the_body() {
    let server = Server::start();
    let id = server.entity(json!({ "name": "Somebody" }));
    for path in ["/v1/entities", "/openapi.json", "/docs", "/livez", &format!("/v1/entities/{id}")] {
        let (head, get) = (server.request("HEAD", path, &[]), server.get(path));
        assert_eq!(head.status, 200, "{path}");
        for name in ["content-type", "content-length", "etag", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
    assert_eq!(server.request("HEAD", "/v1/entities?x=1", &[]).status, 400);
    assert_eq!(server.request("HEAD", "/nowhere", &[]).status, 404);
}

#[test]
fn another_method_is_refused_with_what_is_allowed() {
    let server = Server::start();
    for (path, allowed) in [
        ("/v1/incidents", "GET, POST, HEAD, OPTIONS"),
        ("/v1/incidents/6e015d53-ebf5-5618-89db-cafcd999fd93", "DELETE, GET, PATCH, HEAD, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
        ("/docs", "GET, HEAD, OPTIONS"),
        ("/livez", "GET, HEAD, OPTIONS"),
    ] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "PROPFIND", "get"] {
            if allowed.contains(method) {
                continue;
            }
            let answer = server.request(method, path, &[]);
            answer.problem(405, "method-not-allowed");
            assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        }
    }
}

#[test]
fn a_path_that_is_not_served_is_a_problem_that_names_the_nearest() {
    let server = Server::start();
    let answer = server.get("/v1/incident");
    answer.problem(404, "unknown-path");
    assert!(answer.at("/detail").as_str().expect("text").contains("/v1/incidents"), "{answer}");
    for path in [
        "/",
        "/v1",
        "/v1/incidents/",
        "/v1//incidents",
        "/v2/incidents",
        "/v1/incidents/a/b",
        "/%00",
        "/docs/../secret",
        "/..%2f..%2fetc/passwd",
    ] {
        server.get(path).problem(404, "unknown-path");
    }
}

#[test]
fn a_read_with_a_body_is_refused() {
    let server = Server::start();
    let request = |head: &str, body: &str| {
        server.raw(format!("GET /v1/incidents HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{head}\r\n{body}").as_bytes())
    };
    request("Content-Length: 2\r\n", "{}").problem(400, "unexpected-body");
    request("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n").problem(400, "unexpected-body");
    assert_eq!(request("Content-Length: 0\r\n", "").status, 200);
}

#[test]
fn a_body_beyond_the_limit_is_too_large() {
    let server = Server::start();
    let body = "x".repeat(1_048_577);
    let request = format!(
        "GET /v1/incidents HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    server.raw(request.as_bytes()).problem(413, "content-too-large");
    // Refused by what it says, before any of it is read.
    server
        .raw(b"GET /v1/incidents HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 40000000\r\n\r\n")
        .problem(413, "content-too-large");
}

#[test]
fn queries_of_thirty_kilobytes_are_answered_with_a_problem() {
    let server = Server::start();
    let long = "x".repeat(30_000);
    assert_eq!(server.get(&format!("/v1/incidents?place={long}")).problem(400, "invalid-parameter")["name"], "place");
    assert_eq!(
        server.get(&format!("/v1/incidents?{long}=1")).problem(400, "invalid-parameter")["code"],
        "unknown_parameter"
    );
    assert_eq!(server.get(&format!("/v1/incidents?cursor={long}")).problem(400, "invalid-parameter")["name"], "cursor");
    assert_eq!(
        server.get(&format!("/v1/incidents?kind={}", "assembly,".repeat(3_500))).problem(400, "invalid-parameter")["name"],
        "kind"
    );
    server.get(&format!("/v1/{long}")).problem(404, "unknown-path");
    let many: Vec<String> = (0..4_000).map(|i| format!("p{i}=1")).collect();
    let answer = server.get(&format!("/v1/incidents?{}", many.join("&")));
    answer.problem(400, "invalid-parameter");
    assert!(answer.body.len() < 2_000_000);
}

#[test]
fn what_a_caller_sends_is_never_repeated_with_control_characters() {
    let server = Server::start();
    let answer = server.get("/v1/incidents?%1b%5b31m=1&kind=%0d%0aSet-Cookie");
    answer.problem(400, "invalid-parameter");
    assert!(!String::from_utf8_lossy(&answer.body).contains('\u{1b}'));
    assert!(answer.header("set-cookie").is_none());
}

#[test]
fn a_copy_that_is_current_is_not_sent_again() {
    let server = Server::start();
    let id = server.entity(json!({ "name": "Somebody" }));
    for path in [
        "/v1/entities".to_owned(),
        format!("/v1/entities/{id}"),
        "/v1/vocabularies".to_owned(),
        "/openapi.json".to_owned(),
    ] {
        let first = server.get(&path);
        let tag = first.header("etag").expect("an ETag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        for sent in [tag.clone(), format!("\"other\", {tag}"), tag.trim_start_matches("W/").to_owned(), "*".to_owned()]
        {
            let again = server.get_with(&path, &[("If-None-Match", &sent)]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{path} {sent}");
            assert_eq!(again.header("etag"), Some(tag.as_str()));
            assert!(again.header("cache-control").is_some());
        }
        assert_eq!(server.get_with(&path, &[("If-None-Match", "W/\"other\"")]).status, 200);
    }
    let before = server.get("/v1/entities").header("etag").map(str::to_owned);
    server.entity(json!({ "name": "Another" }));
    assert_ne!(server.get("/v1/entities").header("etag").map(str::to_owned), before);
}

#[test]
fn answers_are_compressed_as_the_caller_likes_under_one_weak_etag() {
    let server = Server::seeded();
    let plain = server.get("/v1/incidents");
    for coding in ["br", "gzip", "zstd"] {
        let answer = server.get_with("/v1/incidents", &[("Accept-Encoding", coding)]);
        assert_eq!(answer.header("content-encoding"), Some(coding));
        assert!(answer.body.len() < plain.body.len() / 2, "{coding}: {} of {}", answer.body.len(), plain.body.len());
        assert_eq!(answer.header("etag"), plain.header("etag"));
        assert_eq!(answer.header("vary"), Some("Accept-Encoding, Authorization"));
    }
    assert_eq!(server.get_with("/v1/incidents", &[("Accept-Encoding", "identity")]).header("content-encoding"), None);
}

#[test]
fn a_caller_who_takes_no_coding_or_speaks_http_1_0_gets_plain_answers() {
    let server = Server::start();
    for refusal in ["identity;q=0", "*;q=0", "gzip;q=0, *; q=0.0"] {
        let answer = server.get_with("/v1/incidents", &[("Accept-Encoding", refusal)]);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, None), "{refusal}");
        server.get_with("/nowhere", &[("Accept-Encoding", refusal)]).problem(404, "unknown-path");
    }
    let old = server.raw(b"GET /v1/vocabularies HTTP/1.0\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
    assert_eq!((old.status, old.header("transfer-encoding"), old.header("content-encoding")), (200, None, None));
}

#[test]
fn the_database_going_away_is_a_503_and_not_a_dead_server() {
    let server = Server::start();
    assert_eq!(server.get("/readyz").status, 200);
    server.database.take_away();
    let answer = server.get("/readyz");
    answer.problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    server.get("/v1/incidents").problem(503, "unavailable");
    assert_eq!(server.get("/livez").status, 200);
    server.database.give_back();
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get("/v1/incidents").status, 200);
}

#[test]
fn a_query_that_takes_too_long_is_cut_off_and_said_so() {
    let server = Server::configured(|config| config.database.statement_timeout = std::time::Duration::from_millis(200));
    // A list waits for the lock until its time is up.
    server.database.locked("LOCK TABLE incidents", || {
        let answer = server.get("/v1/incidents");
        answer.problem(503, "unavailable");
        assert!(answer.at("/detail").as_str().expect("text").contains("took too long"), "{answer}");
    });
    assert_eq!(server.get("/v1/incidents").status, 200);
}

#[test]
fn many_short_queries_that_take_too_long_together_are_cut_off_too() {
    let server = Server::configured(|config| config.database.statement_timeout = std::time::Duration::from_millis(100));
    server.dataset("field", "public");
    server.database.execute(
        "INSERT INTO entities (id, dataset, kind, name)
         SELECT gen_random_uuid(), 'field', 'person', 'Aibek Sultanov ' || n FROM generate_series(1, 2000) AS n",
    );
    server.database.derive();
    let queries: serde_json::Map<String, serde_json::Value> =
        (0..100).map(|n| (format!("q{n}"), serde_json::json!({ "name": "Aibek Sultanov" }))).collect();
    let answer = server.post("/v1/match", &serde_json::json!({ "queries": queries }));
    answer.problem(503, "unavailable");
    assert!(answer.at("/detail").as_str().expect("text").contains("took too long"), "{answer}");
}

#[test]
fn a_panic_is_a_problem_like_any_other_failure() {
    let server = Server::with_a_panic();
    let answer = server.get_with("/panic", &[("X-Request-Id", "mine")]);
    answer.problem(500, "internal-error");
    assert_eq!(answer.header("x-request-id"), Some("mine"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("on purpose"), "{answer}");
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn every_type_of_problem_is_explained() {
    let server = Server::start();
    for kind in civicspace::http::problem_type::ProblemType::ALL {
        let page = server.get(&kind.path());
        assert_eq!(page.status, 200);
        assert!(String::from_utf8_lossy(&page.body).contains(kind.title()));
    }
    server.get("/problems/nonsense").problem(404, "not-found");
}

#[test]
fn the_documentation_asks_no_other_host() {
    let server = Server::start();
    let page = server.get("/docs");
    assert!(page.header("content-security-policy").expect("a policy").starts_with("default-src 'none'"));
    let html = String::from_utf8_lossy(&page.body).into_owned();
    assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("//cdn"));
    let files: Vec<&str> = html.split(['"', '\'']).filter(|part| part.starts_with("/docs/")).collect();
    assert!(files.len() >= 4);
    for file in files {
        assert_eq!(server.get(file).status, 200, "{file}");
    }
    server.get("/docs/nothing.js").problem(404, "not-found");
    server.get("/docs/index.html").problem(404, "not-found");
}

#[test]
fn what_is_no_http_is_refused() {
    let server = Server::start();
    for bytes in [
        &b"NONSENSE\r\n\r\n"[..],
        b"GET /v1/incidents HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ] {
        let status = server.raw(bytes).status;
        assert!([0, 400, 505].contains(&status), "{status}");
    }
    assert_eq!(server.get("/livez").status, 200);
}
