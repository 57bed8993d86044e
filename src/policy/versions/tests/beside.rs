//! What is known beside the code under test: sampled judgements by brute force, and what officers have agreed to in a history.

use super::*;
use crate::policy::decision::Refusal;
use std::collections::BTreeSet;

/// Judgements that are sampled: a question, and one of its audiences.
pub struct Sample {
    questions: Vec<Question>,
    /// The owner that each judgement is about, question by question.
    pub owners: Vec<MemberName>,
}

impl Sample {
    /// Of these questions, those that can still be asked.
    pub fn of(questions: impl Iterator<Item = Question>) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let questions: Vec<Question> = questions.filter(|question| question.now >= now).collect();
        let owners = questions.iter().flat_map(|question| &question.audiences).map(|audience| audience.member.clone());
        Self { owners: owners.collect(), questions }
    }

    /// Which judgements permit, each with its own owner's narrowings alone; unanimity is checked on the way.
    pub fn judge(&self, current: &Current) -> Vec<bool> {
        self.questions.iter().flat_map(|question| judge(current, question)).collect()
    }

    /// Which judgements of an owner's audiences a version would permit that aren't permitted now.
    pub fn opened(&self, owner: &MemberName, now: &[bool], would: &[bool]) -> BTreeSet<usize> {
        let opened = |at: &usize| would[*at] && !now[*at] && self.owners[*at] == *owner;
        (0..self.owners.len()).filter(opened).collect()
    }
}

fn judge(current: &Current, question: &Question) -> Vec<bool> {
    let permits = |audience: &crate::model::AudienceRef| {
        let narrowings = current.narrowings.iter().filter(|narrowing| narrowing.owner == audience.member);
        let alone = Current { base: current.base.clone(), narrowings: narrowings.cloned().collect() };
        let concerns = |refusal: &Refusal| {
            refusal.reasons().iter().any(|reason| reason.audience.as_ref().is_none_or(|about| about == audience))
        };
        match alone.decide(question) {
            Decision::Permitted(_) => true,
            Decision::Refused(refusal) => !concerns(&refusal),
        }
    };
    let judgements: Vec<bool> = question.audiences.iter().map(permits).collect();
    let all = matches!(current.decide(question), Decision::Permitted(_));
    assert_eq!(all, judgements.iter().all(|permitted| *permitted), "a decision is unanimous: {question:?}");
    judgements
}

/// A proposed folder as it is once what was published since is taken into account: the proposal's changes, redone.
pub fn redone(base: &Files, proposed: &Files, in_force: &Files) -> Files {
    let mut files = in_force.clone();
    for name in base.keys().chain(proposed.keys()).filter(|name| base.get(*name) != proposed.get(*name)) {
        match proposed.get(name) {
            Some(bytes) => files.insert(name.clone(), bytes.clone()),
            None => files.remove(name),
        };
    }
    files
}

/// What officers have agreed to, by proposal and owner: the judgements that the owner's officer saw it would open.
#[derive(Debug, Default)]
pub struct Consents(BTreeMap<(i64, MemberName), BTreeSet<usize>>);

impl Consents {
    pub fn give(&mut self, proposal: i64, owner: &MemberName, opened: BTreeSet<usize>) {
        self.0.insert((proposal, owner.clone()), opened);
    }

    pub fn take_back(&mut self, proposal: i64, owner: &MemberName) {
        self.0.remove(&(proposal, owner.clone()));
    }

    /// Whether the owner's officer agreed that this proposal opens this judgement.
    pub fn cover(&self, proposal: i64, owner: &MemberName, judgement: usize) -> bool {
        self.0.get(&(proposal, owner.clone())).is_some_and(|opened| opened.contains(&judgement))
    }
}
