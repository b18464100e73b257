use std::{fmt, io, path::PathBuf, time::Duration};

use super::lock::LockError;

/// Why the private PostgreSQL did not start. Each message is complete in itself and says what
/// to do where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No server of a supported version is installed.
    #[error("no PostgreSQL server (version {oldest} or later) was found: {advice}, or set DATABASE_URL")]
    NotInstalled {
        /// The oldest version that will do.
        oldest: u32,
        /// How it is installed on this system.
        advice: &'static str,
    },
    /// The data were written by a major version that is not installed here.
    #[error(
        "the data in {data} were written by PostgreSQL {written_by}, this machine has {installed}: \
         install version {written_by}, or dump the data there and load them into a new directory"
    )]
    OtherMajorVersion {
        /// The cluster's directory.
        data: PathBuf,
        /// Its major version.
        written_by: u32,
        /// The major versions found on this machine.
        installed: Majors,
    },
    /// A directory is not what it must be for private data.
    #[error("{path}: {problem}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it, and what would help.
        problem: String,
    },
    /// PostgreSQL refuses to run as root, and there is nobody else to run it as.
    #[error(
        "PostgreSQL does not run as root and there is no account `postgres` or `nobody`: \
         start as a plain user, or set DATABASE_URL"
    )]
    NoAccount,
    /// `initdb` failed.
    #[error("initdb failed: {output}")]
    Initdb {
        /// How it ended, and the end of what it said.
        output: String,
    },
    /// The server ended while it started. The text names its log and quotes the end of it.
    #[error("PostgreSQL did not start; {0}")]
    Exited(String),
    /// The server answered with an error that waiting does not cure.
    #[error("PostgreSQL refuses connections: {message} ({code})")]
    Refused {
        /// The SQLSTATE.
        code: String,
        /// The server's message.
        message: String,
    },
    /// Time ran out.
    #[error("PostgreSQL was not ready after {} s: {waited_for}", .after.as_secs())]
    TimedOut {
        /// The time that was given.
        after: Duration,
        /// What was being waited for.
        waited_for: String,
    },
    /// The system has no locks to give.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The operating system refused something.
    #[error("{path}: {cause}")]
    Io {
        /// The file, directory or program.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl StartError {
    /// For `map_err`: an I/O error and the path it is about.
    pub(super) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { path: path.into(), cause }
    }
}

/// The private PostgreSQL did not stop in time, or its locks failed. Its guardian goes on trying.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// The server still runs.
    #[error("PostgreSQL had not stopped after {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The system has no locks to give.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The guardian could not be waited for, or `pg_ctl` not run.
    #[error("stopping PostgreSQL: {0}")]
    Io(io::Error),
}

/// Major versions, shown as `15 and 16`, or as `none`.
#[derive(Debug)]
pub struct Majors(pub Vec<u32>);

impl fmt::Display for Majors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.0.split_first() else {
            return formatter.write_str("none");
        };
        write!(formatter, "{first}")?;
        rest.iter().try_for_each(|major| write!(formatter, " and {major}"))
    }
}
