//! The private PostgreSQL as its users see it: several processes, some of which are killed.

#![cfg(target_os = "linux")] // `processes` reads /proc
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use civicspace::db::private::{Options, PrivateServer, StartError};
use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, Uid, User},
};

const GUARDIAN: &str = env!("CARGO_BIN_EXE_civicspace");
const DATA_DIR: &str = "CIVICSPACE_TEST_DATA_DIR";
const GUARDIAN_COPY: &str = "CIVICSPACE_TEST_GUARDIAN";

#[test]
fn a_stopped_server_leaves_its_data_and_nothing_else() {
    let scratch = Scratch::new();
    let server = start(scratch.path());
    let url = server.url();
    let home = server.directory().to_owned();
    execute(&url, "CREATE TABLE kept AS SELECT 'here' AS value");
    assert!(!processes(&home).is_empty());
    assert!(home.join(".s.PGSQL.5432").exists());
    server.stop().unwrap();
    assert_eq!(processes(&home), []);
    assert_eq!(sockets(&home), Vec::<PathBuf>::new());

    let server = start(scratch.path());
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "here");
    server.stop().unwrap();
}

#[test]
fn two_processes_that_start_in_the_same_instant_share_one_server() {
    let scratch = Scratch::new();
    let mut first = UserProcess::spawn(scratch.path());
    let mut second = UserProcess::spawn(scratch.path());
    let url = first.ready();
    assert_eq!(url, second.ready());
    assert_eq!(value(&url, "SELECT 'both connect' AS value"), "both connect");
    let postmaster = postmaster(scratch.path());

    first.leave();
    assert_eq!(value(&url, "SELECT 'still here' AS value"), "still here");
    assert_eq!(postmaster, self::postmaster(scratch.path()));
    second.leave();
    assert_eq!(processes(&scratch.home()), []);
    assert_eq!(sockets(&scratch.home()), Vec::<PathBuf>::new());
}

#[test]
fn a_process_that_comes_while_the_server_stops_gets_a_server() {
    let scratch = Scratch::new();
    start(scratch.path()).stop().unwrap();
    let leaving = start(scratch.path());
    let left = thread::spawn(move || leaving.stop());
    let coming = start(scratch.path());
    left.join().unwrap().unwrap();
    assert_eq!(value(&coming.url(), "SELECT 'served' AS value"), "served");
    coming.stop().unwrap();
    assert_eq!(processes(&scratch.home()), []);
}

#[test]
fn a_killed_process_takes_the_server_with_it_and_the_data_stay() {
    let scratch = Scratch::new();
    let mut user = UserProcess::spawn(scratch.path());
    execute(&user.ready(), "CREATE TABLE kept AS SELECT 'committed' AS value");
    user.child.kill().unwrap();
    user.child.wait().unwrap();
    eventually(Duration::from_secs(2), "the server is gone", || processes(&scratch.home()).is_empty());
    assert_eq!(sockets(&scratch.home()), Vec::<PathBuf>::new());

    let server = start(scratch.path());
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "committed");
    server.stop().unwrap();
}

#[test]
fn a_killed_postmaster_is_replaced_at_the_next_start() {
    let scratch = Scratch::new();
    let first = start(scratch.path());
    execute(&first.url(), "CREATE TABLE kept AS SELECT 'recovered' AS value");
    kill(postmaster(scratch.path()), Signal::SIGKILL).unwrap();

    // The first still holds its share: both use the new server.
    let second = start(scratch.path());
    assert_eq!(value(&first.url(), "SELECT value FROM kept"), "recovered");
    second.stop().unwrap();
    assert_eq!(value(&first.url(), "SELECT value FROM kept"), "recovered");
    first.stop().unwrap();
    assert_eq!(processes(&scratch.home()), []);
}

