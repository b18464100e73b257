//! Exports into files, without a server.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use diesel_async::AsyncPgConnection;
use futures_util::future::LocalBoxFuture;

use super::Exported;
use super::answer::{FileFormat, Request, Trim};
use super::ftm::FtmEntity;
use super::reading::pieces;
use super::rows::{FigureOf, LegalStepOf, ParticipantOf};
use crate::articles::Article;
use crate::db::Database;
use crate::entities::Entity;
use crate::http::auth::{Caller, View};
use crate::http::problem::Problem;
use crate::http::query::{Parameters, Query, QueryString};
use crate::incidents::Incident;
use crate::lists::{self, Listed};

/// A file that can be written.
#[derive(Clone, Copy)]
pub(crate) struct Exportable {
    /// What it is called.
    pub(crate) name: &'static str,
    write: for<'a> fn(Job<'a>) -> LocalBoxFuture<'a, Result<Written, Problem>>,
}

/// Every file that can be written.
pub(crate) const FILES: &[Exportable] = &[
    Exportable { name: "incidents.csv", write: |job| Box::pin(job.run::<Incident>(FileFormat::Csv)) },
    Exportable { name: "incidents.ndjson", write: |job| Box::pin(job.run::<Incident>(FileFormat::Ndjson)) },
    #[cfg(feature = "parquet")]
    Exportable { name: "incidents.parquet", write: |job| Box::pin(job.run::<Incident>(FileFormat::Parquet)) },
    Exportable { name: "incidents.geojson", write: |job| Box::pin(job.run::<Incident>(FileFormat::GeoJson)) },
    Exportable { name: "figures.csv", write: |job| Box::pin(job.run::<FigureOf>(FileFormat::Csv)) },
    Exportable { name: "figures.ndjson", write: |job| Box::pin(job.run::<FigureOf>(FileFormat::Ndjson)) },
    #[cfg(feature = "parquet")]
    Exportable { name: "figures.parquet", write: |job| Box::pin(job.run::<FigureOf>(FileFormat::Parquet)) },
    Exportable { name: "participants.csv", write: |job| Box::pin(job.run::<ParticipantOf>(FileFormat::Csv)) },
    Exportable { name: "participants.ndjson", write: |job| Box::pin(job.run::<ParticipantOf>(FileFormat::Ndjson)) },
    #[cfg(feature = "parquet")]
    Exportable { name: "participants.parquet", write: |job| Box::pin(job.run::<ParticipantOf>(FileFormat::Parquet)) },
    Exportable { name: "legal_steps.csv", write: |job| Box::pin(job.run::<LegalStepOf>(FileFormat::Csv)) },
    Exportable { name: "legal_steps.ndjson", write: |job| Box::pin(job.run::<LegalStepOf>(FileFormat::Ndjson)) },
    #[cfg(feature = "parquet")]
    Exportable { name: "legal_steps.parquet", write: |job| Box::pin(job.run::<LegalStepOf>(FileFormat::Parquet)) },
    Exportable { name: "entities.csv", write: |job| Box::pin(job.run::<Entity>(FileFormat::Csv)) },
    Exportable { name: "entities.ndjson", write: |job| Box::pin(job.run::<Entity>(FileFormat::Ndjson)) },
    #[cfg(feature = "parquet")]
    Exportable { name: "entities.parquet", write: |job| Box::pin(job.run::<Entity>(FileFormat::Parquet)) },
    Exportable { name: "entities.ftm.ndjson", write: |job| Box::pin(job.run::<FtmEntity>(FileFormat::Ftm)) },
    Exportable { name: "articles.csv", write: |job| Box::pin(job.run::<Article>(FileFormat::Csv)) },
    Exportable { name: "articles.ndjson", write: |job| Box::pin(job.run::<Article>(FileFormat::Ndjson)) },
    #[cfg(feature = "parquet")]
    Exportable { name: "articles.parquet", write: |job| Box::pin(job.run::<Article>(FileFormat::Parquet)) },
];

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    /// How many rows.
    pub(crate) rows: u64,
    /// How many bytes.
    pub(crate) bytes: u64,
}

/// One file to write.
pub(crate) struct Job<'a> {
    /// Where the records are.
    pub(crate) database: &'a Database,
    /// Which of them.
    pub(crate) query: &'a QueryString,
    /// Whether to write what editors alone may read.
    pub(crate) as_editor: bool,
    /// Into which file. It appears when it is complete.
    pub(crate) path: &'a Path,
    /// Hears how many records were read, and of how many.
    pub(crate) progress: &'a dyn Fn(u64, u64),
}

impl Exportable {
    /// Writes it.
    ///
    /// # Errors
    /// The query is wrong, or the database or the disk fails; then there is no file.
    pub(crate) async fn write(&self, job: Job<'_>) -> Result<Written, Problem> {
        (self.write)(job).await
    }
}

impl Job<'_> {
    async fn run<R: Exported>(self, format: FileFormat) -> Result<Written, Problem>
    where
        <R::Of as Listed>::Filter: Parameters,
    {
        let Query(filter) = Query::<<R::Of as Listed>::Filter>::of(self.query)?;
        let Query(trim) = Query::<Trim>::of(self.query)?;
        let states = R::Of::states(&filter);
        let view = if self.as_editor { View::of_states(states) } else { Caller::Anonymous.view(states)? };
        let unfinished = self.path.with_added_extension("unfinished");
        let fault = |error: io::Error| Problem::Internal(format!("{}: {error}", unfinished.display()));
        let file = File::create(&unfinished).map_err(fault)?;
        let written = self.write_to(file, Request::<R> { filter, view, format, trim }).await;
        let finished = written.and_then(|written| {
            std::fs::rename(&unfinished, self.path).map_err(fault)?;
            Ok(written)
        });
        if finished.is_err() {
            // What it failed for is the news.
            drop(std::fs::remove_file(&unfinished));
        }
        finished
    }

    async fn write_to<R: Exported>(&self, mut file: File, asked: Request<R>) -> Result<Written, Problem> {
        let format = asked.writer()?;
        let Request { mut filter, view, .. } = asked;
        let fault = |error: io::Error| Problem::Internal(format!("{}: {error}", self.path.display()));
        let read = async |connection: &AsyncPgConnection, view: &View| {
            R::Of::resolve(connection, &mut filter, view).await?;
            let all = lists::count::<R::Of>(connection, &filter, view).await?;
            let (mut written, mut read) = (Written::default(), 0);
            pieces(connection, &filter, view, format, |piece| {
                file.write_all(piece.bytes).map_err(fault)?;
                written.rows += piece.rows as u64;
                written.bytes += piece.bytes.len() as u64;
                read += piece.records as u64;
                (self.progress)(read, all);
                Ok(())
            })
            .await?;
            file.sync_all().map_err(fault)?;
            Ok(written)
        };
        self.database.read_all_as(view, read).await
    }
}
