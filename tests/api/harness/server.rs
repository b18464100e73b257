//! A server of one test: the real application on a port of its own.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{HttpResponse, HttpServer, web};
use civicspace::app::{State, application};
use civicspace::config::Config;
use civicspace::db::{Database, DatabaseOptions};
use civicspace::exports::ExportOptions;
use civicspace::http::auth::{self, Role};
use civicspace::http::client::TrustedProxies;
use civicspace::snapshots::{Snapshot, SnapshotOptions};

use serde_json::{Value, json};

use super::answer::Answer;
use super::database::{RUNTIME, TestDatabase};
use super::document::document;

/// A running server, stopped with the test.
pub struct Server {
    /// Its database.
    pub database: TestDatabase,
    snapshots: SnapshotOptions,
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// A server on a database without records.
    pub fn start() -> Self {
        Self::on(TestDatabase::migrated(), &config())
    }

    /// A server with the seed dataset.
    pub fn seeded() -> Self {
        Self::on(TestDatabase::seeded(), &config())
    }

    /// A server with settings of its own.
    pub fn configured(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config();
        change(&mut config);
        Self::on(TestDatabase::migrated(), &config)
    }

    /// A server with a handler at `/panic` that panics.
    pub fn with_a_panic() -> Self {
        Self::run(TestDatabase::migrated(), &config(), With::Panic)
    }

    /// A server that looks after its snapshots, as `serve` does.
    pub fn keeping_snapshots() -> Self {
        Self::run(TestDatabase::migrated(), &config(), With::Keeper)
    }

    /// Another server on the database of this one.
    pub fn beside(other: &Self) -> Self {
        Self::on(other.database.again(), &config())
    }

    /// A server on this database.
    pub fn on(database: TestDatabase, config: &Config) -> Self {
        Self::run(database, config, With::Nothing)
    }

    fn run(database: TestDatabase, config: &Config, with: With) -> Self {
        let snapshots = config.snapshots.clone();
        let (url, config) = (database.url(), config.clone());
        let (send, receive) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let pool = Database::new(&url, &config.database).expect("a pool");
                let mut state = State::new(&config, pool).await.expect("a state");
                if matches!(with, With::Keeper) {
                    tokio::spawn(state.keep_snapshots());
                }
                if matches!(with, With::Panic) {
                    let mut served = document().clone();
                    served["paths"]["/panic"] = json!({ "get": {} });
                    state.serve_only(&served);
                }
                let server =
                    HttpServer::new(move || application(state.clone()).route("/panic", web::get().to(panicking)))
                        .workers(1)
                        .disable_signals()
                        .client_request_timeout(config.request_timeout)
                        .bind(config.bind)
                        .expect("a port");
                let address = server.addrs()[0];
                let server = server.run();
                send.send((address, server.handle())).expect("the test waits");
                server.await.expect("the server ends well");
            });
        });
        let (address, handle) = receive.recv_timeout(Duration::from_secs(30)).expect("the server starts");
        Self { database, snapshots, address, handle, thread: Some(thread) }
    }

    /// Makes a snapshot, as `civicspace snapshot` does.
    pub fn snapshot(&self) -> Snapshot {
        RUNTIME.block_on(async {
            let database = Database::new(&self.database.url(), &DatabaseOptions::default()).expect("a pool");
            civicspace::snapshots::make(&database, &self.snapshots).await.expect("a snapshot")
        })
    }

    /// The directory of its snapshots.
    pub fn snapshot_dir(&self) -> &Path {
        &self.snapshots.directory
    }

    /// Where it answers.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A GET, whose answer is checked against the document.
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    /// All records of a list, page by page.
    pub fn all(&self, list: &str) -> Vec<Value> {
        let mut records = Vec::new();
        let mut page = format!("{list}?limit=200");
        loop {
            let answer = self.get(&page);
            records.extend(answer.at("/data").as_array().expect("records").iter().cloned());
            match answer.at("/meta/next_cursor").as_str() {
                Some(cursor) => page = format!("{list}?limit=200&cursor={cursor}"),
                None => return records,
            }
        }
    }

    /// A GET with headers.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.request("GET", path, headers)
    }

    /// A GET with a key.
    pub fn get_as(&self, key: &str, path: &str) -> Answer {
        self.get_with(path, &[("Authorization", &format!("Bearer {key}"))])
    }

    /// A request without a body, whose answer is checked against the document.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            let _infallible = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        let answer = self.raw(text.as_bytes());
        answer.check(method, path);
        answer
    }

    /// A request with a key and a body of JSON, whose answer is checked against the document.
    pub fn write(&self, key: &str, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let authorization = format!("Bearer {key}");
        let media = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let mut all = vec![("Authorization", authorization.as_str()), ("Content-Type", media)];
        all.extend_from_slice(headers);
        self.send(method, path, &all, body.to_string().as_bytes())
    }

    /// A question with a body, from a stranger.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// A request with a body, whose answer is checked against the document.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            let _infallible = write!(text, "{name}: {value}\r\n");
        }
        let _infallible = write!(text, "Content-Length: {}\r\n\r\n", body.len());
        let answer = self.raw(&[text.as_bytes(), body].concat());
        answer.check(method, path);
        answer
    }

    /// These very bytes, and what comes back until the server closes.
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
        // The server may answer and close before it has read all.
        let _sent = stream.write_all(bytes);
        let mut received = Vec::new();
        let mut buffer = vec![0; 65536];
        while let Ok(count) = stream.read(&mut buffer) {
            if count == 0 {
                break;
            }
            received.extend_from_slice(&buffer[..count]);
        }
        Answer::parse(&received)
    }

    /// These very bytes, and then nothing more; answers when the server has closed.
    pub fn cut_off(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
        stream.write_all(bytes).expect("the server reads");
        stream.shutdown(std::net::Shutdown::Write).expect("the connection is there");
        let mut received = Vec::new();
        let _closed = stream.read_to_end(&mut received);
        Answer::parse(&received)
    }

    /// A new key.
    pub fn key(&self, role: Role) -> String {
        RUNTIME.block_on(async {
            let mut connection = self.database.connection().await;
            auth::create(&mut connection, "test", role, None).await.expect("a key")
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        let _there_is_none = std::fs::remove_dir_all(&self.snapshots.directory);
    }
}

/// What a server does beside answering.
#[derive(Clone, Copy)]
enum With {
    Nothing,
    Panic,
    Keeper,
}

async fn panicking() -> HttpResponse {
    panic!("on purpose")
}

/// The settings of a test: a free port, no quota, and a directory for snapshots that is made when it is needed.
pub fn config() -> Config {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("snapshots_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    Config {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        public_url: None,
        anonymous_quota: 0,
        key_quota: 0,
        trusted_proxies: TrustedProxies::default(),
        database: DatabaseOptions { connections: 4, ..DatabaseOptions::default() },
        max_body: 1_048_576,
        max_batch: 104_857_600,
        request_timeout: Duration::from_secs(10),
        shutdown_timeout: Duration::from_secs(1),
        exports: ExportOptions { reading: 2, open: 20, patience: Duration::from_mins(1) },
        snapshots: SnapshotOptions { directory: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), kept: 7 },
    }
}
