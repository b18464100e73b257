//! Searching over HTTP.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{self, SearchHit, SearchTotals};
use super::text::SearchText;
use crate::db::Database;
use crate::history::RecordType;
use crate::http::auth::Caller;
use crate::http::cursor::CursorSecret;
use crate::http::listing::{PageRequest, sort_orders};
use crate::http::parameters::Words;
use crate::http::problem::Problem;
use crate::http::query::{Parameters, Query};
use crate::http::reply::Reply;
use crate::values::Slug;

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchFilter {
    /// The words: in titles, names and texts, whatever the script and, in English and Russian, the ending.
    /// `"words in quotes"` stand together, `-word` excludes, `begin*` may go on. Words such as "the" say nothing and are passed
    /// over, as is whatever is neither letter nor digit; where nothing else is left, nothing is found.
    #[param(value_type = String, min_length = 1, max_length = 200, pattern = r"^[^\u0000-\u001F\u007F]+$", example = "Токаев")]
    pub(super) q: SearchText,
    /// Only records of these resources.
    #[param(value_type = Option<Vec<RecordType>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub(super) r#type: Option<Words<RecordType>>,
    /// Only records of these datasets.
    #[param(value_type = Option<Vec<Slug>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub(super) dataset: Option<Words<Slug>>,
}

impl Parameters for SearchFilter {}

sort_orders! {
    /// The order of a search.
    SearchSort of "records", default Relevance {
        Relevance: "relevance", by "score", descending true, "Those that fit best first, of equal ones the newest.";
    }
}

/// Which page of what was found; read by [`PageRequest`].
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the document what a page request takes here")]
pub(crate) struct SearchPageParameters {
    /// How many records to answer with at most.
    #[param(format = Int32, minimum = 1, maximum = 200, default = 25, example = 25)]
    limit: Option<i32>,
    /// Where to go on: `meta.next_cursor` of the page before, for the same search.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// The records, best first.
    #[schema(max_items = 200)]
    pub data: Vec<SearchHit>,
    /// What to know about the page.
    pub meta: SearchMeta,
}

/// What to know about a page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchMeta {
    /// The cursor of the next page; null on the last page, and only there.
    #[schema(max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub next_cursor: Option<String>,
    /// How many records were found.
    pub totals: SearchTotals,
    /// The number of the last change that the answer reflects.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 90)]
    pub revision: i64,
}

/// Search
///
/// Articles, entities and incidents that hold all the words, best first; of equal ones the newest. Latin and Cyrillic
/// spellings of a name find each other, and a name of an entity finds the articles and incidents that it takes part in,
/// whatever they call it, who takes a legal step among them; a word that names of more than 100 entities hold tells none apart
/// and is looked for in the records themselves alone. The lists take the same `q` beside their own filters.
///
/// ```sh
/// curl -G http://127.0.0.1:8080/v1/search --data-urlencode 'q=Токаев protest*' -d limit=5
/// ```
#[utoipa::path(
    tag = "search",
    params(SearchFilter, SearchPageParameters),
    responses((status = 200, description = "A page of what was found.", body = SearchAnswer))
)]
#[get("/v1/search")]
pub(crate) async fn search(
    caller: Caller,
    Query(filter): Query<SearchFilter>,
    page: PageRequest<SearchSort>,
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
) -> Result<Reply<SearchAnswer>, Problem> {
    let view = caller.view(None)?;
    let (data, next, totals, revision) =
        database.read_as(view, async |connection, view| model::search(connection, &filter, view, &page).await).await?;
    let (next_cursor, link) = page.onward(next.as_ref(), &secret);
    Ok(Reply::linked(SearchAnswer { data, meta: SearchMeta { next_cursor, totals, revision } }, link))
}
