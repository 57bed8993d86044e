//! A marketer's question, and its resolution against the templates that its audiences' owners have approved.

use super::{AskError, Rules};
use crate::{
    identity::Kind,
    model::{AudienceRef, MemberName, Named, PurposeName, TemplateName, Text},
    template::{Argument, Binding, Bindings, ShapeRule, Template, Unpicked},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is asked, as it comes over the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Which template.
    #[schema(value_type = String)]
    pub template: TemplateName,
    /// Its audience parameters: `a` to `member/audience`, or to a list of them where the parameter stands for several.
    #[schema(value_type = Object)]
    pub audiences: BTreeMap<String, Named>,
    /// Its other parameters, where they aren't to have their defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Argument>,
    /// What for.
    #[schema(value_type = String)]
    pub purpose: PurposeName,
    /// Which kind of identifier the audiences are matched on.
    #[serde(default = "email", skip_serializing_if = "is_email")]
    #[schema(value_type = String)]
    pub match_on: Kind,
    /// Half-width of the 95 % interval the marketer can live with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// Or the loss (zCDP ρ) to spend at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rho: Option<f64>,
}

fn email() -> Kind {
    Kind::Email
}

fn is_email(kind: &Kind) -> bool {
    *kind == Kind::Email
}

/// A request whose names were found.
pub(super) struct Resolved<'a> {
    pub(super) template: &'a Template,
    /// Each audience with its parameter, in the order of the template's parameters; where that order doesn't matter, by name.
    named: Vec<(String, AudienceRef)>,
    arguments: BTreeMap<String, Argument>,
}

impl Resolved<'_> {
    /// The audiences, in the order that makes them the same question.
    pub(super) fn audiences(&self) -> Vec<AudienceRef> {
        self.named.iter().map(|(_, audience)| audience.clone()).collect()
    }

    /// The template's bindings, with what is known of each audience; its number is its place in [`Resolved::audiences`], and
    /// the rule is what shape the template takes there.
    pub(super) fn bindings<E>(
        &self,
        binding: impl Fn(usize, &AudienceRef, ShapeRule) -> Result<Binding, E>,
    ) -> Result<Bindings, E> {
        let mut audiences: BTreeMap<String, Vec<(AudienceRef, Binding)>> = BTreeMap::new();
        for (position, (parameter, audience)) in self.named.iter().enumerate() {
            let rule = self.template.manifest().audience(parameter).map_or(ShapeRule::Any, |parameter| parameter.shape);
            let bound = (audience.clone(), binding(position, audience, rule)?);
            audiences.entry(parameter.clone()).or_default().push(bound);
        }
        Ok(Bindings { audiences, arguments: self.arguments.clone() })
    }
}

impl Request {
    pub(super) fn resolve<'a>(&self, rules: &'a Rules) -> Result<Resolved<'a>, AskError> {
        let template = self.approved(rules)?;
        let manifest = template.manifest();
        let (mut parameters, mut audiences) = (Vec::new(), Vec::new());
        for parameter in &manifest.audiences {
            let given = self.audiences.get(parameter.name.as_str()).map(Named::list).unwrap_or_default();
            let (least, most) = parameter.many.unwrap_or((1, 1));
            let count = u32::try_from(given.len()).unwrap_or(u32::MAX);
            if !(least..=most).contains(&count) {
                return Err(missing(&parameter.name, parameter.many));
            }
            parameters.extend(given.iter().map(|_| parameter.name.clone()));
            audiences.extend(given.iter().cloned());
        }
        if let Some(extra) = self.audiences.keys().find(|name| !manifest.audiences.iter().any(|p| p.name == **name)) {
            return Err(unexpected(extra));
        }
        let mut sorted = audiences.clone();
        sorted.sort();
        if sorted.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(AskError::Malformed(Text::new(
                "le même auditoire est nommé deux fois : nommez des auditoires différents",
                "the same audience is named twice: name different ones",
            )));
        }
        let audiences = if manifest.symmetric { sorted } else { audiences };
        let named = parameters.into_iter().zip(audiences).collect();
        Ok(Resolved { template, named, arguments: self.parameters.clone() })
    }
}

impl Request {
    /// The owners of every audience that is named, so that whichever of them the template binds, its owner was heard. Who is no member
    /// can't approve, and has no audience that the policies would permit: that is theirs to say.
    pub(super) fn owners(&self, rules: &Rules) -> BTreeSet<MemberName> {
        let named = self.audiences.values().flat_map(Named::list).map(|audience| &audience.member);
        named.filter(|owner| rules.policies.base.member(owner).is_some()).cloned().collect()
    }

    /// The newest version of the template that every owner of a named audience has approved. Says nothing of what is stored: names
    /// of templates and approvals are every member's to read.
    fn approved<'a>(&self, rules: &'a Rules) -> Result<&'a Template, AskError> {
        let owners = self.owners(rules);
        rules.templates.pick(&self.template, &owners).map_err(|unpicked| match unpicked {
            Unpicked::Unknown => AskError::UnknownTemplate(self.template.clone()),
            Unpicked::Unapproved(owners) => AskError::Unapproved(self.template.clone(), owners),
        })
    }
}

fn missing(parameter: &str, many: Option<(u32, u32)>) -> AskError {
    AskError::Malformed(match many {
        None => Text::new(
            format!("l'auditoire « {parameter} » manque : ajoutez `--audience {parameter}=MEMBRE/AUDITOIRE`"),
            format!("audience `{parameter}` is missing: add `--audience {parameter}=MEMBER/AUDIENCE`"),
        ),
        Some((least, most)) => Text::new(
            format!(
                "« {parameter} » prend de {least} à {most} auditoires : répétez `--audience {parameter}=MEMBRE/AUDITOIRE`"
            ),
            format!("`{parameter}` takes {least} to {most} audiences: repeat `--audience {parameter}=MEMBER/AUDIENCE`"),
        ),
    })
}

fn unexpected(parameter: &str) -> AskError {
    let parameter: String = parameter.chars().take(60).collect();
    AskError::Malformed(Text::new(
        format!("ce modèle n'a pas d'auditoire « {parameter} »"),
        format!("this template has no audience `{parameter}`"),
    ))
}
