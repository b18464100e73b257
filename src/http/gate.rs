//! What every request passes before its handler: who calls, is there quota, is the path served, with this method, with
//! these parameters. The document is the list of what is served, so the two cannot drift apart.

use std::collections::BTreeMap;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    ALLOW, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, RANGE, TRANSFER_ENCODING,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};

use super::auth::Caller;
use super::client::TrustedProxies;
use super::fault::{Fault, FaultCode};
use super::lines::NDJSON;
use super::parameters::nearest;
use super::problem::Problem;
use super::query::QueryString;
use super::quota::{Account, Quotas, Standing};
use crate::db::Database;

/// Request headers that a page of another origin may send.
const ALLOWED_HEADERS: &str =
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Change-Reason, X-Request-Id";

/// Paths that cost no quota, so that a busy client is never taken for a dead server.
const FREE: [&str; 2] = ["/livez", "/readyz"];

/// The paths of the document, with their methods and the parameters of each.
#[derive(Clone, Debug)]
pub struct Paths(Vec<Path>);

#[derive(Clone, Debug)]
struct Path {
    template: String,
    pattern: ResourceDef,
    /// By method, in capitals, what the operation takes.
    operations: BTreeMap<String, Operation>,
}

/// What an operation takes.
#[derive(Clone, Debug)]
struct Operation {
    /// The names of its query parameters.
    parameters: Vec<String>,
    /// Those of them that must be there.
    required: Vec<String>,
    /// The body that it takes.
    body: Body,
}

/// A body that an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    None,
    Record,
    Lines,
}

impl Operation {
    fn of(operation: &serde_json::Value) -> Self {
        let body = match operation.get("requestBody") {
            None => Body::None,
            Some(body) if body["content"].get(NDJSON).is_some() => Body::Lines,
            Some(_) => Body::Record,
        };
        Self { parameters: query_names(operation, false), required: query_names(operation, true), body }
    }
}

impl Operation {
    /// The parameters of a query, each of which it takes.
    fn query(&self, text: &str) -> Result<QueryString, Problem> {
        let query = QueryString::parse(text).map_err(Problem::InvalidParameter)?;
        let unknown = query
            .names()
            .filter(|name| !self.parameters.iter().any(|known| known == name))
            .map(|name| unknown(name, &self.parameters));
        let missing = self.required.iter().filter(|name| !query.names().any(|given| given == *name));
        let missing = missing.map(|name| Fault::query(name, FaultCode::MissingParameter, "must be given"));
        let faults: Vec<Fault> = unknown.chain(missing).collect();
        if faults.is_empty() { Ok(query) } else { Err(Problem::InvalidParameter(faults)) }
    }
}

impl Path {
    fn allow(&self) -> String {
        let mut methods: Vec<String> = self.operations.keys().cloned().collect();
        if self.operations.contains_key("GET") {
            methods.push("HEAD".to_owned());
        }
        methods.push("OPTIONS".to_owned());
        methods.join(", ")
    }
}

impl Paths {
    /// Reads the paths of an OpenAPI document.
    pub fn of(document: &serde_json::Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let mut paths: Vec<Path> = paths
            .map(|(template, item)| Path {
                template: template.clone(),
                pattern: ResourceDef::new(template.as_str()),
                operations: item
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(method, operation)| (method.to_uppercase(), Operation::of(operation)))
                    .collect(),
            })
            .collect();
        paths.sort_by_key(|path| path.template.contains('{'));
        Self(paths)
    }

    fn find(&self, path: &str) -> Option<&Path> {
        self.0.iter().find(|candidate| candidate.pattern.is_match(path))
    }

    /// The parameters of a query that is to be read at a path.
    ///
    /// # Errors
    /// There is no such path to read, or it does not take them.
    pub(crate) fn query(&self, path: &str, text: &str) -> Result<QueryString, Problem> {
        let found = self.find(path).and_then(|path| path.operations.get("GET"));
        found.ok_or_else(|| Problem::UnknownPath(self.nearest(path)))?.query(text)
    }

    fn nearest(&self, path: &str) -> Option<String> {
        nearest(path, self.0.iter().map(|path| path.template.as_str())).map(str::to_owned)
    }
}

/// The parameters of its query, or those of them that must be there.
fn query_names(operation: &serde_json::Value, required: bool) -> Vec<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.filter(|p| p["in"] == "query" && (!required || p["required"] == true));
    parameters.filter_map(|p| p["name"].as_str().map(str::to_owned)).collect()
}

/// The limits of a request.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of a body, and of a line of a batch.
    pub body: u64,
    /// The most bytes of a batch.
    pub batch: u64,
}

