//! A directory of a test's own, the private PostgreSQL in it, and programs that use it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use civicspace::db::private::{Options, PrivateServer};
use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The program, which guards each server that it starts.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_civicspace");

/// A program that serves from a private server, as a process of its own, killed with the test.
pub struct User {
    child: Child,
}

impl User {
    /// The program on the data of this directory, which serves when it is ready.
    pub fn spawn(data_dir: &Path) -> Self {
        Self::run(serving(PROGRAM.as_ref(), data_dir))
    }

    /// The program as this command has it.
    pub fn run(mut command: Command) -> Self {
        Self { child: command.spawn().unwrap() }
    }

    /// Waits until it serves.
    pub fn ready(&mut self) {
        let mut lines = BufReader::new(self.child.stdout.take().expect("asked once")).lines();
        let greeting = lines.next().expect("it serves").unwrap();
        assert!(greeting.contains(" answers at http://"), "{greeting}");
        // What is not read must not stop it.
        thread::spawn(move || lines.for_each(drop));
    }

    /// Tells it to stop, and waits until it has.
    pub fn leave(mut self) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    /// Ends it without telling it.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `civicspace serve` on the data of this directory.
pub fn serving(program: &Path, data_dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["serve", "--bind", "127.0.0.1:0", "--data-dir"]).arg(data_dir).env_remove("DATABASE_URL");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// A server is guarded by the program, not by the test that starts it.
pub fn options() -> Options {
    Options { guardian: Some(PROGRAM.into()), ..Options::default() }
}

/// This test as one of those who use the server.
pub fn start(data_dir: &Path) -> PrivateServer {
    PrivateServer::start(data_dir, &options()).unwrap_or_else(|error| panic!("{error}"))
}

/// A directory of a test's own, removed at its end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// A new one, which everybody may enter.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("private-postgres-{}-{number}", std::process::id());
        let path = fs::canonicalize(std::env::temp_dir()).unwrap().join(name);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where the server of this directory has all that is its own.
    pub fn home(&self) -> PathBuf {
        self.0.join("postgresql")
    }

    /// Where that server answers.
    pub fn url(&self) -> String {
        format!("postgres://civicspace@{}:5432/civicspace", self.home().display().to_string().replace('/', "%2F"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The server's first process.
pub fn postmaster(data_dir: &Path) -> Pid {
    let file = fs::read_to_string(data_dir.join("postgresql/cluster/postmaster.pid")).unwrap();
    Pid::from_raw(file.lines().next().unwrap().parse().unwrap())
}

/// Every living process that works in the directory: the guardian first, then the server and its children.
pub fn processes(home: &Path) -> Vec<Pid> {
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

/// Ends who stops the server after its last user.
pub fn kill_guardian(home: &Path) {
    for process in processes(home) {
        if command_line(process).contains("guard-postgres") {
            kill(process, Signal::SIGKILL).unwrap();
        }
    }
}

/// How a process was called.
pub fn command_line(process: Pid) -> String {
    let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).into_owned()
}

/// The sockets in a directory.
pub fn sockets(home: &Path) -> Vec<PathBuf> {
    fs::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".s.PGSQL"))
        .collect()
}

/// Waits until something holds.
pub fn eventually(patience: Duration, what: &str, mut holds: impl FnMut() -> bool) {
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

/// Runs a statement.
pub fn execute(url: &str, statement: &str) {
    run(async { connect(url).await.batch_execute(statement).await.unwrap() });
}

/// The first row's column `value`, or the answer to a `SHOW`.
pub fn value(url: &str, query: &str) -> String {
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
