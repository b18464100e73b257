//! Counting by tallies: what the database keeps count of as incidents are written is summed, and only what they cannot tell is
//! looked at incident by incident. The answer is that of `Counting::groups`.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use chrono::{Datelike, Days, Months, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::counting::Counting;
use super::found::{self, Found};
use super::groups::{CountedUnit, Grouping, Span};
use super::series::{Counts, TooMany, Values};
use crate::codebook::{RecordState, Vocabulary};
use crate::db::Database;
use crate::db::prepared::Composed;
use crate::db::schema::incidents;
use crate::http::parameters::Words;
use crate::http::problem::Problem;
use crate::incidents::Incident;
use crate::incidents::filter::IncidentFilter;
use crate::lists::Listed;

/// How long a server waits before it looks again whether to fold.
const PAUSE: Duration = Duration::from_mins(1);

/// How many rows are worth folding.
const MANY: i64 = 1_000;

/// The columns of an incident that a tally is of, and that it is one.
const ONE: &str = "incidents.dataset::text AS dataset, coalesce(incidents.country::text, '') AS country, incidents.kind::text AS kind, \
    coalesce(date_trunc('month', incidents.start_date::timestamp)::date, 'infinity') AS first_month, \
    coalesce(date_trunc('month', incidents.end_date::timestamp)::date, '-infinity') AS last_month, \
    incidents.date_precision = 'day' AS to_the_day, 1 AS count";

/// The month that a tally is counted in, as its index has it; minus infinity if it is unknown.
macro_rules! month {
    () => {
        "(CASE WHEN to_the_day OR first_month = last_month THEN first_month ELSE '-infinity' END)"
    };
}

/// The year that a tally is counted in; null if it is unknown.
const YEAR: &str = "CASE WHEN to_the_day OR date_trunc('year', first_month::timestamp) = date_trunc('year', last_month::timestamp) \
    THEN date_trunc('year', first_month::timestamp)::date END";

/// The groups, or how many they are if they are more than so many; none if tallies do not tell.
///
/// # Errors
/// The database fails, or takes too long.
pub(super) async fn groups(
    counting: &Counting<'_>,
    mut connection: &AsyncPgConnection,
    most: usize,
) -> QueryResult<Option<Result<Found, TooMany>>> {
    let Some(values) = values(counting) else { return Ok(None) };
    // Of the incidents at the edges the ends are few; to join them with all that may reach so far takes longer.
    connection.batch_execute("SET LOCAL enable_bitmapscan = off").await?;
    // By themselves, for those that are folded are grouped in the order in which their index has them.
    let (folded, others) = tokio::try_join!(
        found::load(counting, connection, || grouped(counting, values, tallied(counting, "folded")), most),
        found::load(counting, connection, || grouped(counting, values, others(counting)), most),
    )?;
    Ok(Some(folded.and_then(|folded| Ok(together(folded, others?)))))
}

/// How a tally tells what its incidents have in a grouping.
#[derive(Clone, Copy)]
struct Told {
    /// By what tallies are grouped.
    key: &'static str,
    /// The value that it stands for.
    value: &'static str,
}

/// What tallies say of the groupings; none if they do not tell all that is asked.
fn values(counting: &Counting<'_>) -> Option<[Option<Told>; 2]> {
    let published = counting.view.states.iter().all(|state| *state == RecordState::Published.code());
    if counting.unit != CountedUnit::Incidents || counting.summed.is_some() || !published || !tell(counting.filter) {
        return None;
    }
    let mut values = [None; 2];
    for (value, grouping) in values.iter_mut().zip(counting.by.get()) {
        let (key, told) = match grouping {
            Grouping::Country => ("country", "nullif(country, '')"),
            Grouping::Kind => ("kind", "kind"),
            Grouping::Category => ("split_part(kind, '.', 1)", "split_part(kind, '.', 1)"),
            Grouping::Dataset => ("dataset", "dataset"),
            Grouping::Month => (month!(), concat!("nullif(", month!(), ", '-infinity')")),
            Grouping::Year => (YEAR, YEAR),
            _ => return None,
        };
        *value = Some(Told { key, value: told });
    }
    Some(values)
}

