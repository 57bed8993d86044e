//! Versions of the policies: stored whole, proposed by officers, approved by owners, published, and never lost.
//!
//! Promises, held by `tests.rs` under every interleaving it tries:
//!
//! - nothing becomes possible on an owner's audiences without an officer of that owner having approved exactly that, and nothing is
//!   written that could make it possible later: a permission behind a prohibition is the owner's to write, too;
//! - what else members agreed to (titles, meanings, figures, words of agreements) changes with all whom it concerns, by the rule in
//!   `policy/consent`; what is narrowed at once carries none of it along;
//! - what an owner's officer takes back on the owner's audiences is taken back at once, whatever else the proposal waits for;
//! - an approval is of effects: when what is in force has changed so that a proposal would do something else to an owner, that
//!   owner's approval no longer counts;
//! - a refusal takes the member's approval back and stays a "no" until an officer of the same member approves; it counts for nobody else,
//!   and no comment decides anything;
//! - a member that leaves takes its approvals along: they count no more, even if it comes back, and nothing waits for it.

mod assess;
mod comment;
mod leaving;
mod opinions;
mod past;
mod proposal;
mod rebase;
mod shelf;
mod tables;
#[cfg(test)]
mod tests;
mod transitions;

pub use crate::model::Officer;
pub use assess::grows;
pub use comment::Comment;
pub use opinions::{Opinion, OpinionVerdict};
pub use past::Titles;
pub use proposal::{Approval, Proposal, Status};

use super::{
    current::{Current, Narrowing},
    effects::EffectsError,
    mistake::PolicyErrors,
    policies::Policies,
};
use crate::{
    database::{Database, Writing},
    model::{Clock, Text},
    proof,
};
use serde::{Deserialize, Serialize};
use shelf::Shelf;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// The files of a policy folder, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What happened to the policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// The room opened for the first time, with this version.
    Founded,
    /// Somebody proposed a version.
    Proposed,
    /// An owner's officer approved a proposal.
    Approved,
    /// An owner's officer refused a proposal.
    Refused,
    /// An owner's officer took the approval back.
    Retracted,
    /// An owner's audiences are narrowed at once, before the rest is agreed on.
    Narrowed,
    /// An owner let go of its narrowings.
    Lifted,
    /// The proposer took the proposal back.
    Withdrawn,
    /// A version came into force.
    Published,
}

impl What {
    const ALL: [Self; 9] = [
        Self::Founded,
        Self::Proposed,
        Self::Approved,
        Self::Refused,
        Self::Retracted,
        Self::Narrowed,
        Self::Lifted,
        Self::Withdrawn,
        Self::Published,
    ];

    /// What the audit log calls it.
    fn told(self) -> proof::What {
        match self {
            Self::Founded => proof::What::PolicyFounded,
            Self::Proposed => proof::What::PolicyProposed,
            Self::Approved => proof::What::PolicyApproved,
            Self::Refused => proof::What::PolicyRefused,
            Self::Retracted => proof::What::PolicyRetracted,
            Self::Narrowed => proof::What::PolicyNarrowed,
            Self::Lifted => proof::What::PolicyLifted,
            Self::Withdrawn => proof::What::PolicyWithdrawn,
            Self::Published => proof::What::PolicyPublished,
        }
    }

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Founded => "founded",
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Retracted => "retracted",
            Self::Narrowed => "narrowed",
            Self::Lifted => "lifted",
            Self::Withdrawn => "withdrawn",
            Self::Published => "published",
        }
    }
}

