//! Pages for people: the documentation of the API and of its problems, with no request to anywhere else.

use std::sync::{Arc, LazyLock};

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa_swagger_ui::Config;

use super::fault::{Fault, FaultCode};
use super::problem::Problem;
use super::problem_type::ProblemType;
use super::reply;

/// The document, as it is served.
#[derive(Clone)]
pub struct DocumentText(pub Arc<str>);

/// What a page may load: what comes from here, and the small pictures that its style sheet carries.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const DOCS_PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>civicspace API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"#;

const DOCS_START: &str = r##"window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: "none",
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
});
"##;

/// Get the API document
///
/// The OpenAPI 3.1 document of this API, generated from the code that answers. Clients can be generated from it.
#[utoipa::path(tag = "documentation", responses((status = 200, description = "The document.", body = Document)))]
#[get("/openapi.json")]
pub(crate) async fn get_openapi(request: HttpRequest, document: web::Data<DocumentText>) -> HttpResponse {
    reply::respond(&request, "application/json", document.0.as_bytes().to_vec(), None, None)
}

/// An OpenAPI 3.1 document.
#[derive(Debug, utoipa::ToSchema)]
#[expect(dead_code, reason = "says in the document what the document is")]
pub struct Document {
    /// The version of OpenAPI that it is written in.
    #[schema(max_length = 10, pattern = r"^3\.1\.[0-9]+$", example = "3.1.0")]
    openapi: String,
    /// Title, version, licence and contact.
    #[schema(value_type = Object)]
    info: serde_json::Value,
    /// The operations, by path and method.
    #[schema(value_type = Object)]
    paths: serde_json::Value,
}

/// Read the documentation
///
/// A page on which every operation can be read and tried. All of it is served from here; it asks no other host.
#[utoipa::path(tag = "documentation", responses((status = 200, description = "The page.", content_type = "text/html", body = inline(Html))))]
#[get("/docs")]
pub(crate) async fn get_docs(request: HttpRequest) -> HttpResponse {
    html(&request, DOCS_PAGE.to_owned())
}

/// Get a file of the documentation page
///
/// The scripts, styles and pictures of `/docs`.
#[utoipa::path(
    tag = "documentation",
    params(("file" = String, Path, description = "The name of the file.", max_length = 100, pattern = "^[A-Za-z0-9._-]+$", example = "swagger-ui.css")),
    responses(
        (status = 200, description = "The file.", content((inline(AssetText) = "text/css"), (inline(AssetText) = "text/javascript"), (inline(AssetText) = "image/png"))),
        (status = 404, description = "There is no such file."),
    )
)]
#[get("/docs/{file}")]
pub(crate) async fn get_docs_file(request: HttpRequest, file: web::Path<String>) -> Result<HttpResponse, Problem> {
    static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| Arc::new(Config::from("/openapi.json")));
    check_name("file", &file, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))?;
    let content_type = match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("png") => "image/png",
        _ => return Err(no_file(&file)),
    };
    let bytes = if *file == "start.js" {
        DOCS_START.as_bytes().to_vec()
    } else {
        let found =
            utoipa_swagger_ui::serve(&file, CONFIG.clone()).map_err(|error| Problem::Internal(error.to_string()))?;
        found.ok_or_else(|| no_file(&file))?.bytes.into_owned()
    };
    Ok(reply::respond(&request, content_type, bytes, None, None))
}

fn no_file(name: &str) -> Problem {
    Problem::NotFound(format!("the documentation has no file {name}"))
}

/// Read what a problem means
///
/// Every failure is answered with a problem whose `type` is the address of such a page.
#[utoipa::path(
    tag = "documentation",
    params(("type" = String, Path, description = "The type of problem.", max_length = 100, pattern = "^[a-z-]+$", example = "invalid-parameter")),
    responses(
        (status = 200, description = "The page.", content_type = "text/html", body = inline(Html)),
        (status = 404, description = "There is no such type of problem."),
    )
)]
#[get("/problems/{type}")]
pub(crate) async fn get_problem(request: HttpRequest, slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    check_name("type", &slug, |byte| byte.is_ascii_lowercase() || byte == b'-')?;
    let found = ProblemType::ALL.iter().find(|kind| kind.slug() == *slug);
    let kind = found.ok_or_else(|| {
        let types: Vec<&str> = ProblemType::ALL.iter().map(|kind| kind.slug()).collect();
        Problem::NotFound(format!("there is no such type of problem. The types: {}", types.join(", ")))
    })?;
    let (status, title, explanation) = (kind.status().as_u16(), kind.title(), kind.explanation());
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · civicspace</title>\n\
         <style>body{{font:1.1em/1.5 sans-serif;max-width:40em;margin:3em auto;padding:0 1em}}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p>Status {status}</p>\n<p>{explanation}</p>\n<p><a href=\"/docs\">Documentation</a></p>\n</body>\n</html>\n"
    );
    Ok(html(&request, page))
}

/// A name in a path: the file, or the type of problem, is looked up only if it can be one.
pub(crate) fn check_name(parameter: &str, given: &str, shape: impl Fn(u8) -> bool) -> Result<(), Problem> {
    if (1..=100).contains(&given.len()) && given.bytes().all(shape) {
        return Ok(());
    }
    let detail = "is 1 to 100 of the characters that its pattern in /openapi.json allows";
    Err(Problem::InvalidParameter(vec![Fault::path(parameter, FaultCode::InvalidValue, detail)]))
}

/// A page.
#[derive(Debug, utoipa::ToSchema)]
#[schema(max_length = 100_000, pattern = "^<!DOCTYPE html>")]
#[expect(dead_code, reason = "says in the document what a page is")]
pub struct Html(String);

/// A file of the documentation page.
#[derive(Debug, utoipa::ToSchema)]
#[schema(max_length = 10_000_000, format = Binary)]
#[expect(dead_code, reason = "says in the document what a file is")]
pub struct AssetText(String);

fn html(request: &HttpRequest, page: String) -> HttpResponse {
    let mut answer = reply::respond(request, "text/html; charset=utf-8", page.into_bytes(), None, None);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    answer
}
