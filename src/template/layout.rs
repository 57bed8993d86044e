//! What the cells of a tally mean: public knowledge, from the manifest, the vocabulary and the names of the audiences.

use crate::model::{Text, answer::Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One value of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyValue {
    /// What programs call it.
    pub id: String,
    /// What people call it.
    pub title: Text,
}

impl KeyValue {
    /// A value that is written the same in both languages.
    pub fn plain(id: impl ToString) -> Self {
        let id = id.to_string();
        Self { title: Text::new(id.clone(), id.clone()), id }
    }

    /// Persons without a value.
    pub fn unknown() -> Self {
        Self { id: "unknown".into(), title: Text::new("non précisé", "not given") }
    }
}

/// A key, with all of its values in the order of their codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayoutKey {
    /// The column of the template's result.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Its values.
    pub values: Vec<KeyValue>,
}

/// Cells that belong together: one for each combination of the keys' values, the first key outermost; a single cell where
/// there is no key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayoutBlock {
    /// What the numbers are: `persons`, `sum`, or the part of a larger release that they are.
    pub name: String,
    /// Their unit.
    pub unit: Unit,
    /// The keys.
    pub keys: Vec<LayoutKey>,
}

impl LayoutBlock {
    /// How many cells.
    pub fn cells(&self) -> usize {
        self.keys.iter().map(|key| key.values.len()).product()
    }

    /// The keys of a cell of the block; `None` beyond its last.
    pub fn key_of(&self, cell: usize) -> Option<BTreeMap<String, KeyValue>> {
        if cell >= self.cells() {
            return None;
        }
        let (mut rest, mut found) = (cell, BTreeMap::new());
        for key in self.keys.iter().rev() {
            let value = key.values.get(rest.checked_rem(key.values.len())?)?;
            rest = rest.checked_div(key.values.len())?;
            found.insert(key.name.clone(), value.clone());
        }
        Some(found)
    }
}

/// The cells of a release, block after block in one numbering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// The blocks.
    pub blocks: Vec<LayoutBlock>,
}

impl Layout {
    /// The block of a cell and the cell's place in it.
    pub fn find(&self, cell: usize) -> Option<(&LayoutBlock, usize)> {
        let mut before = 0;
        for block in &self.blocks {
            if cell < before + block.cells() {
                return Some((block, cell - before));
            }
            before += block.cells();
        }
        None
    }

    /// The first cell of a block.
    pub fn start(&self, block: usize) -> usize {
        self.blocks.iter().take(block).map(LayoutBlock::cells).sum()
    }

    /// All cells.
    pub fn cells(&self) -> usize {
        self.start(self.blocks.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_first_key_is_outermost() {
        let key = |name: &str, values: &[&str]| LayoutKey {
            name: name.into(),
            title: Text::new(name, name),
            values: values.iter().map(KeyValue::plain).collect(),
        };
        let block = |keys| LayoutBlock { name: "persons".into(), unit: Unit::Persons, keys };
        let pairs = block(vec![key("g", &["jazz", "rock"]), key("r", &["a", "b", "c"])]);
        let layout = Layout { blocks: vec![block(Vec::new()), pairs] };
        assert_eq!((layout.cells(), layout.start(1)), (7, 1));
        let (block, cell) = layout.find(5).unwrap();
        let keys = block.key_of(cell).unwrap();
        assert_eq!((keys["g"].id.as_str(), keys["r"].id.as_str()), ("rock", "b"));
        assert!(layout.find(7).is_none() && block.key_of(6).is_none());
        assert_eq!(layout.find(0).unwrap().0.key_of(0).unwrap().len(), 0);
    }
}
