//! The policies of a folder, loaded whole or not at all.

mod load;

use super::{
    agreement::{Agreement, AgreementId},
    cases::{self, Case, CaseOutcome},
    check,
    decide::Judge,
    decision::{Decision, Question},
    effects::{EffectsError, Frame, Side, oddities},
    folder::{self, Source},
    members::{AudienceDeclaration, Member, Membership},
    mistake::{Mistake, PolicyErrors},
    room::{Purpose, Room},
    tariffs::Tariffs,
};
use crate::model::{AudienceRef, MemberName, PurposeName, TemplateName, Vocabulary};
use cedar_policy::{EntityUid, Policy, PolicyId};
use jiff::Timestamp;
use std::{collections::BTreeMap, path::Path};

/// The policies in force: everything that a folder says, checked.
#[derive(Debug)]
pub struct Policies {
    room: Room,
    membership: Membership,
    vocabulary: Vocabulary,
    purposes: BTreeMap<PurposeName, Purpose>,
    privacy: Source,
    tariffs: Option<Tariffs>,
    cases: Option<(Source, Vec<Case>)>,
    sources: BTreeMap<AgreementId, Source>,
    warnings: Vec<Mistake>,
    judge: Judge,
}

impl Policies {
    /// Decides a question. Unanimity: every audience must permit it, and one prohibition ends it.
    pub fn decide(&self, question: &Question) -> Decision {
        self.judge.decide(question)
    }

    /// Decides for some of a question's audiences alone.
    pub(super) fn decide_where(&self, question: &Question, concerns: impl Fn(&AudienceRef) -> bool) -> Decision {
        self.judge.decide_where(question, concerns)
    }

    /// Runs the officers' cases: what came of each, in the order of the file.
    pub fn run_cases(&self) -> Vec<CaseOutcome> {
        let Some((source, cases)) = &self.cases else { return Vec::new() };
        cases.iter().map(|case| cases::run(source, case, &self.judge)).collect()
    }

    /// Runs the officers' cases; how many there are, if all hold.
    ///
    /// # Errors
    /// A mistake for each case whose decision isn't the expected one.
    pub fn check_cases(&self) -> Result<usize, PolicyErrors> {
        let outcomes = self.run_cases();
        let count = outcomes.len();
        let failing = outcomes.into_iter().filter_map(CaseOutcome::mistake).collect();
        PolicyErrors::from_mistakes(failing).map(|_| count)
    }

    /// What is doubtful in the folder and doesn't refuse it, by file and position.
    pub fn warnings(&self) -> &[Mistake] {
        &self.warnings
    }

    /// The text of an agreement's file, for mistakes that are found once everything is loaded.
    pub(super) fn source(&self, agreement: &AgreementId) -> Option<&Source> {
        self.sources.get(agreement)
    }

    /// The room.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// All members, by name.
    pub fn members(&self) -> &BTreeMap<MemberName, Member> {
        &self.membership.members
    }

    /// One member.
    pub fn member(&self, name: &MemberName) -> Option<&Member> {
        self.membership.members.get(name)
    }

    /// What is declared of an audience.
    pub fn audience(&self, audience: &AudienceRef) -> Option<&AudienceDeclaration> {
        self.member(&audience.member)?.audiences.get(&audience.name)
    }

    /// The columns that audiences share.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// What questions may be for, by name.
    pub fn purposes(&self) -> &BTreeMap<PurposeName, Purpose> {
        &self.purposes
    }

    /// The text of `privacy.toml` and its path, for the module that understands it.
    pub fn privacy_toml(&self) -> (&str, &Path) {
        (&self.privacy.text, &self.privacy.path)
    }

    /// What questions cost in money; `None` in a room without `tariffs.toml`.
    pub fn tariffs(&self) -> Option<&Tariffs> {
        self.tariffs.as_ref()
    }

    /// Whether these files make this very version.
    pub fn is_made_of(&self, files: &BTreeMap<String, Vec<u8>>) -> bool {
        folder::version(files) == self.version()
    }

    /// SHA-256, in hex, over the names and bytes of all files: what receipts and decisions record.
    pub fn version(&self) -> &str {
        &self.judge.version
    }

    /// All agreements, by id.
    pub fn agreements(&self) -> &BTreeMap<AgreementId, Agreement> {
        &self.judge.agreements
    }

    /// Agreements that do nothing, or soon won't, as of a moment: never a reason to refuse the folder.
    ///
    /// # Errors
    /// When so many conditions meet on one audience that their combinations can't be gone through.
    pub fn oddities(&self, now: Timestamp) -> Result<Vec<Mistake>, EffectsError> {
        let Some((frame, side)) = &self.judge.index else { return Ok(vec![]) };
        let found = oddities(frame, side, now).map_err(|cells| EffectsError::too_many(frame, cells))?;
        let told = found.into_iter().filter_map(|(id, oddity)| Some(check::odd(self.source(&id)?, oddity)));
        Ok(told.collect())
    }

    /// The templates that agreements can speak of, by name.
    pub fn templates(&self) -> impl Iterator<Item = &TemplateName> {
        self.judge.templates.keys()
    }

    /// The agreements, compiled.
    pub(super) fn index(&self) -> Option<&(Frame, Side)> {
        self.judge.index.as_ref()
    }

    /// The agreements as Cedar holds them, by id.
    pub(super) fn cedar(&self) -> impl Iterator<Item = (&AgreementId, &Policy)> {
        let of = |id: &AgreementId| self.judge.set.policy(&PolicyId::new(id.as_str()));
        self.judge.agreements.keys().filter_map(move |id| Some((id, of(id)?)))
    }

    /// What Cedar calls a member.
    pub(super) fn entity_of_member(&self, name: &MemberName) -> Option<&EntityUid> {
        self.judge.directory.members.get(name)
    }

    /// What Cedar calls an audience.
    pub(super) fn entity_of_audience(&self, name: &AudienceRef) -> Option<&EntityUid> {
        self.judge.directory.audiences.get(name)
    }

    /// An entity and all that it is in.
    pub(super) fn with_ancestors(&self, uid: &EntityUid) -> Vec<EntityUid> {
        let ancestors = self.judge.directory.entities.ancestors(uid).into_iter().flatten();
        std::iter::once(uid).chain(ancestors).cloned().collect()
    }

    /// A template's action and all that it is in.
    pub(super) fn actions_of_template(&self, name: &TemplateName) -> Vec<EntityUid> {
        let Some(uid) = self.judge.templates.get(name) else { return vec![] };
        let actions = self.judge.schema.action_entities().ok();
        let ancestors = actions.iter().flat_map(|actions| actions.ancestors(uid).into_iter().flatten());
        std::iter::once(uid).chain(ancestors).cloned().collect()
    }

    /// Whether agreements can speak of a template. One that the schema doesn't know must not be offered.
    pub fn knows_template(&self, template: &TemplateName) -> bool {
        self.judge.templates.contains_key(template)
    }
}
