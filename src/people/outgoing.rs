//! Messages to people, kept until they are sent. What a message says is sealed: links in it are secrets.

use super::{People, PeopleError};
use crate::{database::Passing, model::Language};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutgoingKind {
    /// An invitation: `link`, `member`, `roles`, `hours`.
    Invitation,
    /// Somebody invited an address that has an account: `member`.
    InvitedAgain,
    /// A link to set another password: `link`, `minutes`.
    Recovery,
    /// A sign-in from a browser that wasn't used before: `agent`, `at`.
    NewDevice,
    /// The password, second factor or recovery codes were changed: `what`, `at`.
    SecretsChanged,
    /// Changed agreements wait for an owner's approval: `member`, `proposal`, `link`.
    Proposal,
    /// A template waits for an owner's approval: `member`, `template`, `link`.
    TemplateProposal,
    /// The engine could not run a template, and nobody's approval of it is in force any more: `template`, `link`.
    TemplateFailed,
    /// An audience comes to its end: `audience`, `date`, `when`.
    Expiring,
    /// Most of an owner's privacy budget is spent: `account`, `percent`, `link`.
    Budget,
}

impl OutgoingKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Invitation,
        Self::InvitedAgain,
        Self::Recovery,
        Self::NewDevice,
        Self::SecretsChanged,
        Self::Proposal,
        Self::TemplateProposal,
        Self::TemplateFailed,
        Self::Expiring,
        Self::Budget,
    ];

    /// Its word: `new-device`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::InvitedAgain => "invited-again",
            Self::Recovery => "recovery",
            Self::NewDevice => "new-device",
            Self::SecretsChanged => "secrets-changed",
            Self::Proposal => "proposal",
            Self::TemplateProposal => "template-proposal",
            Self::TemplateFailed => "template-failed",
            Self::Expiring => "expiring",
            Self::Budget => "budget",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether its reader may do without: all but what guards an account, and what ended without the reader.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Proposal | Self::TemplateProposal | Self::Expiring | Self::Budget)
    }

    /// How long it is worth sending: a link to another password no longer than that is good.
    fn life(self) -> SignedDuration {
        SignedDuration::from_hours(if self == Self::Recovery { 1 } else { 72 })
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// What it is about.
    pub kind: OutgoingKind,
    /// The address that it goes to.
    pub recipient: String,
    /// The reader's language.
    pub language: Language,
    /// What it says, by kind.
    pub content: Value,
}

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// The message.
    pub message: Outgoing,
    /// Until when it is worth sending.
    pub(super) until: Timestamp,
    /// How often it was tried, this try included.
    pub(super) tries: i64,
}

const PURPOSE: &str = "outgoing";
/// How long a gateway has a message to itself that it claimed: far longer than it tries to send it.
const CLAIMED_S: i64 = 600;
/// How long the second try waits, in seconds; each further one twice as long, up to the longest.
const WAIT_S: i64 = 10;
const WAIT_S_MAX: i64 = 3600;
/// How long it is known of a message, of which there is to be one alone, that there was one.
const KNOWN: SignedDuration = SignedDuration::from_hours(100 * 24);

/// How long after this many tries the next one comes, in seconds.
fn wait(tries: i64) -> i64 {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    WAIT_S.saturating_mul(1 << doublings).min(WAIT_S_MAX)
}

impl People {
    /// Keeps a message until it is sent, by this connection or in its transaction.
    pub(super) async fn send(&self, connection: &mut AnyConnection, message: &Outgoing) -> Result<(), PeopleError> {
        self.keep(connection, None, message).await?;
        Ok(())
    }

