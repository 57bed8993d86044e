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

/// What is counted of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    failures: i64,
    latest: i64,
    until: i64,
}

/// A try that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Try {
    /// Whether the next one will have to wait for the first time, should this be in vain.
    pub(super) is_last: bool,
    before: Option<Count>,
    after: Count,
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
            let Some(row) = row else {
                let after = Count { failures: 1, latest: now, until: 0 };
                if self.count_first(account, after).await? {
                    return Ok(Try { is_last: FREE == 1, before: None, after });
                }
                continue;
            };
            let before = Count {
                failures: row.try_get("failures")?,
                latest: row.try_get("latest")?,
                until: row.try_get("until")?,
            };
            if before.until > now {
                return Err(Refusal::Later((before.until - now).unsigned_abs()).into());
            }
            let failures = if now - before.latest > FORGOTTEN_S { 1 } else { before.failures + 1 };
            let until = match wait(failures) {
                0 => 0,
                seconds => now + seconds,
            };
            let after = Count { failures, latest: now, until };
            if self.count(account, before, after).await? {
                return Ok(Try { is_last: failures == FREE, before: Some(before), after });
            }
        }
        Err(Refusal::Busy.into())
    }

    async fn count_first(&self, account: &[u8], count: Count) -> Result<bool, PeopleError> {
        let insert = Passing::SigninFailures.statement(
            "INSERT INTO signin_failures (account, failures, latest, until) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account) DO NOTHING",
        )?;
        let insert = insert.bind(account).bind(count.failures).bind(count.latest).bind(count.until);
        Ok(insert.execute(self.database.pool()).await?.rows_affected() == 1)
    }

    /// Sets what is counted, if it still is what it was.
    async fn count(&self, account: &[u8], before: Count, after: Count) -> Result<bool, PeopleError> {
        let update = Passing::SigninFailures.statement(
            "UPDATE signin_failures SET failures = $1, latest = $2, until = $3
             WHERE account = $4 AND failures = $5 AND latest = $6 AND until = $7",
        )?;
        let update = update.bind(after.failures).bind(after.latest).bind(after.until).bind(account);
        let update = update.bind(before.failures).bind(before.latest).bind(before.until);
        Ok(update.execute(self.database.pool()).await?.rows_affected() == 1)
    }

    /// Takes a try back whose password was right while a second step is still to come, and no other: else that step would have to wait
    /// for as long as the first one's being counted makes it, which may be longer than it is good. What was in vain before stays.
    pub(super) async fn give_back(&self, account: &[u8], tried: Try) -> Result<(), PeopleError> {
        let before = tried.before.unwrap_or(Count { failures: 0, latest: tried.after.latest, until: 0 });
        // Where others were counted since, it stays as well.
        self.count(account, tried.after, before).await?;
        Ok(())
    }

    /// Forgets the tries of an account: its own person has come in.
    pub(super) async fn absolve(&self, account: &[u8]) -> Result<(), PeopleError> {
        let forget = Passing::SigninFailures.statement("DELETE FROM signin_failures WHERE account = $1")?;
        forget.bind(account).execute(self.database.pool()).await?;
        Ok(())
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
