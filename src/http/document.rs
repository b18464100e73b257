//! The finish of the OpenAPI document: what is true of every operation and every schema is said here once, instead of
//! at each handler.

use serde_json::{Map, Value, json};

use super::request_schemas;
use crate::writing::without_derived;

/// Statuses that every operation can answer, and the shared response for each.
const EVERYWHERE: [(&str, &str); 6] = [
    ("400", "InvalidRequest"),
    ("401", "Unauthenticated"),
    ("413", "ContentTooLarge"),
    ("429", "TooManyRequests"),
    ("500", "InternalError"),
    ("503", "Unavailable"),
];

/// The one schema of an answer whose first part names members that may be absent: a row of statistics has those that it is
/// grouped by.
const GROUPED: &str = "StatisticsRow";

/// Finishes the document that utoipa collected from the handlers. `examples` holds real answers by operation id.
pub fn finish(mut document: Value, examples: &[(&str, &str)]) -> Value {
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        merge_flattened(schemas);
        refer_to_records(schemas);
        request_schemas::add(schemas);
    }
    bound_strings(&mut document);
    bound_maps(&mut document["components"]["schemas"]);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, schema) in schemas.iter_mut() {
            if request_schemas::is_request(name) {
                drop_nulls(schema);
            } else {
                require_all(schema);
            }
        }
        if let Some(values) = schemas.get_mut(GROUPED).and_then(|row| row["allOf"][0].as_object_mut()) {
            values.remove("required");
        }
    }
    document["components"]["headers"] = headers();
    document["components"]["responses"] = responses();
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            finish_operation(method, operation, examples);
        }
    }
    drop_unused(&mut document);
    document
}

/// Says of the maps of names that callers give how much they may hold, which utoipa has no word for.
fn bound_maps(schemas: &mut Value) {
    for member in [("NewMatch", "queries"), ("MatchResults", "results")] {
        if let Some(map) = schemas.pointer_mut(&format!("/{}/properties/{}", member.0, member.1)) {
            map["maxProperties"] = json!(100);
            map["propertyNames"] = json!({ "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000-\\u001F\\u007F]+$" });
        }
    }
}

fn finish_operation(method: &str, operation: &mut Value, examples: &[(&str, &str)]) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    // Asking is no writing, though the question is a body.
    let writes = ["post", "patch", "delete"].contains(&method) && id != "match_entities";
    let needs_key = writes || id.starts_with("list_similar_");
    operation["security"] = if needs_key { json!([{ "key": [] }]) } else { json!([{}, { "key": [] }]) };
    let is_batch = id.starts_with("load_");
    if method == "patch" || is_batch {
        request_schemas::patch_body(operation);
    }
    show_bodies(operation, &id, examples);
    // The health of a server is never kept, so it has no ETag.
    let has_etag = operation["tags"][0] != "operations" && method == "get";
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    let in_parts = responses.contains_key("206");
    for (status, response) in responses.iter_mut() {
        response["headers"] = match status.as_str() {
            "200" | "206" if in_parts => headers_of(&[
                "RateLimit",
                "RateLimit-Policy",
                "X-Request-Id",
                "ETag",
                "Last-Modified",
                "Accept-Ranges",
                "Content-Disposition",
            ]),
            "200" if id.starts_with("export_") => {
                headers_of(&["RateLimit", "RateLimit-Policy", "X-Request-Id", "ETag", "Content-Disposition"])
            }
            "200" if has_etag || writes && !is_batch => {
                headers_of(&["RateLimit", "RateLimit-Policy", "X-Request-Id", "ETag"])
            }
            "201" => headers_of(&["RateLimit", "RateLimit-Policy", "X-Request-Id", "ETag", "Location"]),
            "308" => headers_of(&["RateLimit", "RateLimit-Policy", "X-Request-Id", "Location"]),
            _ => headers_of(&["RateLimit", "RateLimit-Policy", "X-Request-Id"]),
        };
        if ["206", "416"].contains(&status.as_str()) {
            response["headers"]["Content-Range"] = json!({ "$ref": "#/components/headers/Content-Range" });
        }
        if status.starts_with('4') && response.get("content").is_none() {
            response["content"] = problem("Problem");
        }
    }
    if has_etag {
        responses.entry("304").or_insert_with(|| json!({ "$ref": "#/components/responses/NotModified" }));
    }
    for (status, name) in EVERYWHERE {
        responses.entry(status).or_insert_with(|| json!({ "$ref": format!("#/components/responses/{name}") }));
    }
    let read = ["create_", "patch_", "unmerge_", "merge_"].iter().find_map(|verb| id.strip_prefix(verb));
    let example = example_of(&read.map_or_else(|| id.clone(), |record| format!("get_{record}")), examples);
    for status in ["200", "201", "206"] {
        let Some(response) = responses.get_mut(status) else { continue };
        for media in response["content"].as_object_mut().into_iter().flat_map(Map::values_mut) {
            media["example"] = example.clone();
        }
    }
}

