//! Turns that hold across every process that has the room's database open.
//!
//! On PostgreSQL a turn is an advisory lock of a session. All turns of a process are held by one session, beside the pool: when the
//! process is killed the server ends the session, and whoever waits goes on. On a file, which one process alone has open, every turn is
//! free: what must not meet inside a process is kept apart there.
//!
//! A session that breaks loses its turns unnoticed. So nothing that must never happen rests on a turn alone: a second answer is dropped
//! when it is recorded, an officer's act is refused when another came in between, and a version that is gone fails its query.

use sha2::{Digest, Sha256};
use sqlx::{
    AnyConnection, ConnectOptions as _, Executor as _, Row,
    any::{AnyConnectOptions, AnyRow},
};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How long a turn that another holds is waited for before it is asked for again: from, and up to.
const WAITS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(200));

/// Why no turn could be asked for: the server can't be reached.
pub type TurnError = sqlx::Error;

/// What only one process does at a time.
#[derive(Debug, Clone, Copy)]
pub enum Turn<'a> {
    /// Computes the answer to the query of this key.
    Query(&'a [u8]),
    /// Writes the files of this upload.
    Upload(&'a str),
    /// Destroys the version that this upload made; what reads it shares the turn.
    Version(&'a str),
    /// Does an officer's act.
    Desk,
    /// Destroys what is no longer needed.
    Sweep,
    /// Writes what the room keeps outside its folder.
    Outside,
}

impl Turn<'_> {
    /// The lock's number. Two that fall together would only wait for each other.
    fn key(self) -> i64 {
        let (kind, name): (&str, &[u8]) = match self {
            Self::Query(key) => ("query", key),
            Self::Upload(id) => ("upload", id.as_bytes()),
            Self::Version(id) => ("version", id.as_bytes()),
            Self::Desk => ("desk", b""),
            Self::Sweep => ("sweep", b""),
            Self::Outside => ("outside", b""),
        };
        let hash =
            Sha256::new().chain_update("camerata turn\0").chain_update(kind).chain_update([0]).chain_update(name);
        i64::from_be_bytes(*hash.finalize().first_chunk().unwrap_or(&[0; 8]))
    }
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Alone,
    Shared,
}

/// A turn, until it is dropped.
#[must_use]
#[derive(Debug)]
pub struct Held(Option<Lock>);

#[derive(Debug)]
struct Lock {
    key: i64,
    mode: Mode,
    /// Which session of the process took it: another has nothing to let go of.
    session: u64,
    orders: mpsc::UnboundedSender<Order>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(Lock { key, mode, session, orders }) = self.0.take() {
            // Without a keeper there is no session, and so no lock.
            let _ = orders.send(Order::Release { key, mode, session });
        }
    }
}

#[derive(Debug)]
enum Order {
    Try { key: i64, mode: Mode, reply: oneshot::Sender<Result<Option<Held>, TurnError>> },
    Release { key: i64, mode: Mode, session: u64 },
}

/// Where turns are asked for.
#[derive(Debug, Clone)]
pub struct Turns(Option<mpsc::UnboundedSender<Order>>);

impl Turns {
    /// Of a database that one process alone has open.
    pub(super) fn free() -> Self {
        Self(None)
    }

    /// Of a server; the session begins with the first turn that is asked for.
    pub(super) fn on_server(options: AnyConnectOptions) -> Self {
        let (sender, orders) = mpsc::unbounded_channel();
        let keeper = Keeper { options, orders, own: sender.downgrade(), connection: None, session: 0 };
        tokio::spawn(keeper.run());
        Self(Some(sender))
    }

    /// Waits until no other process holds the turn. Inside this process it may be held several times.
    ///
    /// # Errors
    /// When the server can't be reached.
    pub async fn take(&self, turn: Turn<'_>) -> Result<Held, TurnError> {
        self.wait(turn, Mode::Alone).await
    }

