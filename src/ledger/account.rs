//! Accounts: what may still be spent of one privacy budget.

use super::{Ledger, LedgerError, Period};
use crate::{
    database::marks,
    model::{Delta, Loss, MemberName, Rho},
};
use serde::Serialize;
use sqlx::{AnyExecutor, AssertSqlSafe, Row, any::AnyRow};
use std::{collections::HashMap, fmt};

/// Whose budget a loss is charged to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The room's: one person sits in many lists, so owners' accounts alone would add up.
    Room,
    /// A member's share of the room's: all that it asks, of its own audiences too.
    Share(MemberName),
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
            Self::Share(member) => write!(f, "share:{member}"),
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
    /// Its cap over a whole period, for each part of a loss.
    pub cap: Loss,
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
    /// What counts as spent in this period: what was debited since it began, and in a month whose own period isn't over yet.
    pub spent: Rho,
    /// What was spent since the founding.
    pub lifetime: Rho,
    /// The cap on δ over a whole period, for releases that need one.
    pub delta_cap: Delta,
    /// What is unlocked of it so far.
    pub delta_unlocked: Delta,
    /// What counts as spent of it in this period.
    pub delta_spent: Delta,
    /// What was spent of δ since the founding.
    pub delta_lifetime: Delta,
}

impl AccountState {
    /// What may still be spent now.
    pub fn remaining(&self) -> Rho {
        self.unlocked.saturating_sub(self.spent)
    }

    /// What may still be spent of δ now.
    pub fn remaining_delta(&self) -> Delta {
        self.delta_unlocked.saturating_sub(self.delta_spent)
    }

    /// Whether the account can bear a loss now.
    pub fn bears(&self, loss: Loss) -> bool {
        loss.within(Loss { rho: self.remaining(), delta: self.remaining_delta() })
    }
}

/// The first account that can't bear a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// The account as it stands.
    pub state: AccountState,
    /// What the charge would have taken.
    pub wanted: Loss,
}

impl Ledger {
    /// The accounts as they stand in a period.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn states(&self, caps: &[Cap], period: &Period) -> Result<Vec<AccountState>, LedgerError> {
        read_states(self.database.pool(), caps, period).await
    }
}

/// The accounts as they stand: from the pool to look at, or inside the transaction that is about to debit them.
///
/// What is spent is summed up from the months in which it was debited, so no change of the period's length forgets any: a month counts
/// from the first of the period on, and at least until the end of the longest period that it was ever debited in.
pub(super) async fn read_states(
    executor: impl AnyExecutor<'_>,
    caps: &[Cap],
    period: &Period,
) -> Result<Vec<AccountState>, LedgerError> {
    let names: Vec<String> = caps.iter().map(|cap| cap.account.to_string()).collect();
    let counts = format!("month >= {} OR counts_until > {}", period.first, period.month());
    let query = format!(
        "SELECT account, CAST(SUM(rho) AS BIGINT) AS lifetime, CAST(SUM(delta) AS BIGINT) AS delta_lifetime,
         CAST(SUM(CASE WHEN {counts} THEN rho ELSE 0 END) AS BIGINT) AS spent,
         CAST(SUM(CASE WHEN {counts} THEN delta ELSE 0 END) AS BIGINT) AS delta_spent
         FROM account_months WHERE account IN {} GROUP BY account",
        marks(1, names.len())
    );
    let query = names.iter().fold(sqlx::query(AssertSqlSafe(query)), |query, name| query.bind(name.as_str()));
    let rows = if names.is_empty() { Vec::new() } else { query.fetch_all(executor).await? };
    let mut stored = HashMap::with_capacity(rows.len());
    for row in &rows {
        stored.insert(row.try_get::<String, _>("account")?, row);
    }
    caps.iter().zip(&names).map(|(cap, name)| state_from(cap, period, stored.get(name).copied())).collect()
}

fn state_from(cap: &Cap, period: &Period, row: Option<&AnyRow>) -> Result<AccountState, LedgerError> {
    let (mut spent, mut lifetime) = (Loss::default(), Loss::default());
    if let Some(row) = row {
        lifetime = loss(row.try_get("lifetime")?, row.try_get("delta_lifetime")?)?;
        spent = loss(row.try_get("spent")?, row.try_get("delta_spent")?)?;
    }
    let unlocked = period.unlocked(cap.cap)?;
    Ok(AccountState {
        account: cap.account.to_string(),
        cap: cap.cap.rho,
        unlocked: unlocked.rho,
        spent: spent.rho,
        lifetime: lifetime.rho,
        delta_cap: cap.cap.delta,
        delta_unlocked: unlocked.delta,
        delta_spent: spent.delta,
        delta_lifetime: lifetime.delta,
    })
}

/// A loss as it is stored.
pub(super) fn loss(rho: i64, delta: i64) -> Result<Loss, LedgerError> {
    let units = |stored: i64| u64::try_from(stored).map_err(|_| LedgerError::Corrupt("negative loss"));
    Ok(Loss { rho: Rho::from_units(units(rho)?), delta: Delta::from_units(units(delta)?) })
}

pub(super) fn signed(rho: Rho) -> Result<i64, LedgerError> {
    i64::try_from(rho.units()).map_err(|_| LedgerError::OutOfRange)
}

pub(super) fn signed_delta(delta: Delta) -> Result<i64, LedgerError> {
    i64::try_from(delta.units()).map_err(|_| LedgerError::OutOfRange)
}
