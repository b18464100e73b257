//! How alike two names are: their words are paired, the most alike first, and what is left over counts against them.

use std::cmp::Ordering;
use std::ops::Range;

use super::fold;
use super::word::{Word, alike};

/// The most words of a name that are paired.
const MOST_WORDS: usize = 24;

/// What is left of a score for each word of the longer name that has no partner.
const UNMATCHED: f64 = 0.93;

/// What the least alike words count for, beside all of them: a surname of another tells more than a given name of many.
const LEAST: f64 = 0.25;

/// What is left of a score when one whole word is all that two names share.
const ONE_WORD: f64 = 0.9;

/// How alike two words are at least that may be one.
const SAME_WORD: f64 = 0.66;

/// What is left of a score for each pair of words that are less alike than that: then it is another name.
const OTHER_WORD: f64 = 0.93;

/// What is left of a score when the patronymics differ: then they are two people.
const OTHER_PATRONYMIC: f64 = 0.9;

/// How alike two patronymics are at least that may be spellings of one.
const SAME_PATRONYMIC: f64 = 0.75;

/// What is left of the likeness of a patronymic and another word.
const PATRONYMIC_ALONE: f64 = 0.85;

/// What a pair of patronymics weighs: a quarter of other words of eight letters.
const PATRONYMIC_WEIGHT: f64 = 0.7;

/// What a pair of an initial and a word weighs, however long the word: as much as four letters.
const INITIAL_WEIGHT: f64 = 2.0;

/// How alike two words written as one must be to the one word of the other name.
const JOINED: f64 = 0.9;

