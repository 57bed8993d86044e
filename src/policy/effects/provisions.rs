//! What an agreement says, as sets of names: what a sentence about it is made of.

use super::{
    condition::Condition,
    explain::{Part, parts},
    frame::{ALL_ROLES, Frame},
    say::{Names, alternatives},
    side::{Compiled, roles as roles_of},
};
use crate::{
    model::{AudienceRef, MemberName, PurposeName, Role, TemplateName, Text},
    policy::{
        agreement::{Agreement, AgreementId},
        policies::Policies,
    },
};
use fixedbitset::FixedBitSet;
use std::collections::BTreeSet;

/// What an agreement permits or forbids. What isn't limited is `None`: it is for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisions {
    /// The agreement's id.
    pub id: AgreementId,
    /// The members that ask.
    pub askers: Option<BTreeSet<MemberName>>,
    /// What the asking person does there.
    pub roles: Option<BTreeSet<Role>>,
    /// Whether it is about the asker's own audiences alone.
    pub own: bool,
    /// The audiences.
    pub audiences: Option<BTreeSet<AudienceRef>>,
    /// The templates.
    pub templates: Option<BTreeSet<TemplateName>>,
    /// The purposes.
    pub purposes: Option<BTreeSet<PurposeName>>,
    /// What must hold besides, all of it.
    pub conditions: Vec<Text>,
}

impl Policies {
    /// What each agreement says, by id.
    pub fn provisions(&self) -> Vec<(&Agreement, Provisions)> {
        let Some((frame, side)) = self.index() else { return vec![] };
        let groups = self.template_groups();
        let names = Names { frame, side, groups: &groups, point: None };
        let told = side.agreements.iter().map(|compiled| (compiled, Sets::of(&names, compiled)));
        told.filter_map(|(compiled, sets)| {
            Some((self.agreements().get(&compiled.id)?, sets.named(&compiled.id, frame)))
        })
        .collect()
    }
}

/// The same in numbers.
struct Sets {
    askers: FixedBitSet,
    roles: u8,
    own: bool,
    audiences: FixedBitSet,
    templates: FixedBitSet,
    purposes: FixedBitSet,
    conditions: Vec<Text>,
}

/// A set of every number below a size.
fn all(size: usize) -> FixedBitSet {
    let mut set = FixedBitSet::with_capacity(size);
    set.insert_range(..);
    set
}

/// Keeps what is in the other set, or what isn't.
fn keep(set: &mut FixedBitSet, other: &FixedBitSet, wanted: bool) {
    if wanted { set.intersect_with(other) } else { set.difference_with(other) }
}

impl Sets {
    fn of(names: &Names<'_>, compiled: &Compiled) -> Self {
        let frame = names.frame;
        let mut sets = Self {
            askers: all(frame.members.len()),
            roles: ALL_ROLES,
            own: false,
            audiences: all(frame.audiences.len()),
            templates: all(frame.templates.len()),
            purposes: all(frame.purposes.len()),
            conditions: Vec::new(),
        };
        for part in parts(&compiled.condition) {
            sets.take(names, part);
        }
        sets
    }

    fn take(&mut self, names: &Names<'_>, Part { condition, wanted }: Part<'_>) {
        // A choice between names of one kind is a set of them.
        let united = match condition {
            Condition::Any(parts) if wanted => Some(alternatives(parts)),
            _ => None,
        };
        let condition = match united.as_deref() {
            Some([one]) => one,
            _ => condition,
        };
        match (condition, wanted) {
            (Condition::Asker(set), wanted) => keep(&mut self.askers, set, wanted),
            (Condition::Audience(set), wanted) => keep(&mut self.audiences, set, wanted),
            (Condition::Template(set), wanted) => keep(&mut self.templates, set, wanted),
            (Condition::Purpose(set), wanted) => keep(&mut self.purposes, set, wanted),
            (Condition::Role(bits), wanted) => self.roles &= if wanted { *bits } else { !*bits },
            (Condition::AskerIsOwner, true) => self.own = true,
            (Condition::Const(value), wanted) if *value == wanted => {}
            (condition, wanted) => self.conditions.push(names.said(condition, wanted)),
        }
    }

    fn named(self, id: &AgreementId, frame: &Frame) -> Provisions {
        let roles = roles_of((0..3).filter(|bit| self.roles & (1 << bit) != 0));
        Provisions {
            id: id.clone(),
            askers: limited(&frame.members, &self.askers),
            roles: (self.roles & ALL_ROLES != ALL_ROLES).then_some(roles),
            own: self.own,
            audiences: limited(&frame.audiences, &self.audiences),
            templates: limited(&frame.templates, &self.templates),
            purposes: limited(&frame.purposes, &self.purposes),
            conditions: self.conditions,
        }
    }
}

/// The names in a set, unless it has all of them.
fn limited<T: Ord + Clone>(names: &[T], set: &FixedBitSet) -> Option<BTreeSet<T>> {
    let chosen: BTreeSet<T> = set.ones().filter_map(|at| names.get(at).cloned()).collect();
    (chosen.len() < names.len()).then_some(chosen)
}
