//! Accounts, charges and answers.
//!
//! Promises:
//! - a charge debits every account it names or none, and never takes one past what is unlocked;
//! - a charge is durable before the query runs, and is never refunded;
//! - one charge has at most one answer: the first one recorded is the one everybody gets;
//! - a charge whose query failed is over: it is never answered, and the same question needs another;
//! - its time never goes back, whatever the clocks of those who charge;
//! - charges that are asked for at the same time share a transaction, and each is what it would be alone;
//! - the same query of the same member, at the same or a wider margin, is never charged twice;
//! - an answer is given to those alone who have borne its loss: each member once, each owner once for all others, the room once;
//! - what was spent is counted by month and never forgotten, whatever becomes of the period's length.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic)]

mod account;
mod answers;
mod batch;
mod charge;
mod debit;
mod failures;
mod given;
mod period;
mod register;
mod spent;

pub use account::{Account, AccountState, Cap, Shortfall};
pub use answers::{Recorded, StoredAnswer};
pub use charge::{Charge, ChargeRequest, Charged};
pub use given::Delivered;
pub use period::Period;
pub use register::Asked;
pub use spent::{Spent, SpentMonth};

use crate::{database::Database, model::Clock};
use batch::Waiting;
use jiff::Timestamp;
use sqlx::{AnyExecutor, Row};
use std::sync::Arc;

/// Why the ledger can't do what was asked. Not a refusal: those are values.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database failed.
    #[error("the room's database failed")]
    Database(#[from] sqlx::Error),
    /// A stored row isn't what this version writes.
    #[error("the ledger holds a row that can't be read: {0}")]
    Corrupt(&'static str),
    /// A sum or a date left its range.
    #[error("a sum or a date in the ledger left its range")]
    OutOfRange,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
    /// The room was never founded.
    #[error("the room's database has no founding date: make the room with `camerata init`")]
    NotFounded,
}

/// The room's ledger.
#[derive(Clone)]
pub struct Ledger {
    database: Database,
    clock: Arc<dyn Clock>,
    waiting: Arc<Waiting>,
}

impl Ledger {
    /// The ledger kept in this database.
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock, waiting: Arc::default() }
    }

    /// The period that the ledger's time lies in, counted from the room's founding.
    ///
    /// # Errors
    /// When the room was never founded or the database fails.
    pub async fn period(&self, months: u32) -> Result<Period, LedgerError> {
        let (founded, now) = self.moment(self.database.pool()).await?;
        Period::containing(&founded, now, months)
    }

    /// When the room was founded, and the ledger's time: the clock's, but never before the newest charge
    /// or first delivery. A clock that was set back,
    /// or another gateway's that is behind, must not open an earlier month or period again.
    async fn moment(&self, executor: impl AnyExecutor<'_>) -> Result<(String, Timestamp), LedgerError> {
        let sql = "SELECT founded, (SELECT delivered FROM deliveries ORDER BY id DESC LIMIT 1) AS newest FROM room";
        let row = sqlx::query(sql).fetch_optional(executor).await?.ok_or(LedgerError::NotFounded)?;
        let newest: Option<String> = row.try_get("newest")?;
        let newest: Option<Timestamp> =
            newest.map(|time| time.parse().map_err(|_| LedgerError::Corrupt("time of a delivery"))).transpose()?;
        let now = self.clock.now();
        Ok((row.try_get("founded")?, newest.map_or(now, |newest| newest.max(now))))
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::FIRST_VERSION;
