//! What every vocabulary can do, and the macro that writes one.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::de;

use super::served::{Label, Term};

/// A closed list of codes: the one place where a code, its label and its definition meet.
pub trait Vocabulary: Copy + Eq + fmt::Display + FromStr<Err = UnknownCode> + 'static {
    /// The name that the list is served under.
    const NAME: &'static str;
    /// What the list is about, in one sentence.
    const DESCRIPTION: &'static str;
    /// Every term, in the order of the codebook.
    const ALL: &'static [Self];

    /// The code that JSON, SQL and the `OpenAPI` document use.
    fn code(self) -> &'static str;

    /// The name to show to people.
    fn label(self) -> Label;

    /// What the code means, in one sentence.
    fn description(self) -> &'static str;

    /// The served form, without category, effect, freedoms, status or crosswalk.
    fn term(self) -> Term {
        Term::new(self.code(), self.label(), self.description())
    }
}

/// A text that is no code of the vocabulary it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{code}` is not a code of the vocabulary `{vocabulary}`")]
pub struct UnknownCode {
    /// The vocabulary's served name.
    pub vocabulary: &'static str,
    /// The beginning of the text.
    pub code: String,
}

impl UnknownCode {
    /// Names the vocabulary and as much of the text as an error message can bear.
    pub(super) fn new<V: Vocabulary>(code: &str) -> Self {
        Self { vocabulary: V::NAME, code: code.chars().take(64).collect() }
    }
}

/// Reads a code by [`FromStr`]: serde's own derive would answer a misspelt one with the whole list.
pub(super) struct CodeVisitor<V>(pub(super) PhantomData<V>);

impl<V: Vocabulary> de::Visitor<'_> for CodeVisitor<V> {
    type Value = V;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a code of the vocabulary `{}`", V::NAME)
    }

    fn visit_str<E: de::Error>(self, code: &str) -> Result<V, E> {
        code.parse().map_err(E::custom)
    }
}

/// Writes a vocabulary: `Variant: "code", "English label", "Русское название", "Definition.";`
///
/// The doc comment is the served description of the list. `$code` is a `tt` because a `literal`
/// fragment would hide the serde rename from utoipa.
macro_rules! vocabulary {
    (
        $(#[doc = $about:tt])+
        pub enum $name:ident as $served:tt $(example $example:tt)? {
            $($variant:ident: $code:tt, $en:tt, $ru:tt, $description:expr;)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, utoipa::ToSchema)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        $(#[schema(example = $example)])?
        pub enum $name {
            $(#[doc = $description] #[serde(rename = $code)] $variant,)+
        }

        impl $crate::codebook::Vocabulary for $name {
            const NAME: &'static str = $served;
            const DESCRIPTION: &'static str = concat!($($about),+).trim_ascii();
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            fn label(self) -> $crate::codebook::Label {
                match self { $(Self::$variant => $crate::codebook::Label::new($en, $ru)),+ }
            }

            fn description(self) -> &'static str {
                match self { $(Self::$variant => $description),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad($crate::codebook::Vocabulary::code(*self))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::codebook::UnknownCode;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::codebook::UnknownCode::new::<Self>(code)),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                reader.deserialize_str($crate::codebook::vocabulary::CodeVisitor(
                    std::marker::PhantomData,
                ))
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                let code = $crate::codebook::Vocabulary::code(*self);
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg>>::to_sql(
                    code, out,
                )
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(std::str::from_utf8(value.as_bytes())?.parse()?)
            }
        }
    };
}
pub(super) use vocabulary;
