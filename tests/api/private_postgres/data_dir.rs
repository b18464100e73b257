//! A directory for data, the server that runs in it, and what is asked of that.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A directory of a test's own, removed at its end.
pub struct DataDir(pub PathBuf);

impl DataDir {
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

impl Drop for DataDir {
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
