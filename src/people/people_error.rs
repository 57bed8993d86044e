//! Why something about users came to nothing.

use super::Refusal;

/// Why something about users came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// It can't be had; the person is told why.
    #[error("{}", .0.text().en)]
    Refused(Refusal),
    /// The database failed.
    #[error("the room's database failed")]
    Database(#[from] sqlx::Error),
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes: {0}")]
    Random(getrandom::Error),
    /// A stored row isn't what this version writes.
    #[error("a table of users holds a row that can't be read")]
    Corrupt,
    /// What was sealed doesn't open: it was changed, or sealed with another room's key.
    #[error("a sealed secret can't be opened")]
    Sealed,
    /// A password can't be hashed.
    #[error("a password can't be hashed: {0}")]
    Hash(String),
    /// A challenge for an authenticator can't be made.
    #[error("a challenge for an authenticator can't be made: {0}")]
    Challenge(String),
    /// A task of this program was ended.
    #[error("a task was ended")]
    Task(#[from] tokio::task::JoinError),
}

impl From<Refusal> for PeopleError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
