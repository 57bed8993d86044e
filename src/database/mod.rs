//! The room's own database (not customers' data): an SQLite file by default, PostgreSQL by URL where several gateways serve one room.
//!
//! Promise, the same on both: a transaction made by [`Database::begin`] is durable once its commit returns, and writers never
//! interleave. So is the SQL: what the two say differently is in this module and in `migrations/` alone.

mod passing;
mod place;
#[cfg(test)]
#[path = "../../tests/server/support/postgres.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]
pub(crate) mod postgres;
pub mod records;
mod snapshot;
#[cfg(test)]
mod tests;
mod turns;
mod writing;

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

pub use passing::Passing;
pub use place::{NotAServer, Place, ServerUrl};
pub use snapshot::{Founding, Snapshot, SnapshotError};
pub use turns::{Held, Turn, TurnError, Turns};
pub use writing::Writing;

use crate::{
    model::Clock,
    proof::{Event, PublicKey, What},
};
use records::{Kind, Record};
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

/// Sees one moment, whatever is written meanwhile; SQLite's plain transactions do.
const SNAPSHOT_POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

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

impl OpenError {
    /// Whether the file is no SQLite file any more, as far as SQLite can tell.
    pub fn is_damage(&self) -> bool {
        let (Self::Open(error) | Self::Row(error)) = self else { return matches!(self, Self::Migrate(_)) };
        // SQLITE_CORRUPT and SQLITE_NOTADB, with their extended codes.
        let code = error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<u32>().ok());
        code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
    }
}

/// The places of so many rows of so many values in a statement, `($1, $2), ($3, $4)`: to insert them together, or as one row for `IN`.
pub fn marks(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let marks: Vec<String> =
            (1..=columns).map(|column| format!("${}", row.saturating_mul(columns).saturating_add(column))).collect();
        format!("({})", marks.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
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
        // The pool would ask a server that refuses, or a damaged file, again and again, and then say that it had no time.
        let mut first = options.connect().await.map_err(OpenError::Open)?;
        prepare(&mut first, shared).await.map_err(OpenError::Open)?;
        first.close().await.map_err(OpenError::Open)?;
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
    pub async fn begin(&self, clock: &dyn Clock) -> Result<Writing, sqlx::Error> {
        let begin = if self.shared { BEGIN_POSTGRES } else { BEGIN_SQLITE };
        Writing::begin(self.pool.acquire().await?, begin, clock).await
    }

    /// A transaction with the lock that the log isn't told of: for tests of what damage does.
    #[cfg(test)]
    pub(crate) async fn raw(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.pool.begin_with(if self.shared { BEGIN_POSTGRES } else { BEGIN_SQLITE }).await
    }

    /// What SQLite's own check finds: nothing, or damage, with the byte at which its page begins where it says. Of a server's
    /// database, nothing.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn damage(&self) -> Result<Option<Option<u64>>, sqlx::Error> {
        if self.shared {
            return Ok(None);
        }
        let rows = sqlx::query("PRAGMA integrity_check(100)").fetch_all(&self.pool).await?;
        let said: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        if said.iter().all(|said| said == "ok") {
            return Ok(None);
        }
        let row = sqlx::query("PRAGMA page_size").fetch_one(&self.pool).await?;
        let size = row.try_get::<i64, _>(0)?.unsigned_abs();
        // "Tree 5 page 12 cell 3: …", "Page 12: never used".
        let page = said.iter().find_map(|said| {
            let lower = said.to_lowercase();
            let digits = lower.split("page ").nth(1)?.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse::<u64>().ok()?.checked_sub(1)?.checked_mul(size)
        });
        Ok(Some(page))
    }

    /// Begins to read one moment of the database, while others write.
    ///
    /// # Errors
    /// When no connection is free.
    pub async fn snapshot(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.pool.begin_with(if self.shared { SNAPSHOT_POSTGRES } else { "BEGIN" }).await
    }

    /// Writes when the room was founded, what its key is checked against, and the key that signs its log.
    ///
    /// # Errors
    /// When the room was founded before, or the database can't be written.
    pub async fn found(&self, clock: &dyn Clock, key_check: &[u8], signs: &PublicKey) -> Result<(), OpenError> {
        let mut writing = self.begin(clock).await?;
        let now = writing.now().to_string();
        sqlx::query("INSERT INTO room (only_row, founded, key_check) VALUES (1, $1, $2)")
            .bind(now)
            .bind(key_check)
            .execute(&mut *writing)
            .await?;
        let key = insert_key(&mut writing, signs).await?;
        writing.note(founded(signs), [Record::new(Kind::Room, 1), Record::new(Kind::Key, key)]);
        Ok(writing.commit().await?)
    }

    /// Begins the log of a room that was kept without one: everything that is there is bound by its first entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn adopt(&self, clock: &dyn Clock, signs: &PublicKey) -> Result<(), OpenError> {
        let mut writing = self.begin(clock).await?;
        let begun = sqlx::query("SELECT 1 FROM log_entries LIMIT 1").fetch_optional(&mut *writing).await?;
        if begun.is_some() {
            return Ok(writing.cancel().await?);
        }
        insert_key(&mut writing, signs).await?;
        let mut all = Vec::new();
        for kind in Kind::ALL {
            all.extend(records::page(&mut writing, kind, None, i64::MAX).await?.into_iter().map(|(record, _)| record));
        }
        writing.note(founded(signs), all);
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

/// The first entry of every log.
fn founded(signs: &PublicKey) -> Event {
    Event::public(What::Founded, None).with("origin", signs.name()).with("key", signs.to_string())
}

impl Database {
    /// Hands the log over to another key, by the statement in which the present one names it.
    ///
    /// # Errors
    /// When the key has signed before, or the database can't be written.
    pub async fn hand_over(&self, clock: &dyn Clock, to: &PublicKey, endorsement: &str) -> Result<(), OpenError> {
        let mut writing = self.begin(clock).await?;
        let row = sqlx::query("INSERT INTO log_keys (key, endorsement) VALUES ($1, $2) RETURNING id");
        let row = row.bind(to.to_string()).bind(endorsement).fetch_one(&mut *writing).await?;
        let event = Event::public(What::KeyChanged, None).with("key", to.to_string()).with("endorsement", endorsement);
        writing.note(event, [Record::new(Kind::Key, row.try_get::<i64, _>("id")?)]);
        Ok(writing.commit().await?)
    }
}

async fn insert_key(writing: &mut Writing, signs: &PublicKey) -> Result<i64, sqlx::Error> {
    let row = sqlx::query("INSERT INTO log_keys (key) VALUES ($1) RETURNING id").bind(signs.to_string());
    row.fetch_one(&mut **writing).await?.try_get("id")
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
