//! What every list shares: page size, sort, cursor, total, and the envelope of the answer.

use std::fmt::Debug;

use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cursor::{CursorFault, CursorSecret, Position};
use super::fault::{Fault, FaultCode};
use super::parameters::{Flag, Whole};
use super::problem::Problem;
use super::query::{Parameters, Query, QueryString};

/// Totals are counted up to here.
pub const TOTAL_EXACT_TO: i64 = 10_000;

/// The parameters that choose a page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// How many records to answer with at most.
    #[param(value_type = Option<i32>, format = Int32, minimum = 1, maximum = 200, default = 25, example = 25)]
    pub(crate) limit: Option<Whole<1, 200>>,
    /// Where to go on: `meta.next_cursor` of the page before, with the same filters and sort.
    #[param(value_type = Option<String>, min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub(crate) cursor: Option<String>,
    /// Whether to count the records that fit, into `meta.total`.
    #[param(value_type = Option<bool>, default = false)]
    pub(crate) include_total: Option<Flag>,
}

impl Parameters for PageParameters {}

/// The orders that a list offers.
pub trait Sort: Copy + Debug + Default + DeserializeOwned + PartialEq + 'static {
    /// The column of the sort key, with its table, and its direction.
    fn order(self) -> Order;

    /// The order of what fits best, for lists that can be searched.
    fn relevance() -> Option<Self> {
        None
    }
}

/// The orders that a list offers: variant, code, column of the sort key, direction, meaning.
macro_rules! sort_orders {
    (
        $(#[doc = $about:literal])+
        $name:ident of $table:literal, default $default:ident $(, searched $relevance:ident)? {
            $($variant:ident: $code:tt, by $column:literal, descending $descending:literal, $meaning:literal;)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String")]
        pub enum $name {
            $(#[doc = $meaning] #[serde(rename = $code)] $variant,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(code: String) -> Result<Self, String> {
                match code.as_str() {
                    $($code => Ok(Self::$variant),)+
                    other => Err($crate::http::parameters::not_among(other, [$($code),+].into_iter())),
                }
            }
        }

        impl $crate::http::listing::Sort for $name {
            fn order(self) -> $crate::http::listing::Order {
                let (column, descending) = match self {
                    $(Self::$variant => ($column, $descending),)+
                };
                $crate::http::listing::Order { table: $table, column, descending }
            }

            $(fn relevance() -> Option<Self> {
                Some(Self::$relevance)
            })?
        }
    };
}
pub(crate) use sort_orders;

/// An order by a column, the id breaking ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The table.
    pub table: &'static str,
    /// The column of the sort key; it is never null.
    pub column: &'static str,
    /// Whether the greatest come first.
    pub descending: bool,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "S: Sort")]
struct SortParameter<S: Sort> {
    sort: Option<S>,
}

impl<S: Sort> Parameters for SortParameter<S> {}

/// The page that was asked for.
#[derive(Debug)]
pub struct PageRequest<S> {
    /// How many records at most.
    pub limit: i64,
    /// Where to go on.
    pub after: Option<Position>,
    /// In which order.
    pub sort: S,
    /// Whether to count.
    pub include_total: bool,
    list: String,
    path: String,
    query: String,
}

impl<S: Sort> FromRequest for PageRequest<S> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut actix_web::dev::Payload) -> Self::Future {
        let parameters = Query::<PageParameters>::from_request(request, payload).into_inner();
        let sort = Query::<SortParameter<S>>::from_request(request, payload).into_inner();
        std::future::ready(
            parameters
                .and_then(|Query(parameters)| sort.and_then(|Query(sort)| Self::of(request, parameters, sort.sort))),
        )
    }
}

impl<S: Sort> PageRequest<S> {
    /// The page that these parameters choose of the list that a request names; in the order of the list unless in another.
    ///
    /// # Errors
    /// The cursor is not one of this list.
    pub(crate) fn of(request: &HttpRequest, parameters: PageParameters, sort: Option<S>) -> Result<Self, Problem> {
        let query = request.extensions().get::<QueryString>().cloned().unwrap_or_default();
        let filters = query.canonical_without(&["cursor", "limit", "include_total", "sort"]);
        let relevance = S::relevance().filter(|_| query.names().any(|name| name == "q"));
        let sort = sort.or(relevance).unwrap_or_default();
        let list = format!("{}\0{sort:?}\0{filters}", request.path());
        let after =
            parameters.cursor.map(|cursor| secret(request)?.open(&list, &cursor).map_err(refused)).transpose()?;
        Ok(Self {
            limit: parameters.limit.map_or(25, Whole::get),
            after,
            sort,
            include_total: parameters.include_total.unwrap_or_default().0,
            list,
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
        })
    }

