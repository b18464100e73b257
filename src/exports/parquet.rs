//! Apache Parquet: a table by columns, which keep their types; lists are lists, and what is not known is null.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use super::columns::{Cell, Column, Holding};
use super::{Exported, Format};
use crate::http::problem::Problem;

/// How many bytes of values are kept in memory until they are written as a group of rows. Readers skip and fetch whole groups,
/// and a larger one is packed better.
const GROUP: usize = 8 * 1024 * 1024;

/// A table of some columns.
pub(super) struct Parquet<R: 'static> {
    columns: Vec<Filling<R>>,
    held: usize,
    file: SerializedFileWriter<Vec<u8>>,
}

impl<R: Exported> Parquet<R> {
    /// Of these columns, or of all.
    pub(super) fn of(fields: Option<Vec<&'static str>>) -> Result<Self, Problem> {
        let columns: Vec<_> = super::columns_of::<R>(fields).into_iter().map(Filling::of).collect();
        let types = columns.iter().map(|filling| filling.column.schema()).collect::<Result<_, _>>().map_err(fault)?;
        let schema = Type::group_type_builder(R::NAME).with_fields(types).build().map_err(fault)?;
        let packed = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
        let file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(packed)).map_err(fault)?;
        Ok(Self { columns, held: 0, file })
    }
}

impl<R> Parquet<R> {
    /// Writes what is held as a group of rows.
    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for filling in &mut self.columns {
            if let Some(mut column) = group.next_column()? {
                filling.write(&mut column)?;
                column.close()?;
            }
        }
        self.held = 0;
        group.close().map(drop)
    }

    /// Hands over what was written.
    fn give(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        self.file.flush().map_err(|error| Problem::Internal(error.to_string()))?;
        out.append(self.file.inner_mut());
        Ok(())
    }
}

impl<R> Format<R> for Parquet<R> {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        self.give(out)
    }

    fn rows(&mut self, rows: &[R], out: &mut Vec<u8>) -> Result<(), Problem> {
        for row in rows {
            for filling in &mut self.columns {
                let cell = (filling.column.cell)(row);
                self.held += size(&cell);
                filling.add(cell);
            }
            if self.held >= GROUP {
                self.write_group().map_err(fault)?;
            }
        }
        self.give(out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        if self.held > 0 {
            self.write_group().map_err(fault)?;
        }
        self.file.finish().map_err(fault)?;
        self.give(out)
    }
}

/// The values of a column that wait for their group. Of each value, or of none, `definitions` says whether there is one, and
/// `repetitions` whether it goes on a list.
struct Filling<R: 'static> {
    column: &'static Column<R>,
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

/// Values as the format stores them.
enum Values {
    Texts(Vec<ByteArray>),
    Whole(Vec<i64>),
    Numbers(Vec<f64>),
    Flags(Vec<bool>),
    Days(Vec<i32>),
}

impl<R> Filling<R> {
    fn of(column: &'static Column<R>) -> Self {
        let values = match column.holds {
            Holding::Id | Holding::Code | Holding::Text | Holding::Texts => Values::Texts(Vec::new()),
            Holding::Whole | Holding::Moment => Values::Whole(Vec::new()),
            Holding::Number => Values::Numbers(Vec::new()),
            Holding::Flag => Values::Flags(Vec::new()),
            Holding::Day => Values::Days(Vec::new()),
        };
        Self { column, values, definitions: Vec::new(), repetitions: Vec::new() }
    }

