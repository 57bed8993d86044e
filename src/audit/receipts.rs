//! Receipts, made from the log's own entries: an entry and its receipt can't disagree.

use super::{Log, LogError};
use crate::proof::{Entry, Receipt, ReceiptFile, What};

impl Log {
    /// The receipt of an answer, by its number in the ledger and byte for byte as it is stored, with its blind and what else is needed
    /// to check it without the room.
    ///
    /// # Errors
    /// When the log has no entry for it (it was recorded before the room kept a log), or the database fails.
    pub async fn receipt(&self, answer: i64, stored: String, blind: Option<String>) -> Result<ReceiptFile, LogError> {
        let position = self.about(What::Answered, &format!("answer:{answer}")).await?;
        let leaf = self.leaf(position).await?;
        let entry = Entry::read(leaf.as_bytes()).map_err(|_| LogError::Corrupt)?;
        let receipt = Receipt::of(self.key().public().name(), &entry).map_err(|_| LogError::Corrupt)?;
        let checkpoint = self.checkpoint().await?;
        let path = self.inclusion(position, checkpoint.size).await?;
        Ok(ReceiptFile {
            receipt: receipt.sign(self.key()).map_err(|_| LogError::Corrupt)?,
            answer: stored,
            blind,
            entry: leaf,
            checkpoint: checkpoint.note,
            path,
        })
    }
}
