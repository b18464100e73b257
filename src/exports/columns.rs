//! What a table of records has in its columns: one list a kind of record, for every format that has columns.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::codebook::{CountryCode, Vocabulary};
use crate::values::Amount;

/// A column of a table of records.
#[derive(Debug)]
pub(crate) struct Column<R: 'static> {
    /// Its name, which stays the same for as long as the first version of the API.
    pub(crate) name: &'static str,
    /// What its cells hold.
    pub(crate) holds: Holding,
    /// What it says of a record, in a phrase.
    pub(crate) about: &'static str,
    /// The cell of a record.
    pub(crate) cell: for<'r> fn(&'r R) -> Cell<'r>,
}

impl<R> Column<R> {
    /// A column.
    pub(crate) const fn new(
        name: &'static str,
        holds: Holding,
        about: &'static str,
        cell: for<'r> fn(&'r R) -> Cell<'r>,
    ) -> Self {
        Self { name, holds, about, cell }
    }
}

/// What the cells of a column hold; any of them may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holding {
    /// Ids: UUIDs.
    Id,
    /// Codes of a vocabulary.
    Code,
    /// Text: names, addresses, prose.
    Text,
    /// Several texts.
    Texts,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// Yes or no.
    Flag,
    /// Days.
    Day,
    /// Moments.
    Moment,
}

/// What one record has in one column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'r> {
    /// Nothing.
    Empty,
    /// An id.
    Id(Uuid),
    /// A text, in somebody's words.
    Text(&'r str),
    /// A code of a vocabulary.
    Code(&'static str),
    /// Several texts.
    Texts(Vec<Cow<'r, str>>),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Day(NaiveDate),
    /// A moment.
    Moment(DateTime<Utc>),
}

impl<'r> Cell<'r> {
    /// A cell that holds a text.
    pub(crate) fn text(text: &'r impl AsRef<str>) -> Self {
        Self::Text(text.as_ref())
    }

    /// A cell that holds a text, if there is one.
    pub(crate) fn optional(text: Option<&'r impl AsRef<str>>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// A cell that holds a code.
    pub(crate) fn code(code: impl Vocabulary) -> Self {
        Self::Code(code.code())
    }

    /// A cell that holds an id, if there is one.
    pub(crate) fn id(id: Option<impl Into<Uuid>>) -> Self {
        id.map_or(Self::Empty, |id| Self::Id(id.into()))
    }

    /// A cell that holds a day, if there is one.
    pub(crate) fn day(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }

    /// A cell that holds a number, if there is one.
    pub(crate) fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    /// A cell that holds an amount, if there is one.
    pub(crate) fn amount(amount: Option<Amount>) -> Self {
        Self::number(amount.map(Amount::get))
    }

    /// A cell that holds the code of a country, if there is one.
    pub(crate) fn country(country: Option<CountryCode>) -> Self {
        country.map_or(Self::Empty, |country| Self::Code(country.code()))
    }

    /// A cell that counts.
    pub(crate) fn count(number: usize) -> Self {
        i64::try_from(number).map_or(Self::Empty, Self::Whole)
    }

    /// A cell of several texts.
    pub(crate) fn texts(texts: impl Iterator<Item = &'r str>) -> Self {
        Self::Texts(texts.map(Cow::Borrowed).collect())
    }

    /// A cell of several codes.
    pub(crate) fn codes<V: Vocabulary>(codes: impl Iterator<Item = V>) -> Self {
        Self::Texts(codes.map(|code| Cow::Borrowed(code.code())).collect())
    }

    /// A cell of several ids; of what has none, an empty text.
    pub(crate) fn ids<I: Into<Uuid>>(ids: impl Iterator<Item = Option<I>>) -> Self {
        let text = |id: Option<I>| id.map_or(Cow::Borrowed(""), |id| Cow::Owned(id.into().to_string()));
        Self::Texts(ids.map(text).collect())
    }
}
