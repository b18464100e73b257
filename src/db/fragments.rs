//! Pieces of SQL that diesel has no words for. Their text depends on no value, so their statements are prepared once.

use chrono::NaiveDate;
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Date, Double, Nullable, Text, Timestamptz};
use diesel::{AppearsOnTable, Expression, QueryResult, SelectableExpression};
use uuid::Uuid;

use crate::http::cursor::{Position, SortKey};
use crate::http::listing::Order;
use crate::http::parameters::{BoundingBox, Day};

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

condition!(OrderBy, Behind, NotInternal, Overlaps, SameText, Within);

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
    #[must_use]
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
            SortKey::Day(day) => out.push_bind_param::<Date, _>(day)?,
            SortKey::Moment(moment) => out.push_bind_param::<Timestamptz, _>(moment)?,
            SortKey::Name(name) => out.push_bind_param::<Text, _>(name)?,
        }
        out.push_sql(", ");
        out.push_bind_param::<diesel::sql_types::Uuid, Uuid>(&self.position.1)?;
        out.push_sql(")");
        Ok(())
    }
}

/// That the dataset of a row of this table is not internal. The list of internal ones is read once for a statement.
#[derive(Clone, Copy, Debug)]
pub struct NotInternal(pub &'static str);

impl QueryFragment<Pg> for NotInternal {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_column(&mut out, self.0, "dataset")?;
        out.push_sql(" <> ALL (ARRAY(SELECT datasets.slug::text FROM datasets WHERE datasets.access = 'internal'))");
        Ok(())
    }
}

/// That the period between two columns overlaps the one between two days, each open where it is missing. A row without
/// a date overlaps nothing.
#[derive(Clone, Copy, Debug)]
pub struct Overlaps {
    table: &'static str,
    first: &'static str,
    last: &'static str,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Overlaps {
    /// The rows of a table whose period from one column to another overlaps that of two days.
    #[must_use]
    pub fn new(
        table: &'static str,
        first: &'static str,
        last: &'static str,
        from: Option<Day>,
        to: Option<Day>,
    ) -> Self {
        Self { table, first, last, from: from.map(|day| day.0), to: to.map(|day| day.0) }
    }
}

impl QueryFragment<Pg> for Overlaps {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push_column(&mut out, self.table, self.first)?;
        out.push_sql(" IS NOT NULL AND daterange(");
        push_column(&mut out, self.table, self.first)?;
        out.push_sql(", ");
        push_column(&mut out, self.table, self.last)?;
        out.push_sql(", '[]') && daterange(");
        out.push_bind_param::<Nullable<Date>, _>(&self.from)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Date>, _>(&self.to)?;
        out.push_sql(", '[]')");
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

/// That the point of an incident lies within a box. One that crosses the 180th meridian is two boxes.
#[derive(Clone, Copy, Debug)]
pub struct Within(pub BoundingBox);

impl QueryFragment<Pg> for Within {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("incidents.lat IS NOT NULL AND (point(incidents.lon, incidents.lat) <@ ");
        let BoundingBox { min_lon, max_lon, .. } = &self.0;
        if min_lon <= max_lon {
            self.push_box(&mut out, min_lon, max_lon)?;
        } else {
            self.push_box(&mut out, min_lon, &180.0)?;
            out.push_sql(" OR point(incidents.lon, incidents.lat) <@ ");
            self.push_box(&mut out, &-180.0, max_lon)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl Within {
    fn push_box<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, west: &'b f64, east: &'b f64) -> QueryResult<()> {
        out.push_sql("box(point(");
        out.push_bind_param::<Double, f64>(west)?;
        out.push_sql(", ");
        out.push_bind_param::<Double, f64>(&self.0.min_lat)?;
        out.push_sql("), point(");
        out.push_bind_param::<Double, f64>(east)?;
        out.push_sql(", ");
        out.push_bind_param::<Double, f64>(&self.0.max_lat)?;
        out.push_sql("))");
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

fn push_column(out: &mut AstPass<'_, '_, Pg>, table: &str, column: &str) -> QueryResult<()> {
    out.push_identifier(table)?;
    out.push_sql(".");
    out.push_identifier(column)
}