/// One line of the policies' log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When (RFC 3339).
    pub happened: String,
    /// What.
    pub what: What,
    /// Who; nobody for the founding, and for what follows from a member's leaving.
    pub officer: Option<Officer>,
    /// The version that it is about.
    pub version: Option<String>,
    /// The proposal that it belongs to.
    pub proposal: Option<i64>,
    /// Why, in the officer's words.
    pub why: Option<String>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum VersionsError {
    /// The folder has mistakes.
    #[error("the proposed policies have mistakes")]
    Mistakes(#[from] PolicyErrors),
    /// It can't be compared with what is in force.
    #[error(transparent)]
    Effects(#[from] EffectsError),
    /// Refused, for a reason that the officer can do something about.
    #[error("{}", .0.en)]
    Refused(Text),
    /// There is no such proposal or version.
    #[error("there is no such proposal or version")]
    NotFound,
    /// The database failed.
    #[error("the room's database failed")]
    Database(#[from] sqlx::Error),
    /// A task ended early, as when the room stops.
    #[error("a task of the policies ended early")]
    Ended(#[from] tokio::task::JoinError),
    /// A stored row or file isn't what this version writes.
    #[error("the policies' tables hold what can't be read")]
    Corrupt,
}

/// The versions kept in the room's database.
#[derive(Clone)]
pub struct Versions {
    database: Database,
    clock: Arc<dyn Clock>,
    shelf: Shelf,
    past: past::Past,
    /// How far the log must have come for an act to be done.
    expected: Option<i64>,
}

/// The folder that mistakes of a version without a folder are said to be in.
fn origin() -> &'static Path {
    Path::new("policies")
}

impl Versions {
    /// The versions kept in this database.
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock, shelf: Shelf::new(), past: past::past(), expected: None }
    }

    /// The same, but an act comes to nothing if the log has gone on since it had come this far: what the act goes by has changed.
    #[must_use]
    pub fn expecting(self, newest: Option<i64>) -> Self {
        Self { expected: newest, ..self }
    }

    /// How far the log has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest(&self) -> Result<i64, VersionsError> {
        tables::newest(self.database.pool()).await
    }

    /// Begins an act.
    async fn begin(&self) -> Result<Writing, VersionsError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        if let Some(expected) = self.expected
            && tables::newest(&mut *writing).await? != expected
        {
            return Err(VersionsError::Refused(Text::new(
                "une autre personne vient de changer ce qui est en vigueur : relisez, puis recommencez",
                "somebody else has just changed what is in force: read it again, then start over",
            )));
        }
        Ok(writing)
    }

    /// What is in force; `None` before the founding.
    ///
    /// # Errors
    /// When the database fails, or a stored version no longer loads.
    pub async fn current(&self) -> Result<Option<Current>, VersionsError> {
        let Some(version) = tables::in_force(&self.database).await? else { return Ok(None) };
        let base = self.read(&self.files(&version).await?).await?;
        let mut narrowings = Vec::new();
        for (owner, version) in tables::narrowings(&self.database).await? {
            let policies = self.read(&self.files(&version).await?).await?;
            narrowings.push(Narrowing { owner, policies });
        }
        Ok(Some(Current { base, narrowings }))
    }

    /// Takes a folder as the first version: members join a room with its rules, so nobody has to approve.
    ///
    /// # Errors
    /// When the folder has mistakes or the database fails.
    pub async fn found(&self, files: &Files) -> Result<Current, VersionsError> {
        let policies = self.read(files).await?;
        policies.check_cases()?;
        let now = self.now();
        let mut writing = self.begin().await?;
        tables::store(&mut writing, policies.version(), files).await?;
        tables::publish(&mut writing, policies.version(), None, &now).await?;
        let entry = Entry {
            happened: now,
            what: What::Founded,
            officer: None,
            version: Some(policies.version().to_owned()),
            proposal: None,
            why: None,
        };
        tables::log(&mut writing, &entry).await?;
        writing.commit().await?;
        Ok(policies.into())
    }

    /// The policies that files say, read once for all who ask for the same lately.
    ///
    /// # Errors
    /// Every mistake of the files.
    pub async fn read(&self, files: &Files) -> Result<Arc<Policies>, VersionsError> {
        self.shelf.read(files).await
    }

    /// The files of a version.
    ///
    /// # Errors
    /// When there is no such version, or the database fails.
    pub async fn files(&self, version: &str) -> Result<Files, VersionsError> {
        let files = tables::files(&self.database, version).await?;
        if files.is_empty() { Err(VersionsError::NotFound) } else { Ok(files) }
    }

    /// What happened to the policies, newest first, at most 1,000.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log(&self) -> Result<Vec<Entry>, VersionsError> {
        tables::entries(&self.database).await
    }

    fn now(&self) -> String {
        self.clock.now().to_string()
    }
}
