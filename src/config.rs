//! Settings: flags with an environment variable beside each, read into one struct. All that is wrong is said at once.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use crate::db::DatabaseOptions;
use crate::exports::ExportOptions;
use crate::http::client::TrustedProxies;
use crate::snapshots::SnapshotOptions;

/// Where the data are.
#[derive(Clone, Args)]
pub struct StoreSettings {
    /// Where the private PostgreSQL keeps its data
    #[arg(long, env = "CIVICSPACE_DATA_DIR", default_value = ".data", global = true, value_name = "DIRECTORY")]
    pub data_dir: PathBuf,
    /// The PostgreSQL to use; without it a private one is started
    #[arg(long, env = "DATABASE_URL", global = true, value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
}

impl fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.database_url.as_ref().map(|_| "(redacted)");
        f.debug_struct("StoreSettings").field("data_dir", &self.data_dir).field("database_url", &url).finish()
    }
}

/// Where snapshots lie and how many, as it was typed.
#[derive(Clone, Debug, Args)]
pub struct SnapshotSettings {
    /// Where the snapshots lie: files that the servers of one database share; without it, in the data directory
    #[arg(long, env = "CIVICSPACE_SNAPSHOT_DIR", value_name = "DIRECTORY")]
    snapshot_dir: Option<PathBuf>,
    /// How many snapshots are kept when another one is made
    #[arg(long, env = "CIVICSPACE_SNAPSHOTS_KEPT", default_value = "7", value_name = "NUMBER")]
    snapshots_kept: String,
}

impl SnapshotSettings {
    /// The settings, read.
    ///
    /// # Errors
    /// The setting that cannot be read, by name.
    pub fn read(&self, data_dir: &Path) -> Result<SnapshotOptions, ConfigFaults> {
        let mut faults = Faults(Vec::new());
        let options = self.take(data_dir, &mut faults);
        if faults.0.is_empty() { Ok(options) } else { Err(ConfigFaults(faults.0)) }
    }

    fn take(&self, data_dir: &Path, faults: &mut Faults) -> SnapshotOptions {
        let named = self.snapshot_dir.clone().filter(|path| !path.as_os_str().is_empty());
        let kept = faults.take(
            "--snapshots-kept (CIVICSPACE_SNAPSHOTS_KEPT)",
            &self.snapshots_kept,
            "a whole number from 1 to 1000",
            |text| parsed(text).filter(|n| (1..=1000).contains(n)),
        );
        SnapshotOptions { directory: named.unwrap_or_else(|| data_dir.join("snapshots")), kept: kept.unwrap_or(1) }
    }
}

/// How many exports there may be, as it was typed.
#[derive(Clone, Debug, Args)]
struct ExportLimits {
    /// Exports that read the database at once; others wait for one of them
    #[arg(long, env = "CIVICSPACE_EXPORTS", default_value = "4", value_name = "NUMBER")]
    exports: String,
    /// Exports that are on their way to callers at once: each is a file in the temporary directory
    #[arg(long, env = "CIVICSPACE_OPEN_EXPORTS", default_value = "100", value_name = "NUMBER")]
    open_exports: String,
    /// Seconds after which a caller is given up who takes nothing of an export
    #[arg(long, env = "CIVICSPACE_EXPORT_PATIENCE", default_value = "60", value_name = "SECONDS")]
    export_patience: String,
}

impl ExportLimits {
    fn take(&self, faults: &mut Faults) -> ExportOptions {
        let up_to = |most: usize| move |text: &str| parsed(text).filter(|number| (1..=most).contains(number));
        let reading =
            faults.take("--exports (CIVICSPACE_EXPORTS)", &self.exports, "a whole number from 1 to 100", up_to(100));
        let open = faults.take(
            "--open-exports (CIVICSPACE_OPEN_EXPORTS)",
            &self.open_exports,
            "a whole number from 1 to 10000",
            up_to(10_000),
        );
        let patience = faults.take(
            "--export-patience (CIVICSPACE_EXPORT_PATIENCE)",
            &self.export_patience,
            "seconds from 1 to 3600",
            seconds,
        );
        ExportOptions { reading: reading.unwrap_or(1), open: open.unwrap_or(1), patience: patience.unwrap_or_default() }
    }
}

