//! Lists of records: by a column, or those first that fit best what is searched for. One mechanism for all resources; what
//! differs is in what each says of itself as [`Listed`].

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::{FilterDsl, LimitDsl, OrderDsl};
use diesel::sql_types::{Date, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::try_join;
use uuid::Uuid;

use crate::codebook::RecordState;
use crate::db::among::Among;
use crate::db::fragments::{Behind, Counted, Holds, Open, OrderBy};
use crate::history::{self, RecordType};
use crate::http::auth::View;
use crate::http::cursor::Position;
use crate::http::listing::{Found, Order, PageRequest, Sort, TOTAL_EXACT_TO, Total};
use crate::http::parameters::AnyOf;
use crate::search::{Hit, Wanted, finding};

/// A record that is listed by a filter, and searched for by words.
pub(crate) trait Listed: Sized {
    /// Which resource it is.
    const TYPE: RecordType;

    /// Which records, as callers say it.
    type Filter;

    /// In which order.
    type Sort: Sort;

    /// The record without its parts.
    type Row;

    /// A query of records that conditions can be added to.
    type List<'a>: FilterDsl<Holds, Output = Self::List<'a>>
        + FilterDsl<Behind, Output = Self::List<'a>>
        + OrderDsl<OrderBy, Output = Self::List<'a>>
        + LimitDsl<Output = Self::List<'a>>;

    /// Looks up what a filter needs to know: which records took the place of others, and who is meant by names.
    async fn resolve(connection: &AsyncPgConnection, filter: &mut Self::Filter, view: &View) -> QueryResult<()>;

    /// In which states, if the filter says so.
    fn states(filter: &Self::Filter) -> Option<&AnyOf<RecordState>>;

    /// What the words of a filter ask for.
    fn wanted(filter: &Self::Filter) -> Option<&Wanted>;

    /// The records that fit a filter and may be seen, whatever words they hold.
    fn matching<'a>(filter: &'a Self::Filter, view: &'a View) -> Self::List<'a>;

    /// The order of a page of those that fit a filter.
    fn order(filter: &Self::Filter, sort: Self::Sort) -> Order;

    /// Where a row stands in an order.
    fn position(row: &Self::Row, sort: Self::Sort) -> Position;

    /// The day and the id of each record of a list.
    fn days(list: Self::List<'_>) -> impl QueryFragment<Pg> + Query<SqlType = (Date, SqlUuid)> + QueryId + Send;

    /// The rows of a list.
    async fn rows(connection: &AsyncPgConnection, list: Self::List<'_>) -> QueryResult<Vec<Self::Row>>;

    /// Rows with their parts.
    async fn whole(connection: &AsyncPgConnection, rows: Vec<Self::Row>, view: &View) -> QueryResult<Vec<Self>>;

    /// The records of these ids, in their order and in whatever state.
    async fn of_ids(connection: &AsyncPgConnection, among: Among<'_>, view: &View) -> QueryResult<Vec<Self>>;

    /// The record without its parts.
    fn row(&self) -> &Self::Row;

    /// The records that fit a filter behind a position, best first, and at most so many.
    async fn best(
        connection: &AsyncPgConnection,
        filter: &Self::Filter,
        wanted: &Wanted,
        view: &View,
        after: Option<&Position>,
        limit: i64,
    ) -> QueryResult<Vec<Hit>> {
        let order = Self::Sort::relevance().unwrap_or_default().order();
        wanted
            .best(Self::TYPE, after, limit, async |holds, after, limit| {
                let list = |holds, limit| Self::days(with(listed::<Self>(filter, view, order, after, limit), holds));
                finding::first(connection, &holds, limit, list).await
            })
            .await
    }
}

/// A page of the records that fit a filter.
///
/// # Errors
/// The database fails.
pub(crate) async fn page<R: Listed>(
    connection: &AsyncPgConnection,
    mut filter: R::Filter,
    view: &View,
    page: &PageRequest<R::Sort>,
) -> QueryResult<Found<R>> {
    R::resolve(connection, &mut filter, view).await?;
    let total =
        async { if page.include_total { total::<R>(connection, &filter, view).await.map(Some) } else { Ok(None) } };
    let found = async {
        match R::wanted(&filter) {
            Some(wanted) if R::Sort::relevance() == Some(page.sort) => {
                let hits = R::best(connection, &filter, wanted, view, page.after.as_ref(), page.limit + 1).await?;
                let (hits, next) = page.cut(hits, Hit::position);
                let ids: Vec<Uuid> = hits.iter().map(|hit| hit.id).collect();
                Ok((R::of_ids(connection, Among::each(&ids), view).await?, next))
            }
            wanted => sorted(connection, &filter, wanted, view, page).await,
        }
    };
    let ((records, next), total, revision) = try_join!(found, total, history::revision(connection))?;
    Ok(Found { records, next, total, revision })
}

/// How many records fit a filter.
///
/// # Errors
/// The database fails.
pub(crate) async fn total<R: Listed>(
    mut connection: &AsyncPgConnection,
    filter: &R::Filter,
    view: &View,
) -> QueryResult<Total> {
    let list = |holds, limit| R::days(with(R::matching(filter, view).limit(limit), holds));
    let counted = match R::wanted(filter) {
        Some(wanted) => finding::count(connection, &wanted.holds(R::TYPE), list).await?,
        None => Counted(list(None, TOTAL_EXACT_TO + 1)).get_result(&mut connection).await?,
    };
    Ok(Total::of(counted))
}

/// How many records fit a filter, however many they are.
///
/// # Errors
/// The database fails.
pub(crate) async fn count<R: Listed>(
    mut connection: &AsyncPgConnection,
    filter: &R::Filter,
    view: &View,
) -> QueryResult<u64> {
    let holds = R::wanted(filter).map(|wanted| wanted.holds(R::TYPE));
    let counted: i64 = Counted(R::days(with(R::matching(filter, view), holds))).get_result(&mut connection).await?;
    Ok(counted.unsigned_abs())
}

/// Opens a cursor on all that fit a filter, in the order of their ids.
///
/// # Errors
/// The database fails.
pub(crate) async fn walk<R: Listed>(
    mut connection: &AsyncPgConnection,
    filter: &R::Filter,
    view: &View,
) -> QueryResult<()> {
    let order = Order { table: R::TYPE.plural(), column: "id", descending: false };
    let holds = R::wanted(filter).map(|wanted| wanted.holds(R::TYPE));
    let list = with(R::matching(filter, view).order(OrderBy(order)), holds);
    Open(R::days(list)).execute(&mut connection).await.map(drop)
}

/// The records of a page in the order of a column, and where the last of them stands if there are more.
async fn sorted<R: Listed>(
    connection: &AsyncPgConnection,
    filter: &R::Filter,
    wanted: Option<&Wanted>,
    view: &View,
    page: &PageRequest<R::Sort>,
) -> QueryResult<(Vec<R>, Option<Position>)> {
    let order = R::order(filter, page.sort);
    let list = |limit| listed::<R>(filter, view, order, page.after.as_ref(), limit);
    let Some(wanted) = wanted else {
        let rows = R::rows(connection, list(page.limit + 1)).await?;
        let (rows, next) = page.cut(rows, |row| R::position(row, page.sort));
        return Ok((R::whole(connection, rows, view).await?, next));
    };
    let list = |holds, limit| R::days(with(list(limit), holds));
    let found = finding::first(connection, &wanted.holds(R::TYPE), page.limit + 1, list).await?;
    let ids: Vec<Uuid> = found.into_iter().map(|(_, id)| id).collect();
    let records = R::of_ids(connection, Among::each(&ids), view).await?;
    Ok(page.cut(records, |record| R::position(record.row(), page.sort)))
}

/// The first so many that fit a filter, in an order and behind a position, whatever words they hold.
fn listed<'a, R: Listed>(
    filter: &'a R::Filter,
    view: &'a View,
    order: Order,
    after: Option<&Position>,
    limit: i64,
) -> R::List<'a> {
    let list = R::matching(filter, view).order(OrderBy(order)).limit(limit);
    match after {
        Some(position) => list.filter(Behind::new(order, position.clone())),
        None => list,
    }
}

/// A list, if words are named of those alone that hold them.
pub(crate) fn with<L: FilterDsl<Holds, Output = L>>(list: L, holds: Option<Holds>) -> L {
    match holds {
        Some(holds) => list.filter(holds),
        None => list,
    }
}
