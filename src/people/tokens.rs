//! Tokens, for the command line and programs: named, for some of their user's roles, and for a time.

use super::{Identified, Means, People, PeopleError, Refusal, User, secret, text, user};
use crate::{
    database::{
        Writing,
        records::{Kind, Record},
    },
    model::{MemberName, Role},
    proof::What,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::{Row, any::AnyRow};
use std::collections::BTreeSet;

/// Days that a token lasts if nothing else is asked for, and at most.
pub const DAYS_DEFAULT: u16 = 90;
/// See [`DAYS_DEFAULT`].
pub const DAYS_MAX: u16 = 365;
/// Tokens of a user that are good at the same time.
const TOKENS_MAX: i64 = 50;

/// What a token is to be good for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What its user calls it.
    pub name: String,
    /// The roles it is for, as long as its user holds them; none named: all that the user holds when it is made.
    #[serde(default)]
    pub roles: BTreeSet<Role>,
    /// Whether it may only read.
    #[serde(default)]
    pub read_only: bool,
    /// Days that it lasts.
    #[serde(default = "days_default")]
    pub days: u16,
}

fn days_default() -> u16 {
    DAYS_DEFAULT
}

/// A token that has just been made.
#[derive(Debug, Clone, Serialize)]
pub struct Issued {
    /// Its number.
    pub id: i64,
    /// The token; shown once.
    pub token: String,
    /// When it ends (RFC 3339, UTC).
    pub expires: String,
}

/// A token as its user sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The roles it is for, as long as its user holds them.
    pub roles: BTreeSet<Role>,
    /// Whether it may only read.
    pub read_only: bool,
    /// Since when (RFC 3339, UTC).
    pub created: String,
    /// When it ends.
    pub expires: String,
}

/// Writes a token and notes it.
pub(super) async fn insert(
    writing: &mut Writing,
    user: &User,
    grant: &Grant,
    by_user: bool,
) -> Result<Issued, PeopleError> {
    if !(1..=DAYS_MAX).contains(&grant.days) {
        return Err(Refusal::Days.into());
    }
    if !grant.roles.is_subset(&user.roles) {
        return Err(Refusal::Roles.into());
    }
    let roles = user::words(if grant.roles.is_empty() { &user.roles } else { &grant.roles });
    let name = text::name(&grant.name)?;
    let token = secret::new("cam_")?;
    let now = writing.now();
    let expires = now + SignedDuration::from_hours(24 * i64::from(grant.days));
    let row = sqlx::query(
        r#"INSERT INTO access_tokens (hash, "user", name, roles, read_only, created, expires)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"#,
    )
    .bind(secret::hash(&token))
    .bind(user.id)
    .bind(name.as_str())
    .bind(roles.as_str())
    .bind(i64::from(grant.read_only))
    .bind(now.to_string())
    .bind(expires.to_string())
    .fetch_one(&mut **writing)
    .await?;
    let id: i64 = row.try_get("id")?;
    let event = if by_user { user.did(What::TokenIssued) } else { user::about(What::TokenIssued, user) };
    writing.note(event.with("roles", roles).with("token", id), [Record::new(Kind::AccessToken, id)]);
    Ok(Issued { id, token, expires: expires.to_string() })
}

