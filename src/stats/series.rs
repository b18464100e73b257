//! The rows of an answer out of the groups that were found: the gaps of a time series filled, in an order that reads well.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::groups::{GroupBy, Grouping, Span};

/// The most rows that are answered.
pub(super) const MOST_ROWS: usize = 50_000;

/// The days that dates of incidents lie between.
const DAYS: [Option<NaiveDate>; 2] = [NaiveDate::from_ymd_opt(1800, 1, 1), NaiveDate::from_ymd_opt(2199, 12, 31)];

/// What a row has in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Value {
    /// A code, or a name.
    Text(String),
    /// The first day of a span of time.
    Since(NaiveDate),
}

/// What a row has in common in each grouping, of which there are two at most; none where it is unknown.
pub(super) type Values = [Option<Value>; 2];

/// How many there are in a group, and what is summed of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counts {
    /// How many.
    pub(super) count: i64,
    /// The sum of the least that was claimed.
    pub(super) low: Option<f64>,
    /// The sum of the most that was claimed.
    pub(super) high: Option<f64>,
    /// How many incidents these sums are of.
    pub(super) summed: i64,
}

/// The days that a series is filled between at least.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    /// The first.
    pub(super) from: Option<NaiveDate>,
    /// The last.
    pub(super) to: Option<NaiveDate>,
}

/// That there are more rows than are answered: so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany(pub(super) usize);

/// Rows in order: of each grouping its values, and each row by the places that its values have among them.
#[derive(Debug)]
pub(super) struct Rows {
    /// The values of each grouping, in order.
    pub(super) values: Vec<Vec<Option<Value>>>,
    /// The rows, in order.
    pub(super) rows: Vec<(Places, Counts)>,
}

/// The places of the values of a row, by grouping. Of two groupings at most, the second is 0 where there is one.
pub(super) type Places = [usize; 2];

/// The rows of these groups, in order.
///
/// The spans of a series go from the first to the last that has any, or that is asked for, and none between them is missing;
/// with another grouping beside it, this holds for each of its values. A span of a span, such as a day of a month, is there
/// once.
pub(super) fn rows(by: &GroupBy, groups: &[(Values, Counts)], asked: Asked) -> Result<Rows, TooMany> {
    let spans: Vec<Option<Span>> = by.get().iter().map(|grouping| grouping.span()).collect();
    let filled = match range(&spans, groups.iter().map(|(values, _)| values), asked) {
        Some((first, last)) => between(&spans, first, last),
        None => Vec::new(),
    };
    let mut values: Vec<Vec<Option<Value>>> = Vec::new();
    let mut gaps = vec![Places::default(); filled.len()];
    let mut places = vec![Places::default(); groups.len()];
    for (place, grouping) in by.get().iter().enumerate() {
        let spans = filled.iter().filter(|_| grouping.span().is_some()).map(|values| (&values[place], 0));
        let known = groups.iter().map(|(values, counts)| (&values[place], counts.count));
        let (ordered, found) = in_order(*grouping, spans.chain(known));
        values.push(ordered);
        let of_groups = found.len() - groups.len();
        gaps.iter_mut().zip(&found[..of_groups]).for_each(|(row, found)| row[place] = *found);
        places.iter_mut().zip(&found[of_groups..]).for_each(|(row, found)| row[place] = *found);
    }
    let others = other(&spans).filter(|_| !filled.is_empty());
    let count = others.map_or(filled.len(), |place| filled.len() * values[place].len());
    let undated = groups.iter().filter(|(values, _)| filled.is_empty() || !is_dated(&spans, values)).count();
    if count + undated > MOST_ROWS {
        return Err(TooMany(count + undated));
    }
    let mut rows: Vec<(Places, Counts)> = Vec::with_capacity(count + places.len());
    for mut gap in gaps {
        match others {
            Some(other) => (0..values[other].len()).for_each(|value| {
                gap[other] = value;
                rows.push((gap, Counts::default()));
            }),
            None => rows.push((gap, Counts::default())),
        }
    }
    rows.extend(places.into_iter().zip(groups.iter().map(|(_, counts)| *counts)));
    // Stable, so that what was found comes behind the gap in its place, and takes it.
    rows.sort_by_key(|(places, _)| *places);
    rows.dedup_by(|(places, counts), (before, kept)| {
        let is_filled = places == before;
        if is_filled {
            *kept = *counts;
        }
        is_filled
    });
    Ok(Rows { values, rows })
}

/// The grouping that is none of time, of two of which one is.
fn other(spans: &[Option<Span>]) -> Option<usize> {
    spans.iter().position(Option::is_none)
}

