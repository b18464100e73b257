//! The guardian: a small process that is the server's parent and outlives its users, so that the
//! server is stopped however they end, `kill -9` included.

use std::{
    error::Error,
    ffi::OsString,
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::Duration,
};

use nix::{
    sys::signal::{SigSet, Signal, kill},
    unistd::Pid,
};

use super::{
    account::Account,
    error::StartError,
    home::Home,
    lock::{Lock, Locks},
};

/// The hidden subcommand under which the executable becomes the guardian.
pub const GUARD_COMMAND: &str = "guard-postgres";

/// After this a fast shutdown becomes an immediate one, which recovers at the next start.
pub(super) const FAST_SHUTDOWN: Duration = Duration::from_secs(30);

/// Starts a guardian that starts the server.
pub(super) fn spawn(
    executable: &Path,
    home: &Home,
    postgres: PathBuf,
    arguments: Vec<OsString>,
) -> Result<Child, StartError> {
    let log = home.new_log()?;
    // The child changes its directory, so the path must not depend on ours.
    let executable = fs::canonicalize(executable).map_err(StartError::at(executable))?;
    Command::new(&executable)
        .arg(GUARD_COMMAND)
        .args([&home.path, &home.socket_directory()])
        .args([home.account.uid, home.account.gid].map(|id| id.to_string()))
        .arg(postgres)
        .args(arguments)
        .env_clear()
        .current_dir(&home.path)
        // Ctrl-C in the terminal is for the foreground group: the API drains before the server goes.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(StartError::at(executable))
}

/// What the executable does when it is called with [`GUARD_COMMAND`] and the arguments that
/// follow it: run the server until nobody uses it. Not for people, so it has no options and says
/// what goes wrong on standard error, which is the server's log.
pub fn guard(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match watch(arguments.into_iter()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{GUARD_COMMAND}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn watch(mut arguments: impl Iterator<Item = OsString>) -> Result<(), Box<dyn Error>> {
    let mut next = || arguments.next().ok_or("too few arguments");
    let home = PathBuf::from(next()?);
    let socket_directory = PathBuf::from(next()?);
    let uid = next()?.to_string_lossy().parse()?;
    let gid = next()?.to_string_lossy().parse()?;
    let postgres = PathBuf::from(next()?);

    // The guardian goes after the last user, not when a service manager signals them all at once.
    // Programs that the standard library starts do not inherit this.
    SigSet::from_iter([Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM]).thread_block()?;
    let Locks { users, guardian, server, .. } = Locks::open(&home)?;
    guardian.wait()?;
    server.wait()?;
    if users.take()? {
        // Whoever started this guardian is gone already.
        return Ok(());
    }
    let mut server = Account { uid, gid }
        .command(&postgres, &home)
        .args(arguments)
        .stdin(server.into_stdin())
        .spawn()
        .map_err(|error| format!("{}: {error}", postgres.display()))?;
    let pid = Pid::from_raw(i32::try_from(server.id())?);
    thread::spawn(move || stop_after_the_last(&users, pid));
    let status = server.wait()?;
    // Only a directory made for the socket alone is empty now; the home never is.
    let _ = fs::remove_dir(socket_directory);
    if status.success() { Ok(()) } else { Err(format!("postgres ended: {status}").into()) }
}

/// Waits until no user is left, then stops the server. The lock stays taken until this process
/// ends: who comes in the meantime waits for it, and then starts a new server.
fn stop_after_the_last(users: &Lock, postmaster: Pid) {
    if let Err(error) = users.wait() {
        eprintln!("{GUARD_COMMAND}: {error}");
    }
    let _ = kill(postmaster, Signal::SIGINT);
    thread::sleep(FAST_SHUTDOWN);
    let _ = kill(postmaster, Signal::SIGQUIT);
    // Further waiting is for the main thread; the lock is kept.
    loop {
        thread::park();
    }
}
