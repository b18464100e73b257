//! How far apart two folds are, when letters that one spelling takes for another cost less than others.

/// Letters that spellings confuse: j is ж in English and й in German, ch is ч in English and х in German, unstressed
/// vowels are written as they are heard in Belarusian.
const CONFUSED: [(char, char); 19] = [
    ('a', 'o'),
    ('e', 'i'),
    ('a', 'e'),
    ('i', 'u'),
    ('o', 'u'),
    ('i', 'j'),
    ('e', 'o'),
    ('c', 'h'),
    ('c', 'w'),
    ('j', 'w'),
    ('s', 'z'),
    ('c', 's'),
    ('g', 'h'),
    ('h', 'k'),
    ('g', 'k'),
    ('d', 't'),
    ('b', 'p'),
    ('f', 'v'),
    ('j', 'z'),
];

/// What it costs to take one of these consonants for the other; other letters cost one.
const CONFUSION: f64 = 0.4;

/// What it costs to take one of these vowels for the other.
const VOWEL_CONFUSION: f64 = 0.35;

/// What it costs to add a consonant, to drop one, or to take another for it that no spelling confuses with it: people are told
/// apart by their consonants, and spelt with all kinds of vowels. All else costs one: vowels, an h, which many
/// drop, digits, and the letters of other scripts.
const CONSONANT: f64 = 1.5;

/// How close two folds are, from 0 to 1: one less the cost of making one of the other, by its letters, in proportion to
/// the longer. Two letters that changed places cost one.
pub(super) fn closeness(one: &str, other: &str) -> f64 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let longer = one.len().max(other.len());
    if longer == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "words have few letters")]
    let longer = longer as f64;
    (1.0 - cost(&one, &other) / longer).max(0.0)
}

fn cost(one: &[char], other: &[char]) -> f64 {
    let mut before: Vec<f64> = Vec::new();
    let mut row = vec![0.0];
    row.extend(other.iter().scan(0.0, |cost, letter| {
        *cost += edit(*letter);
        Some(*cost)
    }));
    for (i, letter) in one.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(row[0] + edit(*letter));
        for (j, theirs) in other.iter().enumerate() {
            let exchanged = row[j] + exchange(*letter, *theirs);
            let mut least = exchanged.min(row[j + 1] + edit(*letter)).min(next[j] + edit(*theirs));
            if i > 0 && j > 0 && *letter == other[j - 1] && one[i - 1] == *theirs {
                least = least.min(before[j - 1] + 1.0);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[other.len()]
}

fn exchange(one: char, other: char) -> f64 {
    let pair = (one.min(other), one.max(other));
    if one == other {
        0.0
    } else if CONFUSED.contains(&pair) {
        if is_vowel(one) && is_vowel(other) { VOWEL_CONFUSION } else { CONFUSION }
    } else {
        edit(one).max(edit(other))
    }
}

/// What it costs to add or to drop a letter.
fn edit(letter: char) -> f64 {
    if letter.is_ascii_lowercase() && !is_vowel(letter) && letter != 'h' { CONSONANT } else { 1.0 }
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

#[cfg(test)]
mod tests {
    use super::closeness;

    #[test]
    fn what_spellings_confuse_is_closer_than_what_they_do_not() {
        assert!(closeness("jukov", "wukov") > closeness("jukov", "rukov"));
        assert!((closeness("jukov", "rukov") - 0.7).abs() < 1e-9);
        assert!((closeness("jukov", "juko") - 0.7).abs() < 1e-9);
        assert!((closeness("jukov", "jukeov") - 5.0 / 6.0).abs() < 1e-9);
        assert!((closeness("jukov", "ujkov") - 0.8).abs() < 1e-9);
        assert!((closeness("jukov", "wukov") - 0.92).abs() < 1e-9, "a consonant that is confused costs 0.4");
        assert!((closeness("jukov", "jukav") - 0.93).abs() < 1e-9, "a vowel that is confused costs 0.35");
        assert!((closeness("jukov", "jukiv") - 0.8).abs() < 1e-9, "another vowel costs 1");
        assert!((closeness("", "") - 1.0).abs() < 1e-9);
        assert!(closeness("", "a").abs() < 1e-9);
    }
}
