//! Sign-ins under way at a member's directory: kept for the browser that began them, for ten minutes, and taken once.

use super::{People, PeopleError, Refusal, secret};
use crate::{database::Passing, model::MemberName};
use serde_json::Value;
use sqlx::Row;

/// How long a sign-in may take at the directory, in minutes.
pub const DIRECTORY_MINUTES: i64 = 10;
/// Sign-ins that may be under way at once.
const STEPS_MAX: i64 = 10_000;
const PURPOSE: &str = "directory";

/// A sign-in that was begun at a directory.
#[derive(Debug, Clone)]
pub struct DirectoryStep {
    /// The member whose directory it is.
    pub member: MemberName,
    /// Who links their account; nobody, if somebody signs in.
    pub user: Option<i64>,
    /// What was kept.
    pub begun: Value,
}

impl People {
    /// Keeps a sign-in until the browser comes back with the secret that is given.
    ///
    /// # Errors
    /// When too many are under way, or the database fails.
    pub async fn begin_directory(&self, step: &DirectoryStep) -> Result<String, PeopleError> {
        let now = self.seconds();
        let old = Passing::DirectorySteps.statement("DELETE FROM directory_steps WHERE expires <= $1")?;
        old.bind(now).execute(self.database.pool()).await?;
        let row = sqlx::query("SELECT count(*) AS n FROM directory_steps").fetch_one(self.database.pool()).await?;
        if row.try_get::<i64, _>("n")? >= STEPS_MAX {
            return Err(Refusal::Busy.into());
        }
        let secret = secret::new("")?;
        let begun = serde_json::to_vec(&step.begun).map_err(|_| PeopleError::Corrupt)?;
        Passing::DirectorySteps
            .statement(
                r#"INSERT INTO directory_steps (hash, member, begun, "user", expires) VALUES ($1, $2, $3, $4, $5)"#,
            )?
            .bind(secret::hash(&secret))
            .bind(step.member.as_str())
            .bind(self.vault.seal(PURPOSE, &begun)?)
            .bind(step.user)
            .bind(now + DIRECTORY_MINUTES * 60)
            .execute(self.database.pool())
            .await?;
        Ok(secret)
    }

    /// The sign-in of a secret, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_directory(&self, secret: &str) -> Result<Option<DirectoryStep>, PeopleError> {
        let taken = Passing::DirectorySteps
            .statement(r#"DELETE FROM directory_steps WHERE hash = $1 RETURNING member, begun, "user", expires"#)?
            .bind(secret::hash(secret))
            .fetch_optional(self.database.pool())
            .await?;
        let Some(row) = taken else { return Ok(None) };
        if row.try_get::<i64, _>("expires")? <= self.seconds() {
            return Ok(None);
        }
        let begun = self.vault.open(PURPOSE, row.try_get::<&[u8], _>("begun")?)?;
        Ok(Some(DirectoryStep {
            member: row.try_get::<String, _>("member")?.parse().map_err(|_| PeopleError::Corrupt)?,
            user: row.try_get("user")?,
            begun: serde_json::from_slice(&begun).map_err(|_| PeopleError::Corrupt)?,
        }))
    }

    /// Whether who asks is who they say, by their password: before their account is linked.
    ///
    /// # Errors
    /// When it isn't the password, or too many were tried.
    pub async fn prove_password(&self, user: &super::User, current: &str) -> Result<(), PeopleError> {
        self.prove(user, current.into()).await.map(|_| ())
    }
}
