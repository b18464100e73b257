//! Which part of a feed is asked for.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::articles::filter::ArticleSort;
use crate::http::listing::{PageParameters, PageRequest, Sort};
use crate::http::parameters::Whole;
use crate::http::problem::Problem;
use crate::http::query::{Parameters, Query, QueryString};
use crate::incidents::filter::IncidentSort;

/// How many entries a page has unless another number is asked for: more than a list, for readers of feeds seldom turn pages.
const ENTRIES: i64 = 50;

/// The parameters that choose a page of a feed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FeedParameters {
    /// How many entries to answer with at most.
    #[param(value_type = Option<i32>, format = Int32, minimum = 1, maximum = 200, default = 50, example = 50)]
    limit: Option<Whole<1, 200>>,
    /// Where to go on: as the `next` link of the page before has it, with the same filters.
    #[param(value_type = Option<String>, min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
}

impl Parameters for FeedParameters {}

/// Orders of which one is that of feeds.
pub(super) trait Newest: Sort {
    /// Those changed last first.
    const NEWEST: Self;
}

impl Newest for ArticleSort {
    const NEWEST: Self = Self::UpdatedDown;
}

impl Newest for IncidentSort {
    const NEWEST: Self = Self::UpdatedDown;
}

/// The page of a feed that was asked for.
#[derive(Debug)]
pub(super) struct FeedRequest<S> {
    /// The page of the list.
    pub page: PageRequest<S>,
    /// The id of the feed: the same for all its pages.
    pub id: Uuid,
    /// What the filters are, for people: `country=KG, kind=assembly`.
    pub filters: String,
}

impl<S: Newest> FromRequest for FeedRequest<S> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let parameters = Query::<FeedParameters>::from_request(request, payload).into_inner();
        ready(parameters.and_then(|Query(parameters)| Self::of(request, parameters)))
    }
}

impl<S: Newest> FeedRequest<S> {
    fn of(request: &HttpRequest, parameters: FeedParameters) -> Result<Self, Problem> {
        let FeedParameters { limit, cursor } = parameters;
        let query = request.extensions().get::<QueryString>().cloned().unwrap_or_default();
        let filters = query.canonical_without(&["cursor", "limit"]);
        let parameters = PageParameters { limit, cursor, include_total: None };
        let mut page = PageRequest::of(request, parameters, Some(S::NEWEST))?;
        if limit.is_none() {
            page.limit = ENTRIES;
        }
        let name = format!("{}\0{filters}", request.path());
        let filters: Vec<&str> = filters.split_terminator('\0').collect();
        Ok(Self { page, id: Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()), filters: filters.join(", ") })
    }
}
