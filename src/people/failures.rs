//! How often somebody tried to sign in as somebody in vain, and how long the next try has to wait.
//!
//! Counted by a keyed hash of the address that was given, whether anybody has it or not: so nothing is told by being held. Each try is
//! counted before its password is looked at: many at once get no more of them than one after the other.

use super::{People, PeopleError, Refusal};
use crate::database::Passing;
use sqlx::Row;

/// Tries that needn't wait.
const FREE: i64 = 5;
/// How long the first that must wait does, in seconds; each further one twice as long, up to the longest.
const WAIT_S: i64 = 30;
const WAIT_S_MAX: i64 = 15 * 60;
/// Seconds without a try after which the count begins anew.
const FORGOTTEN_S: i64 = 24 * 3600;

/// How long after the try of this number the next one waits, in seconds.
fn wait(failures: i64) -> i64 {
    let doublings = u32::try_from(failures.saturating_sub(FREE)).unwrap_or(u32::MAX);
    if failures < FREE {
        0
    } else {
        WAIT_S.saturating_mul(1i64.checked_shl(doublings.min(16)).unwrap_or(i64::MAX)).min(WAIT_S_MAX)
    }
}

/// A try that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Try {
    /// Whether the next one will have to wait for the first time, should this be in vain.
    pub(super) is_last: bool,
}

impl People {
    /// Counts a try as in vain, before it is known to be.
    ///
    /// # Errors
    /// [`Refusal::Later`] when it has to wait.
    pub(super) async fn attempt(&self, account: &[u8]) -> Result<Try, PeopleError> {
        let now = self.seconds();
        // Whoever counts the same try first wins; the other counts the next. As many as come at once get through in turn.
        for _ in 0..1_000 {
            let row = sqlx::query("SELECT failures, latest, until FROM signin_failures WHERE account = $1")
                .bind(account)
                .fetch_optional(self.database.pool())
                .await?;
            let counted = match row {
                None => Passing::SigninFailures
                    .statement(
                        "INSERT INTO signin_failures (account, failures, latest, until) VALUES ($1, 1, $2, 0)
                             ON CONFLICT (account) DO NOTHING",
                    )?
                    .bind(account)
                    .bind(now)
                    .execute(self.database.pool())
                    .await?
                    .rows_affected()
                    .then_try(1),
                Some(row) => {
                    let (failures, latest, until): (i64, i64, i64) =
                        (row.try_get("failures")?, row.try_get("latest")?, row.try_get("until")?);
                    if until > now {
                        return Err(Refusal::Later((until - now).unsigned_abs()).into());
                    }
                    let next = if now - latest > FORGOTTEN_S { 1 } else { failures + 1 };
                    Passing::SigninFailures
                        .statement(
                            "UPDATE signin_failures SET failures = $1, latest = $2, until = $3
                             WHERE account = $4 AND failures = $5 AND latest = $6 AND until = $7",
                        )?
                        .bind(next)
                        .bind(now)
                        .bind(match wait(next) {
                            0 => 0,
                            seconds => now + seconds,
                        })
                        .bind(account)
                        .bind(failures)
                        .bind(latest)
                        .bind(until)
                        .execute(self.database.pool())
                        .await?
                        .rows_affected()
                        .then_try(next)
                }
            };
            if let Some(counted) = counted {
                return Ok(counted);
            }
        }
        Err(Refusal::Busy.into())
    }

    /// Forgets the tries of an account: its own person has come in.
    pub(super) async fn absolve(&self, account: &[u8]) -> Result<(), PeopleError> {
        let forget = Passing::SigninFailures.statement("DELETE FROM signin_failures WHERE account = $1")?;
        forget.bind(account).execute(self.database.pool()).await?;
        Ok(())
    }
}

/// A try of a number, if its row was written.
trait Counted {
    fn then_try(self, number: i64) -> Option<Try>;
}

impl Counted for u64 {
    fn then_try(self, number: i64) -> Option<Try> {
        (self == 1).then_some(Try { is_last: number == FREE })
    }
}

#[cfg(test)]
mod tests {
    use super::wait;

    #[test]
    fn the_wait_grows_and_ends() {
        let waits: Vec<i64> = (1..=12).map(wait).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait(i64::MAX), 900);
    }
}
