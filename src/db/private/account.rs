//! Whom the server runs as. It refuses to run as root, so root steps down to another account.

use std::{
    fmt,
    fs::Metadata,
    io,
    os::unix::{
        fs::{MetadataExt, lchown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use nix::{
    errno::Errno,
    unistd::{Gid, Uid, User},
};

use super::error::StartError;

#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// The account that new data shall belong to: the caller's own unless that is root.
    pub(super) fn for_new_data() -> Result<Self, StartError> {
        let caller = Uid::effective();
        if !caller.is_root() {
            return Ok(Self { uid: caller.as_raw(), gid: Gid::effective().as_raw() });
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self { uid: user.uid.as_raw(), gid: user.gid.as_raw() })
            .ok_or(StartError::NoAccount)
    }

    /// The account that existing data belong to. Root works on a plain user's data as that user,
    /// so that `sudo` once does not lock the user out for ever.
    pub(super) fn owning(data: &Metadata) -> Self {
        let uid = data.uid();
        let primary_group = User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.gid.as_raw());
        Self { uid, gid: primary_group.unwrap_or_else(|| data.gid()) }
    }

    /// Whether this process may act as the account.
    pub(super) fn is_ours(self) -> bool {
        let caller = Uid::effective();
        caller.is_root() || caller.as_raw() == self.uid
    }

    pub(super) fn is_root(self) -> bool {
        self.uid == 0
    }

    /// A command that runs as the account, in an environment that says nothing: LANG may name a
    /// locale that does not exist, and `PGDATA` and its like would be obeyed. A time zone is given
    /// because initdb otherwise compares the system's with every one it knows.
    pub(super) fn command(self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .uid(self.uid)
            .gid(self.gid)
            .current_dir(directory)
            .stdin(Stdio::null());
        command
    }

    /// Whether the account reaches a directory: tried rather than computed, as only the kernel
    /// knows all the rules. The child steps down first and enters the directory after that.
    pub(super) fn can_enter(self, directory: &Path) -> Result<bool, StartError> {
        if !Uid::effective().is_root() {
            return Ok(true);
        }
        let entered = self
            .command(Path::new("/bin/sh"), directory)
            .args(["-c", ":"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match entered {
            Ok(_) => Ok(true),
            Err(error) if error.raw_os_error() == Some(Errno::EACCES as i32) => Ok(false),
            Err(cause) => Err(StartError::at(directory)(cause)),
        }
    }

    /// Gives the account a directory that this process has just made.
    pub(super) fn give(self, directory: &Path) -> io::Result<()> {
        if Uid::effective().is_root() {
            lchown(directory, Some(self.uid), Some(self.gid))?;
        }
        Ok(())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match User::from_uid(Uid::from_raw(self.uid)) {
            Ok(Some(user)) => formatter.write_str(&user.name),
            _ => write!(formatter, "user {}", self.uid),
        }
    }
}
