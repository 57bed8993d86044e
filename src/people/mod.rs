//! Bearer tokens, and the member, user and role each stands for.
//!
//! Promise: a token is shown once, when it is made; the room keeps only its SHA-256, and looks tokens up by that.

use crate::{
    database::{
        Database,
        records::{Kind, Record},
    },
    model::{Clock, MemberName, Role},
    proof::{Concerns, Event, What},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use sha2::{Digest, Sha256};
use sqlx::Row;
use std::sync::Arc;

/// Who signs in: a user of a member, in a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The member that the user works for.
    pub member: MemberName,
    /// The user's name there.
    pub user: String,
    /// What the user may do.
    pub role: Role,
}

/// Why tokens can't be made or looked up.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The database failed.
    #[error("the room's database failed")]
    Database(#[from] sqlx::Error),
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {0}")]
    Random(getrandom::Error),
    /// A stored row isn't what this version writes.
    #[error("the table of tokens holds a row that can't be read")]
    Corrupt,
}

/// The room's users.
#[derive(Clone)]
pub struct People {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl People {
    /// The users kept in this database.
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }

    /// Makes a token for a user and returns it; it can't be shown again.
    ///
    /// # Errors
    /// When the database fails or the system has no random bytes.
    pub async fn issue(&self, user: &User) -> Result<String, PeopleError> {
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret).map_err(PeopleError::Random)?;
        let token = format!("cam_{}", BASE64_URL_SAFE_NO_PAD.encode(secret));
        let mut writing = self.database.begin(&*self.clock).await?;
        let now = writing.now().to_string();
        let row = sqlx::query(
            r#"INSERT INTO tokens (hash, member, "user", role, created) VALUES ($1, $2, $3, $4, $5) RETURNING id"#,
        )
        .bind(hash(&token))
        .bind(user.member.as_str())
        .bind(&user.user)
        .bind(user.role.as_str())
        .bind(now)
        .fetch_one(&mut *writing)
        .await?;
        let event = about(What::TokenIssued, &user.member, &user.user).with("role", user.role.as_str());
        writing.note(event, [Record::new(Kind::Token, row.try_get::<i64, _>("id")?)]);
        writing.commit().await?;
        Ok(token)
    }

    /// The user a token stands for, or `None`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authenticate(&self, token: &str) -> Result<Option<User>, PeopleError> {
        // Looked up by hash: how long the search takes says nothing about any token.
        let row = sqlx::query(r#"SELECT member, "user", role FROM tokens WHERE hash = $1 AND revoked IS NULL"#)
            .bind(hash(token))
            .fetch_optional(self.database.pool())
            .await?;
        row.map(|row| {
            let member: String = row.try_get("member")?;
            let role: String = row.try_get("role")?;
            Ok(User {
                member: member.parse().map_err(|_| PeopleError::Corrupt)?,
                user: row.try_get("user")?,
                role: role.parse().map_err(|_| PeopleError::Corrupt)?,
            })
        })
        .transpose()
    }

    /// Ends every token of a user; returns how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke(&self, member: &MemberName, user: &str) -> Result<u64, PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let now = writing.now().to_string();
        let rows = sqlx::query(
            r#"UPDATE tokens SET revoked = $1 WHERE member = $2 AND "user" = $3 AND revoked IS NULL RETURNING id"#,
        )
        .bind(now)
        .bind(member.as_str())
        .bind(user)
        .fetch_all(&mut *writing)
        .await?;
        if rows.is_empty() {
            writing.cancel().await?;
            return Ok(0);
        }
        let ids = rows.iter().map(|row| Ok(Record::new(Kind::Token, row.try_get::<i64, _>("id")?)));
        writing.note(about(What::TokensRevoked, member, user), ids.collect::<Result<Vec<_>, sqlx::Error>>()?);
        writing.commit().await?;
        Ok(rows.len() as u64)
    }
}

/// Whoever runs the room did this, for a user of a member.
fn about(what: What, member: &MemberName, user: &str) -> Event {
    let concerns = Concerns::Members([member.clone()].into());
    Event { what, by: None, concerns, details: Map::new() }.with("member", member.as_str()).with("user", user)
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
