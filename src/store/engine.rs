//! What an engine does, whichever it is.

use crate::model::CellSpace;
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
    /// The statement can't be planned.
    Unplanned,
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
            Self::Unplanned => "the statement can't be planned",
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
    /// Opens these files and nothing else, and plans one checked statement over them; nothing is computed yet. Each row of the
    /// statement is a block, a cell of that block, and a value for each block from that one on, all BIGINT. Blocks.
    ///
    /// # Errors
    /// By class, never with a value in it: [`EngineFault::Unreadable`] where a file can't be opened with its key,
    /// [`EngineFault::Unplanned`] where the statement can't be planned.
    fn prepare(&self, attached: &[Attached], sql: &str, cells: CellSpace) -> Result<Box<dyn Prepared>, EngineError>;
}

/// A planned statement over opened files.
pub trait Prepared: Send {
    /// Runs it: cells in the numbering of [`CellSpace`] and their values, in any order. Blocks.
    ///
    /// # Errors
    /// By class, never with a value in it.
    ///
    /// # Privacy argument
    /// Rows with a cell or block that there isn't are dropped without a word, since an error would tell that they exist.
    fn run(self: Box<Self>) -> Result<Vec<(i64, i64)>, EngineError>;
}
