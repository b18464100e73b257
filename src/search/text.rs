//! What somebody types to search: words, `"phrases"`, `-without`, `begin*`.

use serde::Deserialize;

use crate::names::fold;
use crate::values::Line;

/// The most characters that are searched for.
const LONGEST: usize = 200;

/// The words that somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SearchText {
    /// What was typed.
    pub typed: String,
    /// What must stand in a record, and what must not.
    pub clauses: Vec<Clause>,
}

/// Words that stand one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Whether a record that has them is not wanted.
    pub excluded: bool,
    /// The words.
    pub words: Vec<Word>,
}

/// A word, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its letters and digits, in lower case.
    pub text: String,
    /// Whether more letters may follow.
    pub begins: bool,
}

impl SearchText {
    /// What was typed, if it may be a name: words alone.
    pub(crate) fn name(&self) -> Option<Line> {
        let is_plain =
            self.clauses.iter().all(|clause| !clause.excluded && clause.words.iter().all(|word| !word.begins));
        Some(&self.typed)
            .filter(|typed| is_plain && !self.clauses.is_empty() && !typed.contains(is_quote))?
            .parse()
            .ok()
    }
}

impl TryFrom<String> for SearchText {
    type Error = String;

    fn try_from(typed: String) -> Result<Self, String> {
        let length = typed.chars().count();
        if !(1..=LONGEST).contains(&length) {
            return Err(format!("has {length} characters and takes 1 to {LONGEST}"));
        }
        if typed.chars().any(|letter| letter.is_ascii_control()) {
            return Err("holds a control character".to_owned());
        }
        let clauses = clauses(&typed);
        Ok(Self { typed, clauses })
    }
}

/// The clauses of a text. Signs that mean nothing here part words; a quotation that nobody closes ends with the text.
fn clauses(typed: &str) -> Vec<Clause> {
    let mut rest = typed.trim_start();
    let mut clauses = Vec::new();
    while !rest.is_empty() {
        let excluded = rest.starts_with('-') && rest[1..].starts_with(|next: char| !next.is_whitespace());
        if excluded {
            rest = &rest[1..];
        }
        let quoted = rest.strip_prefix(is_quote);
        let (piece, behind) = match quoted {
            Some(inside) => inside.split_once(is_quote).unwrap_or((inside, "")),
            None => rest.split_at(rest.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(rest.len())),
        };
        let words = words(piece);
        if !words.is_empty() {
            clauses.push(Clause { excluded, words });
        }
        rest = behind.trim_start();
    }
    clauses
}

/// The words of a piece, of which the last may be open.
fn words(piece: &str) -> Vec<Word> {
    let mut words: Vec<Word> = fold::words(piece).into_iter().map(|text| Word { text, begins: false }).collect();
    if let Some(last) = words.last_mut() {
        last.begins = piece.trim_end().ends_with('*');
    }
    words
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '“' | '”' | '„' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::SearchText;

    /// The clauses, each in brackets; `-` excludes, `*` is open.
    fn read(typed: &str) -> Result<String, String> {
        let text = SearchText::try_from(typed.to_owned())?;
        let clauses = text.clauses.iter().map(|clause| {
            let words = clause.words.iter().map(|word| format!("{}{}", word.text, if word.begins { "*" } else { "" }));
            format!("{}[{}]", if clause.excluded { "-" } else { "" }, words.collect::<Vec<_>>().join(" "))
        });
        Ok(clauses.collect())
    }

    #[test]
    fn words_phrases_exclusions_and_beginnings_are_told_apart() {
        for (typed, expected) in [
            ("Rally  BISHKEK", "[rally][bishkek]"),
            (r#""early release" court"#, "[early release][court]"),
            (r#"-fine -"house arrest""#, "-[fine]-[house arrest]"),
            ("deten* -jour*", "[deten*]-[jour*]"),
            ("«Ата Мекен»", "[ата мекен]"),
            ("Nur-Sultan", "[nur sultan]"),
            (r#"open "quotation never closed"#, "[open][quotation never closed]"),
            (r#"a"b c"d"#, "[a][b c][d]"),
            ("- * & — \"\"", ""),
            ("5,000", "[5 000]"),
        ] {
            assert_eq!(read(typed), Ok(expected.to_owned()), "{typed}");
        }
    }

    #[test]
    fn a_text_has_a_length() {
        assert!(read("").is_err());
        assert!(read(&"я".repeat(200)).is_ok());
        assert!(read(&"a ".repeat(101)).is_err());
    }
}
