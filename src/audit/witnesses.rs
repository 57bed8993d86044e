//! Witnesses: members who vouch, by a key of their own, that the log they saw only ever grew. Whoever compares what several of them saw
//! finds a log that is shown differently to different members.

use super::{Log, LogError};
use crate::{
    model::MemberName,
    proof::{By, Checkpoint, CheckpointError, Event, PublicKey, What, cosignature},
};
use serde::Serialize;
use sqlx::Row;

/// Why a cosignature isn't kept.
#[derive(Debug, thiserror::Error)]
pub enum CosignError {
    /// The database failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The note isn't this room's checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The key is named for somebody else.
    #[error("a witness key bears its member's name: `{0}`")]
    OtherName(MemberName),
    /// The key didn't cosign the note.
    #[error("the key did not cosign this checkpoint")]
    NotCosigned,
    /// The log never had this root.
    #[error("the log never was what the checkpoint says")]
    OtherLog,
}

/// A member's newest cosignature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cosigned {
    /// The member.
    pub member: MemberName,
    /// The key that it named.
    pub key: String,
    /// The checkpoint with its cosignature.
    pub note: String,
}

impl Log {
    /// Keeps a member's cosignature on a checkpoint, unless it has a newer one; how many entries it vouches for. A key that the member hasn't named before is told by
    /// the log, to everyone.
    ///
    /// # Errors
    /// When the note isn't a checkpoint of this log, or the key isn't the member's or didn't cosign it.
    pub async fn cosigned(&self, by: By, key: &PublicKey, note: &str) -> Result<u64, CosignError> {
        if key.name() != by.member.as_str() {
            return Err(CosignError::OtherName(by.member));
        }
        let keys: Vec<PublicKey> = self.keys().await?.into_iter().map(|(key, _)| key).collect();
        let checkpoint = Checkpoint::open(note, &keys)?;
        let line = cosignature(note, key)?.ok_or(CosignError::NotCosigned)?;
        self.size().await?;
        // Our own note of that size and this one line: whatever else the note held isn't kept.
        let ours = self.signed(checkpoint.size).await.map_err(|error| match error {
            LogError::NotFound => CosignError::OtherLog,
            error => error.into(),
        })?;
        if Checkpoint::unverified(&ours.note)? != checkpoint {
            return Err(CosignError::OtherLog);
        }
        self.name_witness(by.clone(), key).await?;
        let size = i64::try_from(checkpoint.size).map_err(|_| LogError::Corrupt)?;
        sqlx::query(
            "INSERT INTO log_cosignatures (member, key, size, note) VALUES ($1, $2, $3, $4)
             ON CONFLICT (member) DO UPDATE SET key = excluded.key, size = excluded.size, note = excluded.note
             WHERE log_cosignatures.size <= excluded.size",
        )
        .bind(by.member.as_str())
        .bind(key.to_string())
        .bind(size)
        .bind(format!("{}{line}", ours.note))
        .execute(self.database().pool())
        .await
        .map_err(LogError::from)?;
        Ok(checkpoint.size)
    }

    async fn name_witness(&self, by: By, key: &PublicKey) -> Result<(), LogError> {
        let known = sqlx::query("SELECT key FROM log_cosignatures WHERE member = $1").bind(by.member.as_str());
        let known = known.fetch_optional(self.database().pool()).await?;
        let known: Option<String> = known.map(|row| row.try_get("key")).transpose()?;
        if known.as_deref() == Some(key.to_string().as_str()) {
            return Ok(());
        }
        self.tell(Event::public(What::WitnessNamed, Some(by)).with("key", key.to_string())).await
    }

    /// Every member's newest cosignature.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cosignatures(&self) -> Result<Vec<Cosigned>, LogError> {
        let rows = sqlx::query("SELECT member, key, note FROM log_cosignatures ORDER BY member");
        let rows = rows.fetch_all(self.database().pool()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let member: String = row.try_get("member")?;
            let member = member.parse().map_err(|_| LogError::Corrupt)?;
            Ok(Cosigned { member, key: row.try_get("key")?, note: row.try_get("note")? })
        };
        rows.iter().map(read).collect()
    }
}
