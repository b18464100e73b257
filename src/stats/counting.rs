//! The SQL of counting: the incidents that fit a filter come from where the list has them, and are grouped.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Double, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::groups::{CountedUnit, GroupBy, Grouping};
use super::series::TooMany;
use super::sums::Summed;
use crate::db::prepared::Composed;
use crate::history::RecordType;
use crate::http::auth::View;
use crate::incidents::Incident;
use crate::incidents::filter::IncidentFilter;
use crate::lists::{self, Listed};

/// What is to be counted, of incidents that fit a filter.
pub(super) struct Counting<'a> {
    /// Which incidents.
    pub(super) filter: &'a IncidentFilter,
    /// What the caller may see.
    pub(super) view: &'a View,
    /// What of them is counted.
    pub(super) unit: CountedUnit,
    /// By what it is grouped.
    pub(super) by: &'a GroupBy,
    /// Which figures are summed.
    pub(super) summed: Option<Summed>,
}

/// A group that was found.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub(super) struct Group {
    /// What it has in common in the first grouping.
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) one: Option<String>,
    /// The first day of it, of a grouping of time.
    #[diesel(sql_type = Nullable<Date>)]
    pub(super) one_since: Option<NaiveDate>,
    /// What it has in common in the second grouping.
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) two: Option<String>,
    /// The first day of it.
    #[diesel(sql_type = Nullable<Date>)]
    pub(super) two_since: Option<NaiveDate>,
    /// How many there are.
    #[diesel(sql_type = BigInt)]
    pub(super) count: i64,
    /// The sum of the least that was claimed.
    #[diesel(sql_type = Nullable<Double>)]
    pub(super) low: Option<f64>,
    /// The sum of the most that was claimed.
    #[diesel(sql_type = Nullable<Double>)]
    pub(super) high: Option<f64>,
    /// How many incidents these are the sums of.
    #[diesel(sql_type = BigInt)]
    pub(super) summed: i64,
    /// How many there are in all groups together, each once; none if that is the sum of the counts.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) total: Option<i64>,
}

/// How many there are.
#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The columns of a group after what it has in common, where nothing is summed.
pub(super) const NO_SUMS: &str = "NULL::float8 AS low, NULL::float8 AS high, 0::bigint AS summed";

