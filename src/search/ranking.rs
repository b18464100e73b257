//! The order of what is found: how well it fits, then the newest, then the id.

use chrono::NaiveDate;
use diesel::QueryResult;
use uuid::Uuid;

use super::wanted::Wanted;
use crate::db::fragments::Holds;
use crate::history::RecordType;
use crate::http::cursor::{Position, SortKey};

/// A record that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    /// How well it fits, in thousandths.
    pub(crate) score: i32,
    /// Its day; that of a record without one is before all others.
    pub(crate) day: NaiveDate,
    /// Its id.
    pub(crate) id: Uuid,
}

impl Hit {
    /// Whether it stands behind a position in the order.
    pub(crate) fn is_behind(&self, position: &Position) -> bool {
        match position {
            Position(SortKey::Ranked(score, day), id) => (self.score, self.day, self.id) < (*score, *day, *id),
            Position(..) => false,
        }
    }

    /// Where it stands in the order.
    pub(crate) fn position(&self) -> Position {
        Position(SortKey::Ranked(self.score, self.day), self.id)
    }
}

impl Wanted {
    /// The best records of a resource behind a position: one rank after the other until there are enough. `find` answers day
    /// and id of those that hold words, the newest first, behind a position in that order, and at most so many.
    ///
    /// # Errors
    /// Those of `find`.
    pub(crate) async fn best(
        &self,
        of: RecordType,
        after: Option<&Position>,
        limit: i64,
        find: impl AsyncFn(Holds, Option<&Position>, i64) -> QueryResult<Vec<(NaiveDate, Uuid)>>,
    ) -> QueryResult<Vec<Hit>> {
        let reached = match after {
            Some(Position(SortKey::Ranked(score, _), _)) => *score,
            _ => i32::MAX,
        };
        let mut hits = Vec::new();
        for (score, query) in self.conditions(of).ranks.iter().filter(|(score, _)| *score <= reached) {
            let missing = limit - i64::try_from(hits.len()).unwrap_or(limit);
            if missing == 0 {
                break;
            }
            let holds = Holds { of, query: query.clone(), or: Vec::new() };
            let found = find(holds, after.filter(|_| *score == reached), missing).await?;
            hits.extend(found.into_iter().map(|(day, id)| Hit { score: *score, day, id }));
        }
        Ok(hits)
    }
}