/// The groups of these tallies.
fn grouped<'a>(counting: &Counting<'a>, values: [Option<Told>; 2], tallies: Composed<'a>) -> Composed<'a> {
    let [one, two] = values.map(|value| value.map_or("NULL", |told| told.value));
    let mut keys: Vec<_> = counting.by.get().iter().zip(values.iter().flatten().map(|told| told.key)).collect();
    // Groupings are declared in the order of the columns of the index: what is grouped in that order need not be sorted.
    keys.sort_unstable();
    let keys: Vec<&str> = keys.into_iter().map(|(_, key)| key).collect();
    let statement =
        format!("SELECT {one} AS one, {two} AS two, sum(count)::bigint AS count, NULL::bigint AS total FROM (");
    let statement =
        Composed::default().sql(statement).query(tallies).sql(") AS tallies GROUP BY ").sql(keys.join(", "));
    statement.sql(" HAVING sum(count) <> 0")
}

/// What the groups of two halves of the tallies are together.
fn together(folded: Found, others: Found) -> Found {
    let mut groups = folded.groups;
    let mut others: HashMap<Values, Counts> = others.groups.into_iter().collect();
    for (values, counts) in &mut groups {
        counts.count += others.remove(values).unwrap_or_default().count;
    }
    groups.extend(others);
    groups.retain(|(_, counts)| counts.count != 0);
    let total = groups.iter().map(|(_, counts)| counts.count).sum();
    Found { groups, total }
}

/// Whether tallies tell of what a filter asks.
fn tell(filter: &IncidentFilter) -> bool {
    // All members are named, so that a new one is thought of.
    let IncidentFilter {
        kind: _,
        kind_not: _,
        country: _,
        country_not: _,
        dataset: _,
        date_from: _,
        date_to: _,
        state: _,
        wanted: _,
        id,
        effect,
        admin1,
        place,
        entity,
        role,
        article,
        external_id,
        freedom,
        tag,
        verification,
        measure,
        min_figure,
        step,
        claimant_class,
        bbox,
        near,
        q,
        updated_since,
    } = filter;
    let of_parts = entity.is_none() && role.is_none() && article.is_none() && tag.is_none() && step.is_none();
    let of_figures = measure.is_none() && min_figure.is_none() && claimant_class.is_none();
    let of_places = admin1.is_none() && place.is_none() && bbox.is_none() && near.is_none();
    let of_others = id.is_none() && effect.is_none() && external_id.is_none() && freedom.is_none() && q.is_none();
    of_parts && of_figures && of_places && of_others && verification.is_none() && updated_since.is_none()
}

/// The tallies, folded or not, of what lies between the dates whatever its days.
fn tallied<'a>(counting: &Counting<'a>, folded: &'static str) -> Composed<'a> {
    let filter = counting.filter;
    // Those of all countries together are fewer.
    let of_each = counting.by.has(Grouping::Country) || filter.country.is_some() || filter.country_not.is_some();
    let countries = if of_each { "<>" } else { "=" };
    let mut statement = Composed::default().sql(format!(
        "SELECT dataset, country, kind, first_month, last_month, to_the_day, count FROM incident_tallies \
         WHERE {folded} AND country {countries} '*'"
    ));
    if !counting.view.hidden.is_empty() {
        statement = statement.sql(" AND dataset <> ALL (").bind::<Array<Text>, _>(&counting.view.hidden).sql(")");
    }
    if let Some(countries) = &filter.country {
        statement = match countries.codes().as_slice() {
            // The index has its kinds in order, and PostgreSQL sees it by `=` alone.
            [one] => statement.sql(" AND country = ").bind::<Text, _>(*one),
            many => statement.sql(" AND country = ANY (").bind::<Array<Text>, _>(many.to_vec()).sql(")"),
        };
    }
    let conditions = [
        (" AND dataset = ANY (", filter.dataset.as_ref().map(Words::get)),
        (" AND country <> ALL (", filter.country_not.as_ref().map(|countries| owned(countries.codes()))),
        (" AND kind = ANY (", filter.kind.as_ref().map(|kinds| owned(kinds.codes()))),
        (" AND kind <> ALL (", filter.kind_not.as_ref().map(|kinds| owned(kinds.codes()))),
    ];
    for (condition, values) in conditions {
        if let Some(values) = values {
            statement = statement.sql(condition).bind::<Array<Text>, _>(values).sql(")");
        }
    }
    if let Some(day) = filter.date_from {
        let (month, cut) = first_month(day.0);
        let within = if cut { " AND last_month > " } else { " AND last_month >= " };
        statement = statement.sql(within).bind::<Date, _>(month);
    }
    if let Some(day) = filter.date_to {
        let (month, cut) = last_month(day.0);
        let within = if cut { " AND first_month < " } else { " AND first_month <= " };
        statement = statement.sql(within).bind::<Date, _>(month);
    }
    statement
}

