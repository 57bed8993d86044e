//! Sessions in the browser: begun by a sign-in, kept by the room, ended by their user, by time, or by other roles.

use super::{People, PeopleError, Refusal, User, secret, text, user};
use crate::{
    database::{
        Passing, Writing,
        records::{Kind, Record},
    },
    proof::What,
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::{Row, any::AnyRow};
use std::time::Duration;

/// How often it is written down that a session was used.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// Longest description of a browser, in characters.
const AGENT_CHARS_MAX: usize = 120;

/// By what somebody was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// By a session's cookie: in person.
    Session(i64),
    /// By a token.
    Token {
        /// Its number.
        id: i64,
        /// Whether it may only read.
        read_only: bool,
    },
}

/// Somebody who is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// Who it is, with the roles held now.
    pub user: User,
    /// By what they are known.
    pub means: Means,
}

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What the browser shows to be known again; shown once.
    pub secret: String,
    /// Whose it is.
    pub user: User,
    /// Seconds for which it can live at most.
    pub seconds: u64,
}

/// A session as its user sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// Its number.
    pub id: i64,
    /// What the browser said of itself.
    pub agent: String,
    /// Since when (RFC 3339, UTC).
    pub created: String,
    /// When it was last used, to the minute or so.
    pub seen: String,
    /// When it ends at the latest.
    pub expires: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

fn moment(text: &str) -> Result<Timestamp, PeopleError> {
    text.parse().map_err(|_| PeopleError::Corrupt)
}

/// What a browser says of itself, made fit to be shown.
pub(super) fn agent(text: &str) -> String {
    text::plain(text, AGENT_CHARS_MAX)
}

/// Writes a new session of a user; noted by the caller's event.
pub(super) async fn begin(
    people: &People,
    writing: &mut Writing,
    user: &User,
    agent: &str,
) -> Result<NewSession, PeopleError> {
    let secret = secret::new("")?;
    let longest = people.settings.session_longest();
    let now = writing.now();
    let expires = now + SignedDuration::try_from(longest).map_err(|_| PeopleError::Corrupt)?;
    let row = sqlx::query(
        r#"INSERT INTO sessions (hash, "user", agent, created, expires) VALUES ($1, $2, $3, $4, $5) RETURNING id"#,
    )
    .bind(secret::hash(&secret))
    .bind(user.id)
    .bind(agent)
    .bind(now.to_string())
    .bind(expires.to_string())
    .fetch_one(&mut **writing)
    .await?;
    writing.touch(Record::new(Kind::Session, row.try_get::<i64, _>("id")?));
    Ok(NewSession { secret, user: user.clone(), seconds: longest.as_secs() })
}

/// Ends the sessions of a user, all but one; bound by the next event that is noted.
pub(super) async fn end_all(writing: &mut Writing, user: i64, but: Option<i64>) -> Result<usize, PeopleError> {
    let now = writing.now().to_string();
    let rows =
        sqlx::query(r#"UPDATE sessions SET ended = $1 WHERE "user" = $2 AND id <> $3 AND ended IS NULL RETURNING id"#)
            .bind(now)
            .bind(user)
            .bind(but.unwrap_or(-1))
            .fetch_all(&mut **writing)
            .await?;
    for row in &rows {
        writing.touch(Record::new(Kind::Session, row.try_get::<i64, _>("id")?));
    }
    let steps = Passing::SigninSteps.statement(r#"DELETE FROM signin_steps WHERE "user" = $1"#)?;
    steps.bind(user).execute(&mut **writing).await?;
    Ok(rows.len())
}

impl People {
    /// Whose session this is: unless it was ended, wasn't used for too long, or lives too long.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by_session(&self, secret: &str) -> Result<Option<Identified>, PeopleError> {
        let row = sqlx::query(
            r#"SELECT u.id, u.member, u.name, u.language, u.roles, s.id AS session, s.created AS begun, s.expires, x.seen
               FROM sessions s JOIN users u ON u.id = s."user" LEFT JOIN session_uses x ON x.session = s.id
               WHERE s.hash = $1 AND s.ended IS NULL AND u.ended IS NULL"#,
        )
        .bind(secret::hash(secret))
        .fetch_optional(self.database.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let now = self.clock.now();
        let session: i64 = row.try_get("session")?;
        let begun = moment(&row.try_get::<String, _>("begun")?)?;
        let seen = row.try_get::<Option<String>, _>("seen")?.map(|seen| moment(&seen)).transpose()?;
        let idle = now.duration_since(seen.unwrap_or(begun)).unsigned_abs();
        if now >= moment(&row.try_get::<String, _>("expires")?)? || idle >= self.settings.session_idle() {
            return Ok(None);
        }
        if idle >= SEEN_EVERY {
            self.seen(session, now).await?;
        }
        Ok(Some(Identified { user: user::read(&row)?, means: Means::Session(session) }))
    }

    async fn seen(&self, session: i64, now: Timestamp) -> Result<(), PeopleError> {
        Passing::SessionUses
            .statement(
                "INSERT INTO session_uses (session, seen) VALUES ($1, $2)
                 ON CONFLICT (session) DO UPDATE SET seen = excluded.seen",
            )?
            .bind(session)
            .bind(now.to_string())
            .execute(self.database.pool())
            .await?;
        Ok(())
    }

    /// The sessions of a user that live, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, identified: &Identified) -> Result<Vec<Listed>, PeopleError> {
        let rows = sqlx::query(
            r#"SELECT s.id, s.agent, s.created, s.expires, x.seen FROM sessions s
               LEFT JOIN session_uses x ON x.session = s.id WHERE s."user" = $1 AND s.ended IS NULL ORDER BY s.id DESC"#,
        )
        .bind(identified.user.id)
        .fetch_all(self.database.pool())
        .await?;
        let now = self.clock.now();
        let read = |row: &AnyRow| {
            let id = row.try_get("id")?;
            let created: String = row.try_get("created")?;
            let seen = row.try_get::<Option<String>, _>("seen")?.unwrap_or_else(|| created.clone());
            let expires = row.try_get("expires")?;
            Ok(Listed {
                id,
                agent: row.try_get("agent")?,
                created,
                seen,
                expires,
                current: identified.means == Means::Session(id),
            })
        };
        let listed = rows.iter().map(read).collect::<Result<Vec<_>, PeopleError>>()?;
        let lives = |session: &Listed| {
            let idle = moment(&session.seen).map(|seen| now.duration_since(seen).unsigned_abs());
            moment(&session.expires).is_ok_and(|end| now < end)
                && idle.is_ok_and(|idle| idle < self.settings.session_idle())
        };
        Ok(listed.into_iter().filter(lives).collect())
    }

    /// Ends a session of a user.
    ///
    /// # Errors
    /// When there is none of this number that is theirs.
    pub async fn end_session(&self, user: &User, id: i64) -> Result<(), PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let now = writing.now().to_string();
        let ended = sqlx::query(r#"UPDATE sessions SET ended = $1 WHERE id = $2 AND "user" = $3 AND ended IS NULL"#)
            .bind(now)
            .bind(id)
            .bind(user.id)
            .execute(&mut *writing)
            .await?;
        if ended.rows_affected() == 0 {
            writing.cancel().await?;
            return Err(Refusal::NotFound.into());
        }
        writing.note(user.did(What::SignedOut), [Record::new(Kind::Session, id)]);
        Ok(writing.commit().await?)
    }
}
