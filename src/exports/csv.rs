//! CSV as of RFC 4180: UTF-8, a line of names, then a line a record.

use std::io::Write as _;

use chrono::SecondsFormat;
use csv::{Terminator, WriterBuilder};

use super::Format;
use super::columns::{Cell, Column};
use crate::http::problem::Problem;

/// Between the texts of one cell.
const SEPARATOR: char = '|';

/// What a spreadsheet takes for the beginning of a formula: see OWASP on CSV injection.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table of these columns.
pub(super) struct Csv<R: 'static>(pub(super) Vec<&'static Column<R>>);

impl<R> Format<R> for Csv<R> {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        self.lines(out, std::iter::once(()), |(), column, cell| cell.extend_from_slice(column.name.as_bytes()))
    }

    fn rows(&mut self, rows: &[R], out: &mut Vec<u8>) -> Result<(), Problem> {
        self.lines(out, rows.iter(), |row, column, cell| write_cell(&(column.cell)(row), cell))
    }
}

impl<R> Csv<R> {
    fn lines<T: Copy>(
        &self,
        out: &mut Vec<u8>,
        lines: impl Iterator<Item = T>,
        write: impl Fn(T, &Column<R>, &mut Vec<u8>),
    ) -> Result<(), Problem> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        let fault = |error: csv::Error| Problem::Internal(error.to_string());
        let mut cell = Vec::new();
        for line in lines {
            for column in &self.0 {
                cell.clear();
                write(line, column, &mut cell);
                writer.write_field(&cell).map_err(fault)?;
            }
            writer.write_record(None::<&[u8]>).map_err(fault)?;
        }
        writer.flush().map_err(|error| Problem::Internal(error.to_string()))
    }
}

fn write_cell(cell: &Cell, out: &mut Vec<u8>) {
    // Nothing fails that is written to memory.
    drop(match cell {
        Cell::Empty => Ok(()),
        Cell::Id(id) => write!(out, "{id}"),
        Cell::Code(code) => out.write_all(code.as_bytes()),
        Cell::Text(text) => write_text(text, out),
        Cell::Texts(texts) => write_text(&joined(texts), out),
        Cell::Whole(number) => write!(out, "{number}"),
        Cell::Number(number) => write!(out, "{number}"),
        Cell::Flag(flag) => write!(out, "{flag}"),
        Cell::Day(day) => write!(out, "{day}"),
        Cell::Moment(moment) => out.write_all(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true).as_bytes()),
    });
}

/// A text that no spreadsheet runs as a formula: one that begins like it gets an apostrophe in front.
fn write_text(text: &str, out: &mut Vec<u8>) -> std::io::Result<()> {
    if text.starts_with(FORMULA) {
        out.write_all(b"'")?;
    }
    out.write_all(text.as_bytes())
}

/// Several texts in one. A separator within one of them stands behind a backslash, and so does a backslash.
fn joined(texts: &[impl AsRef<str>]) -> String {
    let mut joined = String::new();
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            joined.push(SEPARATOR);
        }
        for letter in text.as_ref().chars() {
            if [SEPARATOR, '\\'].contains(&letter) {
                joined.push('\\');
            }
            joined.push(letter);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cell: &Cell) -> String {
        let mut out = Vec::new();
        write_cell(cell, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    #[test]
    fn what_looks_like_a_formula_is_text_and_numbers_are_numbers() {
        for formula in ["=1+1", "+7 700", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(written(&Cell::Text(formula)), format!("'{formula}"));
            assert_eq!(written(&Cell::Texts(vec![formula.into(), "b".into()])), format!("'{formula}|b"));
        }
        assert_eq!(written(&Cell::Text("a=b")), "a=b");
        assert_eq!(written(&Cell::Number(-42.5)), "-42.5");
        assert_eq!(written(&Cell::Number(166.0)), "166");
        assert_eq!(written(&Cell::Whole(-1)), "-1");
    }

    #[test]
    fn texts_of_one_cell_can_be_told_apart() {
        assert_eq!(written(&Cell::Texts(vec!["a|b".into(), r"c\".into(), "".into(), "d".into()])), r"a\|b|c\\||d");
        assert_eq!(written(&Cell::Texts(Vec::new())), "");
    }
}