fn owned(codes: Vec<&'static str>) -> Vec<String> {
    codes.into_iter().map(str::to_owned).collect()
}

/// The month that a period begins in, and whether it begins amidst of it.
fn first_month(from: NaiveDate) -> (NaiveDate, bool) {
    let month = Span::Month.first_day(from);
    (month, month != from)
}

/// The month that a period ends in, and whether it ends amidst of it.
fn last_month(to: NaiveDate) -> (NaiveDate, bool) {
    let last = to.checked_add_days(Days::new(1)).is_some_and(|next| next.day() == 1);
    (Span::Month.first_day(to), !last)
}

/// The tallies that are not folded, and as tallies of one the incidents that end in the month in which the period begins, and those
/// that begin in the one in which it ends: whether they lie in the period their days tell, as the list knows.
fn others<'a>(counting: &Counting<'a>) -> Composed<'a> {
    let mut statement = tallied(counting, "NOT folded");
    let filter = counting.filter;
    let list = || Incident::matching(filter, counting.view);
    let end_of = |month: NaiveDate| month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
    let first = filter.date_from.map(|day| first_month(day.0)).filter(|(_, cut)| *cut).map(|(month, _)| month);
    if let Some(month) = first {
        let ended = list().filter(incidents::end_date.lt(end_of(month)));
        statement = statement.sql(" UNION ALL ").query(ended.select(diesel::dsl::sql::<Text>(ONE)));
    }
    if let Some((month, true)) = filter.date_to.map(|day| last_month(day.0)) {
        let mut begun = list().filter(incidents::date_down.ge(month));
        if let Some(first) = first {
            begun = begun.filter(incidents::end_date.ge(end_of(first)));
        }
        statement = statement.sql(" UNION ALL ").query(begun.select(diesel::dsl::sql::<Text>(ONE)));
    }
    statement
}

diesel::define_sql_function! {
    /// Folds many rows into few.
    fn fold_incident_tallies() -> BigInt;
}

/// Folds the tallies, and answers how many rows that were.
///
/// # Errors
/// The database cannot be reached, or fails.
pub async fn fold(database: &Database) -> Result<i64, Problem> {
    Ok(diesel::select(fold_incident_tallies()).get_result(&mut database.connection().await?).await?)
}

/// Folds the tallies now and then, for as long as the server runs.
pub async fn keep(database: &Database) -> Infallible {
    loop {
        tokio::time::sleep(PAUSE).await;
        if let Err(problem) = fold_if_many(database).await {
            log::warn!("tallies are not folded: {problem}");
        }
    }
}

async fn fold_if_many(database: &Database) -> Result<(), Problem> {
    use crate::db::schema::incident_tallies as tallies;
    let mut connection = database.connection().await?;
    let unfolded = tallies::table.filter(diesel::dsl::not(tallies::folded)).count();
    if unfolded.get_result::<i64>(&mut connection).await? >= MANY {
        drop(connection);
        let folded = fold(database).await?;
        log::debug!("folded {folded} tallies");
    }
    Ok(())
}
