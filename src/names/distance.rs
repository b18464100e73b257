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

/// How close two folds are, from 0 to 1: one less the cost of making one of the other, by its letters, in proportion to
/// the longer. Two letters that changed places count as one edit.
pub(super) fn closeness(one: &str, other: &str) -> f64 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let longer = one.len().max(other.len());
    if longer == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "words have few letters")]
    let longer = longer as f64;
    1.0 - cost(&one, &other) / longer
}

fn cost(one: &[char], other: &[char]) -> f64 {
    let mut before: Vec<f64> = Vec::new();
    let mut row: Vec<f64> = std::iter::successors(Some(0.0), |cost| Some(cost + 1.0)).take(other.len() + 1).collect();
    for (i, letter) in one.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(row[0] + 1.0);
        for (j, theirs) in other.iter().enumerate() {
            let mut least = (row[j] + exchange(*letter, *theirs)).min(row[j + 1] + 1.0).min(next[j] + 1.0);
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
        1.0
    }
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
        assert!((closeness("jukov", "rukov") - 0.8).abs() < 1e-9);
        assert!((closeness("jukov", "ujkov") - 0.8).abs() < 1e-9);
        assert!(closeness("", "").abs() - 1.0 < 1e-9);
        assert!(closeness("", "a").abs() < 1e-9);
    }
}
