//! Records and lists that a caller has already are not sent again.

use serde_json::json;

use super::{RESOURCES, store};
use crate::harness::Server;

#[test]
fn a_copy_that_is_current_is_not_sent_again() {
    let server = Server::start();
    for resource in RESOURCES {
        let id = store(&server, resource, json!({}));
        let path = format!("/v1/{resource}/{id}");
        let first = server.get(&path);
        let opaque = first.tag();
        let (version, digest) = opaque.split_once('.').expect("a version and a digest");
        assert_eq!(version, "1");
        assert!(
            digest.len() >= 16 && digest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
            "{digest}"
        );
        assert_eq!(server.get(&path).tag(), opaque);
        for known in
            [format!("W/\"{opaque}\""), format!("\"{opaque}\""), format!("W/\"other\", W/\"{opaque}\""), "*".to_owned()]
        {
            let again = server.get_with(&path, &[("If-None-Match", &known)]);
            assert_eq!(again.status, 304, "{known}: {again}");
            assert!(again.body.is_empty(), "{again}");
            assert_eq!(again.header("etag"), first.header("etag"));
            assert_eq!(again.header("cache-control"), first.header("cache-control"));
        }
        for stale in ["W/\"1.other\"".to_owned(), format!("W/\"2.{digest}\""), "nonsense".to_owned()] {
            assert_eq!(server.get_with(&path, &[("If-None-Match", &stale)]).status, 200, "{stale}");
        }
    }
}

#[test]
fn a_list_that_is_current_is_not_sent_again() {
    let server = Server::start();
    for resource in RESOURCES {
        store(&server, resource, json!({}));
        let path = format!("/v1/{resource}");
        let list = server.get(&path);
        assert!(!list.tag().contains('.'), "it has no version");
        let known = list.header("etag").expect("a tag");
        let again = server.get_with(&path, &[("If-None-Match", known)]);
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(known)));
        store(&server, resource, json!({}));
        assert_eq!(server.get_with(&path, &[("If-None-Match", known)]).status, 200);
    }
}

#[test]
fn the_tag_changes_with_what_is_shown_though_the_version_does_not() {
    let server = Server::start();
    let entity = server.entity(json!({ "name": "Old name" })).to_string();
    let article = server.article(json!({ "publisher": { "id": entity } }));
    let incident = server.incident(json!({ "participants": [{ "entity": { "id": entity }, "role": "target" }] }));
    let paths =
        [format!("/v1/articles/{article}"), format!("/v1/incidents/{incident}"), format!("/v1/entities/{entity}")];
    let before = paths.each_ref().map(|path| server.get(path).tag());
    server.entity(json!({ "id": entity, "name": "New name" }));
    for (path, old) in paths.iter().zip(&before) {
        let known = format!("W/\"{old}\"");
        let answer = server.get_with(path, &[("If-None-Match", &known)]);
        assert_eq!(answer.status, 200, "{path}");
        assert!(String::from_utf8_lossy(&answer.body).contains("New name"), "{answer}");
        assert_ne!(answer.tag(), *old, "{path}");
        let version = if path.contains("entities") { 2 } else { 1 };
        assert_eq!(answer.at("/version"), version, "{path}");
        assert!(answer.tag().starts_with(&format!("{version}.")), "{path}");
    }
}
