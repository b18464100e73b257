//! An answer, as it came over the wire.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document;

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status; 0 when nothing came.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body, its chunks put together.
    pub body: Vec<u8>,
    /// Whether the body came to its end.
    pub is_whole: bool,
}

impl Answer {
    /// Reads an answer of HTTP/1.1.
    pub fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let rest = bytes.get(end + 4..).unwrap_or_default();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let (body, is_whole) = if chunked {
            dechunk(rest)
        } else {
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let is_whole = length.and_then(|(_, length)| length.parse().ok()) == Some(rest.len());
            (rest.to_vec(), is_whole)
        };
        Self { status, headers, body, is_whole }
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The tag of the answer, without `W/` and quotes.
    #[track_caller]
    pub fn tag(&self) -> String {
        let tag = self.header("etag").unwrap_or_else(|| panic!("no ETag: {self}"));
        let opaque = tag.strip_prefix("W/\"").and_then(|rest| rest.strip_suffix('"'));
        opaque.unwrap_or_else(|| panic!("{tag} is not weak")).to_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The member at a JSON pointer of the body.
    pub fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_else(|| panic!("nothing at {pointer}: {self}"))
    }

    /// The lines of an answer of NDJSON.
    pub fn lines(&self) -> Vec<Value> {
        let text = std::str::from_utf8(&self.body).expect("text");
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// The rows of an answer of CSV, each as a map of its columns.
    pub fn rows(&self) -> Vec<BTreeMap<String, String>> {
        assert_eq!(self.status, 200, "{self}");
        let mut reader = csv::Reader::from_reader(self.body.as_slice());
        reader.deserialize().map(|row| row.expect("a row")).collect()
    }

    /// The values of one member of each record of a page.
    pub fn each(&self, pointer: &str) -> Vec<Value> {
        let data = self.at("/data");
        data.as_array()
            .expect("a list")
            .iter()
            .map(|record| record.pointer(pointer).cloned().unwrap_or_default())
            .collect()
    }

    /// The texts of one member of each record of a page.
    pub fn texts(&self, pointer: &str) -> Vec<String> {
        self.each(pointer).iter().map(|value| value.as_str().unwrap_or("null").to_owned()).collect()
    }

    /// Asserts that it is a problem of a type, and answers its first fault, or null.
    #[track_caller]
    pub fn problem(&self, status: u16, slug: &str) -> Value {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        assert_eq!(self.at("/type"), format!("/problems/{slug}"), "{self}");
        self.json().pointer("/errors/0").cloned().unwrap_or_default()
    }

    /// Asserts that it is a 200 with records whose member has these texts, in this order.
    #[track_caller]
    pub fn lists(&self, pointer: &str, expected: &[&str]) {
        assert_eq!(self.status, 200, "{self}");
        assert_eq!(self.texts(pointer), expected, "{self}");
    }

    /// Asserts that it is what the document says of this request.
    pub fn check(&self, method: &str, path: &str) {
        assert_ne!(self.status, 0, "{method} {path} was not answered");
        assert_eq!(self.header("access-control-allow-origin"), Some("*"), "{method} {path}: {self}");
        assert!(self.header("x-request-id").is_some(), "{method} {path}: {self}");
        if method == "HEAD" {
            assert!(self.body.is_empty(), "{method} {path}: {self}");
        } else if self.header("content-encoding").is_none() {
            document::check(method, path, self);
        }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {}", self.status, body.chars().take(2000).collect::<String>())
    }
}

/// The chunks put together, and whether the last one was there.
fn dechunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(&String::from_utf8_lossy(&rest[..end]), 16).unwrap_or(0);
        let chunk = rest.get(end + 2..end + 2 + size).unwrap_or_default();
        body.extend_from_slice(chunk);
        rest = rest.get(end + 4 + size..).unwrap_or_default();
        if size == 0 {
            return (body, true);
        }
    }
    (body, false)
}
