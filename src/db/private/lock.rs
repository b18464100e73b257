//! Locks that end with the processes that hold them, however those end.
//!
//! They are `flock`s: they belong to an open file, not to a process. The standard library opens
//! every file close-on-exec, so a started program inherits none of them, except the one that is
//! handed over on purpose (`Lock::as_stdin`).

use std::{
    fs::{File, OpenOptions, Permissions, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Stdio,
};

use nix::fcntl::OFlag;

/// A lock could not be opened, taken or released, which has nothing to do with others holding it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {cause}", .path.display())]
pub struct LockError {
    path: PathBuf,
    cause: io::Error,
}

pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Opens, and creates if need be, the lock of that name. Root opens files in a directory that
    /// belongs to another account here, so links are not followed and nothing is written; and the
    /// account must be able to open what root has made, whatever root's umask.
    fn open(home: &Path, name: &str) -> Result<Self, LockError> {
        let path = home.join(name).with_extension("lock");
        let made = File::create_new(&path).and_then(|file| file.set_permissions(Permissions::from_mode(0o644)));
        let opened = match made {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => OpenOptions::new().read(true).custom_flags(OFlag::O_NOFOLLOW.bits()).open(&path),
        };
        match opened {
            Ok(file) => Ok(Self { path, file }),
            Err(cause) => Err(LockError { path, cause }),
        }
    }

    /// Waits until nobody else holds it, and takes it alone.
    pub(super) fn wait(&self) -> Result<(), LockError> {
        self.file.lock().map_err(|cause| self.error(cause))
    }

    /// Takes it alone if nobody else holds it.
    pub(super) fn take(&self) -> Result<bool, LockError> {
        self.granted(self.file.try_lock())
    }

    /// Takes a share of it if nobody else holds it alone.
    pub(super) fn share(&self) -> Result<bool, LockError> {
        self.granted(self.file.try_lock_shared())
    }

    pub(super) fn release(&self) -> Result<(), LockError> {
        self.file.unlock().map_err(|cause| self.error(cause))
    }

    /// Whether nobody holds it at this moment.
    pub(super) fn is_free(&self) -> Result<bool, LockError> {
        let free = self.take()?;
        if free {
            self.release()?;
        }
        Ok(free)
    }

    /// Whether others share it at this moment.
    pub(super) fn is_shared(&self) -> Result<bool, LockError> {
        let shared = !self.is_free()? && self.share()?;
        if shared {
            self.release()?;
        }
        Ok(shared)
    }

    /// The lock as a standard input: held for as long as the program that gets it, or any
    /// descendant that keeps its standard input, lives.
    pub(super) fn into_stdin(self) -> Stdio {
        self.file.into()
    }

    fn granted(&self, attempt: Result<(), TryLockError>) -> Result<bool, LockError> {
        match attempt {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(cause)) => Err(self.error(cause)),
        }
    }

    fn error(&self, cause: io::Error) -> LockError {
        LockError { path: self.path.clone(), cause }
    }
}

/// The four locks of a home. Together they answer "who is alive?" without ever trusting a process
/// id, which may long belong to another program.
pub(super) struct Locks {
    /// Alone: the process that is starting the server.
    pub(super) start: Lock,
    /// Shared: every process that uses the server, for its lifetime. Alone: the guardian, once the
    /// last of them is gone.
    pub(super) users: Lock,
    /// Alone: the guardian, for its lifetime.
    pub(super) guardian: Lock,
    /// Alone: the postmaster together with every process that it has started.
    pub(super) server: Lock,
}

impl Locks {
    pub(super) fn open(home: &Path) -> Result<Self, LockError> {
        Ok(Self {
            start: Lock::open(home, "start")?,
            users: Lock::open(home, "users")?,
            guardian: Lock::open(home, "guardian")?,
            server: Lock::open(home, "server")?,
        })
    }
}
