//! What the program's exit status means, in one place.

use super::connection::ConnectionError;
use std::{io, process::ExitCode};

/// The exit status of every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed, or refused.
    Failed = 1,
    /// The command was not written as it should be.
    Usage = 2,
    /// A policy or a template is not valid.
    Invalid = 3,
    /// The audit log, or a receipt, does not hold.
    LogBroken = 4,
    /// Done, and something should be mended soon.
    Warned = 5,
    /// Try again later: the room can't be reached or is busy (`EX_TEMPFAIL`).
    TryLater = 75,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A mistake in how the command was written that only shows once it runs.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl Exit {
    /// The status that an error ends the program with.
    pub fn of(error: &anyhow::Error) -> Self {
        for cause in error.chain() {
            if let Some(error) = cause.downcast_ref::<ConnectionError>() {
                return error.exit();
            }
            if cause.is::<UsageError>() {
                return Self::Usage;
            }
            // Whoever read our output has had enough, as `| head` does.
            if cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
                return Self::Done;
            }
        }
        Self::Failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_decides_however_deep_it_lies() {
        let usage = anyhow::Error::new(UsageError("no".into())).context("outer").context("outermost");
        assert_eq!(Exit::of(&usage), Exit::Usage);
        let closed = anyhow::Error::new(io::Error::from(io::ErrorKind::BrokenPipe)).context("while printing");
        assert_eq!(Exit::of(&closed), Exit::Done);
        assert_eq!(Exit::of(&anyhow::anyhow!("other")), Exit::Failed);
    }
}
