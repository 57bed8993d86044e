//! What an agreement says, over the numbers of a [`Frame`](super::frame::Frame): a formula whose every part has a truth value for
//! every request.

use fixedbitset::FixedBitSet;

/// One request about one audience, in numbers.
#[derive(Debug, Clone, Copy)]
pub(in crate::policy) struct Point<'a> {
    pub(in crate::policy) asker: usize,
    /// A bit of [`Role::OF_MEMBERS`](crate::model::Role::OF_MEMBERS).
    pub(in crate::policy) role: u8,
    pub(in crate::policy) audience: usize,
    pub(in crate::policy) owner: usize,
    pub(in crate::policy) template: usize,
    pub(in crate::policy) purpose: usize,
    /// Milliseconds since 1970, UTC.
    pub(in crate::policy) date: i64,
    /// In 1e-4 of ε.
    pub(in crate::policy) epsilon: i64,
    /// Owners of the question's other audiences.
    pub(in crate::policy) owners: &'a FixedBitSet,
    /// Columns that the question uses.
    pub(in crate::policy) columns: &'a FixedBitSet,
}

/// Which set of a question's circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) enum Which {
    Owners,
    Columns,
}

/// How that set stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) enum Stand {
    /// It has every element of the other.
    Includes,
    /// It has no element that the other hasn't.
    Within,
    /// They have an element in common.
    Meets,
}

/// A set that a circumstance is held against: written out, and completed by what the request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::policy) struct Against {
    pub(super) literal: FixedBitSet,
    pub(super) asker: bool,
    pub(super) owner: bool,
    /// The audience's own columns.
    pub(super) declared: bool,
}

/// A condition. Only such conditions can be written in agreements: see `docs/adr/0007-decidable-agreements.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::policy) enum Condition {
    Const(bool),
    /// The asker's member is one of these.
    Asker(FixedBitSet),
    /// The asker's member owns the audience.
    AskerIsOwner,
    /// The asker's role is one of these bits.
    Role(u8),
    /// The audience is one of these.
    Audience(FixedBitSet),
    /// The template is one of these.
    Template(FixedBitSet),
    /// The purpose is one of these.
    Purpose(FixedBitSet),
    /// The moment is before this one.
    Before(i64),
    /// ε is below this many 1e-4.
    Below(i64),
    /// How owners or columns stand to a set.
    Set(Which, Stand, Against),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// Each audience's own columns, by its number.
pub(super) type Declared = Vec<FixedBitSet>;

impl Against {
    /// The set, for a request about one audience.
    pub(super) fn resolve(&self, asker: usize, audience: usize, owner: usize, declared: &Declared) -> FixedBitSet {
        let mut set = self.literal.clone();
        if self.asker {
            set.grow_and_insert(asker);
        }
        if self.owner {
            set.grow_and_insert(owner);
        }
        if let Some(columns) = declared.get(audience).filter(|_| self.declared) {
            set.union_with(columns);
        }
        set
    }
}

impl Condition {
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Const(value) => Self::Const(!value),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether it holds for a request.
    pub(super) fn holds(&self, point: &Point<'_>, declared: &Declared) -> bool {
        match self {
            Self::Const(value) => *value,
            Self::Asker(set) => set.contains(point.asker),
            Self::AskerIsOwner => point.asker == point.owner,
            Self::Role(bits) => bits & point.role != 0,
            Self::Audience(set) => set.contains(point.audience),
            Self::Template(set) => set.contains(point.template),
            Self::Purpose(set) => set.contains(point.purpose),
            Self::Before(moment) => point.date < *moment,
            Self::Below(limit) => point.epsilon < *limit,
            Self::Set(which, stand, against) => {
                let set = match which {
                    Which::Owners => point.owners,
                    Which::Columns => point.columns,
                };
                let other = against.resolve(point.asker, point.audience, point.owner, declared);
                match stand {
                    Stand::Includes => other.is_subset(set),
                    Stand::Within => set.is_subset(&other),
                    Stand::Meets => !set.is_disjoint(&other),
                }
            }
            Self::Not(inner) => !inner.holds(point, declared),
            Self::All(parts) => parts.iter().all(|part| part.holds(point, declared)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(point, declared)),
        }
    }

    /// What it comes to for one asker and audience, whatever the rest; `None` if the rest decides.
    pub(super) fn settled(&self, asker: usize, audience: usize, owner: usize) -> Option<bool> {
        let settled = |part: &Self| part.settled(asker, audience, owner);
        match self {
            Self::Const(value) => Some(*value),
            Self::Asker(set) => Some(set.contains(asker)),
            Self::AskerIsOwner => Some(asker == owner),
            Self::Audience(set) => Some(set.contains(audience)),
            Self::Not(inner) => settled(inner).map(|value| !value),
            Self::All(parts) => {
                let mut open = false;
                for part in parts {
                    match settled(part) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => open = true,
                    }
                }
                (!open).then_some(true)
            }
            Self::Any(parts) => {
                let mut open = false;
                for part in parts {
                    match settled(part) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => open = true,
                    }
                }
                (!open).then_some(false)
            }
            _ => None,
        }
    }

    /// Calls `visit` on every part that has no parts.
    pub(super) fn leaves(&self, visit: &mut impl FnMut(&Self)) {
        match self {
            Self::Not(inner) => inner.leaves(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.leaves(visit)),
            leaf => visit(leaf),
        }
    }
}
