//! Moving the items of one list: each is picked up from where it stands and put down where it belongs.

use std::collections::HashSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::items::{Holder, MovedItem, Survivors, add_count, id_of, items, part, part_mut, says_the_same};

/// The items of a list as they are to be by the merges that stand, and what stays moved of them.
pub(super) fn arrange(
    holder: &Holder<'_>,
    member: &str,
    moved: Vec<MovedItem>,
    survivors: &Survivors,
    leaving: &HashSet<Uuid>,
) -> (Vec<Value>, Vec<MovedItem>) {
    let references = holder.members(member);
    let lead = |origin: &Value| {
        let mut target = origin.clone();
        for (name, of) in &references {
            let survivor = id_of(part(&target, name)).and_then(|id| survivors.get(&(*of, id)));
            if let Some(survivor) = survivor {
                *part_mut(&mut target, name) = json!({ "id": survivor });
            }
        }
        (!holder.references(member, &target).contains(&holder.is)).then_some(target)
    };
    let moving = |moved: MovedItem| Moving {
        target: lead(&moved.origin),
        leaves: moved.owner.is_some_and(|owner| leaving.contains(&owner)),
        moved,
        carried: None,
        done: false,
    };
    let list = List {
        member,
        references: references.iter().map(|(name, _)| *name).collect(),
        items: items(&holder.content[member]).to_vec(),
        moving: moved.into_iter().map(moving).collect(),
    };
    list.arranged()
}

/// A list whose items are moved.
struct List<'a> {
    member: &'a str,
    /// The members of an item that refer to others.
    references: Vec<&'static str>,
    items: Vec<Value>,
    moving: Vec<Moving>,
}

/// A moved item on its way.
struct Moving {
    moved: MovedItem,
    /// What it is to be; none if that would lead to its own record.
    target: Option<Value>,
    /// Whether it goes with the record that it was taken over from.
    leaves: bool,
    /// What it is while it stands nowhere, and the gap that it left.
    carried: Option<(Value, Option<usize>)>,
    /// Whether it needs no more to be remembered.
    done: bool,
}

impl Moving {
    /// Whether it is to be again what it was written as.
    fn goes_home(&self) -> bool {
        self.moved.owner.is_none() && self.target.as_ref() == Some(&self.moved.origin)
    }

    /// Whether it is to be something else than it is.
    fn goes_on(&self, references: &[&str]) -> bool {
        let leads_elsewhere = match (&self.moved.current, &self.target) {
            (Some(current), Some(target)) => references.iter().any(|name| part(current, name) != part(target, name)),
            (current, target) => current.is_some() != target.is_some(),
        };
        self.leaves || leads_elsewhere
    }
}

impl List<'_> {
    fn arranged(mut self) -> (Vec<Value>, Vec<MovedItem>) {
        let going: Vec<usize> = (0..self.moving.len()).filter(|i| self.moving[*i].goes_on(&self.references)).collect();
        // What shares an item goes first: then it is known whether the others are still needed where they stand.
        let (sharing, owning): (Vec<usize>, Vec<usize>) = going.iter().partition(|i| self.moving[**i].moved.shared);
        for i in sharing.into_iter().chain(owning) {
            self.pick_up(i);
        }
        // What goes home takes its place first: others join it.
        let (home, abroad): (Vec<usize>, Vec<usize>) = going.iter().partition(|i| self.moving[**i].goes_home());
        for i in home.into_iter().chain(abroad) {
            self.put_down(i);
        }
        self.items.retain(|item| !item.is_null());
        let kept = self.moving.into_iter().filter(|moving| !moving.done).map(|moving| moving.moved);
        (self.items, kept.collect())
    }

    fn pick_up(&mut self, i: usize) {
        let moved = &mut self.moving[i].moved;
        let (count, was_shared) = (moved.count(), std::mem::take(&mut moved.shared));
        let carried = self.moving[i].target.clone().unwrap_or_default();
        let Some(current) = self.moving[i].moved.current.take() else {
            self.moving[i].carried = Some((carried, None));
            return;
        };
        let Some(at) = self.items.iter().position(|item| *item == current) else { return };
        let heir =
            self.moving.iter().position(|other| other.moved.shared && other.moved.current.as_ref() == Some(&current));
        if was_shared || heir.is_some() {
            if let Some(heir) = heir.filter(|_| !was_shared) {
                self.moving[heir].moved.shared = false;
            }
            self.add_count(at, -count);
            self.moving[i].carried = Some((carried, None));
        } else {
            self.items[at] = Value::Null;
            self.moving[i].carried = Some((carried, Some(at)));
        }
    }

    fn put_down(&mut self, i: usize) {
        let goes_home = self.moving[i].goes_home();
        let moving = &mut self.moving[i];
        let Some((item, gap)) = moving.carried.take() else {
            moving.done = true;
            return;
        };
        if moving.leaves {
            moving.done = true;
            return;
        }
        if moving.target.is_none() {
            return;
        }
        let position = moving.moved.position;
        let twin = self.items.iter().position(|other| says_the_same(self.member, other, &item));
        if let Some(twin) = twin.filter(|_| !goes_home) {
            self.add_count(twin, self.moving[i].moved.count());
            self.moving[i].moved.current = Some(self.items[twin].clone());
            self.moving[i].moved.shared = true;
            return;
        }
        self.moving[i].moved.current = Some(item.clone());
        self.moving[i].done = goes_home;
        match gap {
            Some(gap) => self.items[gap] = item,
            None => self.insert(position, item),
        }
    }

    fn insert(&mut self, position: usize, item: Value) {
        let at = position.min(self.items.len());
        self.items.insert(at, item);
        for moving in &mut self.moving {
            if let Some((_, Some(gap))) = &mut moving.carried
                && *gap >= at
            {
                *gap += 1;
            }
        }
    }

    /// Adds to the count of an item, for all who share it.
    fn add_count(&mut self, at: usize, number: i64) {
        let old = self.items[at].clone();
        add_count(&mut self.items[at], number);
        for moving in &mut self.moving {
            if moving.moved.current.as_ref() == Some(&old) {
                moving.moved.current = Some(self.items[at].clone());
            }
        }
    }
}
