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

/// The cells that a tally may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellSpace {
    /// Blocks of so many cells, which follow each other in one numbering.
    Blocks(Vec<u32>),
    /// Keys that aren't public: any number of 64 bits.
    Keys,
}

impl CellSpace {
    /// The number of a block's cell in the numbering of all; `None` for a cell or a block that there isn't.
    pub fn number(&self, block: i64, cell: i64) -> Option<i64> {
        let Self::Blocks(sizes) = self else { return (block == 0).then_some(cell) };
        let block = usize::try_from(block).ok()?;
        let size = sizes.get(block)?;
        let start: i64 = sizes.iter().take(block).map(|size| i64::from(*size)).sum();
        (0..i64::from(*size)).contains(&cell).then(|| start.saturating_add(cell))
    }
}

impl Bounds {
    /// The cells of the tally.
    pub fn cell_space(&self) -> CellSpace {
        match self {
            Self::Cells { blocks } => CellSpace::Blocks(blocks.iter().map(|block| block.cells).collect()),
            Self::Keys { .. } => CellSpace::Keys,
            Self::Quantiles { candidates, .. } => CellSpace::Blocks(vec![candidates.saturating_add(1)]),
            Self::Top { candidates, .. } => CellSpace::Blocks(vec![*candidates]),
        }
    }

    /// One cell, into which a person counts once: the simplest tally.
    pub fn count() -> Self {
        Self::Cells { blocks: vec![Block { cells: 1, distance_squared: 1, unit: 1 }] }
    }
}

#[cfg(test)]
mod tests {
    use super::CellSpace;

    #[test]
    fn a_cell_is_taken_within_its_block_only() {
        let space = CellSpace::Blocks(vec![3, 0, 2]);
        let number = |block, cell| space.number(block, cell);
        assert_eq!([number(0, 0), number(0, 2), number(2, 0), number(2, 1)], [Some(0), Some(2), Some(3), Some(4)]);
        for (block, cell) in
            [(0, 3), (0, -1), (0, -2), (1, 0), (2, 2), (3, 0), (-1, 0), (i64::MAX, 0), (0, i64::MAX), (2, i64::MIN)]
        {
            assert_eq!(number(block, cell), None, "{block} {cell}");
        }
        assert_eq!((CellSpace::Keys.number(0, i64::MIN), CellSpace::Keys.number(1, 0)), (Some(i64::MIN), None));
    }
}
