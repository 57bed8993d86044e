//! Audiences and values, as a query names them, bound to what the template takes.

use super::super::catalogue::Template;
use super::super::check::CheckedTemplate;
use super::super::local::Name;
use super::super::manifest::{AudienceColumn, AudienceParameter, Manifest, Parameter, ParameterKind};
use super::super::print::{self, Constants, quoted};
use super::Bindings;
use crate::model::{AudienceRef, ColumnKind, ColumnName, Shape, Text, Vocabulary};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value of a parameter, as it comes over the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Argument {
    /// A whole number, or an amount in cents.
    Number(i64),
    /// A date (`YYYY-MM-DD`), the id of a value, or the name of a column.
    Text(String),
}

/// An audience's version, as the store gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it is in the engine: `audience_0.main.email`.
    pub table: String,
    /// How it is stored.
    pub shape: Shape,
    /// The vocabulary columns that it holds.
    pub columns: Vec<ColumnName>,
}

/// Why audiences and values can't be bound to a template. Nothing here depends on the audiences' rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// An audience of the manifest is missing or unknown, or there are too few or too many under one name.
    #[error("the template's audiences are not bound as it needs them")]
    Audiences,
    /// The template takes another shape.
    #[error("audience {0} has a shape that the template doesn't take")]
    Shape(AudienceRef),
    /// A column that the template reads isn't there.
    #[error("the version in force of audience {audience} has no column `{column}`")]
    Column {
        /// The audience.
        audience: AudienceRef,
        /// The missing column.
        column: ColumnName,
    },
    /// Not `catalogue.schema.table` in plain names.
    #[error("the table of audience {0} is not a plain name in three parts")]
    Table(AudienceRef),
    /// No such parameter.
    #[error("the template has no parameter `{0}`")]
    UnknownParameter(String),
    /// A parameter without a default was left out.
    #[error("the template needs the parameter `{0}`")]
    MissingParameter(String),
    /// A value that the parameter can't take.
    #[error("parameter `{name}` takes {}", .takes.en)]
    Value {
        /// The parameter.
        name: String,
        /// What it takes.
        takes: Text,
    },
    /// The release would have more cells than a room releases at once.
    #[error("the answer would have more than {0} cells")]
    Cells(u64),
    /// The kinds of the result's columns aren't what the release needs. The checker has made sure of it before.
    #[error("the template's result doesn't fit its release")]
    Release,
}

impl BindingError {
    /// The same in the words of the person who asked.
    pub fn text(&self) -> Text {
        let french = match self {
            Self::Audiences => "les auditoires ne correspondent pas à ceux du modèle".to_owned(),
            Self::Shape(audience) => format!("l’auditoire {audience} n’a pas la forme que le modèle demande"),
            Self::Column { audience, column } => {
                format!("la version en vigueur de l’auditoire {audience} n’a pas la colonne « {column} »")
            }
            Self::Table(audience) => format!("l’auditoire {audience} ne se laisse pas lier"),
            Self::UnknownParameter(name) => format!("le modèle n’a pas de paramètre « {name} »"),
            Self::MissingParameter(name) => format!("le modèle a besoin du paramètre « {name} »"),
            Self::Value { name, takes } => format!("le paramètre « {name} » prend {}", takes.fr),
            Self::Cells(most) => format!("la réponse aurait plus de {most} cases"),
            Self::Release => "le résultat du modèle ne convient pas à sa publication".to_owned(),
        };
        Text::new(french, self.to_string())
    }
}

impl Template {
    /// The template as checked for the columns that the arguments choose.
    pub(super) fn chosen(
        &self,
        arguments: &BTreeMap<String, Argument>,
    ) -> Result<(&CheckedTemplate, &Manifest), BindingError> {
        let mut chosen = BTreeMap::new();
        for parameter in &self.manifest().parameters {
            let ParameterKind::Column { choices } = &parameter.kind else { continue };
            let wrong = || BindingError::Value {
                name: parameter.name.clone(),
                takes: one_of(choices.iter().map(ColumnName::as_str)),
            };
            let choice = match arguments.get(&parameter.name) {
                None => choices.first().ok_or_else(wrong)?,
                Some(Argument::Text(text)) => {
                    choices.iter().find(|choice| choice.as_str() == text).ok_or_else(wrong)?
                }
                Some(Argument::Number(_)) => return Err(wrong()),
            };
            chosen.insert(parameter.name.clone(), choice.clone());
        }
        self.way(&chosen).ok_or(BindingError::Release)
    }
}

