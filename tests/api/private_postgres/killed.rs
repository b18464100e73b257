//! What is killed leaves the data, and the next one starts.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};

use super::data_dir::{DataDir, eventually, execute, kill_guardian, postmaster, processes, sockets, value};
use super::users::{User, start};

#[test]
fn a_killed_process_takes_the_server_with_it_and_the_data_stay() {
    let data = DataDir::new();
    let mut user = User::spawn(data.path());
    user.ready();
    execute(&data.url(), "CREATE TABLE kept AS SELECT 'committed' AS value");
    user.kill();
    eventually(Duration::from_secs(2), "the server is gone", || processes(&data.home()).is_empty());
    assert_eq!(sockets(&data.home()), Vec::<PathBuf>::new());

    let server = start(data.path());
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "committed");
    server.stop().unwrap();
}

#[test]
fn a_killed_postmaster_is_replaced_at_the_next_start() {
    let data = DataDir::new();
    let first = start(data.path());
    execute(&first.url(), "CREATE TABLE kept AS SELECT 'recovered' AS value");
    kill(postmaster(data.path()), Signal::SIGKILL).unwrap();

    // The first still holds its share: both use the new server.
    let second = start(data.path());
    assert_eq!(value(&first.url(), "SELECT value FROM kept"), "recovered");
    second.stop().unwrap();
    assert_eq!(value(&first.url(), "SELECT value FROM kept"), "recovered");
    first.stop().unwrap();
    assert_eq!(processes(&data.home()), []);
}

#[test]
fn after_everything_was_killed_the_next_start_recovers() {
    let data = DataDir::new();
    let mut user = User::spawn(data.path());
    user.ready();
    execute(&data.url(), "CREATE TABLE kept AS SELECT 'recovered' AS value");
    // The guardian first, or it would stop the server cleanly.
    for process in processes(&data.home()) {
        let _ = kill(process, Signal::SIGKILL);
    }
    user.kill();
    assert!(data.home().join("cluster/postmaster.pid").exists());

    let server = start(data.path());
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "recovered");
    server.stop().unwrap();
}

#[test]
fn a_server_that_lost_its_guardian_stops_after_the_last_all_the_same() {
    let data = DataDir::new();
    let server = start(data.path());
    kill_guardian(&data.home());
    assert_eq!(value(&server.url(), "SELECT 'up' AS value"), "up");
    server.stop().unwrap();
    assert_eq!(processes(&data.home()), []);
}

#[test]
fn a_server_that_lost_its_guardian_is_replaced_at_the_next_start() {
    let data = DataDir::new();
    let mut user = User::spawn(data.path());
    user.ready();
    let orphan = postmaster(data.path());
    kill_guardian(&data.home());
    user.kill();

    let server = start(data.path());
    assert_ne!(orphan, postmaster(data.path()));
    server.stop().unwrap();
    assert_eq!(processes(&data.home()), []);
}

#[test]
fn a_process_id_that_now_belongs_to_another_program_does_not_stop_the_start() {
    let data = DataDir::new();
    start(data.path()).stop().unwrap();
    let home = data.home();
    let owner = fs::metadata(&home).unwrap();
    let mut other = Command::new("sleep").arg("60").uid(owner.uid()).gid(owner.gid()).spawn().unwrap();
    let pid_file = home.join("cluster/postmaster.pid");
    let stale = format!(
        "{}\n{}\n1700000000\n5432\n{}\n\n  5432001         7\nready   \n",
        other.id(),
        home.join("cluster").display(),
        home.display(),
    );
    fs::write(&pid_file, stale).unwrap();
    chown(&pid_file, Some(owner.uid()), Some(owner.gid())).unwrap();

    let server = start(data.path());
    assert_eq!(value(&server.url(), "SELECT 'up' AS value"), "up");
    server.stop().unwrap();
    assert!(other.try_wait().unwrap().is_none(), "it was left alone");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_killed_initdb_is_not_taken_for_a_cluster() {
    let data = DataDir::new();
    start(data.path()).stop().unwrap();
    let unfinished = data.home().join("unfinished-1");
    fs::rename(data.home().join("cluster"), &unfinished).unwrap();
    start(data.path()).stop().unwrap();
    assert!(!unfinished.exists());
}
