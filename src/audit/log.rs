//! The log's tree and checkpoints.

use super::LogError;
use crate::{
    database::{Database, Passing},
    model::Clock,
    proof::{Checkpoint, Entry, Event, Hash, PublicKey, SigningKey, Tree},
};
use sha2::{Digest, Sha256};
use sqlx::Row;
use std::sync::Arc;
use tokio::sync::RwLock;

/// Hashes that are read at once.
const PAGE: i64 = 10_000;

/// A checkpoint that the room has just signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// How many entries it is over.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// The name of a room's log, by what its key is checked against: no two rooms have the same.
fn origin(key_check: &[u8]) -> String {
    let digest = Sha256::digest([b"camerata log v1".as_slice(), key_check].concat());
    format!("camerata/{}", hex::encode(digest).split_at(24).0)
}

/// The key that signs a room's log and receipts: from its secret, for the log of the room that is known by `key_check`.
///
/// # Errors
/// Never with names that this program makes.
pub fn signing_key(key_check: &[u8], secret: &Hash) -> Result<SigningKey, LogError> {
    SigningKey::new(&origin(key_check), secret).map_err(|_| LogError::Corrupt)
}

/// The room's log.
pub struct Log {
    database: Database,
    clock: Arc<dyn Clock>,
    key: SigningKey,
    tree: RwLock<Tree>,
}

impl Log {
    /// Opens the log, of which the tree so far is known: all of it, from a verification, or nothing. What is missing is read.
    ///
    /// # Errors
    /// When the database fails, or the log names another key.
    pub async fn open(
        database: Database,
        clock: Arc<dyn Clock>,
        key: SigningKey,
        known: Tree,
    ) -> Result<Self, LogError> {
        let log = Self { database, clock, key, tree: RwLock::new(known) };
        let keys = log.keys().await?;
        if keys.last().is_some_and(|(newest, _)| newest != log.key.public()) {
            return Err(LogError::WrongKey);
        }
        log.catch_up().await?;
        Ok(log)
    }

    /// The key that signs.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    /// The keys that the room has signed with, oldest first, with the statement by which each was named.
    ///
    /// # Errors
    /// When the database fails or holds what isn't a key.
    pub async fn keys(&self) -> Result<Vec<(PublicKey, Option<String>)>, LogError> {
        keys(&self.database).await
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn size(&self) -> Result<u64, LogError> {
        self.catch_up().await
    }

    /// Writes an event that changes nothing else.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell(&self, event: Event) -> Result<(), LogError> {
        tell(&self.database, &*self.clock, event).await
    }

    /// Takes in what was written since, by this process or another; how many entries there are.
    pub(super) async fn catch_up(&self) -> Result<u64, LogError> {
        let known = self.tree.read().await.len();
        let rows = hashes(&self.database, known).await?;
        if rows.is_empty() {
            return Ok(known);
        }
        let mut tree = self.tree.write().await;
        let mut rows = if tree.len() == known { rows } else { hashes(&self.database, tree.len()).await? };
        while !rows.is_empty() {
            for hash in rows {
                tree.push(hash);
            }
            rows = hashes(&self.database, tree.len()).await?;
        }
        Ok(tree.len())
    }

    /// The newest checkpoint, signed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint(&self) -> Result<Signed, LogError> {
        let size = self.catch_up().await?;
        self.signed(size).await
    }

    /// The checkpoint of a size that the log had, signed.
    ///
    /// # Errors
    /// When the log was never that long.
    pub async fn signed(&self, size: u64) -> Result<Signed, LogError> {
        let root = self.tree.read().await.root(size).ok_or(LogError::NotFound)?;
        let checkpoint = Checkpoint { origin: self.key.public().name().to_owned(), size, root };
        Ok(Signed { size, note: checkpoint.sign(&self.key).map_err(|_| LogError::Corrupt)? })
    }

    /// Keeps a checkpoint as its hour's newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(&self, checkpoint: &Signed) -> Result<(), LogError> {
        let hour: String = self.clock.now().to_string().chars().take(13).collect();
        sqlx::query(
            "INSERT INTO log_checkpoints (hour, size, note) VALUES ($1, $2, $3)
             ON CONFLICT (hour) DO UPDATE SET size = excluded.size, note = excluded.note
             WHERE log_checkpoints.size <= excluded.size",
        )
        .bind(hour)
        .bind(i64::try_from(checkpoint.size).map_err(|_| LogError::Corrupt)?)
        .bind(&checkpoint.note)
        .execute(self.database.pool())
        .await?;
        Ok(())
    }

    /// Remembers, durably, that the newest checkpoint is kept outside the room's folder from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember_outside(&self) -> Result<(), LogError> {
        Passing::OutsideKept
            .statement("INSERT INTO outside_kept (only_row, since) VALUES (1, $1) ON CONFLICT (only_row) DO NOTHING")?
            .bind(self.clock.now().to_string())
            .execute(self.database.pool())
            .await?;
        Ok(())
    }

    /// The path from an entry to the root of a size.
    ///
    /// # Errors
    /// When there is no such entry or size.
    pub async fn inclusion(&self, position: u64, size: u64) -> Result<Vec<Hash>, LogError> {
        self.catch_up().await?;
        self.tree.read().await.inclusion(position, size).ok_or(LogError::NotFound)
    }

    /// What shows that the log of one size grew into that of another.
    ///
    /// # Errors
    /// When it never had these sizes, or the first is the larger.
    pub async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LogError> {
        self.catch_up().await?;
        self.tree.read().await.consistency(old, new).ok_or(LogError::NotFound)
    }

    /// The hashes of the leaves from a place on, one after the other, at most 65,536 of them.
    pub async fn leaf_hashes(&self, from: u64) -> Vec<u8> {
        let tree = self.tree.read().await;
        (from..tree.len().min(from.saturating_add(65_536))).filter_map(|at| tree.leaf(at)).flatten().collect()
    }
}

