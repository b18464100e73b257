//! Pieces of SQL that diesel has no words for. Their text depends on no value, so their statements are prepared once.

use chrono::NaiveDate;
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Date, Double, Integer, Text, Timestamptz, Untyped};
use diesel::{AppearsOnTable, Expression, QueryResult, SelectableExpression};
use uuid::Uuid;

use crate::history::RecordType;
use crate::http::cursor::{Position, SortKey};
use crate::http::listing::Order;

/// Makes a condition of a fragment. It has no static id: diesel then finds its prepared statement by the text.
macro_rules! condition {
    ($($name:ident),+) => {
        $(
            impl QueryId for $name {
                type QueryId = ();
                const HAS_STATIC_QUERY_ID: bool = false;
            }

            impl Expression for $name {
                type SqlType = Bool;
            }

            impl<QS> AppearsOnTable<QS> for $name {}
            impl<QS> SelectableExpression<QS> for $name {}

            impl ValidGrouping<()> for $name {
                type IsAggregate = is_aggregate::No;
            }
        )+
    };
}

condition!(OrderBy, Behind, SameText, MayReach, Holds, Near);

/// `column, id` in one direction, to order by.
#[derive(Clone, Copy, Debug)]
pub struct OrderBy(pub Order);

impl QueryFragment<Pg> for OrderBy {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let direction = if self.0.descending { " DESC" } else { " ASC" };
        push_column(&mut out, self.0.table, self.0.column)?;
        out.push_sql(direction);
        out.push_sql(", ");
        push_column(&mut out, self.0.table, "id")?;
        out.push_sql(direction);
        Ok(())
    }
}

/// `(column, id) > (key, id)`, or `<` in a descending order: the rows behind a position, which the index finds at once.
#[derive(Clone, Debug)]
pub struct Behind {
    order: Order,
    position: Position,
}

impl Behind {
    /// The rows behind a position.
    pub fn new(order: Order, position: Position) -> Self {
        Self { order, position }
    }
}

impl QueryFragment<Pg> for Behind {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(");
        push_column(&mut out, self.order.table, self.order.column)?;
        out.push_sql(", ");
        push_column(&mut out, self.order.table, "id")?;
        out.push_sql(if self.order.descending { ") < (" } else { ") > (" });
        match &self.position.0 {
            SortKey::Day(day) | SortKey::Ranked(_, day) => out.push_bind_param::<Date, _>(day)?,
            SortKey::Moment(moment) => out.push_bind_param::<Timestamptz, _>(moment)?,
            SortKey::Name(name) => out.push_bind_param::<Text, _>(name)?,
            SortKey::Number(number) => out.push_bind_param::<Integer, _>(number)?,
            SortKey::Entry(..) | SortKey::Strength(..) => {
                return Err(diesel::result::Error::QueryBuilderError("no column holds this sort key".into()));
            }
        }
        out.push_sql(", ");
        out.push_bind_param::<diesel::sql_types::Uuid, Uuid>(&self.position.1)?;
        out.push_sql(")");
        Ok(())
    }
}

/// That a column holds a text, whatever the case of either.
#[derive(Clone, Debug)]
pub struct SameText {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The text.
    pub text: String,
}

impl QueryFragment<Pg> for SameText {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("lower(");
        push_column(&mut out, self.table, self.column)?;
        out.push_sql(") = lower(");
        out.push_bind_param::<Text, _>(&self.text)?;
        out.push_sql(")");
        Ok(())
    }
}

/// That an incident may reach a day, by its first day alone: it began no longer before than the longest incident lasts.
/// This bounds the walk through an index of first days, which whether it did reach the day cannot.
#[derive(Clone, Copy, Debug)]
pub struct MayReach(pub NaiveDate);

impl QueryFragment<Pg> for MayReach {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("incidents.date_down >= ");
        out.push_bind_param::<Date, _>(&self.0)?;
        out.push_sql(" - coalesce((SELECT max(longest.end_date - longest.start_date) FROM incidents longest), 0)");
        Ok(())
    }
}

/// That a record holds the words of a `tsquery`.
#[derive(Clone, Debug)]
pub(crate) struct Holds {
    /// Which resource it is.
    pub(crate) of: RecordType,
    /// What it holds.
    pub(crate) query: String,
    /// Records that are taken for such, whatever they hold.
    pub(crate) or: Vec<Uuid>,
}

impl Holds {
    /// The table of the words, and the column of whose they are.
    pub(crate) fn words(&self) -> (&'static str, &'static str) {
        match self.of {
            RecordType::Article => ("article_words", "article_id"),
            RecordType::Entity => ("entity_words", "entity_id"),
            RecordType::Incident => ("incident_words", "incident_id"),
        }
    }
}

