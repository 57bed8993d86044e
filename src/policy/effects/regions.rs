//! Which cells are permitted, gained or lost, gathered into as few boxes as simple merging finds.

use super::{
    condition::Point,
    frame::Frame,
    grant::{Grant, grants},
    side::{Compiled, Side},
    space::{Space, TooManyCells},
};
use fixedbitset::FixedBitSet;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A box of cells: for each axis of the space, which of its cells.
pub(super) type Box = Vec<FixedBitSet>;

/// One asker and one audience, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) asker: usize,
    pub(super) audience: usize,
}

/// What one version and what is added to it permit together: a request is permitted if each of them does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joint<'a>(pub(super) &'a [&'a Side]);

/// Goes through pairs, and remembers what it found: members of a group mostly have the same cells.
pub(super) struct Comparison<'a, const J: usize, const K: usize> {
    frame: &'a Frame,
    /// What a request is, given what each joint permits: kind 0 isn't kept.
    kind: fn([bool; J]) -> usize,
    known: HashMap<Vec<usize>, [Vec<Grant>; K]>,
}

/// A version that decides on a pair: which joint it belongs to, and its agreements that can be about the pair.
type Deciding<'a> = (usize, &'a Side, Vec<&'a Compiled>);

impl<'a, const J: usize, const K: usize> Comparison<'a, J, K> {
    pub(super) fn new(frame: &'a Frame, kind: fn([bool; J]) -> usize) -> Self {
        Self { frame, kind, known: HashMap::new() }
    }

    /// The requests of a pair, by their kind.
    pub(super) fn grants(&mut self, joints: [Joint<'_>; J], pair: Pair) -> Result<[Vec<Grant>; K], TooManyCells> {
        let place = (pair.asker, pair.audience, self.frame.owner(pair.audience));
        let mut mark = Vec::new();
        let mut deciding: Vec<Deciding<'_>> = Vec::new();
        for (joint, sides) in joints.iter().enumerate() {
            for side in sides.0 {
                let found = side.candidates(place.0, place.1, place.2);
                // An audience or asker that a version lacks has no agreements there, and nothing else to differ by.
                side.mark(&found, place, &mut mark);
                deciding.push((joint, side, found));
            }
        }
        if !deciding.iter().any(|(_, _, found)| found.iter().any(|agreement| agreement.permits)) {
            return Ok(std::array::from_fn(|_| vec![]));
        }
        // Which versions decide depends on the owner alone where narrowings are added.
        mark.extend(joints.iter().flat_map(|joint| joint.0.iter().map(|side| std::ptr::from_ref(*side).addr())));
        if let Some(known) = self.known.get(&mark) {
            return Ok(known.clone());
        }
        let found = self.compute(joints.map(|joint| !joint.0.is_empty()), &deciding, pair)?;
        self.known.insert(mark, found.clone());
        Ok(found)
    }

    fn compute(&self, any: [bool; J], deciding: &[Deciding<'_>], pair: Pair) -> Result<[Vec<Grant>; K], TooManyCells> {
        let owner = self.frame.owner(pair.audience);
        let sides: Vec<(&Side, &[&Compiled])> =
            deciding.iter().map(|(_, side, found)| (*side, found.as_slice())).collect();
        let space = Space::new(self.frame, &sides, (pair.asker, pair.audience, owner))?;
        let decide = |point: &Point<'_>| {
            let mut permitted = any;
            for (joint, side, found) in deciding {
                if let Some(permitted) = permitted.get_mut(*joint) {
                    *permitted = *permitted && side.permits(found, point);
                }
            }
            (self.kind)(permitted)
        };
        let sizes = space.sizes();
        let mut boxes: [Vec<Box>; K] = std::array::from_fn(|_| Vec::new());
        each_cell(&space, pair, owner, |cell, point| {
            if let Some(kept) = decide(point).checked_sub(1).and_then(|kept| boxes.get_mut(kept)) {
                kept.push(boxed(cell, &sizes));
            }
        });
        Ok(boxes.map(|found| grants(self.frame, &space, &merged(found, sizes.len()))))
    }
}

/// Goes through the cells of pairs under one version, and through those of pairs that have the same cells only once.
pub(super) struct Sweep<'a> {
    frame: &'a Frame,
    side: &'a Side,
    known: HashSet<Vec<usize>>,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(frame: &'a Frame, side: &'a Side) -> Self {
        Self { frame, side, known: HashSet::new() }
    }

