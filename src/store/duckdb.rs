//! DuckDB: a fresh in-memory instance per use, with only the files it is for.

use super::{
    engine::{Attached, Engine, EngineError, EngineFault, Limits, Prepared},
    instances::{Instance, Instances, quoted},
};
use crate::model::CellSpace;
use arrow::record_batch::RecordBatch;
use duckdb::{Connection, InterruptHandle, params};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

/// How often an engine past its deadline is interrupted again: one interrupt can fall between two statements.
const INTERRUPT_AGAIN: Duration = Duration::from_millis(50);

/// Makes DuckDB instances.
#[derive(Clone)]
pub struct DuckDb {
    instances: Instances,
    deadline: Duration,
}

impl DuckDb {
    /// Instances with these limits, and OpenSSL's cryptography from DuckDB's signed extension at `extension`.
    pub fn new(extension: PathBuf, limits: Limits) -> Self {
        Self { instances: Instances::new(extension, limits), deadline: limits.deadline }
    }

    /// Proves that an encrypted file can be written and read back.
    ///
    /// # Errors
    /// When the extension is missing, unsigned, or of another version than the library.
    pub fn check(&self, folder: &Path) -> Result<(), EngineError> {
        let file = folder.join("engine-check.db");
        let removed = || std::fs::remove_file(&file);
        let _ = removed();
        let written = self
            .open_writing(&[("probe", &file, &"0".repeat(64))])
            .and_then(|writing| writing.run("CREATE TABLE probe.t AS SELECT 1 AS x"));
        let _ = removed();
        written
    }

    /// An instance that writes these encrypted files, and can do nothing else to the machine.
    pub(super) fn open_writing(&self, files: &[(&str, &Path, &str)]) -> Result<Writing, EngineError> {
        let connection = self.instances.take().map_err(error)?;
        for (name, file, key) in files {
            attach_writing(&connection, name, file, key)?;
        }
        lock_down(&connection)?;
        Ok(Writing { connection })
    }

    /// An instance that reads an audience version, and writes another file beside it.
    pub(super) fn open_rewriting(
        &self,
        before: &Attached,
        (name, file, key): (&str, &Path, &str),
    ) -> Result<Writing, EngineError> {
        let connection = self.instances.take().map_err(error)?;
        attach_reading(&connection, before)?;
        attach_writing(&connection, name, file, key)?;
        lock_down(&connection)?;
        Ok(Writing { connection })
    }

    fn open_reading(&self, attached: &[Attached]) -> Result<Instance, EngineError> {
        let connection = self.instances.take().map_err(error)?;
        for file in attached {
            attach_reading(&connection, file)?;
        }
        plan_by_text(&connection).map_err(error)?;
        lock_down(&connection)?;
        Ok(connection)
    }
}

/// The only optimisers that a query runs with: none of them looks at the tables' sizes or values, so that a plan is a function of
/// the statement's text. With all of them, whether DuckDB 1.5.5 fails on a statement depends on how many rows an audience has
/// (docs/THREAT_MODEL.md); what going without the others costs is in docs/MEASUREMENTS.md.
const OPTIMISERS: &str = "'expression_rewriter', 'filter_pushdown', 'in_clause', 'unused_columns', 'common_subexpressions', \
                          'column_lifetime', 'cte_inlining'";

/// Has a connection plan by the statement's text alone.
///
/// # Errors
/// When its settings are locked.
pub fn plan_by_text(connection: &Connection) -> Result<(), duckdb::Error> {
    let others = format!("SELECT string_agg(name, ',') FROM duckdb_optimizers() WHERE name NOT IN ({OPTIMISERS})");
    let others: String = connection.query_row(&others, [], |row| row.get(0))?;
    connection.execute_batch(&format!("SET disabled_optimizers = '{others}'"))
}

impl Engine for DuckDb {
    fn prepare(&self, attached: &[Attached], sql: &str, cells: CellSpace) -> Result<Box<dyn Prepared>, EngineError> {
        let connection = self.open_reading(attached)?;
        // Kept in the connection's cache, from which `run` takes it.
        let planned = connection.prepare_cached(sql).map(drop);
        planned.map_err(|failed| EngineError::new(EngineFault::Unplanned, error(failed).class()))?;
        Ok(Box::new(PreparedTally { connection, sql: sql.to_owned(), cells, deadline: self.deadline }))
    }
}

/// A statement that an instance has planned.
struct PreparedTally {
    connection: Instance,
    sql: String,
    cells: CellSpace,
    deadline: Duration,
}

impl Prepared for PreparedTally {
    fn run(self: Box<Self>) -> Result<Vec<(i64, i64)>, EngineError> {
        let guard = Deadline::start(self.connection.interrupt_handle(), self.deadline);
        let result = self.rows().map_err(error);
        guard.stop();
        result
    }
}

