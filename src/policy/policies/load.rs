//! From files to policies: every mistake of every file, or the whole.

use super::Policies;
use crate::{
    model::{MemberName, PurposeName, TemplateName, Text, Vocabulary},
    policy::{
        agreement::{self, AgreementId, Parsed},
        caps,
        cases::{self, Case},
        check,
        decide::Judge,
        effects::{Frame, Side, Unsupported},
        entities::{self, Directory},
        files::{Files, SCHEMA, TARIFFS, nowhere},
        folder::{Folder, Source},
        members::{self, Membership},
        mistake::{Mistake, PolicyErrors},
        room::{self, Purpose, Room},
        suggestion::suggestion,
        tariffs::{self, Priceable, Tariffs},
        vocabulary,
    },
};
use cedar_policy::{EntityUid, PolicySet, Schema};
use std::{collections::BTreeMap, path::Path};
use toml::Spanned;

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
    pub(in crate::policy) fn uncompiled(dir: &Path) -> Result<Self, PolicyErrors> {
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
