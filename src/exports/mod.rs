//! Taking data away: all records that fit a filter in one file, as CSV, NDJSON, Parquet, `GeoJSON` and more.
//!
//! An export reads one state of the database from beginning to end, in the order of ids, a batch at a time, on a thread and a
//! connection of its own. What it reads it writes to a file from which the caller is served: memory holds a few batches, a slow
//! caller holds nothing but that file, and one that goes away ends it at once.

mod answer;
mod columns;
mod csv;
pub(crate) mod file;
pub mod ftm;
mod geojson;
mod handlers;
mod makers;
mod ndjson;
mod objects;
#[cfg(feature = "parquet")]
mod parquet;
mod reading;
mod rows;
mod spool;
pub(crate) mod table;

pub use answer::{ExportOptions, Exports};
use columns::Column;
pub(crate) use handlers::{
    export_articles_csv, export_articles_ndjson, export_entities_csv, export_entities_ftm, export_entities_ndjson,
    export_figures_csv, export_figures_ndjson, export_incidents_csv, export_incidents_geojson, export_incidents_ndjson,
    export_legal_steps_csv, export_legal_steps_ndjson, export_participants_csv, export_participants_ndjson,
};
#[cfg(feature = "parquet")]
pub(crate) use handlers::{
    export_articles_parquet, export_entities_parquet, export_figures_parquet, export_incidents_parquet,
    export_legal_steps_parquet, export_participants_parquet,
};
use objects::Objects;
use reading::Batch;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::db::among::Among;
use crate::http::auth::View;
use crate::http::fault::{Fault, FaultCode};
use crate::http::parameters::not_among;
use crate::http::problem::Problem;
use crate::incidents::refs::Known;
use crate::lists::{self, Listed};

/// What can be exported: a record, or a value of one.
pub(crate) trait Exported: Sized + Send + 'static {
    /// The resource whose filter says which.
    type Of: Listed<Filter: Send + 'static> + 'static;

    /// What the file is called, before the dot.
    const NAME: &'static str;

    /// Its columns, for formats that have any. None is ever taken away or moved; new ones come last.
    const COLUMNS: &'static [Column<Self>];

    /// What belongs to these records, in their order.
    async fn rows_of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        filter: &<Self::Of as Listed>::Filter,
        view: &View,
        known: &Known,
    ) -> QueryResult<Vec<Self>>;

    /// Reads all that fits a filter, and hands it over batch by batch.
    ///
    /// # Errors
    /// The database fails, or whoever takes the batches.
    async fn read(
        connection: &AsyncPgConnection,
        filter: &<Self::Of as Listed>::Filter,
        view: &View,
        take: &mut impl AsyncFnMut(Batch<Self>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        lists::walk::<Self::Of>(connection, filter, view).await?;
        let known = Known::default();
        let rows = async |among: Among<'_>| Self::rows_of(connection, among, filter, view, &known).await;
        reading::batches(connection, Self::Of::TYPE, rows, take).await
    }

    /// The members of a line of NDJSON.
    fn members() -> Vec<&'static str> {
        Self::COLUMNS.iter().map(|column| column.name).collect()
    }

    /// A line of NDJSON a record, with these members or all.
    fn lines(fields: Option<Vec<&'static str>>) -> Box<dyn Format<Self>> {
        Box::new(Objects::of(fields))
    }

    /// The features of a map with these properties or all, for what has a place.
    fn features(_fields: Option<Vec<&'static str>>) -> Option<Box<dyn Format<Self>>> {
        None
    }
}

/// How records are written down.
pub(crate) trait Format<R>: Send {
    /// Writes what comes before all records.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Problem>;

    /// Writes some records.
    fn rows(&mut self, rows: &[R], out: &mut Vec<u8>) -> Result<(), Problem>;

    /// Writes what comes behind all records.
    fn end(&mut self, _: &mut Vec<u8>) -> Result<(), Problem> {
        Ok(())
    }
}

/// The columns of these names, or all.
fn columns_of<R: Exported>(fields: Option<Vec<&'static str>>) -> Vec<&'static Column<R>> {
    match fields {
        None => R::COLUMNS.iter().collect(),
        Some(fields) => {
            fields.into_iter().filter_map(|field| R::COLUMNS.iter().find(|column| column.name == field)).collect()
        }
    }
}

/// The names of `fields` as they are known.
///
/// # Errors
/// One that is unknown, or stands twice: 400.
fn chosen(fields: &[String], known: &[&'static str]) -> Result<Vec<&'static str>, Problem> {
    let mut chosen = Vec::new();
    let fault =
        |detail: String| Problem::InvalidParameter(vec![Fault::query("fields", FaultCode::InvalidValue, detail)]);
    for field in fields {
        match known.iter().find(|name| *name == field) {
            Some(name) if chosen.contains(name) => return Err(fault(format!("names `{name}` twice"))),
            Some(name) => chosen.push(*name),
            None => return Err(fault(not_among(field, known.iter().copied()))),
        }
    }
    Ok(chosen)
}
