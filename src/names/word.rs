//! Words of names: what one is, and how alike two are.

use strsim::jaro_winkler;

use super::distance::closeness;
use super::fold;
use super::given::{forms, usual, usual_firsts};

/// What an initial is worth that begins the word it stands for.
const INITIAL: f64 = 0.8;

/// How patronymics end, in folds.
const PATRONYMICS: [&str; 17] = [
    "ovic", "evic", "avic", "ivic", "ovna", "evna", "avna", "ivna", "icna", "inicna", "uli", "ogli", "oglu", "kizi",
    "ulu", "gizi", "zade",
];

/// A word of a name, made ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) fold: String,
    /// It as it was written, if it is an initial.
    letter: String,
    /// Its first sound, before what is silent was dropped.
    first: Option<char>,
    pub(super) length: usize,
    pub(super) is_initial: bool,
    pub(super) is_patronymic: bool,
}

impl Word {
    pub(super) fn new(word: &str) -> Self {
        let (sounds, fold) = (fold::sounds(word), fold::word(word));
        let is_initial = sounds.chars().count() == 1 || sounds == "iu" || sounds == "ia";
        let is_patronymic = PATRONYMICS.iter().any(|ending| fold.ends_with(ending));
        let letter = if is_initial { word.to_lowercase() } else { String::new() };
        Self { letter, first: sounds.chars().next(), length: fold.chars().count(), is_initial, is_patronymic, fold }
    }

    /// Its fold, in the usual form of given names.
    pub(super) fn usual(&self) -> &str {
        usual(&self.fold)
    }

    /// How alike two words are, from 0 to 1.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        if self.fold == other.fold {
            1.0
        } else if self.is_initial || other.is_initial {
            let fits = self.is_initial && self.begins(other) || other.is_initial && other.begins(self);
            if fits { INITIAL } else { 0.0 }
        } else {
            let (one, two) = (self.usual(), other.usual());
            if one == two { 1.0 } else { alike(one, two).max(alike(&self.fold, &other.fold)) }
        }
    }

    /// Whether this initial may stand for a word.
    fn begins(&self, word: &Self) -> bool {
        let firsts = first_sounds(&self.letter);
        let is_first = |text: &str| text.chars().next().is_some_and(|first| firsts.contains(&first));
        word.first.is_some_and(|first| firsts.contains(&first))
            || is_first(&word.fold)
            || word.usual().starts_with(&self.fold)
            || forms(&word.fold).any(|form| form.starts_with(&self.fold))
    }

    /// What the words may begin with, in the usual form of given names, that this initial stands for.
    pub(super) fn may_begin(&self) -> Vec<char> {
        let mut firsts = first_sounds(&self.letter);
        firsts.extend(usual_firsts(&self.fold));
        firsts.sort_unstable();
        firsts.dedup();
        firsts
    }
}

/// The sounds that a word may begin with which has this initial: a Latin Y stands for Ю, Я and Е, a D for Дж, an H for Г.
fn first_sounds(letter: &str) -> Vec<char> {
    let sounds = fold::word(letter);
    let more = match letter {
        "y" | "j" => "ieua",
        "i" => "ua",
        "d" | "д" => "j",
        "h" => "g",
        "g" | "г" | "k" => "h",
        "c" => "shkc",
        "s" | "z" => "wszc",
        _ => "",
    };
    sounds.chars().take(1).chain(more.chars()).collect()
}

/// How alike two folds are, from 0 to 1: letters that stand in their order, and edits that make one of the other.
pub(super) fn alike(one: &str, other: &str) -> f64 {
    f64::midpoint(jaro_winkler(one, other), closeness(one, other))
}