#[test]
fn after_everything_was_killed_the_next_start_recovers() {
    let scratch = Scratch::new();
    let mut user = UserProcess::spawn(scratch.path());
    execute(&user.ready(), "CREATE TABLE kept AS SELECT 'recovered' AS value");
    // The guardian first, or it would stop the server cleanly.
    for process in processes(&scratch.home()) {
        let _ = kill(process, Signal::SIGKILL);
    }
    user.child.kill().unwrap();
    assert!(scratch.home().join("cluster/postmaster.pid").exists());

    let server = start(scratch.path());
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "recovered");
    server.stop().unwrap();
}

#[test]
fn a_server_that_lost_its_guardian_stops_after_the_last_all_the_same() {
    let scratch = Scratch::new();
    let server = start(scratch.path());
    kill_guardian(&scratch.home());
    assert_eq!(value(&server.url(), "SELECT 'up' AS value"), "up");
    server.stop().unwrap();
    assert_eq!(processes(&scratch.home()), []);
}

#[test]
fn a_server_that_lost_its_guardian_is_replaced_at_the_next_start() {
    let scratch = Scratch::new();
    let mut user = UserProcess::spawn(scratch.path());
    user.ready();
    let orphan = postmaster(scratch.path());
    kill_guardian(&scratch.home());
    user.child.kill().unwrap();
    user.child.wait().unwrap();

    let server = start(scratch.path());
    assert_ne!(orphan, postmaster(scratch.path()));
    server.stop().unwrap();
    assert_eq!(processes(&scratch.home()), []);
}

#[test]
fn a_process_id_that_now_belongs_to_another_program_does_not_stop_the_start() {
    let scratch = Scratch::new();
    start(scratch.path()).stop().unwrap();
    let home = scratch.home();
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

    let server = start(scratch.path());
    assert_eq!(value(&server.url(), "SELECT 'up' AS value"), "up");
    server.stop().unwrap();
    assert!(other.try_wait().unwrap().is_none(), "it was left alone");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_killed_initdb_is_not_taken_for_a_cluster() {
    let scratch = Scratch::new();
    start(scratch.path()).stop().unwrap();
    let unfinished = scratch.home().join("unfinished-1");
    fs::rename(scratch.home().join("cluster"), &unfinished).unwrap();
    start(scratch.path()).stop().unwrap();
    assert!(!unfinished.exists());
}

#[test]
fn a_path_may_hold_spaces_quotes_commas_and_cyrillic() {
    let scratch = Scratch::new();
    let path = scratch.path().join("a b 'c' \"d\", é данные %20 $HOME");
    let server = start(&path);
    assert_eq!(value(&server.url(), "SELECT 'up' AS value"), "up");
    server.stop().unwrap();
}

#[test]
fn a_path_too_long_for_a_socket_has_its_socket_elsewhere() {
    let scratch = Scratch::new();
    let path = scratch.path().join("long".repeat(40));
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
    let scratch = Scratch::new();
    let closed = scratch.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let data_dir = closed.join("data");

    let server = start(&data_dir);
    let home = server.directory().to_owned();
    let _removed_at_the_end = Scratch(home.clone());
    assert!(!home.starts_with(scratch.path()));
    execute(&server.url(), "CREATE TABLE kept AS SELECT 'reached' AS value");
    server.stop().unwrap();

    // Opened or moved, the project keeps its data.
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    let moved = scratch.path().join("moved");
    fs::rename(&closed, &moved).unwrap();
    let server = start(&moved.join("data"));
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "reached");
    server.stop().unwrap();
}

#[test]
fn data_of_another_major_version_are_refused_and_kept() {
    let scratch = Scratch::new();
    start(scratch.path()).stop().unwrap();
    let version = scratch.home().join("cluster/PG_VERSION");
    fs::write(&version, "9\n").unwrap();
    let error = PrivateServer::start(scratch.path(), &options()).unwrap_err();
    assert!(matches!(&error, StartError::OtherMajorVersion { written_by: 9, .. }), "{error}");
    assert!(error.to_string().contains("install version 9"), "{error}");
    assert_eq!(fs::read_to_string(version).unwrap(), "9\n");
}

