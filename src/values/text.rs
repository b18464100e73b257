//! Text of known shape. Each type states its length and pattern once: for parsing, and for the API document.

use iso_currency::Currency;

/// A newtype over `String` that holds only text of the stated length (in characters) and pattern.
macro_rules! text {
    ($(#[doc = $doc:literal])+ $name:ident { length: $min:tt..=$max:tt, pattern: $pattern:tt, example: $example:tt }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, utoipa::ToSchema)]
        #[serde(try_from = "String")]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[schema(value_type = String, min_length = $min, max_length = $max, pattern = $pattern, example = $example)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                static PATTERN: std::sync::LazyLock<Option<regex::Regex>> =
                    std::sync::LazyLock::new(|| regex::Regex::new($pattern).ok());
                let fits = PATTERN.as_ref().is_some_and(|pattern| pattern.is_match(&text));
                let length = text.chars().count();
                if ($min..=$max).contains(&length) && fits {
                    Ok(Self(text))
                } else {
                    Err(format!(
                        "must be {} to {} characters that match {}, and this has {length} characters: {:?}",
                        $min, $max, $pattern, text.chars().take(60).collect::<String>()
                    ))
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::try_from(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <String as diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <String as diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg>>::from_sql(bytes)
                    .map(Self)
            }
        }

        #[cfg(test)]
        impl $name {
            fn example() -> Result<Self, String> {
                $example.parse()
            }
        }
    };
}

text! {
    /// One line of text: a name, a title, a label. No control characters.
    Line { length: 1..=500, pattern: r"^[^\u0000-\u001F\u007F]+$", example: "Rally for the release of a politician in Bishkek" }
}
text! {
    /// Text of several lines. No control characters but tab and line ends.
    Prose { length: 0..=10_000, pattern: r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*$", example: "About two thousand people gathered." }
}
text! {
    /// What somebody is accused of, as the source puts it or as the law names it.
    Charge { length: 1..=500, pattern: r"^[^\u0000-\u001F\u007F]+$", example: "attempt to seize power by force" }
}
text! {
    /// The text of an article, which is under copyright.
    ArticleBody { length: 0..=500_000, pattern: r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*$", example: "…" }
}
text! {
    /// An absolute `http` or `https` URL.
    Url { length: 8..=2_000, pattern: r"^https?://[^\s\u0000-\u0020\u007F]+$", example: "https://example.org/report" }
}
text! {
    /// The name of a dataset in URLs.
    Slug { length: 1..=63, pattern: "^[a-z0-9][a-z0-9-]*$", example: "central-asia" }
}
text! {
    /// The id that a dataset gives to its own record, unique among the records of one resource in it.
    ExternalId { length: 1..=200, pattern: r"^[^\u0000-\u001F\u007F]+$", example: "kg-2020-03-02-bishkek-rally" }
}
text! {
    /// A BCP 47 language tag, with its script where it matters.
    LanguageTag { length: 2..=30, pattern: "^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", example: "kk-Cyrl" }
}
text! {
    /// A tag, one of those listed at `/v1/vocabularies`.
    Tag { length: 1..=50, pattern: "^[a-z0-9_]+$", example: "tear_gas" }
}
text! {
    /// A currency, by its ISO 4217 code.
    CurrencyCode { length: 3..=3, pattern: "^[A-Z]{3}$", example: "KGS" }
}
text! {
    /// What a penalty is counted in: `day`, `month`, `year`, or a currency by its ISO 4217 code.
    PenaltyUnit { length: 3..=5, pattern: "^(day|month|year|[A-Z]{3})$", example: "year" }
}

impl CurrencyCode {
    /// Whether ISO 4217 lists it.
    pub fn is_listed(&self) -> bool {
        Currency::from_code(&self.0).is_some()
    }
}

impl PenaltyUnit {
    /// Whether it is one of time: `day`, `month` or `year`.
    pub fn is_of_time(&self) -> bool {
        self.0.starts_with(|letter: char| letter.is_ascii_lowercase())
    }

    /// Whether it is a currency that ISO 4217 lists.
    pub fn is_listed_currency(&self) -> bool {
        Currency::from_code(&self.0).is_some()
    }
}

impl Slug {
    /// The dataset of a record that is written without one.
    pub const DEFAULT: &'static str = "central-asia";

    /// As [`DEFAULT`](Self::DEFAULT).
    pub fn default_dataset() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl Prose {
    /// No text.
    pub fn empty() -> Self {
        Self(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_valid() {
        assert_eq!(Line::example().map(|_| ()), Ok(()));
        assert_eq!(Prose::example().map(|_| ()), Ok(()));
        assert_eq!(Charge::example().map(|_| ()), Ok(()));
        assert_eq!(ArticleBody::example().map(|_| ()), Ok(()));
        assert_eq!(Url::example().map(|_| ()), Ok(()));
        assert_eq!(Slug::example().map(|_| ()), Ok(()));
        assert_eq!(ExternalId::example().map(|_| ()), Ok(()));
        assert_eq!(LanguageTag::example().map(|_| ()), Ok(()));
        assert_eq!(Tag::example().map(|_| ()), Ok(()));
        assert_eq!(CurrencyCode::example().map(|_| ()), Ok(()));
        assert_eq!(PenaltyUnit::example().map(|_| ()), Ok(()));
    }

    #[test]
    fn a_line_has_no_control_characters_and_is_not_empty() {
        for bad in ["", "two\nlines", "nul\0", "\u{7f}"] {
            assert!(bad.parse::<Line>().is_err(), "{bad:?}");
        }
        assert!("x".repeat(501).parse::<Line>().is_err());
        assert!("Ж".repeat(500).parse::<Line>().is_ok());
    }

    #[test]
    fn a_url_has_a_scheme_of_the_web() {
        for bad in ["ftp://example.org", "javascript:alert(1)", "http://", "https://a b"] {
            assert!(bad.parse::<Url>().is_err(), "{bad:?}");
        }
    }
}
