//! Queries that were charged and could not be run.
//!
//! Whether the engine fails may depend on data, so a failure is paid for like an answer: its charge is over for good, and what was
//! charged stays charged.

use super::{Charge, Ledger, LedgerError};
use crate::database::{
    Passing, Writing,
    records::{Kind, Record},
};
use sqlx::Row;

/// How often the query of one charge is begun: once more after a crash, which may have had another cause, and no more. Whoever could
/// end the process by data would otherwise try for nothing.
const STARTS_MAX: i64 = 2;

impl Ledger {
    /// Counts, durably, that the query of an interrupted charge is begun again; whether it may be. If not, it counts as failed.
    ///
    /// # Errors
    /// When the database fails; the query must not be begun then.
    pub async fn restart(&self, charge: &Charge) -> Result<bool, LedgerError> {
        // Read to the end, so that it is committed.
        let rows = Passing::ChargeRestarts
            .statement(
                "INSERT INTO charge_restarts (charge, restarts) VALUES ($1, 1)
                 ON CONFLICT (charge) DO UPDATE SET restarts = charge_restarts.restarts + 1 RETURNING restarts",
            )?
            .bind(charge.id())
            .fetch_all(self.database.pool())
            .await?;
        let row = rows.first().ok_or(LedgerError::Corrupt("restarts"))?;
        Ok(row.try_get::<i64, _>("restarts")? < STARTS_MAX)
    }

    /// Ends a charge whose query the engine could not run, in a transaction that tells what comes of it.
    ///
    /// # Errors
    /// When it was answered or has failed already, or the database fails.
    pub async fn fail(&self, writing: &mut Writing, charge: &Charge) -> Result<(), LedgerError> {
        let now = writing.now().to_string();
        let done = sqlx::query(
            "INSERT INTO charge_failures (charge, failed)
             SELECT id, $2 FROM charges WHERE id = $1 AND id NOT IN (SELECT charge FROM answers)",
        )
        .bind(charge.id())
        .bind(now)
        .execute(&mut **writing)
        .await?;
        if done.rows_affected() != 1 {
            return Err(LedgerError::Corrupt("a failed charge"));
        }
        writing.touch(Record::new(Kind::ChargeFailure, charge.id()));
        Ok(())
    }
}
