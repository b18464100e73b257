//! The kinds of values that parameters of a query take. Each says in its error what is allowed.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use uuid::Uuid;

use super::fault::{Fault, FaultCode};
use crate::codebook::{Category, IncidentKind, Vocabulary};
use crate::history::{self, RecordType};

/// The most ids, or codes, that one parameter takes.
const MOST: usize = 200;

/// Codes of a vocabulary with commas between them: any of them fits.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String", bound = "T: Vocabulary")]
pub struct AnyOf<T: Vocabulary>(Vec<T>);

impl<T: Vocabulary> AnyOf<T> {
    /// The terms, in the order in which they were named.
    pub fn get(&self) -> &[T] {
        &self.0
    }

    /// The codes.
    pub fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(|term| term.code()).collect()
    }
}

impl<T: Vocabulary> TryFrom<String> for AnyOf<T> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        split(&text, |code| {
            T::ALL
                .iter()
                .copied()
                .find(|term| term.code() == code)
                .ok_or_else(|| not_among(code, T::ALL.iter().map(|term| term.code())))
        })
        .map(|terms| Self(each_once(terms)))
    }
}

/// Kinds of incidents and whole categories of them, with commas between them.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Kinds(Vec<IncidentKind>);

impl Kinds {
    /// The codes of the kinds, categories spelt out.
    pub fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(|kind| kind.code()).collect()
    }
}

impl TryFrom<String> for Kinds {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let each = split(&text, |code| {
            if let Ok(category) = code.parse::<Category>() {
                return Ok(category.kinds().collect());
            }
            code.parse::<IncidentKind>().map(|kind| vec![kind]).map_err(|_unknown| {
                not_among(
                    code,
                    Category::ALL.iter().map(|c| c.code()).chain(IncidentKind::ALL.iter().map(|k| k.code())),
                )
            })
        })?;
        Ok(Self(each_once(each.into_iter().flatten().collect())))
    }
}

/// Ids with commas between them.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Ids(Vec<Uuid>);

impl Ids {
    /// The ids.
    pub fn get(&self) -> &[Uuid] {
        &self.0
    }

    /// Puts the survivor of a merge in the place of each id that was merged away.
    ///
    /// # Errors
    /// The database fails.
    pub async fn resolve(connection: &AsyncPgConnection, of: RecordType, ids: &mut Option<Self>) -> QueryResult<()> {
        if let Some(ids) = ids {
            ids.0 = history::resolve(connection, of, &ids.0).await?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Ids {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        split(&text, uuid).map(|ids| Self(each_once(ids)))
    }
}

/// A UUID in its usual spelling, with hyphens.
///
/// # Errors
/// Any other spelling, so that an id has one.
pub fn uuid(text: &str) -> Result<Uuid, String> {
    let parsed = if text.len() == 36 { Uuid::try_parse(text).ok() } else { None };
    parsed.ok_or_else(|| format!("`{}` is no UUID, such as 0190d6a0-0000-7000-8000-000000000001", short(text)))
}

/// Words of a known shape with commas between them.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String", bound = "T: FromStr<Err = String> + PartialEq")]
pub struct Words<T: FromStr<Err = String>>(Vec<T>);

impl<T: FromStr<Err = String> + Display> Words<T> {
    /// The words.
    pub fn get(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

impl<T: FromStr<Err = String> + PartialEq> TryFrom<String> for Words<T> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        split(&text, str::parse).map(|words| Self(each_once(words)))
    }
}

/// Names with commas between them.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Names(Vec<String>);

impl Names {
    /// The names.
    pub fn get(&self) -> &[String] {
        &self.0
    }
}

impl TryFrom<String> for Names {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        split(&text, |name| Ok(name.to_owned())).map(Self)
    }
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(pub NaiveDate);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let shape = |(i, byte): (usize, u8)| if i == 4 || i == 7 { byte == b'-' } else { byte.is_ascii_digit() };
        let written = text.len() == 10 && text.bytes().enumerate().all(shape);
        let day = if written { NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok() } else { None };
        day.map(Self).ok_or_else(|| {
            format!("`{}` is no day of the calendar written YYYY-MM-DD, such as 2020-03-02", short(&text))
        })
    }
}

