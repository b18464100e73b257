//! The folded beginnings that a half-typed word may stand for.

use std::collections::BTreeSet;

use crate::names::fold;

/// What names may begin with of which a word is the beginning.
pub(super) struct Beginnings {
    /// Its own fold.
    pub(super) own: String,
    /// Those that its last letters would have with others behind them. "Z" may be of "Zhaparov", whose fold begins with j, and
    /// "Tokay" of "Tokayev", where no i is heard.
    pub(super) others: BTreeSet<String>,
}

impl Beginnings {
    pub(super) fn of(word: &str) -> Self {
        let own = fold::word(word);
        let behind = |next: &str| fold::word(&format!("{word}{next}"));
        let mut others: BTreeSet<String> =
            ["h", "s", "z", "ch", "с", "a", "e", "i", "o", "u", "о", "ё", "v", "ev"].into_iter().map(behind).collect();
        // Others change what is before them, and stand for any letter themselves.
        others.extend(
            ["b", "d", "л"]
                .into_iter()
                .filter_map(|next| Some(behind(next).strip_suffix(&fold::word(next))?.to_owned())),
        );
        others.retain(|other| !other.is_empty() && !other.starts_with(&own));
        Self { own, others }
    }

    /// All of them, its own first.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.own).chain(&self.others).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Beginnings;
    use crate::names::fold;

    const PEOPLE: &str = include_str!("../../tests/conformance/matching/data/people.tsv");

    #[test]
    fn every_beginning_of_a_name_is_one_of_its_fold_whatever_follows() {
        let names = "Zhaparov Tokayev Шамшиев Chyngyz Khabibullin Tsoi Cengiz Hassan Максим Profsoyuz Юлия";
        let people = PEOPLE.lines().filter_map(|line| line.split('\t').next_back());
        for name in std::iter::once(names).chain(people).flat_map(fold::words) {
            let fold = fold::word(&name);
            for (end, letter) in name.char_indices().skip(1) {
                let typed = &name[..end + letter.len_utf8()];
                let beginnings: Vec<String> = Beginnings::of(typed).all().map(str::to_owned).collect();
                assert!(beginnings.iter().any(|begins| fold.starts_with(begins)), "{typed}: {beginnings:?} of {fold}");
            }
        }
    }
}
