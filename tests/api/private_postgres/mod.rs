//! The private PostgreSQL as its users see it: several processes, some of which are killed.

#![cfg(target_os = "linux")] // `processes` reads /proc
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod data_dir;
mod killed;
mod refused;
mod users;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User as Account};

use self::data_dir::{DataDir, command_line, execute, postmaster, processes, sockets, value};
use self::users::{PROGRAM, User, serving, start};

#[test]
fn a_stopped_server_leaves_its_data_and_nothing_else() {
    let data = DataDir::new();
    let server = start(data.path());
    let url = server.url();
    let home = server.directory().to_owned();
    execute(&url, "CREATE TABLE kept AS SELECT 'here' AS value");
    assert!(!processes(&home).is_empty());
    assert!(home.join(".s.PGSQL.5432").exists());
    server.stop().unwrap();
    assert_eq!(processes(&home), []);
    assert_eq!(sockets(&home), Vec::<PathBuf>::new());

    let server = start(data.path());
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "here");
    server.stop().unwrap();
}

#[test]
fn two_processes_that_start_in_the_same_instant_share_one_server() {
    let data = DataDir::new();
    let mut first = User::spawn(data.path());
    let mut second = User::spawn(data.path());
    first.ready();
    second.ready();
    let url = data.url();
    assert_eq!(value(&url, "SELECT 'both connect' AS value"), "both connect");
    let postmaster = postmaster(data.path());

    first.leave();
    assert_eq!(value(&url, "SELECT 'still here' AS value"), "still here");
    assert_eq!(postmaster, data_dir::postmaster(data.path()));
    second.leave();
    assert_eq!(processes(&data.home()), []);
    assert_eq!(sockets(&data.home()), Vec::<PathBuf>::new());
}

#[test]
fn a_process_that_comes_while_the_server_stops_gets_a_server() {
    let data = DataDir::new();
    start(data.path()).stop().unwrap();
    let leaving = start(data.path());
    let left = thread::spawn(move || leaving.stop());
    let coming = start(data.path());
    left.join().unwrap().unwrap();
    assert_eq!(value(&coming.url(), "SELECT 'served' AS value"), "served");
    coming.stop().unwrap();
    assert_eq!(processes(&data.home()), []);
}

#[test]
fn a_path_may_hold_spaces_quotes_commas_and_cyrillic() {
    let data = DataDir::new();
    let path = data.path().join("a b 'c' \"d\", é данные %20 $HOME");
    let server = start(&path);
    assert_eq!(value(&server.url(), "SELECT 'up' AS value"), "up");
    server.stop().unwrap();
}

#[test]
fn a_path_too_long_for_a_socket_has_its_socket_elsewhere() {
    let data = DataDir::new();
    let path = data.path().join("long".repeat(40));
    let server = start(&path);
    let url = server.url();
    assert_eq!(value(&url, "SELECT 'up' AS value"), "up");
    let socket_directory = value(&url, "SHOW unix_socket_directories").replace('"', "");
    assert!(Path::new(&socket_directory).join(".s.PGSQL.5432").exists());
    assert_eq!(fs::metadata(&socket_directory).unwrap().mode() & 0o777, 0o700);
    server.stop().unwrap();
    assert!(!Path::new(&socket_directory).exists());
}

#[test]
fn below_a_directory_that_others_cannot_enter_root_keeps_its_data_elsewhere() {
    if !Uid::effective().is_root() {
        return;
    }
    let data = DataDir::new();
    let closed = data.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let data_dir = closed.join("data");

    let server = start(&data_dir);
    let home = server.directory().to_owned();
    let _removed_at_the_end = DataDir(home.clone());
    assert!(!home.starts_with(data.path()));
    execute(&server.url(), "CREATE TABLE kept AS SELECT 'reached' AS value");
    server.stop().unwrap();

    // Opened or moved, the project keeps its data.
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    let moved = data.path().join("moved");
    fs::rename(&closed, &moved).unwrap();
    let server = start(&moved.join("data"));
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "reached");
    server.stop().unwrap();
}

#[test]
fn a_plain_user_starts_it_and_root_then_works_on_the_users_data() {
    if !Uid::effective().is_root() {
        return;
    }
    let nobody = Account::from_name("nobody").unwrap().unwrap();
    let data = DataDir::new();
    chown(data.path(), Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).unwrap();
    // The build directory may be closed to others.
    let program = data.path().join("program");
    fs::copy(PROGRAM, &program).unwrap();
    let mut command = serving(&program, data.path());
    command.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw()).current_dir(data.path());
    let mut user = User::run(command);
    user.ready();
    execute(&data.url(), "CREATE TABLE kept AS SELECT 'by nobody' AS value");
    user.leave();

    let server = start(data.path());
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "by nobody");
    server.stop().unwrap();
    let owner = fs::metadata(data.home().join("cluster")).unwrap().uid();
    assert_eq!(owner, nobody.uid.as_raw());
}

#[test]
fn an_invalid_locale_in_the_environment_changes_nothing() {
    let data = DataDir::new();
    let mut command = serving(PROGRAM.as_ref(), data.path());
    command.env("LANG", "xx_XX.nonsense").env("LC_ALL", "none");
    let mut user = User::run(command);
    user.ready();
    let url = data.url();
    assert_eq!(value(&url, "SELECT lower('ÉЖ') AS value"), "éж");
    assert_eq!(value(&url, "SHOW server_encoding"), "UTF8");
    assert_eq!(value(&url, "SHOW timezone"), "UTC");
    user.leave();
}

#[test]
fn the_terminals_signals_do_not_reach_the_server() {
    let data = DataDir::new();
    let server = start(data.path());
    let group = |process: Pid| -> String {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        let after_name = stat.rsplit(") ").next().unwrap().to_owned();
        after_name.split(' ').nth(2).unwrap().to_owned()
    };
    assert_ne!(group(postmaster(data.path())), group(Pid::this()));
    for process in processes(&data.home()) {
        if command_line(process).contains("guard-postgres") {
            assert_ne!(group(process), group(Pid::this()));
            // A service manager signals every process of a service at once.
            kill(process, Signal::SIGTERM).unwrap();
        }
    }
    assert_eq!(value(&server.url(), "SELECT 'up' AS value"), "up");
    server.stop().unwrap();
    assert_eq!(processes(&data.home()), []);
}
