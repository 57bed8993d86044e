//! Grants in words: the same for `matrix`, `diff` and `explain`, so that an officer reads one language everywhere.

use crate::{
    cli::{
        context::{Words, choose},
        exit::UsageError,
        typography::label,
    },
    model::{AudienceRef, Language, MemberName, PurposeName},
    policy::{Grant, Policies, TemplateGroups, suggestion},
};
use std::{collections::BTreeSet, fmt::Display};

/// The most names of a list that fit on a line.
pub(super) const NAMES_MAX: usize = 8;

/// What stands between conditions.
const BETWEEN: Words = (" ; ", "; ");

/// How one version's grants are worded.
#[derive(Debug)]
pub(super) struct Wording {
    language: Language,
    names_max: usize,
    groups: TemplateGroups,
    purposes: BTreeSet<PurposeName>,
}

impl Wording {
    /// The wording of a version's grants, with at most so many names of a list of members or columns.
    pub(super) fn new(policies: &Policies, names_max: usize, language: Language) -> Self {
        let purposes = policies.purposes().keys().cloned().collect();
        Self { language, names_max, groups: policies.template_groups(), purposes }
    }

    /// Templates by their groups, as far as the grant has the whole of one: `count, describe, spend`.
    pub(super) fn templates(&self, grant: &Grant) -> String {
        if self.groups.are_all(&grant.templates) {
            return choose(self.language, ("tous les modèles", "all templates")).to_owned();
        }
        self.groups.names(&grant.templates).join(", ")
    }

    /// Purposes.
    pub(super) fn purposes(&self, grant: &Grant) -> String {
        if self.purposes.is_subset(&grant.purposes) {
            return choose(self.language, ("toutes les finalités", "all purposes")).to_owned();
        }
        grant.purposes.iter().map(PurposeName::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Circumstances; nothing if it holds in all.
    pub(super) fn circumstances(&self, grant: &Grant) -> String {
        let words = grant.circumstances(self.names_max);
        words.iter().map(|text| text.get(self.language)).collect::<Vec<_>>().join(choose(self.language, BETWEEN))
    }

    /// All of a grant on one line: `festival → salle/abonnes: planification; count; role: marketing`.
    pub(super) fn line(&self, asker: &MemberName, audience: &AudienceRef, grant: &Grant) -> String {
        let parts = [self.purposes(grant), self.templates(grant), self.circumstances(grant)];
        let said = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        let audience = label(&audience.to_string(), self.language);
        format!("{asker} → {audience} {}", said.join(choose(self.language, BETWEEN)))
    }
}

/// The one of `known` that is written so; `what` there is none of, otherwise.
///
/// # Errors
/// When there is none; the message says which may be meant.
pub(super) fn named<'a, N: Display>(
    written: &str,
    what: Words,
    known: impl IntoIterator<Item = &'a N>,
    language: Language,
) -> Result<&'a N, UsageError> {
    let known: Vec<(String, &N)> = known.into_iter().map(|name| (name.to_string(), name)).collect();
    if let Some((_, name)) = known.iter().find(|(text, _)| text == written) {
        return Ok(name);
    }
    // Cut, so that a wrong file given as a name isn't echoed whole.
    let shown: String = written.chars().take(80).collect();
    let help = suggestion(written, known.iter().map(|(text, _)| text.as_str()));
    let (what, help) = (choose(language, what), help.get(language));
    Err(UsageError(match language {
        Language::Fr => format!("{what} `{shown}` n'existe pas ; {help}"),
        Language::En => format!("there is no {what} `{shown}`; {help}"),
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::{
        cli::policy::spoilt::pilot_with,
        policy::{Permission, matrix},
    };

    fn grant_under(condition: &str) -> (Policies, Grant) {
        let dir = pilot_with("pilote-comparaison.cedar", "principal.role == Role::\"marketer\"", condition);
        let policies = Policies::load(dir.path()).unwrap();
        let found = matrix(&policies).unwrap();
        let about = |p: &&Permission| p.asker.as_str() == "festival" && p.audience.to_string() == "salle/abonnes";
        let grants = &found.iter().find(about).unwrap().grants;
        assert_eq!(grants.len(), 1, "{grants:?}");
        (policies, grants[0].clone())
    }

    #[test]
    fn templates_are_named_by_whole_groups() {
        let (policies, grant) = grant_under("true");
        let wording = |language| Wording::new(&policies, NAMES_MAX, language);
        assert_eq!(wording(Language::Fr).templates(&grant), "tous les modèles");
        let (_, grant) = grant_under("action in [Action::\"count\", Action::\"describe\", Action::\"spend\"]");
        assert_eq!(wording(Language::En).templates(&grant), "count, describe, spend");
        let (_, grant) = grant_under("!(action in [Action::\"reach\", Action::\"describe\", Action::\"purchases\"])");
        assert_eq!(wording(Language::En).templates(&grant), "overlap, venn", "a part of a group isn't the group");
    }

    #[test]
    fn a_line_says_every_condition() {
        let (policies, grant) = grant_under(
            "principal.role == Role::\"marketer\" && context.epsilon.lessThanOrEqual(decimal(\"0.5\")) && \
             context.date < datetime(\"2027-07-01\") && !context.owners.contains(Member::\"agents\")",
        );
        let (asker, audience) = ("festival".parse().unwrap(), "salle/abonnes".parse().unwrap());
        let line = |language| Wording::new(&policies, NAMES_MAX, language).line(&asker, &audience, &grant);
        assert_eq!(
            line(Language::En),
            "festival → salle/abonnes: planification, programmation; all templates; role: marketing; before 2027-07-01 UTC; \
             ε at most 0.5; never with agents"
        );
        assert_eq!(
            line(Language::Fr),
            "festival → salle/abonnes\u{a0}: planification, programmation ; tous les modèles ; rôle : marketing ; \
             avant le 2027-07-01 UTC ; ε d'au plus 0,5 ; jamais avec agents"
        );
    }

    #[test]
    fn a_name_that_does_not_exist_is_told_with_the_one_that_may_be_meant() {
        let (policies, _) = grant_under("true");
        let member = |name| named(name, ("le membre", "member"), policies.members().keys(), Language::Fr);
        assert_eq!(member("salle").unwrap().as_str(), "salle");
        assert_eq!(
            member("festval").unwrap_err().0,
            "le membre `festval` n'existe pas ; vouliez-vous dire `festival` ?"
        );
    }
}
