//! Templates by the groups that the schema puts them in.

use super::policies::Policies;
use crate::model::TemplateName;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// The groups of templates that agreements can name: `count`, `describe`.
#[derive(Debug, Clone)]
pub struct TemplateGroups {
    /// The largest first; each with all that is in it, directly or through another group.
    groups: Vec<(String, BTreeSet<TemplateName>)>,
    all: BTreeSet<TemplateName>,
}

impl TemplateGroups {
    /// Whether every template of the version is among these.
    pub fn are_all(&self, templates: &BTreeSet<TemplateName>) -> bool {
        self.all.is_subset(templates)
    }

    /// Some templates by as few names as their groups allow: first the groups that are there whole, then what is left.
    pub fn names<'a>(&'a self, templates: &'a BTreeSet<TemplateName>) -> Vec<&'a str> {
        let mut left: BTreeSet<&TemplateName> = templates.iter().collect();
        let mut names = Vec::new();
        for (group, inside) in &self.groups {
            if inside.iter().all(|template| left.contains(template)) {
                left.retain(|template| !inside.contains(*template));
                names.push(group.as_str());
            }
        }
        names.sort_unstable();
        names.extend(left.into_iter().map(TemplateName::as_str));
        names
    }
}

impl Policies {
    /// The groups of the version's templates.
    pub fn template_groups(&self) -> TemplateGroups {
        let mut groups: BTreeMap<String, BTreeSet<TemplateName>> = BTreeMap::new();
        for template in self.templates() {
            for action in self.actions_of_template(template) {
                let name: &str = action.id().unescaped();
                if name != template.as_str() {
                    groups.entry(name.to_owned()).or_default().insert(template.clone());
                }
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(_, templates)| Reverse(templates.len()));
        TemplateGroups { groups, all: self.templates().cloned().collect() }
    }
}