/// Writes an event that changes nothing else in the log of a room that isn't open here.
///
/// # Errors
/// When the database fails.
pub async fn tell(database: &Database, clock: &dyn Clock, event: Event) -> Result<(), LogError> {
    let mut writing = database.begin(clock).await?;
    writing.note(event, []);
    Ok(writing.commit().await?)
}

/// The keys that a room has signed with, oldest first, with the statement by which each was named.
///
/// # Errors
/// When the database fails or holds what isn't a key.
pub async fn keys(database: &Database) -> Result<Vec<(PublicKey, Option<String>)>, LogError> {
    let rows = sqlx::query("SELECT key, endorsement FROM log_keys ORDER BY id").fetch_all(database.pool()).await?;
    let key = |row: &sqlx::any::AnyRow| {
        let key: String = row.try_get("key")?;
        Ok((key.parse().map_err(|_| LogError::Corrupt)?, row.try_get("endorsement")?))
    };
    rows.iter().map(key).collect()
}

/// The leaf of an entry as it is stored, whatever became of it.
///
/// # Errors
/// When there is none, or the database fails.
pub async fn stored(database: &Database, position: u64) -> Result<Vec<u8>, LogError> {
    let row = sqlx::query("SELECT leaf FROM log_entries WHERE position = $1")
        .bind(i64::try_from(position).map_err(|_| LogError::NotFound)?)
        .fetch_optional(database.pool())
        .await?;
    Ok(row.ok_or(LogError::NotFound)?.try_get("leaf")?)
}

/// When the newest entry was written.
///
/// # Errors
/// When the database fails, or the entry isn't one.
pub async fn newest(database: &Database) -> Result<Option<jiff::Timestamp>, LogError> {
    let row = sqlx::query("SELECT leaf FROM log_entries ORDER BY position DESC LIMIT 1")
        .fetch_optional(database.pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let leaf: Vec<u8> = row.try_get("leaf")?;
    let entry = Entry::read(&leaf).map_err(|_| LogError::Corrupt)?;
    entry.at.parse().map(Some).map_err(|_| LogError::Corrupt)
}

/// Since when a room keeps its newest checkpoint outside its folder; `None` if it never has.
///
/// # Errors
/// When the database fails.
pub async fn outside_since(database: &Database) -> Result<Option<String>, LogError> {
    let row = sqlx::query("SELECT since FROM outside_kept").fetch_optional(database.pool()).await?;
    Ok(row.map(|row| row.try_get("since")).transpose()?)
}

/// The keys alone: what a checkpoint or receipt of the room may be signed with.
///
/// # Errors
/// As [`keys`].
pub async fn public_keys(database: &Database) -> Result<Vec<PublicKey>, LogError> {
    Ok(keys(database).await?.into_iter().map(|(key, _)| key).collect())
}

async fn hashes(database: &Database, from: u64) -> Result<Vec<Hash>, LogError> {
    let rows = sqlx::query("SELECT position, hash FROM log_entries WHERE position >= $1 ORDER BY position LIMIT $2")
        .bind(i64::try_from(from).map_err(|_| LogError::Corrupt)?)
        .bind(PAGE)
        .fetch_all(database.pool())
        .await?;
    let hash = |(expected, row): (u64, &sqlx::any::AnyRow)| {
        let position: i64 = row.try_get("position")?;
        let hash: Vec<u8> = row.try_get("hash")?;
        let hash = Hash::try_from(hash.as_slice()).map_err(|_| LogError::Corrupt)?;
        if u64::try_from(position).is_ok_and(|position| position == expected) {
            Ok(hash)
        } else {
            Err(LogError::Corrupt)
        }
    };
    (from..).zip(&rows).map(hash).collect()
}
