//! What is in force: a version, and the narrowings that owners have put on top of it.

use super::{
    decision::{Admission, Decision, Question, Refusal},
    effects::InForce,
    policies::Policies,
};
use crate::model::MemberName;
use std::{fmt, sync::Arc};

/// A version that an owner's audiences must be permitted by as well.
#[derive(Debug, Clone)]
pub struct Narrowing {
    /// Whose audiences.
    pub owner: MemberName,
    /// The version.
    pub policies: Arc<Policies>,
}

/// The policies in force.
#[derive(Debug, Clone)]
pub struct Current {
    /// The published version.
    pub base: Arc<Policies>,
    /// What owners have taken back since, before the rest of their proposals was agreed on.
    pub narrowings: Vec<Narrowing>,
}

impl From<Policies> for Current {
    fn from(base: Policies) -> Self {
        Arc::new(base).into()
    }
}

impl From<Arc<Policies>> for Current {
    fn from(base: Arc<Policies>) -> Self {
        Self { base, narrowings: vec![] }
    }
}

impl Current {
    /// Decides a question: the published version must permit it, and for each owner with narrowings those must permit the owner's
    /// audiences too.
    pub fn decide(&self, question: &Question) -> Decision {
        let mut reasons = Vec::new();
        let mut agreements = std::collections::BTreeSet::new();
        let everywhere = std::iter::once((None, &self.base));
        let narrowed = self.narrowings.iter().map(|narrowing| (Some(&narrowing.owner), &narrowing.policies));
        for (owner, policies) in everywhere.chain(narrowed) {
            let concerns = |audience: &crate::model::AudienceRef| owner.is_none_or(|owner| audience.member == *owner);
            if owner.is_some() && !question.audiences.iter().any(concerns) {
                continue;
            }
            match policies.decide_where(question, concerns) {
                Decision::Permitted(admission) => agreements.extend(admission.agreements),
                Decision::Refused(refusal) => {
                    for mut reason in refusal.reasons {
                        // A narrowing decides, and changes no words: what the published version has is told by its own title.
                        if let Some(published) = reason.agreement().and_then(|id| self.base.agreements().get(id)) {
                            reason.ground.retitle(&published.title);
                        }
                        if !reasons.contains(&reason) {
                            reasons.push(reason);
                        }
                    }
                }
            }
        }
        if reasons.is_empty() {
            Decision::Permitted(Admission { question: question.clone(), version: self.to_string(), agreements })
        } else {
            Decision::Refused(Refusal { reasons })
        }
    }

    /// For comparing it with what is proposed.
    pub fn in_force(&self) -> InForce<'_> {
        let narrowings = self.narrowings.iter().map(|narrowing| (&narrowing.owner, &*narrowing.policies));
        InForce { base: &self.base, narrowings: narrowings.collect() }
    }
}

/// The name of what is in force, for receipts: the version's hash, and `+owner:hash` for each narrowing.
impl fmt::Display for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.version())?;
        self.narrowings
            .iter()
            .try_for_each(|narrowing| write!(f, "+{}:{}", narrowing.owner, narrowing.policies.version()))
    }
}