/// A name made ready to be compared.
#[derive(Clone, Debug)]
pub struct Name {
    words: Vec<Word>,
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
        let is_alone = words.len() == 1;
        for word in &mut words {
            word.is_initial &= !is_alone;
        }
        mark_patronymic(&mut words);
        Self { words }
    }

    /// Its words, folded, in the usual form of given names, without a patronymic and without initials.
    pub fn telling(&self) -> Vec<String> {
        let words = self.words.iter().filter(|word| !word.is_patronymic && !word.is_initial);
        words.map(|word| word.usual().to_owned()).collect()
    }

    /// For each of its initials, what the words may begin with that it stands for.
    pub(super) fn initials(&self) -> impl Iterator<Item = Vec<char>> {
        self.words.iter().filter(|word| word.is_initial).map(Word::may_begin)
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

/// Leaves a name at most one patronymic, which never comes first and is never all that follows the first word: surnames end
/// alike. One in two words, like Нургожо уулу, is told by the second.
fn mark_patronymic(words: &mut [Word]) {
    let is_short = words.len() < 3;
    let place = words.iter().skip(1).position(|word| word.is_patronymic).map(|place| place + 1).filter(|_| !is_short);
    let of_two =
        place.filter(|place| words.len() > 3 && *place > 1 && words[*place].is_descent()).map(|place| place - 1);
    for (index, word) in words.iter_mut().enumerate() {
        word.is_patronymic = Some(index) == place || Some(index) == of_two;
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
    has_initial: bool,
    are_patronymics: bool,
}

impl Pair {
    fn of(left: usize, one: &Word, right: usize, other: &Word) -> Self {
        let are_patronymics = one.is_patronymic && other.is_patronymic;
        let has_initial = one.is_initial || other.is_initial;
        let weight = match (has_initial, are_patronymics) {
            (true, _) => INITIAL_WEIGHT,
            (_, true) => PATRONYMIC_WEIGHT,
            _ => weight(one.length.max(other.length)),
        };
        let (left, right) = (left..left + 1, right..right + 1);
        let is_of_another = one.is_patronymic != other.is_patronymic;
        let likeness = one.likeness(other) * if is_of_another { PATRONYMIC_ALONE } else { 1.0 };
        Self { left, right, likeness, weight, has_initial, are_patronymics }
    }

    fn turned(self) -> Self {
        Self { left: self.right, right: self.left, ..self }
    }

    fn most_alike_first(&self, other: &Self) -> Ordering {
        let size = |pair: &Self| pair.left.len() + pair.right.len();
        let by_likeness = other.likeness.total_cmp(&self.likeness).then(size(other).cmp(&size(self)));
        // The sums, too, so that the order is the same when the names change places.
        let place = |pair: &Self| (pair.left.start + pair.right.start, pair.left.start.abs_diff(pair.right.start));
        by_likeness.then(other.weight.total_cmp(&self.weight)).then(place(self).cmp(&place(other)))
    }
}

/// Where two words of one name, written as one, are a word of the other.
fn joined(mine: &[Word], theirs: &[Word]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (left, two) in mine.windows(2).enumerate().filter(|(_, two)| !two.iter().any(|word| word.is_initial)) {
        let text = format!("{}{}", two[0].fold, two[1].fold);
        for (right, word) in theirs.iter().enumerate().filter(|(_, word)| word.fold.len().abs_diff(text.len()) < 3) {
            let likeness = alike(&text, &word.fold);
            if likeness >= JOINED {
                let weight = weight(two[0].length) + weight(two[1].length);
                let (left, right) = (left..left + 2, right..right + 1);
                pairs.push(Pair { left, right, likeness, weight, has_initial: false, are_patronymics: false });
            }
        }
    }
    pairs
}

impl Alignment {
    /// Takes the pairs in their order, each word once.
    fn of(one: &Name, other: &Name, pairs: &[Pair]) -> Self {
        let mut free = [vec![true; one.words.len()], vec![true; other.words.len()]];
        let (mut found, mut factor) = (Self::default(), 1.0);
        let (mut total, mut sum, mut least, mut whole) = (0.0, 0.0, 1.0_f64, 0);
        for pair in pairs {
            let mut words = free[0][pair.left.clone()].iter().chain(&free[1][pair.right.clone()]);
            if !words.all(|free| *free) {
                continue;
            }
            free[0][pair.left.clone()].fill(false);
            free[1][pair.right.clone()].fill(false);
            total += pair.weight;
            sum += pair.weight * pair.likeness;
            whole += usize::from(!pair.has_initial);
            found.initials += usize::from(pair.has_initial && pair.likeness > 0.0);
            if pair.are_patronymics {
                found.patronymic = Some(pair.likeness);
                factor *= if pair.likeness < SAME_PATRONYMIC { OTHER_PATRONYMIC } else { 1.0 };
            } else if !pair.has_initial {
                least = least.min(pair.likeness);
            }
            if !pair.are_patronymics && pair.likeness < SAME_WORD {
                factor *= OTHER_WORD;
            }
        }
        let unmatched = |name: &Name, free: &[bool]| {
            name.words.iter().zip(free).filter(|(word, free)| **free && !word.is_patronymic).count()
        };
        found.unmatched = unmatched(one, &free[0]).max(unmatched(other, &free[1]));
        factor *= std::iter::repeat_n(UNMATCHED, found.unmatched).product::<f64>();
        if whole == 1 && found.unmatched > 0 {
            factor *= ONE_WORD;
        }
        if total > 0.0 {
            found.words = LEAST * (sum / total).min(least) + (1.0 - LEAST) * sum / total;
            found.score = found.words * factor;
        }
        found
    }
}

/// A score to four places: what is compared with a threshold is what is shown.
pub fn rounded(score: f64) -> f64 {
    (score * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::{Name, Pair, Word, alike};

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

    /// What is left of the likeness of the words, by all that counts against two names.
    fn factor(one: &str, other: &str) -> f64 {
        let alignment = Name::new(one).compare(&Name::new(other));
        score(one, other) / alignment.words
    }

    /// How alike two words are, all told.
    fn words(one: &str, other: &str) -> f64 {
        Name::new(one).compare(&Name::new(other)).words
    }

    #[test]
    fn what_counts_against_two_names_takes_its_share() {
        for (rule, one, other, share) in [
            ("nothing", "Ivan Petrov", "Petrov Ivan", 1.0),
            ("a word too many", "Ivan Petrov", "Ivan Petrov Saidov", 0.93),
            ("two words too many", "Ivan Petrov", "Ivan Petrov Saidov Akhmed", 0.93 * 0.93),
            ("one word alone", "Petrov", "Ivan Petrov", 0.93 * 0.9),
            ("no word alone, for a patronymic is none", "Petrov Ivanovich Sergey", "Sergey Petrov", 1.0),
            ("another word", "Sergey Umarov", "Sergey Zhikin", 0.93),
            ("two other words", "Sergey Umarov", "Ilham Zhikin", 0.93 * 0.93),
            ("another patronymic", "Ivan Petrovich Sidorov", "Ivan Alexeyevich Sidorov", 0.9),
            ("a patronymic misspelt", "Ivan Petrovich Sidorov", "Ivan Petravich Sidorov", 1.0),
        ] {
            let is = factor(one, other);
            assert!((is - share).abs() < 1e-9, "{rule}: {one} and {other} have {is}, not {share}");
        }
    }

    #[test]
    fn the_least_alike_words_count_for_more_than_their_share() {
        let of_surnames = words("Akhmetzhanov", "Akhmedzhonov");
        assert!(of_surnames < 0.95, "{of_surnames}");
        let mean = f64::midpoint(1.0, of_surnames);
        let all_told = words("Aleksandr Akhmetzhanov", "Aleksandr Akhmedzhonov");
        assert!((all_told - (0.25 * of_surnames + 0.75 * mean)).abs() < 1e-9, "{all_told} of {of_surnames} and 1");
    }

    #[test]
    fn a_patronymic_is_another_word_than_the_surname_that_is_spelt_alike() {
        let pair = Pair::of(0, &Word::new("petrovich"), 0, &Word::new("petrov"));
        let likeness = 0.85 * alike("petrovic", "petrov");
        assert!((pair.likeness - likeness).abs() < 1e-9, "{} is not {likeness}", pair.likeness);
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
        assert!(score("…", "…").abs() < 1e-9);
        let many = "x y ".repeat(125);
        assert!(score(&many, &many) > 0.9);
        let long = "ж".repeat(500);
        assert!(score(&long, &long) > 0.9);
    }
}
