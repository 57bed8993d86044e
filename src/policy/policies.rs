//! The policies of a folder, loaded whole or not at all.

use super::{
    agreement::{self, Agreement, AgreementId, Parsed},
    caps,
    cases::{self, Case, CaseOutcome},
    check,
    decide::Judge,
    decision::{Decision, Question},
    effects::{EffectsError, Frame, Side, Unsupported, oddities},
    entities::{self, Directory},
    files::{Files, SCHEMA, TARIFFS, nowhere},
    folder::{Folder, Source},
    members::{self, AudienceDeclaration, Member, Membership},
    mistake::{Mistake, PolicyErrors, suggestion},
    room::{self, Purpose, Room},
    tariffs::{self, Priceable, Tariffs},
    vocabulary,
};
use crate::model::{AudienceRef, MemberName, PurposeName, TemplateName, Text, Vocabulary};
use cedar_policy::{EntityUid, Policy, PolicyId, PolicySet, Schema};
use jiff::Timestamp;
use std::{collections::BTreeMap, path::Path};
use toml::Spanned;

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

/// What the TOML files say; `None` for each that has mistakes.
struct Declared {
    room: Option<(Room, Spanned<MemberName>)>,
    vocabulary: Option<Vocabulary>,
    membership: Option<Membership>,
    purposes: Option<BTreeMap<PurposeName, Purpose>>,
}

/// What the schema and the agreements say.
struct Agreed<'a> {
    schema: Option<(Schema, BTreeMap<TemplateName, EntityUid>)>,
    agreements: BTreeMap<AgreementId, Parsed<'a>>,
    complete: bool,
}

/// What else the folder says, and what is doubtful in it.
struct Found {
    tariffs: Option<Tariffs>,
    cases: Option<(Source, Vec<Case>)>,
    warnings: Vec<Mistake>,
}

/// The value, if reading it made no error.
fn sound<T>(mistakes: &mut Vec<Mistake>, read: impl FnOnce(&mut Vec<Mistake>) -> Option<T>) -> Option<T> {
    let before = mistakes.len();
    read(mistakes).filter(|_| mistakes.iter().skip(before).all(Mistake::is_warning))
}

impl Policies {
    /// Loads a folder.
    ///
    /// # Errors
    /// Every mistake of every file, at once.
    pub fn load(dir: &Path) -> Result<Self, PolicyErrors> {
        let mut mistakes = Vec::new();
        let files = Files::read(dir, &mut mistakes);
        Self::build(dir, files, mistakes)?.compiled()
    }

    /// Loads files that are in memory, by name, as if they were the folder `origin`, which mistakes then name. The same files
    /// make the same version as on disk.
    ///
    /// # Errors
    /// Every mistake of every file, at once.
    pub fn from_files(origin: &Path, files: BTreeMap<String, Vec<u8>>) -> Result<Self, PolicyErrors> {
        let mut mistakes = Vec::new();
        let files = Files::take(origin, files, &mut mistakes);
        Self::build(origin, files, mistakes)?.compiled()
    }

