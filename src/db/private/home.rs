//! The directory where everything of the private server lives, and who may enter it.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, Permissions},
    io::{self, ErrorKind},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
    process,
};

use uuid::Uuid;

use super::{account::Account, error::StartError};

/// For root's data below a directory that the server's account cannot enter. Only root comes here,
/// so it need not be a world-writable directory, which also would be swept by age on many systems.
const OUT_OF_REACH: &str = "/var/lib/civicspace";
/// Not the environment's temporary directory: two processes must agree on it, and macOS's is long.
const SHORT: &str = "/tmp";
pub(super) const SOCKET: &str = ".s.PGSQL.5432";
/// The shortest `sun_path` among the systems that we run on (macOS), less the final zero.
const LONGEST_SOCKET_PATH: usize = 103;

pub(super) struct Home {
    pub(super) path: PathBuf,
    pub(super) account: Account,
}

impl Home {
    /// Opens `<data_dir>/postgresql`, and makes it on the first start. Where the server's account
    /// could not reach that, it is a link to a directory that the account can reach: the link
    /// keeps the data with the project if the project is moved or its permissions change.
    pub(super) fn open(data_dir: &Path) -> Result<Self, StartError> {
        fs::create_dir_all(data_dir).map_err(StartError::at(data_dir))?;
        let data_dir = fs::canonicalize(data_dir).map_err(StartError::at(data_dir))?;
        let place = data_dir.join("postgresql");
        if fs::symlink_metadata(&place).is_err() {
            Self::make(&data_dir, &place)?;
        }
        let path = fs::canonicalize(&place).map_err(|error| StartError::Directory {
            path: place,
            problem: format!("leads to where the data should be, and cannot be followed: {error}"),
        })?;
        let account = Account::owning(&fs::metadata(&path).map_err(StartError::at(&path))?);
        require_private(&path, account)?;
        let problem = if account.is_root() {
            "belongs to root, and PostgreSQL does not run as root: give it to a plain user".into()
        } else if !account.is_ours() {
            format!("belongs to {account}: start as root or {account}, or choose another --data-dir")
        } else if !account.can_enter(&path)? {
            format!("its owner, {account}, cannot enter one of the directories above it")
        } else {
            return Ok(Self { path, account });
        };
        Err(StartError::Directory { path, problem })
    }

    fn make(data_dir: &Path, place: &Path) -> Result<(), StartError> {
        let account = Account::for_new_data()?;
        if account.can_enter(data_dir)? {
            return make_private(place, account);
        }
        let parent = Path::new(OUT_OF_REACH);
        fs::create_dir_all(parent).map_err(StartError::at(parent))?;
        fs::set_permissions(parent, Permissions::from_mode(0o755)).map_err(StartError::at(parent))?;
        let elsewhere = parent.join(name_for(place));
        make_private(&elsewhere, account)?;
        match symlink(&elsewhere, place) {
            // Another process that starts at the same time was faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            done => done.map_err(StartError::at(place)),
        }
    }

    /// The directory of the socket: this one if the path is short enough, which `connect` limits,
    /// else a short one of its own.
    pub(super) fn socket_directory(&self) -> PathBuf {
        let fits = self.path.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET_PATH;
        if fits { self.path.clone() } else { Path::new(SHORT).join(name_for(&self.path)) }
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.socket_directory().join(SOCKET)
    }

    /// Makes the socket's directory. The guardian removes it when the server has stopped.
    pub(super) fn make_socket_directory(&self) -> Result<(), StartError> {
        make_private(&self.socket_directory(), self.account)
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("postgresql.log")
    }

    /// A new, empty log: it holds one run, so it does not grow for ever.
    pub(super) fn new_log(&self) -> Result<File, StartError> {
        let log = self.log();
        match fs::remove_file(&log) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => File::create_new(&log),
        }
        .map_err(StartError::at(log))
    }

    /// The log's name and its end, on one line.
    pub(super) fn log_end(&self) -> String {
        let log = self.log();
        let end = fs::read(&log).map_or_else(|error| error.to_string(), |log| last_lines(&log));
        format!("{} ends: {end}", log.display())
    }
}

/// The last lines of some output, joined into one, without the answers to our own knocking.
pub(super) fn last_lines(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> =
        text.trim().lines().filter(|line| !line.ends_with("the database system is starting up")).collect();
    lines[lines.len().saturating_sub(6)..].join(" | ")
}

/// The same name for the same path, every time.
fn name_for(path: &Path) -> String {
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_URL, path.as_os_str().as_bytes());
    format!("civicspace-{}", hash.simple())
}

/// Makes a directory that only the account can enter, or checks that it is that already. It gets
/// its name last, so that a half-made one is never found, whoever else makes it at the same time.
fn make_private(path: &Path, account: Account) -> Result<(), StartError> {
    if fs::symlink_metadata(path).is_ok() {
        return require_private(path, account);
    }
    let mut unfinished = OsString::from(path);
    unfinished.push(format!(".new-{}", process::id()));
    let unfinished = PathBuf::from(unfinished);
    // Left over from a process of the same id that was killed, if there is one.
    let _ = fs::remove_dir(&unfinished);
    let made = DirBuilder::new().mode(0o700).create(&unfinished).and_then(|()| account.give(&unfinished));
    made.map_err(StartError::at(&unfinished))?;
    match fs::rename(&unfinished, path) {
        Err(error) if is_in_the_way(&error) => {
            let _ = fs::remove_dir(&unfinished);
            require_private(path, account)
        }
        done => done.map_err(StartError::at(path)),
    }
}

fn is_in_the_way(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory)
}

/// The server trusts whoever reaches its socket, so the directory itself is the lock on the door.
fn require_private(path: &Path, account: Account) -> Result<(), StartError> {
    let found = fs::symlink_metadata(path).map_err(StartError::at(path))?;
    let problem = if !found.is_dir() {
        "is not a directory".to_owned()
    } else if found.uid() != account.uid {
        format!("does not belong to {account}")
    } else if found.mode() & 0o077 != 0 {
        format!("must be open to {account} only: run `chmod 700` on it")
    } else {
        return Ok(());
    };
    Err(StartError::Directory { path: path.to_owned(), problem })
}