/// Whether it is known into which spans the group falls.
fn is_dated(spans: &[Option<Span>], values: &Values) -> bool {
    spans.iter().zip(values).all(|(span, value)| span.is_none() || value.is_some())
}

/// The first and the last day of the series, if there is one.
fn range<'a>(
    spans: &[Option<Span>],
    groups: impl Iterator<Item = &'a Values>,
    asked: Asked,
) -> Option<(NaiveDate, NaiveDate)> {
    let finest = spans.iter().flatten().min()?;
    let finest = spans.iter().position(|span| span.as_ref() == Some(finest))?;
    // A week may begin in the month, or the year, before the one in which it is counted.
    let days: Vec<NaiveDate> = groups
        .filter(|values| values[finest].is_some())
        .filter_map(|values| {
            values
                .iter()
                .flatten()
                .filter_map(|value| if let Value::Since(day) = value { Some(*day) } else { None })
                .max()
        })
        .collect();
    let [earliest, latest] = DAYS;
    let first = asked.from.max(asked.from.and(earliest)).into_iter().chain(days.iter().copied()).min()?;
    let last = asked.to.min(asked.to.and(latest)).into_iter().chain(days).max()?;
    Some((first, last))
}

/// The spans that the days from one to another fall into, by grouping.
fn between(spans: &[Option<Span>], first: NaiveDate, last: NaiveDate) -> Vec<Values> {
    let since = |place: usize, day| spans.get(place)?.map(|span| Value::Since(span.first_day(day)));
    let days = first.iter_days().take_while(|day| *day <= last);
    let mut between: Vec<Values> = days.map(|day| [since(0, day), since(1, day)]).collect();
    between.dedup();
    between
}

