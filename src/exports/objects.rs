//! NDJSON of values: an object a line, whose members are the columns.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::columns::{Cell, Column};
use super::{Exported, Format};
use crate::http::problem::Problem;

/// An object a line.
pub(super) struct Objects<R: 'static>(Vec<&'static Column<R>>);

impl<R: Exported> Objects<R> {
    /// Of these columns, or of all.
    pub(super) fn of(fields: Option<Vec<&'static str>>) -> Self {
        Self(super::columns_of::<R>(fields))
    }
}

impl<R> Format<R> for Objects<R> {
    fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), Problem> {
        Ok(())
    }

    fn rows(&mut self, rows: &[R], out: &mut Vec<u8>) -> Result<(), Problem> {
        for row in rows {
            let object = Object { columns: &self.0, row };
            serde_json::to_writer(&mut *out, &object).map_err(|error| Problem::Internal(error.to_string()))?;
            out.push(b'\n');
        }
        Ok(())
    }
}

/// A record as an object of its columns.
pub(super) struct Object<'r, R: 'static> {
    pub(super) columns: &'r [&'static Column<R>],
    pub(super) row: &'r R,
}

impl<R> Serialize for Object<'_, R> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        let mut map = writer.serialize_map(Some(self.columns.len()))?;
        for column in self.columns {
            map.serialize_entry(column.name, &(column.cell)(self.row))?;
        }
        map.end()
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => writer.serialize_none(),
            Self::Id(id) => id.serialize(writer),
            Self::Text(text) | Self::Code(text) => writer.serialize_str(text),
            Self::Texts(texts) => texts.serialize(writer),
            Self::Whole(number) => writer.serialize_i64(*number),
            Self::Number(number) => serialize_number(*number, writer),
            Self::Flag(flag) => writer.serialize_bool(*flag),
            Self::Day(day) => day.serialize(writer),
            Self::Moment(moment) => moment.serialize(writer),
        }
    }
}

/// Writes a number without a fraction where it has none.
fn serialize_number<S: Serializer>(number: f64, writer: S) -> Result<S::Ok, S::Error> {
    /// The largest number below which every whole one is exact.
    const EXACT: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and within what is exact")]
        let whole = number as i64;
        writer.serialize_i64(whole)
    } else {
        writer.serialize_f64(number)
    }
}
