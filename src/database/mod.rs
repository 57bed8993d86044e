//! The room's own database (not customers' data): an SQLite file by default, PostgreSQL by URL where several gateways serve one room.
//!
//! Promise, the same on both: a transaction made by [`Database::begin`] is durable once its commit returns, and writers never
//! interleave. So is the SQL: what the two say differently is in this module and in `migrations/` alone.

mod place;
#[cfg(test)]
#[path = "../../tests/server/support/postgres.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]
pub(crate) mod postgres;
#[cfg(test)]
mod tests;
mod turns;

/// Runs each test, which takes a place, on a new database of either kind.
#[cfg(test)]
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                let folder = tempfile::tempdir().unwrap();
                super::$test($crate::database::Place::in_folder(folder.path())).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::database::Place::on_test_server()).await;
            })*
        }
    };
}
#[cfg(test)]
pub(crate) use on_both;

pub use place::{NotAServer, Place, ServerUrl};
pub use turns::{Held, Turn, TurnError, Turns};

use sqlx::{
    Any, AnyConnection, AnyPool, ConnectOptions as _, Connection as _, Executor as _, Row, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::Migrator,
};
use std::{fmt, io, time::Duration};

/// Connections that may be open at once; writers queue on the database's own lock.
const CONNECTIONS_MAX: u32 = 8;
/// How long a connection is waited for: longer than a writer waits for its turn, so that it is the turn that is said to fail.
const CONNECTION_WAIT: Duration = Duration::from_secs(40);

static SQLITE: Migrator = sqlx::migrate!("src/database/migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("src/database/migrations/postgres");

/// Takes SQLite's only write lock from the start.
const BEGIN_SQLITE: &str = "BEGIN IMMEDIATE";
/// Takes the same lock of the room's own before the first statement, whose snapshot is then newer than every commit before it: READ
/// COMMITTED has one for each statement.
const BEGIN_POSTGRES: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '30s'; \
     SELECT pg_advisory_xact_lock(7163384648231)";

/// A transaction that holds the room's only write lock: what it reads can't change before it writes. Whatever is written to the
/// database is written in one.
pub type Writing = Transaction<'static, Any>;

/// Why the room's database can't be opened. Says nothing of the address, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or server can't be opened, or the file can't be created.
    #[error("the room's database can't be opened")]
    Open(#[source] sqlx::Error),
    /// The file has no usable path.
    #[error("the room's database has no usable path")]
    Path(#[source] io::Error),
    /// A row can't be read or written.
    #[error("the room's database can't be read or written")]
    Row(#[from] sqlx::Error),
    /// Its tables can't be brought up to date.
    #[error("the room's database can't be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The server could lose what it says is written.
    #[error("the database server runs with `{0} = off` and could lose a charge at power loss: switch it on")]
    Unsafe(String),
}

/// A pool of connections to the room's database.
#[derive(Clone)]
pub struct Database {
    pool: AnyPool,
    shared: bool,
    turns: Turns,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the pool: its options hold the address.
        f.debug_struct("Database").field("shared", &self.shared).finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the database, creating a file that isn't there, and brings its tables up to date.
    ///
    /// # Errors
    /// When it can't be opened (permissions, disk, network), a migration fails, or the server doesn't keep what it commits.
    pub async fn open(place: &Place) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let url = place.url().map_err(OpenError::Path)?;
        // Statements are the same few, and of interest to nobody.
        let options: AnyConnectOptions = url.parse().map_err(OpenError::Open)?;
        let options = options.disable_statement_logging();
        let shared = place.is_shared();
        if shared {
            // The pool would ask a server that refuses again and again, and then say that it had no time.
            options.connect().await.map_err(OpenError::Open)?.close().await.map_err(OpenError::Open)?;
        }
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(CONNECTION_WAIT)
            .after_connect(move |connection, _| Box::pin(prepare(connection, shared)))
            .connect_with(options.clone())
            .await
            .map_err(OpenError::Open)?;
        if shared {
            keeps_commits(&pool).await?;
        }
        if shared { &POSTGRES } else { &SQLITE }.run(&pool).await?;
        let turns = if shared { Turns::on_server(options) } else { Turns::free() };
        Ok(Self { pool, shared, turns })
    }

    /// Begins a writing transaction.
    ///
    /// # Errors
    /// When no connection is free or another writer holds the lock for 30 seconds.
    pub async fn begin(&self) -> Result<Writing, sqlx::Error> {
        self.pool.begin_with(if self.shared { BEGIN_POSTGRES } else { BEGIN_SQLITE }).await
    }

    /// Writes when the room was founded (RFC 3339) and what its key is checked against.
    ///
    /// # Errors
    /// When the room was founded before, or the database can't be written.
    pub async fn found(&self, founded: &str, key_check: &[u8]) -> Result<(), OpenError> {
        let mut writing = self.begin().await?;
        sqlx::query("INSERT INTO room (only_row, founded, key_check) VALUES (1, $1, $2)")
            .bind(founded)
            .bind(key_check)
            .execute(&mut *writing)
            .await?;
        Ok(writing.commit().await?)
    }

    /// What the room's key is checked against, if the room was founded.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn key_check(&self) -> Result<Option<Vec<u8>>, OpenError> {
        let row = sqlx::query("SELECT key_check FROM room").fetch_optional(&self.pool).await?;
        Ok(row.map(|row| row.try_get("key_check")).transpose()?)
    }

    /// The server's clock, in seconds since 1970; `None` of a file, which has none.
    ///
    /// # Errors
    /// When the server can't be reached.
    pub async fn server_seconds(&self) -> Result<Option<i64>, OpenError> {
        if !self.shared {
            return Ok(None);
        }
        let sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) AS BIGINT) AS seconds";
        Ok(Some(sqlx::query(sql).fetch_one(&self.pool).await?.try_get("seconds")?))
    }

    /// The turns that its gateways take.
    pub fn turns(&self) -> &Turns {
        &self.turns
    }

    /// The pool, for reads.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Closes every connection, so that SQLite's write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// What each new connection is told.
async fn prepare(connection: &mut AnyConnection, shared: bool) -> Result<(), sqlx::Error> {
    if shared {
        // A server may be told to answer before the disk has it; stronger settings stay. A gateway whose machine is gone is noticed.
        connection
            .execute(
                "SELECT set_config('synchronous_commit', 'on', false)
                 WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply');
                 SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3",
            )
            .await?;
    } else {
        // NORMAL can lose commits at power loss, and a lost charge is a free answer.
        connection
            .execute(
                "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
            )
            .await?;
    }
    Ok(())
}

/// Whether a server's commits outlive a power loss.
async fn keeps_commits(pool: &AnyPool) -> Result<(), OpenError> {
    let row = sqlx::query(
        "SELECT CAST(name AS text) AS name FROM pg_settings
         WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY 1 LIMIT 1",
    )
    .fetch_optional(pool)
    .await?;
    match row {
        Some(row) => Err(OpenError::Unsafe(row.try_get("name")?)),
        None => Ok(()),
    }
}
