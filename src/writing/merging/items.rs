//! The items of a record that merges move: led to what took the place of the merged, and back.
//!
//! Of every such item is kept what it was before any merge. What it is now follows from that and from the merges that
//! stand: each of its references leads to the survivor. So merges can be undone in any order.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::history::RecordType;
use crate::writing::references::{Pattern, unique_list};

use super::arranging::arrange;

/// The most that a mention counts.
const MOST_MENTIONS: i64 = 100_000;

/// What took the place of merged records.
pub(super) type Survivors = HashMap<(RecordType, Uuid), Uuid>;

/// An item that leads elsewhere than it was written, or that was taken over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MovedItem {
    /// The list or member that it stands in.
    pub(super) member: String,
    /// Its place in the list.
    pub(super) position: usize,
    /// The merged record that it was taken over from.
    pub(super) owner: Option<Uuid>,
    /// What it was before any merge.
    pub(super) origin: Value,
    /// The item that stands for it; none if that would lead to its own record.
    pub(super) current: Option<Value>,
    /// Whether that is another item, which says the same.
    pub(super) shared: bool,
}

impl MovedItem {
    /// How often it counts towards an item that it shares: mentions of one entity add up.
    pub(super) fn count(&self) -> i64 {
        if self.owner.is_none() { count(&self.origin) } else { 0 }
    }

    /// Follows a change of the item that stands for it: what an editor changed stays so wherever merges lead.
    fn change(&mut self, old: &Value, new: &Value) {
        let is_list_of_one_each = unique_list(&format!("/{}", self.member)).is_some();
        if !(self.shared && is_list_of_one_each) {
            add_count(&mut self.origin, count(new) - count(old));
            for (name, value) in new.as_object().into_iter().flatten() {
                if name != "count" && old[name] != *value {
                    self.origin[name] = value.clone();
                }
            }
        }
        self.current = Some(new.clone());
    }

    /// Whether it has an item of its own.
    fn has_own(&self, item: &Value) -> bool {
        !self.shared && self.current.as_ref() == Some(item)
    }
}

/// A record of which items are moved.
#[derive(Debug)]
pub(super) struct Holder<'a> {
    /// Its type and id.
    pub(super) is: (RecordType, Uuid),
    /// Where it refers to others.
    pub(super) patterns: &'a [Pattern],
    /// Its content.
    pub(super) content: Value,
    /// Its moved items, in the order in which they were moved.
    pub(super) moved: Vec<MovedItem>,
}

