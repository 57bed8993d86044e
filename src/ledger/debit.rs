//! Debits: a loss written to accounts, each by month, inside the transaction of what it pays for.

use super::{
    AccountState, LedgerError, Period,
    account::{signed, signed_delta},
};
use crate::{
    database::{
        Writing, marks,
        records::{Kind, Record},
    },
    model::{Delta, Loss, Rho},
};
use sqlx::AssertSqlSafe;

/// What is debited: which charge's loss, in which period, at which moment (RFC 3339).
pub(super) struct Debit<'a> {
    pub(super) charge: i64,
    pub(super) loss: Loss,
    pub(super) period: &'a Period,
    pub(super) at: &'a str,
}

impl Debit<'_> {
    /// Writes it to all of these accounts, in one statement for each table; the caller has checked that it fits, and the table checks
    /// again. Gives the records that were written.
    ///
    /// # Errors
    /// When the database fails, a sum leaves its range, or an account was debited for the charge already.
    pub(super) async fn write(
        &self,
        transaction: &mut Writing,
        states: &[AccountState],
    ) -> Result<Vec<Record>, LedgerError> {
        if !states.is_empty() {
            self.accounts(transaction, states).await?;
            self.months(transaction, states).await?;
            self.debits(transaction, states).await?;
        }
        Ok(states.iter().map(|state| Record::new(Kind::Account, state.account.as_str())).collect())
    }

    /// Each account as it stood right after its newest debit: what the table's own checks hold it to.
    async fn accounts(&self, transaction: &mut Writing, states: &[AccountState]) -> Result<(), LedgerError> {
        let insert = format!(
            "INSERT INTO accounts
             (account, period_start, unlocked, spent, lifetime, delta_unlocked, delta_spent, delta_lifetime)
             VALUES {}
             ON CONFLICT (account) DO UPDATE SET period_start = excluded.period_start,
             unlocked = excluded.unlocked, spent = excluded.spent, lifetime = excluded.lifetime,
             delta_unlocked = excluded.delta_unlocked, delta_spent = excluded.delta_spent,
             delta_lifetime = excluded.delta_lifetime",
            marks(states.len(), 8)
        );
        let mut accounts = sqlx::query(AssertSqlSafe(insert));
        for state in states {
            let after = state.after(self.loss)?;
            accounts = accounts
                .bind(state.account.as_str())
                .bind(self.period.start.to_string())
                .bind(signed(state.unlocked)?)
                .bind(signed(after.spent.rho)?)
                .bind(signed(after.lifetime.rho)?)
                .bind(signed_delta(after.delta_unlocked)?)
                .bind(signed_delta(after.spent.delta)?)
                .bind(signed_delta(after.lifetime.delta)?);
        }
        accounts.execute(&mut **transaction).await?;
        Ok(())
    }

    async fn months(&self, transaction: &mut Writing, states: &[AccountState]) -> Result<(), LedgerError> {
        let insert = format!(
            "INSERT INTO account_months (account, month, counts_until, rho, delta) VALUES {}
             ON CONFLICT (account, month) DO UPDATE SET
             counts_until = CASE WHEN excluded.counts_until > account_months.counts_until
                                 THEN excluded.counts_until ELSE account_months.counts_until END,
             rho = account_months.rho + excluded.rho, delta = account_months.delta + excluded.delta",
            marks(states.len(), 5)
        );
        let mut months = sqlx::query(AssertSqlSafe(insert));
        for state in states {
            months = months
                .bind(state.account.as_str())
                .bind(i64::from(self.period.month()))
                .bind(i64::from(self.period.next()))
                .bind(signed(self.loss.rho)?)
                .bind(signed_delta(self.loss.delta)?);
        }
        months.execute(&mut **transaction).await?;
        Ok(())
    }

    async fn debits(&self, transaction: &mut Writing, states: &[AccountState]) -> Result<(), LedgerError> {
        let insert =
            format!("INSERT INTO debits (charge, account, rho, delta, debited) VALUES {}", marks(states.len(), 5));
        let mut debits = sqlx::query(AssertSqlSafe(insert));
        for state in states {
            debits = debits
                .bind(self.charge)
                .bind(state.account.as_str())
                .bind(signed(self.loss.rho)?)
                .bind(signed_delta(self.loss.delta)?)
                .bind(self.at);
        }
        debits.execute(&mut **transaction).await?;
        Ok(())
    }
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
