//! The SQL of the filters: the one meaning that they have, for lists and counts alike.

use diesel::pg::Pg;
use diesel::prelude::*;

use super::filter::EntityFilter;
use crate::db::fragments::any_of;
use crate::db::schema::{entities, identifiers};
use crate::http::auth::View;

/// The entities that fit a filter and may be seen, whatever words they hold.
pub(super) fn matching<'a>(filter: &'a EntityFilter, view: &'a View) -> entities::BoxedQuery<'a, Pg> {
    let mut query = any_of!(entities::table.into_boxed(), entities::state, &view.states);
    if !view.hidden.is_empty() {
        query = query.filter(entities::dataset.ne_all(&view.hidden));
    }
    if let Some(ids) = &filter.id {
        query = any_of!(query, entities::id, ids.get());
    }
    if let Some(kinds) = &filter.kind {
        query = any_of!(query, entities::kind, kinds.codes());
    }
    if let Some(kinds) = &filter.kind_not {
        query = query.filter(entities::kind.ne_all(kinds.codes()));
    }
    if let Some(countries) = &filter.country_not {
        let other = entities::country.ne_all(countries.codes()).assume_not_null();
        query = query.filter(entities::country.is_null().or(other));
    }
    if let Some(countries) = &filter.country {
        query = any_of!(query, entities::country, countries.codes());
    }
    if let Some(identifier) = &filter.identifier {
        let same = identifiers::table
            .filter(identifiers::scheme.eq(identifier.scheme))
            .filter(identifiers::value.eq(&identifier.value));
        query = query.filter(entities::id.eq_any(same.select(identifiers::entity_id)));
    }
    if let Some(slugs) = &filter.dataset {
        query = any_of!(query, entities::dataset, slugs.get());
    }
    if let Some(external_id) = &filter.external_id {
        query = query.filter(entities::external_id.eq(external_id));
    }
    if let Some(moment) = filter.updated_since {
        query = query.filter(entities::updated_at.ge(moment.0));
    }
    query
}
