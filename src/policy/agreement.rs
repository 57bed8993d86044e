//! Agreements: each is one Cedar statement in a file of its own, with an id and a title in both languages.

use super::{
    check,
    folder::Source,
    letters, locate,
    mistake::{Mistake, untranslated},
    suggestion::suggestion,
};
use crate::model::{MemberName, NameError, Text};
use cedar_policy::{Policy, PolicyId, PolicySet};
use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, collections::BTreeMap, fmt, path::PathBuf, str::FromStr};

/// The annotations that an agreement has, no more and no fewer.
const ANNOTATIONS: [&str; 3] = ["id", "title_fr", "title_en"];

/// The id of an agreement: `pilote-comparaison`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgreementId(String);

impl AgreementId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Ids are looked up by their text: both compare alike.
impl Borrow<str> for AgreementId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for AgreementId {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        // The same letters as every other name of the room.
        text.parse::<MemberName>().map(|name| Self(name.into()))
    }
}

impl TryFrom<String> for AgreementId {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<AgreementId> for String {
    fn from(id: AgreementId) -> Self {
        id.0
    }
}

impl fmt::Display for AgreementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an agreement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It permits, unless another forbids.
    Permit,
    /// It forbids, whatever others permit.
    Forbid,
}

/// What an agreement is called, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its id, unique in the folder.
    pub id: AgreementId,
    /// Its title.
    pub title: Text,
    /// Whether it permits or forbids.
    pub effect: Effect,
    /// Its file.
    pub path: PathBuf,
}

/// An agreement with the statement that Cedar evaluates.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub(super) agreement: Agreement,
    pub(super) policy: Policy,
    pub(super) source: &'a Source,
}

/// Reads one file.
pub(super) fn parse<'a>(source: &'a Source, mistakes: &mut Vec<Mistake>) -> Option<Parsed<'a>> {
    if let Some(mistake) = locate::mixed(source) {
        mistakes.push(mistake);
        return None;
    }
    let set = match source.text.parse::<PolicySet>() {
        Ok(set) => set,
        Err(errors) => {
            mistakes.extend(
                errors.iter().map(|error| check::from_cedar(source, error, "l'entente n'est pas du Cedar valide")),
            );
            return None;
        }
    };
    let policy = only_statement(source, &set, mistakes)?;
    for (key, _) in policy.annotations().filter(|(key, _)| !ANNOTATIONS.contains(key)) {
        let place = locate::annotation(&source.text, key).unwrap_or(0..0);
        let message = Text::new(format!("annotation inconnue `@{key}`"), format!("unknown annotation `@{key}`"));
        mistakes.push(Mistake::new(source, place, message).with_help(suggestion(key, ANNOTATIONS)));
    }
    let id = annotation(source, &policy, "id", mistakes);
    let fr = annotation(source, &policy, "title_fr", mistakes);
    let en = annotation(source, &policy, "title_en", mistakes);
    let id = parse_id(source, &id?, mistakes)?;
    let effect = match policy.effect() {
        cedar_policy::Effect::Permit => Effect::Permit,
        cedar_policy::Effect::Forbid => Effect::Forbid,
    };
    let policy = policy.new_id(PolicyId::new(id.as_str()));
    let title = Text::new(fr?, en?);
    let place = locate::annotation(&source.text, "title_en").unwrap_or(0..0);
    mistakes.extend(untranslated(source, place, &title));
    let agreement = Agreement { id, title, effect, path: source.path.clone() };
    Some(Parsed { agreement, policy, source })
}

