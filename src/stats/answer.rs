//! How an answer is made of what is counted.

use actix_web::web::Bytes;
use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use super::counting::{self, Counting, Group};
use super::groups::{CountedUnit, GroupBy, Grouping};
use super::model::{Statistics, StatisticsGrouping, StatisticsMeta, StatisticsRow};
use super::rule::rule;
use super::series::{self, Asked, Counts, MOST_ROWS, TooMany, Value};
use super::sums::Summed;
use super::tallies;
use crate::history;
use crate::http::auth::View;
use crate::http::fault::{Fault, FaultCode};
use crate::http::parameters::AnyOf;
use crate::http::problem::Problem;
use crate::incidents::Incident;
use crate::incidents::filter::IncidentFilter;
use crate::lists::Listed;

/// What is asked, beside the filter.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// What is counted.
    pub(super) unit: CountedUnit,
    /// By what it is grouped.
    pub(super) by: GroupBy,
}

/// How counting is planned: it may read most of a table, and then from end to end.
const PLAN_FOR_MANY: &str = "SET LOCAL enable_seqscan = on; SET LOCAL work_mem = '64MB'";

/// The answer, as JSON.
///
/// # Errors
/// The database fails; or, as a problem, there are too many groups.
pub(super) async fn answer(
    mut connection: &AsyncPgConnection,
    mut filter: IncidentFilter,
    view: &View,
    Question { unit, by }: &Question,
) -> QueryResult<Result<Bytes, Problem>> {
    Incident::resolve(connection, &mut filter, view).await?;
    connection.batch_execute(PLAN_FOR_MANY).await?;
    let measures = filter.measure.as_ref().map(AnyOf::get).unwrap_or_default();
    let summed = Summed::of(measures, by).filter(|_| *unit == CountedUnit::Incidents);
    let counting = Counting { filter: &filter, view, unit: *unit, by, summed };
    let groups = match tallies::groups(&counting, connection, MOST_ROWS).await? {
        Some(groups) => groups,
        None => counting::load(connection, || counting.statement(), MOST_ROWS).await?,
    };
    let groups = match groups {
        Ok(groups) => groups,
        Err(TooMany(count)) => return Ok(Err(too_many(count))),
    };
    let total = match groups.first() {
        Some(Group { total: Some(total), .. }) => *total,
        _ => groups.iter().map(|group| group.count).sum(),
    };
    let asked = Asked { from: filter.date_from.map(|day| day.0), to: filter.date_to.map(|day| day.0) };
    let groups: Vec<_> = groups.into_iter().map(|group| counted(by, group)).collect();
    let rows = match series::rows(by, &groups, asked) {
        Ok(rows) => rows,
        Err(TooMany(count)) => return Ok(Err(too_many(count))),
    };
    let asks_for_sums = !measures.is_empty() || by.has(Grouping::Measure);
    let name = |grouping: &Grouping| StatisticsGrouping { name: *grouping, many_valued: grouping.is_many_valued() };
    let meta = StatisticsMeta {
        unit: *unit,
        rule: rule(*unit, by, asks_for_sums, summed),
        group_by: by.get().iter().map(name).collect(),
        additive: counting.is_additive(),
        total,
        measure: summed.and_then(Summed::measure),
        revision: history::revision(connection).await?,
    };
    let bytes = serde_json::to_vec(&Statistics { data: StatisticsRow::all(by, rows, summed), meta });
    Ok(bytes.map(Bytes::from).map_err(|error| Problem::Internal(error.to_string())))
}

/// A group as the series has it.
fn counted(by: &GroupBy, group: Group) -> (Vec<Option<Value>>, Counts) {
    let Group { one, one_since, two, two_since, count, low, high, summed, .. } = group;
    let value = |text: Option<String>, since: Option<NaiveDate>| text.map(Value::Text).or(since.map(Value::Since));
    let mut values = vec![value(one, one_since), value(two, two_since)];
    values.truncate(by.get().len());
    (values, Counts { count, low, high, summed })
}

fn too_many(count: usize) -> Problem {
    Problem::AnswerTooLarge(vec![Fault::query(
        "group_by",
        FaultCode::InvalidValue,
        format!(
            "makes {count} rows or more, and at most {MOST_ROWS} are answered; choose coarser groups or narrower dates"
        ),
    )])
}
