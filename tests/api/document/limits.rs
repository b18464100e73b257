//! Its limits are kept: what it allows is taken, and what it does not is refused.

use civicspace::http::auth::Role;
use serde_json::Value;

use super::{asked, filled, good, read, reads, resolved};
use crate::harness::Server;

/// Values just beyond each limit that a schema states, as they stand in a query.
fn beyond(schema: &Value) -> Vec<String> {
    let schema = resolved(schema);
    let kind = schema["type"].as_str().unwrap_or_default();
    let mut values = Vec::new();
    if let Some(most) = schema["maximum"].as_i64() {
        values.push((most + 1).to_string());
    }
    if let Some(least) = schema["minimum"].as_i64() {
        values.push((least - 1).to_string());
    }
    if let Some(most) = schema["maxLength"].as_u64() {
        values.push("a".repeat(usize::try_from(most).expect("a length") + 1));
    }
    if schema["minLength"].as_u64().is_some_and(|least| least > 0) || schema["enum"].is_array() {
        values.push(String::new());
    }
    if schema["enum"].is_array() {
        values.push("nonsense".to_owned());
    }
    if schema["pattern"].is_string() {
        values.push("%01%7F".to_owned());
    }
    match schema["format"].as_str() {
        Some("date") => values.extend(["2020-02-30".to_owned(), "20200302".to_owned(), "yesterday".to_owned()]),
        Some("date-time") => values.extend(["2020-03-02".to_owned(), "2020-03-02T25:00:00Z".to_owned()]),
        Some("uuid") => values.extend(["0190d6a0".to_owned(), "0190d6a00000700080000000000000010".to_owned()]),
        _ => {}
    }
    match kind {
        "boolean" => values.extend(["yes".to_owned(), "1".to_owned()]),
        "integer" => values.extend(["1.5".to_owned(), "x".to_owned(), "99999999999999999999".to_owned()]),
        "number" => values.extend(["NaN".to_owned(), "x".to_owned()]),
        "array" => {
            let items = beyond(&schema["items"]);
            assert!(!items.is_empty(), "an item without limits: {schema}");
            values.extend(items.iter().filter(|item| !item.contains(',')).cloned());
            let most = usize::try_from(schema["maxItems"].as_u64().expect("a most")).expect("a number");
            let one = good(&schema["items"]);
            values.push(vec![one.as_str(); most + 1].join(","));
            values.push(format!("{one},,{one}"));
        }
        _ => {}
    }
    values
}

#[test]
fn every_limit_of_a_parameter_is_enforced() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    let mut tried = 0;
    for (path, operation) in reads() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            if parameter["in"] == "header" {
                continue;
            }
            let values = beyond(&parameter["schema"]);
            assert!(!values.is_empty(), "{path}: {name} has no limit");
            for value in values {
                let is_query = parameter["in"] == "query";
                if !is_query && value.is_empty() {
                    continue;
                }
                let target = if is_query {
                    format!("{}{name}={value}", asked(&filled(&server, &path, operation), operation, name))
                } else {
                    filled(&server, &path.replace(&format!("{{{name}}}"), &value), operation)
                };
                let fault = read(&server, &key, &target, operation).problem(400, "invalid-parameter");
                assert_eq!(fault["name"], name, "{target}");
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

#[test]
fn every_parameter_takes_what_the_document_allows() {
    let server = Server::seeded();
    let key = server.key(Role::Editor);
    for (path, operation) in reads() {
        let path = filled(&server, &path, operation);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (name, schema) = (parameter["name"].as_str().expect("a name"), resolved(&parameter["schema"]));
            if parameter["in"] != "query"
                || ["cursor", "min_figure", "state", "bbox", "since", "wait", "version"].contains(&name)
            {
                continue;
            }
            let codes = if schema["type"] == "array" { &resolved(&schema["items"])["enum"] } else { &schema["enum"] };
            // The filters of exports and feeds are those of the lists, where every code is tried.
            let is_list = !["export_", "get_incident_feed", "get_article_feed"]
                .iter()
                .any(|id| operation["operationId"].as_str().is_some_and(|operation| operation.starts_with(id)));
            let codes: Vec<&Value> = codes.as_array().into_iter().flatten().collect();
            for code in codes.iter().take(if is_list { codes.len() } else { 2 }) {
                let target = format!("{}{name}={}", asked(&path, operation, name), code.as_str().expect("a code"));
                assert_eq!(read(&server, &key, &target, operation).status, 200, "{target}");
            }
            for limit in [&schema["minimum"], &schema["maximum"]].into_iter().filter_map(Value::as_i64) {
                let target = format!("{}{name}={limit}", asked(&path, operation, name));
                assert_eq!(read(&server, &key, &target, operation).status, 200, "{target}");
            }
        }
    }
}