    /// The files of a folder that mean something, by name: those that [`Policies::version`] is computed over. What they say
    /// isn't checked.
    ///
    /// # Errors
    /// When a file can't be read, isn't policy, or is too large.
    pub fn read_files(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>, PolicyErrors> {
        let mut mistakes = Vec::new();
        let files = Files::read(dir, &mut mistakes);
        PolicyErrors::from_mistakes(mistakes).map(|_| files.bytes)
    }

    fn build(dir: &Path, files: Files, mut mistakes: Vec<Mistake>) -> Result<Self, PolicyErrors> {
        let folder = Folder::new(dir, files, &mut mistakes);
        let declared = Declared::read(&folder, &mut mistakes);
        folder.get("privacy.toml").into_iter().for_each(|privacy| caps::fit(privacy, &mut mistakes));
        let agreed = Agreed::read(&folder, &declared, &mut mistakes);
        let tariffs = agreed.tariffs(&folder, &mut mistakes);
        let cases = agreed.cases(&folder, &declared, &mut mistakes);
        let warnings = PolicyErrors::from_mistakes(mistakes)?;
        let found = Found { tariffs, cases, warnings };
        Self::assemble(&folder, declared, agreed, found).map_err(|message| {
            let nowhere = nowhere(&folder.path(SCHEMA));
            let mistake = Mistake::new(folder.get(SCHEMA).unwrap_or(&nowhere), 0..0, message).with_help(Text::new(
                "reprenez le schéma d'une salle pilote (`camerata init DOSSIER`) et n'y changez que les modèles (`action`)",
                "take a pilot room's schema (`camerata init DIR`) and change only its templates (`action`)",
            ));
            PolicyErrors::one(mistake)
        })
    }

    /// With its agreements compiled: what says something that can't be compared is a mistake.
    fn compiled(mut self) -> Result<Self, PolicyErrors> {
        let frame = Frame::of(&[&self]);
        match Side::compile(&self, &frame) {
            Ok(side) => self.judge.index = Some((frame, side)),
            Err(found) => {
                let mistake =
                    |(id, what): &(AgreementId, Unsupported)| Some(check::unsupported(self.source(id)?, what));
                PolicyErrors::from_mistakes(found.iter().filter_map(mistake).collect())?;
            }
        }
        Ok(self)
    }

    /// A folder whose agreements may say what can't be compared: Cedar alone decides.
    #[cfg(test)]
    pub(super) fn uncompiled(dir: &Path) -> Result<Self, PolicyErrors> {
        let mut mistakes = Vec::new();
        let files = Files::read(dir, &mut mistakes);
        Self::build(dir, files, mistakes)
    }

    fn assemble(folder: &Folder, declared: Declared, agreed: Agreed<'_>, found: Found) -> Result<Self, Text> {
        // Whatever is absent has been reported, so this is never seen; it says so rather than take it for granted.
        let incomplete = || Text::new("le dossier est incomplet", "the folder is incomplete");
        let unfit = |detail: &dyn std::fmt::Display| {
            let (fr, en) =
                ("le schéma ne décrit pas ce que la salle soumet", "the schema doesn't describe what the room submits");
            Text::new(format!("{fr} (Cedar : {detail})"), format!("{en}: {detail}"))
        };
        let (room, _) = declared.room.ok_or_else(incomplete)?;
        let (schema, templates) = agreed.schema.ok_or_else(incomplete)?;
        let vocabulary = declared.vocabulary.ok_or_else(incomplete)?;
        let membership = declared.membership.ok_or_else(incomplete)?;
        let purposes = declared.purposes.ok_or_else(incomplete)?;
        let privacy = folder.get("privacy.toml").cloned().ok_or_else(incomplete)?;
        let directory = Directory::build(&schema, &membership, &purposes, &vocabulary).map_err(|error| {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            unfit(&format!("{error}{cause}"))
        })?;
        let policies = agreed.agreements.values().map(|parsed| parsed.policy.clone());
        let set = PolicySet::from_policies(policies).map_err(|error| unfit(&error))?;
        let sources = agreed.agreements.iter().map(|(id, parsed)| (id.clone(), parsed.source.clone())).collect();
        let agreements = agreed.agreements.into_iter().map(|(id, parsed)| (id, parsed.agreement)).collect();
        let version = folder.version().to_owned();
        let judge = Judge { schema, set, directory, templates, agreements, version, index: None };
        judge.probe().map_err(|(template, error)| unfit(&format!("{template}: {error}")))?;
        let Found { tariffs, cases, warnings } = found;
        Ok(Self { room, membership, vocabulary, purposes, privacy, tariffs, cases, sources, warnings, judge })
    }

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

impl Declared {
    fn read(folder: &Folder, mistakes: &mut Vec<Mistake>) -> Self {
        let room = sound(mistakes, |mistakes| room::room(folder.get("room.toml")?, mistakes));
        let purposes = sound(mistakes, |mistakes| room::purposes(folder.get("purposes.toml")?, mistakes));
        let vocabulary = sound(mistakes, |mistakes| vocabulary::vocabulary(folder.get("vocabulary.toml")?, mistakes));
        let membership =
            sound(mistakes, |mistakes| members::membership(folder.get("members.toml")?, vocabulary.as_ref(), mistakes));
        if let (Some((_, operator)), Some(membership), Some(source)) = (&room, &membership, folder.get("room.toml"))
            && !membership.members.contains_key(operator.get_ref())
        {
            let name = operator.get_ref();
            let message = Text::new(format!("le membre `{name}` n'existe pas"), format!("there is no member `{name}`"));
            let help = suggestion(name.as_str(), membership.members.keys().map(MemberName::as_str));
            mistakes.push(Mistake::new(source, operator.span(), message).with_help(help));
        }
        Self { room, vocabulary, membership, purposes }
    }

    fn names(&self) -> check::Names {
        entities::names(self.membership.as_ref(), self.purposes.as_ref(), self.vocabulary.as_ref())
    }
}

impl<'a> Agreed<'a> {
    fn read(folder: &'a Folder, declared: &Declared, mistakes: &mut Vec<Mistake>) -> Self {
        let before = mistakes.len();
        let parsed = folder.agreements().filter_map(|source| agreement::parse(source, mistakes)).collect();
        let agreements = agreement::unique(parsed, mistakes);
        let complete = mistakes.iter().skip(before).all(Mistake::is_warning) && folder.has_all_agreements();
        let schema = folder.get(SCHEMA).and_then(|source| {
            let schema = check::schema(source, mistakes)?;
            let templates = check::templates(source, &schema, mistakes);
            Some((schema, templates))
        });
        if let Some((schema, _)) = &schema {
            check::validate(schema, agreements.values(), mistakes);
        }
        check::names(&declared.names(), agreements.values(), mistakes);
        Self { schema, agreements, complete }
    }

    fn tariffs(&self, folder: &Folder, mistakes: &mut Vec<Mistake>) -> Option<Tariffs> {
        if !folder.has(TARIFFS) {
            mistakes.push(tariffs::missing(&folder.path(TARIFFS)));
        }
        let priceable = self.schema.as_ref().map(|(schema, templates)| Priceable { schema, templates });
        tariffs::tariffs(folder.get(TARIFFS)?, priceable.as_ref(), mistakes)
    }

    fn cases(&self, folder: &Folder, declared: &Declared, mistakes: &mut Vec<Mistake>) -> Option<(Source, Vec<Case>)> {
        let source = folder.get("cases.toml")?;
        let mut names = declared.names();
        if let Some((_, templates)) = &self.schema {
            names.insert("Action", templates.keys().map(ToString::to_string).collect());
        }
        if self.complete {
            names.insert("Agreement", self.agreements.keys().map(ToString::to_string).collect());
        }
        Some((source.clone(), cases::cases(source, &names, mistakes)))
    }
}
