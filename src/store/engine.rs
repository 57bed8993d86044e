//! What an engine does, whichever it is.

use std::{fmt, path::PathBuf, time::Duration};
use zeroize::Zeroizing;

/// What one engine instance may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Threads.
    pub threads: u32,
    /// Memory in MiB; a query that needs more fails.
    pub memory_mib: u64,
    /// How long a query may run.
    pub deadline: Duration,
}

/// An audience version's file, as a query sees it.
pub struct Attached {
    /// The name it is attached under.
    pub name: String,
    pub(super) file: PathBuf,
    pub(super) key: Zeroizing<String>,
}

/// What went wrong in an engine, by class: its own message could repeat values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineFault {
    /// Needs more memory than it may use.
    Memory,
    /// Ran past its deadline.
    Deadline,
    /// The disk is full.
    DiskFull,
    /// A file can't be opened with its key.
    Unreadable,
    /// Anything else.
    Other,
}

impl fmt::Display for EngineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "more memory needed than the room allows",
            Self::Deadline => "deadline passed",
            Self::DiskFull => "disk full",
            Self::Unreadable => "an audience's file can't be opened with its key",
            Self::Other => "failed",
        })
    }
}

/// An engine's failure: its class, and the first words of the engine's message up to its first colon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("engine: {fault} ({class})")]
pub struct EngineError {
    /// What went wrong.
    pub fault: EngineFault,
    class: String,
}

impl EngineError {
    pub(super) fn new(fault: EngineFault, class: impl Into<String>) -> Self {
        Self { fault, class: class.into() }
    }

    pub(super) fn internal(what: &str) -> Self {
        Self::new(EngineFault::Other, what)
    }
}

/// Runs checked SQL over audience versions.
pub trait Engine: Send + Sync {
    /// Runs one checked statement over these files and nothing else. Each of its rows is a cell's number and one value or
    /// more, all BIGINT; a row's second value belongs to the cell `stride` cells on, its third to twice as far. Blocks.
    ///
    /// # Errors
    /// By class, never with a value in it.
    fn tally(&self, attached: &[Attached], sql: &str, stride: usize) -> Result<Vec<(i64, i64)>, EngineError>;
}