#[test]
fn a_directory_open_to_others_is_refused() {
    let scratch = Scratch::new();
    start(scratch.path()).stop().unwrap();
    fs::set_permissions(scratch.home(), fs::Permissions::from_mode(0o755)).unwrap();
    let error = PrivateServer::start(scratch.path(), &options()).unwrap_err();
    assert!(error.to_string().contains("chmod 700"), "{error}");
}

#[test]
fn a_failed_start_quotes_the_log() {
    let scratch = Scratch::new();
    start(scratch.path()).stop().unwrap();
    let configuration = scratch.home().join("cluster/postgresql.conf");
    fs::write(configuration, "no_such_setting = on\n").unwrap();
    let error = PrivateServer::start(scratch.path(), &options()).unwrap_err();
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    assert_eq!(processes(&scratch.home()), []);
}

#[test]
fn a_plain_user_starts_it_and_root_then_works_on_the_users_data() {
    if !Uid::effective().is_root() {
        return;
    }
    let nobody = User::from_name("nobody").unwrap().unwrap();
    let scratch = Scratch::new();
    chown(scratch.path(), Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).unwrap();
    // The build directory may be closed to others.
    let test = scratch.path().join("test");
    let guardian = scratch.path().join("guardian");
    fs::copy(env::current_exe().unwrap(), &test).unwrap();
    fs::copy(GUARDIAN, &guardian).unwrap();
    let mut command = user_command(&test, scratch.path());
    command.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw()).current_dir(scratch.path()).env(GUARDIAN_COPY, guardian);
    let mut user = UserProcess::run(command);
    execute(&user.ready(), "CREATE TABLE kept AS SELECT 'by nobody' AS value");
    user.leave();

    let server = start(scratch.path());
    assert_eq!(value(&server.url(), "SELECT value FROM kept"), "by nobody");
    server.stop().unwrap();
    let owner = fs::metadata(scratch.home().join("cluster")).unwrap().uid();
    assert_eq!(owner, nobody.uid.as_raw());
}

#[test]
fn an_invalid_locale_in_the_environment_changes_nothing() {
    let scratch = Scratch::new();
    let mut command = user_command(&env::current_exe().unwrap(), scratch.path());
    command.env("LANG", "xx_XX.nonsense").env("LC_ALL", "none");
    let mut user = UserProcess::run(command);
    let url = user.ready();
    assert_eq!(value(&url, "SELECT lower('ÉЖ') AS value"), "éж");
    assert_eq!(value(&url, "SHOW server_encoding"), "UTF8");
    assert_eq!(value(&url, "SHOW timezone"), "UTC");
    user.leave();
}

#[test]
fn the_terminals_signals_do_not_reach_the_server() {
    let scratch = Scratch::new();
    let server = start(scratch.path());
    let group = |process: Pid| -> String {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        let after_name = stat.rsplit(") ").next().unwrap().to_owned();
        after_name.split(' ').nth(2).unwrap().to_owned()
    };
    assert_ne!(group(postmaster(scratch.path())), group(Pid::this()));
    for process in processes(&scratch.home()) {
        if command_line(process).contains("guard-postgres") {
            assert_ne!(group(process), group(Pid::this()));
            // A service manager signals every process of a service at once.
            kill(process, Signal::SIGTERM).unwrap();
        }
    }
    assert_eq!(value(&server.url(), "SELECT 'up' AS value"), "up");
    server.stop().unwrap();
    assert_eq!(processes(&scratch.home()), []);
}

/// Not a test: what the tests run as a process of its own.
#[test]
#[ignore = "a helper process for the other tests"]
fn a_process_that_uses_the_server_until_its_input_ends() {
    let data_dir = env::var_os(DATA_DIR).expect("set by the tests");
    match PrivateServer::start(Path::new(&data_dir), &options()) {
        Ok(server) => {
            println!("\nurl={}", server.url());
            io::stdin().read_to_end(&mut Vec::new()).unwrap();
            server.stop().unwrap();
        }
        Err(error) => println!("\nurl=none: {error}"),
    }
}

