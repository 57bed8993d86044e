//! A marketer's question, and its resolution against the catalogue.

use super::AskError;
use crate::{
    identity::Kind,
    model::{AudienceRef, ColumnName, PurposeName, TemplateName, Text},
    template::{Catalogue, Template},
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
    /// Its audience parameters: `a` to `member/audience`.
    #[schema(value_type = BTreeMap<String, String>)]
    pub audiences: BTreeMap<String, AudienceRef>,
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
    /// In the order of the template's parameters; where that order doesn't matter, by name.
    pub(super) audiences: Vec<AudienceRef>,
}

impl Resolved<'_> {
    /// The vocabulary columns that the template uses, each once.
    pub(super) fn columns(&self) -> Vec<ColumnName> {
        let used: BTreeSet<&ColumnName> =
            self.template.checked().columns_used().values().flatten().map(|used| &used.column).collect();
        used.into_iter().cloned().collect()
    }
}

impl Request {
    pub(super) fn resolve<'a>(&self, catalogue: &'a Catalogue) -> Result<Resolved<'a>, AskError> {
        let template = catalogue.get(&self.template).ok_or_else(|| AskError::UnknownTemplate(self.template.clone()))?;
        let manifest = template.manifest();
        let mut audiences = Vec::with_capacity(manifest.audiences.len());
        for parameter in &manifest.audiences {
            let given = self.audiences.get(parameter.name.as_str());
            audiences.push(given.cloned().ok_or_else(|| missing(parameter.name.as_str()))?);
        }
        if let Some(extra) = self.audiences.keys().find(|name| !manifest.audiences.iter().any(|p| p.name == **name)) {
            return Err(unexpected(extra));
        }
        let mut sorted = audiences.clone();
        sorted.sort();
        if sorted.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(AskError::Malformed(Text::new(
                "le même auditoire est nommé deux fois : nommez deux auditoires différents",
                "the same audience is named twice: name two different ones",
            )));
        }
        Ok(Resolved { template, audiences: if manifest.symmetric { sorted } else { audiences } })
    }
}

fn missing(parameter: &str) -> AskError {
    AskError::Malformed(Text::new(
        format!("l'auditoire « {parameter} » manque : ajoutez `--{parameter} MEMBRE/AUDITOIRE`"),
        format!("audience `{parameter}` is missing: add `--{parameter} MEMBER/AUDIENCE`"),
    ))
}

fn unexpected(parameter: &str) -> AskError {
    let parameter: String = parameter.chars().take(60).collect();
    AskError::Malformed(Text::new(
        format!("ce modèle n'a pas d'auditoire « {parameter} »"),
        format!("this template has no audience `{parameter}`"),
    ))
}
