//! Accounts: what may still be spent of one privacy budget.

use super::{Ledger, LedgerError, Period};
use crate::model::{MemberName, Rho};
use serde::Serialize;
use sqlx::{Row, Sqlite, SqliteExecutor, Transaction};
use std::fmt;

/// Whose budget a loss is charged to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The room's: one person sits in many lists, so owners' accounts alone would add up.
    Room,
    /// An owner's: everything asked of its audiences by others.
    Owner(MemberName),
    /// What one asker may learn from one owner.
    Asker {
        /// The member that asks.
        asker: MemberName,
        /// The member whose audience is asked.
        owner: MemberName,
    },
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room => f.write_str("room"),
            Self::Owner(owner) => write!(f, "owner:{owner}"),
            Self::Asker { asker, owner } => write!(f, "asker:{asker}@{owner}"),
        }
    }
}

/// An account and the most it may spend over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// The account.
    pub account: Account,
    /// Its cap over a whole period.
    pub cap: Rho,
}

/// An account as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountState {
    /// The account, written as in the ledger.
    pub account: String,
    /// The cap over a whole period.
    pub cap: Rho,
    /// What is unlocked of it so far.
    pub unlocked: Rho,
    /// What this period has spent.
    pub spent: Rho,
    /// What was spent since the founding.
    pub lifetime: Rho,
}

impl AccountState {
    /// What may still be spent now.
    pub fn remaining(&self) -> Rho {
        self.unlocked.saturating_sub(self.spent)
    }
}

/// The first account that can't bear a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// The account as it stands.
    pub state: AccountState,
    /// What the charge would have taken.
    pub wanted: Rho,
}

impl Ledger {
    /// The accounts as they stand in a period.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn states(&self, caps: &[Cap], period: &Period) -> Result<Vec<AccountState>, LedgerError> {
        let mut states = Vec::with_capacity(caps.len());
        for cap in caps {
            states.push(read_state(self.database.pool(), cap, period).await?);
        }
        Ok(states)
    }
}

/// The account as it stands: from the pool to look at, or inside the transaction that is about to debit it.
pub(super) async fn read_state(
    executor: impl SqliteExecutor<'_>,
    cap: &Cap,
    period: &Period,
) -> Result<AccountState, LedgerError> {
    let row = sqlx::query("SELECT period_start, spent, lifetime FROM accounts WHERE account = ?")
        .bind(cap.account.to_string())
        .fetch_optional(executor)
        .await?;
    state_from(cap, period, row.as_ref())
}

fn state_from(cap: &Cap, period: &Period, row: Option<&sqlx::sqlite::SqliteRow>) -> Result<AccountState, LedgerError> {
    let (mut spent, mut lifetime) = (Rho::default(), Rho::default());
    if let Some(row) = row {
        let since: String = row.try_get("period_start")?;
        lifetime = rho(row.try_get("lifetime")?)?;
        // Only a later period opens a new budget; a clock set back must not.
        if period.start.to_string() <= since {
            spent = rho(row.try_get("spent")?)?;
        }
    }
    let unlocked = period.unlocked(cap.cap)?;
    Ok(AccountState { account: cap.account.to_string(), cap: cap.cap, unlocked, spent, lifetime })
}

/// Writes the debit of one account; the caller has checked that it fits, and the table checks again.
pub(super) async fn debit(
    transaction: &mut Transaction<'static, Sqlite>,
    state: &AccountState,
    period: &Period,
    loss: Rho,
) -> Result<(), LedgerError> {
    let spent = state.spent.checked_add(loss).ok_or(LedgerError::OutOfRange)?;
    let lifetime = state.lifetime.checked_add(loss).ok_or(LedgerError::OutOfRange)?;
    sqlx::query(
        "INSERT INTO accounts (account, period_start, unlocked, spent, lifetime) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (account) DO UPDATE SET period_start = max(period_start, excluded.period_start),
         unlocked = excluded.unlocked, spent = excluded.spent, lifetime = excluded.lifetime",
    )
    .bind(&state.account)
    .bind(period.start.to_string())
    .bind(signed(state.unlocked)?)
    .bind(signed(spent)?)
    .bind(signed(lifetime)?)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) fn rho(units: i64) -> Result<Rho, LedgerError> {
    u64::try_from(units).map(Rho::from_units).map_err(|_| LedgerError::Corrupt("negative loss"))
}

pub(super) fn signed(rho: Rho) -> Result<i64, LedgerError> {
    i64::try_from(rho.units()).map_err(|_| LedgerError::OutOfRange)
}
