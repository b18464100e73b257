//! Storing datasets.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::access;
use super::model::Dataset;
use super::new::NewDataset;
use crate::codebook::ChangeReason;
use crate::db::schema::datasets;
use crate::history::{Origin, clock_timestamp};
use crate::http::problem::Problem;
use crate::values::Slug;

/// What is stored of a dataset.
#[derive(Debug)]
pub(super) struct Stored {
    /// As it is shown.
    pub(super) shown: Dataset,
    /// As it was written.
    pub(super) content: NewDataset,
    /// What wrote it last.
    origin: String,
}

/// What the seeds made of a dataset.
#[derive(Debug)]
pub struct Seeded {
    /// The dataset as it is now.
    pub dataset: NewDataset,
    /// Whether other callers than before may read it now.
    pub turned: bool,
}

/// Keeps who may read which dataset as it is until the transaction ends. Whoever writes records calls it before anything
/// else is locked: what may be referred to depends on it, and the log tells of the records as they are. Writers do not
/// wait for one another, and an admin waits for those who were there before alone.
///
/// # Errors
/// The database fails.
pub(crate) async fn keep_access(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    connection.batch_execute("SELECT pg_advisory_xact_lock_shared(hashtextextended('civicspace.datasets', 0))").await
}

/// What is stored under a slug. Until the transaction ends nobody else changes a dataset or writes a record: who may read
/// one depends on who may read others.
///
/// # Errors
/// The database fails.
pub(super) async fn lock(connection: &mut AsyncPgConnection, slug: &Slug) -> QueryResult<Option<Stored>> {
    connection.batch_execute("SELECT pg_advisory_xact_lock(hashtextextended('civicspace.datasets', 0))").await?;
    let row = datasets::table
        .find(slug)
        .select((Dataset::as_select(), NewDataset::as_select(), datasets::origin))
        .first(connection)
        .await
        .optional()?;
    Ok(row.map(|(shown, content, origin)| Stored { shown, content, origin }))
}

impl NewDataset {
    /// Stores a dataset that is new; false if its slug is taken, also by somebody who stores it at the same moment.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn insert(&self, connection: &mut AsyncPgConnection, origin: Origin) -> QueryResult<bool> {
        let row = (self, datasets::origin.eq(origin.code()));
        let stored = diesel::insert_into(datasets::table).values(row).on_conflict_do_nothing().execute(connection);
        Ok(stored.await? == 1)
    }

    /// Stores the dataset in the place of what is stored and locked, and answers whether others than before may read it.
    /// The same changes nothing. Whoever lets others read it checks what that exposes: [`access::refuse_exposed`].
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn replace(
        &self,
        connection: &mut AsyncPgConnection,
        stored: &Self,
        origin: Origin,
        reason: ChangeReason,
    ) -> QueryResult<bool> {
        if stored == self {
            return Ok(false);
        }
        let turned = stored.access != self.access;
        if turned {
            access::turn(connection, &self.slug, self.access, reason).await?;
        }
        let row = (self, datasets::origin.eq(origin.code()), datasets::updated_at.eq(clock_timestamp()));
        diesel::update(datasets::table.find(&self.slug)).set(row).execute(connection).await?;
        Ok(turned)
    }

    /// Stores the dataset of the seeds, or this edition of one that is there; never over what somebody else wrote.
    ///
    /// # Errors
    /// The database refuses it.
    pub async fn seed(&self, connection: &mut AsyncPgConnection) -> QueryResult<Seeded> {
        let Some(stored) = lock(connection, &self.slug).await? else {
            self.insert(connection, Origin::Seed).await?;
            return Ok(Seeded { dataset: self.clone(), turned: false });
        };
        if stored.origin != Origin::Seed.code() {
            return Ok(Seeded { dataset: stored.content, turned: false });
        }
        let turned = self.replace(connection, &stored.content, Origin::Seed, ChangeReason::NewInformation).await?;
        Ok(Seeded { dataset: self.clone(), turned })
    }
}

impl Seeded {
    /// Refuses what the seeds made of a dataset if it lets public records refer to internal ones. To be called when the
    /// records of the seeds are stored.
    ///
    /// # Errors
    /// 409 if it does.
    pub async fn check(&self, connection: &mut AsyncPgConnection) -> Result<(), Problem> {
        if self.turned { access::refuse_exposed(connection, &self.dataset.slug).await } else { Ok(()) }
    }
}
