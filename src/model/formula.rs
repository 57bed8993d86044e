//! What is computed from released cells: sums, ratios, and ratios of ratios.

use serde::{Deserialize, Serialize};

/// A sum of cells, each times a whole number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Linear(pub Vec<(usize, i64)>);

impl Linear {
    /// Each of these cells once.
    pub fn of(cells: impl IntoIterator<Item = usize>) -> Self {
        Self(cells.into_iter().map(|cell| (cell, 1)).collect())
    }

    /// Its value over released cells; cells that aren't there count nothing.
    pub fn value(&self, cells: &[i64]) -> f64 {
        self.0.iter().map(|(cell, times)| *times as f64 * cells.get(*cell).copied().unwrap_or_default() as f64).sum()
    }
}

/// A figure over released cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Formula {
    /// A sum, divided by a positive whole number.
    Sum {
        /// The sum.
        of: Linear,
        /// What it is divided by.
        divisor: i64,
    },
    /// One sum over another.
    Ratio {
        /// Above the line.
        of: Linear,
        /// Below the line.
        base: Linear,
    },
    /// A share over another: (of / of_base) / (base / base_all). 1 is neutral.
    Index {
        /// Those who have both.
        of: Linear,
        /// Those who have the first.
        of_base: Linear,
        /// Those who have the second.
        base: Linear,
        /// Everybody.
        base_all: Linear,
    },
}