impl QueryFragment<Pg> for Holds {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (table, owner) = self.words();
        push_column(&mut out, self.of.plural(), "id")?;
        // Those that hold them are looked up first, in the index of the words: what the database guesses of how many they are
        // would else make it walk through all records.
        out.push_sql(&format!(" = ANY (ARRAY(SELECT {owner} FROM {table} WHERE words @@ "));
        out.push_bind_param::<Text, _>(&self.query)?;
        out.push_sql("::tsquery");
        if !self.or.is_empty() {
            out.push_sql(" UNION SELECT unnest(");
            out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(&self.or)?;
            out.push_sql(")");
        }
        out.push_sql("))");
        Ok(())
    }
}

/// The days and ids that a query gives, in its order, and whether each of the records holds words.
#[derive(Clone, Debug)]
pub(crate) struct Marked<Q> {
    /// A query of days and ids.
    pub(crate) query: Q,
    /// The words.
    pub(crate) holds: Holds,
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Marked<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (table, owner) = self.holds.words();
        out.push_sql(&format!("SELECT day, id, EXISTS (SELECT FROM {table} WHERE {owner} = id AND words @@ "));
        out.push_bind_param::<Text, _>(&self.holds.query)?;
        out.push_sql("::tsquery) OR id = ANY (");
        out.push_bind_param::<Array<diesel::sql_types::Uuid>, _>(&self.holds.or)?;
        out.push_sql(") AS holds FROM (");
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(") AS looked_at (day, id)");
        Ok(())
    }
}

impl<Q> Query for Marked<Q> {
    type SqlType = (Date, diesel::sql_types::Uuid, Bool);
}

impl<Q> QueryId for Marked<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Those that hold the words.
#[derive(Clone, Debug)]
pub(crate) struct Holding<Q>(pub(crate) Marked<Q>);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Holding<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS marked WHERE holds");
        Ok(())
    }
}

/// The mean radius of the earth, in kilometres: R1 of the GRS 80 ellipsoid.
pub(crate) const EARTH_RADIUS_KM: f64 = 6371.0088;

/// That a point is within some kilometres of another, over the sphere of the earth's mean radius.
#[derive(Clone, Copy, Debug)]
pub struct Near {
    /// The longitude of the other, in degrees.
    pub lon: f64,
    /// Its latitude.
    pub lat: f64,
    /// The distance.
    pub km: f64,
}

impl QueryFragment<Pg> for Near {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("2 * ");
        out.push_bind_param::<Double, _>(&EARTH_RADIUS_KM)?;
        out.push_sql(" * asin(least(1, sqrt(power(sind((incidents.lat - ");
        out.push_bind_param::<Double, _>(&self.lat)?;
        out.push_sql(") / 2), 2) + cosd(incidents.lat) * cosd(");
        out.push_bind_param::<Double, _>(&self.lat)?;
        out.push_sql(") * power(sind((incidents.lon - ");
        out.push_bind_param::<Double, _>(&self.lon)?;
        out.push_sql(") / 2), 2)))) <= ");
        out.push_bind_param::<Double, _>(&self.km)?;
        Ok(())
    }
}

/// How many rows a query gives.
#[derive(Clone, Copy, Debug)]
pub struct Counted<Q>(pub Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") counted");
        Ok(())
    }
}

impl<Q> Query for Counted<Q> {
    type SqlType = BigInt;
}

impl<Q> QueryId for Counted<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Opens a cursor on a query of days and ids, to be read in turns until the transaction ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open<Q>(pub(crate) Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Open<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("DECLARE walk NO SCROLL CURSOR FOR ");
        self.0.walk_ast(out.reborrow())
    }
}

impl<Q> Query for Open<Q> {
    type SqlType = Untyped;
}

impl<Q> QueryId for Open<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// The next so many rows of the cursor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fetch(pub(crate) usize);

impl QueryFragment<Pg> for Fetch {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(&format!("FETCH {} FROM walk", self.0));
        Ok(())
    }
}

impl Query for Fetch {
    type SqlType = (Date, diesel::sql_types::Uuid);
}

impl QueryId for Fetch {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Closes it.
pub(crate) const CLOSE: &str = "CLOSE walk";

fn push_column(out: &mut AstPass<'_, '_, Pg>, table: &str, column: &str) -> QueryResult<()> {
    out.push_identifier(table)?;
    out.push_sql(".");
    out.push_identifier(column)
}

/// Narrows a boxed query to rows whose column has one of some values. A single value is compared as such: PostgreSQL
/// reads rows in the order of an index for `=`, but not for `= ANY`.
macro_rules! any_of {
    ($query:expr, $column:expr, $values:expr) => {{
        let values = $values;
        if let [one] = &values[..] {
            $query.filter($column.eq(one.clone()))
        } else {
            $query.filter($column.eq_any(values))
        }
    }};
}
pub(crate) use any_of;
