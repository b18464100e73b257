//! The threads that make exports. Each has a connection to the database and a runtime of its own, so that what it reads, writes
//! down and waits for stays on one thread: rows that are handed from one to another cost more than to read them.

use std::sync::{Arc, Mutex, Weak};
use std::thread;

use futures_util::future::LocalBoxFuture;
use tokio::runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::db::{Database, DatabaseOptions};
use crate::http::problem::Problem;

/// What is to be made, with a database of one connection.
type Work = Box<dyn for<'d> FnOnce(&'d Database) -> LocalBoxFuture<'d, Result<(), Problem>> + Send>;

/// All threads.
#[derive(Clone)]
pub(super) struct Makers {
    database: Database,
    options: DatabaseOptions,
    free: Arc<Semaphore>,
    idle: Arc<Idle>,
}

/// Those that have nothing to make. They end when nobody can ask them any more.
type Idle = Mutex<Vec<Maker>>;

/// A thread, as one who asks it sees it.
struct Maker(UnboundedSender<Order>);

/// What one asks a thread for.
struct Order {
    work: Work,
    tell: oneshot::Sender<Result<(), Problem>>,
    permit: OwnedSemaphorePermit,
    maker: Maker,
}

/// Leave to have something made.
pub(super) struct Turn(OwnedSemaphorePermit);

impl Makers {
    /// At most so many, none of which is there before it is needed.
    pub(super) fn of(database: &Database, options: &DatabaseOptions, most: usize) -> Self {
        let options = DatabaseOptions { connections: 1, ..options.clone() };
        Self { database: database.clone(), options, free: Arc::new(Semaphore::new(most)), idle: Arc::default() }
    }

    /// Waits until one is free.
    pub(super) async fn turn(&self) -> Option<Turn> {
        self.free.clone().acquire_owned().await.ok().map(Turn)
    }

    /// Has something made; what is heard is how it ended.
    ///
    /// # Errors
    /// No thread can be started.
    pub(super) fn make(
        &self,
        Turn(permit): Turn,
        work: Work,
    ) -> Result<oneshot::Receiver<Result<(), Problem>>, Problem> {
        let (tell, told) = oneshot::channel();
        let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let maker = idle.map_or_else(|| self.start(), Ok)?;
        let sender = maker.0.clone();
        // One that is gone drops the order, and so is heard of.
        drop(sender.send(Order { work, tell, permit, maker }));
        Ok(told)
    }

    fn start(&self) -> Result<Maker, Problem> {
        let fault = |error: std::io::Error| Problem::Internal(format!("a thread for exports: {error}"));
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(fault)?;
        // Connections live in the runtime that they were opened in.
        let database = self.database.beside(&self.options)?;
        let (ask, asked) = unbounded_channel();
        let idle = Arc::downgrade(&self.idle);
        let run = move || runtime.block_on(work_off(asked, &database, &idle));
        thread::Builder::new().name("export".to_owned()).spawn(run).map_err(fault)?;
        Ok(Maker(ask))
    }
}

/// Makes what is asked for, one after the other.
async fn work_off(mut asked: UnboundedReceiver<Order>, database: &Database, idle: &Weak<Idle>) {
    while let Some(Order { work, tell, permit, maker }) = asked.recv().await {
        let done = work(database).await;
        if let Some(idle) = idle.upgrade() {
            idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(maker);
        }
        drop(permit);
        // Nobody may wait for it any more.
        drop(tell.send(done));
    }
}
