//! What a record is searched by.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::stems::{Stems, plain, words};
use crate::entities::EntityRef;
use crate::values::LanguageTag;

/// Stands before a form of a word of a title.
pub(super) const IN_TITLE: &str = "^";

/// Stands before a form of a word of a name.
pub(super) const IN_NAMES: &str = "@";

/// Stands before a form of any other word.
pub(super) const IN_TEXT: &str = "";

/// Free places between two passages, so that no phrase spans them.
const GAP: u16 = 10;

/// The last place that `PostgreSQL` knows, and the most bytes of forms that are kept of a record: it stores no more than
/// a megabyte. Of a record that is longer the rest is not searched.
const LAST_PLACE: u16 = 16_383;
const MOST_BYTES: usize = 400_000;

/// Letters that Kazakh, Kyrgyz, Tajik, Ukrainian and other languages have beside the Russian ones.
const NOT_RUSSIAN: &str = "әғқңөұүһіїєґўҷҳӣӯ";

/// Which part of a record a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// Its title, or the name of an entity.
    Title,
    /// What it says.
    Text,
    /// A name in it: a place, an author, somebody whom a source calls so, an alias.
    Name,
}

/// A record that can be searched.
pub(crate) trait Searchable {
    /// What it is searched by.
    fn document(&self) -> Document;
}

/// What a record is searched by.
#[derive(Debug)]
pub(crate) struct Document {
    passages: Vec<(Field, String)>,
    entities: BTreeMap<Uuid, String>,
    stemmed: bool,
}

/// A passage, with the place of its first word.
pub(crate) struct Passage<'a> {
    /// Which part of the record it is.
    pub(crate) field: Field,
    /// What it says.
    pub(crate) text: &'a str,
    /// The place of its first word.
    pub(crate) first: u16,
}

impl Document {
    /// The document of a record with a title. Its language, where the record names one, decides whether words have stems;
    /// elsewhere the letters do.
    pub(crate) fn new(title: &str, text: &str, language: Option<&LanguageTag>) -> Self {
        let stemmed = match language {
            Some(tag) => matches!(tag.as_str().split('-').next(), Some("en" | "ru")),
            None => ![title, text].iter().any(|text| text.to_lowercase().contains(|c| NOT_RUSSIAN.contains(c))),
        };
        let passages = [(Field::Title, title), (Field::Text, text)].map(|(field, text)| (field, text.to_owned()));
        Self { passages: passages.into(), entities: BTreeMap::new(), stemmed }
    }

    /// The title of the record.
    pub(crate) fn title(&self) -> &str {
        self.passages.first().map_or("", |(_, title)| title)
    }

    /// Adds a passage.
    pub(crate) fn add(&mut self, field: Field, text: &str) {
        self.passages.push((field, text.to_owned()));
    }

    /// Adds an entity that the record is about: it is found by all names of it.
    pub(crate) fn add_entity(&mut self, entity: &EntityRef) {
        self.entities.insert(entity.id.into(), entity.name.to_string());
    }

    /// The entities that the record is about, with their names.
    pub(crate) fn entities(&self) -> &BTreeMap<Uuid, String> {
        &self.entities
    }

    /// The passages with their places, as far as they are searched.
    pub(crate) fn passages(&self) -> impl Iterator<Item = Passage<'_>> {
        let mut next = 1_u16;
        self.passages.iter().map_while(move |(field, text)| {
            let first = next;
            let length = u16::try_from(words(text).len()).unwrap_or(LAST_PLACE);
            next = first.saturating_add(length).saturating_add(GAP);
            (first < LAST_PLACE).then_some(Passage { field: *field, text, first })
        })
    }

    /// The words whose stems are needed.
    pub(super) fn words(&self) -> impl Iterator<Item = String> {
        let needed = self.stemmed.then_some(&self.passages).into_iter().flatten();
        needed.flat_map(|(_, text)| words(text))
    }

    /// The forms of the words with their places, as `PostgreSQL` writes them.
    pub(super) fn lexemes(&self, stems: &Stems) -> String {
        let mut lexemes: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
        let mut bytes = 0;
        for passage in self.passages() {
            let scope = match passage.field {
                Field::Title => IN_TITLE,
                Field::Name => IN_NAMES,
                Field::Text => IN_TEXT,
            };
            for (word, place) in words(passage.text).iter().zip(passage.first..LAST_PLACE) {
                let forms = if self.stemmed { stems.forms(word) } else { plain(word) };
                for form in forms {
                    bytes += form.len();
                    if bytes < MOST_BYTES {
                        lexemes.entry(format!("{scope}{form}")).or_default().insert(place);
                    }
                }
            }
        }
        let mut text = String::new();
        for (form, places) in lexemes {
            let places: Vec<String> = places.iter().take(255).map(ToString::to_string).collect();
            let _infallible = write!(text, "{}:{} ", quoted(&form), places.join(","));
        }
        for id in self.entities.keys() {
            let _infallible = write!(text, "{} ", quoted(&entity_form(*id)));
        }
        text
    }
}

/// The form by which an entity stands among the words of a record.
pub(super) fn entity_form(id: Uuid) -> String {
    format!("={}", BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes()))
}

/// A form as `PostgreSQL` reads it, whatever it holds.
pub(super) fn quoted(form: &str) -> String {
    format!("'{}'", form.replace('\\', "\\\\").replace('\'', "''"))
}
