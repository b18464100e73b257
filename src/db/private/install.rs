//! The PostgreSQL that is installed on this machine.

use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
    process::Command,
};

use super::error::{Majors, StartError};

const OLDEST: u32 = 14;

/// Where packages put the server outside PATH: a parent, and how the name of the version's
/// directory in it begins; the programs are there or in its `bin`.
const USUAL_PLACES: [(&str, &str); 9] = [
    ("/usr/lib/postgresql", ""),                          // Debian, Ubuntu
    ("/usr", "pgsql-"),                                   // PGDG's packages for Fedora and RHEL
    ("/usr/lib", "postgresql"),                           // SUSE
    ("/usr/libexec", "postgresql"),                       // Alpine
    ("/opt/homebrew/opt", "postgresql"),                  // Homebrew on Apple silicon
    ("/usr/local/opt", "postgresql"),                     // Homebrew on Intel
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql"),     // Homebrew on Linux
    ("/Applications/Postgres.app/Contents/Versions", ""), // Postgres.app
    ("/usr/local", "pgsql"),                              // built from source
];

const PACKAGE_MANAGERS: [(&str, &str); 7] = [
    ("apt-get", "run `apt-get install postgresql`"),
    ("dnf", "run `dnf install postgresql-server`"),
    ("yum", "run `yum install postgresql-server`"),
    ("apk", "run `apk add postgresql`"),
    ("pacman", "run `pacman -S postgresql`"),
    ("zypper", "run `zypper install postgresql-server`"),
    ("brew", "run `brew install postgresql@17`"),
];

#[derive(Debug)]
pub(super) struct Install {
    programs: PathBuf,
}

impl Install {
    /// Finds the version that wrote `data`, or for new data the first that will do:
    /// `pg_config`'s, then PATH's, then the newest of the usual places.
    pub(super) fn find(data: &Path, written_by: Option<u32>) -> Result<Self, StartError> {
        let mut others = Vec::new();
        for programs in places() {
            let Some(major) = major_version(&programs) else {
                continue;
            };
            if written_by.map_or(major >= OLDEST, |wanted| major == wanted) {
                return Ok(Self { programs });
            }
            others.push(major);
        }
        others.sort_unstable();
        others.dedup();
        Err(match written_by {
            Some(written_by) => {
                StartError::OtherMajorVersion { data: data.to_owned(), written_by, installed: Majors(others) }
            }
            None => StartError::NotInstalled { oldest: OLDEST, advice: advice() },
        })
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}

/// Directories that may hold the programs, best first, looked at one by one.
fn places() -> impl Iterator<Item = PathBuf> {
    let configured = || pg_config().into_iter();
    let usual = || USUAL_PLACES.into_iter().flat_map(versions);
    std::iter::once_with(configured).flatten().chain(search_path()).chain(std::iter::once_with(usual).flatten())
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let mut line = output.stdout;
    while line.pop_if(|last| last.is_ascii_whitespace()).is_some() {}
    (output.status.success() && !line.is_empty()).then(|| OsString::from_vec(line).into())
}

fn search_path() -> Vec<PathBuf> {
    env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect())
}

/// The directories of one usual place, the highest version first.
fn versions((parent, prefix): (&str, &str)) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let rest = name.to_str()?.strip_prefix(prefix)?;
            let version = leading_number(rest.trim_start_matches(['@', '-'])).unwrap_or(0);
            Some((version, entry.path()))
        })
        .collect();
    found.sort_by(|(left, _), (right, _)| right.cmp(left));
    found.into_iter().flat_map(|(_, directory)| [directory.join("bin"), directory]).collect()
}

/// What `postgres --version` says, where both programs are: `pg_config` alone comes with the
/// client libraries too.
fn major_version(programs: &Path) -> Option<u32> {
    let postgres = programs.join("postgres");
    if !postgres.is_file() || !programs.join("initdb").is_file() {
        return None;
    }
    let output = Command::new(postgres).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    leading_number(text.split_once(") ")?.1)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    text[..end.unwrap_or(text.len())].parse().ok()
}

fn advice() -> &'static str {
    let installed = |program: &str| search_path().iter().any(|dir| dir.join(program).is_file());
    PACKAGE_MANAGERS.into_iter().find(|(program, _)| installed(program)).map_or("install it", |(_, advice)| advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_releases_and_prereleases() {
        assert_eq!(leading_number("15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(leading_number("19devel"), Some(19));
        assert_eq!(leading_number("18\n"), Some(18));
        assert_eq!(leading_number("next"), None);
    }
}
