//! What people call members, audiences, purposes and questions.

use crate::{
    model::{AudienceRef, MemberName, PurposeName, TemplateName, typography},
    policy::Policies,
    template::Consented,
    web::page::Page,
};
use std::collections::BTreeSet;

/// Names that a list writes out.
const NAMES_MAX: usize = 4;

/// The titles of one version, or of several: the first that knows a name says what it is called.
pub(super) struct Names<'a> {
    pub(super) page: &'a Page,
    pub(super) versions: Vec<&'a Policies>,
    pub(super) templates: &'a Consented,
}

/// A list that may be too long to stand in a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listed {
    /// What stands for it.
    pub(super) short: String,
    /// All of it; empty where what stands for it says all.
    pub(super) names: Vec<String>,
}

impl Names<'_> {
    pub(super) fn member(&self, name: &MemberName) -> String {
        let known = self.versions.iter().find_map(|version| version.member(name));
        known.map_or_else(|| name.to_string(), |member| self.page.text(&member.title))
    }

    pub(super) fn audience(&self, name: &AudienceRef) -> String {
        let known = self.versions.iter().find_map(|version| version.audience(name));
        known.map_or_else(|| name.to_string(), |audience| self.page.text(&audience.title))
    }

    pub(super) fn purpose(&self, name: &PurposeName) -> String {
        let known = self.versions.iter().find_map(|version| version.purposes().get(name));
        known.map_or_else(|| name.to_string(), |purpose| self.page.text(&purpose.title))
    }

    pub(super) fn template(&self, name: &TemplateName) -> String {
        let newest = self.templates.newest(name);
        newest.map_or_else(|| name.to_string(), |(_, template)| self.page.text(&template.manifest().title))
    }

    /// `a, b et c`.
    pub(super) fn list(&self, names: &[String]) -> String {
        let Some((last, before)) = names.split_last() else { return String::new() };
        if before.is_empty() {
            return last.clone();
        }
        self.page.fill("list-and", &[("start", before.join(", ")), ("end", last.clone())])
    }

    /// The same, of very many the first ones and how many more there are.
    pub(super) fn short_list(&self, names: &[String]) -> String {
        let more = names.len().saturating_sub(NAMES_MAX);
        if more < 2 {
            return self.list(names);
        }
        let mut shown: Vec<String> = names.iter().take(NAMES_MAX).cloned().collect();
        shown.push(self.page.count("list-more", "count", &(more as u64)));
        self.list(&shown)
    }

    /// Names in quotation marks, where they stand in a sentence.
    pub(super) fn quoted(&self, names: Vec<String>) -> Vec<String> {
        names.into_iter().map(|name| typography::quoted(&name, self.page.language)).collect()
    }

    /// Questions: all, or so many of all.
    pub(super) fn questions(&self, templates: &BTreeSet<TemplateName>) -> Listed {
        let all = |version: &&Policies| version.templates().all(|template| templates.contains(template));
        if self.versions.first().is_some_and(all) {
            return Listed { short: self.page.say("questions-all"), names: vec![] };
        }
        let names: Vec<String> = templates.iter().map(|name| self.template(name)).collect();
        if names.len() < NAMES_MAX {
            return Listed { short: self.list(&names), names: vec![] };
        }
        Listed { short: self.page.count("questions-some", "count", &(names.len() as u64)), names }
    }

    /// Purposes, or that it is for any.
    pub(super) fn purposes(&self, purposes: &BTreeSet<PurposeName>) -> String {
        let all = |version: &&Policies| version.purposes().keys().all(|purpose| purposes.contains(purpose));
        if self.versions.first().is_some_and(all) {
            return self.page.say("purposes-all");
        }
        self.list(&purposes.iter().map(|name| self.purpose(name)).collect::<Vec<_>>())
    }
}
