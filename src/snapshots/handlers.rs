//! The operations on snapshots.

use actix_web::{HttpRequest, HttpResponse, get, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::model::{self, SnapshotList};
use super::{FileName, Folder};
use crate::db::Database;
use crate::history::Lookup;
use crate::http::download::Download;
use crate::http::pages::check_name;
use crate::http::problem::{GoneBody, Problem};
use crate::http::record::RecordId;
use crate::http::reply::Reply;

/// List snapshots
///
/// Every snapshot that is kept, the newest first; an empty list if none was made yet. A snapshot is all that anybody may read, as it
/// was at one moment: a file for each resource in each of two compressions, with a record a line, in the order of ids, in the shape
/// that `object` has in the change feed. For a copy of your own, fetch the files of the newest one, check `rows`, `bytes` and
/// `sha256`, and go on with `/v1/changes?since=` and its `as_of_seq`: nothing is missed, and what comes twice is the same.
///
/// A snapshot never changes. It is withdrawn if it may hold what must not be shown any more, and a new one takes its place; and the
/// oldest make room for new ones. `url` is relative to the address of the API.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/snapshots
/// ```
#[utoipa::path(tag = "snapshots", responses((status = 200, description = "The snapshots.", body = SnapshotList)))]
#[get("/v1/snapshots")]
pub(crate) async fn list_snapshots(database: web::Data<Database>) -> Result<Reply<SnapshotList>, Problem> {
    let data = database.read(async |connection: &AsyncPgConnection| Ok(model::listed(connection).await?)).await?;
    Ok(Reply::of(SnapshotList { data }))
}

/// Get a file of a snapshot
///
/// The whole file, or with `Range` one part of it, so that a download that broke off can go on; several parts at once are answered
/// with the whole. The ETag is the SHA-256 of the file, for `If-None-Match`, and for `If-Range`, which makes sure that the parts
/// belong together; `Last-Modified` is when the snapshot was made. The file comes as it is, whatever `Accept-Encoding` says: unpack
/// it with `gunzip` or `unzstd`. A cache asks again each time, for the file may be withdrawn.
///
/// 404 if there is no such snapshot or file, or it made room for newer ones; 410 if it was withdrawn: remove what you took from it
/// and begin anew with the snapshot that `replaced_by` names, as soon as there is one; 416 if the part lies behind the end of the
/// file; 503 if the server does not have the file at hand.
///
/// ```sh
/// curl -O -C - http://127.0.0.1:8080/v1/snapshots/0190d6a0-0000-7000-8000-000000000001/incidents.ndjson.gz
/// ```
#[utoipa::path(
    tag = "snapshots",
    params(
        ("id" = Uuid, Path, description = "The id of the snapshot."),
        ("file" = String, Path, description = "The name of the file.", max_length = 100, pattern = r"^[^\u0000-\u001F\u007F]+$", example = "incidents.ndjson.gz"),
    ),
    responses(
        (status = 200, description = "The file.", content((inline(FileBytes) = "application/gzip"), (inline(FileBytes) = "application/zstd"))),
        (status = 206, description = "The part of the file that was asked for.", content((inline(FileBytes) = "application/gzip"), (inline(FileBytes) = "application/zstd"))),
        (status = 404, description = "There is no such snapshot any more, or it has no such file."),
        (status = 410, description = "The snapshot was withdrawn; `replaced_by` names the one that took its place.", content_type = "application/problem+json", body = GoneBody<'static>),
        (status = 416, description = "The file does not have the part that `Range` asks for."),
    )
)]
#[get("/v1/snapshots/{id}/{file}")]
pub(crate) async fn get_snapshot_file(
    request: HttpRequest,
    id: RecordId<Uuid>,
    path: web::Path<(String, String)>,
    database: web::Data<Database>,
    folder: web::Data<Folder>,
) -> Result<HttpResponse, Problem> {
    let (id, (_, name)) = (id.0, path.into_inner());
    check_name("file", &name, |byte| !byte.is_ascii_control())?;
    let unknown = || Problem::NotFound(format!("there is no snapshot {id} with a file of this name"));
    let name: FileName = name.parse().map_err(|_unknown| unknown())?;
    match database.read(async |connection: &AsyncPgConnection| Ok(model::find(connection, id, name).await?)).await? {
        Lookup::Found((file, created_at)) => {
            let length = file.bytes.unsigned_abs();
            let download = Download {
                file: folder.open(id, name, length).await?,
                name: name.to_string(),
                content_type: name.format.content_type(),
                length,
                digest: file.sha256,
                modified: created_at,
            };
            download.respond(&request)
        }
        Lookup::Withdrawn(tombstone) => Err(Problem::Gone(tombstone)),
        Lookup::Missing | Lookup::Merged(_) => Err(unknown()),
    }
}

/// The bytes of a file.
#[derive(Debug, utoipa::ToSchema)]
#[schema(max_length = 9_007_199_254_740_991usize, format = Binary)]
#[expect(dead_code, reason = "says in the document what a file is")]
pub(crate) struct FileBytes(String);
