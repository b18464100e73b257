//! What is counted, and by what it is grouped.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::http::parameters::not_among;

/// By what incidents can be grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grouping {
    /// By country.
    Country,
    /// By first-order division.
    Admin1,
    /// By kind.
    Kind,
    /// By the category of the kind.
    Category,
    /// By each freedom that is touched.
    Freedom,
    /// By effect on civic space.
    Effect,
    /// By year.
    Year,
    /// By month.
    Month,
    /// By week of ISO 8601.
    Week,
    /// By day.
    Day,
    /// By how well it is established.
    Verification,
    /// By dataset.
    Dataset,
    /// By each role that somebody has in it.
    Role,
    /// By each measure that a figure of it counts.
    Measure,
}

impl Grouping {
    /// All of them.
    pub(super) const ALL: [Self; 14] = [
        Self::Country,
        Self::Admin1,
        Self::Kind,
        Self::Category,
        Self::Freedom,
        Self::Effect,
        Self::Year,
        Self::Month,
        Self::Week,
        Self::Day,
        Self::Verification,
        Self::Dataset,
        Self::Role,
        Self::Measure,
    ];

    /// Its name, which is that of the member of a row, too.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Admin1 => "admin1",
            Self::Kind => "kind",
            Self::Category => "category",
            Self::Freedom => "freedom",
            Self::Effect => "effect",
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Verification => "verification",
            Self::Dataset => "dataset",
            Self::Role => "role",
            Self::Measure => "measure",
        }
    }

    /// Whether an incident may fall into more than one group.
    pub(super) fn is_many_valued(self) -> bool {
        matches!(self, Self::Freedom | Self::Role | Self::Measure)
    }

    /// The span of time that a group stands for.
    pub(super) fn span(self) -> Option<Span> {
        match self {
            Self::Year => Some(Span::Year),
            Self::Month => Some(Span::Month),
            Self::Week => Some(Span::Week),
            Self::Day => Some(Span::Day),
            _ => None,
        }
    }
}

/// A span of time that days fall into, the finer ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Span {
    /// A day.
    Day,
    /// A week of ISO 8601: from Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Span {
    /// The first day of the span that a day falls into.
    pub(super) fn first_day(self, day: NaiveDate) -> NaiveDate {
        let first = match self {
            Self::Day => Some(day),
            Self::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
            Self::Month => day.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        };
        first.unwrap_or(day)
    }

    /// How the span that begins on a day is written: `2020`, `2020-03`, `2020-W10`, `2020-03-02`.
    pub(super) fn written(self, first_day: NaiveDate) -> String {
        let format = match self {
            Self::Day => "%Y-%m-%d",
            Self::Week => "%G-W%V",
            Self::Month => "%Y-%m",
            Self::Year => "%Y",
        };
        first_day.format(format).to_string()
    }
}

/// One grouping or two.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct GroupBy(Vec<Grouping>);

impl GroupBy {
    /// The groupings, in the order in which they were asked for.
    pub(super) fn get(&self) -> &[Grouping] {
        &self.0
    }

    /// Whether a grouping is among them.
    pub(super) fn has(&self, grouping: Grouping) -> bool {
        self.0.contains(&grouping)
    }
}

impl PartialSchema for GroupBy {
    fn schema() -> RefOr<Schema> {
        let one = RefOr::<Schema>::Ref(Ref::from_schema_name("Grouping"));
        let each = ArrayBuilder::new().items(one).min_items(Some(1)).max_items(Some(2)).unique_items(true);
        RefOr::T(each.build().into())
    }
}

impl ToSchema for GroupBy {}

impl TryFrom<String> for GroupBy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let named = |code: &str| Grouping::ALL.into_iter().find(|grouping| grouping.code() == code);
        let codes = || Grouping::ALL.iter().map(|grouping| grouping.code());
        let each = text.split(',').map(|code| named(code).ok_or_else(|| not_among(code, codes())));
        let groupings: Vec<Grouping> = each.collect::<Result<_, _>>()?;
        match groupings.as_slice() {
            [_] => Ok(Self(groupings)),
            [one, two] if one != two => Ok(Self(groupings)),
            [one, _] => Err(format!("names `{}` twice", one.code())),
            more => Err(format!("has {} values and takes one or two", more.len())),
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(try_from = "String", rename_all = "snake_case")]
pub(crate) enum CountedUnit {
    /// The incidents themselves.
    #[default]
    Incidents,
    /// The persons who take part in them or have a legal step in them, each once.
    People,
    /// The articles that are sources of them, each once.
    Articles,
}

impl TryFrom<String> for CountedUnit {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        match code.as_str() {
            "incidents" => Ok(Self::Incidents),
            "people" => Ok(Self::People),
            "articles" => Ok(Self::Articles),
            other => Err(not_among(other, ["incidents", "people", "articles"].into_iter())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_day_falls_into_the_week_of_its_monday_whatever_the_year() {
        for (given, week, written) in [
            ("2020-03-02", "2020-03-02", "2020-W10"),
            ("2020-03-08", "2020-03-02", "2020-W10"),
            ("2021-01-03", "2020-12-28", "2020-W53"),
            ("2019-12-31", "2019-12-30", "2020-W01"),
        ] {
            let first = Span::Week.first_day(day(given));
            assert_eq!((first, Span::Week.written(first).as_str()), (day(week), written), "{given}");
        }
    }

    #[test]
    fn one_or_two_groupings_are_taken_each_once() {
        let read = |text: &str| GroupBy::try_from(text.to_owned());
        assert_eq!(read("month,kind").map(|by| by.0), Ok(vec![Grouping::Month, Grouping::Kind]));
        assert!(read("kind,kind").is_err_and(|why| why.contains("twice")));
        assert!(read("kind,month,country").is_err_and(|why| why.contains("one or two")));
        assert!(read("months").is_err_and(|why| why.contains("the nearest is `month`") && why.contains("admin1")));
        assert!(read("").is_err() && read("kind,").is_err());
    }
}
