//! Reading feeds over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::feed::{self, ATOM, Syndicated};
use super::request::{FeedParameters, FeedRequest, Newest};
use super::web_address::Site;
use crate::articles::Article;
use crate::articles::filter::{ArticleFilter, ArticleSort};
use crate::db::Database;
use crate::http::auth::{Caller, View};
use crate::http::cursor::CursorSecret;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::reply;
use crate::incidents::Incident;
use crate::incidents::filter::{IncidentFilter, IncidentSort};

/// Follow incidents in a feed
///
/// Incidents as a feed of Atom (RFC 4287), those changed last first, with all filters of `/v1/incidents`. An entry has the title and
/// the summary; its id is that of the record, its first link leads to the record, `via` to the articles that report it. Categories
/// are the kind, the country and the tags. `rights` is that of the dataset.
///
/// The link `next` leads to the entries before, until there are none (RFC 5005). The id of a feed is made of its path and filters. An
/// ETag stays for as long as nothing changes: ask with `If-None-Match`. For a copy of all records, `/v1/changes` is safer.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/feeds/incidents.atom?country=KG&kind=liberty'
/// ```
#[utoipa::path(
    tag = "feeds",
    params(IncidentFilter, FeedParameters),
    responses((status = 200, description = "A page of the feed.", content_type = "application/atom+xml", body = inline(AtomFeed)), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/feeds/incidents.atom")]
pub(crate) async fn get_incident_feed(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<IncidentFilter>,
    asked: FeedRequest<IncidentSort>,
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
    site: web::Data<Site>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    answer::<Incident>(&request, view, filter, &asked, &database, &secret, &site).await
}

/// Follow articles in a feed
///
/// Articles as a feed of Atom (RFC 4287), those changed last first, with all filters of `/v1/articles`. An entry has the headline, its
/// authors or else its publisher, and a summary in words of our own; its id is that of the record, its first link leads to the article
/// where it was published, another to the record. `rights` is that of the record, by its dataset.
///
/// The link `next` leads to the entries before, until there are none (RFC 5005). The id of a feed is made of its path and filters. An
/// ETag stays for as long as nothing changes: ask with `If-None-Match`. For a copy of all records, `/v1/changes` is safer.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/feeds/articles.atom?language=en'
/// ```
#[utoipa::path(
    tag = "feeds",
    params(ArticleFilter, FeedParameters),
    responses((status = 200, description = "A page of the feed.", content_type = "application/atom+xml", body = inline(AtomFeed)), (status = 403, description = "Drafts and retracted records are for editors."))
)]
#[get("/v1/feeds/articles.atom")]
pub(crate) async fn get_article_feed(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<ArticleFilter>,
    asked: FeedRequest<ArticleSort>,
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
    site: web::Data<Site>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    answer::<Article>(&request, view, filter, &asked, &database, &secret, &site).await
}

async fn answer<R: Syndicated<Sort: Newest>>(
    request: &HttpRequest,
    view: View,
    filter: R::Filter,
    asked: &FeedRequest<R::Sort>,
    database: &Database,
    secret: &CursorSecret,
    site: &Site,
) -> Result<HttpResponse, Problem> {
    let read = async |connection: &_, view: &View| feed::read::<R>(connection, filter, view, asked).await;
    let found = database.read_as(view, read).await?;
    let (bytes, link) = feed::write(asked, &found, secret, site)?;
    Ok(reply::respond(request, ATOM, bytes, None, link.as_deref()))
}

/// A feed of Atom.
#[derive(Debug, utoipa::ToSchema)]
#[schema(max_length = 100_000_000, pattern = "^<[?]xml")]
#[expect(dead_code, reason = "says in the document what a feed is")]
pub(crate) struct AtomFeed(String);
