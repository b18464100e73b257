//! What is answered, and how it is made of what is counted.

use std::sync::Arc;

use actix_web::web::Bytes;
use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{AllOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::counting::{Counting, Group};
use super::groups::{CountedUnit, GroupBy, Grouping};
use super::rule::rule;
use super::series::{self, Asked, Counts, MOST_ROWS, Places, Rows, TooMany, Value};
use super::sums::Summed;
use super::tallies;
use crate::codebook::Measure;
use crate::history;
use crate::http::auth::View;
use crate::http::fault::{Fault, FaultCode};
use crate::http::parameters::AnyOf;
use crate::http::problem::Problem;
use crate::incidents::Incident;
use crate::incidents::filter::IncidentFilter;
use crate::lists::Listed;
use crate::values::serialize_plainly;

/// How many there are, group by group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Statistics {
    /// The groups.
    #[schema(max_items = 50_000)]
    data: Vec<StatisticsRow>,
    /// What to know about the counts.
    meta: StatisticsMeta,
}

/// A group.
#[derive(Debug)]
pub(crate) struct StatisticsRow {
    values: Vec<(Grouping, Option<Arc<str>>)>,
    count: i64,
    sums: Option<Sums>,
}

/// What is summed of a group.
#[derive(Clone, Copy, Debug)]
struct Sums {
    low: Option<f64>,
    high: Option<f64>,
    summed: i64,
}

/// What to know about the counts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatisticsMeta {
    /// What is counted.
    unit: CountedUnit,
    /// How it is counted, in words.
    #[schema(
        max_length = 5000,
        pattern = r"^[^\u0000-\u001F\u007F]+$",
        example = "Counted are the incidents that the list finds with the same filters."
    )]
    rule: String,
    /// By what it is grouped, in the order in which it was asked for.
    #[schema(min_items = 1, max_items = 2)]
    group_by: Vec<StatisticsGrouping>,
    /// Whether the counts of the rows add up to `total`: nothing is in more than one.
    additive: bool,
    /// How many there are in all, each once.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 28)]
    total: i64,
    /// The one measure that `low` and `high` are sums of; null if there is none, or each row has its own.
    measure: Option<Measure>,
    /// The number of the last change that the answer reflects.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 90)]
    revision: i64,
}

/// By what it is grouped.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatisticsGrouping {
    /// The name, which is that of the member of each row.
    name: Grouping,
    /// Whether an incident may be in several groups.
    many_valued: bool,
}

impl Serialize for StatisticsRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_map(Some(self.values.len() + 4))?;
        for (grouping, value) in &self.values {
            row.serialize_entry(grouping.code(), &value.as_deref())?;
        }
        row.serialize_entry("count", &self.count)?;
        row.serialize_entry("low", &self.sums.and_then(|sums| sums.low).map(Plain))?;
        row.serialize_entry("high", &self.sums.and_then(|sums| sums.high).map(Plain))?;
        row.serialize_entry("summed", &self.sums.map(|sums| sums.summed))?;
        row.end()
    }
}

/// A sum, without a fraction where it has none.
struct Plain(f64);

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_plainly(self.0, serializer)
    }
}

impl PartialSchema for StatisticsRow {
    fn schema() -> RefOr<Schema> {
        let text = [Type::String, Type::Null].into_iter().collect::<SchemaType>();
        let values = Grouping::ALL.iter().fold(ObjectBuilder::new(), |values, grouping| {
            let (about, example) = described(*grouping);
            let value = ObjectBuilder::new()
                .schema_type(text.clone())
                .description(Some(about))
                .max_length(Some(300))
                .pattern(Some(r"^[^\u0000-\u001F\u007F]+$"))
                .examples([example]);
            values.property(grouping.code(), value)
        });
        let number = |kind: Type, most: f64, about: &str, example: i64| {
            let format = if kind == Type::Integer { KnownFormat::Int64 } else { KnownFormat::Double };
            let kind = [kind].into_iter().chain((about != COUNT).then_some(Type::Null)).collect::<SchemaType>();
            let number = ObjectBuilder::new().schema_type(kind).format(Some(SchemaFormat::KnownFormat(format)));
            number.description(Some(about)).minimum(Some(0)).maximum(Some(most)).examples([example])
        };
        let counts = ObjectBuilder::new()
            .property("count", number(Type::Integer, MOST, COUNT, 28))
            .property("low", number(Type::Number, MOST_SUM, LOW, 166))
            .property("high", number(Type::Number, MOST_SUM, HIGH, 200))
            .property("summed", number(Type::Integer, MOST, SUMMED, 3));
        RefOr::T(AllOfBuilder::new().item(values).item(counts).description(Some(ROW)).build().into())
    }
}

impl ToSchema for StatisticsRow {}

const MOST: f64 = 9_007_199_254_740_991.0;
const MOST_SUM: f64 = 1e24;
const ROW: &str =
    "A group: how many it has. Of the other members it has those by which it is grouped; null is for what is unknown.";
const COUNT: &str = "How many there are.";
const LOW: &str = "The sum of the least that was claimed; null where nothing is summed.";
const HIGH: &str = "The sum of the most that was claimed, which is no upper limit where a claim has none; null where nothing is summed.";
const SUMMED: &str = "How many incidents gave a number to the sums; null if nothing is summed at all.";

