//! Messages to people, kept until they are sent. What a message says is sealed: links in it are secrets.

use super::{People, PeopleError};
use crate::{database::Passing, model::Language};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{AnyConnection, Row};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
}

const PURPOSE: &str = "outgoing";

impl People {
    /// Keeps a message until it is sent, by this connection or in its transaction.
    pub(super) async fn send(&self, connection: &mut AnyConnection, message: &Outgoing) -> Result<(), PeopleError> {
        let content = serde_json::to_vec(&message.content).map_err(|_| PeopleError::Corrupt)?;
        let kind = serde_json::to_value(message.kind).ok().and_then(|word| word.as_str().map(str::to_owned));
        Passing::Outbox
            .statement("INSERT INTO outbox (kind, recipient, language, message, created) VALUES ($1, $2, $3, $4, $5)")?
            .bind(kind.ok_or(PeopleError::Corrupt)?)
            .bind(message.recipient.as_str())
            .bind(message.language.as_str())
            .bind(self.vault.seal(PURPOSE, &content)?)
            .bind(self.clock.now().to_string())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Messages that wait to be sent, oldest first, at most so many.
    ///
    /// # Errors
    /// When the database fails, or one can't be opened.
    pub async fn waiting(&self, most: i64) -> Result<Vec<Waiting>, PeopleError> {
        let rows = sqlx::query("SELECT id, kind, recipient, language, message FROM outbox ORDER BY id LIMIT $1")
            .bind(most)
            .fetch_all(self.database.pool())
            .await?;
        let mut waiting = Vec::new();
        for row in rows {
            let content = self.vault.open(PURPOSE, row.try_get::<&[u8], _>("message")?)?;
            let kind =
                serde_json::from_value(row.try_get::<String, _>("kind")?.into()).map_err(|_| PeopleError::Corrupt)?;
            let message = Outgoing {
                kind,
                recipient: row.try_get("recipient")?,
                language: super::user::language(&row)?,
                content: serde_json::from_slice(&content).map_err(|_| PeopleError::Corrupt)?,
            };
            waiting.push(Waiting { id: row.try_get("id")?, message });
        }
        Ok(waiting)
    }

    /// Forgets a message: it was sent, or never can be.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent(&self, id: i64) -> Result<(), PeopleError> {
        let forget = Passing::Outbox.statement("DELETE FROM outbox WHERE id = $1")?;
        forget.bind(id).execute(self.database.pool()).await?;
        Ok(())
    }
}
