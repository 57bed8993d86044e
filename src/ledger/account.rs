//! Accounts: what may still be spent of one privacy budget.

use super::{Ledger, LedgerError, Period};
use crate::{
    database::{Writing, marks},
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
    /// What this period has spent.
    pub spent: Rho,
    /// What was spent since the founding.
    pub lifetime: Rho,
    /// The cap on δ over a whole period, for releases that need one.
    pub delta_cap: Delta,
    /// What is unlocked of it so far.
    pub delta_unlocked: Delta,
    /// What this period has spent of it.
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
pub(super) async fn read_states(
    executor: impl AnyExecutor<'_>,
    caps: &[Cap],
    period: &Period,
) -> Result<Vec<AccountState>, LedgerError> {
    let names: Vec<String> = caps.iter().map(|cap| cap.account.to_string()).collect();
    let query = format!("SELECT * FROM accounts WHERE account IN {}", marks(1, names.len()));
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
        let since: String = row.try_get("period_start")?;
        lifetime = loss(row.try_get("lifetime")?, row.try_get("delta_lifetime")?)?;
        // Only a later period opens a new budget; a clock set back must not.
        if period.start.to_string() <= since {
            spent = loss(row.try_get("spent")?, row.try_get("delta_spent")?)?;
        }
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

/// Writes the debits of all accounts and their parts of the charge, in one statement each; the caller has checked that they fit, and
/// the table checks again.
///
/// # Errors
/// When the database fails or a sum leaves its range.
pub(super) async fn debit(
    transaction: &mut Writing,
    charge: i64,
    states: &[AccountState],
    period: &Period,
    loss: Loss,
) -> Result<(), LedgerError> {
    let insert = format!(
        "INSERT INTO accounts
         (account, period_start, unlocked, spent, lifetime, delta_unlocked, delta_spent, delta_lifetime)
         VALUES {}
         ON CONFLICT (account) DO UPDATE SET
         period_start = CASE WHEN excluded.period_start > accounts.period_start
                             THEN excluded.period_start ELSE accounts.period_start END,
         unlocked = excluded.unlocked, spent = excluded.spent, lifetime = excluded.lifetime,
         delta_unlocked = excluded.delta_unlocked, delta_spent = excluded.delta_spent,
         delta_lifetime = excluded.delta_lifetime",
        marks(states.len(), 8)
    );
    let mut accounts = sqlx::query(AssertSqlSafe(insert));
    for state in states {
        let after = state.after(loss)?;
        accounts = accounts
            .bind(state.account.as_str())
            .bind(period.start.to_string())
            .bind(signed(state.unlocked)?)
            .bind(signed(after.spent.rho)?)
            .bind(signed(after.lifetime.rho)?)
            .bind(signed_delta(after.delta_unlocked)?)
            .bind(signed_delta(after.spent.delta)?)
            .bind(signed_delta(after.lifetime.delta)?);
    }
    accounts.execute(&mut **transaction).await?;
    let insert = format!("INSERT INTO debits (charge, account, rho, delta) VALUES {}", marks(states.len(), 4));
    let mut debits = sqlx::query(AssertSqlSafe(insert));
    for state in states {
        debits =
            debits.bind(charge).bind(state.account.as_str()).bind(signed(loss.rho)?).bind(signed_delta(loss.delta)?);
    }
    debits.execute(&mut **transaction).await?;
    Ok(())
}

/// What an account has spent once it has borne a loss.
struct After {
    spent: Loss,
    lifetime: Loss,
    delta_unlocked: Delta,
}

impl AccountState {
    fn after(&self, loss: Loss) -> Result<After, LedgerError> {
        let add = |rho: Rho, delta: Delta| Loss { rho, delta }.checked_add(loss).ok_or(LedgerError::OutOfRange);
        let (spent, lifetime) = (add(self.spent, self.delta_spent)?, add(self.lifetime, self.delta_lifetime)?);
        // A loss without δ is borne whatever became of the cap on δ: the table's check must then hold for what is spent already.
        let delta_unlocked =
            if loss.delta == Delta::default() { self.delta_unlocked.max(spent.delta) } else { self.delta_unlocked };
        Ok(After { spent, lifetime, delta_unlocked })
    }
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
