//! The shape of an audience.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Whether an audience has one row a person or many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// One row a person.
    List,
    /// Many rows a person: purchases, visits.
    Events,
}

/// Not the name of a shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such shape: use list or events")]
pub struct UnknownShape;

impl Shape {
    /// Both shapes.
    pub const ALL: [Self; 2] = [Self::List, Self::Events];

    /// `list` or `events`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Events => "events",
        }
    }
}

impl FromStr for Shape {
    type Err = UnknownShape;
    fn from_str(text: &str) -> Result<Self, UnknownShape> {
        Self::ALL.into_iter().find(|shape| shape.as_str() == text).ok_or(UnknownShape)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
