//! What the API document says of a body, held against a body: every fault at once, each with its place.

use std::collections::HashMap;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::http::fault::{Fault, FaultCode};
use crate::http::parameters::not_among;
use crate::http::problem::Problem;

/// The schemas of bodies, by their names in the document.
#[derive(Debug)]
pub struct BodySchemas(HashMap<&'static str, Validator>);

impl BodySchemas {
    /// The schemas of these names in an OpenAPI document.
    ///
    /// # Errors
    /// One of them is no schema.
    pub fn of(document: &Value, names: &[&'static str]) -> Result<Self, Problem> {
        let validator = |name: &str| {
            let schema =
                json!({ "$ref": format!("#/components/schemas/{name}"), "components": document["components"] });
            let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            options.build(&schema).map_err(|error| Problem::Internal(format!("{name} is no schema: {error}")))
        };
        names.iter().map(|name| Ok((*name, validator(name)?))).collect::<Result<_, Problem>>().map(Self)
    }

    /// Every fault of a body. References are judged by [`Targets::put`](super::references::Targets::put): what stands at their
    /// places is passed over.
    pub fn faults(&self, name: &str, body: &Value, references: &[String]) -> Vec<Fault> {
        let Some(validator) = self.0.get(name) else { return Vec::new() };
        let mut faults = Vec::new();
        for error in validator.iter_errors(body) {
            describe(&error, body, &mut faults);
        }
        faults.retain(|fault| !references.iter().any(|reference| is_within(fault, reference)));
        faults
    }

    /// What a body says that is no record.
    ///
    /// # Errors
    /// 422 with every fault.
    pub fn taken<T: DeserializeOwned>(&self, name: &str, body: &Value) -> Result<T, Problem> {
        let faults = self.faults(name, body, &[]);
        if faults.is_empty() { typed(body) } else { Err(Problem::InvalidContent(faults)) }
    }
}

/// The value that a body holds which has no faults by its schema.
///
/// # Errors
/// 422: it has one that a schema cannot say.
pub fn typed<T: DeserializeOwned>(body: &Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let pointer: String = error.path().iter().map(|part| format!("/{part}").replace(['[', ']'], "")).collect();
        Problem::InvalidContent(vec![Fault::body(pointer, FaultCode::InvalidValue, error.inner().to_string())])
    })
}

fn is_within(fault: &Fault, reference: &str) -> bool {
    fault
        .pointer()
        .and_then(|pointer| pointer.strip_prefix(reference))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Adds what an error says. A member that may be null is an alternative of its schema and null: what is wrong with it
/// by its schema is said.
fn describe(error: &ValidationError<'_>, body: &Value, faults: &mut Vec<Fault>) {
    let pointer = error.instance_path().to_string();
    let at = |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            faults.push(Fault::body(at(name), FaultCode::MissingMember, "must be there"));
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                faults.push(Fault::body(at(name), FaultCode::UnknownMember, "there is no member of this name"));
            }
        }
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            let is_null = |branch: &Vec<ValidationError<'_>>| matches!(branch.as_slice(), [only] if matches!(only.kind(), ValidationErrorKind::Type { .. }) && only.to_string().ends_with("of type \"null\""));
            match context.iter().filter(|branch| !is_null(branch)).collect::<Vec<_>>().as_slice() {
                [branch] => branch.iter().for_each(|error| describe(error, body, faults)),
                _ => faults.push(Fault::body(pointer, FaultCode::InvalidValue, error.to_string())),
            }
        }
        ValidationErrorKind::Enum { options } => {
            let given = body.pointer(&pointer).and_then(Value::as_str).unwrap_or_default();
            let allowed = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let detail = not_among(given, allowed.iter().filter_map(Value::as_str));
            faults.push(Fault::body(pointer, FaultCode::InvalidValue, detail));
        }
        _ => faults.push(Fault::body(pointer, FaultCode::InvalidValue, error.to_string())),
    }
}
