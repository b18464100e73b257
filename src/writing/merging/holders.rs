//! Moving the items of stored records.

use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::items::{Holder, MovedItem};
use super::{Found, moves, typed};
use crate::history::{Author, RecordType};
use crate::http::fault::{Fault, FaultCode};
use crate::http::problem::Problem;
use crate::writing::stored::{Next, Stored, lock_all, save_moved};
use crate::writing::{Check, NewRecord};

/// So many records are changed together.
const TOGETHER: usize = 500;

/// So many bytes of them, as they are compressed on disk, if they are more than one.
const MOST_BYTES: i32 = 2 * 1024 * 1024;

/// A record that the program itself put together.
///
/// # Errors
/// 422 with what is wrong with it.
fn checked<R: NewRecord>(content: Value) -> Result<R, Problem> {
    let record: R = typed(content)?;
    let mut check = Check::default();
    record.check(&mut check);
    check.refuse()?;
    Ok(record)
}

/// Gives the survivor what it lacks of the merged record.
pub(super) async fn take_over<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    merged: &Stored,
    survivor: Stored,
    author: &Author,
) -> Result<(), Problem> {
    let mut moved = moves::load(connection, R::TYPE, &[merged.id, survivor.id]).await?;
    let mut holder = |stored: &Stored| holder::<R>(stored, moved.remove(&stored.id).unwrap_or_default());
    let (giving, mut taking) = (holder(merged), holder(&survivor));
    taking.remember((R::TYPE, merged.id));
    taking.take_over(&giving, R::TAKEN_OVER);
    let mut holders = [taking];
    let survivors = moves::survivors(connection, &holders).await?;
    holders[0].arrange(&survivors, &HashSet::new());
    moves::store(connection, R::TYPE, &holders).await?;
    let [taking] = holders;
    let record = checked::<R>(taking.content).map_err(cannot_take_over)?;
    save_moved(connection, &[Next::of(survivor, record)], author).await?;
    Ok(())
}

fn holder<R: NewRecord>(stored: &Stored, moved: Vec<MovedItem>) -> Holder<'static> {
    Holder { is: (R::TYPE, stored.id), patterns: R::REFERENCES, content: stored.content.clone(), moved }
}

/// Leads the records of a resource that refer to a merged record to what took its place.
pub(super) async fn redirect<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    merged: (RecordType, Uuid),
    author: &Author,
) -> Result<(), Problem> {
    let ids = referrers(connection, R::TYPE, merged).await?;
    rearrange::<R>(connection, &ids, |holder| holder.remember(merged), &BTreeSet::new(), author).await
}

/// Leads the records of a resource back to those that return, and takes from them what these had given.
pub(super) async fn give_back<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    returning: &BTreeSet<Uuid>,
    author: &Author,
) -> Result<(), Problem> {
    let ids = moves::holders(connection, R::TYPE, returning).await?;
    rearrange::<R>(connection, &ids, |_| {}, returning, author).await
}

/// Moves the items of records of a resource to where they belong by the merges that stand. `returning` are records that
/// take back what others took over from them.
async fn rearrange<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    ids: &[Uuid],
    prepare: impl Fn(&mut Holder<'_>),
    returning: &BTreeSet<Uuid>,
    author: &Author,
) -> Result<(), Problem> {
    for ids in groups(connection, R::TYPE, ids).await? {
        let standing = lock_all::<R>(connection, &ids).await?;
        let mut moved = moves::load(connection, R::TYPE, &ids).await?;
        let holder = |stored: &Stored| {
            let mut holder = holder::<R>(stored, moved.remove(&stored.id).unwrap_or_default());
            prepare(&mut holder);
            holder
        };
        let mut holders: Vec<Holder<'_>> = standing.iter().map(holder).collect();
        let survivors = moves::survivors(connection, &holders).await?;
        let everything: HashSet<Uuid> = returning.iter().copied().collect();
        for holder in &mut holders {
            // Those who return together keep what they had of each other.
            let leaving = if returning.contains(&holder.is.1) { &HashSet::new() } else { &everything };
            holder.arrange(&survivors, leaving);
        }
        moves::store(connection, R::TYPE, &holders).await?;
        let changed = standing.into_iter().zip(holders).map(|(stored, holder)| {
            let record = checked::<R>(holder.content).map_err(|problem| cannot_come_back(problem, holder.is))?;
            Ok(Next::of(stored, record))
        });
        let changed: Vec<Next<R>> = changed.collect::<Result<_, Problem>>()?;
        save_moved(connection, &changed, author).await?;
    }
    Ok(())
}

