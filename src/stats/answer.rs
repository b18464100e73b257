//! How an answer is made of what is counted.

use actix_web::web::Bytes;
use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use super::counting::Counting;
use super::groups::{CountedUnit, GroupBy, Grouping};
use super::model::{Statistics, StatisticsGrouping, StatisticsMeta, StatisticsRow};
use super::rule::rule;
use super::series::{self, Asked, MOST_ROWS, TooMany};
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
    let found = match tallies::groups(&counting, connection, MOST_ROWS).await? {
        Some(found) => found,
        None => counting.groups(connection, MOST_ROWS).await?,
    };
    let asked = Asked { from: filter.date_from.map(|day| day.0), to: filter.date_to.map(|day| day.0) };
    let rows = found.and_then(|found| Ok((series::rows(by, &found.groups, asked)?, found.total)));
    let (rows, total) = match rows {
        Ok(counted) => counted,
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
    // It may be kept: without the room that the writer had left.
    Ok(bytes.map(|bytes| Bytes::from(bytes.into_boxed_slice())).map_err(|error| Problem::Internal(error.to_string())))
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
