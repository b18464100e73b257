//! The references of a record that is written: found in its JSON, looked up, and replaced by ids.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::NewRecord;
use crate::codebook::Vocabulary;
use crate::history::RecordType;
use crate::http::fault::{Fault, FaultCode};
use crate::values::RecordKey;

/// Where a resource refers to others: a JSON pointer in which `*` is any item of a list, and what it leads to.
pub type Pattern = (&'static str, RecordType);

/// The places of a record where it refers to others, with what each leads to. A null refers to nothing.
pub fn places(record: &Value, patterns: &[Pattern]) -> Vec<(String, RecordType)> {
    let mut found = Vec::new();
    for (pattern, target) in patterns {
        walk(record, pattern, String::new(), &mut |pointer| found.push((pointer, *target)));
    }
    found
}

fn walk(value: &Value, rest: &str, pointer: String, found: &mut impl FnMut(String)) {
    let Some(rest) = rest.strip_prefix('/') else {
        if !value.is_null() {
            found(pointer);
        }
        return;
    };
    let (member, rest) = rest.find('/').map_or((rest, ""), |end| rest.split_at(end));
    match value {
        Value::Array(items) if member == "*" => {
            for (i, item) in items.iter().enumerate() {
                walk(item, rest, format!("{pointer}/{i}"), found);
            }
        }
        Value::Object(members) => {
            if let Some(value) = members.get(member) {
                walk(value, rest, format!("{pointer}/{member}"), found);
            }
        }
        _ => {}
    }
}

/// The list that a reference stands in, if it may stand there once.
pub fn unique_list(pointer: &str) -> Option<&str> {
    let list = pointer.split('/').nth(1)?;
    ["mentions", "sources"].contains(&list).then_some(list)
}

/// The record that refers.
#[derive(Clone, Copy, Debug)]
pub struct Referrer {
    /// Its type and id.
    pub is: (RecordType, Uuid),
    /// Whether it is published, so that it may refer to published records alone.
    pub published: bool,
    /// Whether anybody may read it, so that it may not refer to records of internal datasets.
    pub public: bool,
}

/// A record that is referred to.
#[derive(Clone, Debug, QueryableByName)]
struct Target {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    dataset: String,
    #[diesel(sql_type = Nullable<Text>)]
    external_id: Option<String>,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    merged_into: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    public: bool,
}

/// Every record that others refer to, by its id and by its dataset and external id.
#[derive(Debug, Default)]
pub struct Targets(HashMap<(RecordType, RecordKey), Target>);

impl Targets {
    /// Looks up what records refer to. It is locked against being withdrawn until the transaction ends.
    ///
    /// # Errors
    /// The database fails.
    pub async fn of(
        connection: &mut AsyncPgConnection,
        records: impl Iterator<Item = &Value>,
        patterns: &[Pattern],
    ) -> QueryResult<Self> {
        let mut wanted: BTreeMap<RecordType, BTreeSet<RecordKey>> = BTreeMap::new();
        for record in records {
            for (pointer, target) in places(record, patterns) {
                if let Some(Ok(key)) = record.pointer(&pointer).map(RecordKey::deserialize) {
                    wanted.entry(target).or_default().insert(key);
                }
            }
        }
        let mut targets = Self::default();
        for (of, keys) in wanted {
            for found in load(connection, of, &keys).await? {
                targets.add(of, found);
            }
        }
        Ok(targets)
    }

    /// Adds a record that is being written and may be referred to by those that are written with it.
    pub fn add_new<R: NewRecord>(&mut self, id: Uuid, record: &R, public: bool) {
        let (dataset, external_id) = record.key();
        let target = Target {
            id,
            dataset: dataset.to_string(),
            external_id: external_id.map(ToString::to_string),
            state: record.state().code().to_owned(),
            merged_into: None,
            public,
        };
        self.add(R::TYPE, target);
    }

    fn add(&mut self, of: RecordType, target: Target) {
        if let Some(external_id) = &target.external_id
            && let (Ok(dataset), Ok(external_id)) = (target.dataset.parse(), external_id.parse())
        {
            self.0.insert((of, RecordKey::External(dataset, external_id)), target.clone());
        }
        self.0.insert((of, RecordKey::Id(target.id)), target);
    }

    /// Puts `{"id": …}` into the place of every reference that may stand, and names the others.
    pub fn put(&self, record: &mut Value, patterns: &[Pattern], referrer: Referrer, faults: &mut Vec<Fault>) {
        let mut standing = BTreeSet::new();
        for (pointer, target) in places(record, patterns) {
            let allowed = match record.pointer(&pointer).map(RecordKey::deserialize) {
                Some(Ok(key)) => allowed(target, self.0.get(&(target, key)), referrer),
                Some(Err(error)) => Err((FaultCode::InvalidValue, error.to_string())),
                None => continue,
            };
            let allowed = allowed.and_then(|id| match unique_list(&pointer) {
                Some(list) if !standing.insert((list.to_owned(), id)) => {
                    Err((FaultCode::Duplicate, "stands here twice".to_owned()))
                }
                _ => Ok(id),
            });
            match (allowed, record.pointer_mut(&pointer)) {
                (Ok(id), Some(place)) => *place = json!({ "id": id }),
                (Err((code, detail)), _) => faults.push(Fault::body(pointer, code, detail)),
                (Ok(_), None) => {}
            }
        }
    }
}

fn allowed(target: RecordType, found: Option<&Target>, referrer: Referrer) -> Result<Uuid, (FaultCode, String)> {
    let Some(found) = found else {
        return Err((FaultCode::UnknownReference, format!("there is no such {target}")));
    };
    let unavailable = |detail: String| Err((FaultCode::UnavailableReference, detail));
    match (found.state.as_str(), found.merged_into) {
        (_, Some(survivor)) => unavailable(format!("the {target} was merged into {survivor}; refer to that one")),
        ("retracted", None) => unavailable(format!("the {target} was withdrawn")),
        ("draft", None) if referrer.published => {
            unavailable(format!("the {target} is a draft, and a published record refers to published ones alone"))
        }
        _ if referrer.public && !found.public => {
            unavailable(format!("the {target} is of the internal dataset {}, and this record is public", found.dataset))
        }
        _ if referrer.is == (target, found.id) => Err((FaultCode::InvalidValue, "is the record itself".to_owned())),
        _ => Ok(found.id),
    }
}

async fn load(
    connection: &mut AsyncPgConnection,
    target: RecordType,
    keys: &BTreeSet<RecordKey>,
) -> QueryResult<Vec<Target>> {
    let (mut ids, mut datasets, mut external_ids) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        match key {
            RecordKey::Id(id) => ids.push(*id),
            RecordKey::External(dataset, external_id) => {
                datasets.push(dataset.as_str());
                external_ids.push(external_id.as_str());
            }
        }
    }
    let table = target.plural();
    let columns = "record.id, record.dataset, external_id, state, merged_into, access = 'public' AS public";
    let mut found: Vec<Target> = Vec::new();
    if !ids.is_empty() {
        // A lock that holds up those alone who withdraw or merge the records: writers who refer to one another's do not wait.
        let query = format!(
            "SELECT {columns} FROM {table} AS record JOIN datasets ON slug = record.dataset
             WHERE record.id = ANY($1) ORDER BY record.id FOR KEY SHARE OF record"
        );
        found.extend(diesel::sql_query(query).bind::<Array<SqlUuid>, _>(ids).load(connection).await?);
    }
    if !datasets.is_empty() {
        let columns = columns.replace("external_id", "record.external_id");
        let query = format!(
            "SELECT {columns} FROM unnest($1, $2) AS key (dataset, external_id)
             JOIN {table} AS record ON record.dataset = key.dataset AND record.external_id = key.external_id
             JOIN datasets ON slug = record.dataset ORDER BY record.id FOR KEY SHARE OF record"
        );
        let query = diesel::sql_query(query).bind::<Array<Text>, _>(datasets).bind::<Array<Text>, _>(external_ids);
        found.extend(query.load(connection).await?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_lists_and_members_and_null_is_none() {
        let record = json!({
            "publisher": null,
            "participants": [{ "entity": { "id": 1 } }, { "entity": null, "article": 7 }, "broken"],
            "sources": "broken"
        });
        let patterns = [
            ("/publisher", RecordType::Entity),
            ("/participants/*/entity", RecordType::Entity),
            ("/participants/*/article", RecordType::Article),
            ("/sources/*/article", RecordType::Article),
        ];
        let found = places(&record, &patterns);
        let expected =
            [("/participants/0/entity", RecordType::Entity), ("/participants/1/article", RecordType::Article)];
        assert_eq!(found, expected.map(|(pointer, target)| (pointer.to_owned(), target)));
    }
}
