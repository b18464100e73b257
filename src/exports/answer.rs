//! Answering with an export: who may read how many at once, and what the answer says of the file.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::http::Version;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, ETAG, EntityTag, IF_NONE_MATCH,
};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use utoipa::IntoParams;

use super::csv::Csv;
use super::geojson::POINT;
use super::makers::Makers;
#[cfg(feature = "parquet")]
use super::parquet::Parquet;
use super::reading::{Piece, pieces};
use super::spool::{SpoolWriter, spool};
use super::{Exported, Format, chosen, columns_of};
use crate::db::{Database, DatabaseOptions};
use crate::history::{self, Stamp};
use crate::http::auth::{Caller, View};
use crate::http::parameters::Names;
use crate::http::problem::Problem;
use crate::http::query::{Parameters, QueryString};
use crate::http::reply::{FRESH, cache_control, entity_tag, has_tag};
use crate::lists::Listed;

/// How many times as long as a request's a statement of an export may take: the first may have to sort everything.
const PATIENCE: u32 = 10;

/// How many exports there may be.
#[derive(Clone, Copy, Debug)]
pub struct ExportOptions {
    /// How many read the database at once, each by a connection beside those of requests.
    pub reading: usize,
    /// How many are on their way to callers at once: each is a file on the disk.
    pub open: usize,
    /// After how long a caller is given up who takes nothing. It may take twice that to notice.
    pub patience: Duration,
}

/// Where exports are made.
#[derive(Clone)]
pub struct Exports {
    database: Database,
    makers: Makers,
    open: Arc<Semaphore>,
    wait: Duration,
    patience: Duration,
}

/// How an export is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFormat {
    /// Comma-separated values.
    Csv,
    /// A JSON object a line.
    Ndjson,
    /// A table by columns, each with its type.
    #[cfg(feature = "parquet")]
    Parquet,
    /// Features on a map.
    GeoJson,
    /// Entities of `FollowTheMoney`, one a line.
    Ftm,
}

impl FileFormat {
    /// What stands behind the dot.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
            Self::GeoJson => "geojson",
            Self::Ftm => "ftm.ndjson",
        }
    }

    /// The names of the columns or members that it has.
    pub(super) fn fields<R: Exported>(self) -> Vec<&'static str> {
        let columns = R::COLUMNS.iter().map(|column| column.name);
        match self {
            Self::Ndjson => R::members(),
            Self::GeoJson => columns.filter(|name| !POINT.contains(name)).collect(),
            _ => columns.collect(),
        }
    }

    /// Whether it is text, which can be compressed on the way; what is none is compressed in itself.
    fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Ndjson | Self::GeoJson | Self::Ftm)
    }

    /// The media type.
    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson | Self::Ftm => "application/x-ndjson",
            #[cfg(feature = "parquet")]
            Self::Parquet => "application/vnd.apache.parquet",
            Self::GeoJson => "application/geo+json",
        }
    }
}

/// What to leave out of an export.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Trim {
    /// The columns or members to give, in this order. Default: all.
    #[param(value_type = Option<Vec<String>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub(crate) fields: Option<Names>,
}

impl Parameters for Trim {}

/// What is asked for.
pub(crate) struct Request<R: Exported> {
    /// Which records.
    pub(crate) filter: <R::Of as Listed>::Filter,
    /// Who sees them.
    pub(crate) view: View,
    /// How they are written down.
    pub(crate) format: FileFormat,
    /// Which of their columns or members.
    pub(crate) trim: Trim,
}

impl<R: Exported> Request<R> {
    /// The names of the columns or members, as they are known.
    fn fields(&self) -> Result<Option<Vec<&'static str>>, Problem> {
        let known = self.format.fields::<R>();
        self.trim.fields.as_ref().map(|fields| chosen(fields.get(), &known)).transpose()
    }

    /// Whoever writes them down.
    pub(super) fn writer(&self) -> Result<Box<dyn Format<R>>, Problem> {
        let fields = self.fields()?;
        Ok(match self.format {
            FileFormat::Ndjson | FileFormat::Ftm => R::lines(fields),
            FileFormat::GeoJson => {
                R::features(fields).ok_or_else(|| Problem::Internal(format!("{} have no map", R::NAME)))?
            }
            FileFormat::Csv => Box::new(Csv(columns_of::<R>(fields))),
            #[cfg(feature = "parquet")]
            FileFormat::Parquet => Box::new(Parquet::of(fields)?),
        })
    }
}

impl Exports {
    /// Exports of a database. They take no connection from its pool.
    pub fn of(database: &Database, options: &DatabaseOptions, exports: ExportOptions) -> Self {
        let own = DatabaseOptions { statement_timeout: options.statement_timeout * PATIENCE, ..options.clone() };
        Self {
            database: database.clone(),
            makers: Makers::of(database, &own, exports.reading),
            open: Arc::new(Semaphore::new(exports.open)),
            wait: options.wait,
            patience: exports.patience,
        }
    }

