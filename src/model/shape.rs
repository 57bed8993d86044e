//! The shape of an audience.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether an audience has one row a person or many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// One row a person.
    List,
    /// Many rows a person: purchases, visits.
    Events,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "list",
            Self::Events => "events",
        })
    }
}