fn only_statement(source: &Source, set: &PolicySet, mistakes: &mut Vec<Mistake>) -> Option<Policy> {
    if set.num_of_templates() > 0 {
        let message = Text::new(
            "une entente ne peut avoir de case à remplir (`?principal`)",
            "an agreement can't have slots (`?principal`)",
        );
        let help = Text::new("écrivez le membre ou l'auditoire visé", "write the member or audience that is meant");
        mistakes.push(Mistake::new(source, locate::effect(&source.text, 0), message).with_help(help));
        return None;
    }
    let mut policies = set.policies();
    match (policies.next(), policies.next()) {
        (Some(policy), None) => Some(policy.clone()),
        (None, _) => {
            let message = Text::new("ce fichier ne contient aucune entente", "this file holds no agreement");
            let help = Text::new("écrivez-en une, ou retirez le fichier", "write one, or remove the file");
            mistakes.push(Mistake::new(source, 0..0, message).with_help(help));
            None
        }
        (Some(_), Some(_)) => {
            let message =
                Text::new("ce fichier contient plus d'une entente", "this file holds more than one agreement");
            let help = Text::new(
                "un fichier par entente : déplacez celle-ci dans le sien",
                "one file per agreement: move this one into its own",
            );
            mistakes.push(Mistake::new(source, locate::effect(&source.text, 1), message).with_help(help));
            None
        }
    }
}

fn annotation(source: &Source, policy: &Policy, key: &str, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let value = policy.annotation(key).filter(|value| !value.trim().is_empty());
    if value.is_none() {
        let place = locate::annotation(&source.text, key).unwrap_or_else(|| locate::effect(&source.text, 0));
        let message =
            Text::new(format!("il manque l'annotation `@{key}`"), format!("the annotation `@{key}` is missing"));
        let help = Text::new(
            format!("écrivez @{key}(\"…\") avant `permit` ou `forbid` ; les refus la citent"),
            format!("write @{key}(\"…\") before `permit` or `forbid`; refusals quote it"),
        );
        mistakes.push(Mistake::new(source, place, message).with_help(help));
    }
    let value = value?;
    let place = locate::annotation(&source.text, key).unwrap_or(0..0);
    if let Some(mistake) = letters::deceptive(source, place, value) {
        mistakes.push(mistake);
        return None;
    }
    Some(value.to_owned())
}

fn parse_id(source: &Source, id: &str, mistakes: &mut Vec<Mistake>) -> Option<AgreementId> {
    let parsed = id.parse().ok();
    if parsed.is_none() {
        let place = locate::annotation(&source.text, "id").unwrap_or(0..0);
        let shown: String = id.chars().take(80).collect();
        let message = Text::new(
            format!("`{shown}` ne peut être l'id d'une entente"),
            format!("`{shown}` can't be an agreement's id"),
        );
        let plain = letters::ascii_form(id);
        let (fr, en) = plain.map_or_else(Default::default, |id| (format!(" : `{id}`"), format!(": `{id}`")));
        let help = Text::new(
            format!("de 1 à 63 caractères parmi a-z, 0-9, - et _, sans accent{fr}"),
            format!("1 to 63 of a-z, 0-9, - and _, without accents{en}"),
        );
        mistakes.push(Mistake::new(source, place, message).with_help(help));
    }
    parsed
}

/// Keeps the first agreement of each id and reports the others.
pub(super) fn unique<'a>(parsed: Vec<Parsed<'a>>, mistakes: &mut Vec<Mistake>) -> BTreeMap<AgreementId, Parsed<'a>> {
    let mut agreements: BTreeMap<AgreementId, Parsed<'a>> = BTreeMap::new();
    for next in parsed {
        let Some(first) = agreements.get(&next.agreement.id) else {
            agreements.insert(next.agreement.id.clone(), next);
            continue;
        };
        let place = locate::annotation(&next.source.text, "id").unwrap_or(0..0);
        let id = &next.agreement.id;
        let other = first.agreement.path.file_name().unwrap_or_default().to_string_lossy();
        let message = Text::new(
            format!("l'id `{id}` est déjà celui de {other}"),
            format!("the id `{id}` is already that of {other}"),
        );
        let help = Text::new("chaque entente a son propre id", "each agreement has an id of its own");
        mistakes.push(Mistake::new(next.source, place, message).with_help(help));
    }
    agreements
}
