//! The manifest's file as it is written: its tables and keys, and their JSON schema.

use super::{Derived, Example, ParameterKind, ReleaseKind, ShapeRule};
use crate::model::{ColumnName, Text};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A manifest, as its file has it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Camerata: manifest of an analysis template (sql/NAME.toml)")]
pub(super) struct ManifestFile {
    /// What people call the template.
    pub(super) title: Text,
    /// What it answers.
    pub(super) description: Text,
    /// The audiences that the asker names.
    #[schemars(with = "Vec<AudienceTable>")]
    pub(super) audience: Spanned<Vec<AudienceTable>>,
    /// The values that the asker gives: `$name` in the SQL.
    #[serde(default)]
    pub(super) parameter: Vec<ParameterTable>,
    /// What becomes of the contributions.
    #[schemars(with = "ReleaseKind")]
    pub(super) release: Spanned<ReleaseKind>,
    /// What is computed from the release.
    #[serde(default)]
    #[schemars(with = "Vec<Derived>")]
    pub(super) derived: Vec<Spanned<Derived>>,
    /// The margin suggested to the asker, in persons: 1 to 1000000.
    #[schemars(with = "u32")]
    pub(super) margin_default: Spanned<i64>,
    /// Whether the order of the audiences makes no difference to the answer.
    #[schemars(with = "bool")]
    pub(super) symmetric: Spanned<bool>,
    /// What people call the columns of the result that aren't the vocabulary's, and derived figures; `unknown`: those without a value.
    #[serde(default)]
    pub(super) titles: BTreeMap<String, Text>,
    /// A question that can be asked in the pilot.
    #[serde(default)]
    pub(super) example: Option<Example>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AudienceTable {
    /// What the SQL calls it.
    #[schemars(with = "String")]
    pub(super) name: Spanned<String>,
    /// What people call it.
    pub(super) title: Text,
    /// Which shapes it takes.
    pub(super) shape: ShapeRule,
    /// The vocabulary's columns that the SQL uses of it, or names of parameters of kind `column`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) columns: Vec<Spanned<ColumnName>>,
    /// Least and most audiences, where it stands for several.
    #[serde(default)]
    #[schemars(with = "Option<(u32, u32)>")]
    pub(super) many: Option<Spanned<(u32, u32)>>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct ParameterTable {
    /// What the SQL calls it, without the `$`.
    #[schemars(with = "String")]
    pub(super) name: Spanned<String>,
    /// What people call it.
    pub(super) title: Text,
    #[serde(flatten)]
    #[schemars(with = "ParameterKind")]
    pub(super) kind: toml::Table,
}

/// One `member/audience`, or a list of them.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used: model::Named knows nothing of schemas")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The JSON schema of a manifest.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(ManifestFile).to_value()
}
