//! What was asked of the room, for the public register.

use super::{Ledger, LedgerError, account::loss};
use crate::model::{Loss, MemberName};
use sqlx::Row;

/// A question that was answered, without its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who paid for it.
    pub asker: MemberName,
    /// The question as JSON.
    pub question: String,
    /// The policies that admitted it.
    pub policy: String,
    /// What was charged.
    pub loss: Loss,
    /// When the answer was recorded (RFC 3339).
    pub recorded: String,
}

impl Ledger {
    /// The newest questions that were answered, of all members, at most so many; and how many there are in all.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn asked(&self, max: u32) -> Result<(Vec<Asked>, u64), LedgerError> {
        let rows = sqlx::query(
            "SELECT asker, question, policy, rho, delta, recorded FROM charges JOIN answers ON charge = id ORDER BY id DESC LIMIT $1",
        )
        .bind(i64::from(max))
        .fetch_all(self.database.pool())
        .await?;
        let count: i64 = sqlx::query("SELECT COUNT(*) AS count FROM answers")
            .fetch_one(self.database.pool())
            .await?
            .try_get("count")?;
        let asked = rows.iter().map(|row| {
            let asker: String = row.try_get("asker")?;
            Ok(Asked {
                asker: asker.parse().map_err(|_| LedgerError::Corrupt("asker"))?,
                question: row.try_get("question")?,
                policy: row.try_get("policy")?,
                loss: loss(row.try_get("rho")?, row.try_get("delta")?)?,
                recorded: row.try_get("recorded")?,
            })
        });
        let asked = asked.collect::<Result<Vec<_>, LedgerError>>()?;
        Ok((asked, u64::try_from(count).map_err(|_| LedgerError::Corrupt("number of answers"))?))
    }
}
