//! Receipts, made from the log's own entries: an entry and its receipt can't disagree.

use super::{Log, LogError};
use crate::proof::{Entry, Receipt, ReceiptFile, What};

/// What a receipt file is made of, beside the log.
#[derive(Debug, Clone)]
pub struct ReceiptSource {
    /// The answer's number in the ledger.
    pub answer: i64,
    /// The answer, byte for byte as it is stored.
    pub stored: String,
}

impl Log {
    /// The receipt of an answer, with what is needed to check it without the room.
    ///
    /// # Errors
    /// When the log has no entry for it (it was recorded before the room kept a log), or the database fails.
    pub async fn receipt(&self, source: ReceiptSource) -> Result<ReceiptFile, LogError> {
        let position = self.about(What::Answered, &format!("answer:{}", source.answer)).await?;
        let leaf = self.leaf(position).await?;
        let entry = Entry::read(leaf.as_bytes()).map_err(|_| LogError::Corrupt)?;
        let receipt = Receipt::of(self.key().public().name(), &entry).map_err(|_| LogError::Corrupt)?;
        let checkpoint = self.checkpoint().await?;
        let size = crate::proof::Checkpoint::unverified(&checkpoint).map_err(|_| LogError::Corrupt)?.size;
        Ok(ReceiptFile {
            receipt: receipt.sign(self.key()).map_err(|_| LogError::Corrupt)?,
            answer: source.stored,
            entry: leaf,
            checkpoint,
            path: self.inclusion(position, size).await?,
        })
    }
}
