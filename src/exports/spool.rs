//! A file between whoever writes an export and whoever fetches it: the database is read as fast as it can be and then let go,
//! however slowly the caller takes what was read.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, Bytes};
use futures_util::{Stream, stream};
use tokio::sync::watch;

/// How many bytes are read at a time, at most.
const CHUNK: u64 = 256 * 1024;

/// How far the writer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// So many bytes are there.
    Written(u64),
    /// So many are there, and no more will come.
    Done(u64),
    /// It broke off behind so many.
    Failed(u64),
}

impl Progress {
    fn bytes(self) -> u64 {
        match self {
            Self::Written(bytes) | Self::Done(bytes) | Self::Failed(bytes) => bytes,
        }
    }
}

/// Both ends of a file that nobody else sees and that is gone when both are.
pub(super) fn spool() -> io::Result<(SpoolWriter, SpoolReader)> {
    let file = Arc::new(tempfile::tempfile()?);
    let (tell, hear) = watch::channel(Progress::Written(0));
    Ok((SpoolWriter { file: file.clone(), progress: tell }, SpoolReader { file, progress: hear, at: 0 }))
}

/// The end that is written to. What is dropped before it is finished has failed.
#[derive(Debug)]
pub(super) struct SpoolWriter {
    file: Arc<File>,
    progress: watch::Sender<Progress>,
}

impl SpoolWriter {
    /// Adds bytes. The disk is waited for.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        (&*self.file).write_all(bytes)?;
        self.progress.send_modify(|progress| *progress = Progress::Written(progress.bytes() + bytes.len() as u64));
        Ok(())
    }

    /// Says that nothing more will come.
    pub(super) fn finish(self) {
        self.progress.send_modify(|progress| *progress = Progress::Done(progress.bytes()));
    }

    /// Waits until nobody reads any more.
    pub(super) async fn abandoned(&self) {
        self.progress.closed().await;
    }
}

impl Drop for SpoolWriter {
    fn drop(&mut self) {
        self.progress.send_modify(|progress| {
            if let Progress::Written(bytes) = *progress {
                *progress = Progress::Failed(bytes);
            }
        });
    }
}

/// The end that is read from.
#[derive(Debug)]
pub(super) struct SpoolReader {
    file: Arc<File>,
    progress: watch::Receiver<Progress>,
    at: u64,
}

impl SpoolReader {
    /// Waits for the first bytes, or for the end; false if it failed before there were any.
    pub(super) async fn begun(&mut self) -> bool {
        let reached = self.progress.wait_for(|progress| *progress != Progress::Written(0)).await;
        reached.is_ok_and(|progress| *progress != Progress::Failed(0))
    }

    /// Waits for the end; false if it failed.
    pub(super) async fn ended(&mut self) -> bool {
        let reached = self.progress.wait_for(|progress| !matches!(progress, Progress::Written(_))).await;
        reached.is_ok_and(|progress| matches!(*progress, Progress::Done(_)))
    }

    /// How many bytes there are in all, if that is known yet.
    pub(super) fn length(&self) -> Option<u64> {
        match *self.progress.borrow() {
            Progress::Done(bytes) => Some(bytes),
            Progress::Written(_) | Progress::Failed(_) => None,
        }
    }

    /// The bytes, as they come, and what is held until they are taken. One that failed ends with an error, which breaks the
    /// answer off where it is; so does one of which nothing is taken for a while.
    pub(super) fn stream<T: 'static>(self, held: T, patience: Duration) -> impl Stream<Item = io::Result<Bytes>> {
        let waiting = Rc::new(RefCell::new(Some((self, held))));
        actix_web::rt::spawn(give_up(Rc::downgrade(&waiting), patience));
        stream::try_unfold(waiting, |waiting| async move {
            let taken = waiting.take();
            let (mut reader, held) = taken.ok_or_else(|| io::Error::other("nothing was taken for too long"))?;
            let Some(bytes) = reader.next().await? else { return Ok(None) };
            reader.at += bytes.len() as u64;
            waiting.replace(Some((reader, held)));
            Ok(Some((bytes, waiting)))
        })
    }

    /// The next bytes; none at the end.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let at = self.at;
        let reached =
            self.progress.wait_for(|progress| progress.bytes() > at || !matches!(progress, Progress::Written(_)));
        let progress = *reached.await.map_err(io::Error::other)?;
        let size = usize::try_from((progress.bytes() - at).min(CHUNK)).map_err(io::Error::other)?;
        if size == 0 {
            return match progress {
                Progress::Failed(_) => Err(io::Error::other("the export broke off")),
                Progress::Written(_) | Progress::Done(_) => Ok(None),
            };
        }
        let file = self.file.clone();
        let read = web::block(move || {
            let mut bytes = vec![0; size];
            file.read_exact_at(&mut bytes, at).map(|()| Bytes::from(bytes))
        });
        read.await.map_err(io::Error::other)?.map(Some)
    }
}

/// Lets go what has waited for longer than that for somebody to take it.
async fn give_up<T>(waiting: Weak<RefCell<Option<(SpoolReader, T)>>>, patience: Duration) {
    let mut seen = None;
    loop {
        tokio::time::sleep(patience).await;
        let Some(waiting) = waiting.upgrade() else { return };
        let at = waiting.borrow().as_ref().map(|(reader, _)| reader.at);
        if at.is_some() && at == seen {
            waiting.take();
            return;
        }
        seen = at;
    }
}