impl Counting<'_> {
    /// Whether the counts of all groups add up: nothing is in more than one.
    pub(super) fn is_additive(&self) -> bool {
        self.unit == CountedUnit::Incidents && !self.by.get().iter().any(|grouping| grouping.is_many_valued())
    }

    /// The statement that finds the groups, by counting one by one.
    pub(super) fn statement(&self) -> Composed<'_> {
        let statement = Composed::default().sql("WITH RECURSIVE found AS (").query(self.found()).sql(")");
        let statement = match &self.summed {
            Some(summed) => statement.query(summed.claims(self.filter, self.view)),
            None => statement,
        };
        let statement = statement.sql(", counted AS (").query(self.counted()).sql(") SELECT ").sql(written(self.by));
        let statement = statement.sql(", count(*), ").sql(match self.unit {
            _ if self.is_additive() => "NULL::bigint AS total, ",
            // Each is in a group, though it were that of null.
            CountedUnit::Incidents => "(SELECT count(*) FROM found) AS total, ",
            CountedUnit::People | CountedUnit::Articles => {
                "(SELECT count(*) FROM (SELECT FROM counted GROUP BY who) AS each) AS total, "
            }
        });
        let statement = match self.summed {
            Some(summed) => statement
                .sql(
                    "sum(summed.low)::float8 AS low, sum(summed.high)::float8 AS high, count(summed.measure) AS summed",
                )
                .sql(" FROM counted")
                .sql(summed.joined(self.by)),
            None => statement.sql(NO_SUMS).sql(" FROM counted"),
        };
        statement.sql(" GROUP BY counted.one, counted.two")
    }

    /// The incidents that fit, as the list has them, with the columns that are needed.
    fn found(&self) -> Composed<'_> {
        let mut columns = BTreeSet::from(["id"]);
        columns.extend(self.by.get().iter().flat_map(|grouping| columns_of(*grouping)));
        let columns: Vec<String> = columns.into_iter().map(|column| format!("incidents.{column}")).collect();
        let holds = Incident::wanted(self.filter).map(|wanted| wanted.holds(RecordType::Incident));
        let list = lists::with(Incident::matching(self.filter, self.view), holds);
        Composed::default().query(list.select(diesel::dsl::sql::<Text>(&columns.join(", "))))
    }

    /// Each that is counted, once in each group that it falls into.
    fn counted(&self) -> Composed<'_> {
        let (who, whose) = self.who();
        let of = |place: usize| self.by.get().get(place).map_or("NULL", |grouping| value_of(*grouping));
        let each = format!("SELECT {} AS one, {} AS two, {who} AS who", of(0), of(1));
        let spelling = match self.by.has(Grouping::Admin1) {
            true if self.is_additive() => ", found.admin1 COLLATE \"C\" AS spelling",
            true => ", min(found.admin1 COLLATE \"C\") AS spelling",
            false => "",
        };
        let statement = Composed::default().sql(format!("{each}{spelling} FROM found")).query(whose).sql(self.parts());
        if self.is_additive() { statement } else { statement.sql(" GROUP BY 1, 2, 3") }
    }

    /// What is counted, and how it is found of an incident.
    fn who(&self) -> (&'static str, Composed<'_>) {
        let statement = Composed::default();
        match self.unit {
            CountedUnit::Incidents => ("found.id", statement),
            CountedUnit::Articles => (
                "source.article_id",
                self.visible(
                    statement
                        .sql(" JOIN sources AS source ON source.incident_id = found.id JOIN articles AS record ON record.id = source.article_id"),
                ),
            ),
            CountedUnit::People => (
                "person.entity_id",
                self.visible(
                    self.persons().sql(" JOIN entities AS record ON record.id = person.entity_id AND record.kind = 'person'"),
                ),
            ),
        }
    }

    /// Who is counted must be one that the caller may see.
    fn visible<'q>(&'q self, statement: Composed<'q>) -> Composed<'q> {
        let statement = statement.sql(" AND record.state = 'published'");
        if self.view.hidden.is_empty() {
            return statement;
        }
        statement.sql(" AND record.dataset <> ALL (").bind::<Array<Text>, _>(&self.view.hidden).sql(")")
    }

    /// Those who take part in an incident or have a legal step in it, as the filter says of one and the same of them.
    fn persons(&self) -> Composed<'_> {
        let statement = Composed::default().sql(" JOIN ");
        let statement = match (&self.filter.role, &self.filter.step) {
            (Some(roles), _) => statement
                .sql("participants AS person ON person.incident_id = found.id AND person.role = ANY (")
                .bind::<Array<Text>, _>(roles.codes())
                .sql(")"),
            (None, Some(steps)) => statement
                .sql("legal_steps AS person ON person.incident_id = found.id AND person.step = ANY (")
                .bind::<Array<Text>, _>(steps.codes())
                .sql(")"),
            (None, None) => statement.sql(
                "(SELECT incident_id, entity_id FROM participants UNION ALL SELECT incident_id, entity_id FROM legal_steps) \
                 AS person ON person.incident_id = found.id",
            ),
        };
        let statement = match (&self.filter.role, &self.filter.step) {
            (Some(_), Some(steps)) => statement
                .sql(
                    " AND EXISTS (SELECT FROM legal_steps AS step WHERE step.incident_id = found.id \
                     AND step.entity_id = person.entity_id AND step.step = ANY (",
                )
                .bind::<Array<Text>, _>(steps.codes())
                .sql("))"),
            _ => statement,
        };
        match &self.filter.entity {
            Some(ids) => statement.sql(" AND person.entity_id = ANY (").bind::<Array<SqlUuid>, _>(ids.get()).sql(")"),
            None => statement,
        }
    }

    /// The parts of an incident by which it falls into several groups.
    fn parts(&self) -> String {
        let joined = self.by.get().iter().map(|grouping| match grouping {
            Grouping::Freedom => " LEFT JOIN LATERAL unnest(found.freedoms) AS freedom (code) ON true",
            Grouping::Measure => " LEFT JOIN figures AS claim ON claim.incident_id = found.id",
            // Of a person, the roles of this very one.
            Grouping::Role if self.unit == CountedUnit::People => {
                " LEFT JOIN participants AS part ON part.incident_id = found.id AND part.entity_id = person.entity_id"
            }
            Grouping::Role => " LEFT JOIN participants AS part ON part.incident_id = found.id",
            _ => "",
        });
        joined.collect()
    }
}

