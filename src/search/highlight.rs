//! Showing where in a record the words stand that were looked for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use diesel::prelude::*;
use diesel::sql_types::{Array, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::document::{Document, Field};
use super::wanted::Wanted;
use crate::history::RecordType;
use crate::names::fold;

/// How many words are shown of a passage, about half of them before the first that was looked for.
const SHOWN: usize = 40;

/// The most passages that are shown of a record.
const PASSAGES: usize = 4;

/// How many characters are shown of a passage at most, however long its words are.
const MOST_CHARACTERS: usize = 700;

/// Where in records the words stand.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<Uuid, BTreeSet<u16>>);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Array<SmallInt>)]
    places: Vec<i16>,
}

impl Places {
    /// Where the words stand in these records.
    ///
    /// # Errors
    /// The database fails.
    pub(super) async fn of(
        mut connection: &AsyncPgConnection,
        wanted: &Wanted,
        of: RecordType,
        ids: &[Uuid],
    ) -> QueryResult<Self> {
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let query = format!(
            "SELECT {of}_id AS id, positions AS places FROM {of}_words, unnest(words)
             WHERE {of}_id = ANY ($1) AND positions IS NOT NULL AND (lexeme = ANY ($2) OR lexeme ^@ ANY ($3))"
        );
        let rows: Vec<Row> = diesel::sql_query(query)
            .bind::<Array<SqlUuid>, _>(ids)
            .bind::<Array<Text>, _>(wanted.forms.iter().collect::<Vec<_>>())
            .bind::<Array<Text>, _>(wanted.beginnings.iter().collect::<Vec<_>>())
            .load(&mut connection)
            .await?;
        let mut places = Self::default();
        for row in rows {
            places
                .0
                .entry(row.id)
                .or_default()
                .extend(row.places.iter().filter_map(|place| u16::try_from(*place).ok()));
        }
        Ok(places)
    }

    /// The passages of a record with its words marked, as HTML; then the names of those that it was found by.
    pub(super) fn highlight(&self, id: Uuid, document: &Document, wanted: &Wanted) -> String {
        let none = BTreeSet::new();
        let places = self.0.get(&id).unwrap_or(&none);
        let passages = document.passages().filter_map(|passage| {
            let spans = fold::spans(passage.text);
            let end = passage.first.saturating_add(u16::try_from(spans.len()).unwrap_or(u16::MAX));
            let words: BTreeSet<usize> =
                places.range(passage.first..end).map(|place| usize::from(place - passage.first)).collect();
            let whole = passage.field != Field::Text;
            (!words.is_empty()).then(|| marked(passage.text, &spans, &words, whole))
        });
        let names = document.entities().iter().filter(|(id, _)| wanted.named.contains(id));
        let names = names.map(|(_, name)| format!("<mark>{}</mark>", escaped(name)));
        let shown: Vec<String> = passages.chain(names).take(PASSAGES).collect();
        if !shown.is_empty() {
            return shown.join(" · ");
        }
        let alike = wanted.alike.iter().find(|(_, alike, _)| *alike == id);
        alike.map_or_else(|| escaped(document.title()), |(.., name)| format!("<mark>{}</mark>", escaped(name)))
    }
}

/// A text with some of its words marked: all of it, or the part where most of them are.
fn marked(text: &str, spans: &[Range<usize>], words: &BTreeSet<usize>, whole: bool) -> String {
    let (from, to) = if whole { (0, spans.len()) } else { densest(words) };
    let start = spans.get(from).filter(|_| from > 0).map_or(0, |span| span.start);
    let end = spans.get(to).map_or(text.len(), |span| span.start);
    let first = words.range(from..to).next().and_then(|word| spans.get(*word)).map_or(start, |span| span.start);
    let (start, end) = shortened(text, start..end, first);
    let mut html = String::new();
    if start > 0 {
        html.push_str("… ");
    }
    let mut written = start;
    for span in words.range(from..to).filter_map(|word| spans.get(*word)).filter(|span| span.end <= end) {
        html.push_str(&escaped(&text[written..span.start]));
        html.push_str("<mark>");
        html.push_str(&escaped(&text[span.clone()]));
        html.push_str("</mark>");
        written = span.end;
    }
    html.push_str(escaped(&text[written..end]).trim_end());
    if end < text.len() {
        html.push_str(" …");
    }
    html
}

/// The part of a range that is shown: if all is too long, what is around a place in it.
fn shortened(text: &str, range: Range<usize>, place: usize) -> (usize, usize) {
    if text[range.clone()].chars().count() <= MOST_CHARACTERS {
        return (range.start, range.end);
    }
    let back = text[range.start..place].char_indices().rev().nth(MOST_CHARACTERS / 2);
    let start = back.map_or(range.start, |(at, _)| range.start + at);
    let on = text[start..range.end].char_indices().nth(MOST_CHARACTERS);
    (start, on.map_or(range.end, |(at, _)| start + at))
}

/// The part of a text, by its words, in which most words are marked.
fn densest(words: &BTreeSet<usize>) -> (usize, usize) {
    let count = |first: usize| words.range(first..first + SHOWN / 2).count();
    // Of equal ones the first.
    let first = words.iter().copied().rev().max_by_key(|first| count(*first)).unwrap_or_default();
    (first.saturating_sub(SHOWN / 2), first + SHOWN / 2)
}

/// A text as HTML that shows it and nothing else. What would turn the direction of the text around it is left out.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            letter => html.push(letter),
        }
    }
    html
}
