//! What a statement of counting finds.

use chrono::NaiveDate;
use diesel::sql_types::{Array, BigInt, Date, Double, Nullable, Text};
use diesel::{QueryResult, QueryableByName};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::counting::Counting;
use super::series::{Counts, TooMany, Value, Values};
use crate::db::prepared::Composed;

/// The groups that were found, and how many there are in all of them together, each once.
pub(super) struct Found {
    /// The groups, each once.
    pub(super) groups: Vec<(Values, Counts)>,
    /// How many there are.
    pub(super) total: i64,
}

/// The groups that have the second value in common: as rows of their own they would take as long again to send and to read.
#[derive(QueryableByName)]
struct Alike {
    /// The first values, if they are texts.
    #[diesel(sql_type = Array<Nullable<Text>>)]
    one: Vec<Option<String>>,
    /// The first values, if they are spans of time: their first days.
    #[diesel(sql_type = Array<Nullable<Date>>)]
    one_since: Vec<Option<NaiveDate>>,
    /// The second value, if it is a text.
    #[diesel(sql_type = Nullable<Text>)]
    two: Option<String>,
    /// The second value, if it is a span of time: its first day.
    #[diesel(sql_type = Nullable<Date>)]
    two_since: Option<NaiveDate>,
    /// How many there are.
    #[diesel(sql_type = Array<BigInt>)]
    count: Vec<i64>,
    /// The sums of the least that was claimed, if anything is summed.
    #[diesel(sql_type = Array<Nullable<Double>>)]
    low: Vec<Option<f64>>,
    /// The sums of the most that was claimed.
    #[diesel(sql_type = Array<Nullable<Double>>)]
    high: Vec<Option<f64>>,
    /// How many incidents these are the sums of.
    #[diesel(sql_type = Array<BigInt>)]
    summed: Vec<i64>,
    /// How many there are in all groups together; none if that is the sum of the counts.
    #[diesel(sql_type = Nullable<BigInt>)]
    total: Option<i64>,
}

impl Alike {
    fn groups(self) -> impl Iterator<Item = (Values, Counts)> {
        let Self { one, one_since, two, two_since, count, low, high, summed, .. } = self;
        let two = two.map(Value::Text).or(two_since.map(Value::Since));
        let mut texts = one.into_iter();
        count.into_iter().enumerate().map(move |(at, count)| {
            let since = one_since.get(at).copied().flatten();
            let one = texts.next().flatten().map(Value::Text).or(since.map(Value::Since));
            let sum = |sums: &[Option<f64>]| sums.get(at).copied().flatten();
            let summed = summed.get(at).copied().unwrap_or_default();
            ([one, two.clone()], Counts { count, low: sum(&low), high: sum(&high), summed })
        })
    }
}

/// How many there are.
#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The groups that a statement finds, or how many they are if they are more than so many. It has the columns `one`, `two`, `count` and
/// `total`, which is null if it is the sum of the counts; and `low`, `high` and `summed` where anything is summed.
///
/// # Errors
/// The database fails, or takes too long.
pub(super) async fn load<'q>(
    counting: &Counting<'_>,
    mut connection: &AsyncPgConnection,
    statement: impl Fn() -> Composed<'q>,
    most: usize,
) -> QueryResult<Result<Found, TooMany>> {
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let limited = Composed::default().sql(format!("SELECT {} FROM (", columns(counting))).query(statement());
    let limited = limited.sql(" LIMIT ").bind::<BigInt, _>(limit).sql(") AS groups GROUP BY groups.two");
    let found: Vec<Alike> = limited.load(&mut connection).await?;
    if found.iter().map(|alike| alike.count.len()).sum::<usize>() > most {
        let all = Composed::default().sql("SELECT count(*) AS count FROM (").query(statement()).sql(") AS groups");
        let Count { count } = all.get_result(&mut connection).await?;
        return Ok(Err(TooMany(usize::try_from(count).unwrap_or(usize::MAX))));
    }
    let total = found.iter().find_map(|alike| alike.total);
    let groups: Vec<(Values, Counts)> = found.into_iter().flat_map(Alike::groups).collect();
    let total = total.unwrap_or_else(|| groups.iter().map(|(_, counts)| counts.count).sum());
    Ok(Ok(Found { groups, total }))
}

/// The columns of [`Alike`].
fn columns(counting: &Counting<'_>) -> String {
    let is_span = |place: usize| counting.by.get().get(place).is_some_and(|grouping| grouping.span().is_some());
    let one = if is_span(0) {
        "'{}'::text[] AS one, array_agg(groups.one) AS one_since"
    } else {
        "array_agg(groups.one::text) AS one, '{}'::date[] AS one_since"
    };
    let two = if is_span(1) {
        "NULL::text AS two, groups.two AS two_since"
    } else {
        "groups.two::text AS two, NULL::date AS two_since"
    };
    let sums = match counting.summed {
        Some(_) => "array_agg(low) AS low, array_agg(high) AS high, array_agg(summed) AS summed",
        None => "'{}'::float8[] AS low, '{}'::float8[] AS high, '{}'::bigint[] AS summed",
    };
    format!("{one}, {two}, array_agg(count) AS count, {sums}, max(total) AS total")
}
