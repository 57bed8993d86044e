//! Who may ask what of which audience.

use super::{
    diff::EffectsError,
    grant::Grant,
    regions::{Comparison, Joint, Pair},
};
use crate::{
    model::{AudienceRef, MemberName},
    policy::policies::Policies,
};
use serde::Serialize;

/// What one asker may ask of one audience. A question over several audiences needs the permission of each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Permission {
    /// The member that asks.
    pub asker: MemberName,
    /// The audience.
    pub audience: AudienceRef,
    /// What is permitted.
    pub grants: Vec<Grant>,
}

/// Everything that a version permits, by asker and audience; who may ask nothing isn't listed.
///
/// # Errors
/// When so many conditions meet on one audience that their combinations can't be gone through.
pub fn matrix(policies: &Policies) -> Result<Vec<Permission>, EffectsError> {
    permissions(policies, |_| true)
}

/// What a version permits one asker, by audience: its part of the [`matrix`], without going through the others'.
///
/// # Errors
/// As [`matrix`].
pub fn permissions_of(policies: &Policies, asker: &MemberName) -> Result<Vec<Permission>, EffectsError> {
    permissions(policies, |member| member == asker)
}

fn permissions(policies: &Policies, asks: impl Fn(&MemberName) -> bool) -> Result<Vec<Permission>, EffectsError> {
    let Some((frame, side)) = policies.index() else { return Ok(vec![]) };
    let mut comparison = Comparison::new(frame, |[permitted]| usize::from(permitted));
    let mut permissions = Vec::new();
    for (asker, member) in frame.members.iter().enumerate().filter(|(_, member)| asks(member)) {
        for (audience, name) in frame.audiences.iter().enumerate() {
            let pair = Pair { asker, audience };
            let [grants] =
                comparison.grants([Joint(&[side])], pair).map_err(|cells| EffectsError::too_many(frame, cells))?;
            if !grants.is_empty() {
                permissions.push(Permission { asker: member.clone(), audience: name.clone(), grants });
            }
        }
    }
    Ok(permissions)
}
