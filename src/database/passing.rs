//! What passes: rows that the audit log doesn't tell of, because they are gone or changed soon and nothing is decided by
//! them alone. Sign-ins under way, what was tried in vain, when a session was last used, messages to be sent, how often an interrupted
//! query was begun again, whether a checkpoint was ever kept outside.
//!
//! Promise: these tables and no others are written without an entry; each statement names the table that it writes.

use sqlx::{Any, any::AnyArguments, query::Query};

/// A table whose rows pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the table of its name")]
pub enum Passing {
    SessionUses,
    SigninSteps,
    SigninFailures,
    TotpSteps,
    Recoveries,
    DeviceRequests,
    Outbox,
    PasskeyUses,
    PasskeyChallenges,
    DirectorySteps,
    ChargeRestarts,
    OutsideKept,
}

impl Passing {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SessionUses,
        Self::SigninSteps,
        Self::SigninFailures,
        Self::TotpSteps,
        Self::Recoveries,
        Self::DeviceRequests,
        Self::Outbox,
        Self::PasskeyUses,
        Self::PasskeyChallenges,
        Self::DirectorySteps,
        Self::ChargeRestarts,
        Self::OutsideKept,
    ];

    /// The table's name.
    pub fn table(self) -> &'static str {
        match self {
            Self::SessionUses => "session_uses",
            Self::SigninSteps => "signin_steps",
            Self::SigninFailures => "signin_failures",
            Self::TotpSteps => "totp_steps",
            Self::Recoveries => "recoveries",
            Self::DeviceRequests => "device_requests",
            Self::Outbox => "outbox",
            Self::PasskeyUses => "passkey_uses",
            Self::PasskeyChallenges => "passkey_challenges",
            Self::DirectorySteps => "directory_steps",
            Self::ChargeRestarts => "charge_restarts",
            Self::OutsideKept => "outside_kept",
        }
    }

    /// A statement that writes this table and no other; to be run on the pool, or in a [`super::Writing`] beside what is told.
    ///
    /// # Errors
    /// When it begins in another way than `INSERT INTO`, `UPDATE` or `DELETE FROM` this table, or holds a second statement.
    pub fn statement<'q>(self, sql: &'static str) -> Result<Query<'q, Any, AnyArguments>, sqlx::Error> {
        let verbs = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
        let rest = verbs.iter().find_map(|verb| sql.strip_prefix(verb)?.strip_prefix(self.table()));
        let sound = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\n'])) && !sql.contains(';');
        if sound { Ok(sqlx::query(sql)) } else { Err(sqlx::Error::Protocol(format!("not of {}: {sql}", self.table()))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_writes_its_own_table_and_no_other() {
        for sql in
            ["DELETE FROM outbox WHERE id = $1", "INSERT INTO outbox (kind) VALUES ($1)", "UPDATE outbox SET kind = $1"]
        {
            assert!(Passing::Outbox.statement(sql).is_ok(), "{sql}");
            assert!(Passing::Recoveries.statement(sql).is_err(), "{sql}");
        }
        for sql in [
            "DELETE FROM users",
            "DELETE FROM outbox2",
            "UPDATE users SET roles = ''",
            "DELETE FROM outbox; DELETE FROM users",
            "SELECT 1",
            "WITH x AS (DELETE FROM users RETURNING id) DELETE FROM outbox",
        ] {
            assert!(Passing::Outbox.statement(sql).is_err(), "{sql}");
        }
    }
}
