//! A proposal as officers see it.

use super::{Officer, Opinion, OpinionVerdict, Versions, VersionsError, assess::Assessment, opinions, tables};
use crate::{
    model::{MemberName, Text, YearLoss},
    policy::{consent::Difference, current::Current, effects::Effects},
};
use serde::{Deserialize, Serialize};

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It waits for approvals.
    Open,
    /// It came into force.
    Published,
    /// Its proposer took it back.
    Withdrawn,
}

/// What one owner has to say about a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The owner.
    pub owner: MemberName,
    /// Whether nothing is published without it.
    pub needed: bool,
    /// What is to be approved: a digest of all that changes for the owner.
    pub effects: String,
    /// The officer who approved, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<(String, String)>,
    /// Whether that approval was of other effects, and no longer counts.
    pub lapsed: bool,
    /// Whether the owner's officer has refused exactly that.
    #[serde(default)]
    pub refused: bool,
}

impl Approval {
    /// Whether the proposal waits for the owner's word: it is needed, and the owner has neither approved nor refused what it does now.
    pub fn is_awaited(&self) -> bool {
        self.needed && !self.refused && (self.by.is_none() || self.lapsed)
    }
}

/// A proposal, as it stands against what is in force.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proposal {
    /// Its number.
    pub id: i64,
    /// The version it proposes.
    pub version: String,
    /// The version it was made from.
    pub base: String,
    /// Who proposed it.
    pub officer: Officer,
    /// Why, in the officer's words.
    pub why: String,
    /// When (RFC 3339).
    pub proposed: String,
    /// Where it stands.
    pub status: Status,
    /// What it would change now; empty once it is closed.
    pub effects: Effects,
    /// Whether it changes rules common to all: figures of privacy, tariffs, who runs the room.
    pub common: bool,
    /// What a year may lose, before and after, where its figures of privacy change that; the gateway reads those figures.
    #[serde(default)]
    pub years: Vec<YearLoss>,
    /// What it changes of what members agreed to beside comparisons: titles, meanings, figures, words of agreements.
    #[serde(default)]
    pub differences: Vec<Difference>,
    /// What it permits behind prohibitions that mask it (gained), and no longer (lost).
    #[serde(default)]
    pub masked: Effects,
    /// What it prohibits of what nothing permits (gained), and no longer (lost).
    #[serde(default)]
    pub prohibited: Effects,
    /// What each owner concerned says.
    pub approvals: Vec<Approval>,
    /// What members' officers say of it, once each.
    #[serde(default)]
    pub opinions: Vec<Opinion>,
    /// Why it can't come into force as it is, whatever is approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<Text>,
}

impl Proposal {
    pub(super) fn closed(row: tables::ProposalRow) -> Self {
        let status = match row.state.as_str() {
            "published" => Status::Published,
            "withdrawn" => Status::Withdrawn,
            _ => Status::Open,
        };
        Self {
            id: row.id,
            version: row.version,
            base: row.base,
            officer: row.officer,
            why: row.why,
            proposed: row.proposed,
            status,
            effects: Effects::default(),
            common: false,
            years: vec![],
            differences: vec![],
            masked: Effects::default(),
            prohibited: Effects::default(),
            approvals: vec![],
            opinions: vec![],
            obstacle: None,
        }
    }

    fn with(mut self, assessment: Assessment, given: &[tables::ApprovalRow], now: jiff::Timestamp) -> Self {
        let concerned: std::collections::BTreeSet<MemberName> = assessment
            .needed
            .iter()
            .chain(assessment.effects.by_owner.keys())
            .chain(assessment.written.owners())
            .chain(given.iter().map(|row| &row.owner))
            .chain(self.opinions.iter().map(|opinion| &opinion.owner))
            .cloned()
            .collect();
        for opinion in &mut self.opinions {
            opinion.lapsed = opinion.effects != assessment.digest(&opinion.owner);
        }
        let refuses = |opinion: &Opinion| opinion.verdict == OpinionVerdict::Refused && !opinion.lapsed;
        let approval = |owner: MemberName| {
            let effects = assessment.digest(&owner);
            let row = given.iter().find(|row| row.owner == owner);
            Approval {
                needed: assessment.needed.contains(&owner),
                by: row.map(|row| (row.user.clone(), row.approved.clone())),
                lapsed: row.is_some_and(|row| row.effects != effects),
                refused: self.opinions.iter().any(|opinion| opinion.owner == owner && refuses(opinion)),
                owner,
                effects,
            }
        };
        let approvals = concerned.into_iter().map(approval).collect();
        self.approvals = approvals;
        self.common = assessment.changes_common_rules();
        let hidden = assessment.written.hidden(&assessment.effects).from(now);
        (self.masked, self.prohibited) = (hidden.permits, hidden.prohibitions);
        self.differences = assessment.differences;
        self.effects = assessment.effects.from(now);
        self
    }
}

impl Versions {
    /// One proposal, held against what is in force.
    ///
    /// # Errors
    /// When there is none of this number, or the database fails.
    pub async fn proposal(&self, current: &Current, id: i64) -> Result<Proposal, VersionsError> {
        let row = tables::one_proposal(&self.database, id).await?.ok_or(VersionsError::NotFound)?;
        let given = tables::approvals(&self.database, id).await?;
        let opinions = opinions::standing(&self.database, id).await?;
        let proposal = Proposal { opinions, ..Proposal::closed(row.clone()) };
        if proposal.status != Status::Open {
            return Ok(proposal);
        }
        match self.assess(current, &row).await {
            Ok(assessment) => Ok(proposal.with(assessment, &given, self.clock.now())),
            Err(VersionsError::Refused(obstacle)) => Ok(Proposal { obstacle: Some(obstacle), ..proposal }),
            Err(VersionsError::Mistakes(errors)) => {
                let first = errors.mistakes().first().map(|mistake| mistake.message().clone());
                let mixed =
                    || Text::new("les politiques ne tiennent plus ensemble", "the policies no longer fit together");
                Ok(Proposal { obstacle: Some(first.unwrap_or_else(mixed)), ..proposal })
            }
            Err(error) => Err(error),
        }
    }

    /// Every proposal, newest first, at most 1,000, without what it would change and what is said of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proposals(&self) -> Result<Vec<Proposal>, VersionsError> {
        Ok(tables::proposals(&self.database).await?.into_iter().map(Proposal::closed).collect())
    }
}
