//! A template's manifest: what it is called, which audiences, columns and parameters it takes, what it releases.
//!
//! The file is documented by the JSON schema `sql/manifest.schema.json`; `read` turns it into these types.

mod detail;
mod error;
mod file;
mod parameter;
mod read;
mod release;
mod sound;

pub use error::ManifestError;
pub use file::schema;
pub use parameter::{Parameter, ParameterKind};
pub use release::{Derived, Domain, ReleaseKind};
pub(super) use sound::CELLS_MAX;

use super::tally::Argument;
use crate::model::{ColumnName, Named, Shape, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which shapes a template takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ShapeRule {
    /// Lists only.
    List,
    /// Events only.
    Events,
    /// Either.
    Any,
}

impl ShapeRule {
    /// Whether an audience of that shape may be bound.
    pub fn takes(self, shape: Shape) -> bool {
        match self {
            Self::List => shape == Shape::List,
            Self::Events => shape == Shape::Events,
            Self::Any => true,
        }
    }
}

/// A column of an audience, as the SQL sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudienceColumn {
    /// What the SQL calls it: the column's own name, or that of a column parameter.
    pub name: String,
    /// The vocabulary's column. Where a parameter names it, its first choice until [`Manifest::choose`] settles it.
    pub column: ColumnName,
}

/// An audience that the asker names, or several under one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudienceParameter {
    /// What the SQL calls it.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Which shapes it takes.
    pub shape: ShapeRule,
    /// The columns that the SQL uses of it.
    pub columns: Vec<AudienceColumn>,
    /// Least and most audiences, where it stands for several: the SQL then sees one relation with a column `audience`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub many: Option<(u32, u32)>,
}

/// A checked manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// What people call the template.
    pub title: Text,
    /// What it answers.
    pub description: Text,
    /// The audiences it needs, in order.
    pub audiences: Vec<AudienceParameter>,
    /// The values it needs, in order.
    pub parameters: Vec<Parameter>,
    /// What it releases.
    pub release: ReleaseKind,
    /// What is computed from the release, in order.
    pub derived: Vec<Derived>,
    /// The margin suggested to the asker.
    pub margin_default: u32,
    /// Whether the order of the audiences makes no difference to the answer.
    pub symmetric: bool,
    /// What people call the columns of the result that aren't the vocabulary's, and derived figures; `unknown`: those without a value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub titles: BTreeMap<String, Text>,
    /// A question that can be asked in the pilot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Example>,
}

/// A question that can be asked in the pilot, and the shape of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The audiences, by parameter.
    #[schemars(with = "BTreeMap<String, super::manifest::file::OneOrMany>")]
    pub audiences: BTreeMap<String, Named>,
    /// The values, by parameter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Argument>,
    /// How many figures are released; 0 where that depends on the data.
    pub figures: usize,
}

impl Manifest {
    /// The audience that the SQL calls so.
    pub fn audience(&self, name: &str) -> Option<&AudienceParameter> {
        self.audiences.iter().find(|audience| audience.name == name)
    }

    /// The parameter that the SQL calls so, after its `$`.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Every way to settle the column parameters; one empty way where there are none.
    pub fn choices(&self) -> Vec<BTreeMap<String, ColumnName>> {
        let mut ways = vec![BTreeMap::new()];
        for parameter in &self.parameters {
            let ParameterKind::Column { choices } = &parameter.kind else { continue };
            let extend = |way: &BTreeMap<String, ColumnName>| {
                let with = |choice: &ColumnName| {
                    let mut way = way.clone();
                    way.insert(parameter.name.clone(), choice.clone());
                    way
                };
                choices.iter().map(with).collect::<Vec<_>>()
            };
            ways = ways.iter().flat_map(extend).collect();
        }
        ways
    }

    /// The manifest with its column parameters settled; `None` if one is missing or isn't among its choices.
    pub fn choose(&self, chosen: &BTreeMap<String, ColumnName>) -> Option<Self> {
        let mut settled = self.clone();
        for parameter in &self.parameters {
            let ParameterKind::Column { choices } = &parameter.kind else { continue };
            let choice = chosen.get(&parameter.name).filter(|choice| choices.contains(choice))?;
            for column in settled.audiences.iter_mut().flat_map(|audience| &mut audience.columns) {
                if column.name == parameter.name {
                    column.column = choice.clone();
                }
            }
        }
        Some(settled)
    }
}
