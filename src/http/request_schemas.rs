//! Schemas of what is sent. A record is written in the shape in which it is read, but what is null or has a default may
//! be left out; and a merge patch may leave out anything, and clear it with null.

use serde_json::{Map, Value, json};

/// What is changed by merge patches.
const PATCHED: [&str; 4] = ["Article", "Dataset", "Entity", "Incident"];

/// Whether a schema is one of what is sent: there, a member that may be left out is not required.
pub(super) fn is_request(name: &str) -> bool {
    name.starts_with("New") || name.ends_with("Patch") || name == "RecordKey"
}

/// Adds what the schemas of new records need: a variant of each part that is written as it is read, and a patch of each.
pub(super) fn add(schemas: &mut Map<String, Value>) {
    let roots: Vec<String> = schemas.keys().filter(|name| name.starts_with("New")).cloned().collect();
    for root in roots {
        add_parts(schemas, &root);
    }
    for name in PATCHED {
        add_patch(schemas, name);
    }
}

/// Lets a schema of what is sent refer to schemas of what is sent.
fn add_parts(schemas: &mut Map<String, Value>, name: &str) {
    let mut schema = schemas[name].clone();
    for part in references(&schema) {
        let is_part = schemas.get(&part).is_some_and(|schema| schema["properties"].is_object());
        if is_part && !is_request(&part) {
            let own = format!("New{part}");
            if !schemas.contains_key(&own) {
                schemas.insert(own.clone(), schemas[&part].clone());
                add_parts(schemas, &own);
            }
            rename(&mut schema, &part, &own);
        }
    }
    schemas.insert(name.to_owned(), schema);
}

/// Adds the patch of a record or of one of its parts. A list is replaced whole, so its items are not patched.
fn add_patch(schemas: &mut Map<String, Value>, name: &str) {
    let Some(mut schema) = schemas.get(&format!("New{name}")).cloned() else { return };
    if let Some(object) = schema.as_object_mut() {
        object.remove("required");
        object.insert(
            "description".to_owned(),
            json!(format!("A change of what {name} says: absent stays, null clears.")),
        );
    }
    for member in schema["properties"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for part in references(member) {
            if let Some(part) = part.strip_prefix("New").filter(|_| member["type"] != "array") {
                add_patch(schemas, part);
                rename(member, &format!("New{part}"), &format!("{part}Patch"));
            }
        }
        if !takes_null(member) {
            *member = json!({ "oneOf": [member.take(), { "type": "null" }] });
        }
    }
    schemas.insert(format!("{name}Patch"), schema);
}

fn takes_null(schema: &Value) -> bool {
    schema["type"] == "null"
        || schema["type"].as_array().is_some_and(|types| types.contains(&json!("null")))
        || schema["oneOf"].as_array().is_some_and(|branches| branches.iter().any(takes_null))
}

/// Points the body of a change at the patch of what it changes.
pub(super) fn patch_body(operation: &mut Value) {
    for name in PATCHED {
        rename(&mut operation["requestBody"], &format!("New{name}"), &format!("{name}Patch"));
    }
}

/// The names of the schemas that a schema refers to, in its lists and alternatives, too.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str);
            let own = own.and_then(|reference| reference.strip_prefix("#/components/schemas/")).map(str::to_owned);
            own.into_iter().chain(members.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn rename(schema: &mut Value, from: &str, to: &str) {
    match schema {
        Value::Object(members) => {
            if members.get("$ref").is_some_and(|reference| *reference == format!("#/components/schemas/{from}")) {
                members.insert("$ref".to_owned(), json!(format!("#/components/schemas/{to}")));
            }
            members.values_mut().for_each(|member| rename(member, from, to));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, from, to)),
        _ => {}
    }
}
