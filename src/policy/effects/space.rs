//! The circumstances of a question about one asker and audience, cut into finitely many cells on each of which every agreement
//! says the same.
//!
//! A condition looks at the date and at ε only by holding them against a constant, and at the other owners and the columns only by
//! holding them against a set. Between two constants nothing changes; and two members that are in the same of those sets can be
//! exchanged, so that of each such class only whether none, some or all are there can matter.

use super::{
    condition::{Condition, Which},
    frame::Frame,
    side::{Compiled, Side},
};
use fixedbitset::FixedBitSet;
use std::collections::{BTreeMap, BTreeSet};

/// Most cells for one asker and audience: far more than agreements that people can read make.
const CELLS_MAX: usize = 1 << 20;

/// Too many conditions meet on one audience to compare every circumstance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) struct TooManyCells {
    pub(in crate::policy) asker: usize,
    pub(in crate::policy) audience: usize,
}

/// Members or columns that no condition tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) elements: Vec<usize>,
    /// Whether a condition names them.
    pub(super) named: bool,
}

/// How much of a class is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::policy) enum Presence {
    None,
    All,
    Some,
}

impl Class {
    /// What can matter of it, in the order of its cells.
    pub(super) fn presences(&self) -> &'static [Presence] {
        match (self.named, self.elements.len()) {
            (true, 2..) => &[Presence::None, Presence::All, Presence::Some],
            _ => &[Presence::None, Presence::All],
        }
    }

    fn add(&self, presence: Presence, set: &mut FixedBitSet) {
        match presence {
            Presence::None => {}
            Presence::All => set.extend(self.elements.iter().copied()),
            Presence::Some => set.extend(self.elements.first().copied()),
        }
    }
}

/// The cells: one axis for each thing that varies.
#[derive(Debug)]
pub(super) struct Space {
    /// Classes of templates that no agreement tells apart.
    pub(super) templates: Vec<Vec<usize>>,
    /// Classes of purposes that no agreement tells apart.
    pub(super) purposes: Vec<Vec<usize>>,
    /// Moments at which something changes; cell 0 is before the first.
    pub(super) dates: Vec<i64>,
    /// Losses at which something changes.
    pub(super) epsilons: Vec<i64>,
    pub(super) owners: Vec<Class>,
    pub(super) columns: Vec<Class>,
}

impl Space {
    /// The cells for one asker and audience under all these versions.
    pub(super) fn new(
        frame: &Frame,
        sides: &[(&Side, &[&Compiled])],
        (asker, audience, owner): (usize, usize, usize),
    ) -> Result<Self, TooManyCells> {
        let (mut dates, mut epsilons) = (BTreeSet::new(), BTreeSet::new());
        let (mut owners, mut columns) = (Vec::new(), Vec::new());
        let (mut templates, mut purposes) = (Vec::new(), Vec::new());
        for (side, candidates) in sides {
            templates.push(side.templates.clone());
            purposes.push(side.purposes.clone());
            if side.columns.count_ones(..) < frame.columns.len() {
                columns.push(side.columns.clone());
            }
            for agreement in *candidates {
                agreement.condition.leaves(&mut |leaf| match leaf {
                    Condition::Before(moment) => {
                        dates.insert(*moment);
                    }
                    Condition::Below(limit) if *limit > 0 => {
                        epsilons.insert(*limit);
                    }
                    Condition::Template(set) => templates.push(set.clone()),
                    Condition::Purpose(set) => purposes.push(set.clone()),
                    Condition::Set(which, _, against) => {
                        let set = against.resolve(asker, audience, owner, &side.declared);
                        if *which == Which::Owners { owners.push(set) } else { columns.push(set) }
                    }
                    _ => {}
                });
            }
        }
        // An owner without an audience is never beside another.
        let with_audience: BTreeSet<usize> = frame.owners.iter().copied().collect();
        let elements = |classes: Vec<Class>| classes.into_iter().map(|class| class.elements).collect();
        let space = Self {
            templates: elements(classes(0..frame.templates.len(), &templates)),
            purposes: elements(classes(0..frame.purposes.len(), &purposes)),
            dates: dates.into_iter().collect(),
            epsilons: epsilons.into_iter().collect(),
            owners: classes(with_audience, &owners),
            columns: classes(0..frame.columns.len(), &columns),
        };
        let cells = space.sizes().into_iter().try_fold(1usize, usize::checked_mul);
        cells.filter(|cells| *cells <= CELLS_MAX).map(|_| space).ok_or(TooManyCells { asker, audience })
    }

    /// The number of cells along each axis: roles, templates, purposes, dates, losses, each class of owners, each of columns.
    pub(super) fn sizes(&self) -> Vec<usize> {
        let mut sizes =
            vec![3, self.templates.len(), self.purposes.len(), self.dates.len() + 1, self.epsilons.len() + 1];
        sizes.extend(self.owners.iter().chain(&self.columns).map(|class| class.presences().len()));
        sizes
    }

    /// A moment in a cell: its first, or just before the first change.
    pub(super) fn date(&self, cell: usize) -> i64 {
        match cell.checked_sub(1) {
            Some(before) => self.dates.get(before).copied().unwrap_or(i64::MAX),
            None => self.dates.first().map_or(0, |first| first.saturating_sub(1)),
        }
    }

    /// The least loss in a cell.
    pub(super) fn epsilon(&self, cell: usize) -> i64 {
        cell.checked_sub(1).and_then(|before| self.epsilons.get(before)).copied().unwrap_or(0)
    }

    /// A set of each combination of presences of some classes, with its cells.
    pub(super) fn sets(classes: &[Class]) -> Vec<(Vec<usize>, FixedBitSet)> {
        let mut sets = vec![(vec![], FixedBitSet::new())];
        for class in classes {
            let size = class.elements.iter().max().map_or(0, |last| last + 1);
            let longer = sets.iter().flat_map(|(cells, set)| {
                class.presences().iter().enumerate().map(move |(cell, presence)| {
                    let (mut cells, mut set) = (cells.clone(), set.clone());
                    cells.push(cell);
                    set.grow(size);
                    class.add(*presence, &mut set);
                    (cells, set)
                })
            });
            sets = longer.collect();
        }
        sets
    }
}

/// Classes of elements that are in the same of these sets; none where there are no sets, since then no element matters.
fn classes(universe: impl IntoIterator<Item = usize>, sets: &[FixedBitSet]) -> Vec<Class> {
    if sets.is_empty() {
        return vec![];
    }
    let mut distinct: Vec<&FixedBitSet> = Vec::new();
    for set in sets {
        if !distinct.contains(&set) {
            distinct.push(set);
        }
    }
    let mut found: BTreeMap<Vec<bool>, Vec<usize>> = BTreeMap::new();
    for element in universe {
        let pattern = distinct.iter().map(|set| set.contains(element)).collect();
        found.entry(pattern).or_default().push(element);
    }
    let class = |(pattern, elements): (Vec<bool>, Vec<usize>)| Class { named: pattern.contains(&true), elements };
    found.into_iter().map(class).collect()
}
