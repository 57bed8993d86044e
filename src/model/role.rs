//! What a user does for their member.

use super::MemberName;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Asks approved questions.
    Marketer,
    /// Edits the policy files.
    Officer,
    /// Uploads hashed lists.
    Steward,
    /// Runs the room's machine, for the member that operates it. Reads no member's audiences or answers, and no agreement names it.
    Host,
}

/// An officer, who acts for a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// The member.
    pub member: MemberName,
    /// The officer's name there.
    pub user: String,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Marketer, Self::Officer, Self::Steward, Self::Host];

    /// The roles in which users act for their member: those that agreements may name.
    pub const OF_MEMBERS: [Self; 3] = [Self::Marketer, Self::Officer, Self::Steward];

    /// The role's word, as stored and written in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Marketer => "marketer",
            Self::Officer => "officer",
            Self::Steward => "steward",
            Self::Host => "host",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a role: use marketer, officer, steward or host"))
    }
}
