//! The room's own database (not customers' data): SQLite, fsync on every commit, one writer at a time.
//!
//! Promise: a transaction made by [`Database::begin`] is durable once its commit returns, and writers never interleave.

mod snapshot;

pub use snapshot::{Founding, Snapshot, SnapshotError};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, Sqlite, SqlitePool, Transaction};
use std::{path::Path, time::Duration};

/// Readers that may hold a connection at once; writers queue on SQLite's own lock.
const CONNECTIONS_MAX: u32 = 8;
/// How long a writer waits for its turn before it gives up.
const WRITER_WAIT: Duration = Duration::from_secs(30);

/// Why the room's database can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file can't be opened or created.
    #[error("the room's database can't be opened")]
    Open(#[source] sqlx::Error),
    /// A row can't be read or written.
    #[error("the room's database can't be read or written")]
    Row(#[from] sqlx::Error),
    /// Its tables can't be brought up to date.
    #[error("the room's database can't be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// A pool of connections to the room's database.
#[derive(Debug, Clone)]
pub struct Database {
    pool: SqlitePool,
}

impl Database {
    /// Opens the file, creating it if it isn't there, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file can't be opened (permissions, disk) or a migration fails.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL can lose commits at power loss, and a lost charge is a free answer.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WRITER_WAIT);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .connect_with(options)
            .await
            .map_err(OpenError::Open)?;
        sqlx::migrate!("src/database/migrations").run(&pool).await?;
        Ok(Self { pool })
    }

    /// Begins a writing transaction: it holds the only write lock from its start, so what it reads can't change
    /// before it writes.
    ///
    /// # Errors
    /// When no connection is free or another writer holds the lock for 30 seconds.
    pub async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.pool.begin_with("BEGIN IMMEDIATE").await
    }

    /// Writes when the room was founded (RFC 3339) and what its key is checked against.
    ///
    /// # Errors
    /// When the room was founded before, or the file can't be written.
    pub async fn found(&self, founded: &str, key_check: &[u8]) -> Result<(), OpenError> {
        let mut transaction = self.begin().await?;
        sqlx::query("INSERT INTO room (only_row, founded, key_check) VALUES (1, ?, ?)")
            .bind(founded)
            .bind(key_check)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// What the room's key is checked against, if the room was founded.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn key_check(&self) -> Result<Option<Vec<u8>>, OpenError> {
        let row = sqlx::query("SELECT key_check FROM room").fetch_optional(&self.pool).await?;
        Ok(row.map(|row| row.try_get("key_check")).transpose()?)
    }

    /// The pool, for reads.
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Closes every connection, so that the write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
