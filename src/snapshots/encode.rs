//! Writing the files of one resource: every record once, into every format at once.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::Receiver;

use super::model::{FileName, FileRow, SnapshotFormat, SnapshotResource};

/// How hard Zstandard tries: a file is written once and fetched often.
const ZSTANDARD_LEVEL: i32 = 9;

/// Writes what is received until nobody sends any more, and answers what came of it. Takes a thread of its own.
pub(super) fn write(
    directory: &Path,
    resource: SnapshotResource,
    mut records: Receiver<Vec<Value>>,
) -> io::Result<Vec<FileRow>> {
    let formats = SnapshotFormat::ALL.iter();
    let mut files: Vec<OpenFile> =
        formats.map(|format| OpenFile::create(directory, resource, *format)).collect::<io::Result<_>>()?;
    let mut rows = 0;
    let mut lines = Vec::new();
    while let Some(batch) = records.blocking_recv() {
        lines.clear();
        for record in batch {
            serde_json::to_writer(&mut lines, &record)?;
            lines.push(b'\n');
            rows += 1;
        }
        for file in &mut files {
            file.encoder.write_all(&lines)?;
        }
    }
    files.into_iter().map(|file| file.finish(resource, rows)).collect()
}

struct OpenFile {
    format: SnapshotFormat,
    encoder: Encoder,
}

impl OpenFile {
    fn create(directory: &Path, resource: SnapshotResource, format: SnapshotFormat) -> io::Result<Self> {
        let file = Measured {
            file: File::create_new(directory.join(FileName { resource, format }.to_string()))?,
            digest: Sha256::new(),
            bytes: 0,
        };
        let encoder = match format {
            SnapshotFormat::Gzip => Encoder::Gzip(GzEncoder::new(file, Compression::default())),
            SnapshotFormat::Zstandard => {
                let mut encoder = zstd::Encoder::new(file, ZSTANDARD_LEVEL)?;
                encoder.include_checksum(true)?;
                Encoder::Zstandard(encoder)
            }
        };
        Ok(Self { format, encoder })
    }

    fn finish(self, resource: SnapshotResource, rows: i64) -> io::Result<FileRow> {
        let Measured { file, digest, bytes } = match self.encoder {
            Encoder::Gzip(encoder) => encoder.finish()?,
            Encoder::Zstandard(encoder) => encoder.finish()?,
        };
        file.sync_all()?;
        let sha256 = digest.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Ok(FileRow { resource, format: self.format, bytes, rows, sha256 })
    }
}

enum Encoder {
    Gzip(GzEncoder<Measured>),
    Zstandard(zstd::Encoder<'static, Measured>),
}

impl Write for Encoder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstandard(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstandard(encoder) => encoder.flush(),
        }
    }
}

/// A file whose bytes are counted and digested on their way to the disk.
struct Measured {
    file: File,
    digest: Sha256,
    bytes: i64,
}

impl Write for Measured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += i64::try_from(written).map_err(io::Error::other)?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
