//! How far one person can move a tally: what a template promises and the kernel charges for. No data in it.

use serde::{Deserialize, Serialize};

/// The most rows that a room may let one person have in one audience version, whatever its `rows_max` is: what is proven of a
/// template for every room, and for versions that were stored under an earlier `rows_max`, is proven with this number.
pub const ROWS_A_PERSON_MAX: u64 = 1_000;

/// The tally of a release, by kind, and the bound on one person's share of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Bounds {
    /// Integer cells over a public set of keys, zeros included; the blocks follow each other in one numbering of cells.
    Cells {
        /// Cells that share a unit and a bound.
        blocks: Vec<Block>,
    },
    /// Counts of persons under keys that aren't public: only keys with enough persons are released.
    Keys {
        /// Most keys under which one person is counted, once each.
        keys_max: u32,
    },
    /// Quantiles of one value a person, among public candidates in growing order. The tally has `candidates + 1` cells:
    /// cell i counts the persons whose value is at least i candidates (candidate i - 1 and those before it).
    Quantiles {
        /// How many candidates.
        candidates: u32,
        /// The quantiles wanted, each released by a mechanism of its own.
        quantiles: Vec<Fraction>,
    },
    /// The cells with the most persons, most first. A person is counted at most once in a cell, in any number of cells.
    Top {
        /// How many cells.
        candidates: u32,
        /// How many are released.
        k: u32,
    },
}

/// Cells of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// How many cells.
    pub cells: u32,
    /// Square of the greatest Euclidean distance that adding or removing one person can move these cells.
    pub distance_squared: u64,
    /// What a margin of one person is worth in these cells: 1 for persons; for sums, the most that one person can add.
    pub unit: u32,
}

/// A proper fraction: 1/2 is the median.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(schemars::JsonSchema))]
pub struct Fraction {
    /// Above the line.
    pub numerator: u32,
    /// Below the line: more than the numerator.
    pub denominator: u32,
}

impl Bounds {
    /// One cell, into which a person counts once: the simplest tally.
    pub fn count() -> Self {
        Self::Cells { blocks: vec![Block { cells: 1, distance_squared: 1, unit: 1 }] }
    }
}
