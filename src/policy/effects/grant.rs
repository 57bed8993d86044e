//! Boxes of cells, with the names of what they are.

use super::{
    frame::Frame,
    regions::Box,
    side::roles,
    space::{Class, Presence, Space},
};
use crate::model::{ColumnName, MemberName, PurposeName, Role, TemplateName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Requests that have everything but one asker and one audience in common: any of its roles, with any of its templates, for any of
/// its purposes, in any of its circumstances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// What the asking user does.
    pub roles: BTreeSet<Role>,
    /// The templates.
    pub templates: BTreeSet<TemplateName>,
    /// What for.
    pub purposes: BTreeSet<PurposeName>,
    /// The first moment; from the beginning if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The moment from which it no longer holds; for ever if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The least loss, in 1e-4 of ε; from nothing if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epsilon_from: Option<i64>,
    /// The loss below which it must stay, in 1e-4 of ε; any if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epsilon_below: Option<i64>,
    /// What must hold of the owners of the question's other audiences, all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Beside<MemberName>>,
    /// What must hold of the columns that the question uses, all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Beside<ColumnName>>,
}

/// How many of some names may be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside<T> {
    /// The names.
    pub of: Vec<T>,
    /// Whether there may be none of them.
    pub none: bool,
    /// Whether there may be some and not all.
    pub some: bool,
    /// Whether all may be there.
    pub all: bool,
}

/// The lengths of contiguous cells of an axis, as (first, one past the last).
fn runs(mask: &fixedbitset::FixedBitSet) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for cell in mask.ones() {
        match runs.last_mut() {
            Some((_, end)) if *end == cell => *end += 1,
            _ => runs.push((cell, cell + 1)),
        }
    }
    runs
}

fn besides<T: Clone>(classes: &[Class], masks: &[fixedbitset::FixedBitSet], names: &[T]) -> Vec<Beside<T>> {
    let beside = |(class, mask): (&Class, &fixedbitset::FixedBitSet)| {
        let presences = class.presences();
        if mask.count_ones(..) == presences.len() {
            return None;
        }
        let may = |wanted: Presence| {
            presences.iter().enumerate().any(|(cell, presence)| *presence == wanted && mask.contains(cell))
        };
        // Of a class that no condition names, one is as good as all; of a single name, some is all.
        let some = may(Presence::Some) || (!class.named && class.elements.len() > 1 && may(Presence::All));
        let of = class.elements.iter().filter_map(|at| names.get(*at).cloned()).collect();
        Some(Beside { of, none: may(Presence::None), some, all: may(Presence::All) })
    };
    classes.iter().zip(masks).filter_map(beside).collect()
}

/// The grants of some boxes, in an order that depends on nothing but them. A box whose moments are in several stretches is several.
pub(super) fn grants(frame: &Frame, space: &Space, boxes: &[Box]) -> Vec<Grant> {
    let mut grants: Vec<Grant> = boxes.iter().flat_map(|cells| named(frame, space, cells)).collect();
    grants.sort_by_cached_key(|grant| serde_json::to_string(grant).unwrap_or_default());
    grants
}

fn named(frame: &Frame, space: &Space, cells: &Box) -> Vec<Grant> {
    let [role, template, purpose, date, epsilon, rest @ ..] = cells.as_slice() else { return vec![] };
    let (owners, columns) = rest.split_at(space.owners.len().min(rest.len()));
    let members_of = |classes: &[Vec<usize>], mask: &fixedbitset::FixedBitSet| -> Vec<usize> {
        mask.ones().filter_map(|cell| classes.get(cell)).flatten().copied().collect()
    };
    let templates = members_of(&space.templates, template);
    let purposes = members_of(&space.purposes, purpose);
    let mut grants = Vec::new();
    for ((first, end), (least, most)) in
        runs(date).into_iter().flat_map(|d| runs(epsilon).into_iter().map(move |e| (d, e)))
    {
        let moment = |cell: usize| space.dates.get(cell).and_then(|at| Timestamp::from_millisecond(*at).ok());
        grants.push(Grant {
            roles: roles(role.ones()),
            templates: templates.iter().filter_map(|at| frame.templates.get(*at).cloned()).collect(),
            purposes: purposes.iter().filter_map(|at| frame.purposes.get(*at).cloned()).collect(),
            from: first.checked_sub(1).and_then(moment),
            until: end.checked_sub(1).and_then(moment),
            epsilon_from: least.checked_sub(1).and_then(|at| space.epsilons.get(at).copied()),
            epsilon_below: most.checked_sub(1).and_then(|at| space.epsilons.get(at).copied()),
            owners: besides(&space.owners, owners, &frame.members),
            columns: besides(&space.columns, columns, &frame.columns),
        });
    }
    grants
}

impl Grant {
    /// Whether it is over before a moment.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}
