//! Answers: stored durably before they are sent, one a charge, for ever.

use super::{Charge, Ledger, LedgerError, account::rho};
use crate::model::{Delta, Loss, MemberName};
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
    /// The released values, raw.
    pub values: Vec<i64>,
    /// When it was recorded (RFC 3339).
    pub recorded: String,
}

impl StoredAnswer {
    pub(super) fn read(id: i64, margin: u64, loss: Loss, release: &str, recorded: String) -> Result<Self, LedgerError> {
        let values = serde_json::from_str(release).map_err(|_| LedgerError::Corrupt("release"))?;
        Ok(Self { id, margin, loss, values, recorded })
    }
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
    /// Stores the released values as the charge's answer and returns what is stored: if the charge was answered
    /// already, that first answer, and these values are dropped unseen.
    ///
    /// # Errors
    /// When the database fails; the charge then stays unfinished, and the same query finishes it.
    pub async fn record(&self, charge: &Charge, values: &[i64]) -> Result<StoredAnswer, LedgerError> {
        let mut transaction = self.database.begin().await?;
        let release = serde_json::to_string(values).map_err(|_| LedgerError::Corrupt("release"))?;
        sqlx::query("INSERT INTO answers (charge, release, recorded) VALUES (?, ?, ?) ON CONFLICT (charge) DO NOTHING")
            .bind(charge.id())
            .bind(release)
            .bind(self.clock.now().to_string())
            .execute(&mut *transaction)
            .await?;
        let row = sqlx::query("SELECT release, recorded FROM answers WHERE charge = ?")
            .bind(charge.id())
            .fetch_one(&mut *transaction)
            .await?;
        let release: String = row.try_get("release")?;
        let stored =
            StoredAnswer::read(charge.id(), charge.margin(), charge.loss(), &release, row.try_get("recorded")?)?;
        transaction.commit().await?;
        Ok(stored)
    }

    /// The answers that a member paid for, newest first, at most 1,000.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn answers(&self, asker: &MemberName) -> Result<Vec<Recorded>, LedgerError> {
        let rows = sqlx::query(
            "SELECT id, margin, rho, delta, question, policy, release, recorded FROM charges JOIN answers ON charge = id
             WHERE asker = ? ORDER BY id DESC LIMIT 1000",
        )
        .bind(asker.as_str())
        .fetch_all(self.database.pool())
        .await?;
        rows.iter()
            .map(|row| {
                let number = |column| row.try_get::<i64, _>(column).map_err(LedgerError::from);
                let unsigned = |column| {
                    number(column).and_then(|n| u64::try_from(n).map_err(|_| LedgerError::Corrupt("negative number")))
                };
                let loss = Loss { rho: rho(number("rho")?)?, delta: Delta::from_units(unsigned("delta")?) };
                let release: String = row.try_get("release")?;
                let answer =
                    StoredAnswer::read(number("id")?, unsigned("margin")?, loss, &release, row.try_get("recorded")?)?;
                Ok(Recorded { answer, question: row.try_get("question")?, policy: row.try_get("policy")? })
            })
            .collect()
    }
}
