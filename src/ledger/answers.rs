//! Answers: stored durably before they are sent, one a charge, for ever.

use super::{Charge, Ledger, LedgerError, account::loss};
use crate::model::{Loss, MemberName};
use sqlx::Row;

/// A release as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The charge that paid for it, which also numbers the answer.
    pub id: i64,
    /// Half-width of its 95 % interval.
    pub margin: u64,
    /// What was charged.
    pub loss: Loss,
    /// The release as JSON, exactly as it was recorded.
    pub release: String,
    /// When it was recorded (RFC 3339).
    pub recorded: String,
}

/// An answer with the question it answers, for the member's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The answer.
    pub answer: StoredAnswer,
    /// The question as JSON.
    pub question: String,
    /// The policy version that admitted it.
    pub policy: String,
}

impl Ledger {
    /// Stores the release, as JSON, as the charge's answer and returns what is stored: if the charge was answered already, that
    /// first answer, and this release is dropped unseen.
    ///
    /// # Errors
    /// When the database fails; the charge then stays unfinished, and the same query finishes it.
    pub async fn record(&self, charge: &Charge, release: &str) -> Result<StoredAnswer, LedgerError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query(
            "INSERT INTO answers (charge, release, recorded) VALUES ($1, $2, $3) ON CONFLICT (charge) DO NOTHING",
        )
        .bind(charge.id())
        .bind(release)
        .bind(self.clock.now().to_string())
        .execute(&mut *transaction)
        .await?;
        let row = sqlx::query("SELECT release, recorded FROM answers WHERE charge = $1")
            .bind(charge.id())
            .fetch_one(&mut *transaction)
            .await?;
        let (release, recorded) = (row.try_get("release")?, row.try_get("recorded")?);
        transaction.commit().await?;
        Ok(StoredAnswer { id: charge.id(), margin: charge.margin(), loss: charge.loss(), release, recorded })
    }

    /// The answers that a member paid for, newest first, at most 1,000.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn answers(&self, asker: &MemberName) -> Result<Vec<Recorded>, LedgerError> {
        let rows = sqlx::query(
            "SELECT id, margin, rho, delta, question, policy, release, recorded FROM charges JOIN answers ON charge = id
             WHERE asker = $1 ORDER BY id DESC LIMIT 1000",
        )
        .bind(asker.as_str())
        .fetch_all(self.database.pool())
        .await?;
        rows.iter()
            .map(|row| {
                let margin = u64::try_from(row.try_get::<i64, _>("margin")?);
                let answer = StoredAnswer {
                    id: row.try_get("id")?,
                    margin: margin.map_err(|_| LedgerError::Corrupt("negative margin"))?,
                    loss: loss(row.try_get("rho")?, row.try_get("delta")?)?,
                    release: row.try_get("release")?,
                    recorded: row.try_get("recorded")?,
                };
                Ok(Recorded { answer, question: row.try_get("question")?, policy: row.try_get("policy")? })
            })
            .collect()
    }
}