impl Holder<'_> {
    /// Every id that an item refers to, with its type.
    pub(super) fn references(&self, member: &str, item: &Value) -> Vec<(RecordType, Uuid)> {
        let references = self.members(member).into_iter();
        references.filter_map(|(name, of)| Some((of, id_of(part(item, name))?))).collect()
    }

    /// The members of an item that refer to others; the empty one is the item itself.
    pub(super) fn members(&self, member: &str) -> Vec<(&'static str, RecordType)> {
        let patterns = self.patterns.iter().filter_map(|(pattern, of)| {
            let rest = pattern.strip_prefix('/')?.strip_prefix(member)?;
            (rest.is_empty() || rest.starts_with('/'))
                .then(|| (rest.trim_start_matches("/*").trim_start_matches('/'), *of))
        });
        patterns.collect()
    }

    /// Remembers each item that refers to a record and is not remembered yet as it is.
    pub(super) fn remember(&mut self, target: (RecordType, Uuid)) {
        let members: BTreeSet<&str> =
            self.patterns.iter().filter_map(|(pattern, _)| pattern.split('/').nth(1)).collect();
        for member in members {
            let list = items(&self.content[member]);
            for (position, item) in list.iter().enumerate() {
                if !self.references(member, item).contains(&target) {
                    continue;
                }
                // An item may stand there twice.
                let before = list[..position].iter().filter(|other| *other == item).count();
                let known = self.moved.iter().filter(|moved| moved.member == *member && moved.has_own(item)).count();
                if before < known {
                    continue;
                }
                let shares = |moved: &&MovedItem| moved.member == *member && moved.current.as_ref() == Some(item);
                let mut origin = item.clone();
                add_count(&mut origin, -self.moved.iter().filter(shares).map(MovedItem::count).sum::<i64>());
                let (member, current) = (member.to_owned(), Some(item.clone()));
                self.moved.push(MovedItem { member, position, owner: None, origin, current, shared: false });
            }
        }
    }

    /// Follows what an editor makes of the content: which items are still there, though changed, and which are gone.
    pub(super) fn follow(&mut self, content: Value) {
        let members: BTreeSet<String> = self.moved.iter().map(|moved| moved.member.clone()).collect();
        for member in members {
            let (old, new) = (items(&self.content[&member]), items(&content[&member]));
            let mut added: Vec<&Value> = new.iter().collect();
            for item in old {
                if let Some(same) = added.iter().position(|added| *added == item) {
                    added.remove(same);
                }
            }
            let mut gone: Vec<Value> = Vec::new();
            for moved in self.moved.iter().filter(|moved| moved.member == member) {
                if let Some(current) = moved.current.as_ref().filter(|current| !new.contains(current))
                    && !gone.contains(current)
                {
                    gone.push(current.clone());
                }
            }
            // First those that are known by more, then those of which only the records that they lead to are the same.
            let names: Vec<&str> = self.members(&member).into_iter().map(|(name, _)| name).collect();
            let leads_alike = |one: &Value, other: &Value| {
                !names.is_empty() && names.iter().all(|name| part(one, name) == part(other, name))
            };
            let akin = |one: &Value, other: &Value| is_akin(&member, one, other);
            for alike in [&akin as &dyn Fn(&Value, &Value) -> bool, &leads_alike] {
                gone.retain(|current| {
                    let candidates = added.iter().enumerate().filter(|(_, item)| alike(item, current));
                    let Some(found) = candidates.max_by_key(|(_, item)| likeness(item, current)).map(|(at, _)| at)
                    else {
                        return true;
                    };
                    let item = added.remove(found);
                    for moved in self.moved.iter_mut().filter(|moved| moved.member == member) {
                        if moved.current.as_ref() == Some(current) {
                            moved.change(current, item);
                        }
                    }
                    false
                });
            }
            self.moved.retain(|moved| {
                moved.member != member || moved.current.as_ref().is_none_or(|current| !gone.contains(current))
            });
        }
        self.content = content;
    }

    /// Takes over what another record has in these lists, and its name.
    pub(super) fn take_over(&mut self, other: &Holder<'_>, lists: &[&str]) {
        let name = &other.content["name"];
        if lists.contains(&"aliases") && *name != self.content["name"] {
            self.take("aliases", other.is.1, json!({ "name": name, "language": null }));
        }
        for list in lists {
            for item in items(&other.content[list]) {
                let stands_for: Vec<&MovedItem> = other
                    .moved
                    .iter()
                    .filter(|moved| moved.member == *list && moved.current.as_ref() == Some(item))
                    .collect();
                if *list == "aliases" && item["name"] == self.content["name"] {
                    continue;
                }
                if !stands_for.iter().any(|moved| moved.owner.is_some() && !moved.shared) {
                    let own = stands_for.iter().find(|moved| !moved.shared);
                    self.take(list, other.is.1, own.map_or(item, |moved| &moved.origin).clone());
                }
                for moved in stands_for.into_iter().filter(|moved| moved.shared || moved.owner.is_some()) {
                    self.take(list, moved.owner.unwrap_or(other.is.1), moved.origin.clone());
                }
            }
            // What would lead to its own record may lead elsewhere one day.
            for moved in other.moved.iter().filter(|moved| moved.member == *list && moved.current.is_none()) {
                self.take(list, moved.owner.unwrap_or(other.is.1), moved.origin.clone());
            }
        }
    }

    fn take(&mut self, member: &str, owner: Uuid, origin: Value) {
        let member = member.to_owned();
        let position = usize::from(u16::MAX);
        self.moved.push(MovedItem { member, position, owner: Some(owner), origin, current: None, shared: false });
    }

    /// Leads every moved item to where it belongs by the merges that stand, and gives back what was taken over from those
    /// who leave.
    pub(super) fn arrange(&mut self, survivors: &Survivors, leaving: &HashSet<Uuid>) {
        let members: BTreeSet<String> = self.moved.iter().map(|moved| moved.member.clone()).collect();
        for member in members {
            let moved = std::mem::take(&mut self.moved);
            let (moved, others) = moved.into_iter().partition(|moved| moved.member == member);
            self.moved = others;
            let (mut items, moved) = arrange(self, &member, moved, survivors, leaving);
            self.moved.extend(moved);
            match &mut self.content[&member] {
                Value::Array(list) => *list = items,
                single => *single = items.pop().unwrap_or_default(),
            }
        }
    }
}

/// The items of a list; of a member that holds one alone, that one.
pub(super) fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        Value::Null => &[],
        single => std::slice::from_ref(single),
    }
}

/// The part of an item that refers to another record; without a name, the item itself.
pub(super) fn part<'a>(item: &'a Value, name: &str) -> &'a Value {
    if name.is_empty() { item } else { &item[name] }
}

/// As [`part`], to be changed.
pub(super) fn part_mut<'a>(item: &'a mut Value, name: &str) -> &'a mut Value {
    if name.is_empty() { item } else { &mut item[name] }
}

/// The id of a reference.
pub(super) fn id_of(reference: &Value) -> Option<Uuid> {
    reference.get("id")?.as_str()?.parse().ok()
}

/// Adds to the count of a mention, or takes from it; other items have none.
pub(super) fn add_count(item: &mut Value, number: i64) {
    if let Some(count) = item.get("count").and_then(Value::as_i64) {
        item["count"] = (count + number).clamp(1, MOST_MENTIONS).into();
    }
}

fn count(item: &Value) -> i64 {
    item.get("count").and_then(Value::as_i64).unwrap_or_default()
}

/// How many members of two items are equal.
fn likeness(one: &Value, other: &Value) -> usize {
    one.as_object().into_iter().flatten().filter(|(name, value)| other[*name] == **value).count()
}

/// Whether one of two items is enough.
pub(super) fn says_the_same(member: &str, one: &Value, other: &Value) -> bool {
    if member == "aliases" || unique_list(&format!("/{member}")).is_some() {
        return is_akin(member, one, other);
    }
    one == other
}

/// Whether two items may be the same of which other members were changed.
pub(super) fn is_akin(member: &str, one: &Value, other: &Value) -> bool {
    let keys: &[&str] = match member {
        "mentions" => &["entity"],
        "sources" => &["article"],
        "participants" => &["entity", "role"],
        "figures" => &["measure", "claimant"],
        "legal_steps" => &["entity", "step"],
        "relations" => &["relation", "entity", "incident"],
        "aliases" => &["name"],
        "identifiers" => &["scheme"],
        _ => return one == other,
    };
    keys.iter().all(|key| one[key] == other[key])
}
