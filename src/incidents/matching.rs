//! The SQL of the filters: the one meaning that they have, for lists and counts alike.

use diesel::pg::Pg;
use diesel::prelude::*;

use super::filter::{IncidentFilter, IncidentSort};
use crate::db::fragments::{MayReach, Near, SameText, any_of};
use crate::db::schema::{figures, incident_entities, incident_tags, incidents, legal_steps, participants, sources};
use crate::http::area::{BoundingBox, Circle};
use crate::http::auth::View;
use crate::http::listing::{Order, Sort};

/// The incidents that fit a filter and may be seen, whatever words they hold.
pub(super) fn matching<'a>(filter: &'a IncidentFilter, view: &'a View) -> incidents::BoxedQuery<'a, Pg> {
    let mut query = any_of!(incidents::table.into_boxed(), incidents::state, &view.states);
    if !view.hidden.is_empty() {
        query = query.filter(incidents::dataset.ne_all(&view.hidden));
    }
    if let Some(ids) = &filter.id {
        query = any_of!(query, incidents::id, ids.get());
    }
    if let Some(kinds) = &filter.kind {
        query = any_of!(query, incidents::kind, kinds.codes());
    }
    if let Some(kinds) = &filter.kind_not {
        query = query.filter(incidents::kind.ne_all(kinds.codes()));
    }
    if let Some(effects) = &filter.effect {
        query = any_of!(query, incidents::effect, effects.codes());
    }
    if let Some(countries) = &filter.country {
        query = any_of!(query, incidents::country, countries.codes());
    }
    if let Some(countries) = &filter.country_not {
        let other = incidents::country.ne_all(countries.codes()).assume_not_null();
        query = query.filter(incidents::country.is_null().or(other));
    }
    for (column, text) in [("admin1", &filter.admin1), ("place", &filter.place)] {
        if let Some(text) = text {
            query = query.filter(SameText { table: "incidents", column, text: text.to_string() });
        }
    }
    if let Some(slugs) = &filter.dataset {
        query = any_of!(query, incidents::dataset, slugs.get());
    }
    if let Some(external_id) = &filter.external_id {
        query = query.filter(incidents::external_id.eq(external_id));
    }
    if let Some(freedoms) = &filter.freedom {
        query = query.filter(incidents::freedoms.overlaps_with(freedoms.codes()));
    }
    if let Some(verification) = &filter.verification {
        query = any_of!(query, incidents::verification, verification.codes());
    }
    if let Some(moment) = filter.updated_since {
        query = query.filter(incidents::updated_at.ge(moment.0));
    }
    query = within_box(within_dates(query, filter), filter.bbox);
    if let Some(circle) = filter.near {
        let Circle { lon, lat, km } = circle;
        query = within_box(query, Some(circle.bounds())).filter(Near { lon, lat, km });
    }
    with_parts(query, filter)
}

/// The order of a page. Where a date is asked for, all incidents have one, and its descending key serves both ways.
pub(super) fn order(filter: &IncidentFilter, sort: IncidentSort) -> Order {
    let has_dates = filter.date_from.is_some() || filter.date_to.is_some();
    let order = sort.order();
    if sort == IncidentSort::Date && has_dates { Order { column: "date_down", ..order } } else { order }
}

/// The incidents whose period overlaps that of the filter; one without a date overlaps nothing.
fn within_dates<'a>(
    mut query: incidents::BoxedQuery<'a, Pg>,
    filter: &'a IncidentFilter,
) -> incidents::BoxedQuery<'a, Pg> {
    if let Some(day) = filter.date_from {
        query = query.filter(incidents::end_date.ge(day.0)).filter(MayReach(day.0));
    }
    if let Some(day) = filter.date_to {
        query = query.filter(incidents::date_down.le(day.0)).filter(incidents::start_date.is_not_null());
    }
    query
}

/// The incidents whose point lies in a box. One that crosses the 180th meridian is two.
fn within_box(query: incidents::BoxedQuery<'_, Pg>, bounds: Option<BoundingBox>) -> incidents::BoxedQuery<'_, Pg> {
    let Some(BoundingBox { min_lon, min_lat, max_lon, max_lat }) = bounds else { return query };
    let query = query.filter(incidents::lat.between(min_lat, max_lat));
    if min_lon <= max_lon {
        query.filter(incidents::lon.between(min_lon, max_lon))
    } else {
        query.filter(incidents::lon.ge(min_lon).or(incidents::lon.le(max_lon)))
    }
}

/// The incidents that have the parts that a filter asks for.
fn with_parts<'a>(
    mut query: incidents::BoxedQuery<'a, Pg>,
    filter: &'a IncidentFilter,
) -> incidents::BoxedQuery<'a, Pg> {
    if let Some(roles) = &filter.role {
        let mut part = any_of!(participants::table.into_boxed(), participants::role, roles.codes());
        if let Some(ids) = &filter.entity {
            part = any_of!(part, participants::entity_id, ids.get());
        }
        query = query.filter(incidents::id.eq_any(part.select(participants::incident_id)));
    } else if let Some(ids) = &filter.entity {
        let concerned = any_of!(incident_entities::table.into_boxed(), incident_entities::entity_id, ids.get());
        query = query.filter(incidents::id.eq_any(concerned.select(incident_entities::incident_id)));
    }
    if let Some(ids) = &filter.article {
        let told = any_of!(sources::table.into_boxed(), sources::article_id, ids.get());
        query = query.filter(incidents::id.eq_any(told.select(sources::incident_id)));
    }
    if let Some(tags) = &filter.tag {
        let tagged = any_of!(incident_tags::table.into_boxed(), incident_tags::tag, tags.get());
        query = query.filter(incidents::id.eq_any(tagged.select(incident_tags::incident_id)));
    }
    if filter.measure.is_some() || filter.claimant_class.is_some() {
        // One figure that fits all that is asked of figures.
        let mut figure = figures::table.into_boxed();
        if let Some(measures) = &filter.measure {
            figure = any_of!(figure, figures::measure, measures.codes());
        }
        if let Some(least) = filter.least_figure() {
            figure = figure.filter(figures::low.ge(least));
        }
        if let Some(classes) = &filter.claimant_class {
            figure = any_of!(figure, figures::claimant_class, classes.codes());
        }
        query = query.filter(incidents::id.eq_any(figure.select(figures::incident_id)));
    }
    if let Some(steps) = &filter.step {
        let step = any_of!(legal_steps::table.into_boxed(), legal_steps::step, steps.codes());
        query = query.filter(incidents::id.eq_any(step.select(legal_steps::incident_id)));
    }
    query
}
