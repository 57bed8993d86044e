//! Members that leave. What they had agreed to or refused is forgotten, so that it doesn't count on the day they come back; what they had
//! proposed is withdrawn, since nobody is left who could.

use super::{
    Entry, Versions, VersionsError, What, opinions,
    tables::{self, ProposalRow},
};
use crate::{database::Writing, model::MemberName, policy::policies::Policies};
use std::collections::BTreeSet;

impl Versions {
    /// Takes leave, in the transaction that publishes `after`, of the members that it no longer has.
    pub(super) async fn take_leave(
        &self,
        writing: &mut Writing,
        before: &Policies,
        after: &Policies,
    ) -> Result<(), VersionsError> {
        let gone: BTreeSet<&MemberName> = before.members().keys().filter(|name| after.member(name).is_none()).collect();
        if gone.is_empty() {
            return Ok(());
        }
        for proposal in tables::open_proposals(writing).await? {
            if gone.contains(&proposal.officer.member) {
                tables::end_proposal(writing, proposal.id, "withdrawn").await?;
                self.log_leaving(writing, What::Withdrawn, &proposal, &proposal.officer.member).await?;
                continue;
            }
            for owner in &gone {
                opinions::end(writing, proposal.id, owner, &self.now()).await?;
            }
            for approval in tables::approvals(&self.database, proposal.id).await? {
                if gone.contains(&approval.owner) {
                    tables::retract(writing, proposal.id, &approval.owner).await?;
                    self.log_leaving(writing, What::Retracted, &proposal, &approval.owner).await?;
                }
            }
        }
        Ok(())
    }

    /// No officer did it: it follows from what was published.
    async fn log_leaving(
        &self,
        writing: &mut Writing,
        what: What,
        proposal: &ProposalRow,
        member: &MemberName,
    ) -> Result<(), VersionsError> {
        let entry = Entry {
            happened: self.now(),
            what,
            officer: None,
            version: Some(proposal.version.clone()),
            proposal: Some(proposal.id),
            why: Some(format!("{member} n'est plus membre / {member} is no longer a member")),
        };
        tables::log(writing, &entry).await
    }
}
