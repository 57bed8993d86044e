//! What is told of the templates' past.

use crate::{model::Officer, proof};
use serde::{Deserialize, Serialize};

/// What happened to the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// The room opened for the first time, with its templates.
    Founded,
    /// Somebody proposed a version.
    Proposed,
    /// An owner's officer approved a version.
    Approved,
    /// An approval ended.
    Withdrawn,
    /// The engine could not run it: all approvals ended.
    Failed,
}

impl What {
    pub(super) const ALL: [Self; 5] = [Self::Founded, Self::Proposed, Self::Approved, Self::Withdrawn, Self::Failed];

    /// What the audit log calls it.
    pub(super) fn told(self) -> proof::What {
        match self {
            Self::Founded => proof::What::TemplatesFounded,
            Self::Proposed => proof::What::TemplateProposed,
            Self::Approved => proof::What::TemplateApproved,
            Self::Withdrawn => proof::What::TemplateWithdrawn,
            Self::Failed => proof::What::TemplateFailed,
        }
    }

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Founded => "founded",
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Withdrawn => "withdrawn",
            Self::Failed => "failed",
        }
    }
}

/// One line of the templates' log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When (RFC 3339).
    pub happened: String,
    /// What.
    pub what: What,
    /// Who; nobody for the founding, for what follows from a member's leaving, and for what the engine could not run.
    pub officer: Option<Officer>,
    /// The version that it is about; all for the founding.
    pub hash: Option<String>,
    /// Why, in the officer's words.
    pub why: Option<String>,
}
