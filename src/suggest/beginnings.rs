//! The folded beginnings that a half-typed word may stand for.

use std::collections::BTreeSet;

use crate::names::fold;

/// What names may begin with of which a word is the beginning: its own fold, and those that its last letters would have
/// with the next one. "Z" may be of "Zhaparov", whose fold begins with j, and "Tokay" of "Tokayev", where no i is heard.
pub(super) fn beginnings(word: &str) -> BTreeSet<String> {
    let own = fold::word(word);
    let length = own.chars().count();
    let mut folds = BTreeSet::from([own.clone()]);
    folds.extend(own.strip_suffix('i').map(str::to_owned));
    for next in ["h", "s", "z", "ch", "с"] {
        let fold = fold::word(&format!("{word}{next}"));
        if fold.chars().count() <= length {
            folds.insert(fold);
        }
    }
    for next in ["a", "e"] {
        let fold = fold::word(&format!("{word}{next}"));
        folds.extend(fold.strip_suffix(next).filter(|rest| rest.chars().count() == length).map(str::to_owned));
    }
    folds.remove("");
    folds
}

#[cfg(test)]
mod tests {
    use super::beginnings;
    use crate::names::fold;

    #[test]
    fn every_beginning_of_a_name_is_one_of_its_fold_whatever_follows() {
        for name in [
            "Zhaparov",
            "Tokayev",
            "Шамшиев",
            "Chyngyz",
            "Khabibullin",
            "Tsoi",
            "Cengiz",
            "Hassan",
            "Максим",
            "Profsoyuz",
            "Юлия",
        ] {
            let fold = fold::word(name);
            for (end, letter) in name.char_indices().skip(1) {
                let typed = &name[..end + letter.len_utf8()];
                let folds = beginnings(typed);
                assert!(folds.iter().any(|beginning| fold.starts_with(beginning)), "{typed}: {folds:?} of {fold}");
            }
        }
    }
}
