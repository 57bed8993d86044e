//! Audiences: ingest, versions, erasure; and the engine that tallies over them.
//!
//! Promises:
//! - an audience version is one immutable, encrypted file with a key of its own; destroying the key destroys it;
//! - what identifies a person in it is a keyed pseudonym: neither identifiers nor their hashes are ever stored;
//! - an upload becomes the version in force by one committed row, or leaves the old one in force;
//! - one person has one row in a list, and in events at most as many as the room's `rows_max` says when the version is built, by each kind of
//!   identifier: proven of the file that was written, recorded as [`Version::rows_max`], kept by erasures, and never above
//!   [`crate::model::ROWS_A_PERSON_MAX`];
//! - which kinds of identifiers a version has, and whether it is in force, never depend on whether somebody was in it: kinds are what its
//!   header line declares, and an erasure ends no version;
//! - a query runs in a fresh engine that sees its own audiences' files, read-only, and nothing else.

mod build;
mod declaration;
mod duckdb;
mod engine;
mod erase;
mod instances;
mod intact;
mod inventory;
mod keys;
mod layout;
mod links;
mod pins;
mod receive;
mod rewriting;
mod rows;
mod staging;
mod sweep;
mod values;
mod versions;
mod wire;

pub use build::Required;
pub use declaration::{Declaration, DeclarationError};
pub use duckdb::{DuckDb, plan_by_text};
pub use engine::{Attached, Engine, EngineError, EngineFault, Limits, Prepared};
pub use erase::ErasureList;
pub use intact::Damaged;
pub use inventory::{Held, held};
pub use keys::{KeyError, Keys, check_key};
pub use layout::LayoutError;
pub use pins::Pins;
pub use receive::{Receiver, StoreError};
pub use staging::Progress;
pub use versions::{Outcome, Upload, UploadState, Version};
pub use wire::Rejections;

use crate::{
    database::Database,
    model::{Clock, Vocabulary},
};
use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

/// Does what blocks off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let ended_early = |_| EngineError::internal("a task of the store ended early");
    tokio::task::spawn_blocking(work).await.map_err(ended_early)?
}

/// The room's audiences.
#[derive(Clone)]
pub struct Store {
    database: Database,
    clock: Arc<dyn Clock>,
    keys: Arc<Keys>,
    engine: Arc<DuckDb>,
    vocabulary: Arc<RwLock<Arc<Vocabulary>>>,
    folder: PathBuf,
    pinned: Arc<pins::Pinned>,
}

impl Store {
    /// The store whose files lie under `folder` (`data/`, `staging/`).
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        keys: Arc<Keys>,
        engine: Arc<DuckDb>,
        vocabulary: Arc<Vocabulary>,
        folder: PathBuf,
    ) -> Self {
        let vocabulary = Arc::new(RwLock::new(vocabulary));
        Self { database, clock, keys, engine, vocabulary, folder, pinned: Arc::default() }
    }

    /// Reads what comes from now on by another vocabulary, which must only add to the one before: stored files hold places of
    /// values.
    pub fn understand(&self, vocabulary: Arc<Vocabulary>) {
        *self.vocabulary.write().unwrap_or_else(PoisonError::into_inner) = vocabulary;
    }

    fn vocabulary(&self) -> Arc<Vocabulary> {
        Arc::clone(&self.vocabulary.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The engine that tallies.
    pub fn engine(&self) -> &DuckDb {
        &self.engine
    }

    fn staging_file(&self, upload: &str) -> PathBuf {
        self.folder.join("staging").join(format!("{upload}.db"))
    }

    fn version_file(&self, member: &str, upload: &str) -> PathBuf {
        self.folder.join("data").join(member).join(format!("{upload}.db"))
    }
}
