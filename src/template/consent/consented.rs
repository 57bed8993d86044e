//! What is stored and approved at a moment.

use super::check;
use crate::{
    model::{MemberName, Officer, TemplateName, Vocabulary},
    template::Template,
};
use std::{collections::BTreeSet, sync::Arc};

/// One version of a template.
#[derive(Debug, Clone)]
pub struct Version {
    /// The template's name.
    pub name: TemplateName,
    /// What identifies its two files: [`Template::hash`].
    pub hash: String,
    /// Its SQL as written.
    pub sql: Arc<str>,
    /// Its manifest as written.
    pub toml: Arc<str>,
    /// Who proposed it; nobody if it came with the room.
    pub officer: Option<Officer>,
    /// Why, in the officer's words.
    pub why: Option<String>,
    /// When (RFC 3339).
    pub proposed: String,
    /// The members over whose audiences it may run.
    pub approved: BTreeSet<MemberName>,
    /// When the engine last could not run it, which ended all approvals (RFC 3339).
    pub failed: Option<String>,
    /// As checked; `None` if this program's checker refuses it.
    pub(super) template: Option<Arc<Template>>,
}

impl Version {
    pub(super) fn founded(template: Template, members: BTreeSet<MemberName>, now: String) -> Self {
        Self {
            name: template.name().clone(),
            hash: template.hash().to_owned(),
            sql: template.sql().into(),
            toml: template.toml().into(),
            officer: None,
            why: None,
            proposed: now,
            approved: members,
            failed: None,
            template: Some(Arc::new(template)),
        }
    }

    pub(super) fn proposed(template: Template, officer: Officer, why: String, now: String) -> Self {
        let approved = BTreeSet::from([officer.member.clone()]);
        Self { officer: Some(officer), why: Some(why), ..Self::founded(template, approved, now) }
    }
}

/// Why no version of a template can be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpicked {
    /// No usable template has this name.
    Unknown,
    /// Each version lacks an owner's approval; these have not approved the newest.
    Unapproved(BTreeSet<MemberName>),
}

/// Every stored version, with the members that have approved it.
#[derive(Debug, Clone, Default)]
pub struct Consented {
    /// Oldest first.
    versions: Vec<Version>,
}

impl Consented {
    pub(super) fn new(versions: Vec<Version>) -> Self {
        Self { versions }
    }

    /// The same, checked anew against a vocabulary. What the checker refuses is left out, and the log says so: a room must not
    /// stay shut because a newer program is stricter.
    #[must_use]
    pub fn checked(&self, vocabulary: &Vocabulary) -> Self {
        let recheck = |version: &Version| {
            let template = check(version, vocabulary);
            if template.is_err() {
                tracing::warn!(template = %version.name, hash = version.hash, "a stored template is refused by the checker and left out");
            }
            Version { template: template.ok().map(Arc::new), ..version.clone() }
        };
        Self { versions: self.versions.iter().map(recheck).collect() }
    }

    /// The usable versions, newest first.
    pub fn iter(&self) -> impl Iterator<Item = (&Version, &Template)> {
        self.versions.iter().rev().filter_map(|version| Some((version, &**version.template.as_ref()?)))
    }

    /// The names that have a usable version, in order.
    pub fn names(&self) -> BTreeSet<&TemplateName> {
        self.iter().map(|(version, _)| &version.name).collect()
    }

    /// The usable versions of a name, newest first.
    pub fn of<'a>(&'a self, name: &'a TemplateName) -> impl Iterator<Item = (&'a Version, &'a Template)> {
        self.iter().filter(move |(version, _)| version.name == *name)
    }

    /// The newest usable version of a name.
    pub fn newest<'a>(&'a self, name: &'a TemplateName) -> Option<(&'a Version, &'a Template)> {
        self.of(name).next()
    }

    /// The version with this hash, usable or not.
    pub fn version(&self, hash: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.hash == hash)
    }

    /// The newest version of a name that all these owners have approved.
    ///
    /// # Errors
    /// When no template has the name, or no version has all the approvals.
    pub fn pick(&self, name: &TemplateName, owners: &BTreeSet<MemberName>) -> Result<&Template, Unpicked> {
        let approved = |(version, _): &(&Version, &Template)| owners.is_subset(&version.approved);
        if let Some((_, template)) = self.iter().filter(|(version, _)| version.name == *name).find(approved) {
            return Ok(template);
        }
        let (newest, _) = self.iter().find(|(version, _)| version.name == *name).ok_or(Unpicked::Unknown)?;
        Err(Unpicked::Unapproved(owners.difference(&newest.approved).cloned().collect()))
    }

    /// The approvals in force of others than these members.
    pub(super) fn approvals_but_of(&self, members: &BTreeSet<MemberName>) -> Vec<(String, MemberName)> {
        let of = |version: &Version| {
            let gone: Vec<MemberName> = version.approved.difference(members).cloned().collect();
            let hash = version.hash.clone();
            gone.into_iter().map(move |owner| (hash.clone(), owner))
        };
        self.versions.iter().flat_map(of).collect()
    }

    pub(super) fn with(&self, version: Version) -> Self {
        Self { versions: self.versions.iter().cloned().chain([version]).collect() }
    }

    /// The same, after the engine could not run a version.
    pub(super) fn failed(&self, hash: &str, now: &str) -> Self {
        let mut after = self.clone();
        for version in after.versions.iter_mut().filter(|version| version.hash == hash) {
            version.approved.clear();
            version.failed = Some(now.to_owned());
        }
        after
    }

    pub(super) fn changed(&self, hash: &str, change: impl Fn(&mut BTreeSet<MemberName>)) -> Self {
        let mut after = self.clone();
        after.versions.iter_mut().filter(|version| version.hash == hash).for_each(|v| change(&mut v.approved));
        after
    }
}
