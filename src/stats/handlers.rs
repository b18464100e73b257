//! Statistics over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{self, Question};
use super::groups::{CountedUnit, GroupBy};
use super::model::Statistics;
use crate::db::Database;
use crate::http::auth::Caller;
use crate::http::kept::{self, Kept};
use crate::http::problem::Problem;
use crate::http::query::{Parameters, Query};
use crate::http::reply::respond;
use crate::incidents::filter::IncidentFilter;

/// What is counted, and by what it is grouped.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatisticsParameters {
    /// By what to group: one or two, each once.
    #[param(inline, style = Form, explode = false, example = json!(["month", "kind"]))]
    group_by: GroupBy,
    /// What to count.
    #[param(value_type = Option<CountedUnit>, default = "incidents")]
    unit: Option<CountedUnit>,
}

impl Parameters for StatisticsParameters {}

/// Count incidents
///
/// How many incidents there are in each group, of those that fit every filter: the filters are those of the list of incidents, and so are
/// the incidents. `group_by` names one grouping or two; each row has a member for each of them, which is null for what is
/// unknown, and a `count`.
///
/// **Order.** Years, months, weeks and days ascend, and null is the last. Other values come in the order of how many they have in all rows
/// together, the most first, then in that of their codes. Of two groupings the first leads.
///
/// **Time.** An incident that is known to the day falls into the span of its first day. One that is known less precisely falls into
/// a span only if its whole period lies in it: one of March into a year and a month, but into no day. All others are in the
/// group of null, as are those without a date. Between the first span and the last that has any, or that `date_from` and
/// `date_to` name, none is missing; where nothing happened the count is 0. With another grouping this holds for each of its values. Two
/// groupings of time go together: every day has its month.
///
/// **Several values.** An incident may touch several freedoms, and have several roles and measures; then it is in the group of each, and
/// `additive` is false: the counts add up to more than `total`, which counts each once. `admin1` is a name, and the same
/// one in two countries is one group: group by `country,admin1`.
///
/// **People and articles.** With `unit=people`, persons are counted, each once a group, who take part in the incidents or have a
/// legal step in them; not those who only claim a figure. `role`, `step` and `entity` then select the people, too: all
/// that is asked must hold of the same person in the same incident. By `role`, a person is in the group of each of
/// their own roles, and in that of null if they have legal steps alone. With `unit=articles`, the sources of the incidents are
/// counted, each once a group.
///
/// **Sums.** Where `measure` names one measure, `low` and `high` are what the figures of it sum up to, and `summed` says of how
/// many incidents; by `measure`, each row sums its own. They are null where no claim gives a number. Claims about one
/// incident are in dispute, so they are not added up: of each incident the interval counts that encloses them, from the least that
/// a claim names as at least (0 if none does) to the most that any names. A claim of "more than" a number counts with it, so `high` is then
/// no upper limit; one of "dozens" does not count. With `claimant_class` or `min_figure`, the claims that fit are summed. An incident that is
/// `part_of` another that is summed, directly or through others, is left out of the sums (not of the count), for its figures are part
/// of the whole's. Amounts, which are of several currencies, and shares of a vote are never summed.
///
/// There are at most 50,000 rows; what makes more is 422. What takes longer than a query may is 503.
///
/// ```sh
/// curl 'http://127.0.0.1:8080/v1/stats/incidents?group_by=year,category&country=KG&date_from=2020-01-01'
/// curl 'http://127.0.0.1:8080/v1/stats/incidents?group_by=country&measure=detained&claimant_class=police'
/// ```
#[utoipa::path(
    tag = "incidents",
    params(StatisticsParameters, IncidentFilter),
    responses(
        (status = 200, description = "The groups.", body = Statistics),
        (status = 403, description = "Drafts and retracted records are for editors."),
        (status = 422, description = "There would be too many groups.")
    )
)]
#[get("/v1/stats/incidents")]
pub(crate) async fn count_incidents(
    request: HttpRequest,
    caller: Caller,
    question: kept::Question,
    Query(filter): Query<IncidentFilter>,
    Query(StatisticsParameters { group_by, unit }): Query<StatisticsParameters>,
    database: web::Data<Database>,
    kept: web::Data<Kept>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(filter.state.as_ref())?;
    let asked = Question { unit: unit.unwrap_or_default(), by: group_by };
    let counted = database
        .read_as(view, async |connection, view| {
            let made = async || answer::answer(connection, filter, view, &asked).await;
            kept.or_made(connection, view, question, made).await
        })
        .await??;
    Ok(respond(&request, "application/json", counted, None, None))
}
