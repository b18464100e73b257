//! The API document, and whether an answer is what it says.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| civicspace::app::document(None));

/// The components, with every object closed: an answer may hold nothing that is not documented.
static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let mut components = DOCUMENT["components"].clone();
    close(&mut components);
    components
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, Validator>>> = LazyLock::new(Mutex::default);

/// The document that this program serves.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// The document that is committed.
pub fn committed_document() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    std::fs::read_to_string(path).expect("openapi/openapi.json")
}

/// Every operation: method, path, and what the document says of it.
pub fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let each = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .expect("an item")
            .iter()
            .map(move |(method, operation)| (method.clone(), path.clone(), operation))
    });
    each.collect()
}

/// Asserts that an answer has a status, a content type and a body that the document gives for the request.
pub fn check(method: &str, path: &str, answer: &Answer) {
    let bare = path.split('?').next().unwrap_or(path);
    let is_path = operations().iter().any(|(_, template, _)| template == bare);
    let operation = operations().into_iter().find(|(known, template, _)| {
        known.to_uppercase() == method && if is_path { template == bare } else { matches(template, bare) }
    });
    let content_type = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    let schema = match operation {
        Some((_, template, operation)) => {
            let response = &operation["responses"][answer.status.to_string()];
            assert!(response.is_object(), "{method} {template} does not document {answer}");
            let response = match response["$ref"].as_str() {
                Some(reference) => DOCUMENT.pointer(&reference[1..]).expect("a response"),
                None => response,
            };
            let Some(content) = response.get("content") else {
                assert!(answer.body.is_empty(), "{method} {template} documents no body: {answer}");
                return;
            };
            content[content_type]["schema"].clone()
        }
        None if answer.status >= 400 => problem,
        None => return,
    };
    assert!(schema.is_object(), "{method} {path} does not document {content_type}: {answer}");
    if content_type == "application/x-ndjson" {
        for line in String::from_utf8_lossy(&answer.body).lines() {
            validate(&schema, &serde_json::from_str(line).expect("a line of JSON"), &format!("{method} {path}"));
        }
    } else if content_type.ends_with("json") {
        validate(&schema, &answer.json(), &format!("{method} {path}"));
    }
}

fn validate(schema: &Value, body: &Value, what: &str) {
    let mut validators = VALIDATORS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let validator = validators.entry(schema.to_string()).or_insert_with(|| {
        let whole = json!({ "components": &*CLOSED, "allOf": [schema] });
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        options.build(&whole).expect("a schema")
    });
    let faults: Vec<String> =
        validator.iter_errors(body).map(|fault| format!("{} {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{what} is not what the document says:\n{}", faults.join("\n"));
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

fn close(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.contains_key("properties") && object.get("type").is_some_and(|kind| kind == "object") {
                object.entry("additionalProperties").or_insert(json!(false));
            }
            for (key, member) in object.iter_mut() {
                // What is merged with more cannot be closed by itself.
                if !["allOf", "FaultSubject", "Document"].contains(&key.as_str()) {
                    close(member);
                }
            }
        }
        Value::Array(array) => array.iter_mut().for_each(close),
        _ => {}
    }
}
