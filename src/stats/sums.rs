//! The SQL of sums: one interval of each incident and measure, and none of what is part of a whole that is summed.

use diesel::sql_types::{Array, Double, Text};

use super::groups::{GroupBy, Grouping};
use crate::codebook::{Measure, Vocabulary};
use crate::db::prepared::Composed;
use crate::http::auth::View;
use crate::incidents::filter::IncidentFilter;

/// What is never summed: money is of several currencies, and shares are percentages.
const NEVER: [Measure; 2] = [Measure::Amount, Measure::VoteShare];

/// Which figures are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Summed {
    /// Those of one measure.
    One(Measure),
    /// Those of each measure that can be summed, each in its group.
    Each,
}

impl Summed {
    /// What a request for these measures, grouped like this, sums.
    pub(super) fn of(measures: &[Measure], by: &GroupBy) -> Option<Self> {
        match measures {
            _ if by.has(Grouping::Measure) => Some(Self::Each),
            [one] if !NEVER.contains(one) => Some(Self::One(*one)),
            _ => None,
        }
    }

    /// Whether the figures of a measure are summed.
    pub(super) fn is_of(self, measure: &str) -> bool {
        self.codes().contains(&measure)
    }

    /// The one measure that is summed.
    pub(super) fn measure(self) -> Option<Measure> {
        match self {
            Self::One(measure) => Some(measure),
            Self::Each => None,
        }
    }

    fn codes(self) -> Vec<&'static str> {
        match self {
            Self::One(measure) => vec![measure.code()],
            Self::Each => Measure::ALL.iter().filter(|it| !NEVER.contains(it)).map(|it| it.code()).collect(),
        }
    }

    /// `summed`, as further queries behind `found`.
    pub(super) fn claims<'q>(self, filter: &'q IncidentFilter, view: &'q View) -> Composed<'q> {
        let statement = Composed::default()
            .sql(
                ", claimed AS (SELECT incident_id, measure, coalesce(min(coalesce(low, best)), 0) AS low, max(greatest(low, best, high)) AS high
                FROM figures JOIN found ON found.id = incident_id WHERE num_nonnulls(low, best, high) > 0 AND measure = ANY (",
            )
            .bind::<Array<Text>, _>(self.codes())
            .sql(")");
        let statement = match &filter.claimant_class {
            Some(classes) => {
                statement.sql(" AND claimant_class = ANY (").bind::<Array<Text>, _>(classes.codes()).sql(")")
            }
            None => statement,
        };
        let statement = match filter.least_figure() {
            Some(least) => statement.sql(" AND low >= ").bind::<Double, _>(least),
            None => statement,
        };
        // Whether a part of a part is left out must not depend on what the caller may not see.
        let statement = statement
            .sql(
                " GROUP BY incident_id, measure),
            steps AS (SELECT relation.incident_id AS part, relation.target_id AS whole FROM incident_relations AS relation
                JOIN incidents ON incidents.id = relation.target_id
                WHERE relation.relation = 'part_of' AND incidents.state = ANY (",
            )
            .bind::<Array<Text>, _>(&view.states)
            .sql(") AND incidents.dataset <> ALL (")
            .bind::<Array<Text>, _>(&view.hidden);
        // Of incidents that are part of one another, the one of the smallest id stands for all. What is materialized keeps the
        // database from comparing all claims of a measure with one another first.
        statement.sql(
            ")),
            wholes AS (SELECT part, whole FROM steps WHERE part IN (SELECT incident_id FROM claimed)
                UNION SELECT wholes.part, steps.whole FROM wholes JOIN steps ON steps.part = wholes.whole),
            beneath AS MATERIALIZED (SELECT wholes.part, wholes.whole
                FROM wholes LEFT JOIN wholes AS back ON back.part = wholes.whole AND back.whole = wholes.part
                WHERE back.part IS NULL OR wholes.whole < wholes.part),
            parts AS MATERIALIZED (SELECT beneath.part, beneath.whole, claimed.measure
                FROM beneath JOIN claimed ON claimed.incident_id = beneath.part),
            left_out AS MATERIALIZED (SELECT DISTINCT parts.part AS incident_id, parts.measure
                FROM parts JOIN claimed ON claimed.incident_id = parts.whole AND claimed.measure = parts.measure),
            summed AS (SELECT claimed.incident_id, claimed.measure, claimed.low::numeric AS low, claimed.high::numeric AS high
                FROM claimed LEFT JOIN left_out USING (incident_id, measure) WHERE left_out.incident_id IS NULL)",
        )
    }

    /// How `summed` meets what is counted.
    pub(super) fn joined(self, by: &GroupBy) -> &'static str {
        match (self, by.get()) {
            (Self::One(_), _) => " LEFT JOIN summed ON summed.incident_id = counted.who",
            (Self::Each, [Grouping::Measure, ..]) => {
                " LEFT JOIN summed ON summed.incident_id = counted.who AND summed.measure = counted.one"
            }
            (Self::Each, _) => " LEFT JOIN summed ON summed.incident_id = counted.who AND summed.measure = counted.two",
        }
    }
}
