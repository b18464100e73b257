//! What is known of snapshots, and the SQL that reads it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::codebook::ChangeReason;
use crate::db::by_owner;
use crate::db::schema::{snapshot_files, snapshots};
use crate::history::Lookup;
use crate::http::problem::Tombstone;

/// Gives an enum its codes, by which JSON, SQL and the document know it.
macro_rules! codes {
    ($(#[doc = $about:tt])+ pub enum $name:ident { $($(#[doc = $doc:tt])+ $variant:ident: $code:tt,)+ }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
        pub enum $name { $($(#[doc = $doc])+ #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownFile;

            fn from_str(code: &str) -> Result<Self, UnknownFile> {
                Self::ALL.iter().find(|known| known.code() == code).copied().ok_or(UnknownFile)
            }
        }

        impl TryFrom<String> for $name {
            type Error = UnknownFile;

            fn try_from(code: String) -> Result<Self, UnknownFile> {
                code.parse()
            }
        }
    };
}

codes! {
    /// Which records a file holds.
    pub enum SnapshotResource {
        /// Articles.
        Articles: "articles",
        /// Entities.
        Entities: "entities",
        /// Incidents.
        Incidents: "incidents",
    }
}

codes! {
    /// How the records of a file are written: JSON, one record a line, compressed.
    pub enum SnapshotFormat {
        /// With gzip.
        Gzip: "ndjson.gz",
        /// With Zstandard.
        Zstandard: "ndjson.zst",
    }
}

impl SnapshotFormat {
    /// Its media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Gzip => "application/gzip",
            Self::Zstandard => "application/zstd",
        }
    }
}

/// No snapshot has such a file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no snapshot has such a file")]
pub struct UnknownFile;

/// The name of a file: one of a few, so that no text of a request ever becomes part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileName {
    /// Which records it holds.
    pub resource: SnapshotResource,
    /// How they are written.
    pub format: SnapshotFormat,
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.resource.code(), self.format.code())
    }
}

impl FromStr for FileName {
    type Err = UnknownFile;

    fn from_str(name: &str) -> Result<Self, UnknownFile> {
        let (resource, format) = name.split_once('.').ok_or(UnknownFile)?;
        Ok(Self { resource: resource.parse()?, format: format.parse()? })
    }
}

/// Every snapshot that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapshotList {
    /// The snapshots, the newest first.
    #[schema(max_items = 1000)]
    pub data: Vec<Snapshot>,
}

/// All that anybody may read, as it was at one moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Snapshot {
    /// Its id.
    pub id: Uuid,
    /// The moment whose state it holds.
    pub created_at: DateTime<Utc>,
    /// The number of the last change that it holds: the `since` from which `/v1/changes` goes on.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 432)]
    pub as_of_seq: i64,
    /// Its files: each resource in each format.
    #[schema(max_items = 100)]
    pub files: Vec<SnapshotFile>,
}

/// A file of a snapshot.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SnapshotFile {
    /// Its name.
    #[schema(max_length = 100, pattern = "^[a-z]+[.]ndjson[.](gz|zst)$", example = "incidents.ndjson.gz")]
    pub name: String,
    /// Which records it holds.
    pub resource: SnapshotResource,
    /// How they are written.
    pub format: SnapshotFormat,
    /// Its length.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991i64, example = 45_061)]
    pub bytes: i64,
    /// How many records it holds.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 255)]
    pub rows: i64,
    /// The SHA-256 of its bytes, in hexadecimal.
    #[schema(
        max_length = 64,
        pattern = "^[0-9a-f]{64}$",
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    pub sha256: String,
    /// Where it is.
    #[schema(
        max_length = 200,
        pattern = "^/v1/snapshots/[0-9a-f-]{36}/[a-z.]+$",
        example = "/v1/snapshots/0190d6a0-0000-7000-8000-000000000001/incidents.ndjson.gz"
    )]
    pub url: String,
}

/// What is stored of a file.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = snapshot_files)]
pub(super) struct FileRow {
    #[diesel(deserialize_as = String)]
    pub(super) resource: SnapshotResource,
    #[diesel(deserialize_as = String)]
    pub(super) format: SnapshotFormat,
    pub(super) bytes: i64,
    pub(super) rows: i64,
    pub(super) sha256: String,
}

