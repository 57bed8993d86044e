//! One version's agreements over a frame, ready to be evaluated.

use super::{
    condition::{Condition, Point},
    frame::{Frame, position, those},
    read::Numbers,
    terms::Unsupported,
};
use crate::{
    model::Role,
    policy::{agreement::AgreementId, policies::Policies},
};
use cedar_policy::{Effect, EntityUid};
use fixedbitset::FixedBitSet;
use std::collections::HashMap;

/// One agreement.
#[derive(Debug, Clone)]
pub(in crate::policy) struct Compiled {
    pub(in crate::policy) id: AgreementId,
    /// Its place among the version's agreements.
    pub(super) at: usize,
    pub(in crate::policy) permits: bool,
    pub(in crate::policy) condition: Condition,
    /// Those that it can be about, as far as its outermost conditions tell; `None` for all.
    askers: Option<FixedBitSet>,
    audiences: Option<FixedBitSet>,
    templates: Option<FixedBitSet>,
}

/// Which of a version's agreements count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading<'a> {
    /// All: what may be asked in the end.
    Whole,
    /// What is permitted, with every prohibition left out.
    Permits,
    /// What is prohibited, read as if it were permitted: a prohibition that nothing needs today counts too.
    Prohibitions,
    /// One agreement, read as if it permitted.
    One(&'a AgreementId),
}

impl Reading<'_> {
    /// How an agreement that permits (or forbids) counts; `None` if it doesn't.
    fn counts(self, id: &AgreementId, permits: bool) -> Option<bool> {
        match self {
            Self::One(one) => (one == id).then_some(true),
            Self::Whole => Some(permits),
            Self::Permits => permits.then_some(true),
            Self::Prohibitions => (!permits).then_some(true),
        }
    }
}

/// One version's agreements.
#[derive(Debug)]
pub(in crate::policy) struct Side {
    pub(in crate::policy) agreements: Vec<Compiled>,
    pub(super) declared: Vec<FixedBitSet>,
    /// What the version has of each: what it doesn't have is permitted to nobody.
    members: FixedBitSet,
    audiences: FixedBitSet,
    pub(super) templates: FixedBitSet,
    pub(super) purposes: FixedBitSet,
    pub(super) columns: FixedBitSet,
    /// For each audience, the agreements that can be about it.
    by_audience: Vec<Vec<usize>>,
}

impl Side {
    /// Compiles a version.
    ///
    /// # Errors
    /// The agreements that say what can't be compared, each with what that is.
    pub(in crate::policy) fn compile(
        policies: &Policies,
        frame: &Frame,
    ) -> Result<Self, Vec<(AgreementId, Unsupported)>> {
        Self::read(policies, frame, Reading::Whole)
    }

    /// Compiles those agreements of a version that count.
    ///
    /// # Errors
    /// As [`Side::compile`].
    pub(super) fn read(
        policies: &Policies,
        frame: &Frame,
        reading: Reading<'_>,
    ) -> Result<Self, Vec<(AgreementId, Unsupported)>> {
        let numbers = numbers(policies, frame);
        let (mut agreements, mut failed) = (Vec::new(), Vec::new());
        for (id, policy) in policies.cedar() {
            let Some(permits) = reading.counts(id, policy.effect() == Effect::Permit) else { continue };
            let json = policy.to_json().map_err(|error| Unsupported(error.to_string()));
            match json.and_then(|json| numbers.agreement(&json)) {
                Ok(condition) => {
                    let at = agreements.len();
                    agreements.push(Compiled::new(id.clone(), at, permits, condition));
                }
                Err(unsupported) => failed.push((id.clone(), unsupported)),
            }
        }
        if !failed.is_empty() {
            return Err(failed);
        }
        let about = |audience: usize| {
            let candidates = agreements.iter().enumerate();
            let candidates = candidates.filter(|(_, agreement)| includes(agreement.audiences.as_ref(), audience));
            candidates.map(|(at, _)| at).collect()
        };
        Ok(Self {
            by_audience: (0..frame.audiences.len()).map(about).collect(),
            members: those(frame.members.len(), |at| has(&frame.members, at, |name| policies.member(name).is_some())),
            audiences: those(frame.audiences.len(), |at| {
                has(&frame.audiences, at, |name| policies.audience(name).is_some())
            }),
            templates: those(frame.templates.len(), |at| {
                has(&frame.templates, at, |name| policies.knows_template(name))
            }),
            purposes: those(frame.purposes.len(), |at| {
                has(&frame.purposes, at, |name| policies.purposes().contains_key(name))
            }),
            columns: those(frame.columns.len(), |at| {
                has(&frame.columns, at, |name| policies.vocabulary().get(name).is_some())
            }),
            declared: numbers.declared,
            agreements,
        })
    }

    /// The agreements that can be about this asker and audience; none if the version lacks either.
    pub(super) fn candidates(&self, asker: usize, audience: usize, owner: usize) -> Vec<&Compiled> {
        if !(self.members.contains(asker) && self.audiences.contains(audience)) {
            return vec![];
        }
        let about = self.by_audience.get(audience).into_iter().flatten();
        about
            .filter_map(|at| self.agreements.get(*at))
            .filter(|agreement| includes(agreement.askers.as_ref(), asker))
            .filter(|agreement| agreement.condition.settled(asker, audience, owner) != Some(false))
            .collect()
    }

    /// Whether an agreement applies to a request that can be made at all.
    pub(super) fn applies(&self, agreement: &Compiled, point: &Point<'_>) -> bool {
        self.knows(point) && agreement.condition.holds(point, &self.declared)
    }