    /// Waits until no other process holds the turn alone; others may share it.
    ///
    /// # Errors
    /// When the server can't be reached.
    pub async fn share(&self, turn: Turn<'_>) -> Result<Held, TurnError> {
        self.wait(turn, Mode::Shared).await
    }

    /// The turn, unless another process holds or shares it.
    ///
    /// # Errors
    /// When the server can't be reached.
    pub async fn try_take(&self, turn: Turn<'_>) -> Result<Option<Held>, TurnError> {
        self.ask(turn, Mode::Alone).await
    }

    async fn wait(&self, turn: Turn<'_>, mode: Mode) -> Result<Held, TurnError> {
        let (mut wait, longest) = WAITS;
        loop {
            if let Some(held) = self.ask(turn, mode).await? {
                return Ok(held);
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(longest);
        }
    }

    async fn ask(&self, turn: Turn<'_>, mode: Mode) -> Result<Option<Held>, TurnError> {
        let Some(orders) = &self.0 else { return Ok(Some(Held(None))) };
        let (reply, answer) = oneshot::channel();
        orders.send(Order::Try { key: turn.key(), mode, reply }).map_err(|_| TurnError::WorkerCrashed)?;
        answer.await.map_err(|_| TurnError::WorkerCrashed)?
    }
}

/// Holds the session; does one order after the other.
struct Keeper {
    options: AnyConnectOptions,
    orders: mpsc::UnboundedReceiver<Order>,
    /// Weak, so that the keeper ends with the last that could ask or holds a turn.
    own: mpsc::WeakUnboundedSender<Order>,
    connection: Option<AnyConnection>,
    session: u64,
}

impl Keeper {
    async fn run(mut self) {
        while let Some(order) = self.orders.recv().await {
            match order {
                Order::Try { key, mode, reply } => {
                    let taken = self.try_take(key, mode).await;
                    // If nobody waits for it any more, it is let go of as it is dropped here.
                    let _ = reply.send(taken);
                }
                Order::Release { key, mode, session } if session == self.session && self.connection.is_some() => {
                    let sql = match mode {
                        Mode::Alone => "SELECT pg_advisory_unlock($1) AS done",
                        Mode::Shared => "SELECT pg_advisory_unlock_shared($1) AS done",
                    };
                    if let Err(error) = self.run_sql(sql, key).await {
                        tracing::warn!(%error, "the session that holds turns broke");
                    }
                }
                Order::Release { .. } => {}
            }
        }
    }

    async fn try_take(&mut self, key: i64, mode: Mode) -> Result<Option<Held>, TurnError> {
        let sql = match mode {
            Mode::Alone => "SELECT pg_try_advisory_lock($1) AS done",
            Mode::Shared => "SELECT pg_try_advisory_lock_shared($1) AS done",
        };
        let row = match self.run_sql(sql, key).await {
            Ok(row) => row,
            Err(error) => {
                tracing::warn!(%error, "the session that holds turns broke, another begins");
                self.run_sql(sql, key).await?
            }
        };
        let (true, Some(orders)) = (row.try_get("done")?, self.own.upgrade()) else { return Ok(None) };
        Ok(Some(Held(Some(Lock { key, mode, session: self.session, orders }))))
    }

    /// Runs a statement in the session, which begins anew after a failure.
    async fn run_sql(&mut self, sql: &'static str, key: i64) -> Result<AnyRow, TurnError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.begin().await?,
        };
        let row = sqlx::query(sql).bind(key).fetch_one(&mut connection).await?;
        self.connection = Some(connection);
        Ok(row)
    }

    async fn begin(&mut self) -> Result<AnyConnection, TurnError> {
        let mut connection = self.options.connect().await?;
        // It may be idle for days, and a gateway whose machine is gone has to be noticed.
        connection
            .execute(
                "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout';
                 SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3",
            )
            .await?;
        self.session += 1;
        Ok(connection)
    }
}
