//! Statistics: what is counted, how it is grouped, and what is summed.

mod groups;
mod kept;
mod people;
mod sums;
mod tallied;
mod time;

use serde_json::{Value, json};

use crate::harness::{Answer, Server};

/// The rows of an answer, each as its values, its count and, where something is summed, its sums, with spaces between them.
#[track_caller]
fn rows(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer}");
    let by: Vec<String> = answer.at("/meta/group_by").as_array().expect("groupings").iter().map(name).collect();
    let rows = answer.at("/data");
    let rows = rows.as_array().expect("rows").iter().map(|row| {
        let members = row.as_object().expect("a row");
        assert_eq!(members.len(), by.len() + 4, "{row}");
        let mut words: Vec<String> = by.iter().map(|name| word(&members[name])).collect();
        words.push(word(&row["count"]));
        if row["summed"].is_null() {
            assert_eq!((&row["low"], &row["high"]), (&Value::Null, &Value::Null), "{row}");
        } else {
            words.push(format!("({}..{} of {})", word(&row["low"]), word(&row["high"]), row["summed"]));
        }
        words.join(" ")
    });
    rows.collect()
}

fn name(grouping: &Value) -> String {
    grouping["name"].as_str().expect("a name").to_owned()
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Asserts which rows each query has.
#[track_caller]
fn counts(server: &Server, cases: &[(&str, &[&str])]) {
    for (query, expected) in cases {
        assert_eq!(rows(&server.get(&format!("/v1/stats/incidents?{query}"))), *expected, "{query}");
    }
}

/// An incident of one day.
fn on(day: &str, members: Value) -> Value {
    during(day, day, "day", members)
}

/// An incident of a period that is known so precisely.
fn during(start: &str, end: &str, precision: &str, members: Value) -> Value {
    let mut incident = json!({ "start_date": start, "end_date": end, "date_precision": precision });
    incident.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
    incident
}

/// An incident in a country.
fn in_country(country: Value, admin1: Value) -> Value {
    json!({ "country": country, "admin1": admin1, "place": null, "lat": null, "lon": null, "precision": "unknown" })
}

fn part(entity: &str, role: &str) -> Value {
    json!({ "entity": { "id": entity }, "role": role })
}

fn step(entity: &str, step: &str) -> Value {
    json!({ "entity": { "id": entity }, "step": step })
}
