//! What a change opens and closes.

use super::{
    frame::Frame,
    grant::Grant,
    regions::{Comparison, Joint, Pair},
    side::{Compiled, Reading, Side},
    space::TooManyCells,
    terms::Unsupported,
};
use crate::{
    model::{AudienceRef, MemberName, Text},
    policy::{agreement::AgreementId, policies::Policies},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What is in force, or would be: a version, and for some owners further versions that must permit as well.
#[derive(Debug, Clone)]
pub struct InForce<'a> {
    /// The version.
    pub base: &'a Policies,
    /// Versions that narrow it, each for the audiences of one owner.
    pub narrowings: Vec<(&'a MemberName, &'a Policies)>,
}

impl<'a> From<&'a Policies> for InForce<'a> {
    fn from(base: &'a Policies) -> Self {
        Self { base, narrowings: vec![] }
    }
}

/// What one asker gains and loses on one audience.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The member that asks.
    pub asker: MemberName,
    /// The audience.
    pub audience: AudienceRef,
    /// What is permitted after, and wasn't before.
    pub gained: Vec<Grant>,
    /// What was permitted before, and isn't after.
    pub lost: Vec<Grant>,
}

/// What a change opens and closes, by the owner of the audiences.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Effects {
    /// For each owner concerned, each asker and audience for which something changes.
    pub by_owner: BTreeMap<MemberName, Vec<Change>>,
}

/// Why effects can't be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct EffectsError(pub Text);

impl EffectsError {
    pub(in crate::policy) fn too_many(frame: &Frame, cells: TooManyCells) -> Self {
        let asker = frame.members.get(cells.asker).map(ToString::to_string).unwrap_or_default();
        let audience = frame.audiences.get(cells.audience).map(ToString::to_string).unwrap_or_default();
        Self(Text::new(
            format!(
                "trop de conditions se croisent pour {asker} et {audience} pour que tout soit comparé : réunissez des ententes, ou employez des groupes"
            ),
            format!(
                "too many conditions meet on {asker} and {audience} to compare everything: merge agreements, or use groups"
            ),
        ))
    }

    /// What loaded has been compiled before, over its own names: this is never seen, and said rather than taken for granted.
    pub(super) fn unsupported(found: &[(AgreementId, Unsupported)]) -> Self {
        let list: Vec<String> = found.iter().map(|(id, what)| format!("{id} ({})", what.0)).collect();
        let list = list.join(", ");
        Self(Text::new(
            format!("ces ententes ne se comparent pas : {list}"),
            format!("these agreements can't be compared: {list}"),
        ))
    }
}

/// Compares two states, over every asker, role, template, audience, purpose, moment, loss, set of columns and set of other owners.
///
/// A question over several audiences is permitted if and only if each of them permits, so a question becomes possible only where
/// an audience is gained, and becomes impossible only where one is lost.
///
/// # Errors
/// When so many conditions meet on one audience that their combinations can't be gone through.
pub fn diff(old: &InForce<'_>, new: &InForce<'_>) -> Result<Effects, EffectsError> {
    compare(old, new, Reading::Whole)
}

/// What a change writes, whether or not it shows: a permission that a prohibition masks, and a prohibition of what nothing permits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Written {
    /// What the permissions alone open and close, with every prohibition left out on both sides.
    pub permits: Effects,
    /// What is newly prohibited (gained) and no longer (lost), whatever is permitted.
    pub prohibitions: Effects,
}

/// Compares what two versions permit and what they prohibit, each by itself. If neither changes for an owner, then nothing that is done
/// later to prohibitions alone, or to permissions alone, can tell the two versions apart on the owner's audiences.
///
/// # Errors
/// As [`diff`].
pub fn written(old: &Policies, new: &Policies) -> Result<Written, EffectsError> {
    let (old, new) = (InForce::from(old), InForce::from(new));
    Ok(Written {
        permits: compare(&old, &new, Reading::Permits)?,
        prohibitions: compare(&old, &new, Reading::Prohibitions)?,
    })
}

/// The agreements that both versions have and that are written otherwise in the second, comments and spaces apart.
pub(in crate::policy) fn rewritten(old: &Policies, new: &Policies) -> Vec<AgreementId> {
    let says = |policies: &Policies| -> BTreeMap<AgreementId, String> {
        let told = policies.cedar().map(|(id, policy)| (id.clone(), policy.to_json().map(|json| json.to_string())));
        told.map(|(id, json)| (id, json.unwrap_or_default())).collect()
    };
    let (was, is) = (says(old), says(new));
    was.into_iter().filter(|(id, said)| is.get(id).is_some_and(|says| says != said)).map(|(id, _)| id).collect()
}

/// What one agreement alone says more (gained) or less (lost), be it to permit or to prohibit: also where another says it too.
///
/// # Errors
/// As [`diff`].
pub(in crate::policy) fn alone(old: &Policies, new: &Policies, id: &AgreementId) -> Result<Effects, EffectsError> {
    compare(&InForce::from(old), &InForce::from(new), Reading::One(id))
}

