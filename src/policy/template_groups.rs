//! Templates by the groups that the schema puts them in.

use super::policies::Policies;
use crate::model::TemplateName;
use std::collections::{BTreeMap, BTreeSet};

impl Policies {
    /// The groups of templates that agreements can name (`count`, `describe`), each with all templates that are in it, directly or
    /// through another group.
    pub fn template_groups(&self) -> BTreeMap<String, BTreeSet<TemplateName>> {
        let mut groups: BTreeMap<String, BTreeSet<TemplateName>> = BTreeMap::new();
        for template in self.templates() {
            for action in self.actions_of_template(template) {
                let name: &str = action.id().unescaped();
                if name != template.as_str() {
                    groups.entry(name.to_owned()).or_default().insert(template.clone());
                }
            }
        }
        groups
    }
}