/// The values of a grouping in their order, and of each that is given its place among them. Time ascends, what is unknown comes last.
/// Other values come in the order of how much they have in all rows together, of equal ones in that of their codes.
fn in_order<'v>(
    grouping: Grouping,
    given: impl Iterator<Item = (&'v Option<Value>, i64)>,
) -> (Vec<Option<Value>>, Vec<usize>) {
    let mut known: HashMap<&Option<Value>, usize> = HashMap::new();
    let mut values: Vec<(&Option<Value>, i64)> = Vec::new();
    let mut given: Vec<usize> = given
        .map(|(value, count)| {
            let number = *known.entry(value).or_insert(values.len());
            if number == values.len() {
                values.push((value, 0));
            }
            values[number].1 += count;
            number
        })
        .collect();
    let weight = |total: i64| if grouping.span().is_some() { 0 } else { -total };
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|number| {
        let (value, total) = values[*number];
        (weight(total), value.is_none(), value)
    });
    let mut places = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, number)| places[*number] = place);
    for number in &mut given {
        *number = places[*number];
    }
    (order.into_iter().map(|number| values[number].0.clone()).collect(), given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// The rows of groups, each written as `value value count`; days in full, `-` for what is unknown.
    fn written(by: &str, groups: &[(&[&str], i64)], asked: (&str, &str)) -> Result<Vec<String>, TooMany> {
        let value = |text: &str| match text.parse() {
            _ if text == "-" => None,
            Ok(day) => Some(Value::Since(day)),
            Err(_) => Some(Value::Text(text.to_owned())),
        };
        let groups = groups.iter().map(|(values, count)| {
            let at = |place: usize| values.get(place).and_then(|text| value(text));
            ([at(0), at(1)], Counts { count: *count, ..Counts::default() })
        });
        let asked = Asked { from: asked.0.parse().ok(), to: asked.1.parse().ok() };
        let by = GroupBy::try_from(by.to_owned()).expect("groupings");
        let Rows { values, rows } = rows(&by, &groups.collect::<Vec<_>>(), asked)?;
        let text = |value: &Option<Value>| match value {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Since(day)) => day.to_string(),
            None => "-".to_owned(),
        };
        let written = rows.iter().map(|(places, counts)| {
            let mut words: Vec<String> =
                values.iter().zip(places).map(|(values, place)| text(&values[*place])).collect();
            words.push(counts.count.to_string());
            words.join(" ")
        });
        Ok(written.collect())
    }

    #[test]
    fn gaps_are_filled_from_the_first_to_the_last_that_has_any_or_is_asked_for() {
        let groups: [(&[&str], i64); 3] = [(&["2020-05-01"], 2), (&["2020-03-01"], 1), (&["-"], 4)];
        let rows = |asked| written("month", &groups, asked).expect("rows");
        assert_eq!(rows(("", "")), ["2020-03-01 1", "2020-04-01 0", "2020-05-01 2", "- 4"]);
        let asked = rows(("2020-02-29", "2020-06-01"));
        assert_eq!(asked, ["2020-02-01 0", "2020-03-01 1", "2020-04-01 0", "2020-05-01 2", "2020-06-01 0", "- 4"]);
        assert_eq!(rows(("2020-04-15", "2020-04-16")), rows(("", "")));
    }

    #[test]
    fn without_any_only_what_is_asked_for_at_both_ends_is_there() {
        assert_eq!(
            written("month", &[], ("2020-02-29", "2020-03-01")),
            Ok(vec!["2020-02-01 0".into(), "2020-03-01 0".into()])
        );
        assert_eq!(written("month", &[], ("2020-02-29", "")), Ok(vec![]));
        assert_eq!(written("month,kind", &[], ("2020-02-29", "2020-03-01")), Ok(vec![]));
    }

    #[test]
    fn each_value_of_another_grouping_has_every_span() {
        let groups: [(&[&str], i64); 4] =
            [(&["2020-01-01", "b"], 2), (&["2022-01-01", "a"], 3), (&["2022-01-01", "c"], 2), (&["-", "d"], 1)];
        let rows = written("year,kind", &groups, ("", "")).expect("rows");
        let expected = [
            "2020-01-01 a 0",
            "2020-01-01 b 2",
            "2020-01-01 c 0",
            "2020-01-01 d 0",
            "2021-01-01 a 0",
            "2021-01-01 b 0",
            "2021-01-01 c 0",
            "2021-01-01 d 0",
            "2022-01-01 a 3",
            "2022-01-01 b 0",
            "2022-01-01 c 2",
            "2022-01-01 d 0",
            "- d 1",
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_day_of_a_month_is_there_once_and_no_month_has_days_of_another() {
        let groups: [(&[&str], i64); 3] =
            [(&["2020-01-01", "2020-01-30"], 1), (&["2020-02-01", "2020-02-02"], 1), (&["2020-01-01", "-"], 5)];
        let rows = written("month,day", &groups, ("", "")).expect("rows");
        let expected = [
            "2020-01-01 2020-01-30 1",
            "2020-01-01 2020-01-31 0",
            "2020-01-01 - 5",
            "2020-02-01 2020-02-01 0",
            "2020-02-01 2020-02-02 1",
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_week_that_lies_in_two_months_is_there_in_both_and_not_in_the_month_before_the_first() {
        let groups: [(&[&str], i64); 2] = [(&["2020-03-30", "2020-04-01"], 1), (&["2020-04-27", "2020-04-01"], 1)];
        let rows = written("week,month", &groups, ("", "")).expect("rows");
        let expected = [
            "2020-03-30 2020-04-01 1",
            "2020-04-06 2020-04-01 0",
            "2020-04-13 2020-04-01 0",
            "2020-04-20 2020-04-01 0",
            "2020-04-27 2020-04-01 1",
        ];
        assert_eq!(rows, expected);
        let rows = written("week,month", &groups, ("2020-03-31", "2020-05-01")).expect("rows");
        assert_eq!((rows[0].as_str(), rows[1].as_str()), ("2020-03-30 2020-03-01 0", "2020-03-30 2020-04-01 1"));
        assert_eq!(rows.last().map(String::as_str), Some("2020-04-27 2020-05-01 0"));
    }

    #[test]
    fn what_is_no_time_comes_by_how_much_it_has_and_then_by_its_code() {
        let groups: [(&[&str], i64); 4] = [(&["b"], 1), (&["-"], 2), (&["c"], 2), (&["a"], 1)];
        assert_eq!(
            written("country", &groups, ("", "")),
            Ok(vec!["c 2".into(), "- 2".into(), "a 1".into(), "b 1".into()])
        );
        let groups: [(&[&str], i64); 3] = [(&["b", "x"], 2), (&["a", "x"], 1), (&["a", "y"], 4)];
        assert_eq!(
            written("country,kind", &groups, ("", "")),
            Ok(vec!["a y 4".into(), "a x 1".into(), "b x 2".into()])
        );
    }

    #[test]
    fn too_many_rows_are_counted_and_not_made() {
        let groups: [(&[&str], i64); 1] = [(&["-"], 1)];
        assert_eq!(written("day", &groups, ("1990-01-01", "2126-11-22")).map(|rows| rows.len()), Ok(50_000));
        assert_eq!(written("day", &groups, ("1990-01-01", "2126-11-23")), Err(TooMany(50_001)));
        // No date lies beyond the years that dates may have.
        assert_eq!(written("day", &groups, ("0001-01-01", "9999-12-31")), Err(TooMany(146_098)));
        assert_eq!(day("2199-12-31").signed_duration_since(day("1800-01-01")).num_days() + 1, 146_097);
    }
}