fn compare(old: &InForce<'_>, new: &InForce<'_>, reading: Reading<'_>) -> Result<Effects, EffectsError> {
    let all: Vec<&Policies> = [old, new]
        .iter()
        .flat_map(|state| std::iter::once(state.base).chain(state.narrowings.iter().map(|(_, version)| *version)))
        .collect();
    let frame = Frame::of(&all);
    let compiled = |policies| Side::read(policies, &frame, reading).map_err(|found| EffectsError::unsupported(&found));
    let sides: Vec<Side> = all.iter().map(|policies| compiled(policies)).collect::<Result<_, _>>()?;
    let (before, after) = sides.split_at(old.narrowings.len() + 1);
    let kind = |[old, new]: [bool; 2]| {
        if old == new {
            0
        } else if new {
            1
        } else {
            2
        }
    };
    let mut comparison = Comparison::new(&frame, kind);
    let mut effects = Effects::default();
    for (audience, name) in frame.audiences.iter().enumerate() {
        let before = joint(old, before, &name.member);
        let after = joint(new, after, &name.member);
        for (asker, member) in frame.members.iter().enumerate() {
            let pair = Pair { asker, audience };
            if same(&frame, &before, &after, pair) {
                continue;
            }
            let [gained, lost] = comparison
                .grants([Joint(&before), Joint(&after)], pair)
                .map_err(|cells| EffectsError::too_many(&frame, cells))?;
            if gained.is_empty() && lost.is_empty() {
                continue;
            }
            let change = Change { asker: member.clone(), audience: name.clone(), gained, lost };
            effects.by_owner.entry(name.member.clone()).or_default().push(change);
        }
    }
    Ok(effects)
}

/// The sides that decide on an owner's audiences.
fn joint<'a>(state: &InForce<'_>, sides: &'a [Side], owner: &MemberName) -> Vec<&'a Side> {
    let narrowing = state.narrowings.iter().map(|(of, _)| *of == owner);
    std::iter::once(true).chain(narrowing).zip(sides).filter(|(decides, _)| *decides).map(|(_, side)| side).collect()
}

/// Whether both sides say the very same of a pair, without going through its cells.
fn same<'a>(frame: &Frame, before: &[&'a Side], after: &[&'a Side], pair: Pair) -> bool {
    let ([before], [after]) = (before, after) else { return false };
    let owner = frame.owner(pair.audience);
    before.same_names(after, pair.audience) && {
        let candidates = |side: &'a Side| side.candidates(pair.asker, pair.audience, owner).into_iter();
        let says = |agreement: &'a Compiled| (agreement.permits, &agreement.condition);
        candidates(before).map(says).eq(candidates(after).map(says))
    }
}

impl Written {
    /// What is left once what was over at a moment is taken off, as [`Effects::from`].
    #[must_use]
    pub fn from(self, now: jiff::Timestamp) -> Self {
        Self { permits: self.permits.from(now), prohibitions: self.prohibitions.from(now) }
    }

    /// The owners for whom something written changes.
    pub fn owners(&self) -> impl Iterator<Item = &MemberName> {
        self.permits.by_owner.keys().chain(self.prohibitions.by_owner.keys())
    }

    /// What is written and doesn't show in what may be asked: it is masked, or nothing permits it.
    #[must_use]
    pub fn hidden(self, effects: &Effects) -> Self {
        let permits = self.permits.beyond(|change| effects.of(&change.asker, &change.audience) == Some(change));
        let prohibitions = self.prohibitions.beyond(|change| {
            let shown = effects.of(&change.asker, &change.audience);
            shown.is_some_and(|shown| shown.gained == change.lost && shown.lost == change.gained)
        });
        Self { permits, prohibitions }
    }

    /// SHA-256, in hex, of all that is written for an owner.
    pub fn digest(&self, owner: &MemberName) -> String {
        let digests = [self.permits.digest(owner), self.prohibitions.digest(owner)];
        hex::encode(Sha256::digest(digests.join("\0")))
    }
}

impl Effects {
    /// Whether nothing changes for anybody.
    pub fn is_empty(&self) -> bool {
        self.by_owner.is_empty()
    }

    /// What is left once what was over at a moment is taken off: nobody can ask in the past.
    pub fn from(mut self, now: jiff::Timestamp) -> Self {
        for changes in self.by_owner.values_mut() {
            for change in changes.iter_mut() {
                change.gained.retain(|grant| !grant.is_over(now));
                change.lost.retain(|grant| !grant.is_over(now));
            }
            changes.retain(|change| !(change.gained.is_empty() && change.lost.is_empty()));
        }
        self.by_owner.retain(|_, changes| !changes.is_empty());
        self
    }

    /// What is left without the changes that other effects show already.
    pub(in crate::policy) fn beyond(mut self, shown: impl Fn(&Change) -> bool) -> Self {
        self.by_owner.values_mut().for_each(|changes| changes.retain(|change| !shown(change)));
        self.by_owner.retain(|_, changes| !changes.is_empty());
        self
    }

    /// The change for one asker and audience, if there is one.
    pub(in crate::policy) fn of(&self, asker: &MemberName, audience: &AudienceRef) -> Option<&Change> {
        let mut changes = self.by_owner.get(&audience.member)?.iter();
        changes.find(|change| change.asker == *asker && change.audience == *audience)
    }

    /// Whether something becomes possible on an owner's audiences.
    pub fn widens(&self, owner: &MemberName) -> bool {
        self.by_owner.get(owner).is_some_and(|changes| changes.iter().any(|change| !change.gained.is_empty()))
    }

    /// Whether something becomes impossible on an owner's audiences.
    pub fn narrows(&self, owner: &MemberName) -> bool {
        self.by_owner.get(owner).is_some_and(|changes| changes.iter().any(|change| !change.lost.is_empty()))
    }

    /// SHA-256, in hex, of all that changes for an owner: what the owner's officer approves.
    pub fn digest(&self, owner: &MemberName) -> String {
        let changes = self.by_owner.get(owner).map(Vec::as_slice).unwrap_or_default();
        hex::encode(Sha256::digest(serde_json::to_vec(changes).unwrap_or_default()))
    }
}
