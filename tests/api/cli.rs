//! The command line: help, exit statuses, settings, keys, and a server that starts and stops as it should.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{Server, TestDatabase};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_civicspace"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server as a process of its own, killed with the test.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn serve(database: &TestDatabase) -> Self {
        let mut child = program()
            .args(["serve", "--bind", "127.0.0.1:0"])
            .env("DATABASE_URL", database.url())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let greeting = lines.next().and_then(Result::ok).unwrap_or_default();
        let address = greeting.split(' ').find_map(|word| word.strip_prefix("http://")).expect("an address").to_owned();
        let curls =
            lines.by_ref().take(3).filter(|line| line.as_ref().is_ok_and(|line| line.starts_with("  curl "))).count();
        assert_eq!(curls, 3, "three lines to try");
        // What is not read must not stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("a signal");
    }

    fn wait(&mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status.code();
            }
            std::thread::yield_now();
        }
        panic!("the server does not stop");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

#[test]
fn every_command_has_help_and_exits_with_0() {
    for command in
        ["", "serve", "migrate", "seed", "export", "keys", "keys create", "keys list", "keys revoke", "openapi"]
    {
        let arguments: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).chain(["--help"]).collect();
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert!(text(&output.stdout).contains("Usage: civicspace"), "{command}");
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [
        &["nonsense"][..],
        &["--bind", "127.0.0.1:0", "migrate"],
        &["serve", "--colour"],
        &["keys", "create"],
        &["keys", "revoke", "x"],
        &["serve", "--bind", "nowhere"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn every_fault_of_the_settings_is_named_at_once() {
    let output = program()
        .args(["serve", "--bind", "8080", "--trusted-proxies", "10.0.0.0/8,proxy"])
        .env("CIVICSPACE_ANONYMOUS_QUOTA", "many")
        .env("CIVICSPACE_DATABASE_CONNECTIONS", "0")
        .output()
        .expect("the program runs");
    let message = text(&output.stderr);
    for name in ["--bind", "--trusted-proxies", "CIVICSPACE_ANONYMOUS_QUOTA", "CIVICSPACE_DATABASE_CONNECTIONS"] {
        assert!(message.contains(name), "{name}: {message}");
    }
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_secret_in_the_settings_is_never_shown() {
    let output = program()
        .arg("--help")
        .env("DATABASE_URL", "postgres://user:verysecret@127.0.0.1:1/x")
        .output()
        .expect("it runs");
    assert!(!text(&output.stdout).contains("verysecret"));
    let output = program()
        .arg("migrate")
        .env("DATABASE_URL", "postgres://user:verysecret@127.0.0.1:1/x")
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(!text(&output.stderr).contains("verysecret"), "{}", text(&output.stderr));
}

#[test]
fn the_document_is_printed_as_it_is_committed() {
    assert_eq!(text(&run(&["openapi"]).stdout), crate::harness::committed_document());
}

#[test]
fn migrating_and_seeding_a_named_database_can_be_repeated() {
    let database = TestDatabase::empty();
    let on_it = |command: &str| {
        let output = program().arg(command).env("DATABASE_URL", database.url()).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(on_it("migrate").lines().count() >= 3);
    assert_eq!(on_it("migrate"), "");
    assert!(on_it("seed").contains(" 0 unchanged"));
    assert!(on_it("seed").starts_with("0 created"));
}

#[test]
fn a_faulty_seed_file_is_named_and_exits_with_1() {
    let database = TestDatabase::migrated();
    let directory = std::env::temp_dir().join(format!("civicspace-cli-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    for name in ["datasets.ndjson", "articles.ndjson", "incidents.ndjson"] {
        std::fs::write(directory.join(name), "").expect("a file");
    }
    std::fs::write(directory.join("entities.ndjson"), "{}\n{\"kind\": \"martian\"}\n").expect("a file");
    let from = directory.to_string_lossy().into_owned();
    let output =
        program().args(["seed", "--from", &from]).env("DATABASE_URL", database.url()).output().expect("it runs");
    std::fs::remove_dir_all(&directory).expect("it is gone");
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(message.contains("entities.ndjson:1: ") && message.contains("entities.ndjson:2: /kind"), "{message}");
    let missing =
        program().args(["seed", "--from", &from]).env("DATABASE_URL", database.url()).output().expect("it runs");
    assert!(text(&missing.stderr).contains("datasets.ndjson"), "{}", text(&missing.stderr));
}

#[test]
fn a_key_is_printed_alone_works_while_the_server_runs_and_can_be_revoked() {
    let server = Server::start();
    let keys = |arguments: &[&str]| {
        let output =
            program().arg("keys").args(arguments).env("DATABASE_URL", server.database.url()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let printed = keys(&["create", "--role", "editor", "--name", "Newsroom"]);
    let key = printed.trim_end();
    assert!(printed == format!("{key}\n") && key.starts_with("cs_") && key.len() == 46, "{printed}");
    let bearer = format!("Bearer {key}");
    let with_key = |path: &str| server.get_with(path, &[("Authorization", &bearer)]);
    assert_eq!(with_key("/v1/incidents?state=draft").status, 200);
    let listed = keys(&["list"]);
    let columns: Vec<&str> = listed.trim_end().split('\t').collect();
    assert_eq!(columns[1..], ["editor", "good", "Newsroom"]);
    assert!(!listed.contains(key));
    assert_eq!(keys(&["revoke", columns[0]]), "");
    with_key("/v1/incidents").problem(401, "unauthenticated");
    assert!(keys(&["list"]).contains("revoked"));
    let again = program()
        .args(["keys", "revoke", columns[0]])
        .env("DATABASE_URL", server.database.url())
        .output()
        .expect("it runs");
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn a_server_that_is_told_to_stop_ends_well() {
    let database = TestDatabase::migrated();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut process = Process::serve(&database);
        std::net::TcpStream::connect(&process.address).expect("it listens");
        process.signal(signal);
        assert_eq!(process.wait(), Some(0), "{signal}");
        assert!(std::net::TcpStream::connect(&process.address).is_err());
    }
}

#[test]
fn a_request_in_flight_is_answered_before_the_server_stops() {
    let database = TestDatabase::migrated();
    let mut process = Process::serve(&database);
    let mut answer = String::new();
    database.locked("LOCK TABLE incidents", || {
        let mut stream = std::net::TcpStream::connect(&process.address).expect("a connection");
        std::io::Write::write_all(&mut stream, b"GET /v1/incidents HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .expect("sent");
        database
            .until("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        process.signal(Signal::SIGINT);
        // The port is closed when the server has heard the signal.
        while std::net::TcpStream::connect(&process.address).is_ok() {
            std::thread::yield_now();
        }
        database.release();
        stream.read_to_string(&mut answer).expect("an answer");
    });
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(process.wait(), Some(0));
}

#[test]
fn an_address_that_is_taken_is_said_so_at_once() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = run(&["serve", "--bind", &address, "--data-dir", "/nonexistent/never-made"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(message.contains(&address) && message.contains("--bind") && message.lines().count() == 1, "{message}");
}