    /// The rows of the page, and where the last of them stands if there are more. `rows` may hold one more than the limit.
    pub fn cut<R>(&self, mut rows: Vec<R>, position: impl Fn(&R) -> Position) -> (Vec<R>, Option<Position>) {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(position);
        (rows, next)
    }

    /// The answer for what was found.
    pub fn page<T>(&self, found: Found<T>, secret: &CursorSecret) -> Page<T> {
        let (next_cursor, link) = self.onward(found.next.as_ref(), secret);
        #[expect(clippy::cast_possible_truncation, reason = "at most 200")]
        let limit = self.limit as i32;
        Page {
            data: found.records,
            meta: Meta { limit, next_cursor, total: found.total, revision: found.revision },
            link,
        }
    }

    /// The cursor of the next page and the `Link` header to it.
    pub fn onward(&self, next: Option<&Position>, secret: &CursorSecret) -> (Option<String>, Option<String>) {
        let cursor = next.map(|position| secret.seal(&self.list, position));
        let link = cursor.as_ref().map(|cursor| self.link(cursor));
        (cursor, link)
    }

    /// The `Link` header of the next page.
    fn link(&self, cursor: &str) -> String {
        format!("<{}>; rel=\"next\"", self.address(&["cursor"], &format!("cursor={cursor}")))
    }

    /// Where this page is.
    pub(crate) fn own_address(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// Where another page is: the path of this one, and its query without some parameters and with another one.
    pub(crate) fn address(&self, without: &[&str], with: &str) -> String {
        format!("{}?{}", self.path, self.query_with(without, with))
    }

    /// The query of this page, without some parameters and with another one.
    pub(crate) fn query_with(&self, without: &[&str], with: &str) -> String {
        let stays = |pair: &&str| !pair.is_empty() && !without.contains(&pair.split('=').next().unwrap_or_default());
        let pairs: Vec<&str> = self.query.split('&').filter(stays).chain([with]).collect();
        pairs.join("&")
    }
}

fn secret(request: &HttpRequest) -> Result<&CursorSecret, Problem> {
    let secret = request.app_data::<web::Data<CursorSecret>>();
    secret.map(web::Data::get_ref).ok_or_else(|| Problem::Internal("no cursor secret".to_owned()))
}

fn refused(fault: CursorFault) -> Problem {
    let detail = match fault {
        CursorFault::Broken => "this is no cursor that we made; start again without one",
        CursorFault::Foreign => {
            "this cursor was made for another list, other filters or another sort; repeat those, or start again without it"
        }
    };
    Problem::InvalidParameter(vec![Fault::query("cursor", FaultCode::InvalidCursor, detail)])
}

/// What a model finds for a page.
pub struct Found<T> {
    /// The records of the page.
    pub records: Vec<T>,
    /// Where the last of them stands, if there are more.
    pub next: Option<Position>,
    /// How many fit in all, when it was asked.
    pub total: Option<Total>,
    /// The change sequence that the rows reflect.
    pub revision: i64,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The records.
    #[schema(max_items = 200)]
    pub data: Vec<T>,
    /// What to know about the page.
    pub meta: Meta,
    /// The `Link` header to the next page.
    #[serde(skip)]
    pub link: Option<String>,
}

/// What to know about a page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Meta {
    /// How many records the page holds at most.
    #[schema(minimum = 1, maximum = 200, example = 25)]
    pub limit: i32,
    /// The cursor of the next page; null on the last page, and only there.
    #[schema(max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub next_cursor: Option<String>,
    /// How many records fit the filters; null unless `include_total=true`.
    pub total: Option<Total>,
    /// The number of the last change that the answer reflects.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 90)]
    pub revision: i64,
}

/// A count of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    /// The count.
    #[schema(minimum = 0, maximum = 10_000, example = 28)]
    pub value: i64,
    /// Whether it is exact, or there are more.
    pub relation: TotalRelation,
}

/// How a count relates to the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TotalRelation {
    /// It is exact.
    Eq,
    /// There are more.
    Gte,
}

impl Total {
    /// The total for a count that stopped one above [`TOTAL_EXACT_TO`].
    pub fn of(counted: i64) -> Self {
        if counted > TOTAL_EXACT_TO {
            Self { value: TOTAL_EXACT_TO, relation: TotalRelation::Gte }
        } else {
            Self { value: counted, relation: TotalRelation::Eq }
        }
    }
}