/// The groups that a statement finds, or how many they are if they are more than so many.
///
/// # Errors
/// The database fails, or takes too long.
pub(super) async fn load<'q>(
    mut connection: &AsyncPgConnection,
    statement: impl Fn() -> Composed<'q>,
    most: usize,
) -> QueryResult<Result<Vec<Group>, TooMany>> {
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let limited = statement().sql(" LIMIT ").bind::<BigInt, _>(limit);
    let groups: Vec<Group> = limited.load(&mut connection).await?;
    if groups.len() <= most {
        return Ok(Ok(groups));
    }
    let all = Composed::default().sql("SELECT count(*) AS count FROM (").query(statement()).sql(") AS groups");
    let Count { count } = all.get_result(&mut connection).await?;
    Ok(Err(TooMany(usize::try_from(count).unwrap_or(usize::MAX))))
}

/// What groups have in common, as columns.
pub(super) fn written(by: &GroupBy) -> String {
    let written = |column: &str, grouping: Option<&Grouping>| match grouping {
        Some(Grouping::Admin1) => {
            format!("min(min(spelling)) OVER (PARTITION BY counted.{column}) AS {column}, NULL::date AS {column}_since")
        }
        Some(grouping) if grouping.span().is_some() => {
            format!("NULL::text AS {column}, counted.{column} AS {column}_since")
        }
        _ => format!("counted.{column}::text AS {column}, NULL::date AS {column}_since"),
    };
    let by = by.get();
    format!("{}, {}", written("one", by.first()), written("two", by.get(1)))
}

/// The columns of an incident that a grouping is made of.
fn columns_of(grouping: Grouping) -> &'static [&'static str] {
    match grouping {
        Grouping::Country => &["country"],
        Grouping::Admin1 => &["admin1"],
        Grouping::Kind | Grouping::Category => &["kind"],
        Grouping::Freedom => &["freedoms"],
        Grouping::Effect => &["effect"],
        Grouping::Year | Grouping::Month | Grouping::Week | Grouping::Day => {
            &["start_date", "end_date", "date_precision"]
        }
        Grouping::Verification => &["verification"],
        Grouping::Dataset => &["dataset"],
        Grouping::Role | Grouping::Measure => &[],
    }
}

/// What an incident has in a grouping. One that is known to the day falls into the span of its first day; any other only into
/// a span that it cannot lie outside of.
fn value_of(grouping: Grouping) -> &'static str {
    macro_rules! span {
        ($unit:literal) => {
            concat!(
                "CASE WHEN found.date_precision = 'day' OR date_trunc('",
                $unit,
                "', found.start_date::timestamp) = date_trunc('",
                $unit,
                "', found.end_date::timestamp) THEN date_trunc('",
                $unit,
                "', found.start_date::timestamp)::date END"
            )
        };
    }
    match grouping {
        Grouping::Country => "found.country",
        Grouping::Admin1 => "lower(found.admin1)",
        Grouping::Kind => "found.kind",
        Grouping::Category => "split_part(found.kind, '.', 1)",
        Grouping::Freedom => "freedom.code",
        Grouping::Effect => "found.effect",
        Grouping::Year => span!("year"),
        Grouping::Month => span!("month"),
        Grouping::Week => span!("week"),
        Grouping::Day => span!("day"),
        Grouping::Verification => "found.verification",
        Grouping::Dataset => "found.dataset",
        Grouping::Role => "part.role",
        Grouping::Measure => "claim.measure",
    }
}
