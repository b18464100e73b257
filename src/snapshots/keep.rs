//! What a running server does for snapshots: it replaces those that were withdrawn, and removes their files.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::make::{replace, sweep};
use super::{Folder, SnapshotOptions};
use crate::db::Database;
use crate::http::problem::Problem;

/// After how long it looks for itself, whether or not it was told of anything.
const LOOK: Duration = Duration::from_mins(10);

/// The least time from one look to the next, however much is written.
const BREATH: Duration = Duration::from_secs(1);

/// After how long it tries again what failed, such as writing to a full disk.
const PAUSE: Duration = Duration::from_mins(1);

/// Looks after the snapshots for as long as it is polled: whenever the change log grows, and now and then.
pub async fn keep(database: Database, options: SnapshotOptions, mut news: watch::Receiver<()>) {
    loop {
        news.mark_unchanged();
        if let Err(problem) = tend(&database, &options).await {
            log::warn!("snapshots cannot be looked after: {}", cause(&problem));
            sleep(PAUSE).await;
            continue;
        }
        sleep(BREATH).await;
        if let Ok(Err(_nobody_tells)) = timeout(LOOK, news.changed()).await {
            sleep(LOOK).await;
        }
    }
}

async fn tend(database: &Database, options: &SnapshotOptions) -> Result<(), Problem> {
    sweep(database, &Folder::new(options.directory.clone())).await?;
    if let Some(snapshot) = replace(database, options).await? {
        log::info!("snapshot {} takes the place of one that was withdrawn", snapshot.id);
    }
    Ok(())
}

/// What went wrong, for the log.
fn cause(problem: &Problem) -> String {
    match problem {
        Problem::Internal(cause) => cause.clone(),
        problem => problem.to_string(),
    }
}
