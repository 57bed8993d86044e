//! The audit log as the room keeps it: its tree, its checkpoints, proofs for whoever asks, and its verification.
//!
//! Entries are written by whoever writes to the database (`database::Writing`); here they are read.

mod finding;
mod log;
mod reading;
mod receipts;
#[cfg(test)]
mod tests;
mod verify;
mod witnesses;

pub use finding::Finding;
pub use log::{Log, Signed, keys, newest, outside_since, public_keys, signing_key, stored, tell};
pub use reading::{Filter, Page};
pub use verify::{Verified, verify};
pub use witnesses::{CosignError, Cosigned};

/// Why the log can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The database failed.
    #[error("the room's database failed")]
    Database(#[from] sqlx::Error),
    /// What is stored isn't what this version writes.
    #[error("the log holds what can't be read")]
    Corrupt,
    /// There is no such entry, or the log was never that long.
    #[error("the log has no such entry or size")]
    NotFound,
    /// The signing key isn't the one that the log names.
    #[error("keys/signing.key is not the key that the log names: restore the right one from the room's backup")]
    WrongKey,
}
