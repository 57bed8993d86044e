//! The SQL that runs: a checked template over bound audiences, inside the kernel's bound.

use super::catalogue::Template;
use super::local::Name;
use super::manifest::{AudienceColumn, ReleaseKind};
use super::print::{self, Constants, quoted};
use crate::model::{ColumnName, Shape};

/// An audience's version, as the store gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// What the template calls it: `a`.
    pub relation: String,
    /// Where it is in the engine: `audience_0.main.email`.
    pub table: String,
    /// How it is stored.
    pub shape: Shape,
    /// The vocabulary columns that it holds.
    pub columns: Vec<ColumnName>,
}

/// Why audiences can't be bound to a template. Nothing here depends on their rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TallySqlError {
    /// An audience of the manifest is missing, bound twice, or unknown.
    #[error("the template's audiences are not bound one to one")]
    Audiences,
    /// The template takes another shape.
    #[error("audience `{0}` has a shape that the template doesn't take")]
    Shape(String),
    /// A column that the template reads isn't there.
    #[error("audience `{audience}` has no column `{column}`")]
    Column {
        /// The SQL's name for the audience.
        audience: String,
        /// The missing column.
        column: ColumnName,
    },
    /// Not `catalogue.schema.table` in plain names.
    #[error("the table of audience `{0}` is not a plain name in three parts")]
    Table(String),
}

impl Template {
    /// One statement that yields the template's tally over these audiences: for a count, one BIGINT cell.
    ///
    /// # Errors
    /// When the audiences don't fit the manifest.
    ///
    /// # Privacy argument
    /// The template is person-local, and each person is counted once: by `count(DISTINCT person)`, or by `count(*)` where
    /// the checker has shown that the result has at most one row a person given that certain audiences are lists, and
    /// they are bound to lists. Adding or removing a person therefore changes the cell by at most 1. An audience shows
    /// the template only `person` and the columns that the template was found to read. The text is made of plain names
    /// and checked constants alone.
    pub fn tally_sql(&self, bindings: &[Binding]) -> Result<String, TallySqlError> {
        if bindings.len() != self.manifest().audiences.len() {
            return Err(TallySqlError::Audiences);
        }
        let mut audiences = Vec::new();
        for parameter in &self.manifest().audiences {
            let mut bound = bindings.iter().filter(|binding| binding.relation == parameter.name);
            let (Some(binding), None) = (bound.next(), bound.next()) else {
                return Err(TallySqlError::Audiences);
            };
            if !parameter.shape.takes(binding.shape) {
                return Err(TallySqlError::Shape(parameter.name.clone()));
            }
            audiences.push(self.audience_sql(binding)?);
        }
        let is_list = |name: &str| bindings.iter().any(|b| b.relation == name && b.shape == Shape::List);
        let template = print::query(self.checked().query(), Constants::Store, &std::collections::BTreeMap::new());
        let count = match self.manifest().release {
            ReleaseKind::Count {} if self.checked().unique_person_with_lists(is_list) => "count(*)".to_owned(),
            _ => format!("count(DISTINCT \"contribution\".{})", quoted(Name::PERSON)),
        };
        Ok(format!("WITH {} SELECT {count} FROM ({template}) AS \"contribution\"", audiences.join(", ")))
    }

    fn audience_sql(&self, binding: &Binding) -> Result<String, TallySqlError> {
        let parts: Option<Vec<_>> = binding.table.split('.').map(Name::new).collect();
        let table =
            parts.filter(|parts| parts.len() == 3).ok_or_else(|| TallySqlError::Table(binding.relation.clone()))?;
        let table: Vec<_> = table.iter().map(|part| quoted(part.as_str())).collect();
        let mut columns = vec![quoted(Name::PERSON)];
        for column in self.checked().columns_used().get(&binding.relation).into_iter().flatten() {
            let AudienceColumn { name, column } = column;
            if !binding.columns.contains(column) {
                return Err(TallySqlError::Column { audience: binding.relation.clone(), column: column.clone() });
            }
            columns.push(format!("{} AS {}", quoted(column.as_str()), quoted(name)));
        }
        let (name, columns, table) = (quoted(&binding.relation), columns.join(", "), table.join("."));
        Ok(format!("{name} AS NOT MATERIALIZED (SELECT {columns} FROM {table})"))
    }
}
