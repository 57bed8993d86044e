//! Recovery codes: ten, for who has no access to the second factor; each good once, kept as keyed hashes.

use super::{People, PeopleError, Refusal, secret};
use crate::database::Writing;

/// How many a user has.
const COUNT: usize = 10;

impl People {
    fn kept_code(&self, user: i64, code: &str) -> Vec<u8> {
        self.vault.index("recovery code", &format!("{user} {}", secret::bare(code)))
    }

    /// Gives a user new codes, in place of all there were; bound by the caller's event.
    pub(super) async fn new_codes(&self, writing: &mut Writing, user: i64) -> Result<Vec<String>, PeopleError> {
        sqlx::query(r#"DELETE FROM recovery_codes WHERE "user" = $1"#).bind(user).execute(&mut **writing).await?;
        let codes = (0..COUNT).map(|_| secret::written()).collect::<Result<Vec<_>, _>>()?;
        for code in &codes {
            sqlx::query(r#"INSERT INTO recovery_codes ("user", hash) VALUES ($1, $2)"#)
                .bind(user)
                .bind(self.kept_code(user, code))
                .execute(&mut **writing)
                .await?;
        }
        Ok(codes)
    }

    /// Takes a code of a user's, once; bound by the caller's event.
    pub(super) async fn use_code(&self, writing: &mut Writing, user: i64, code: &str) -> Result<(), PeopleError> {
        let now = writing.now().to_string();
        let used =
            sqlx::query(r#"UPDATE recovery_codes SET used = $1 WHERE "user" = $2 AND hash = $3 AND used IS NULL"#)
                .bind(now)
                .bind(user)
                .bind(self.kept_code(user, code))
                .execute(&mut **writing)
                .await?;
        if used.rows_affected() == 1 { Ok(()) } else { Err(Refusal::WrongCode.into()) }
    }
}