/// What a member of a row says, and an example of it.
fn described(grouping: Grouping) -> (&'static str, &'static str) {
    match grouping {
        Grouping::Country => ("The country.", "KG"),
        Grouping::Admin1 => ("The first-order division: its name.", "Bishkek Shaary"),
        Grouping::Kind => ("The kind of incident.", "liberty.detention"),
        Grouping::Category => ("The category of the kind.", "liberty"),
        Grouping::Freedom => ("A freedom that is touched; null for those that touch none.", "expression"),
        Grouping::Effect => ("The effect on civic space.", "restriction"),
        Grouping::Year => ("The year; null where it is not known.", "2020"),
        Grouping::Month => ("The month; null where it is not known.", "2020-03"),
        Grouping::Week => ("The week of ISO 8601; null where it is not known.", "2020-W10"),
        Grouping::Day => ("The day; null where it is not known.", "2020-03-02"),
        Grouping::Verification => ("How well it is established.", "corroborated"),
        Grouping::Dataset => ("The dataset.", "central-asia"),
        Grouping::Role => ("A role that somebody has; null where nobody has one.", "target"),
        Grouping::Measure => ("A measure that figures count; null for those without figures.", "detained"),
    }
}

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
    question: &Question,
) -> QueryResult<Result<Bytes, Problem>> {
    Incident::resolve(connection, &mut filter, view).await?;
    connection.batch_execute(PLAN_FOR_MANY).await?;
    let Question { unit, by } = question;
    let measures = filter.measure.as_ref().map(AnyOf::get).unwrap_or_default();
    let summed = Summed::of(measures, by).filter(|_| *unit == CountedUnit::Incidents);
    let counting = Counting { filter: &filter, view, unit: *unit, by, summed };
    let groups = match tallies::groups(&counting, connection, limit()).await? {
        Some(groups) => groups,
        None => counting.groups(connection, limit()).await?,
    };
    if let Some(count) = groups.first().map(|group| group.groups).filter(|count| *count >= limit()) {
        return Ok(Err(too_many(usize::try_from(count).unwrap_or(usize::MAX))));
    }
    let additive = *unit == CountedUnit::Incidents && !by.get().iter().any(|grouping| grouping.is_many_valued());
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
    let meta = StatisticsMeta {
        unit: *unit,
        rule: rule(*unit, by, asks_for_sums, summed),
        group_by: by
            .get()
            .iter()
            .map(|grouping| StatisticsGrouping { name: *grouping, many_valued: grouping.is_many_valued() })
            .collect(),
        additive,
        total,
        measure: summed.and_then(Summed::measure),
        revision: history::revision(connection).await?,
    };
    let data = StatisticsRow::all(by, rows, summed);
    let bytes = serde_json::to_vec(&Statistics { data, meta });
    Ok(bytes.map(Bytes::from).map_err(|error| Problem::Internal(error.to_string())))
}

/// One more group than is answered.
fn limit() -> i64 {
    i64::try_from(MOST_ROWS + 1).unwrap_or(i64::MAX)
}

fn too_many(count: usize) -> Problem {
    Problem::InvalidParameter(vec![Fault::query(
        "group_by",
        FaultCode::InvalidValue,
        format!(
            "makes {count} rows or more, and at most {MOST_ROWS} are answered; choose coarser groups or narrower dates"
        ),
    )])
}

/// A group as the series has it.
fn counted(by: &GroupBy, group: Group) -> (Vec<Option<Value>>, Counts) {
    let value = |(grouping, text): (&Grouping, Option<String>)| match (grouping.span(), text) {
        (Some(_), Some(text)) => text.parse::<NaiveDate>().ok().map(Value::Since),
        (_, text) => text.map(Value::Text),
    };
    let values = by.get().iter().zip([group.one, group.two]).map(value).collect();
    (values, Counts { count: group.count, low: group.low, high: group.high, summed: group.summed })
}

impl StatisticsRow {
    /// All rows, as they are written.
    fn all(by: &GroupBy, rows: Rows, summed: Option<Summed>) -> Vec<Self> {
        let written = |(grouping, values): (&Grouping, Vec<Option<Value>>)| {
            let written = |value| match (value, grouping.span()) {
                (Value::Since(day), Some(span)) => span.written(day),
                (Value::Since(day), None) => day.to_string(),
                (Value::Text(text), _) => text,
            };
            (*grouping, values.into_iter().map(|value| value.map(|value| Arc::from(written(value)))).collect())
        };
        let values: Vec<(Grouping, Vec<Option<Arc<str>>>)> = by.get().iter().zip(rows.values).map(written).collect();
        let row = |(places, counts): (Places, Counts)| {
            let values =
                values.iter().zip(places).map(|((grouping, values), place)| (*grouping, values[place].clone()));
            Self::of(values.collect(), counts, summed)
        };
        rows.rows.into_iter().map(row).collect()
    }

    fn of(values: Vec<(Grouping, Option<Arc<str>>)>, counts: Counts, summed: Option<Summed>) -> Self {
        let Counts { count, low, high, summed: of } = counts;
        let measure = values.iter().find(|(grouping, _)| *grouping == Grouping::Measure).map(|(_, measure)| measure);
        let is_summed = summed.is_some_and(|summed| match measure {
            Some(measure) => measure.as_deref().is_some_and(|measure| summed.is_of(measure)),
            None => true,
        });
        Self { values, count, sums: is_summed.then_some(Sums { low, high, summed: of }) }
    }
}
