//! What is served, whole or in parts, and what is not.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;

use civicspace::http::auth::Role;
use serde_json::json;

use super::{file, listed};
use crate::harness::Server;

#[test]
fn a_file_is_given_whole_or_in_the_part_that_is_asked_for() {
    let server = Server::seeded();
    let snapshot = server.snapshot();
    let file = file(&snapshot, "incidents.ndjson.gz");
    let whole = server.get(&file.url);
    let length = whole.body.len();
    let modified = snapshot.created_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let tag = format!("\"{}\"", file.sha256);
    for (name, value) in [
        ("content-type", "application/gzip"),
        ("content-disposition", "attachment; filename=\"incidents.ndjson.gz\""),
        ("cache-control", "public, max-age=0, must-revalidate"),
        ("accept-ranges", "bytes"),
        ("etag", &tag),
        ("last-modified", &modified),
        ("content-length", &length.to_string()),
    ] {
        assert_eq!(whole.header(name), Some(value), "{name}");
    }
    let zstandard = server.get(&file.url.replace(".gz", ".zst"));
    assert_eq!(zstandard.header("content-type"), Some("application/zstd"));
    for (range, first, last) in [
        ("bytes=0-9".to_owned(), 0, 9),
        ("bytes=100-".to_owned(), 100, length - 1),
        ("bytes=-50".to_owned(), length - 50, length - 1),
        (format!("bytes=10-{}", 10 * length), 10, length - 1),
        (format!("bytes=-{}", 10 * length), 0, length - 1),
    ] {
        for headers in [
            &[("Range", &*range)][..],
            &[("Range", &range), ("If-Range", &tag), ("Accept-Encoding", "gzip, br")],
            &[("Range", &range), ("If-Range", &modified)],
        ] {
            let part = server.get_with(&file.url, headers);
            assert_eq!(part.status, 206, "{range}");
            assert_eq!(part.header("content-range"), Some(&*format!("bytes {first}-{last}/{length}")), "{range}");
            assert_eq!(part.body, &whole.body[first..=last], "{range}");
            assert_eq!(part.header("etag"), Some(&*tag));
        }
    }
    // What is no single part of this very file is answered with the whole of it.
    for headers in [
        &[("Range", "bytes=0-9,20-29")][..],
        &[("Range", "bytes=9-0")],
        &[("Range", "lines=0-9")],
        &[("Range", "bytes=0-9"), ("If-Range", "\"other\"")],
        &[("Range", "bytes=0-9"), ("If-Range", &*format!("W/{tag}"))],
        &[("Range", "bytes=0-9"), ("If-Range", "Sun, 22 Nov 2015 00:00:00 GMT")],
        &[("Accept-Encoding", "gzip, br, zstd")],
    ] {
        let answer = server.get_with(&file.url, headers);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, None), "{headers:?}");
        assert!(answer.body == whole.body, "{headers:?}");
    }
    for range in [format!("bytes={length}-"), "bytes=-0".to_owned()] {
        let beyond = server.get_with(&file.url, &[("Range", &range)]);
        beyond.problem(416, "range-not-satisfiable");
        assert_eq!(beyond.header("content-range"), Some(&*format!("bytes */{length}")));
    }
    let known = server.get_with(&file.url, &[("If-None-Match", &tag), ("Range", "bytes=0-9")]);
    assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, Some(&*tag)));
    let since = |date: &str| server.get_with(&file.url, &[("If-Modified-Since", date)]).status;
    assert_eq!([since(&modified), since("Sun, 22 Nov 2015 00:00:00 GMT")], [304, 200]);
    let both = [("If-None-Match", "\"other\""), ("If-Modified-Since", &*modified)];
    assert_eq!(server.get_with(&file.url, &both).status, 200, "a date counts for nothing beside a tag");
    let head = server.request("HEAD", &file.url, &[("Range", "bytes=0-9")]);
    assert_eq!((head.status, head.header("content-length")), (200, Some(&*length.to_string())));
    let key = server.key(Role::Reader);
    assert_eq!(server.get_as(&key, &file.url).header("cache-control"), Some("private, no-cache"));
    // Elsewhere there are no parts.
    assert_eq!(server.get_with("/v1/snapshots", &[("Range", "bytes=0-9")]).status, 200);
}