impl PreparedTally {
    fn rows(&self) -> Result<Vec<(i64, i64)>, duckdb::Error> {
        let mut statement = self.connection.prepare_cached(&self.sql)?;
        let mut rows = statement.query([])?;
        let mut cells = Vec::new();
        while let Some(row) = rows.next()? {
            let (block, cell) = (row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?);
            let Some((block, cell)) = block.zip(cell) else { continue };
            for (block, column) in (block..).zip(2..row.as_ref().column_count()) {
                let place = self.cells.number(block, cell);
                cells.extend(place.zip(row.get::<_, Option<i64>>(column)?));
            }
        }
        Ok(cells)
    }
}

fn attach_writing(connection: &Connection, name: &str, file: &Path, key: &str) -> Result<(), EngineError> {
    let attach = format!("ATTACH {} AS {name} (ENCRYPTION_KEY '{key}')", quoted(file).map_err(error)?);
    connection.execute_batch(&attach).map_err(error)
}

fn attach_reading(connection: &Connection, file: &Attached) -> Result<(), EngineError> {
    let attach = format!(
        "ATTACH {} AS {} (READ_ONLY, ENCRYPTION_KEY '{}')",
        quoted(&file.file).map_err(error)?,
        file.name,
        file.key.as_str()
    );
    connection.execute_batch(&attach).map_err(|e| match error(e) {
        error if error.fault == EngineFault::Other => EngineError::new(EngineFault::Unreadable, error.class()),
        error => error,
    })
}

/// Closes every way out of the instance, then the way back: from here on no statement can open a file, load an
/// extension, or change a setting.
fn lock_down(connection: &Connection) -> Result<(), EngineError> {
    connection.execute_batch("SET enable_external_access = false; SET lock_configuration = true;").map_err(error)
}

/// Interrupts a query that runs past its deadline, until it has returned.
struct Deadline {
    stop: mpsc::Sender<()>,
    worker: thread::JoinHandle<()>,
}

impl Deadline {
    fn start(handle: Arc<InterruptHandle>, deadline: Duration) -> Self {
        let (stop, stopped) = mpsc::channel();
        let worker = thread::spawn(move || {
            let mut wait = deadline;
            while matches!(stopped.recv_timeout(wait), Err(mpsc::RecvTimeoutError::Timeout)) {
                handle.interrupt();
                wait = INTERRUPT_AGAIN;
            }
        });
        Self { stop, worker }
    }

    fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.worker.join();
    }
}

/// A locked-down instance that writes.
pub(super) struct Writing {
    connection: Instance,
}

impl Writing {
    pub(super) fn run(&self, sql: &str) -> Result<(), EngineError> {
        self.connection.execute_batch(sql).map_err(error)
    }

    pub(super) fn text(&self, sql: &str) -> Result<Option<String>, EngineError> {
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(error)
    }

    /// One row of `N` counts.
    pub(super) fn counts<const N: usize>(&self, sql: &str) -> Result<[i64; N], EngineError> {
        let read = |row: &duckdb::Row<'_>| {
            let mut counts = [0; N];
            for (column, count) in counts.iter_mut().enumerate() {
                *count = row.get(column)?;
            }
            Ok(counts)
        };
        self.connection.query_row(sql, [], read).map_err(error)
    }

    pub(super) fn insert_text(&self, sql: &str, text: &str) -> Result<(), EngineError> {
        self.connection.execute(sql, params![text]).map(|_| ()).map_err(error)
    }

    pub(super) fn append(&self, catalog: &str, table: &str, batches: Vec<RecordBatch>) -> Result<(), EngineError> {
        let mut appender = self.connection.appender_to_catalog_and_db(table, catalog, "main").map_err(error)?;
        for batch in batches {
            appender.append_record_batch(batch).map_err(error)?;
        }
        appender.flush().map_err(error)
    }
}

impl EngineError {
    fn class(&self) -> String {
        self.to_string()
    }
}

/// DuckDB's error by class. Its message can repeat values and keys: only the words before its first colon are kept.
fn error(error: duckdb::Error) -> EngineError {
    let message = error.to_string();
    let class: String = message.split(':').next().unwrap_or_default().chars().take(60).collect();
    let lower = message.to_lowercase();
    let fault = if lower.starts_with("out of memory") {
        EngineFault::Memory
    } else if lower.starts_with("interrupt") {
        EngineFault::Deadline
    } else if lower.contains("no space left") || lower.contains("disk full") || lower.contains("file too large") {
        EngineFault::DiskFull
    } else {
        EngineFault::Other
    };
    EngineError::new(fault, class)
}

#[cfg(test)]
#[path = "duckdb_tests.rs"]
mod tests;
