//! Matching: which entities a name may mean, in whatever spelling and script it comes.
//!
//! `candidates` finds names that are spelt alike, have the same words or sound alike; `ranking` compares each with what
//! is wanted, and says why it scores as it does. Nothing is kept in the process: every server answers alike.

mod candidates;
pub mod handlers;
mod ranking;
mod wanted;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::try_join_all;

pub(crate) use self::handlers::{NewMatch, match_entities};
pub use self::ranking::{Features, MatchCandidate};
pub use self::wanted::NewMatchQuery;
use crate::http::auth::View;

/// The least score of what is taken for a match, unless a request says otherwise.
pub const THRESHOLD: f64 = 0.93;

/// The entities that may be meant by each of these, the likeliest first, of those that may be seen; in the read transaction
/// of the connection.
///
/// # Errors
/// The database fails, or takes too long.
pub async fn find(
    connection: &AsyncPgConnection,
    view: &View,
    wanted: &[&NewMatchQuery],
    limit: usize,
    threshold: f64,
) -> QueryResult<Vec<Vec<MatchCandidate>>> {
    candidates::prepare(connection).await?;
    let found = try_join_all(wanted.iter().map(async |wanted| {
        let found = candidates::load(connection, view, wanted).await?;
        Ok::<_, diesel::result::Error>(ranking::rank(wanted, found, limit, threshold).await)
    }))
    .await?;
    candidates::leave(connection).await?;
    Ok(found)
}
