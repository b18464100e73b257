//! NDJSON: a line a record, in the shape that reading gives.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::Format;
use crate::http::problem::Problem;

/// A line a record: of all of its members, or of those that are named.
pub(super) struct Ndjson<R> {
    fields: Option<Vec<&'static str>>,
    line: Vec<u8>,
    rows: PhantomData<fn(R)>,
}

impl<R> Ndjson<R> {
    pub(super) fn new(fields: Option<Vec<&'static str>>) -> Self {
        Self { fields, line: Vec::new(), rows: PhantomData }
    }
}

impl<R: Serialize> Format<R> for Ndjson<R> {
    fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), Problem> {
        Ok(())
    }

    fn rows(&mut self, rows: &[R], out: &mut Vec<u8>) -> Result<(), Problem> {
        let fault = |error: serde_json::Error| Problem::Internal(error.to_string());
        for row in rows {
            if let Some(fields) = &self.fields {
                self.line.clear();
                serde_json::to_writer(&mut self.line, row).map_err(fault)?;
                let members: Members = serde_json::from_slice(&self.line).map_err(fault)?;
                serde_json::to_writer(&mut *out, &Trimmed { members: &members, fields }).map_err(fault)?;
            } else {
                serde_json::to_writer(&mut *out, row).map_err(fault)?;
            }
            out.push(b'\n');
        }
        Ok(())
    }
}

/// The members of an object, as they were written.
struct Members<'l>(Vec<(&'l str, &'l RawValue)>);

impl<'l> Deserialize<'l> for Members<'l> {
    fn deserialize<D: Deserializer<'l>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'l> Visitor<'l> for MembersVisitor {
    type Value = Members<'l>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<Members<'l>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// Some members of an object, in the order in which they are named.
struct Trimmed<'l> {
    members: &'l Members<'l>,
    fields: &'l [&'static str],
}

impl Serialize for Trimmed<'_> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        let mut map = writer.serialize_map(Some(self.fields.len()))?;
        for field in self.fields {
            let member = self.members.0.iter().find(|(name, _)| name == field);
            map.serialize_entry(field, &member.map(|(_, value)| value))?;
        }
        map.end()
    }
}