    /// Calls `visit` for every cell of a pair with the moment at which the cell ends, if it does, and the agreements that apply in it,
    /// each with whether it permits; not at all for a pair whose cells another pair had.
    pub(super) fn pair(
        &mut self,
        pair: Pair,
        mut visit: impl FnMut(Option<i64>, &[(usize, bool)]),
    ) -> Result<(), TooManyCells> {
        let owner = self.frame.owner(pair.audience);
        let place = (pair.asker, pair.audience, owner);
        let candidates = self.side.candidates(pair.asker, pair.audience, owner);
        if candidates.is_empty() {
            return Ok(());
        }
        let mut mark = Vec::new();
        self.side.mark(&candidates, place, &mut mark);
        if self.known.contains(&mark) {
            return Ok(());
        }
        let space = Space::new(self.frame, &[(self.side, &candidates)], place)?;
        let mut holding = Vec::new();
        each_cell(&space, pair, owner, |cell, point| {
            let end = cell.get(DATES).and_then(|date| space.dates.get(*date)).copied();
            holding.clear();
            let applying = candidates.iter().filter(|agreement| self.side.applies(agreement, point));
            holding.extend(applying.map(|agreement| (agreement.at, agreement.permits)));
            visit(end, &holding);
        });
        self.known.insert(mark);
        Ok(())
    }
}

/// The axis of moments: those before it are roles, templates and purposes.
const DATES: usize = 3;

/// Calls `visit` for every cell, with its place on each axis and a request in it.
fn each_cell(space: &Space, pair: Pair, owner: usize, mut visit: impl FnMut(&[usize], &Point<'_>)) {
    let owners = Space::sets(&space.owners);
    let columns = Space::sets(&space.columns);
    let kinds = (0..3).flat_map(|role| space.templates.iter().enumerate().map(move |template| (role, template)));
    let kinds = kinds.flat_map(|kind| space.purposes.iter().enumerate().map(move |purpose| (kind, purpose)));
    for ((role, (template, templates)), (purpose, purposes)) in kinds {
        for (date, epsilon) in (0..=space.dates.len()).flat_map(|d| (0..=space.epsilons.len()).map(move |e| (d, e))) {
            for ((owner_cells, owners), (column_cells, columns)) in
                owners.iter().flat_map(|one| columns.iter().map(move |other| (one, other)))
            {
                let point = Point {
                    asker: pair.asker,
                    role: 1 << role,
                    audience: pair.audience,
                    owner,
                    template: templates.first().copied().unwrap_or(usize::MAX),
                    purpose: purposes.first().copied().unwrap_or(usize::MAX),
                    date: space.date(date),
                    epsilon: space.epsilon(epsilon),
                    owners,
                    columns,
                };
                let mut cell = vec![role, template, purpose, date, epsilon];
                cell.extend(owner_cells.iter().chain(column_cells));
                visit(&cell, &point);
            }
        }
    }
}

/// The box of one cell.
fn boxed(cell: &[usize], sizes: &[usize]) -> Box {
    let mask = |(at, size): (&usize, &usize)| {
        let mut mask = FixedBitSet::with_capacity(*size);
        mask.grow_and_insert(*at);
        mask
    };
    cell.iter().zip(sizes).map(mask).collect()
}

/// Merges boxes that differ along one axis alone, axis by axis: circumstances first, so that what holds always is told as one, whatever
/// else holds for a time.
fn merged(mut boxes: Vec<Box>, axes: usize) -> Vec<Box> {
    for axis in (DATES..axes).chain(0..DATES) {
        let mut groups: BTreeMap<Box, FixedBitSet> = BTreeMap::new();
        for mut cells in boxes {
            let Some(own) = cells.get_mut(axis) else { continue };
            let mask = std::mem::take(own);
            groups.entry(cells).or_default().union_with(&mask);
        }
        let back = |(mut cells, mask): (Box, FixedBitSet)| {
            if let Some(own) = cells.get_mut(axis) {
                *own = mask;
            }
            cells
        };
        boxes = groups.into_iter().map(back).collect();
    }
    boxes
}
