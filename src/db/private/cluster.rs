//! The data directory proper: making it, the settings it is started with, and what a killed server
//! leaves in it.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{self, ErrorKind},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    process::{self, Output, Stdio},
};

use super::{
    USER,
    deadline::Deadline,
    error::StartError,
    home::{Home, SOCKET, last_lines},
    install::Install,
    lock::Lock,
};

/// Locales in which `lower('É')` and trigrams of Cyrillic work, in the order in which they are
/// tried: systems without the first have the second. `C` is not one of them.
const LOCALES: [&str; 2] = ["C.UTF-8", "en_US.UTF-8"];

const SETTINGS: [&str; 10] = [
    "listen_addresses=",
    "port=5432",
    "max_connections=100",
    "shared_buffers=256MB",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_destination=stderr",
    "log_min_messages=warning",
    "log_checkpoints=off",
];

/// Faster. A crash of the server loses the last moments, a crash of the machine everything.
const NOT_DURABLE: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

#[derive(Debug)]
pub(super) struct Cluster {
    path: PathBuf,
    install: Install,
}

impl Cluster {
    /// Opens the cluster with the version that wrote it, and makes it on the first start. There
    /// is one name for all versions: a newer PostgreSQL never gets an empty cluster beside the data.
    pub(super) fn open(home: &Home) -> Result<Self, StartError> {
        let path = home.path.join("cluster");
        let written_by = major_version(&path)?;
        let install = Install::find(&path, written_by)?;
        let cluster = Self { path, install };
        if written_by.is_none() {
            cluster.make(home)?;
        }
        Ok(cluster)
    }

    /// Runs initdb into another name first, so that a killed initdb is never taken for a cluster.
    fn make(&self, home: &Home) -> Result<(), StartError> {
        remove_unfinished(&home.path).map_err(StartError::at(&home.path))?;
        let unfinished = home.path.join(format!("unfinished-{}", process::id()));
        let mut failure = String::new();
        for locale in LOCALES {
            let output = self.initdb(home, &unfinished, locale)?;
            if output.status.success() {
                return fs::rename(&unfinished, &self.path).map_err(StartError::at(&self.path));
            }
            failure = format!("{}, {}", output.status, last_lines(&output.stderr));
            if !failure.contains("locale") {
                break;
            }
        }
        Err(StartError::Initdb { output: failure })
    }

    fn initdb(&self, home: &Home, into: &Path, locale: &str) -> Result<Output, StartError> {
        let initdb = self.install.program("initdb");
        home.account
            .command(&initdb, &home.path)
            .arg("-D")
            .arg(into)
            .args(["--no-sync", "--encoding=UTF8", "--auth=trust"])
            .args(["--locale", locale, "--username", USER])
            .output()
            .map_err(StartError::at(initdb))
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.install.program("postgres")
    }

    pub(super) fn arguments(&self, home: &Home, durable: bool) -> Vec<OsString> {
        let mut arguments = vec!["-D".into(), self.path.clone().into_os_string()];
        let relaxed: &[&str] = if durable { &[] } else { &NOT_DURABLE };
        for setting in SETTINGS.iter().chain(relaxed) {
            arguments.extend(["-c".into(), setting.into()]);
        }
        let directory = quoted(home.socket_directory().into_os_string());
        arguments.extend(["-c".into(), directory]);
        arguments
    }

    /// Makes the way free for a new server when no guardian is alive. What may be left is a server
    /// whose guardian was killed alone, sessions whose postmaster was killed, or just files.
    pub(super) fn clear(&self, home: &Home, server: &Lock, deadline: &Deadline) -> Result<(), StartError> {
        if self.answers() {
            self.stop(home).map_err(StartError::at(&self.path))?;
        }
        deadline.wait("processes of an earlier PostgreSQL still work", || Ok(server.take()?.then_some(())))?;
        // Nobody works on the data, so whatever process has the number in these files today, it
        // is another program, or a zombie. PostgreSQL could not know, and would refuse to start.
        let socket = home.socket();
        let remains = [self.path.join("postmaster.pid"), socket.with_added_extension("lock"), socket];
        for file in remains {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(StartError::at(file)(error));
                }
                _ => {}
            }
        }
        Ok(server.release()?)
    }

    /// Whether a postmaster accepts connections for this cluster, on the socket that its pid file
    /// names. Only then does the process id in that file mean anything.
    fn answers(&self) -> bool {
        let file = fs::read(self.path.join("postmaster.pid")).unwrap_or_default();
        let mut lines = file.split(|byte| *byte == b'\n').map(OsStr::from_bytes);
        let (Some(port), Some(directory)) = (lines.nth(3), lines.next()) else {
            return false;
        };
        let name = Path::new(SOCKET).with_extension(port);
        UnixStream::connect(Path::new(directory).join(name)).is_ok()
    }

    /// Stops a postmaster that has lost its guardian.
    pub(super) fn stop(&self, home: &Home) -> io::Result<()> {
        home.account
            .command(&self.install.program("pg_ctl"), &home.path)
            .args(["stop", "--mode=fast", "--wait", "--silent", "-D"])
            .arg(&self.path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map(|_| ())
    }
}

/// The major version that wrote a cluster, if there is one.
fn major_version(cluster: &Path) -> Result<Option<u32>, StartError> {
    if fs::symlink_metadata(cluster).is_err() {
        return Ok(None);
    }
    let file = cluster.join("PG_VERSION");
    let text = fs::read_to_string(&file).map_err(StartError::at(&file))?;
    let unreadable = |_| StartError::Directory { path: file, problem: "holds no version".to_owned() };
    text.trim().parse().map(Some).map_err(unreadable)
}

fn remove_unfinished(home: &Path) -> io::Result<()> {
    for entry in fs::read_dir(home)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b"unfinished-") {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// A directory as an element of PostgreSQL's comma-separated list.
fn quoted(directory: OsString) -> OsString {
    let mut setting = b"unix_socket_directories=\"".to_vec();
    for byte in directory.into_vec() {
        setting.extend((byte == b'"').then_some(b'"'));
        setting.push(byte);
    }
    setting.push(b'"');
    OsString::from_vec(setting)
}