impl FileRow {
    pub(super) fn name(&self) -> FileName {
        FileName { resource: self.resource, format: self.format }
    }

    pub(super) fn of(self, id: Uuid) -> SnapshotFile {
        let name = self.name().to_string();
        let Self { resource, format, bytes, rows, sha256 } = self;
        let url = format!("/v1/snapshots/{id}/{name}");
        SnapshotFile { name, resource, format, bytes, rows, sha256, url }
    }
}

/// A snapshot that is listed.
macro_rules! is_listed {
    () => {
        snapshots::created_at.is_not_null().and(snapshots::withdrawn_at.is_null()).and(snapshots::removed_at.is_null())
    };
}

/// The snapshots that are listed, the newest first.
pub(super) async fn listed(mut connection: &AsyncPgConnection) -> QueryResult<Vec<Snapshot>> {
    let rows: Vec<(Uuid, DateTime<Utc>, i64)> = snapshots::table
        .filter(is_listed!())
        .order((snapshots::created_at.desc(), snapshots::id.desc()))
        .select((snapshots::id, snapshots::created_at.assume_not_null(), snapshots::as_of_seq.assume_not_null()))
        .load(&mut connection)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let files: Vec<(Uuid, FileRow)> = snapshot_files::table
        .filter(snapshot_files::snapshot_id.eq_any(ids))
        .order((snapshot_files::snapshot_id, snapshot_files::resource, snapshot_files::format))
        .select((snapshot_files::snapshot_id, FileRow::as_select()))
        .load(&mut connection)
        .await?;
    let mut files = by_owner(files);
    let snapshot = |(id, created_at, as_of_seq)| {
        let files = files.remove(&id).unwrap_or_default();
        Snapshot { id, created_at, as_of_seq, files: files.into_iter().map(|file| file.of(id)).collect() }
    };
    Ok(rows.into_iter().map(snapshot).collect())
}

/// What became of a file: what it is, and since when.
pub(super) async fn find(
    mut connection: &AsyncPgConnection,
    id: Uuid,
    name: FileName,
) -> QueryResult<Lookup<(FileRow, DateTime<Utc>)>> {
    type Found = (FileRow, DateTime<Utc>, Option<DateTime<Utc>>, Option<ChangeReason>);
    let key = (id, name.resource.code(), name.format.code());
    let found: Option<Found> = snapshot_files::table
        .find(key)
        .inner_join(snapshots::table.on(snapshots::id.eq(snapshot_files::snapshot_id)))
        .filter(snapshots::removed_at.is_null())
        .select((
            FileRow::as_select(),
            snapshots::created_at.assume_not_null(),
            snapshots::withdrawn_at,
            snapshots::withdrawn_reason,
        ))
        .first(&mut connection)
        .await
        .optional()?;
    Ok(match found {
        None => Lookup::Missing,
        Some((.., Some(deleted_at), Some(reason))) => {
            let replaced_by = successor(connection, deleted_at).await?;
            Lookup::Withdrawn(Box::new(Tombstone { id, deleted_at, reason, replaced_by }))
        }
        Some((file, created_at, ..)) => Lookup::Found((file, created_at)),
    })
}

/// The newest snapshot, if it was made after another one was withdrawn.
async fn successor(mut connection: &AsyncPgConnection, withdrawn_at: DateTime<Utc>) -> QueryResult<Option<Uuid>> {
    snapshots::table
        .filter(is_listed!())
        .filter(snapshots::created_at.gt(withdrawn_at))
        .order((snapshots::created_at.desc(), snapshots::id.desc()))
        .select(snapshots::id)
        .first(&mut connection)
        .await
        .optional()
}

/// Whether the last snapshot was withdrawn, and none took its place.
pub(super) async fn is_owed(connection: &mut AsyncPgConnection) -> QueryResult<bool> {
    let last: Option<Option<DateTime<Utc>>> = snapshots::table
        .filter(snapshots::created_at.is_not_null())
        .order((snapshots::created_at.desc(), snapshots::id.desc()))
        .select(snapshots::withdrawn_at)
        .first(connection)
        .await
        .optional()?;
    Ok(last.is_some_and(|withdrawn_at| withdrawn_at.is_some()))
}
