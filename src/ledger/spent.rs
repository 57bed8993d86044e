//! What accounts have spent, to be kept elsewhere, and taken back from there after a restore.

use super::{Ledger, LedgerError};
use crate::{
    database::records::{Kind, Record},
    proof::Event,
};
use serde::{Deserialize, Serialize};
use sqlx::Row;

/// What one account has spent, month by month: the caps' period may be lengthened or shortened later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// The account, written as in the ledger.
    pub account: String,
    /// The months in which it was debited, in order.
    pub months: Vec<SpentMonth>,
}

/// What one month has spent; losses in the ledger's integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpentMonth {
    /// Which month, counted from the room's founding.
    pub month: i64,
    /// Until which month it counts as spent at least: the end of the longest period in which it was debited.
    pub counts_until: i64,
    /// What was debited, in 1e-12 of ρ.
    pub rho: i64,
    /// What was debited of δ, in 1e-18.
    pub delta: i64,
}

impl Ledger {
    /// What every account has spent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn spent(&self) -> Result<Vec<Spent>, LedgerError> {
        let sql = "SELECT account, month, counts_until, rho, delta FROM account_months ORDER BY account, month";
        let mut all: Vec<Spent> = Vec::new();
        for row in sqlx::query(sql).fetch_all(self.database.pool()).await? {
            let account: String = row.try_get("account")?;
            let month = SpentMonth {
                month: row.try_get("month")?,
                counts_until: row.try_get("counts_until")?,
                rho: row.try_get("rho")?,
                delta: row.try_get("delta")?,
            };
            match all.last_mut().filter(|last| last.account == account) {
                Some(last) => last.months.push(month),
                None => all.push(Spent { account, months: vec![month] }),
            }
        }
        Ok(all)
    }

    /// Brings every month of every account to at least what it had spent by another record of it, in one transaction that the log tells
    /// as `event`. Never takes anything back.
    ///
    /// # Errors
    /// When the database fails; nothing is changed then.
    pub async fn take_back(&self, spent: &[Spent], event: Event) -> Result<(), LedgerError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        for Spent { account, months } in spent {
            // Its row alone: what it had unlocked then isn't known, and the next debit writes it.
            sqlx::query(
                "INSERT INTO accounts (account, period_start, unlocked, spent, lifetime) VALUES ($1, $2, 0, 0, 0)
                 ON CONFLICT (account) DO NOTHING",
            )
            .bind(account)
            .bind(writing.now().to_string())
            .execute(&mut *writing)
            .await?;
            for month in months {
                sqlx::query(
                    "INSERT INTO account_months (account, month, counts_until, rho, delta) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT (account, month) DO UPDATE SET
                     counts_until = CASE WHEN excluded.counts_until > account_months.counts_until
                                         THEN excluded.counts_until ELSE account_months.counts_until END,
                     rho = CASE WHEN excluded.rho > account_months.rho THEN excluded.rho ELSE account_months.rho END,
                     delta = CASE WHEN excluded.delta > account_months.delta
                                  THEN excluded.delta ELSE account_months.delta END",
                )
                .bind(account)
                .bind(month.month)
                .bind(month.counts_until)
                .bind(month.rho)
                .bind(month.delta)
                .execute(&mut *writing)
                .await?;
            }
        }
        writing.note(event, spent.iter().map(|account| Record::new(Kind::Account, account.account.as_str())));
        writing.commit().await?;
        Ok(())
    }
}
