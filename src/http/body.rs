//! The body of a request: JSON, strictly read. What RFC 8259 leaves to the reader is refused: a member that stands
//! twice would be lost without a word.

use std::fmt;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::{LocalBoxFuture, ready};
use futures_util::{FutureExt, StreamExt};
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::gate::Limits;
use super::problem::Problem;

/// How long a body may take to come, so that nobody keeps a connection busy with a body that never ends.
const PATIENCE: Duration = Duration::from_mins(1);

/// A record to be created: `application/json`.
#[derive(Clone, Debug)]
pub struct RecordBody(pub Value);

/// A change of a record: `application/merge-patch+json` (RFC 7396), or `application/json`.
#[derive(Clone, Debug)]
pub struct PatchBody(pub Value);

impl FromRequest for RecordBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        json(request, payload, &["application/json"], "`application/json`").map(|read| read.map(Self)).boxed_local()
    }
}

impl FromRequest for PatchBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let types = ["application/merge-patch+json", "application/json"];
        json(request, payload, &types, "`application/merge-patch+json`").map(|read| read.map(Self)).boxed_local()
    }
}

/// A body that may be left out: `application/json`.
#[derive(Clone, Debug)]
pub struct OptionalBody(pub Option<Value>);

impl FromRequest for OptionalBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let length = request.headers().get(CONTENT_LENGTH).map(|length| length.as_bytes().to_vec());
        if request.headers().get(TRANSFER_ENCODING).is_none() && length.is_none_or(|length| length == b"0") {
            return ready(Ok(Self(None))).boxed_local();
        }
        RecordBody::from_request(request, payload)
            .map(|read| read.map(|RecordBody(body)| Self(Some(body))))
            .boxed_local()
    }
}

/// Reads a body of one of these media types whole; it is kept in memory only as far as the limit.
fn json(
    request: &HttpRequest,
    payload: &mut Payload,
    types: &[&str],
    allowed: &'static str,
) -> impl Future<Output = Result<Value, Problem>> + use<> {
    let is_taken = has_type(request, types) && !is_compressed(request);
    let most = request.app_data::<web::Data<Limits>>().map_or(u64::MAX, |limits| limits.body);
    let mut payload = payload.take();
    async move {
        if !is_taken {
            return Err(Problem::UnsupportedMediaType(allowed));
        }
        let most_bytes = usize::try_from(most).unwrap_or(usize::MAX);
        let mut bytes = web::BytesMut::new();
        let read = async {
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|error| Problem::InvalidJson(format!("the body is cut off: {error}")))?;
                if bytes.len() + chunk.len() > most_bytes {
                    return Err(Problem::ContentTooLarge(most));
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(())
        };
        let in_time = tokio::time::timeout(PATIENCE, read).await;
        in_time.map_err(|_late| {
            Problem::InvalidJson(format!("the body took longer than {} seconds", PATIENCE.as_secs()))
        })??;
        parse(&bytes).map_err(Problem::InvalidJson)
    }
}

/// Whether a body is of one of these media types, in UTF-8.
pub fn has_type(request: &HttpRequest, types: &[&str]) -> bool {
    let Some(given) = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = given.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let charset = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"').to_owned())
    });
    types.iter().any(|known| media.eq_ignore_ascii_case(known))
        && charset.is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"))
}

/// Whether a body is compressed.
pub fn is_compressed(request: &HttpRequest) -> bool {
    request.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding.as_bytes() != b"identity")
}

/// Reads JSON in which no object has a member twice.
///
/// # Errors
/// Where it is no such JSON, and why.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut deserializer);
    value.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| format!("the body is no JSON: {error}"))
}

/// A value of which no object has a member twice.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format!("the member {name:?} stands twice in one object")));
            }
            let value = members.next_value_seed(Self)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_is_json_is_read_and_what_is_lossy_is_refused() {
        assert_eq!(
            parse(br#"{"a": [1, -2, 0.5, null, true, "\u00e9"]}"#).map(|value| value.to_string()).as_deref(),
            Ok("{\"a\":[1,-2,0.5,null,true,\"é\"]}")
        );
        for bad in [
            &b""[..],
            b"{\"a\": 1",
            b"{\"a\": 1} 2",
            b"{\"a\": 1, \"a\": 2}",
            b"{\"b\": {\"a\": 1, \"\\u0061\": 2}}",
            b"\"\xff\"",
            b"\"\\ud800\"",
            b"1e999",
            b"NaN",
        ] {
            assert!(parse(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
        assert!(parse(&[b"[".repeat(100_000), b"]".repeat(100_000)].concat()).is_err());
    }
}
