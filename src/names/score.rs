//! How alike two names are: their words are paired, the most alike first, and what is left over counts against them.

use std::cmp::Ordering;
use std::ops::Range;

use strsim::{jaro_winkler, normalized_levenshtein};

use super::fold;
use super::given::usual;

/// The most words of a name that are paired.
const MOST_WORDS: usize = 24;

/// What an initial is worth that begins the word it stands for.
const INITIAL: f64 = 0.8;

/// What a pair of an initial and a word weighs, however long the word: as much as four letters.
const INITIAL_WEIGHT: f64 = 2.0;

/// What is left of a score for each word of the longer name that has no partner.
const UNMATCHED: f64 = 0.93;

/// What is left of a score when the patronymics differ: then they are two people.
const OTHER_PATRONYMIC: f64 = 0.9;

/// How alike two patronymics are at least that may be spellings of one.
const SAME_PATRONYMIC: f64 = 0.75;

/// What a pair of patronymics weighs: a quarter of other words of eight letters.
const PATRONYMIC_WEIGHT: f64 = 0.7;

/// How alike two words written as one must be to the one word of the other name.
const JOINED: f64 = 0.9;

/// How patronymics end, in folds.
const PATRONYMICS: [&str; 17] = [
    "ovic", "evic", "avic", "ivic", "ovna", "evna", "avna", "ivna", "icna", "inicna", "uli", "ogli", "oglu", "kizi",
    "ulu", "gizi", "zade",
];

/// A name made ready to be compared.
#[derive(Clone, Debug)]
pub struct Name {
    words: Vec<Word>,
}

#[derive(Clone, Debug)]
struct Word {
    fold: String,
    sounds: String,
    length: usize,
    is_patronymic: bool,
}

/// How alike two names are, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Alignment {
    /// From 0 to 1, all told.
    pub score: f64,
    /// How alike the words are that have a partner, from 0 to 1.
    pub words: f64,
    /// How many words of the longer name have none, patronymics left aside.
    pub unmatched: usize,
    /// How many pairs are of an initial and a word.
    pub initials: usize,
    /// How alike the patronymics are, if both names have one.
    pub patronymic: Option<f64>,
}

impl Name {
    /// Makes a name ready.
    pub fn new(name: &str) -> Self {
        let spelt = fold::words(name).into_iter().take(MOST_WORDS);
        let mut words: Vec<Word> = spelt.map(|word| Word::new(&word)).filter(|word| !word.fold.is_empty()).collect();
        let is_short = words.len() < 3;
        for word in &mut words {
            word.is_patronymic &= !is_short;
        }
        Self { words }
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How alike this name is to another, whatever the order of the words of either.
    pub fn compare(&self, other: &Self) -> Alignment {
        let mut pairs = Vec::new();
        for (left, mine) in self.words.iter().enumerate() {
            pairs.extend(other.words.iter().enumerate().map(|(right, theirs)| Pair::of(left, mine, right, theirs)));
        }
        pairs.extend(joined(&self.words, &other.words));
        pairs.extend(joined(&other.words, &self.words).into_iter().map(Pair::turned));
        pairs.sort_by(Pair::most_alike_first);
        Alignment::of(self, other, &pairs)
    }
}

impl Word {
    fn new(word: &str) -> Self {
        let fold = fold::word(word);
        let is_patronymic = PATRONYMICS.iter().any(|ending| fold.len() >= ending.len() && fold.ends_with(ending));
        Self { sounds: fold::sounds(word), length: fold.chars().count(), is_patronymic, fold }
    }

    fn is_initial(&self) -> bool {
        self.sounds.chars().count() == 1 || self.sounds == "iu" || self.sounds == "ia"
    }

    /// Whether this initial may stand for a word.
    fn begins(&self, word: &Self) -> bool {
        let like = |first: char| match first {
            'i' | 'j' => "ijeua".to_owned(),
            'h' | 'g' | 'k' => "hgk".to_owned(),
            other => other.to_string(),
        };
        word.sounds.starts_with(&self.sounds)
            || word.fold.starts_with(&self.fold)
            || self
                .fold
                .chars()
                .next()
                .is_some_and(|first| word.fold.starts_with(|letter| like(first).contains(letter)))
    }
}

/// The square root of a length, up to eight letters: a word says more the longer it is, but not in proportion.
fn weight(length: usize) -> f64 {
    [0.0, 1.0, 1.414, 1.732, 2.0, 2.236, 2.449, 2.646, 2.828][length.min(8)]
}

/// Words of one name and words of another that may be the same.
#[derive(Clone, Debug)]
struct Pair {
    left: Range<usize>,
    right: Range<usize>,
    likeness: f64,
    weight: f64,
    is_initial: bool,
    are_patronymics: bool,
}

impl Pair {
    fn of(left: usize, one: &Word, right: usize, other: &Word) -> Self {
        let are_patronymics = one.is_patronymic && other.is_patronymic;
        let (likeness, is_initial) = likeness(one, other);
        let weight = if is_initial {
            INITIAL_WEIGHT
        } else if are_patronymics {
            PATRONYMIC_WEIGHT
        } else {
            weight(one.length.max(other.length))
        };
        Self { left: left..left + 1, right: right..right + 1, likeness, weight, is_initial, are_patronymics }
    }

    fn turned(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }

    fn most_alike_first(&self, other: &Self) -> Ordering {
        let worth = |pair: &Self| pair.likeness + if pair.left.len() + pair.right.len() > 2 { 0.001 } else { 0.0 };
        worth(other)
            .total_cmp(&worth(self))
            .then(other.weight.total_cmp(&self.weight))
            .then(self.left.start.cmp(&other.left.start))
            .then(self.right.start.cmp(&other.right.start))
    }
}

/// How alike two words are, and whether one is the initial of the other.
fn likeness(one: &Word, other: &Word) -> (f64, bool) {
    if one.fold == other.fold {
        return (1.0, false);
    }
    if one.is_initial() || other.is_initial() {
        let fits = one.is_initial() && one.begins(other) || other.is_initial() && other.begins(one);
        return (if fits { INITIAL } else { 0.0 }, fits);
    }
    let (usual_one, usual_other) = (usual(&one.fold), usual(&other.fold));
    (alike(usual_one, usual_other).max(alike(&one.fold, &other.fold)), false)
}

fn alike(one: &str, other: &str) -> f64 {
    f64::midpoint(jaro_winkler(one, other), normalized_levenshtein(one, other))
}

/// Where two words of one name, written as one, are a word of the other.
fn joined(mine: &[Word], theirs: &[Word]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (left, two) in mine.windows(2).enumerate() {
        if two.iter().any(Word::is_initial) {
            continue;
        }
        let text = format!("{}{}", two[0].fold, two[1].fold);
        for (right, word) in theirs.iter().enumerate().filter(|(_, word)| word.fold.len().abs_diff(text.len()) < 3) {
            let likeness = alike(&text, &word.fold);
            if likeness >= JOINED {
                let weight = weight(two[0].length) + weight(two[1].length);
                let (left, right) = (left..left + 2, right..right + 1);
                pairs.push(Pair { left, right, likeness, weight, is_initial: false, are_patronymics: false });
            }
        }
    }
    pairs
}

impl Alignment {
    /// Takes the pairs in their order, each word once.
    fn of(one: &Name, other: &Name, pairs: &[Pair]) -> Self {
        let mut free = [vec![true; one.words.len()], vec![true; other.words.len()]];
        let mut found = Self::default();
        let (mut total, mut sum) = (0.0, 0.0);
        for pair in pairs {
            let is_free = free[0][pair.left.clone()].iter().chain(&free[1][pair.right.clone()]).all(|free| *free);
            if !is_free {
                continue;
            }
            free[0][pair.left.clone()].fill(false);
            free[1][pair.right.clone()].fill(false);
            total += pair.weight;
            sum += pair.weight * pair.likeness;
            found.initials += usize::from(pair.is_initial);
            if pair.are_patronymics {
                found.patronymic = Some(pair.likeness);
            }
        }
        if total > 0.0 {
            found.words = sum / total;
            found.score = found.words;
        }
        let unmatched = |name: &Name, free: &[bool]| {
            name.words.iter().zip(free).filter(|(word, free)| **free && !word.is_patronymic).count()
        };
        found.unmatched = unmatched(one, &free[0]).max(unmatched(other, &free[1]));
        for _ in 0..found.unmatched {
            found.score *= UNMATCHED;
        }
        if found.patronymic.is_some_and(|likeness| likeness < SAME_PATRONYMIC) {
            found.score *= OTHER_PATRONYMIC;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    fn score(one: &str, other: &str) -> f64 {
        let score = Name::new(one).compare(&Name::new(other)).score;
        let turned = Name::new(other).compare(&Name::new(one)).score;
        assert!((score - turned).abs() < 1e-9, "{one} and {other} depend on their order");
        score
    }

    #[test]
    fn spellings_of_one_name_are_alike_across_scripts() {
        for (one, other) in [
            ("Sooronbay Jeenbekov", "Сооронбай Жээнбеков"),
            ("Qasym-Zhomart Toqaev", "Токаев Касым-Жомарт Кемелевич"),
            ("Naryshkin, Sergey", "Сяргей Яўгенавіч Нарышкін"),
            ("Mykola Ivanov", "Николай Иванов"),
            ("Mohammadhasni Khan", "Mohammad Hasni Khan"),
        ] {
            assert!(score(one, other) > 0.9, "{one} {other} {}", score(one, other));
        }
    }

    #[test]
    fn people_of_different_names_are_not_alike() {
        for (one, other) in [
            ("Sooronbay Jeenbekov", "Асылбек Жээнбеков"),
            ("Ivan Petrovich Sidorov", "Ivan Alexeyevich Sidorov"),
            ("Ivan Petrov", "Ivan Petrosyan"),
            ("A. Petrov", "Boris Petrov"),
            ("Ivan", "Ivan Petrov"),
            ("", "Ivan Petrov"),
        ] {
            assert!(score(one, other) < 0.94, "{one} {other} {}", score(one, other));
        }
    }

    #[test]
    fn an_initial_stands_for_a_word() {
        let alignment = Name::new("S. Jeenbekov").compare(&Name::new("Сооронбай Шарипович Жээнбеков"));
        assert_eq!((alignment.initials, alignment.unmatched), (1, 0));
        assert!(alignment.score > 0.85 && alignment.score < 0.94, "{alignment:?}");
    }

    #[test]
    fn nothing_is_like_nothing_and_long_names_end() {
        assert!(score("", "").abs() < 1e-9);
        assert!(Name::new("…").is_empty());
        let many = "x y ".repeat(125);
        assert!(score(&many, &many) > 0.9);
        let long = "ж".repeat(500);
        assert!(score(&long, &long) > 0.9);
    }
}
