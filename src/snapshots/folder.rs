//! The directory of the snapshots: a directory each, which gets its name when everything in it is on the disk.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::model::FileName;
use crate::http::problem::Problem;

/// What a directory is called while it is being written.
const UNFINISHED: &str = ".unfinished";

/// The directory of the snapshots.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at this path, which need not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    fn finished(&self, id: Uuid) -> PathBuf {
        self.0.join(id.to_string())
    }

    fn unfinished(&self, id: Uuid) -> PathBuf {
        self.0.join(format!("{id}{UNFINISHED}"))
    }

    /// Opens a file of a snapshot that should have so many bytes. A link is not followed: what it leads to is no snapshot.
    pub(super) async fn open(&self, id: Uuid, name: FileName, bytes: u64) -> Result<File, Problem> {
        let opened = self.run(move |folder| {
            let path = Self(folder.0.canonicalize()?).finished(id).join(name.to_string());
            let found = path.metadata()?;
            if path.canonicalize()? == path && found.is_file() && found.len() == bytes {
                File::open(path)
            } else {
                Err(io::Error::other("it is not the file that was written"))
            }
        });
        opened.await.map_err(|error| {
            log::warn!("{name} of the snapshot {id} cannot be served: {error}");
            Problem::Unavailable("this server does not have the file; try again, or ask another one")
        })
    }

    /// Makes the directory into which a snapshot is written.
    pub(super) async fn begin(&self, id: Uuid) -> Result<PathBuf, Problem> {
        let path = self.unfinished(id);
        self.run(move |_| fs::create_dir_all(&path).map(|()| path)).await.map_err(|error| self.fault(&error))
    }

    /// Gives a snapshot its name. Its files are on the disk already; now their names are, too.
    pub(super) async fn finish(&self, id: Uuid) -> Result<(), Problem> {
        let renamed = self.run(move |folder| {
            sync(&folder.unfinished(id))?;
            fs::rename(folder.unfinished(id), folder.finished(id))?;
            sync(&folder.0)
        });
        renamed.await.map_err(|error| self.fault(&error))
    }

    /// The snapshots of which anything lies here. What is not called like one is nobody's business.
    pub(super) async fn present(&self) -> Result<Vec<Uuid>, Problem> {
        let present = self.run(|folder| {
            let entries = match fs::read_dir(&folder.0) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
                entries => entries?,
            };
            let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
            names.filter_map(|name| name.map(|name| id_of(name.to_str()?)).transpose()).collect()
        });
        present.await.map_err(|error| self.fault(&error))
    }

    /// Removes whatever there is of snapshots.
    pub(super) async fn remove(&self, ids: Vec<Uuid>) -> Result<(), Problem> {
        let removed = self.run(move |folder| {
            for id in ids {
                for path in [folder.finished(id), folder.unfinished(id)] {
                    match fs::remove_dir_all(&path) {
                        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                        _ => {}
                    }
                }
            }
            Ok(())
        });
        removed.await.map_err(|error| self.fault(&error))
    }

    /// Does something with files where it holds up nobody.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let folder = self.clone();
        tokio::task::spawn_blocking(move || work(&folder)).await.map_err(io::Error::other)?
    }

    /// A fault of the file system, for the log and for whoever runs the program.
    pub(super) fn fault(&self, error: &io::Error) -> Problem {
        Problem::Internal(format!("the snapshot directory {}: {error}", self.0.display()))
    }
}

fn id_of(name: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(name.strip_suffix(UNFINISHED).unwrap_or(name)).ok()?;
    [id.to_string(), format!("{id}{UNFINISHED}")].contains(&name.to_owned()).then_some(id)
}

/// Waits until the names in a directory are on the disk.
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::id_of;

    #[test]
    fn only_what_is_called_like_a_snapshot_is_one() {
        let id = Uuid::now_v7();
        for name in [id.to_string(), format!("{id}.unfinished")] {
            assert_eq!(id_of(&name), Some(id));
        }
        for name in [id.simple().to_string(), id.to_string().to_uppercase(), format!("{id}.bak"), "data".to_owned()] {
            assert_eq!(id_of(&name), None, "{name}");
        }
    }
}
