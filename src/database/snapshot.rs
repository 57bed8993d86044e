//! A copy of the room's SQLite database, made while another process reads and writes it, and what can be asked of one.

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection, Row, SqlitePool};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long the copy waits for a moment in which it may begin to read.
const WAIT: Duration = Duration::from_secs(30);

/// Why a copy can't be made or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file can't be read, or the copy can't be written.
    #[error("the room's database {file} can't be copied or read")]
    Sqlite {
        /// Which file.
        file: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// SQLite's own check finds something.
    #[error("the room's database {file} is damaged: {found}")]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// The first thing it found: tables and pages, never values.
        found: String,
    },
    /// No room was founded in it.
    #[error("the database {0} is not a room's")]
    Unfounded(PathBuf),
}

/// A database file that nobody writes any more. It is never changed: neither its tables nor its pages.
#[derive(Debug)]
pub struct Snapshot {
    file: PathBuf,
    pool: SqlitePool,
}

/// What tells a room from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    /// When (RFC 3339).
    pub founded: String,
    /// What the room's key is checked against.
    pub key_check: Vec<u8>,
}

impl Snapshot {
    /// Copies a database that may be in use, as it stands at one moment: every transaction is in the copy whole or not at all. Its
    /// tables are left at the version they have, since another program may be serving them.
    ///
    /// # Errors
    /// When the file can't be read, or the copy is there already or can't be written.
    pub async fn take(database: &Path, copy: &Path) -> Result<Self, SnapshotError> {
        let failed = |source| SnapshotError::Sqlite { file: database.to_owned(), source };
        // Written by its bytes, or not at all: an approximated path would be another file.
        let name = copy.to_str().ok_or_else(|| failed(io::Error::from(io::ErrorKind::InvalidFilename).into()))?;
        let options = SqliteConnectOptions::new().filename(database).create_if_missing(false).busy_timeout(WAIT);
        let mut connection = options.connect().await.map_err(failed)?;
        let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await;
        let closed = connection.close().await;
        copied.map_err(failed)?;
        closed.map_err(failed)?;
        Self::open(copy).await
    }

    /// Opens a database file that nobody writes.
    ///
    /// # Errors
    /// When the file can't be opened.
    pub async fn open(file: &Path) -> Result<Self, SnapshotError> {
        let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
        let opened = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = opened.map_err(|source| SnapshotError::Sqlite { file: file.to_owned(), source })?;
        Ok(Self { file: file.to_owned(), pool })
    }

    /// Has SQLite check every page, index, constraint and reference.
    ///
    /// # Errors
    /// When the check finds something, or the file can't be read.
    pub async fn check(&self) -> Result<(), SnapshotError> {
        let found = sqlx::query("PRAGMA integrity_check(1)").fetch_one(&self.pool).await;
        let found: String = found.and_then(|row| row.try_get(0)).map_err(|source| self.failed(source))?;
        if found != "ok" {
            return Err(self.damaged(found));
        }
        let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&self.pool).await;
        match dangling.map_err(|source| self.failed(source))? {
            None => Ok(()),
            Some(row) => {
                let table: String = row.try_get(0).map_err(|source| self.failed(source))?;
                Err(self.damaged(format!("a row of {table} refers to one that isn't there")))
            }
        }
    }

    /// When the room was founded, and what its key is checked against.
    ///
    /// # Errors
    /// When the file can't be read, or isn't a room's.
    pub async fn founding(&self) -> Result<Founding, SnapshotError> {
        let row = sqlx::query("SELECT founded, key_check FROM room").fetch_optional(&self.pool).await;
        let row = row.map_err(|source| self.failed(source))?;
        let row = row.ok_or_else(|| SnapshotError::Unfounded(self.file.clone()))?;
        let read = || Ok(Founding { founded: row.try_get("founded")?, key_check: row.try_get("key_check")? });
        read().map_err(|source| self.failed(source))
    }

    /// The newest id of every table that counts its rows: how far the room had come.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn newest(&self) -> Result<BTreeMap<String, i64>, SnapshotError> {
        let rows = sqlx::query("SELECT name, seq FROM sqlite_sequence").fetch_all(&self.pool).await;
        let rows = rows.map_err(|source| self.failed(source))?;
        let read = |row: &sqlx::sqlite::SqliteRow| Ok((row.try_get("name")?, row.try_get("seq")?));
        rows.iter().map(read).collect::<Result<_, _>>().map_err(|source| self.failed(source))
    }

    /// The newest checkpoint of the log that was kept in it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn checkpoint(&self) -> Result<Option<String>, SnapshotError> {
        let row = sqlx::query("SELECT note FROM log_checkpoints ORDER BY size DESC LIMIT 1");
        let row = row.fetch_optional(&self.pool).await.map_err(|source| self.failed(source))?;
        row.map(|row| row.try_get("note")).transpose().map_err(|source| self.failed(source))
    }

    /// The pool, for reads.
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Lets go of the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    fn failed(&self, source: sqlx::Error) -> SnapshotError {
        SnapshotError::Sqlite { file: self.file.clone(), source }
    }

    fn damaged(&self, found: String) -> SnapshotError {
        SnapshotError::Damaged { file: self.file.clone(), found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        database::{Database, Place},
        model::SystemClock,
        proof::SigningKey,
    };

    #[tokio::test]
    async fn a_copy_has_what_was_committed_and_nothing_of_what_was_not() {
        let folder = tempfile::tempdir().unwrap();
        let (file, copy) = (folder.path().join("room.sqlite"), folder.path().join("copy.sqlite"));
        let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
        let signing = SigningKey::new("camerata/test", &[1; 32]).unwrap();
        database.found(&SystemClock, b"check", signing.public()).await.unwrap();
        let insert = "INSERT INTO policy_publications (version, published) VALUES ('v', '2026-01-01T00:00:00Z')";
        let mut committed = database.raw().await.unwrap();
        sqlx::query(insert).execute(&mut *committed).await.unwrap();
        committed.commit().await.unwrap();
        // Another's transaction is open all the while, as in a room that is being served.
        let mut open = database.raw().await.unwrap();
        sqlx::query(insert).execute(&mut *open).await.unwrap();
        let snapshot = Snapshot::take(&file, &copy).await.unwrap();
        open.commit().await.unwrap();
        snapshot.check().await.unwrap();
        assert_eq!(snapshot.founding().await.unwrap().key_check, b"check");
        assert_eq!(snapshot.newest().await.unwrap().get("policy_publications"), Some(&1));
        assert!(Snapshot::take(&file, &copy).await.is_err(), "a copy was overwritten");
    }

    #[tokio::test]
    async fn damage_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("room.sqlite");
        let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
        let row =
            sqlx::query("SELECT rootpage FROM sqlite_master WHERE name = 'charges'").fetch_one(database.pool()).await;
        let page = (usize::try_from(row.unwrap().get::<i64, _>(0)).unwrap() - 1) * 4096;
        database.close().await;
        assert!(matches!(Snapshot::open(&file).await.unwrap().founding().await, Err(SnapshotError::Unfounded(_))));
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[page..page + 4096].fill(0xA5);
        std::fs::write(&file, bytes).unwrap();
        assert!(matches!(Snapshot::open(&file).await.unwrap().check().await, Err(SnapshotError::Damaged { .. })));
    }
}