struct UserProcess {
    child: Child,
}

impl UserProcess {
    fn spawn(data_dir: &Path) -> Self {
        Self::run(user_command(&env::current_exe().unwrap(), data_dir))
    }

    fn run(mut command: Command) -> Self {
        Self { child: command.spawn().unwrap() }
    }

    /// Waits until it has its server, and says where that is.
    fn ready(&mut self) -> String {
        BufReader::new(self.child.stdout.as_mut().unwrap())
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("url=").map(str::to_owned))
            .expect("the process says where its server is")
    }

    fn leave(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for UserProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn user_command(executable: &Path, data_dir: &Path) -> Command {
    // This file may be the root of a test binary or a module of one.
    let module = module_path!().split_once("::").map_or("", |(_, rest)| rest);
    let name = "a_process_that_uses_the_server_until_its_input_ends";
    let mut command = Command::new(executable);
    command
        .arg(format!("{module}::{name}").trim_start_matches("::"))
        .args(["--exact", "--ignored", "--nocapture"])
        .env(DATA_DIR, data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

fn options() -> Options {
    Options {
        guardian: Some(env::var_os(GUARDIAN_COPY).unwrap_or_else(|| GUARDIAN.into()).into()),
        ..Options::default()
    }
}

fn start(data_dir: &Path) -> PrivateServer {
    PrivateServer::start(data_dir, &options()).unwrap_or_else(|error| panic!("{error}"))
}

/// A directory of a test's own, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("private-postgres-{}-{number}", std::process::id());
        let path = fs::canonicalize(env::temp_dir()).unwrap().join(name);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn home(&self) -> PathBuf {
        self.0.join("postgresql")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn postmaster(data_dir: &Path) -> Pid {
    let file = fs::read_to_string(data_dir.join("postgresql/cluster/postmaster.pid")).unwrap();
    Pid::from_raw(file.lines().next().unwrap().parse().unwrap())
}

/// Every living process that works in the directory: the guardian first, then the server and its
/// children.
fn processes(home: &Path) -> Vec<Pid> {
    let mut found: Vec<i32> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let process = entry.file_name().to_str()?.parse().ok()?;
            let directory = fs::read_link(entry.path().join("cwd")).ok()?;
            directory.starts_with(home).then_some(process)
        })
        .collect();
    found.sort_by_key(|process| {
        let is_guardian = command_line(Pid::from_raw(*process)).contains("guard-postgres");
        (!is_guardian, *process)
    });
    found.into_iter().map(Pid::from_raw).collect()
}

fn kill_guardian(home: &Path) {
    for process in processes(home) {
        if command_line(process).contains("guard-postgres") {
            kill(process, Signal::SIGKILL).unwrap();
        }
    }
}

fn command_line(process: Pid) -> String {
    let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).into_owned()
}

fn sockets(home: &Path) -> Vec<PathBuf> {
    fs::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".s.PGSQL"))
        .collect()
}

fn eventually(patience: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + patience;
    while !holds() {
        assert!(Instant::now() < deadline, "not within {patience:?}: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

async fn connect(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url).await.unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn execute(url: &str, statement: &str) {
    run(async { connect(url).await.batch_execute(statement).await.unwrap() });
}

/// The first row's column `value`, or the answer to a `SHOW`.
fn value(url: &str, query: &str) -> String {
    let query = match query.strip_prefix("SHOW ") {
        Some(setting) => format!("SELECT current_setting('{setting}') AS value"),
        None => query.to_owned(),
    };
    run(async {
        let mut connection = connect(url).await;
        let row: Row = diesel::sql_query(query).get_result(&mut connection).await.unwrap();
        row.value
    })
}