    /// Adds a cell.
    fn add(&mut self, cell: Cell<'_>) {
        let is_there = match (&mut self.values, cell) {
            (Values::Texts(values), Cell::Texts(texts)) => {
                self.definitions.extend(std::iter::repeat_n(1, texts.len()));
                self.repetitions.extend((0..texts.len().max(1)).map(|place| i16::from(place > 0)));
                values.extend(texts.iter().map(|text| ByteArray::from(text.as_ref())));
                if !texts.is_empty() {
                    return;
                }
                false
            }
            (Values::Texts(values), Cell::Text(text) | Cell::Code(text)) => push(values, ByteArray::from(text)),
            (Values::Texts(values), Cell::Id(id)) => push(values, id.to_string().into_bytes().into()),
            (Values::Whole(values), Cell::Whole(number)) => push(values, number),
            (Values::Whole(values), Cell::Moment(moment)) => push(values, moment.timestamp_micros()),
            (Values::Numbers(values), Cell::Number(number)) => push(values, number),
            (Values::Flags(values), Cell::Flag(flag)) => push(values, flag),
            (Values::Days(values), Cell::Day(day)) => push(values, day.to_epoch_days()),
            _ => false,
        };
        self.definitions.push(i16::from(is_there));
    }

    /// Writes all values, and forgets them.
    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let repetitions = (self.column.holds == Holding::Texts).then_some(self.repetitions.as_slice());
        match &mut self.values {
            Values::Texts(values) => write::<ByteArrayType>(column, values, &self.definitions, repetitions),
            Values::Whole(values) => write::<Int64Type>(column, values, &self.definitions, repetitions),
            Values::Numbers(values) => write::<DoubleType>(column, values, &self.definitions, repetitions),
            Values::Flags(values) => write::<BoolType>(column, values, &self.definitions, repetitions),
            Values::Days(values) => write::<Int32Type>(column, values, &self.definitions, repetitions),
        }?;
        self.definitions.clear();
        self.repetitions.clear();
        Ok(())
    }
}

fn push<T>(values: &mut Vec<T>, value: T) -> bool {
    values.push(value);
    true
}

fn write<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    definitions: &[i16],
    repetitions: Option<&[i16]>,
) -> Result<(), ParquetError> {
    column.typed::<T>().write_batch(values, Some(definitions), repetitions)?;
    values.clear();
    Ok(())
}

/// About how many bytes a cell takes in memory.
fn size(cell: &Cell<'_>) -> usize {
    /// What holds a value together, whatever it is.
    const FRAME: usize = 40;
    FRAME
        + match cell {
            Cell::Text(text) | Cell::Code(text) => text.len(),
            Cell::Id(_) => 36,
            Cell::Texts(texts) => texts.iter().map(|text| FRAME + text.len()).sum(),
            _ => 0,
        }
}

impl<R> Column<R> {
    /// Its type in a file.
    fn schema(&self) -> Result<TypePtr, ParquetError> {
        let single = |name: &str, physical, logical, repetition| {
            let schema = Type::primitive_type_builder(name, physical);
            schema.with_logical_type(logical).with_repetition(repetition).build().map(Arc::new)
        };
        let text = Some(LogicalType::String);
        let optional = |physical, logical| single(self.name, physical, logical, Repetition::OPTIONAL);
        match self.holds {
            Holding::Id | Holding::Code | Holding::Text => optional(Physical::BYTE_ARRAY, text),
            Holding::Whole => optional(Physical::INT64, None),
            Holding::Number => optional(Physical::DOUBLE, None),
            Holding::Flag => optional(Physical::BOOLEAN, None),
            Holding::Day => optional(Physical::INT32, Some(LogicalType::Date)),
            Holding::Moment => optional(Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
            Holding::Texts => {
                let element = single("element", Physical::BYTE_ARRAY, text, Repetition::REQUIRED)?;
                let list = Type::group_type_builder("list").with_repetition(Repetition::REPEATED);
                let list = Arc::new(list.with_fields(vec![element]).build()?);
                let schema = Type::group_type_builder(self.name).with_repetition(Repetition::REQUIRED);
                schema.with_logical_type(Some(LogicalType::List)).with_fields(vec![list]).build().map(Arc::new)
            }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a result maps its error with it")]
fn fault(error: ParquetError) -> Problem {
    Problem::Internal(error.to_string())
}
