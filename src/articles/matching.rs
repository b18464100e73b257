//! The SQL of the filters: the one meaning that they have, for lists and counts alike.

use diesel::pg::Pg;
use diesel::prelude::*;

use super::filter::{ArticleFilter, ArticleSort};
use crate::db::fragments::any_of;
use crate::db::schema::{articles, entities, mentions, sources};
use crate::http::auth::View;
use crate::http::listing::{Order, Sort};

/// The articles, each with its publisher.
#[diesel::dsl::auto_type]
pub(super) fn with_publisher() -> _ {
    articles::table.left_join(entities::table.on(articles::publisher_id.eq(entities::id.nullable())))
}

/// A query on them that conditions can be added to.
pub(super) type Listing<'a> = diesel::dsl::IntoBoxed<'a, with_publisher, Pg>;

/// The articles that fit a filter and may be seen, whatever words they hold.
pub(super) fn matching<'a>(filter: &'a ArticleFilter, view: &'a View) -> Listing<'a> {
    let mut query = any_of!(with_publisher().into_boxed(), articles::state, &view.states);
    if !view.hidden.is_empty() {
        query = query.filter(articles::dataset.ne_all(&view.hidden));
    }
    if let Some(ids) = &filter.id {
        query = any_of!(query, articles::id, ids.get());
    }
    if let Some(ids) = &filter.publisher {
        query = any_of!(query, articles::publisher_id, ids.get());
    }
    if let Some(languages) = &filter.language {
        query = any_of!(query, articles::language, languages.get());
    }
    if let Some(day) = filter.published_from {
        // The longest period, a year, bounds the walk through the index of first days.
        let earliest = day.0 - chrono::Days::new(366);
        query = query.filter(articles::published_until.ge(day.0)).filter(articles::published_down.ge(earliest));
    }
    if let Some(day) = filter.published_to {
        query = query.filter(articles::published_down.le(day.0)).filter(articles::published_on.is_not_null());
    }
    if let Some(ids) = &filter.entity {
        let named = any_of!(mentions::table.into_boxed(), mentions::entity_id, ids.get());
        query = query.filter(articles::id.eq_any(named.select(mentions::article_id)));
    }
    if let Some(ids) = &filter.incident {
        let reported = any_of!(sources::table.into_boxed(), sources::incident_id, ids.get());
        query = query.filter(articles::id.eq_any(reported.select(sources::article_id)));
    }
    if let Some(slugs) = &filter.dataset {
        query = any_of!(query, articles::dataset, slugs.get());
    }
    if let Some(external_id) = &filter.external_id {
        query = query.filter(articles::external_id.eq(external_id));
    }
    if let Some(url) = &filter.url {
        query = query.filter(articles::url.eq(url));
    }
    if let Some(moment) = filter.updated_since {
        query = query.filter(articles::updated_at.ge(moment.0));
    }
    query
}

/// The order of a page. Where a date is asked for, all articles have one, and its descending key serves both ways.
pub(super) fn order(filter: &ArticleFilter, sort: ArticleSort) -> Order {
    let has_dates = filter.published_from.is_some() || filter.published_to.is_some();
    let order = sort.order();
    if sort == ArticleSort::Published && has_dates { Order { column: "published_down", ..order } } else { order }
}
