//! The private PostgreSQL: a server of our own on a unix socket below the data directory, for
//! whoever has not set `DATABASE_URL`, and for the tests.
//!
//! Any number of processes share one server. The first starts it, the others adopt it, and it
//! stops after the last. Everything lives in one directory, `<data_dir>/postgresql`:
//!
//! | name | what |
//! |---|---|
//! | `cluster/` | PostgreSQL's data directory |
//! | `postgresql.log` | its log since the last start |
//! | `.s.PGSQL.5432` | its socket, if the path is short enough for one |
//! | `*.lock` | who is alive |
//!
//! The server's parent is not its user but a guardian ([`guard()`]), which waits until the users'
//! lock is free. The kernel frees it however a process ends, so a killed process leaks no server.

mod account;
mod cluster;
mod deadline;
mod error;
mod guard;
mod home;
mod install;
mod lock;
mod wire;

use std::{
    env, fmt,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use self::{cluster::Cluster, deadline::Deadline, home::Home, lock::Locks, wire::Answer};
pub use self::{
    error::{Majors, StartError, StopError},
    guard::{GUARD_COMMAND, guard},
    lock::LockError,
};

const USER: &str = "civicspace";
const DATABASE: &str = "civicspace";
const STOP_TIMEOUT: Duration = guard::FAST_SHUTDOWN.saturating_add(Duration::from_secs(10));

/// How the server is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The executable that becomes the guardian when it is called with [`GUARD_COMMAND`]; `None`
    /// is the one that is running. A test names the `civicspace` binary.
    pub guardian: Option<PathBuf>,
    /// Whether what was committed survives a crash of the machine. False for tests only. A server
    /// that runs already is taken as it is.
    pub durable: bool,
    /// How long the start may take, recovery after a crash included. Making a new cluster is not
    /// counted.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { guardian: None, durable: true, timeout: Duration::from_mins(1) }
    }
}

/// This process's share in a private PostgreSQL. Dropping it gives the share back; so does the end
/// of the process. [`PrivateServer::stop`] also waits until the server is gone.
pub struct PrivateServer {
    home: Home,
    cluster: Cluster,
    locks: Locks,
    guardian: Option<Child>,
}

impl PrivateServer {
    /// Starts the server of a data directory, or adopts the one that is running, and returns when
    /// its database answers. Blocks: call it before or outside the asynchronous part.
    ///
    /// # Errors
    /// When PostgreSQL is missing or of another major version than the data, when the directory
    /// is not ours alone, when the server does not start (the message ends with its log), or when
    /// time runs out.
    pub fn start(data_dir: &Path, options: &Options) -> Result<Self, StartError> {
        let home = Home::open(data_dir)?;
        let locks = Locks::open(&home.path)?;
        let deadline = Deadline::after(options.timeout);
        deadline.wait("another process is starting it", || Ok(locks.start.take()?.then_some(())))?;
        // Refused while a guardian stops the server.
        deadline.wait("the earlier server is stopping", || Ok(locks.users.share()?.then_some(())))?;
        let mut server = Self { cluster: Cluster::open(&home)?, home, locks, guardian: None };
        server.bring_up(options)?;
        server.locks.start.release()?;
        Ok(server)
    }

    /// Under the start lock: waits for the running server, or starts one. A server that was found
    /// dying is replaced as soon as its guardian is gone.
    fn bring_up(&mut self, options: &Options) -> Result<(), StartError> {
        let deadline = Deadline::after(options.timeout);
        let socket = self.home.socket();
        let mut reason = String::new();
        deadline
            .wait("it does not answer", || {
                if self.guardian.is_none() && self.locks.guardian.take()? {
                    self.launch(options, &deadline)?;
                }
                let answer = match wire::ask(&socket) {
                    Answer::NoDatabase => wire::create_database(&socket),
                    answer => answer,
                };
                match answer {
                    Answer::Ready => return Ok(Some(())),
                    Answer::NotYet(problem) => reason = problem,
                    Answer::NoDatabase => {}
                    Answer::Refused { code, message } => {
                        return Err(StartError::Refused { code, message });
                    }
                }
                match self.guardian.as_mut().map(Child::try_wait) {
                    Some(Ok(Some(_))) => Err(StartError::Exited(self.home.log_end())),
                    Some(Err(cause)) => Err(StartError::at(self.cluster.postgres())(cause)),
                    _ => Ok(None),
                }
            })
            .map_err(|error| match error {
                StartError::TimedOut { after, waited_for } => StartError::TimedOut {
                    after,
                    waited_for: format!("{waited_for} ({reason}); {}", self.home.log_end()),
                },
                error => error,
            })
    }

    /// With the guardian's lock taken, which proves that there is none: clears what a killed
    /// server left behind and starts a new one.
    fn launch(&mut self, options: &Options, deadline: &Deadline) -> Result<(), StartError> {
        self.cluster.clear(&self.home, &self.locks.server, deadline)?;
        self.home.make_socket_directory()?;
        self.locks.guardian.release()?;
        let executable = match &options.guardian {
            Some(path) => path.clone(),
            None => env::current_exe().map_err(StartError::at("this executable"))?,
        };
        self.guardian = Some(guard::spawn(
            &executable,
            &self.home,
            self.cluster.postgres(),
            self.cluster.arguments(&self.home, options.durable),
        )?);
        Ok(())
    }

    /// The server's address, for any PostgreSQL client.
    pub fn url(&self) -> String {
        let directory = self.home.socket_directory();
        let host = percent_encode(directory.as_os_str().as_bytes(), NON_ALPHANUMERIC);
        format!("postgres://{USER}@{host}:5432/{DATABASE}")
    }

    /// Where the data, the log and the locks are, after all links.
    pub fn directory(&self) -> &Path {
        &self.home.path
    }

    /// Gives this process's share back. If it was the last one, waits until the server has
    /// stopped and nothing of it is left but the data.
    ///
    /// # Errors
    /// When the server takes too long to stop; it then still does, in the background.
    pub fn stop(mut self) -> Result<(), StopError> {
        self.locks.users.release()?;
        let deadline = Instant::now() + STOP_TIMEOUT;
        while !self.locks.guardian.is_free()? {
            if self.locks.users.is_shared()? {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(StopError::TimedOut(STOP_TIMEOUT));
            }
            thread::sleep(deadline::POLL);
        }
        if let Some(guardian) = &mut self.guardian {
            guardian.wait().map_err(StopError::Io)?;
        }
        // The guardian may have been killed alone. Nobody starts a server while this lock is taken.
        if self.locks.users.take()? && !self.locks.server.is_free()? {
            self.cluster.stop(&self.home).map_err(StopError::Io)?;
        }
        Ok(())
    }
}

impl fmt::Debug for PrivateServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PrivateServer").field("directory", &self.home.path).finish_non_exhaustive()
    }
}
