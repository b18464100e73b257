//! Query strings: read strictly, and turned into typed filters with every fault named.

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use percent_encoding::percent_decode_str;
use serde::de::value::{Error as ValueError, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::fault::{Fault, FaultCode};
use super::problem::Problem;

/// The parameters of a query, by name, each once.
#[derive(Clone, Debug, Default)]
pub struct QueryString(BTreeMap<String, String>);

impl QueryString {
    /// Reads a raw query.
    ///
    /// # Errors
    /// A fault for each parameter that stands twice, is not UTF-8 behind its percent signs, or holds a NUL.
    pub fn parse(raw: &str) -> Result<Self, Vec<Fault>> {
        let mut parameters = BTreeMap::new();
        let mut faults = Vec::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decode(name), decode(value)) {
                (Ok(name), Ok(_)) if parameters.contains_key(&name) => faults.push(Fault::query(
                    name,
                    FaultCode::RepeatedParameter,
                    "a parameter may stand once; write several codes or ids with commas between them",
                )),
                (Ok(name), Ok(value)) => {
                    parameters.insert(name, value);
                }
                (Ok(name), Err(why)) => faults.push(Fault::query(name, FaultCode::InvalidValue, why)),
                (Err(why), _) => faults.push(Fault::query(name, FaultCode::UnknownParameter, why)),
            }
        }
        if faults.is_empty() { Ok(Self(parameters)) } else { Err(faults) }
    }

    /// The names of the parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The parameters but those named, in one canonical spelling: what a cursor is bound to.
    pub fn canonical_without(&self, left_out: &[&str]) -> String {
        let kept = self.0.iter().filter(|(name, _)| !left_out.contains(&name.as_str()));
        kept.flat_map(|(name, value)| [name, "=", value, "\0"]).collect()
    }

    /// The parameters as a value of a type that names those it takes.
    ///
    /// Deserializing stops at the first fault; so it is tried again without the faulty parameter until all are found.
    fn typed<T: DeserializeOwned>(&self) -> Result<T, Vec<Fault>> {
        let mut left: BTreeMap<&str, &str> =
            self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut faults = Vec::new();
        loop {
            let pairs = left.iter().map(|(name, value)| (*name, Text(value)));
            match serde_path_to_error::deserialize::<_, T>(MapDeserializer::new(pairs)) {
                Ok(value) if faults.is_empty() => return Ok(value),
                Ok(_) => return Err(faults),
                Err(error) => {
                    let name = error.path().to_string();
                    // One that must be there is missed once it was left out for its fault: that is no fault of the caller.
                    if left.remove(name.as_str()).is_none() && !faults.is_empty() {
                        return Err(faults);
                    }
                    faults.push(Fault::query(&name, FaultCode::InvalidValue, error.inner().to_string()));
                    if !self.0.contains_key(&name) {
                        return Err(faults);
                    }
                }
            }
        }
    }
}

/// The text of a parameter, for types that read themselves from text.
struct Text<'a>(&'a str);

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, ValueError> for Text<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Percent signs and plus signs decoded.
fn decode(text: &str) -> Result<String, String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|error| format!("is not UTF-8: {error}"))?;
    if decoded.contains('\0') {
        return Err("holds a NUL character".to_owned());
    }
    Ok(decoded.into_owned())
}

/// Parameters that a handler takes from the query. Parameters that the document does not list never get this far: see
/// [`gate`](super::gate).
#[derive(Debug)]
pub struct Query<T>(pub T);

/// A check that concerns more than one parameter.
pub trait Parameters: DeserializeOwned {
    /// What contradicts what.
    fn conflicts(&self) -> Vec<Fault> {
        Vec::new()
    }
}

impl<T: Parameters + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.extensions().get::<QueryString>() {
            Some(query) => Self::of(query),
            None => Self::of(&QueryString::default()),
        })
    }
}

impl<T: Parameters> Query<T> {
    /// The parameters of a query.
    ///
    /// # Errors
    /// Every one that cannot be read, or else what contradicts what.
    pub fn of(query: &QueryString) -> Result<Self, Problem> {
        let typed = query.typed::<T>().map_err(Problem::InvalidParameter)?;
        match typed.conflicts() {
            faults if faults.is_empty() => Ok(Self(typed)),
            faults => Err(Problem::InvalidParameter(faults)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::QueryString;

    #[test]
    fn faults_of_a_query_are_all_named() {
        let faults = QueryString::parse("a=1&a=2&b=%ff&c=%00&d=x+y").map_err(|faults| faults.len());
        assert_eq!(faults.map(|_| ()), Err(3));
    }

    #[test]
    fn the_canonical_spelling_does_not_depend_on_order_or_encoding() {
        let canonical = |raw| QueryString::parse(raw).map(|query| query.canonical_without(&["limit"]));
        assert_eq!(canonical("kind=a%2Cb&country=KZ&limit=5"), canonical("country=KZ&kind=a,b"));
        assert_ne!(canonical("country=KZ"), canonical("country=KG"));
    }
}