    /// Answers with the records that are asked for, or with a 304 if the caller has them already.
    ///
    /// # Errors
    /// 403 for states that the caller may not see, 400 for a field that is unknown, 503 when too many exports are being made, and those of the database as long as nothing
    /// was sent. Later, the answer breaks off.
    pub(crate) async fn answer<R: Exported>(
        &self,
        request: &HttpRequest,
        caller: &Caller,
        format: FileFormat,
        filter: <R::Of as Listed>::Filter,
        trim: Trim,
    ) -> Result<HttpResponse, Problem> {
        let view = caller.view(R::Of::states(&filter))?;
        let asked = Request::<R> { filter, view, format, trim };
        asked.fields()?;
        if request.headers().contains_key(IF_NONE_MATCH) {
            let seen = async |connection: &AsyncPgConnection, view: &View| history::stamp(connection, view).await;
            let tag = tag(request, &self.database.read_as(asked.view.clone(), seen).await?);
            if has_tag(request, &tag) {
                return Ok(HttpResponse::NotModified()
                    .insert_header((ETAG, tag.to_string()))
                    .insert_header((CACHE_CONTROL, cache_control(request, FRESH)))
                    .finish());
            }
        }
        let open = self.open.clone().try_acquire_owned().map_err(|_none| Problem::Unavailable(TOO_MANY))?;
        let turn = timeout(self.wait, self.makers.turn()).await.ok().flatten();
        let turn = turn.ok_or(Problem::Unavailable(TOO_MANY))?;
        let (writer, mut reader) = spool().map_err(|error| Problem::Internal(format!("an export on disk: {error}")))?;
        let (tell, told) = oneshot::channel();
        let name = format!("{}.{}", R::NAME, format.extension());
        let ended = self.makers.make(turn, Box::new(|database| Box::pin(made(database, asked, writer, tell))))?;
        let Ok(stamp) = told.await else { return Err(failure(ended).await) };
        // Without chunks, an answer that breaks off looks whole unless its length was told.
        let is_well = if request.version() < Version::HTTP_11 { reader.ended().await } else { reader.begun().await };
        if !is_well {
            return Err(failure(ended).await);
        }
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((ETAG, tag(request, &stamp).to_string()))
            .insert_header((CACHE_CONTROL, cache_control(request, FRESH)))
            .insert_header((CONTENT_TYPE, format.content_type()))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
        if !format.is_text() {
            // Tells the middleware that compresses answers to leave it alone; the envelope takes it away again.
            answer.insert_header((CONTENT_ENCODING, "identity"));
        }
        let length = reader.length();
        let stream = reader.stream(open, self.patience);
        Ok(match length {
            Some(length) => answer.body(SizedStream::new(length, stream)),
            None => answer.streaming(stream),
        })
    }
}

const TOO_MANY: &str = "too many exports are being made at once";

/// Reads and writes until it is done or nobody waits for it any more.
async fn made<R: Exported>(
    database: &Database,
    asked: Request<R>,
    writer: SpoolWriter,
    tell: oneshot::Sender<Stamp>,
) -> Result<(), Problem> {
    let done = tokio::select! {
        biased;
        () = writer.abandoned() => Ok(()),
        done = export(database, asked, &writer, tell) => done,
    };
    match &done {
        Ok(()) => writer.finish(),
        Err(problem) => log::warn!("an export broke off: {problem}"),
    }
    done
}

/// Reads one state of the database and writes it down.
async fn export<R: Exported>(
    database: &Database,
    asked: Request<R>,
    writer: &SpoolWriter,
    tell: oneshot::Sender<Stamp>,
) -> Result<(), Problem> {
    let format = asked.writer()?;
    let Request { mut filter, view, .. } = asked;
    let written = |piece: Piece<'_>| {
        writer.write(piece.bytes).map_err(|error| Problem::Internal(format!("an export on disk: {error}")))
    };
    database
        .read_all_as(view, async |connection, view| {
            // Nobody may wait for it any more.
            drop(tell.send(history::stamp(connection, view).await?));
            R::Of::resolve(connection, &mut filter, view).await?;
            pieces(connection, &filter, view, format, written).await
        })
        .await
}

/// Why an export failed before anything of it was sent.
async fn failure(ended: oneshot::Receiver<Result<(), Problem>>) -> Problem {
    match ended.await {
        Ok(Err(problem)) => problem,
        Ok(Ok(())) => Problem::Internal("an export ended before it began".to_owned()),
        Err(_) => Problem::Internal("the thread of an export ended".to_owned()),
    }
}

/// The tag of an export: the same for as long as everything that may be read stays the same.
fn tag(request: &HttpRequest, stamp: &Stamp) -> EntityTag {
    let query = request.extensions().get::<QueryString>().map(|query| query.canonical_without(&[])).unwrap_or_default();
    entity_tag(format!("{stamp}\0{}\0{query}", request.path()).as_bytes(), None)
}
