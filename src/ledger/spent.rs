//! What accounts have spent, to be kept elsewhere, and taken back from there after a restore.

use super::{Ledger, LedgerError};
use crate::{
    database::records::{Kind, Record},
    proof::Event,
};
use serde::{Deserialize, Serialize};
use sqlx::Row;

/// What one account has spent; losses in the ledger's integers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// The account, written as in the ledger.
    pub account: String,
    /// First day of the period that was spent in.
    pub period_start: String,
    /// What that period has spent.
    pub spent: i64,
    /// What was spent since the founding.
    pub lifetime: i64,
    /// The same of δ, for the period.
    pub delta_spent: i64,
    /// And since the founding.
    pub delta_lifetime: i64,
}

impl Ledger {
    /// What every account has spent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn spent(&self) -> Result<Vec<Spent>, LedgerError> {
        let rows = sqlx::query(
            "SELECT account, period_start, spent, lifetime, delta_spent, delta_lifetime FROM accounts ORDER BY account",
        )
        .fetch_all(self.database.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Spent {
                    account: row.try_get("account")?,
                    period_start: row.try_get("period_start")?,
                    spent: row.try_get("spent")?,
                    lifetime: row.try_get("lifetime")?,
                    delta_spent: row.try_get("delta_spent")?,
                    delta_lifetime: row.try_get("delta_lifetime")?,
                })
            })
            .collect()
    }

    /// Brings every account to at least what it had spent by another record of it, in one transaction that the log tells as `event`.
    /// Never takes anything back.
    ///
    /// # Errors
    /// When the database fails; nothing is changed then.
    pub async fn take_back(&self, spent: &[Spent], event: Event) -> Result<(), LedgerError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        for account in spent {
            sqlx::query(
                "INSERT INTO accounts
                 (account, period_start, unlocked, spent, lifetime, delta_unlocked, delta_spent, delta_lifetime)
                 VALUES ($1, $2, $3, $3, $4, $5, $5, $6)
                 ON CONFLICT (account) DO UPDATE SET
                 period_start = CASE WHEN excluded.period_start > accounts.period_start
                                     THEN excluded.period_start ELSE accounts.period_start END,
                 unlocked = CASE WHEN excluded.spent > accounts.unlocked THEN excluded.spent ELSE accounts.unlocked END,
                 spent = CASE WHEN excluded.spent > accounts.spent OR excluded.period_start > accounts.period_start
                              THEN excluded.spent ELSE accounts.spent END,
                 lifetime = CASE WHEN excluded.lifetime > accounts.lifetime
                                 THEN excluded.lifetime ELSE accounts.lifetime END,
                 delta_unlocked = CASE WHEN excluded.delta_spent > accounts.delta_unlocked
                                       THEN excluded.delta_spent ELSE accounts.delta_unlocked END,
                 delta_spent = CASE WHEN excluded.delta_spent > accounts.delta_spent
                                    OR excluded.period_start > accounts.period_start
                                    THEN excluded.delta_spent ELSE accounts.delta_spent END,
                 delta_lifetime = CASE WHEN excluded.delta_lifetime > accounts.delta_lifetime
                                       THEN excluded.delta_lifetime ELSE accounts.delta_lifetime END
                 WHERE excluded.period_start >= accounts.period_start OR excluded.lifetime > accounts.lifetime",
            )
            .bind(&account.account)
            .bind(&account.period_start)
            .bind(account.spent)
            .bind(account.lifetime)
            .bind(account.delta_spent)
            .bind(account.delta_lifetime)
            .execute(&mut *writing)
            .await?;
        }
        writing.note(event, spent.iter().map(|account| Record::new(Kind::Account, account.account.as_str())));
        writing.commit().await?;
        Ok(())
    }
}