/// How to serve, as it was typed.
#[derive(Clone, Debug, Args)]
pub struct ServeSettings {
    /// The address to listen on
    #[arg(long, env = "CIVICSPACE_BIND", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    bind: String,
    /// Where callers reach this server, if not at the address that it listens on
    #[arg(long, env = "CIVICSPACE_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Requests a minute from an address without a key; 0 for no limit
    #[arg(long, env = "CIVICSPACE_ANONYMOUS_QUOTA", default_value = "300", value_name = "REQUESTS")]
    anonymous_quota: String,
    /// Requests a minute with one key; 0 for no limit
    #[arg(long, env = "CIVICSPACE_KEY_QUOTA", default_value = "3000", value_name = "REQUESTS")]
    key_quota: String,
    /// Addresses or networks of the proxies whose X-Forwarded-For is believed, with commas between them
    #[arg(long, env = "CIVICSPACE_TRUSTED_PROXIES", default_value = "", value_name = "NETWORKS")]
    trusted_proxies: String,
    /// The most connections to the database
    #[arg(long, env = "CIVICSPACE_DATABASE_CONNECTIONS", default_value = "16", value_name = "NUMBER")]
    database_connections: String,
    /// Seconds that a request waits for a connection to the database
    #[arg(long, env = "CIVICSPACE_DATABASE_WAIT", default_value = "5", value_name = "SECONDS")]
    database_wait: String,
    /// Seconds that a query may take
    #[arg(long, env = "CIVICSPACE_STATEMENT_TIMEOUT", default_value = "10", value_name = "SECONDS")]
    statement_timeout: String,
    /// The most bytes of a request's body, and of a line of a batch
    #[arg(long, env = "CIVICSPACE_MAX_BODY", default_value = "1048576", value_name = "BYTES")]
    max_body: String,
    /// The most bytes of a batch
    #[arg(long, env = "CIVICSPACE_MAX_BATCH", default_value = "104857600", value_name = "BYTES")]
    max_batch: String,
    /// Seconds that a client may take to send the head of a request
    #[arg(long, env = "CIVICSPACE_REQUEST_TIMEOUT", default_value = "10", value_name = "SECONDS")]
    request_timeout: String,
    /// Seconds that requests get to finish when the server is told to stop
    #[arg(long, env = "CIVICSPACE_SHUTDOWN_TIMEOUT", default_value = "30", value_name = "SECONDS")]
    shutdown_timeout: String,
    #[command(flatten)]
    exports: ExportLimits,
    #[command(flatten)]
    snapshots: SnapshotSettings,
}

/// How to serve.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    pub bind: SocketAddr,
    /// Where callers reach this server.
    pub public_url: Option<String>,
    /// Requests a minute from an address without a key; 0 for no limit.
    pub anonymous_quota: u32,
    /// Requests a minute with one key; 0 for no limit.
    pub key_quota: u32,
    /// The proxies whose word is taken for where a request comes from.
    pub trusted_proxies: TrustedProxies,
    /// How to use the database.
    pub database: DatabaseOptions,
    /// The most bytes of a body.
    pub max_body: u64,
    /// The most bytes of a batch.
    pub max_batch: u64,
    /// How long a client may take to send the head of a request.
    pub request_timeout: Duration,
    /// How long requests get to finish when the server is told to stop.
    pub shutdown_timeout: Duration,
    /// How many exports there may be.
    pub exports: ExportOptions,
    /// Where snapshots lie, and how many are kept.
    pub snapshots: SnapshotOptions,
}

/// Every fault of the settings, a line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigFaults(Vec<String>);

