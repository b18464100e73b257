//! The SQL of counting: the incidents that fit a filter come from where the list has them, and are grouped.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;

use super::found::{self, Found};
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

impl Counting<'_> {
    /// Whether the counts of all groups add up: nothing is in more than one.
    pub(super) fn is_additive(&self) -> bool {
        self.unit == CountedUnit::Incidents && !self.by.get().iter().any(|grouping| grouping.is_many_valued())
    }

    /// The groups, counted one by one, or how many they are if they are more than so many.
    ///
    /// # Errors
    /// The database fails, or takes too long.
    pub(super) async fn groups(
        &self,
        connection: &AsyncPgConnection,
        most: usize,
    ) -> QueryResult<Result<Found, TooMany>> {
        found::load(self, connection, || self.statement(), most).await
    }

    /// The statement that finds the groups, by counting one by one.
    fn statement(&self) -> Composed<'_> {
        let statement = Composed::default().sql("WITH RECURSIVE found AS (").query(self.found()).sql(")");
        let statement = match &self.summed {
            Some(summed) => statement.query(summed.claims(self.filter, self.view)),
            None => statement,
        };
        let statement = statement.sql(", counted AS (").query(self.counted());
        let statement = statement.sql(format!(") SELECT {} AS one, {} AS two, ", self.value(0), self.value(1)));
        let statement = statement.sql("count(*) AS count, ").sql(match self.unit {
            _ if self.is_additive() => "NULL::bigint AS total",
            // Each is in a group, though it were that of null.
            CountedUnit::Incidents => "(SELECT count(*) FROM found) AS total",
            CountedUnit::People | CountedUnit::Articles => {
                "(SELECT count(*) FROM (SELECT FROM counted GROUP BY who) AS each) AS total"
            }
        });
        let statement = match self.summed {
            Some(summed) => statement
                .sql(
                    ", sum(summed.low)::float8 AS low, sum(summed.high)::float8 AS high, count(summed.measure) AS summed",
                )
                .sql(" FROM counted")
                .sql(summed.joined(self.by)),
            None => statement.sql(" FROM counted"),
        };
        statement.sql(" GROUP BY counted.one, counted.two")
    }

    /// What the groups have in common; of divisions, which are one whatever the case of their letters, one spelling.
    fn value(&self, place: usize) -> String {
        let column = if place == 0 { "counted.one" } else { "counted.two" };
        match self.by.get().get(place) {
            Some(Grouping::Admin1) => format!("min(min(spelling)) OVER (PARTITION BY {column})"),
            _ => column.to_owned(),
        }
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
        // An incident has each of its values once; people and articles are found again in other incidents.
        let is_once = self.unit == CountedUnit::Incidents;
        let spelling = match self.by.has(Grouping::Admin1) {
            true if is_once => ", found.admin1 COLLATE \"C\" AS spelling",
            true => ", min(found.admin1 COLLATE \"C\") AS spelling",
            false => "",
        };
        let statement = Composed::default().sql(format!("{each}{spelling} FROM found")).query(whose).sql(self.parts());
        if is_once { statement } else { statement.sql(" GROUP BY 1, 2, 3") }
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

    /// The parts of an incident by which it falls into several groups, each of them once.
    fn parts(&self) -> String {
        let joined = self.by.get().iter().map(|grouping| match grouping {
            // An incident states each freedom once.
            Grouping::Freedom => " LEFT JOIN LATERAL unnest(found.freedoms) AS freedom (code) ON true",
            Grouping::Measure => {
                " LEFT JOIN LATERAL (SELECT DISTINCT measure FROM figures WHERE figures.incident_id = found.id) AS claim ON true"
            }
            // Of a person, the roles of this very one.
            Grouping::Role if self.unit == CountedUnit::People => {
                " LEFT JOIN participants AS part ON part.incident_id = found.id AND part.entity_id = person.entity_id"
            }
            Grouping::Role => {
                " LEFT JOIN LATERAL (SELECT DISTINCT role FROM participants WHERE participants.incident_id = found.id) AS part ON true"
            }
            _ => "",
        });
        joined.collect()
    }
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
