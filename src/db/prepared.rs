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
