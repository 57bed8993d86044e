//! What the room keeps outside its folder: the newest checkpoint of its log, and what every account has spent.
//!
//! Whoever sets the folder back to an older state, by a backup or on purpose, doesn't set this file back: the room then refuses to
//! serve, and once an officer has accepted, what was spent in the lost part stays spent. The database remembers that the file was once
//! kept, from before the file is there: a file that is gone is a set-back too.

use super::backup::aside::{part, sync_parent};
use crate::{
    audit::{Log, LogError},
    database::{Turn, Turns},
    ledger::{Ledger, LedgerError, Spent},
    proof::{Checkpoint, PublicKey, Tree},
};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use tokio::sync::Mutex;

/// What lies in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The newest checkpoint, signed.
    pub checkpoint: String,
    /// What each account has spent, at that size of the log or later.
    pub accounts: Vec<Spent>,
}

/// Why the file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// It can't be read or written.
    #[error(
        "{path}: {source}. The room keeps its log's newest checkpoint there, outside its folder; `checkpoint_file` in camerata.toml names another place"
    )]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It isn't what the room writes.
    #[error(
        "{0} is not what this room keeps there: find out who changed it; a room never starts without it once it was written, unless an officer accepts that"
    )]
    Malformed(PathBuf),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// How the log stands to what was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was ever kept; the log has so many entries.
    First(u64),
    /// Something was kept, and is gone; the log has so many entries.
    Gone(u64),
    /// The log is the kept one, grown.
    Grown,
    /// The log is shorter than the kept one, or another.
    WentBack {
        /// Entries that were kept.
        kept: u64,
        /// Entries that there are.
        found: u64,
    },
}

/// The file, and how much of the log it knows.
pub struct Outside {
    path: PathBuf,
    /// How much of the log it knows, if this process wrote it.
    size: Mutex<Option<u64>>,
}

impl Outside {
    /// The file at this path.
    pub fn new(path: PathBuf) -> Self {
        Self { path, size: Mutex::new(None) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a first file in its place that a crash left beside it.
    ///
    /// # Errors
    /// When it can't be put there.
    pub async fn settle(&self, turns: &Turns) -> Result<(), OutsideError> {
        if self.path.exists() {
            return Ok(());
        }
        let _turn = turns.take(Turn::Outside).await.map_err(LogError::from)?;
        match fs::rename(part(&self.path), &self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            renamed => renamed
                .and_then(|()| sync_parent(&self.path))
                .map_err(|source| OutsideError::File { path: self.path.clone(), source }),
        }
    }

    /// What is kept, if anything.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(&self) -> Result<Option<Kept>, OutsideError> {
        match fs::read(&self.path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map(Some).map_err(|_| OutsideError::Malformed(self.path.clone()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(OutsideError::File { path: self.path.clone(), source }),
        }
    }

    /// How a log with this tree and these keys stands to what was kept, if anything ever was.
    ///
    /// # Errors
    /// When the file can't be read, or none of the keys signed it.
    pub fn compare(&self, tree: &Tree, keys: &[PublicKey], ever: bool) -> Result<Standing, OutsideError> {
        let Some(kept) = self.read()? else {
            return Ok(if ever { Standing::Gone(tree.len()) } else { Standing::First(tree.len()) });
        };
        let checkpoint = Checkpoint::open(&kept.checkpoint, keys);
        let checkpoint = checkpoint.map_err(|_| OutsideError::Malformed(self.path.clone()))?;
        if tree.root(checkpoint.size) == Some(checkpoint.root) {
            Ok(Standing::Grown)
        } else {
            Ok(Standing::WentBack { kept: checkpoint.size, found: tree.len() })
        }
    }

    /// Makes sure that the file knows all that the log now holds. Those who ask at the same time share one write.
    ///
    /// # Errors
    /// When the database or the file fails: what was to be answered must then not be.
    pub async fn keep(&self, log: &Log, ledger: &Ledger, turns: &Turns) -> Result<(), OutsideError> {
        let needed = log.size().await?;
        let mut size = self.size.lock().await;
        if size.is_some_and(|size| size >= needed) {
            return Ok(());
        }
        // Gateways of one machine share the file. What one writes is signed in its turn, so nothing older comes after it.
        let _turn = turns.take(Turn::Outside).await.map_err(LogError::from)?;
        // The checkpoint first: what accounts have spent by the time they are read is at least what they had at its size.
        let checkpoint = log.checkpoint().await?;
        let accounts = ledger.spent().await?;
        let kept = Kept { checkpoint: checkpoint.note.clone(), accounts };
        let (path, bytes) = (self.path.clone(), serde_json::to_vec(&kept).map_err(|_| LogError::Corrupt)?);
        let failed = |source| OutsideError::File { path: self.path.clone(), source };
        tokio::task::spawn_blocking(move || write_aside(&path, &bytes))
            .await
            .map_err(|e| failed(e.into()))?
            .map_err(failed)?;
        if size.is_none() {
            // After the file beside it and before the file itself: a crash between leaves what `settle` finds.
            log.remember_outside().await?;
        }
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || put_in_place(&path))
            .await
            .map_err(|e| failed(e.into()))?
            .map_err(failed)?;
        log.keep(&checkpoint).await?;
        *size = Some(checkpoint.size);
        Ok(())
    }
}

/// Written aside and made durable, before it is moved into its place: a crash leaves the old or the new.
fn write_aside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(part(path))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_parent(path)
}

fn put_in_place(path: &Path) -> io::Result<()> {
    fs::rename(part(path), path)?;
    sync_parent(path)
}
