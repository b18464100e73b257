//! What an index holds of a name, and what it is asked for.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::codes::{code, codes};
use super::score::Name;

/// The most words of a name that are looked up: the longest, which tell most. Names of so many words have few of them in
/// common by chance.
const MOST_WORDS: usize = 4;

/// The most words of a name that are combined with the initials of the others.
const MOST_WITH_INITIALS: usize = 4;

/// The most letters that the spelling of names is compared by.
const MOST_LETTERS: usize = 120;

/// A name as an index holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its words, folded, in their order, without a patronymic.
    pub key: String,
    /// Its words, folded, each once.
    pub tokens: Vec<String>,
    /// How its words sound; and each of them with the initial of each other.
    pub codes: Vec<String>,
}

/// What to look up to find a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probes {
    /// The words that spelling is compared by.
    pub key: String,
    /// All its words, as [`Entry::tokens`] has them.
    pub same: Vec<String>,
    /// The words that a name should have, or others that are spelt alike.
    pub words: Vec<String>,
    /// Sets of codes that a name should have, each set joined by spaces.
    pub codes: Vec<String>,
}

impl Entry {
    /// Of a name as it is written.
    pub fn of(name: &str) -> Self {
        let name = Name::new(name);
        let tokens = name.telling();
        let mut codes: BTreeSet<String> = codes(&tokens).into_iter().collect();
        if tokens.len() <= MOST_WITH_INITIALS {
            codes.extend(each_with_initial(&tokens));
        }
        let key = tokens.join(" ");
        let tokens: BTreeSet<String> = tokens.into_iter().collect();
        Self { key, tokens: tokens.into_iter().collect(), codes: codes.into_iter().collect() }
    }
}

impl Probes {
    /// For a name as it is asked for.
    pub fn of(text: &str) -> Self {
        let name = Name::new(text);
        let all = name.telling();
        let words = longest(&all);
        let of_words: Vec<String> = words.iter().filter_map(|word| code(word)).collect();
        let mut codes = pairs(&of_words);
        for first in name.initials().take(2).flatten() {
            codes.extend(words.iter().take(3).filter_map(|word| with_initial(first, word)));
        }
        if all.len() <= MOST_WITH_INITIALS {
            codes.extend(each_with_initial(&words));
        }
        codes.extend(super::codes::codes(&words));
        let mut seen = BTreeSet::new();
        codes.retain(|code| seen.insert(code.clone()));
        let same: BTreeSet<String> = all.iter().cloned().collect();
        Self { key: key(&all), same: same.into_iter().collect(), words, codes }
    }
}

/// Each word with the initial of each other: that finds it when the other is misspelt, and not among all who have it.
fn each_with_initial(words: &[String]) -> Vec<String> {
    let mut codes = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let others = words.iter().enumerate().filter(|(other, _)| *other != index);
        codes.extend(others.filter_map(|(_, other)| with_initial(other.chars().next()?, word)));
    }
    codes
}

/// How a word with an initial is found: by the class of the one, of letters that spellings confuse, and the sound of the other.
fn with_initial(initial: char, token: &str) -> Option<String> {
    let code = code(token)?;
    let class = match initial {
        'a' | 'e' | 'i' | 'o' | 'u' => 'a',
        'g' | 'h' | 'k' => 'k',
        'c' | 'j' | 's' | 'w' | 'z' => 's',
        'b' | 'p' => 'p',
        'd' | 't' => 't',
        'f' | 'v' => 'v',
        other => other,
    };
    class.is_ascii_lowercase().then(|| format!("{class}.{code}"))
}

/// The longest of some words, each once, in their order.
fn longest(words: &[String]) -> Vec<String> {
    let mut each: Vec<(usize, &String)> = words.iter().enumerate().collect();
    each.sort_by_key(|(index, word)| (Reverse(word.len()), *word, *index));
    each.dedup_by_key(|(_, word)| *word);
    each.truncate(MOST_WORDS);
    each.sort_unstable();
    each.into_iter().map(|(_, word)| word.clone()).collect()
}

/// Words as one text, as far as they are compared.
fn key(words: &[String]) -> String {
    let mut key = words.join(" ");
    key.truncate(key.floor_char_boundary(MOST_LETTERS));
    key
}

/// Every two of some, joined by a space.
fn pairs(words: &[String]) -> Vec<String> {
    let mut pairs = Vec::new();
    for (index, one) in words.iter().enumerate() {
        pairs.extend(words[index + 1..].iter().filter(|other| *other != one).map(|other| format!("{one} {other}")));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::{Entry, Probes};

    #[test]
    fn a_misspelt_word_is_found_by_its_first_letter_and_the_other_word() {
        let entry = Entry::of("Islam Karimov");
        for name in ["Ислам Кариов", "Islom Qarmiov", "K. Islam", "I. Karimov"] {
            assert!(Probes::of(name).codes.iter().any(|code| entry.codes.contains(code)), "{name} {entry:?}");
        }
    }

    #[test]
    fn however_long_a_name_is_few_of_its_words_are_looked_up() {
        let long: Vec<String> = (0..100).map(|number| format!("ministry{number} {number}")).collect();
        let probes = Probes::of(&long.join(" "));
        assert!(probes.key.len() <= 120, "{probes:?}");
        assert_eq!(probes.words.len(), 4);
        assert!(probes.codes.len() < 40, "{probes:?}");
        let one = Probes::of(&"щ".repeat(500));
        assert_eq!((one.words.len(), one.codes.len()), (1, 0));
    }
}