    /// Keeps a message, unless there was one by this name already; whether there wasn't.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_once(&self, once: &str, message: &Outgoing) -> Result<bool, PeopleError> {
        let mut connection = self.database.pool().acquire().await?;
        self.keep(&mut connection, Some(once), message).await
    }

    async fn keep(
        &self,
        connection: &mut AnyConnection,
        once: Option<&str>,
        message: &Outgoing,
    ) -> Result<bool, PeopleError> {
        let content = serde_json::to_vec(&message.content).map_err(|_| PeopleError::Corrupt)?;
        let kept = Passing::Outbox
            .statement(
                "INSERT INTO outbox (kind, recipient, language, message, created, once) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (once) DO NOTHING",
            )?
            .bind(message.kind.word())
            .bind(message.recipient.as_str())
            .bind(message.language.as_str())
            .bind(self.vault.seal(PURPOSE, &content)?)
            .bind(self.clock.now().to_string())
            .bind(once)
            .execute(connection)
            .await?;
        self.posted.notify_one();
        Ok(kept.rows_affected() == 1)
    }

    /// Waits until a message was put in here; it may not be committed yet.
    pub async fn posted(&self) {
        self.posted.notified().await;
    }

    /// Messages that wait to be sent, oldest first, at most so many.
    ///
    /// # Errors
    /// When the database fails, or one can't be opened.
    pub async fn waiting(&self, most: i64) -> Result<Vec<Waiting>, PeopleError> {
        let rows = sqlx::query(
            "SELECT id, kind, recipient, language, message, created, tries FROM outbox
             WHERE sent IS NULL ORDER BY id LIMIT $1",
        )
        .bind(most)
        .fetch_all(self.database.pool())
        .await?;
        rows.iter().map(|row| self.read_waiting(row)).collect()
    }

    fn read_waiting(&self, row: &AnyRow) -> Result<Waiting, PeopleError> {
        let content = self.vault.open(PURPOSE, row.try_get::<&[u8], _>("message")?)?;
        let kind = OutgoingKind::of(&row.try_get::<String, _>("kind")?).ok_or(PeopleError::Corrupt)?;
        let created: Timestamp = row.try_get::<String, _>("created")?.parse().map_err(|_| PeopleError::Corrupt)?;
        let message = Outgoing {
            kind,
            recipient: row.try_get("recipient")?,
            language: super::user::language(row)?,
            content: serde_json::from_slice(&content).map_err(|_| PeopleError::Corrupt)?,
        };
        let (id, tries) = (row.try_get("id")?, row.try_get("tries")?);
        Ok(Waiting { id, message, until: created + kind.life(), tries })
    }

    /// A message whose time has come, for who calls alone: no other gateway sends it within the next ten minutes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(&self) -> Result<Option<Waiting>, PeopleError> {
        loop {
            let now = self.seconds();
            let row = sqlx::query(
                "SELECT id, kind, recipient, language, message, created, tries, due FROM outbox
                 WHERE sent IS NULL AND due <= $1 ORDER BY id LIMIT 1",
            );
            let Some(row) = row.bind(now).fetch_optional(self.database.pool()).await? else { return Ok(None) };
            let (id, tries): (i64, i64) = (row.try_get("id")?, row.try_get("tries")?);
            let claimed = Passing::Outbox
                .statement("UPDATE outbox SET tries = $1, due = $2 WHERE id = $3 AND tries = $4 AND due = $5")?
                .bind(tries + 1)
                .bind(now + CLAIMED_S)
                .bind(id)
                .bind(tries)
                .bind(row.try_get::<i64, _>("due")?)
                .execute(self.database.pool())
                .await?;
            if claimed.rows_affected() != 1 {
                continue;
            }
            match self.read_waiting(&row) {
                Ok(waiting) if self.clock.now() < waiting.until => {
                    return Ok(Some(Waiting { tries: tries + 1, ..waiting }));
                }
                Ok(Waiting { message, .. }) => {
                    tracing::warn!(letter = id, kind = message.kind.word(), "a letter is too old and is dropped");
                }
                // It would stand in the way of all others.
                Err(PeopleError::Database(error)) => return Err(error.into()),
                Err(error) => tracing::error!(letter = id, %error, "a letter can't be read and is dropped"),
            }
            self.forget(id).await?;
        }
    }

    /// Lets a claimed message be tried again later, or drops it if that would be too late; whether it is tried again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_later(&self, waiting: &Waiting) -> Result<bool, PeopleError> {
        let due = self.seconds() + wait(waiting.tries);
        if due >= waiting.until.as_second() {
            self.forget(waiting.id).await?;
            return Ok(false);
        }
        let later = Passing::Outbox.statement("UPDATE outbox SET due = $1 WHERE id = $2 AND tries = $3")?;
        later.bind(due).bind(waiting.id).bind(waiting.tries).execute(self.database.pool()).await?;
        Ok(true)
    }

    /// Forgets a message: it was sent, or never can be. Of one of which there is to be one alone, its name stays known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget(&self, id: i64) -> Result<(), PeopleError> {
        Passing::Outbox
            .statement("UPDATE outbox SET sent = $1, recipient = '', message = $2 WHERE id = $3 AND once IS NOT NULL")?
            .bind(self.clock.now().to_string())
            .bind([].as_slice())
            .bind(id)
            .execute(self.database.pool())
            .await?;
        let gone = Passing::Outbox.statement("DELETE FROM outbox WHERE id = $1 AND once IS NULL")?;
        gone.bind(id).execute(self.database.pool()).await?;
        Ok(())
    }

    /// Forgets the messages that nobody sends and that are worth sending no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_old(&self) -> Result<(), PeopleError> {
        let now = self.clock.now();
        let rows = sqlx::query("SELECT id, kind, created FROM outbox WHERE sent IS NULL");
        for row in rows.fetch_all(self.database.pool()).await? {
            let kind = OutgoingKind::of(&row.try_get::<String, _>("kind")?).ok_or(PeopleError::Corrupt)?;
            let created: Timestamp = row.try_get::<String, _>("created")?.parse().map_err(|_| PeopleError::Corrupt)?;
            if created + kind.life() <= now {
                self.forget(row.try_get("id")?).await?;
            }
        }
        let known = Passing::Outbox.statement("DELETE FROM outbox WHERE sent < $1")?;
        known.bind((now - KNOWN).to_string()).execute(self.database.pool()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_word_is_its_kind_s_own_and_the_json_s() {
        for kind in OutgoingKind::ALL {
            assert_eq!(OutgoingKind::of(kind.word()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }

    #[test]
    fn the_wait_grows_and_ends() {
        let waits: Vec<i64> = (1..=11).map(wait).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
        assert_eq!(wait(i64::MAX), 3600);
    }
}