/// A template with everything it names in its place.
pub(super) struct Bound {
    /// One CTE for each audience parameter.
    pub(super) ctes: Vec<String>,
    /// The template's query over them.
    pub(super) query: String,
    /// Whether it yields at most one row a person.
    pub(super) once: bool,
    /// Columns of its result in which no two rows of a person are the same, if there are such.
    pub(super) told_apart_by: Option<Vec<String>>,
    /// Columns of its result in which all rows of a person are the same, as far as is known.
    pub(super) single_valued: Vec<String>,
    /// The audiences of a parameter that stands for several, or all, in order.
    pub(super) audiences: Vec<AudienceRef>,
}

impl Bound {
    pub(super) fn new(
        checked: &CheckedTemplate,
        manifest: &Manifest,
        bindings: &Bindings,
        vocabulary: &Vocabulary,
    ) -> Result<Self, BindingError> {
        if bindings.audiences.keys().any(|name| manifest.audience(name).is_none()) {
            return Err(BindingError::Audiences);
        }
        let (mut ctes, mut audiences) = (Vec::new(), Vec::new());
        for parameter in &manifest.audiences {
            let bound = bindings.audiences.get(&parameter.name).ok_or(BindingError::Audiences)?;
            ctes.push(audience_cte(parameter, bound, checked)?);
            audiences.extend(bound.iter().map(|(audience, _)| audience.clone()));
        }
        let is_list = |name: &str| {
            let bound = bindings.audiences.get(name);
            bound.is_some_and(|bound| matches!(bound.as_slice(), [(_, only)] if only.shape == Shape::List))
        };
        let arguments = arguments(manifest, &bindings.arguments, vocabulary)?;
        let named_list = |name: &Name| is_list(name.as_str());
        let query = print::query(&checked.query().without_lone_groups(&named_list), Constants::Store, &arguments);
        let single_valued = checked.query().single_valued(&named_list);
        let single_valued = single_valued.into_iter().map(|name| name.as_str().to_owned()).collect();
        let told_apart_by = checked.query().told_apart_by();
        let told_apart_by = told_apart_by.map(|by| by.into_iter().map(|name| name.as_str().to_owned()).collect());
        Ok(Self {
            ctes,
            query,
            once: checked.unique_person_with_lists(is_list),
            told_apart_by,
            single_valued,
            audiences,
        })
    }
}

/// `"a" AS NOT MATERIALIZED (SELECT …)`; several audiences in one relation are numbered in `audience`.
fn audience_cte(
    parameter: &AudienceParameter,
    bound: &[(AudienceRef, Binding)],
    checked: &CheckedTemplate,
) -> Result<String, BindingError> {
    let (least, most) = parameter.many.unwrap_or((1, 1));
    if !(least..=most).contains(&u32::try_from(bound.len()).unwrap_or(u32::MAX)) {
        return Err(BindingError::Audiences);
    }
    let mut selects = Vec::with_capacity(bound.len());
    for (position, (audience, binding)) in bound.iter().enumerate() {
        if !parameter.shape.takes(binding.shape) {
            return Err(BindingError::Shape(audience.clone()));
        }
        let used = checked.columns_used().get(&parameter.name).map(Vec::as_slice).unwrap_or_default();
        let number = parameter.many.map(|_| position);
        selects.push(audience_sql(audience, binding, used, number)?);
    }
    Ok(format!("{} AS NOT MATERIALIZED ({})", quoted(&parameter.name), selects.join(" UNION ALL ")))
}

