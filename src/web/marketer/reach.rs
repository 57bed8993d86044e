//! Which audiences a marketer may compare with a template, so that a form offers those, and says of the others why not.

use crate::{
    gateway::{AskError, Room},
    model::{AudienceRef, MemberName, Role, TemplateName},
    policy::{Grant, permissions_of},
};
use std::collections::BTreeSet;

/// What stands in the way of an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// No agreement permits it to the asker's member with this template, for whatever purpose.
    NotPermitted,
    /// Its owner hasn't approved this template.
    NotApproved,
    /// The room holds nothing of it.
    Empty,
}

impl Obstacle {
    /// The message that says so.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::NotPermitted => "audience-not-permitted",
            Self::NotApproved => "audience-not-approved",
            Self::Empty => "audience-empty",
        }
    }
}

/// What is in reach of one member with one template.
pub(super) struct Reach {
    /// Nothing where conditions meet in more ways than can be gone through: the question itself is decided all the same.
    permitted: Option<BTreeSet<AudienceRef>>,
    approved: BTreeSet<MemberName>,
    held: BTreeSet<AudienceRef>,
}

impl Reach {
    /// Looks at agreements, approvals and what the room holds. Purposes, columns and the loss are settled by the question itself, and
    /// so is what an owner has taken back since.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn of(room: &Room, asker: &MemberName, template: &TemplateName) -> Result<Self, AskError> {
        let rules = room.rules();
        let now = room.store.now();
        let permits = |grant: &Grant| {
            grant.roles.contains(&Role::Marketer)
                && grant.templates.contains(template)
                && grant.from.is_none_or(|from| from <= now)
                && !grant.is_over(now)
        };
        let permitted = permissions_of(&rules.policies.base, asker).ok().map(|permissions| {
            let permitted = permissions.into_iter().filter(|permission| permission.grants.iter().any(permits));
            permitted.map(|permission| permission.audience).collect()
        });
        let approved = rules.templates.of(template).flat_map(|(version, _)| version.approved.iter().cloned()).collect();
        let held = room.store.versions().await.map_err(|error| AskError::internal("audiences", &error))?;
        Ok(Self { permitted, approved, held: held.into_keys().collect() })
    }

    /// What stands in the way of an audience, if anything does.
    pub(super) fn obstacle(&self, audience: &AudienceRef) -> Option<Obstacle> {
        if self.permitted.as_ref().is_some_and(|permitted| !permitted.contains(audience)) {
            return Some(Obstacle::NotPermitted);
        }
        if !self.approved.contains(&audience.member) {
            return Some(Obstacle::NotApproved);
        }
        (!self.held.contains(audience)).then_some(Obstacle::Empty)
    }
}
