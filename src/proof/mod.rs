//! What members can check by themselves: the audit log's tree and entries, checkpoints, and receipts.
//!
//! Promise: nothing here trusts the room. A check passes only for what the room's key signed, and what the tree proves.

mod checkpoint;
mod entry;
mod key;
mod receipt;
#[cfg(test)]
mod tests;
mod tree;
#[cfg(test)]
mod tree_tests;

pub use checkpoint::{Checkpoint, CheckpointError, Witness, cosignature, cosigners};
pub use entry::{By, Concerns, Entry, Event, What};
pub use key::{Jwk, MalformedKey, PublicKey, SigningKey, follow};
pub use receipt::{Receipt, ReceiptError, ReceiptFile, answer_hash, hex_hashes};
pub use tree::{Hash, Tree, extends, includes, leaf_hash};
