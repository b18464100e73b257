//! Statements that are written as SQL and prepared once.

use diesel::QueryResult;
use std::borrow::Cow;

use diesel::expression::{AsExpression, Expression};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error::QueryBuilderError;
use diesel::sql_types::{SingleValue, SqlType, Untyped};

/// A statement in SQL with `$1`, `$2` … for its values, which diesel prepares once on each connection: `diesel::sql_query`
/// has its statements parsed anew each time.
pub struct Prepared<'q> {
    sql: Cow<'q, str>,
    values: Vec<Box<dyn QueryFragment<Pg> + Send + 'q>>,
}

impl<'q> Prepared<'q> {
    /// The statement, without its values.
    pub fn new(sql: impl Into<Cow<'q, str>>) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }

    /// Its next value.
    #[must_use]
    pub fn bind<ST, T>(mut self, value: T) -> Self
    where
        ST: SqlType + SingleValue,
        T: AsExpression<ST>,
        T::Expression: Expression + QueryFragment<Pg> + Send + 'q,
    {
        self.values.push(Box::new(value.as_expression()));
        self
    }
}

impl QueryFragment<Pg> for Prepared<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut pieces = self.sql.split('$');
        out.push_sql(pieces.next().unwrap_or_default());
        // Diesel numbers values as they come, and each value once.
        let mut numbers = vec![0; self.values.len()];
        let mut bound = 0;
        for piece in pieces {
            let digits = piece.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(piece.len());
            let index = piece[..digits].parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let named = index.and_then(|index| numbers.get_mut(index).zip(self.values.get(index)));
            let (number, value) = named.ok_or_else(|| QueryBuilderError(format!("no value ${piece}").into()))?;
            if *number == 0 {
                bound += 1;
                *number = bound;
                value.walk_ast(out.reborrow())?;
            } else {
                out.push_sql(&format!("${number}"));
            }
            out.push_sql(&piece[digits..]);
        }
        Ok(())
    }
}

// Without a static id, diesel finds the prepared statement by its text.
impl QueryId for Prepared<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Prepared<'_> {
    type SqlType = Untyped;
}

/// A statement that is put together from pieces of SQL, with queries and values between them. Like [`Prepared`], it is
/// prepared once for the same text.
#[derive(Default)]
pub(crate) struct Composed<'q>(Vec<Box<dyn QueryFragment<Pg> + Send + 'q>>);

/// A piece of SQL without values.
struct Piece(Cow<'static, str>);

impl<'q> Composed<'q> {
    /// Goes on with SQL.
    #[must_use]
    pub(crate) fn sql(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Box::new(Piece(sql.into())));
        self
    }

    /// Goes on with a value.
    #[must_use]
    pub(crate) fn bind<ST, T>(mut self, value: T) -> Self
    where
        ST: SqlType + SingleValue,
        T: AsExpression<ST>,
        T::Expression: Expression + QueryFragment<Pg> + Send + 'q,
    {
        self.0.push(Box::new(value.as_expression()));
        self
    }

    /// Goes on with a query, or another statement.
    #[must_use]
    pub(crate) fn query(mut self, query: impl QueryFragment<Pg> + Send + 'q) -> Self {
        self.0.push(Box::new(query));
        self
    }
}

impl QueryFragment<Pg> for Piece {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(&self.0);
        Ok(())
    }
}

impl QueryFragment<Pg> for Composed<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.iter().try_for_each(|piece| piece.walk_ast(out.reborrow()))
    }
}

impl QueryId for Composed<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Composed<'_> {
    type SqlType = Untyped;
}