/// The gate, as a middleware.
///
/// # Errors
/// None of its own: what it refuses it answers.
pub async fn gate(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method() == Method::OPTIONS {
        let answer = options(&request);
        return Ok(request.into_response(answer));
    }
    if FREE.contains(&request.path()) {
        return Ok(match admit(&mut request) {
            Ok(()) => next.call(request).await?.map_into_boxed_body(),
            Err(problem) => refuse(request, &problem),
        });
    }
    let (account, identified) = identify(&request).await;
    let standing = match (account, data::<Quotas>(&request)) {
        (Some(account), Some(quotas)) => quotas.take(account),
        _ => None,
    };
    let admitted = match standing {
        Some(standing) if !standing.within => Err(Problem::TooManyRequests(standing.reset)),
        _ => identified.and_then(|caller| {
            request.extensions_mut().insert(caller);
            admit(&mut request)
        }),
    };
    let mut response = match admitted {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(problem) => refuse(request, &problem),
    };
    if let Some(mut standing) = standing {
        if response.status() == StatusCode::NOT_MODIFIED
            && let (Some(account), Some(quotas)) = (account, response.request().app_data::<web::Data<Quotas>>())
        {
            quotas.give_back(account);
            standing.remaining += 1;
        }
        show(standing, response.headers_mut());
    }
    Ok(response)
}

fn refuse(request: ServiceRequest, problem: &Problem) -> ServiceResponse<BoxBody> {
    request.into_response(problem.error_response())
}

fn data<T: 'static>(request: &ServiceRequest) -> Option<&T> {
    request.app_data::<web::Data<T>>().map(web::Data::get_ref)
}

/// Who calls, and whom the request is counted for: a key for its holder, anything else for the address.
async fn identify(request: &ServiceRequest) -> (Option<Account>, Result<Caller, Problem>) {
    let address = data::<TrustedProxies>(request).and_then(|proxies| proxies.client(request)).map(Account::of);
    let Some(database) = data::<Database>(request) else {
        return (address, Ok(Caller::Anonymous));
    };
    match Caller::identify(request, database).await {
        Ok(Caller::Keyed { key, role }) => (Some(Account::Key(key)), Ok(Caller::Keyed { key, role })),
        identified => (address, identified),
    }
}

/// Checks a request against the document, and leaves its parameters where handlers find them. A HEAD goes on as a GET;
/// the server sends no body for it.
fn admit(request: &mut ServiceRequest) -> Result<(), Problem> {
    let paths = data::<Paths>(request).ok_or_else(|| Problem::Internal("no paths".to_owned()))?;
    let path = paths.find(request.path()).ok_or_else(|| Problem::UnknownPath(paths.nearest(request.path())))?;
    let method = if request.method() == Method::HEAD { Method::GET.as_str() } else { request.method().as_str() };
    let known = path.operations.get(method).ok_or_else(|| Problem::MethodNotAllowed(path.allow()))?;
    check_body(request, known.body)?;
    let query = known.query(request.query_string())?;
    request.extensions_mut().insert(query);
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        // RFC 9110 defines it for GET alone.
        request.headers_mut().remove(RANGE);
    }
    Ok(())
}

fn unknown(name: &str, known: &[String]) -> Fault {
    let hint = nearest(name, known.iter().map(String::as_str)).map(|near| format!("; the nearest is `{near}`"));
    let allowed = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let hint = hint.unwrap_or_default();
    Fault::query(name, FaultCode::UnknownParameter, format!("there is no such parameter{hint}. Allowed: {allowed}"))
}

fn check_body(request: &ServiceRequest, body: Body) -> Result<(), Problem> {
    let most = data::<Limits>(request).map_or(u64::MAX, |limits| match body {
        Body::None | Body::Record => limits.body,
        Body::Lines => limits.batch,
    });
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most) {
        return Err(Problem::ContentTooLarge(most));
    }
    if body == Body::None
        && (length.is_some_and(|length| length > 0) || request.headers().contains_key(TRANSFER_ENCODING))
    {
        return Err(Problem::UnexpectedBody);
    }
    Ok(())
}

/// A 204 with what the path takes. A preflight is granted for any path, or the browser would hide the 404 from its page.
fn options(request: &ServiceRequest) -> HttpResponse {
    let path = data::<Paths>(request).and_then(|paths| paths.find(request.path()));
    let preflight = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let allow = match path {
        Some(path) => path.allow(),
        None if preflight => "GET, HEAD, OPTIONS".to_owned(),
        None => {
            return Problem::UnknownPath(data::<Paths>(request).and_then(|paths| paths.nearest(request.path())))
                .error_response();
        }
    };
    HttpResponse::NoContent()
        .insert_header((ALLOW, allow.clone()))
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, allow))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

/// The headers of draft-ietf-httpapi-ratelimit-headers.
fn show(standing: Standing, headers: &mut HeaderMap) {
    let Standing { policy, quota, remaining, reset, .. } = standing;
    let fields = [
        ("ratelimit-policy", format!("\"{policy}\";q={quota};w=60")),
        ("ratelimit", format!("\"{policy}\";r={remaining};t={reset}")),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