/// The example of an operation: a real answer.
fn example_of(id: &str, examples: &[(&str, &str)]) -> Value {
    let own = examples.iter().find(|(operation, _)| *operation == id);
    own.and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Shows in a body that what was read can be sent back, and that a change names only what changes.
fn show_bodies(operation: &mut Value, id: &str, examples: &[(&str, &str)]) {
    let Some(body) = operation.get_mut("requestBody") else { return };
    body["required"] = json!(!id.starts_with("unmerge_"));
    let example = if let Some(record) = id.strip_prefix("create_") {
        let mut example = example_of(&format!("get_{record}"), examples);
        without_derived(&mut example);
        example
    } else if id.starts_with("merge_") {
        json!({ "into": "b7826df4-ed0b-5bec-8339-db6034e65863", "reason": "duplicate" })
    } else if id.starts_with("unmerge_") {
        json!({ "reason": "coding_error" })
    } else if id.starts_with("decide_") {
        json!({ "id": "b7826df4-ed0b-5bec-8339-db6034e65863", "decision": "different", "note": "Namesakes." })
    } else if id == "match_entities" {
        json!({ "queries": { "a": { "name": "Жапаров Садыр", "kind": "person" }, "b": { "name": "ГКНБ", "country": "KG" } }, "limit": 1 })
    } else if id == "patch_dataset" {
        json!({ "edition": "2026-12", "coverage": { "to": "2026-12-31" } })
    } else {
        json!({ "external_id": "report-1" })
    };
    for media in body["content"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        media["example"] = example.clone();
    }
}

fn problem(schema: &str) -> Value {
    json!({ "application/problem+json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

fn headers_of(names: &[&str]) -> Value {
    let each = names.iter().chain(&["Access-Control-Allow-Origin"]);
    each.map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })))
        .collect::<Map<_, _>>()
        .into()
}

fn headers() -> Value {
    let text = |description: &str, pattern: &str, most: u32, example: &str| json!({ "description": description, "schema": { "type": "string", "maxLength": most, "pattern": pattern }, "example": example });
    json!({
        "Access-Control-Allow-Origin": text("Pages of any origin may read the answer.", r"^\*$", 1, "*"),
        "Accept-Ranges": text("Parts of the file can be asked for.", "^bytes$", 5, "bytes"),
        "Content-Disposition": text("The name to store the file under.", "^attachment; filename=\"[a-z_.]+\"$", 100, "attachment; filename=\"incidents.ndjson.gz\""),
        "Content-Range": text("Which bytes of how many the answer holds; an asterisk for none.", r"^bytes ([0-9]+-[0-9]+|\*)/[0-9]+$", 100, "bytes 0-9/45061"),
        "ETag": text("The version of the answer, for `If-None-Match`: weak, for it is the same in every compression. That of a file is strong, for it comes as it is.", "^(W/)?\"[^\"]+\"$", 100, "W/\"1.mZ5b2Qk9o0VYFq0sJ1u8bA\""),
        "Last-Modified": text("When the file was made.", "^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$", 29, "Sun, 22 Nov 2026 00:00:00 GMT"),
        "Location": text("What was created, or the record that took this one's place.", "^/v1/[a-z]+/[a-z0-9-]+(/[a-z]+)?([?].*)?$", 8192, "/v1/entities/b7826df4-ed0b-5bec-8339-db6034e65863"),
        "RateLimit": text("Requests left (`r`) and seconds until the quota starts anew (`t`).", "^\"[a-z]+\";r=[0-9]+;t=[0-9]+$", 100, "\"anonymous\";r=299;t=60"),
        "RateLimit-Policy": text("Requests allowed (`q`) in so many seconds (`w`).", "^\"[a-z]+\";q=[0-9]+;w=[0-9]+$", 100, "\"anonymous\";q=300;w=60"),
        "Retry-After": json!({
            "description": "Seconds after which to try again.",
            "schema": { "type": "integer", "format": "int32", "minimum": 0, "maximum": 3600 },
            "example": 12
        }),
        "WWW-Authenticate": text("How to authenticate.", "^Bearer .*$", 200, "Bearer realm=\"civicspace\""),
        "X-Request-Id": text("The id of the request: the one that was sent if it is sane, else a new one.", "^[A-Za-z0-9_.:-]+$", 128, "0190d6a0-0000-7000-8000-000000000001")
    })
}