/// The records of a resource that refer to the merged record.
pub(super) async fn referrers(
    connection: &mut AsyncPgConnection,
    holder: RecordType,
    merged: (RecordType, Uuid),
) -> QueryResult<Vec<Uuid>> {
    let query = "
        SELECT DISTINCT record_id AS id FROM links
        WHERE record_type = $1 AND target_type = $2 AND target_id = $3 ORDER BY record_id";
    let found: Vec<Found> = diesel::sql_query(query)
        .bind::<Text, _>(holder.code())
        .bind::<Text, _>(merged.0.code())
        .bind::<SqlUuid, _>(merged.1)
        .load(connection)
        .await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

/// What is wrong is the survivor as it would be, which the body only names.
fn cannot_take_over(problem: Problem) -> Problem {
    let Problem::InvalidContent(faults) = problem else { return problem };
    let fault = |fault: Fault| {
        let detail = format!("would not be valid any more: {} {}", fault.pointer().unwrap_or_default(), fault.detail);
        Fault::body("/into", FaultCode::InvalidValue, detail)
    };
    Problem::InvalidContent(faults.into_iter().map(fault).collect())
}

/// What is wrong is no body, but a record as it would be.
pub(super) fn cannot_come_back(problem: Problem, (of, id): (RecordType, Uuid)) -> Problem {
    let Problem::InvalidContent(faults) = problem else { return problem };
    let fault = |fault: Fault| {
        let detail = format!("{of} {id}, {}: {}", fault.pointer().unwrap_or_default(), fault.detail);
        Fault::path("id", fault.code, detail)
    };
    Problem::MergeConflict(faults.into_iter().map(fault).collect())
}

/// Follows what editors make of records of which merges have moved items.
///
/// # Errors
/// The database refuses it.
pub(in crate::writing) async fn follow<R: NewRecord>(
    connection: &mut AsyncPgConnection,
    records: &[Next<R>],
) -> Result<(), Problem> {
    let ids: Vec<Uuid> = records.iter().filter(|next| next.stored.is_some()).map(|next| next.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut moved = moves::load(connection, R::TYPE, &ids).await?;
    let mut holders = Vec::new();
    for next in records {
        if let (Some(stored), Some(moved)) = (&next.stored, moved.remove(&next.id)) {
            let mut holder = holder::<R>(stored, moved);
            holder.follow(next.content()?);
            holders.push(holder);
        }
    }
    if !holders.is_empty() {
        moves::store(connection, R::TYPE, &holders).await?;
    }
    Ok(())
}

/// Records in groups that fit into memory.
async fn groups(connection: &mut AsyncPgConnection, of: RecordType, ids: &[Uuid]) -> QueryResult<Vec<Vec<Uuid>>> {
    #[derive(QueryableByName)]
    struct Sized {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Integer)]
        bytes: i32,
    }
    let query = format!(
        "SELECT id, pg_column_size(record) AS bytes FROM {} AS current
         JOIN versions ON record_type = $2 AND record_id = id AND versions.version = current.version
         WHERE id = ANY($1) ORDER BY id",
        of.plural()
    );
    let query = diesel::sql_query(query).bind::<Array<SqlUuid>, _>(ids).bind::<Text, _>(of.code());
    let (mut groups, mut bytes) = (vec![Vec::new()], 0);
    for sized in query.load::<Sized>(connection).await? {
        let full = groups.last().is_some_and(|group| group.len() >= TOGETHER || bytes + sized.bytes > MOST_BYTES);
        if full {
            groups.push(Vec::new());
            bytes = 0;
        }
        bytes += sized.bytes;
        groups.last_mut().into_iter().for_each(|group| group.push(sized.id));
    }
    groups.retain(|group| !group.is_empty());
    Ok(groups)
}