    fn knows(&self, point: &Point<'_>) -> bool {
        self.templates.contains(point.template)
            && self.purposes.contains(point.purpose)
            && point.columns.is_subset(&self.columns)
    }

    /// Whether a request is permitted, given [`Side::candidates`] for its asker and audience.
    pub(super) fn permits(&self, candidates: &[&Compiled], point: &Point<'_>) -> bool {
        self.knows(point)
            && candidates.iter().any(|agreement| agreement.permits && agreement.condition.holds(point, &self.declared))
            && !candidates
                .iter()
                .any(|agreement| !agreement.permits && agreement.condition.holds(point, &self.declared))
    }

    /// Whether two versions have the same names, and an audience the same columns.
    pub(super) fn same_names(&self, other: &Self, audience: usize) -> bool {
        let same = |names: fn(&Self) -> &FixedBitSet| names(self) == names(other);
        same(|side| &side.members)
            && same(|side| &side.audiences)
            && same(|side| &side.templates)
            && same(|side| &side.purposes)
            && same(|side| &side.columns)
            && self.declared.get(audience) == other.declared.get(audience)
    }

    /// All that a pair can differ by from another with the same agreements: two pairs with the same mark have the same cells.
    pub(super) fn mark(
        &self,
        found: &[&Compiled],
        (asker, audience, owner): (usize, usize, usize),
        mark: &mut Vec<usize>,
    ) {
        for agreement in found {
            mark.push(agreement.at);
            agreement.condition.leaves(&mut |leaf| match leaf {
                Condition::Set(_, _, against) => {
                    let set = against.resolve(asker, audience, owner, &self.declared);
                    mark.push(set.count_ones(..));
                    mark.extend(set.ones());
                }
                leaf => mark.extend(leaf.settled(asker, audience, owner).map(usize::from)),
            });
        }
        mark.push(usize::MAX);
    }

    /// The agreements that a request can be decided by: all others don't apply, by their head alone.
    pub(in crate::policy) fn slice(
        &self,
        asker: usize,
        audience: usize,
        template: usize,
    ) -> impl Iterator<Item = &AgreementId> {
        let about = self.by_audience.get(audience).into_iter().flatten();
        about
            .filter_map(|at| self.agreements.get(*at))
            .filter(move |agreement| includes(agreement.askers.as_ref(), asker))
            .filter(move |agreement| includes(agreement.templates.as_ref(), template))
            .map(|agreement| &agreement.id)
    }
}

fn has<T>(names: &[T], at: usize, holds: impl Fn(&T) -> bool) -> bool {
    names.get(at).is_some_and(holds)
}

fn includes(set: Option<&FixedBitSet>, element: usize) -> bool {
    set.is_none_or(|set| set.contains(element))
}

impl Compiled {
    fn new(id: AgreementId, at: usize, permits: bool, condition: Condition) -> Self {
        let (mut askers, mut audiences, mut templates) = (None, None, None);
        let mut open = vec![&condition];
        while let Some(part) = open.pop() {
            match part {
                Condition::All(parts) => open.extend(parts),
                Condition::Asker(set) => narrow(&mut askers, set),
                Condition::Audience(set) => narrow(&mut audiences, set),
                Condition::Template(set) => narrow(&mut templates, set),
                _ => {}
            }
        }
        Self { id, at, permits, condition, askers, audiences, templates }
    }
}

fn narrow(known: &mut Option<FixedBitSet>, set: &FixedBitSet) {
    match known {
        Some(known) => known.intersect_with(set),
        None => *known = Some(set.clone()),
    }
}

/// What a version's entities are over the frame, by Cedar's own account of who is in what.
fn numbers<'a>(policies: &Policies, frame: &'a Frame) -> Numbers<'a> {
    let mut numbers = Numbers {
        frame,
        members: HashMap::new(),
        audiences: HashMap::new(),
        templates: HashMap::new(),
        declared: vec![FixedBitSet::with_capacity(frame.columns.len()); frame.audiences.len()],
    };
    let key = |uid: &EntityUid| (uid.type_name().to_string(), uid.id().unescaped().to_owned());
    for (at, name) in frame.members.iter().enumerate() {
        for uid in policies.entity_of_member(name).into_iter().flat_map(|uid| policies.with_ancestors(uid)) {
            numbers.members.entry(key(&uid)).or_default().grow_and_insert(at);
        }
    }
    for (at, name) in frame.audiences.iter().enumerate() {
        for uid in policies.entity_of_audience(name).into_iter().flat_map(|uid| policies.with_ancestors(uid)) {
            numbers.audiences.entry(key(&uid)).or_default().grow_and_insert(at);
        }
        let Some(declaration) = policies.audience(name) else { continue };
        let shape = ("Shape".to_owned(), declaration.shape.as_str().to_owned());
        numbers.audiences.entry(shape).or_default().grow_and_insert(at);
        if let Some(columns) = numbers.declared.get_mut(at) {
            columns.extend(declaration.columns.iter().filter_map(|column| position(&frame.columns, column)));
        }
    }
    for (at, name) in frame.templates.iter().enumerate() {
        for uid in policies.actions_of_template(name) {
            numbers.templates.entry(key(&uid)).or_default().grow_and_insert(at);
        }
    }
    numbers
}

/// The roles whose bits are set.
pub(super) fn roles(bits: impl Iterator<Item = usize>) -> std::collections::BTreeSet<Role> {
    bits.filter_map(|at| Role::OF_MEMBERS.get(at).copied()).collect()
}
