//! Moved items, as they are stored.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::items::{Holder, MovedItem, Survivors};
use crate::db::schema::moved_items;
use crate::history::RecordType;

/// A statement takes at most 65,535 values.
const ROWS: usize = 5000;

/// The moved items of records, by record.
///
/// # Errors
/// The database fails.
pub(super) async fn load(
    connection: &mut AsyncPgConnection,
    holder_type: RecordType,
    holders: &[Uuid],
) -> QueryResult<HashMap<Uuid, Vec<MovedItem>>> {
    type Row = (Uuid, String, i32, Option<Uuid>, Value, Option<Value>, bool);
    let rows: Vec<Row> = moved_items::table
        .filter(moved_items::holder_type.eq(holder_type.code()))
        .filter(moved_items::holder_id.eq_any(holders))
        .order(moved_items::id)
        .select((
            moved_items::holder_id,
            moved_items::member,
            moved_items::position,
            moved_items::owner_id,
            moved_items::origin,
            moved_items::current,
            moved_items::shared,
        ))
        .load(connection)
        .await?;
    let mut moved: HashMap<Uuid, Vec<MovedItem>> = HashMap::new();
    for (holder, member, position, owner, origin, current, shared) in rows {
        let position = usize::try_from(position).unwrap_or_default();
        moved.entry(holder).or_default().push(MovedItem { member, position, owner, origin, current, shared });
    }
    Ok(moved)
}

/// Stores what is moved of records of one resource, in the place of what was.
///
/// # Errors
/// The database refuses it.
pub(super) async fn store(
    connection: &mut AsyncPgConnection,
    holder_type: RecordType,
    holders: &[Holder<'_>],
) -> QueryResult<()> {
    let ids: Vec<Uuid> = holders.iter().map(|holder| holder.is.1).collect();
    let before = moved_items::table
        .filter(moved_items::holder_type.eq(holder_type.code()))
        .filter(moved_items::holder_id.eq_any(ids));
    diesel::delete(before).execute(connection).await?;
    let rows: Vec<_> = holders
        .iter()
        .flat_map(|holder| holder.moved.iter().map(move |moved| (holder, moved)))
        .map(|(holder, moved)| {
            let references = holder.references(&moved.member, &moved.origin);
            let leads_to: Vec<String> = references.into_iter().map(|(_, id)| id.to_string()).collect();
            (
                moved_items::holder_type.eq(holder_type.code()),
                moved_items::holder_id.eq(holder.is.1),
                moved_items::member.eq(&moved.member),
                moved_items::position.eq(i32::try_from(moved.position).unwrap_or(i32::MAX)),
                moved_items::owner_id.eq(moved.owner),
                moved_items::origin.eq(&moved.origin),
                moved_items::leads_to.eq(leads_to),
                moved_items::current.eq(&moved.current),
                moved_items::shared.eq(moved.shared),
            )
        })
        .collect();
    for rows in rows.chunks(ROWS) {
        diesel::insert_into(moved_items::table).values(rows).execute(connection).await?;
    }
    Ok(())
}

/// The records of which items led to one of these ids before any merge, or were taken over from one.
///
/// # Errors
/// The database fails.
pub(super) async fn holders(
    connection: &mut AsyncPgConnection,
    holder_type: RecordType,
    ids: &BTreeSet<Uuid>,
) -> QueryResult<Vec<Uuid>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        holder_id: Uuid,
    }
    let query = "
        SELECT holder_id FROM moved_items WHERE holder_type = $1 AND leads_to && $2
        UNION SELECT holder_id FROM moved_items WHERE holder_type = $1 AND owner_id = ANY($3)
        ORDER BY holder_id";
    let found: Vec<Found> = diesel::sql_query(query)
        .bind::<Text, _>(holder_type.code())
        .bind::<Array<Text>, _>(ids.iter().map(Uuid::to_string).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(ids.iter().copied().collect::<Vec<_>>())
        .load(connection)
        .await?;
    Ok(found.into_iter().map(|found| found.holder_id).collect())
}

/// What took the place of the records that moved items led to before any merge.
///
/// # Errors
/// The database fails.
pub(super) async fn survivors(connection: &mut AsyncPgConnection, holders: &[Holder<'_>]) -> QueryResult<Survivors> {
    #[derive(QueryableByName)]
    struct Led {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = SqlUuid)]
        merged_into: Uuid,
    }
    let moved = holders.iter().flat_map(|holder| holder.moved.iter().map(move |moved| (holder, moved)));
    let references: BTreeSet<(RecordType, Uuid)> =
        moved.flat_map(|(holder, moved)| holder.references(&moved.member, &moved.origin)).collect();
    let mut survivors = Survivors::new();
    for of in [RecordType::Article, RecordType::Entity, RecordType::Incident] {
        let ids: Vec<Uuid> = references.iter().filter(|(found, _)| *found == of).map(|(_, id)| *id).collect();
        if ids.is_empty() {
            continue;
        }
        let query =
            format!("SELECT id, merged_into FROM {} WHERE id = ANY($1) AND merged_into IS NOT NULL", of.plural());
        let led: Vec<Led> = diesel::sql_query(query).bind::<Array<SqlUuid>, _>(ids).load(connection).await?;
        survivors.extend(led.into_iter().map(|led| ((of, led.id), led.merged_into)));
    }
    Ok(survivors)
}
