//! What is answered.

use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{AllOfBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::groups::{CountedUnit, GroupBy, Grouping};
use super::series::{Counts, Places, Rows, Value};
use super::sums::Summed;
use crate::codebook::Measure;
use crate::values::serialize_plainly;

/// How many there are, group by group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Statistics {
    /// The groups.
    #[schema(max_items = 50_000)]
    pub(super) data: Vec<StatisticsRow>,
    /// What to know about the counts.
    pub(super) meta: StatisticsMeta,
}

/// A group.
#[derive(Debug)]
pub(crate) struct StatisticsRow {
    values: Common,
    count: i64,
    sums: Option<Sums>,
}

/// What a group has in common in each grouping, of which there are two at most; none where it is unknown.
type Common = [Option<(Grouping, Option<Arc<str>>)>; 2];

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
    pub(super) unit: CountedUnit,
    /// How it is counted, in words.
    #[schema(
        max_length = 5000,
        pattern = r"^[^\u0000-\u001F\u007F]+$",
        example = "Counted are the incidents that the list finds with the same filters."
    )]
    pub(super) rule: String,
    /// By what it is grouped, in the order in which it was asked for.
    #[schema(min_items = 1, max_items = 2)]
    pub(super) group_by: Vec<StatisticsGrouping>,
    /// Whether the counts of the rows add up to `total`: nothing is in more than one.
    pub(super) additive: bool,
    /// How many there are in all, each once.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 28)]
    pub(super) total: i64,
    /// The one measure that `low` and `high` are sums of; null if there is none, or each row has its own.
    pub(super) measure: Option<Measure>,
    /// The number of the last change that the answer reflects.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 90)]
    pub(super) revision: i64,
}

/// By what it is grouped.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatisticsGrouping {
    /// The name, which is that of the member of each row.
    pub(super) name: Grouping,
    /// Whether an incident may be in several groups.
    pub(super) many_valued: bool,
}

impl Serialize for StatisticsRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_map(None)?;
        for (grouping, value) in self.values.iter().flatten() {
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

impl StatisticsRow {
    /// All rows, as they are written.
    pub(super) fn all(by: &GroupBy, rows: Rows, summed: Option<Summed>) -> Vec<Self> {
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
            let at =
                |place: usize| values.get(place).map(|(grouping, values)| (*grouping, values[places[place]].clone()));
            Self::of([at(0), at(1)], counts, summed)
        };
        rows.rows.into_iter().map(row).collect()
    }

    fn of(values: Common, counts: Counts, summed: Option<Summed>) -> Self {
        let Counts { count, low, high, summed: of } = counts;
        let measure = values.iter().flatten().find(|(grouping, _)| *grouping == Grouping::Measure);
        let is_summed = summed.is_some_and(|summed| match measure {
            Some((_, measure)) => measure.as_deref().is_some_and(|measure| summed.is_of(measure)),
            None => true,
        });
        Self { values, count, sums: is_summed.then_some(Sums { low, high, summed: of }) }
    }
}