#[test]
fn only_the_files_of_a_snapshot_are_served() {
    let server = Server::start();
    server.entity(json!({}));
    let snapshot = server.snapshot();
    std::fs::write(server.snapshot_dir().join("secret"), "secret").expect("a file");
    let id = snapshot.id.to_string();
    std::fs::write(server.snapshot_dir().join(&id).join("secret"), "secret").expect("a file");
    for file in [
        "..%2f..%2fetc%2fpasswd",
        "..%2fsecret",
        "%2e%2e%2fsecret",
        "..%5csecret",
        "%2fetc%2fpasswd",
        "secret",
        ".",
        "..",
        "%2e%2e",
        "entities.ndjson",
        "entities.ndjson.gz%2f",
        "Entities.ndjson.gz",
        "articles.csv",
    ] {
        for id in [&id, "0190d6a0-0000-7000-8000-000000000001"] {
            let answer = server.get(&format!("/v1/snapshots/{id}/{file}"));
            answer.problem(404, "not-found");
        }
    }
    for path in [
        "/v1/snapshots/secret",
        "/v1/snapshots/../secret",
        "/v1/snapshots/%2e%2e/secret",
        &*format!("/v1/snapshots/{id}/../secret"),
        "/v1/snapshots//etc/passwd",
        &*format!("/v1/snapshots/{id}//etc/passwd"),
        &*format!("/v1/snapshots/{id}/"),
    ] {
        let answer = server.get(path);
        assert!([400, 404].contains(&answer.status), "{path}: {answer}");
    }
    server.get("/v1/snapshots/..%2f..%2fetc/passwd").problem(400, "invalid-parameter");
    server.get(&format!("/v1/snapshots/{id}/a%00b")).problem(400, "invalid-parameter");
}

#[test]
fn a_server_without_the_files_says_so() {
    let server = Server::start();
    server.entity(json!({}));
    let snapshot = server.snapshot();
    let url = &file(&snapshot, "entities.ndjson.gz").url;
    let beside = Server::beside(&server);
    assert_eq!(listed(&beside), listed(&server));
    let answer = beside.get(url);
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert!(!answer.to_string().contains("target"), "no path is shown: {answer}");
    // Nor is one served that is not what it was.
    let path = server.snapshot_dir().join(snapshot.id.to_string()).join("entities.ndjson.gz");
    std::fs::write(path, "short").expect("a file");
    server.get(url).problem(503, "unavailable");
}

#[test]
fn links_are_not_followed() {
    let server = Server::start();
    server.entity(json!({}));
    let snapshot = server.snapshot();
    let file = file(&snapshot, "entities.ndjson.gz");
    let length = usize::try_from(file.bytes).expect("a length");
    let directory = server.snapshot_dir().join(snapshot.id.to_string());
    let elsewhere = server.snapshot_dir().join("elsewhere");
    std::fs::create_dir(&elsewhere).expect("a directory");
    std::fs::write(elsewhere.join(&file.name), vec![b's'; length]).expect("a file");
    std::fs::remove_file(directory.join(&file.name)).expect("the file");
    symlink(elsewhere.join(&file.name), directory.join(&file.name)).expect("a link");
    server.get(&file.url).problem(503, "unavailable");
    std::fs::remove_dir_all(&directory).expect("the directory");
    symlink(&elsewhere, &directory).expect("a link");
    server.get(&file.url).problem(503, "unavailable");
    // The directory of all of them may be elsewhere: whoever runs the server said so.
    std::fs::remove_file(&directory).expect("the link");
    std::fs::rename(&elsewhere, &directory).expect("the directory");
    let moved = server.snapshot_dir().with_extension("moved");
    std::fs::rename(server.snapshot_dir(), &moved).expect("the directory");
    symlink(&moved, server.snapshot_dir()).expect("a link");
    assert_eq!(server.get(&file.url).body, vec![b's'; length]);
    std::fs::remove_dir_all(&moved).expect("the directory");
    std::fs::remove_file(server.snapshot_dir()).expect("the link");
}

#[test]
fn who_reads_slowly_keeps_no_connection_to_the_database() {
    let server = Server::configured(|config| config.database.connections = 1);
    let snapshot = server.snapshot();
    let file = file(&snapshot, "entities.ndjson.gz");
    // More than the sockets hold.
    let length = 64 * 1024 * 1024;
    std::fs::write(server.snapshot_dir().join(snapshot.id.to_string()).join(&file.name), vec![0; length])
        .expect("a file");
    server.database.execute(&format!("UPDATE snapshot_files SET bytes = {length}"));
    let mut slow = TcpStream::connect(server.url("").trim_start_matches("http://")).expect("a connection");
    write!(slow, "GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", file.url).expect("it is sent");
    let mut first = [0; 15];
    slow.read_exact(&mut first).expect("the answer begins");
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    assert_eq!(server.get("/v1/entities").status, 200);
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).expect("the rest");
    assert!(rest.len() > length, "it comes whole");
}