impl ServeSettings {
    /// The settings, read.
    ///
    /// # Errors
    /// Every setting that cannot be read, by name.
    pub fn read(&self, data_dir: &Path) -> Result<Config, ConfigFaults> {
        let mut faults = Faults(Vec::new());
        let config = Config {
            bind: faults
                .take("--bind (CIVICSPACE_BIND)", &self.bind, "an address and port, such as 127.0.0.1:8080", parsed)
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: self.public_url.as_ref().filter(|url| !url.is_empty()).and_then(|url| {
                faults.take(
                    "--public-url (CIVICSPACE_PUBLIC_URL)",
                    url,
                    "an http or https URL without a query",
                    web_address,
                )
            }),
            anonymous_quota: faults
                .take(
                    "--anonymous-quota (CIVICSPACE_ANONYMOUS_QUOTA)",
                    &self.anonymous_quota,
                    "a whole number from 0",
                    parsed,
                )
                .unwrap_or(0),
            key_quota: faults
                .take("--key-quota (CIVICSPACE_KEY_QUOTA)", &self.key_quota, "a whole number from 0", parsed)
                .unwrap_or(0),
            trusted_proxies: faults
                .take(
                    "--trusted-proxies (CIVICSPACE_TRUSTED_PROXIES)",
                    &self.trusted_proxies,
                    "addresses or networks such as 10.0.0.0/8, with commas between them",
                    networks,
                )
                .unwrap_or_default(),
            database: DatabaseOptions {
                connections: faults
                    .take(
                        "--database-connections (CIVICSPACE_DATABASE_CONNECTIONS)",
                        &self.database_connections,
                        "a whole number from 1 to 1000",
                        |text| parsed(text).filter(|n| (1..=1000).contains(n)),
                    )
                    .unwrap_or(1),
                wait: faults
                    .take(
                        "--database-wait (CIVICSPACE_DATABASE_WAIT)",
                        &self.database_wait,
                        "seconds from 1 to 3600",
                        seconds,
                    )
                    .unwrap_or_default(),
                statement_timeout: faults
                    .take(
                        "--statement-timeout (CIVICSPACE_STATEMENT_TIMEOUT)",
                        &self.statement_timeout,
                        "seconds from 1 to 3600",
                        seconds,
                    )
                    .unwrap_or_default(),
            },
            max_body: faults
                .take("--max-body (CIVICSPACE_MAX_BODY)", &self.max_body, "bytes, a whole number from 1024", bytes)
                .unwrap_or(0),
            max_batch: faults
                .take("--max-batch (CIVICSPACE_MAX_BATCH)", &self.max_batch, "bytes, a whole number from 1024", bytes)
                .unwrap_or(0),
            request_timeout: faults
                .take(
                    "--request-timeout (CIVICSPACE_REQUEST_TIMEOUT)",
                    &self.request_timeout,
                    "seconds from 1 to 3600",
                    seconds,
                )
                .unwrap_or_default(),
            shutdown_timeout: faults
                .take(
                    "--shutdown-timeout (CIVICSPACE_SHUTDOWN_TIMEOUT)",
                    &self.shutdown_timeout,
                    "seconds from 1 to 3600",
                    seconds,
                )
                .unwrap_or_default(),
            exports: self.exports.take(&mut faults),
            snapshots: self.snapshots.take(data_dir, &mut faults),
        };
        if faults.0.is_empty() { Ok(config) } else { Err(ConfigFaults(faults.0)) }
    }
}

struct Faults(Vec<String>);

impl Faults {
    /// A setting as a value, or a fault that says what it should be.
    fn take<T>(&mut self, name: &str, text: &str, wanted: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = read(text);
        if value.is_none() {
            self.0.push(format!("{name} is `{text}` and should be {wanted}"));
        }
        value
    }
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn seconds(text: &str) -> Option<Duration> {
    parsed(text).filter(|n| (1..=3600).contains(n)).map(Duration::from_secs)
}

fn bytes(text: &str) -> Option<u64> {
    parsed(text).filter(|n| *n >= 1024)
}

fn web_address(text: &str) -> Option<String> {
    let plain = text.starts_with("https://") || text.starts_with("http://");
    (plain && !text.contains(['?', '#', ' '])).then(|| text.trim_end_matches('/').to_owned())
}

fn networks(text: &str) -> Option<TrustedProxies> {
    let each = text.split(',').map(str::trim).filter(|network| !network.is_empty());
    let network = |text: &str| text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(Into::into));
    each.map(network).collect::<Option<Vec<_>>>().map(TrustedProxies)
}