/// Ends every token of a user; bound by the next event that is noted. How many there were.
pub(super) async fn end_all(writing: &mut Writing, user: i64) -> Result<usize, PeopleError> {
    let now = writing.now().to_string();
    let rows = sqlx::query(r#"UPDATE access_tokens SET ended = $1 WHERE "user" = $2 AND ended IS NULL RETURNING id"#)
        .bind(now)
        .bind(user)
        .fetch_all(&mut **writing)
        .await?;
    for row in &rows {
        writing.touch(Record::new(Kind::AccessToken, row.try_get::<i64, _>("id")?));
    }
    Ok(rows.len())
}

impl People {
    /// Makes a token for a user, who asks for it (`by_user`) or for whom whoever runs the room makes it. It can't be shown again.
    ///
    /// # Errors
    /// When the user doesn't hold the roles, or has too many tokens, or the database fails.
    pub async fn issue(&self, user: &User, grant: &Grant, by_user: bool) -> Result<Issued, PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let count = sqlx::query(
            r#"SELECT count(*) AS n FROM access_tokens WHERE "user" = $1 AND ended IS NULL AND expires > $2"#,
        )
        .bind(user.id)
        .bind(writing.now().to_string())
        .fetch_one(&mut *writing)
        .await?;
        let issued = if by_user && count.try_get::<i64, _>("n")? >= TOKENS_MAX {
            Err(Refusal::Busy.into())
        } else {
            insert(&mut writing, user, grant, by_user).await
        };
        match issued {
            Ok(issued) => {
                writing.commit().await?;
                Ok(issued)
            }
            Err(error) => {
                writing.cancel().await?;
                Err(error)
            }
        }
    }

    /// Whom a token stands for, with the roles that it is for and its user holds now; `None` if it is ended or nobody's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by_token(&self, token: &str) -> Result<Option<Identified>, PeopleError> {
        // Looked up by hash: how long the search takes says nothing about any token.
        let row = sqlx::query(
            r#"SELECT u.id, u.member, u.name, u.language, u.roles, t.id AS token, t.roles AS narrowed, t.read_only, t.expires
               FROM access_tokens t JOIN users u ON u.id = t."user"
               WHERE t.hash = $1 AND t.ended IS NULL AND u.ended IS NULL"#,
        )
        .bind(secret::hash(token))
        .fetch_optional(self.database.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let expires: Timestamp = row.try_get::<String, _>("expires")?.parse().map_err(|_| PeopleError::Corrupt)?;
        if self.clock.now() >= expires {
            return Ok(None);
        }
        let mut user = user::read(&row)?;
        let narrowed: String = row.try_get("narrowed")?;
        user.roles.retain(|role| narrowed.split_whitespace().any(|word| word == role.as_str()));
        let means = Means::Token { id: row.try_get("token")?, read_only: row.try_get::<i64, _>("read_only")? == 1 };
        Ok(Some(Identified { user, means }))
    }

    /// The tokens of a user that are good, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self, user: &User) -> Result<Vec<Listed>, PeopleError> {
        let rows = sqlx::query(
            r#"SELECT id, name, roles, read_only, created, expires FROM access_tokens
               WHERE "user" = $1 AND ended IS NULL ORDER BY id DESC"#,
        )
        .bind(user.id)
        .fetch_all(self.database.pool())
        .await?;
        let read = |row: &AnyRow| {
            Ok(Listed {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                roles: user::roles(row)?,
                read_only: row.try_get::<i64, _>("read_only")? == 1,
                created: row.try_get("created")?,
                expires: row.try_get("expires")?,
            })
        };
        let listed = rows.iter().map(read).collect::<Result<Vec<_>, PeopleError>>()?;
        let now = self.clock.now();
        Ok(listed.into_iter().filter(|token| token.expires.parse().is_ok_and(|end: Timestamp| now < end)).collect())
    }

    /// Ends a token of a user.
    ///
    /// # Errors
    /// When there is none of this number that is theirs.
    pub async fn end_token(&self, user: &User, id: i64) -> Result<(), PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let now = writing.now().to_string();
        let ended =
            sqlx::query(r#"UPDATE access_tokens SET ended = $1 WHERE id = $2 AND "user" = $3 AND ended IS NULL"#)
                .bind(now)
                .bind(id)
                .bind(user.id)
                .execute(&mut *writing)
                .await?;
        if ended.rows_affected() == 0 {
            writing.cancel().await?;
            return Err(Refusal::NotFound.into());
        }
        writing.note(user.did(What::TokensRevoked).with("token", id), [Record::new(Kind::AccessToken, id)]);
        Ok(writing.commit().await?)
    }

    /// Ends every token of a member's user, by name, for whoever has the machine; how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke(&self, member: &MemberName, name: &str) -> Result<usize, PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let user = user::named(&mut writing, member, &text::plain(name, 200)).await?;
        let ended = match &user {
            Some((user, _)) => end_all(&mut writing, user.id).await?,
            None => 0,
        };
        match user {
            Some((user, _)) if ended > 0 => {
                writing.note(user::about(What::TokensRevoked, &user), []);
                writing.commit().await?;
            }
            _ => writing.cancel().await?,
        }
        Ok(ended)
    }
}
