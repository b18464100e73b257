//! Which records rows are read of.

use diesel::expression::{Expression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Uuid as SqlUuid};
use diesel::{AppearsOnTable, QueryResult, SelectableExpression};
use uuid::Uuid;

/// Some records, whose rows are read together.
#[derive(Clone, Copy, Debug)]
pub struct Among<'i> {
    ids: &'i [Uuid],
    in_a_row: bool,
}

impl<'i> Among<'i> {
    /// These records.
    pub fn each(ids: &'i [Uuid]) -> Self {
        Self { ids, in_a_row: false }
    }

    /// These records, in the order of their ids, between which few others lie: to read along an index from the first to the last
    /// costs less than to look up each. Who reads leaves out the others.
    pub fn in_a_row(ids: &'i [Uuid]) -> Self {
        Self { ids, in_a_row: true }
    }

    /// Their ids.
    pub(crate) fn ids(self) -> &'i [Uuid] {
        self.ids
    }

    /// That a column holds the id of one of them; or, if they are in a row, of any from the first to the last.
    pub(crate) fn holds<C: Expression<SqlType = SqlUuid>>(self, column: C) -> HoldsOne<C> {
        let range = self.ids.first().zip(self.ids.last()).filter(|_| self.in_a_row);
        let ids = range.map_or_else(|| Wanted::Each(self.ids.to_vec()), |(first, last)| Wanted::From(*first, *last));
        HoldsOne { column, ids }
    }
}

/// A condition on a column of ids.
#[derive(Clone, Debug)]
pub(crate) struct HoldsOne<C> {
    column: C,
    ids: Wanted,
}

#[derive(Clone, Debug)]
enum Wanted {
    Each(Vec<Uuid>),
    From(Uuid, Uuid),
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for HoldsOne<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        match &self.ids {
            Wanted::Each(ids) => {
                out.push_sql(" = ANY (");
                out.push_bind_param::<Array<SqlUuid>, _>(ids)?;
                out.push_sql(")");
            }
            Wanted::From(first, last) => {
                out.push_sql(" BETWEEN ");
                out.push_bind_param::<SqlUuid, _>(first)?;
                out.push_sql(" AND ");
                out.push_bind_param::<SqlUuid, _>(last)?;
            }
        }
        Ok(())
    }
}

impl<C> QueryId for HoldsOne<C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> Expression for HoldsOne<C> {
    type SqlType = Bool;
}

impl<C, QS> AppearsOnTable<QS> for HoldsOne<C> where C: AppearsOnTable<QS> {}
impl<C, QS> SelectableExpression<QS> for HoldsOne<C> where C: SelectableExpression<QS> {}

impl<C> ValidGrouping<()> for HoldsOne<C> {
    type IsAggregate = is_aggregate::No;
}