fn responses() -> Value {
    let response = |description: &str, extra: &[&str]| {
        let names: Vec<&str> = ["RateLimit", "RateLimit-Policy", "X-Request-Id"].iter().chain(extra).copied().collect();
        json!({ "description": description, "headers": headers_of(&names), "content": problem("Problem") })
    };
    json!({
        "NotModified": {
            "description": "The caller's copy, whose ETag came in `If-None-Match`, is the current one.",
            "headers": headers_of(&["RateLimit", "RateLimit-Policy", "X-Request-Id", "ETag"])
        },
        "InvalidRequest": response("A parameter is unknown, repeated, malformed or out of range, or a read has a body; `errors` names each fault.", &[]),
        "Unauthenticated": response("A key was sent that is unknown, expired or revoked, or one is needed and none was sent.", &["WWW-Authenticate"]),
        "ContentTooLarge": response("The request says that it has a body larger than any that is taken.", &[]),
        "TooManyRequests": response("The quota is used up.", &["Retry-After"]),
        "InternalError": response("A fault of ours, which is logged.", &[]),
        "Unavailable": response("The database is busy or out of reach, or the query took too long.", &["Retry-After"])
    })
}

/// Members that serde flattens come as an `allOf` of objects. Readers of the document are better served with one object.
fn merge_flattened(schemas: &mut Map<String, Value>) {
    let names: Vec<String> = schemas.keys().cloned().collect();
    for name in names.into_iter().filter(|name| name != GROUPED) {
        let Some(parts) = schemas[&name]["allOf"].as_array().cloned() else { continue };
        let parts: Vec<Value> = parts.iter().map(|part| referred(schemas, part).clone()).collect();
        if !parts.iter().all(|part| part["properties"].is_object() && part.get("allOf").is_none()) {
            continue;
        }
        let mut merged = json!({ "type": "object", "properties": {} });
        for part in parts {
            for (property, schema) in part["properties"].as_object().into_iter().flatten() {
                merged["properties"][property] = schema.clone();
            }
        }
        if let Some(description) = schemas[&name].get("description") {
            merged["description"] = description.clone();
        }
        schemas.insert(name, merged);
    }
}

/// utoipa writes the records of a page out in full; a reference says the same.
fn refer_to_records(schemas: &mut Map<String, Value>) {
    for (name, schema) in schemas.iter_mut() {
        if let Some(record) = name.strip_prefix("Page_") {
            schema["properties"]["data"]["items"] = json!({ "$ref": format!("#/components/schemas/{record}") });
        }
    }
}

/// Schemas that nothing refers to any more, such as the parts that were merged.
fn drop_unused(document: &mut Value) {
    loop {
        let text = document.to_string();
        let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
        let before = schemas.len();
        schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
        if schemas.len() == before {
            return;
        }
    }
}

fn referred<'a>(schemas: &'a Map<String, Value>, part: &'a Value) -> &'a Value {
    let name = part["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/"));
    name.and_then(|name| schemas.get(name)).unwrap_or(part)
}

/// Strings of a fixed format are of a known length.
fn bound_strings(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let most = match object.get("format").and_then(Value::as_str) {
                Some("uuid") => Some(36),
                Some("date") => Some(10),
                Some("date-time") => Some(35),
                _ => None,
            };
            if let Some(most) = most {
                object.entry("maxLength").or_insert(json!(most));
            }
            object.values_mut().for_each(bound_strings);
        }
        Value::Array(array) => array.iter_mut().for_each(bound_strings),
        _ => {}
    }
}

/// Every member of an answer is always there, null where it has no value.
fn require_all(schema: &mut Value) {
    if let Some(properties) = schema["properties"].as_object() {
        let names: Vec<Value> = properties.keys().map(|name| json!(name)).collect();
        schema["required"] = names.into();
    }
    for keyword in ["allOf", "oneOf"] {
        schema[keyword].as_array_mut().into_iter().flatten().for_each(require_all);
    }
    drop_nulls(schema);
}

fn drop_nulls(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
}
