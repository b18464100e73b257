//! Stems and folds of words: the forms under which they are found.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::names::fold;

/// The most characters of a word that count.
const LONGEST: usize = 64;

/// The stems of words, by `PostgreSQL`'s dictionaries.
#[derive(Debug, Default)]
pub(super) struct Stems(HashMap<String, Option<String>>);

#[derive(QueryableByName)]
struct Stemmed {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = Nullable<Text>)]
    stem: Option<String>,
}

impl Stems {
    /// The stems of these words: of those in Latin letters the English ones, of those in Cyrillic letters the Russian.
    ///
    /// # Errors
    /// The database fails.
    pub(super) async fn of(mut connection: &AsyncPgConnection, words: impl Iterator<Item = &str>) -> QueryResult<Self> {
        const QUERY: &str = "
            SELECT word, (CASE WHEN word ~ '^[а-яё]+$' THEN ts_lexize('russian_stem', word)
                WHEN word ~ '^[a-z]+$' THEN ts_lexize('english_stem', word) ELSE ARRAY[word] END)[1] AS stem
            FROM unnest($1) AS word";
        let words: BTreeSet<&str> = words.collect();
        if words.is_empty() {
            return Ok(Self::default());
        }
        let words: Vec<&str> = words.into_iter().collect();
        let query = diesel::sql_query(QUERY).bind::<Array<Text>, _>(words);
        let rows: Vec<Stemmed> = query.load(&mut connection).await?;
        Ok(Self(rows.into_iter().map(|row| (row.word, row.stem)).collect()))
    }

    /// The forms of a word in a text that has stems: none if it says nothing, such as "the".
    pub(super) fn forms(&self, word: &str) -> BTreeSet<String> {
        match self.0.get(word) {
            Some(Some(stem)) => set([stem.clone(), fold::word(word), fold::word(stem)]),
            Some(None) => BTreeSet::new(),
            None => plain(word),
        }
    }

    /// The forms by which a word that is looked for is found, in texts with stems and without.
    pub(super) fn sought(&self, word: &str) -> BTreeSet<String> {
        let mut forms = self.forms(word);
        if !forms.is_empty() {
            forms.insert(word.to_owned());
        }
        forms
    }
}

/// The forms of a word in a text without stems.
pub(super) fn plain(word: &str) -> BTreeSet<String> {
    set([word.to_owned(), fold::word(word)])
}

/// Of some words nothing is left when they are folded.
fn set<const COUNT: usize>(forms: [String; COUNT]) -> BTreeSet<String> {
    forms.into_iter().filter(|form| !form.is_empty()).collect()
}

/// The words of a text, in their order. The rest of a word that never ends does not count.
pub(super) fn words(text: &str) -> Vec<String> {
    fold::words(text).into_iter().map(shortened).collect()
}

/// A word, cut where it no longer counts.
pub(super) fn shortened(word: String) -> String {
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => word[..end].to_owned(),
        None => word,
    }
}