fn audience_sql(
    audience: &AudienceRef,
    binding: &Binding,
    used: &[AudienceColumn],
    number: Option<usize>,
) -> Result<String, BindingError> {
    let parts: Option<Vec<_>> = binding.table.split('.').map(Name::new).collect();
    let table = parts.filter(|parts| parts.len() == 3).ok_or_else(|| BindingError::Table(audience.clone()))?;
    let table: Vec<_> = table.iter().map(|part| quoted(part.as_str())).collect();
    let mut columns: Vec<String> = number.iter().map(|number| format!("{number} AS \"audience\"")).collect();
    columns.push(quoted(Name::PERSON));
    for AudienceColumn { name, column } in used {
        if !binding.columns.contains(column) {
            return Err(BindingError::Column { audience: audience.clone(), column: column.clone() });
        }
        columns.push(format!("{} AS {}", quoted(column.as_str()), quoted(name)));
    }
    Ok(format!("SELECT {} FROM {}", columns.join(", "), table.join(".")))
}

/// Every value that the SQL needs, given or by default, checked against its range.
fn arguments(
    manifest: &Manifest,
    given: &BTreeMap<String, Argument>,
    vocabulary: &Vocabulary,
) -> Result<BTreeMap<String, print::Argument>, BindingError> {
    if let Some(unknown) = given.keys().find(|name| manifest.parameter(name).is_none()) {
        return Err(BindingError::UnknownParameter(unknown.chars().take(60).collect()));
    }
    let mut arguments = BTreeMap::new();
    for parameter in &manifest.parameters {
        if !matches!(parameter.kind, ParameterKind::Column { .. }) {
            let value = argument(parameter, given.get(&parameter.name), vocabulary)?;
            arguments.insert(parameter.name.clone(), value);
        }
    }
    Ok(arguments)
}

fn argument(
    parameter: &Parameter,
    given: Option<&Argument>,
    vocabulary: &Vocabulary,
) -> Result<print::Argument, BindingError> {
    let missing = || BindingError::MissingParameter(parameter.name.clone());
    let wrong = |takes: Text| BindingError::Value { name: parameter.name.clone(), takes };
    match &parameter.kind {
        ParameterKind::Integer { min, max, default } | ParameterKind::Amount { min, max, default } => {
            let takes = || {
                wrong(Text::new(
                    format!("un nombre entier de {min} à {max}"),
                    format!("a whole number from {min} to {max}"),
                ))
            };
            let value = match given {
                None => default.ok_or_else(missing)?,
                Some(Argument::Number(value)) => *value,
                Some(Argument::Text(text)) => text.trim().parse().map_err(|_| takes())?,
            };
            if (*min..=*max).contains(&value) { Ok(print::Argument::Number(value)) } else { Err(takes()) }
        }
        ParameterKind::Date { default } => {
            let takes = || wrong(Text::new("une date AAAA-MM-JJ", "a date YYYY-MM-DD"));
            let date = match given {
                None => default.ok_or_else(missing)?,
                Some(Argument::Text(text)) if text.len() == 10 => text.parse().map_err(|_| takes())?,
                Some(_) => return Err(takes()),
            };
            // The store's own range: arithmetic on dates beyond it isn't proven not to fail.
            if (1..=9999).contains(&date.year()) { Ok(print::Argument::Date(date)) } else { Err(takes()) }
        }
        ParameterKind::Category { column, default } => {
            let values = match vocabulary.get(column).map(|column| &column.kind) {
                Some(ColumnKind::Category { values }) => values.as_slice(),
                _ => &[],
            };
            let id = match given {
                None => default.as_ref().ok_or_else(missing)?,
                Some(Argument::Text(text)) => text,
                Some(Argument::Number(_)) => return Err(wrong(one_of(values.iter().map(|value| value.id.as_str())))),
            };
            let code = (0u16..).zip(values).find(|(_, value)| value.id == *id).map(|(code, _)| code);
            let code = code.ok_or_else(|| wrong(one_of(values.iter().map(|value| value.id.as_str()))))?;
            Ok(print::Argument::Category { id: id.clone(), code })
        }
        // Settled before, by the way that was chosen.
        ParameterKind::Column { .. } => Err(BindingError::Release),
    }
}

fn one_of<'a>(values: impl Iterator<Item = &'a str>) -> Text {
    let list = values.collect::<Vec<_>>().join(", ");
    Text::new(format!("l’une des valeurs {list}"), format!("one of {list}"))
}
