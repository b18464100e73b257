//! What an index holds of a name, and what it is asked for.

use std::collections::BTreeSet;

use super::codes::{code, codes};
use super::score::Name;

/// The most words of a name that are combined with the initials of the others.
const MOST_WITH_INITIALS: usize = 5;

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
    /// Sets of words that a name should have, each set joined by spaces: two words are rarer than each of them.
    pub tokens: Vec<String>,
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
            for (index, token) in tokens.iter().enumerate() {
                let others = tokens.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
                codes.extend(others.filter_map(|other| with_initial(other.chars().next()?, token)));
            }
        }
        let key = tokens.join(" ");
        let tokens: BTreeSet<String> = tokens.into_iter().collect();
        Self { key, tokens: tokens.into_iter().collect(), codes: codes.into_iter().collect() }
    }
}

/// How a word with an initial is found: by the sound of the one and the class of the other.
fn with_initial(initial: char, token: &str) -> Option<String> {
    let code = code(token)?;
    initial.is_ascii_lowercase().then(|| format!("{initial}.{code}"))
}

impl Probes {
    /// For a name as it is asked for.
    pub fn of(text: &str) -> Self {
        let name = Name::new(text);
        let words = name.telling();
        let mut tokens = pairs(&words);
        tokens.extend(words.iter().cloned());
        let mut codes: Vec<String> = Vec::new();
        let of_words: Vec<String> = words.iter().filter_map(|word| code(word)).collect();
        codes.extend(pairs(&of_words));
        for firsts in name.initials().take(2) {
            for first in firsts {
                codes.extend(words.iter().take(3).filter_map(|word| with_initial(first, word)));
            }
        }
        codes.extend(super::codes::codes(&words));
        Self { key: words.join(" "), tokens, codes }
    }
}

/// Every two of the first few, joined by a space.
fn pairs(words: &[String]) -> Vec<String> {
    let words = &words[..words.len().min(MOST_WITH_INITIALS)];
    let mut pairs = Vec::new();
    for (index, one) in words.iter().enumerate() {
        pairs.extend(words[index + 1..].iter().filter(|other| *other != one).map(|other| format!("{one} {other}")));
    }
    pairs
}
