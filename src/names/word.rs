//! Words of names: what one is, and how alike two are.

use strsim::jaro_winkler;

use super::distance::closeness;
use super::fold;
use super::given::{forms, usual, usual_firsts};

/// What an initial is worth that begins the word it stands for.
const INITIAL: f64 = 0.8;

/// What one is worth that begins it in another spelling.
const OTHER_INITIAL: f64 = 0.6;

/// How much of the likeness of two words is that of letters that stand in their order; the rest is that of edits, which knows what
/// spellings confuse.
const IN_ORDER: f64 = 0.35;

/// Words behind the name of a parent, folded: son of, daughter of.
const DESCENT: [&str; 6] = ["ulu", "uli", "ogli", "oglu", "kizi", "gizi"];

/// How patronymics end, in folds.
const PATRONYMICS: [&str; 17] = [
    "ovic", "evic", "avic", "ivic", "ovna", "evna", "avna", "ivna", "icna", "inicna", "uli", "ogli", "oglu", "kizi",
    "ulu", "gizi", "zade",
];

/// A word of a name, made ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) fold: String,
    /// Its sounds, before what the ways of writing disagree about was dropped: a typo there is less than it seems to be.
    sounds: String,
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
        let (first, length) = (sounds.chars().next(), fold.chars().count());
        Self { fold, sounds, letter, first, length, is_initial, is_patronymic }
    }

    /// Its fold, in the usual form of given names.
    pub(super) fn usual(&self) -> &str {
        usual(&self.fold)
    }

    /// Whether it says that the word before it is a parent's name.
    pub(super) fn is_descent(&self) -> bool {
        DESCENT.contains(&self.fold.as_str())
    }

    /// How alike two words are, from 0 to 1.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        if self.fold == other.fold {
            1.0
        } else if self.is_initial || other.is_initial {
            let mine = if self.is_initial { self.begins(other) } else { 0.0 };
            mine.max(if other.is_initial { other.begins(self) } else { 0.0 })
        } else {
            let (one, two) = (self.usual(), other.usual());
            let mut likeness = alike(&self.fold, &other.fold);
            if one != self.fold || two != other.fold {
                likeness = likeness.max(alike(one, two));
            }
            if self.sounds != self.fold || other.sounds != other.fold {
                likeness = likeness.max(alike(&self.sounds, &other.sounds));
            }
            likeness
        }
    }

    /// What this initial is worth for a word, if it may stand for it.
    fn begins(&self, word: &Self) -> f64 {
        let firsts = first_sounds(&self.letter);
        let is_first = |text: &str| text.chars().next().is_some_and(|first| firsts.contains(&first));
        if word.first.is_some_and(|first| self.fold.starts_with(first)) || word.fold.starts_with(&self.fold) {
            INITIAL
        } else if word.first.is_some_and(|first| firsts.contains(&first))
            || is_first(&word.fold)
            || word.usual().starts_with(&self.fold)
            || forms(&word.fold).any(|form| form.starts_with(&self.fold))
        {
            OTHER_INITIAL
        } else {
            0.0
        }
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
        "y" | "j" => "ieuaj",
        "i" | "и" | "і" => "uae",
        "e" | "э" | "е" | "є" => "i",
        "a" | "а" | "ә" | "ä" => "oe",
        "o" | "о" | "ө" | "ö" => "au",
        "u" | "у" | "ү" | "ұ" | "ў" | "ü" => "o",
        "d" | "д" => "jz",
        "h" => "gk",
        "g" | "г" | "k" | "к" | "q" | "х" | "ғ" | "қ" => "hgk",
        "c" => "shkcjw",
        "ж" | "җ" | "ҷ" => "zdi",
        "s" | "z" => "wszcj",
        "t" | "т" | "ц" => "st",
        "w" => "v",
        _ => "",
    };
    sounds.chars().take(1).chain(more.chars()).collect()
}

/// How alike two folds are, from 0 to 1: letters that stand in their order, and edits that make one of the other.
pub(super) fn alike(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    IN_ORDER * jaro_winkler(one, other) + (1.0 - IN_ORDER) * closeness(one, other)
}
