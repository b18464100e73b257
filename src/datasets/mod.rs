//! Datasets: where records come from, and on what terms they may be passed on.
//!
//! An internal one is seen by editors alone, with all of its records. Admins write datasets; when they change who may
//! read one, everything that reading shows follows at once, and the change log tells those who keep a copy.

mod access;
mod handlers;
mod model;
mod new;
mod store;
mod write;

pub(crate) use handlers::{create_dataset, get_dataset, list_datasets, patch_dataset};
pub(crate) use model::of_slugs;
pub use model::{Coverage, Dataset};
pub use new::NewDataset;
pub use store::Seeded;
pub(crate) use store::keep_access;
