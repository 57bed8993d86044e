//! Fresh DuckDB instances with OpenSSL's cryptography, one of them made ahead.
//!
//! Without DuckDB's OpenSSL extension an instance can read encrypted files too, but its built-in AES takes many times as long
//! (docs/MEASUREMENTS.md). Loading the extension checks its signature, which takes longer than a small query; so the instance
//! for the next use is made once the last one has ended. Each is used once, for one query or one upload, and it has no file
//! and has run no SQL before.

use super::engine::Limits;
use duckdb::{AccessMode, Config, Connection};
use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// Makes instances that have these limits, and neither files nor a way to the network.
#[derive(Clone)]
pub(super) struct Instances(Arc<Making>);

struct Making {
    extension: PathBuf,
    limits: Limits,
    ahead: Mutex<Option<Connection>>,
}

/// An instance for one use. When it ends, the next is made.
pub(super) struct Instance {
    connection: Connection,
    next: Instances,
}

impl Instances {
    pub(super) fn new(extension: PathBuf, limits: Limits) -> Self {
        Self(Arc::new(Making { extension, limits, ahead: Mutex::default() }))
    }

    /// The instance made ahead, or one made now.
    pub(super) fn take(&self) -> Result<Instance, duckdb::Error> {
        let ahead = self.0.ahead.lock().unwrap_or_else(PoisonError::into_inner).take();
        let connection = ahead.map_or_else(|| self.0.make(), Ok)?;
        Ok(Instance { connection, next: self.clone() })
    }
}

impl Making {
    fn make(&self) -> Result<Connection, duckdb::Error> {
        let config = Config::default()
            .access_mode(AccessMode::Automatic)?
            .enable_autoload_extension(false)?
            .with("autoinstall_known_extensions", "false")?
            // No spilling: temporary files would hold persons in the clear.
            .with("temp_directory", "")?
            .max_memory(&format!("{}MiB", self.limits.memory_mib))?
            .threads(i64::from(self.limits.threads))?;
        let connection = Connection::open_in_memory_with_flags(config)?;
        connection.execute_batch(&format!("LOAD {}", quoted(&self.extension)?))?;
        Ok(connection)
    }

    fn make_ahead(&self) {
        if self.ahead.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return;
        }
        // If it fails, whoever needs an instance makes one, and says why that failed.
        let made = self.make().ok();
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if ahead.is_none() {
            *ahead = made;
        }
    }
}

impl Deref for Instance {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let next = self.next.clone();
        // Without a thread there is no instance ahead, and the next use makes its own.
        let _ = thread::Builder::new().spawn(move || next.0.make_ahead());
    }
}

/// A path as an SQL string literal.
pub(super) fn quoted(path: &Path) -> Result<String, duckdb::Error> {
    let text = path.to_str().ok_or_else(|| duckdb::Error::InvalidPath(path.to_owned()))?;
    Ok(format!("'{}'", text.replace('\'', "''")))
}