impl Day {
    /// A fault if the first of two days is after the second.
    pub(crate) fn out_of_order(from_name: &str, from: Option<Self>, to_name: &str, to: Option<Self>) -> Vec<Fault> {
        match (from, to) {
            (Some(from), Some(to)) if from > to => {
                vec![Fault::query(from_name, FaultCode::Conflict, format!("{} is after `{to_name}`, {}", from.0, to.0))]
            }
            _ => Vec::new(),
        }
    }
}

/// A moment.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Moment(pub DateTime<Utc>);

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        DateTime::parse_from_rfc3339(&text).map(|moment| Self(moment.to_utc())).map_err(|error| {
            format!(
                "`{}` is no time of RFC 3339, such as 2020-03-02T17:00:00Z ({error}); a plus sign is written %2B",
                short(&text)
            )
        })
    }
}

/// A whole number from 0, or another least one, to a most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Whole<const LEAST: i64, const MOST: i64>(i64);

impl<const LEAST: i64, const MOST: i64> Whole<LEAST, MOST> {
    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<const LEAST: i64, const MOST: i64> TryFrom<String> for Whole<LEAST, MOST> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let plain = text.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || (i == 0 && b == b'-'));
        let parsed = if plain { text.parse().ok() } else { None };
        parsed
            .filter(|number| (LEAST..=MOST).contains(number))
            .map(Self)
            .ok_or_else(|| format!("`{}` is no whole number from {LEAST} to {MOST}", short(&text)))
    }
}

/// Yes or no.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Flag(pub bool);

impl TryFrom<String> for Flag {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "true" => Ok(Self(true)),
            "false" => Ok(Self(false)),
            _ => Err(format!("`{}` is neither true nor false", short(&text))),
        }
    }
}

/// Each of the values between the commas, read by `read`.
pub(super) fn split<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let values: Vec<T> = text.split(',').map(read).collect::<Result<_, _>>()?;
    if values.len() > MOST {
        return Err(format!("has {} values and takes at most {MOST}", values.len()));
    }
    Ok(values)
}

/// What is named again says nothing more, and would cost the database as much again.
fn each_once<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    values.into_iter().fold(Vec::new(), |mut once, value| {
        if !once.contains(&value) {
            once.push(value);
        }
        once
    })
}

/// That a code is unknown, the nearest one, and all that are allowed.
pub(crate) fn not_among<'a>(given: &str, allowed: impl Iterator<Item = &'a str>) -> String {
    let allowed: Vec<&str> = allowed.collect();
    let hint =
        nearest(given, allowed.iter().copied()).map(|near| format!("; the nearest is `{near}`")).unwrap_or_default();
    // The 249 countries would bury the message.
    let list = if allowed.len() < 100 {
        format!("Allowed: {}", allowed.join(", "))
    } else {
        "Allowed: see /v1/vocabularies".to_owned()
    };
    format!("`{}` is not among what is allowed{hint}. {list}", short(given))
}

/// The name most like a given one, if any is much like it.
pub(super) fn nearest<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.chars().take(100).collect::<String>().to_lowercase();
    names
        .map(|name| (strsim::jaro_winkler(&given, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// The beginning of a text, to repeat it to the caller.
pub(super) fn short(text: &str) -> String {
    let beginning: String = text.chars().take(60).collect();
    if beginning.len() < text.len() { format!("{beginning}…") } else { beginning }
}

/// The code of a kind of incident, or of a category of kinds.
pub struct KindOrCategory;

impl utoipa::PartialSchema for KindOrCategory {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let codes = Category::ALL.iter().map(|c| c.code()).chain(IncidentKind::ALL.iter().map(|k| k.code()));
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("The code of a kind of incident, or of a category of kinds."))
            .enum_values(Some(codes))
            .into()
    }
}

impl utoipa::ToSchema for KindOrCategory {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codebook::Effect;

    #[test]
    fn what_is_named_again_is_taken_once() {
        let effects = AnyOf::<Effect>::try_from("restriction,positive,restriction".to_owned()).expect("effects");
        assert_eq!(effects.codes(), ["restriction", "positive"]);
        let kinds = Kinds::try_from("law.adopted,law".to_owned()).expect("kinds");
        assert_eq!(kinds.codes().iter().filter(|code| **code == "law.adopted").count(), 1);
        let id = "0190d6a0-0000-7000-8000-000000000001";
        assert_eq!(Ids::try_from(format!("{id},{id}")).expect("ids").get().len(), 1);
    }
}
