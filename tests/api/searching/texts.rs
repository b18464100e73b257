//! Texts of every kind, asked for and shown.

use civicspace::http::auth::Role;
use serde_json::{Value, json};

use super::{found, named, path, search};
use crate::harness::Server;

#[test]
fn a_highlight_is_html_that_shows_text_and_nothing_else() {
    let server = Server::start();
    server.incident(json!({
        "title": "Rally <script>alert(1)</script> & \"more\"",
        "summary": format!("{} the rallies' end {}", "word ".repeat(100), "word ".repeat(100))
    }));
    let answer = search(&server, "rally");
    let highlight = answer.at("/data/0/highlight");
    let highlight = highlight.as_str().expect("a text");
    assert!(
        highlight.starts_with("<mark>Rally</mark> &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot; · … "),
        "{highlight}"
    );
    assert!(highlight.contains("the <mark>rallies</mark>&#39; end"), "{highlight}");
    assert!(highlight.len() < 700, "{highlight}");
    let markless = highlight.replace("<mark>", "").replace("</mark>", "");
    assert!(!markless.contains(['<', '>', '"']), "{highlight}");
}

#[test]
fn a_highlight_turns_no_text_around() {
    let server = Server::start();
    server.incident(json!({ "title": "Rally \u{2067}in\u{2069} \u{202E}Osh\u{202C}" }));
    let answer = search(&server, "rally");
    assert_eq!(answer.at("/data/0/highlight"), "<mark>Rally</mark> in Osh");
}

#[test]
fn a_highlight_is_short_however_long_the_words_are() {
    let server = Server::start();
    let word = "<".repeat(1000);
    let long = format!("{} rally {}", "x".repeat(4000), "y".repeat(4000));
    server.incident(json!({ "title": format!("Rally {}", "rally&".repeat(70)), "summary": format!("{long} {word}") }));
    let answer = search(&server, "rally");
    let highlight = answer.at("/data/0/highlight").as_str().expect("a text").to_owned();
    assert!(highlight.contains(" <mark>rally</mark> yyy"), "{highlight}");
    assert!(highlight.len() < 7_000 && !highlight.contains(&"x".repeat(400)), "{highlight}");
}

#[test]
fn any_text_is_answered() {
    let server = Server::seeded();
    let long = "a ".repeat(100);
    for q in [
        "*",
        "ь*",
        "-ъ*",
        "a ь*",
        "-",
        "\"",
        "\"\"",
        "-\"",
        "the of and",
        "и на",
        "' OR 1=1 --",
        "a & b | !c <-> d:*",
        "\\",
        "'\\''",
        ":*",
        "საქართველო",
        "\u{202e}abc\u{200f}",
        "🜂🜂🜂",
        "أ ب",
        "ѝ́",
        "a*",
        "-the",
        "((((",
        "-a -b",
        "^x @y =z /",
        long.as_str(),
        &"ы".repeat(200),
        "ь",
        "'ʼ’",
    ] {
        for list in ["/v1/articles", "/v1/entities", "/v1/incidents", "/v1/search"] {
            let answer = server.get(&path(list, &[("q", q)]));
            assert_eq!(answer.status, 200, "{list} {q}: {answer}");
        }
    }
    for (q, why) in [("", "0 characters"), (&"a".repeat(201), "201 characters"), ("a\nb", "control"), ("\0", "NUL")] {
        for list in ["/v1/articles", "/v1/entities", "/v1/incidents", "/v1/search"] {
            let answer = server.get(&path(list, &[("q", q)]));
            assert_eq!(answer.status, 400, "{list} {q}");
            assert!(answer.at("/errors/0/detail").as_str().expect("a detail").contains(why), "{answer}");
        }
    }
    assert_eq!(server.get("/v1/search").at("/errors/0/name"), "q");
    let tokens = "ab ".repeat(5_000);
    assert_eq!(server.get(&path("/v1/incidents", &[("q", &tokens)])).status, 400);
}

#[test]
fn the_longest_records_can_be_stored_and_found() {
    let server = Server::start();
    let editor = server.key(Role::Editor);
    let word = |n: usize| format!("жщ{n}ю{}", "ы".repeat(40));
    let label = |n: usize| (0..10).map(|i| word(n * 10 + i)).collect::<Vec<_>>().join(" ");
    let participants: Vec<Value> = (0..500).map(|n| json!({ "label": label(n), "role": "witness" })).collect();
    let body = json!({
        "title": "Longest", "kind": "assembly.protest", "summary": "мир ".repeat(2_500), "participants": participants,
        "location": { "country": null, "admin1": null, "place": null, "lat": null, "lon": null, "precision": "unknown" },
        "coding": { "method": "human", "codebook": "1.0", "note": null },
        "sources": [{ "article": { "id": server.article(json!({})) }, "role": "primary" }]
    });
    let answer = server.write(&editor, "POST", "/v1/incidents", &body, &[]);
    assert_eq!(answer.status, 201, "{answer}");
    assert_eq!(found(&server, "/v1/incidents", &word(1)), ["Longest"]);
}

#[test]
fn near_finds_what_lies_within_a_distance() {
    let server = Server::start();
    let at = |title: &str, lat: f64, lon: f64| {
        let location =
            json!({ "country": null, "admin1": null, "place": null, "lat": lat, "lon": lon, "precision": "exact" });
        server.incident(json!({ "title": title, "location": location }));
    };
    at("Bishkek", 42.87, 74.59);
    at("Almaty", 43.25, 76.95);
    at("Fiji", -17.0, 179.9);
    at("Beyond", -17.0, -179.9);
    at("Pole", 89.9, 10.0);
    at("Across the pole", 89.9, -170.0);
    let near = |circle: &str| {
        let mut titles = named(&server.get(&path("/v1/incidents", &[("near", circle)])));
        titles.sort();
        titles
    };
    assert_eq!(near("74.6,42.9,10"), ["Bishkek"]);
    // 196 km lie between the two.
    assert_eq!(near("74.59,42.87,195"), ["Bishkek"]);
    assert_eq!(near("74.59,42.87,198"), ["Almaty", "Bishkek"]);
    assert_eq!(near("180,-17,15"), ["Beyond", "Fiji"]);
    assert_eq!(near("10,89.9,23"), ["Across the pole", "Pole"]);
    assert_eq!(near("0,0,20000").len(), 6);
    for (wrong, why) in [
        ("1,2", "three"),
        ("181,0,1", "longitude"),
        ("0,91,1", "latitude"),
        ("0,0,20001", "20000"),
        ("0,0,-1", "0 to"),
        ("1e1,42,1", "`1e1` is no number"),
        ("+1,42,1", "`+1` is no number"),
        (".5,42,1", "`.5` is no number"),
        ("1.,42,1", "`1.` is no number"),
        ("1,42,007", "`007` is no number"),
        ("1,42,inf", "`inf` is no number"),
    ] {
        let answer = server.get(&path("/v1/incidents", &[("near", wrong)]));
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.at("/errors/0/detail").as_str().expect("a detail").contains(why), "{answer}");
    }
}
