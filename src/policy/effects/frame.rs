//! The names over which effects are computed: those of one version, or of several that are compared.

use super::super::policies::Policies;
use crate::model::{AudienceRef, ColumnName, MemberName, PurposeName, Role, TemplateName};
use fixedbitset::FixedBitSet;
use std::{collections::BTreeSet, ops::BitOr};

/// Members, audiences, templates, purposes and columns, each numbered by its place in its sorted list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::policy) struct Frame {
    pub(in crate::policy) members: Vec<MemberName>,
    pub(in crate::policy) audiences: Vec<AudienceRef>,
    pub(in crate::policy) templates: Vec<TemplateName>,
    pub(in crate::policy) purposes: Vec<PurposeName>,
    pub(in crate::policy) columns: Vec<ColumnName>,
    /// The number of each audience's owner.
    pub(in crate::policy) owners: Vec<usize>,
}

/// A position in a sorted list.
pub(super) fn position<T: Ord>(sorted: &[T], wanted: &T) -> Option<usize> {
    sorted.binary_search(wanted).ok()
}

/// A set with one element, or none.
pub(super) fn only(size: usize, element: Option<usize>) -> FixedBitSet {
    let mut set = FixedBitSet::with_capacity(size);
    set.extend(element.filter(|element| *element < size));
    set
}

/// A set of those elements for which `holds`.
pub(super) fn those(size: usize, holds: impl Fn(usize) -> bool) -> FixedBitSet {
    let mut set = FixedBitSet::with_capacity(size);
    set.extend((0..size).filter(|element| holds(*element)));
    set
}

/// Every role, as bits in the order of [`Role::OF_MEMBERS`].
pub(super) const ALL_ROLES: u8 = 0b111;

/// A role's bit.
pub(super) fn role_bit(role: Role) -> u8 {
    Role::OF_MEMBERS.iter().position(|known| *known == role).map_or(0, |at| 1 << at)
}

fn union<T: Ord + Clone>(sides: &[&Policies], names: impl Fn(&Policies) -> BTreeSet<T>) -> Vec<T> {
    let all = sides.iter().map(|policies| names(policies)).fold(BTreeSet::new(), |all, more| all.bitor(&more));
    all.into_iter().collect()
}

impl Frame {
    /// The names of all these versions together.
    pub(in crate::policy) fn of(sides: &[&Policies]) -> Self {
        let members = union(sides, |policies| policies.members().keys().cloned().collect());
        let audiences = union(sides, |policies| {
            let audiences = policies.members().values().flat_map(|member| member.audiences.values());
            audiences.map(|declaration| declaration.audience.clone()).collect()
        });
        let owners = audiences.iter().map(|audience: &AudienceRef| position(&members, &audience.member).unwrap_or(0));
        Self {
            owners: owners.collect(),
            templates: union(sides, |policies| policies.templates().cloned().collect()),
            purposes: union(sides, |policies| policies.purposes().keys().cloned().collect()),
            columns: union(sides, |policies| policies.vocabulary().columns().keys().cloned().collect()),
            members,
            audiences,
        }
    }

    /// The number of an audience's owner.
    pub(super) fn owner(&self, audience: usize) -> usize {
        self.owners.get(audience).copied().unwrap_or(0)
    }
}
