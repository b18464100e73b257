//! `civicspace serve`: the server.

use std::net::{SocketAddr, TcpListener};

use actix_web::HttpServer;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::store::{Store, with_options};
use super::{Failure, say, seed_failure};
use crate::app::{State, application};
use crate::config::{Config, ServeSettings, StoreSettings};
use crate::deriving;
use crate::seeding::SeedFiles;
use crate::stats::tallies;

/// Serves until the process is told to stop, then lets requests finish.
pub(super) fn serve(runtime: &Runtime, store: &StoreSettings, settings: &ServeSettings) -> Result<(), Failure> {
    let config = settings.read(&store.data_dir).map_err(|faults| Failure::Usage(faults.to_string()))?;
    // Taken before anything is started, so that a port that is in use costs nobody any time.
    let listener = TcpListener::bind(config.bind).map_err(|error| {
        Failure::Failed(format!("{} cannot be listened on ({error}); choose another address with --bind", config.bind))
    })?;
    with_options(runtime, store, &config.database.clone(), async |store| run(&config, listener, store).await)
}

async fn run(config: &Config, listener: TcpListener, store: &Store) -> Result<(), Failure> {
    deriving::bring_up_to_date_if_outdated(&store.database).await?;
    if store.private {
        seed(store).await?;
    }
    let address = listener.local_addr().unwrap_or(config.bind);
    let state = State::new(config, store.database.clone()).await?;
    let keeper = tokio::spawn(state.keep_snapshots());
    let server = HttpServer::new(move || application(state.clone()))
        // What is compressed goes out in pieces: none waits until the one before it is acknowledged, 40 ms later.
        .tcp_nodelay(true)
        .client_request_timeout(config.request_timeout)
        .shutdown_timeout(config.shutdown_timeout.as_secs())
        .disable_signals()
        .listen(listener)
        .map_err(|error| Failure::Failed(error.to_string()))?
        .run();
    let handle = server.handle();
    // The signals are heard from here on, before anybody is told that the server is there.
    let told = told_to_stop().map_err(|error| Failure::Failed(error.to_string()))?;
    tokio::spawn(async move {
        told.await;
        log::info!("stopping: requests in flight may finish");
        handle.stop(true).await;
    });
    greet(address);
    let ended = tokio::select! {
        ended = server => ended.map_err(|error| Failure::Failed(error.to_string())),
        never = deriving::keep(&store.database) => match never {},
        never = tallies::keep(&store.database) => match never {},
    };
    // A snapshot that is being written waits for nobody: what there is of it is removed with the next one.
    keeper.abort();
    ended
}

/// A private database that is new gets the seed dataset; one that has it, a newer edition of it.
async fn seed(store: &Store) -> Result<(), Failure> {
    let mut connection = store.database.connection().await?;
    let report = SeedFiles::embedded().load_into(&mut connection).await.map_err(seed_failure)?;
    log::info!("seed dataset: {report}");
    Ok(())
}

/// Ends with Ctrl-C, or with a service manager's request.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Says where the server answers; one whose output nobody reads serves all the same.
fn greet(address: SocketAddr) {
    let lines = [
        format!("civicspace answers at http://{address} - try:"),
        format!("  curl 'http://{address}/v1/incidents?limit=3'"),
        format!("  curl 'http://{address}/v1/entities?kind=person'"),
        format!("  curl 'http://{address}/v1/incidents?kind=liberty&country=KG&include_total=true'"),
        format!("Documentation: http://{address}/docs"),
    ];
    if lines.iter().try_for_each(|line| say(line)).is_err() {
        log::warn!("answering at http://{address}, but standard output cannot be written");
    }
}
