//! From a checked template to what runs: audiences and values bound, contributions bounded, cells named.

mod bind;
mod bounds;
mod figures;
mod keys;
mod sql;
#[cfg(test)]
mod tests;

pub use bind::{Argument, Binding, BindingError};
pub use figures::Figure;

use super::catalogue::Template;
use super::layout::Layout;
use crate::model::{AudienceRef, Bounds, ColumnName, Vocabulary};
use std::collections::BTreeMap;

/// A template over bound audiences: everything that decides its exact figures, and how far a person can move them.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// One statement. Each row is a block, a cell of that block (or a key that isn't public), and a value for each block from that
    /// one on; which cells there are, `bounds` says.
    pub sql: String,
    /// How far one person can move the tally.
    pub bounds: Bounds,
    /// What the cells mean. Of keys that aren't public it has a block without values.
    pub layout: Layout,
    /// Whether the blocks count the same persons, each once in each block: then they are reconciled to one total.
    pub partitions: bool,
    /// What is computed from the release.
    pub figures: Vec<Figure>,
    /// The columns that are read, of any audience.
    pub columns: Vec<ColumnName>,
}

/// What a template is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bindings {
    /// The audiences, by parameter: one each, or several where the parameter stands for several.
    pub audiences: BTreeMap<String, Vec<(AudienceRef, Binding)>>,
    /// The values, by parameter.
    pub arguments: BTreeMap<String, Argument>,
}

impl Template {
    /// Binds audiences and values.
    ///
    /// # Errors
    /// When they don't fit the manifest. Nothing here depends on the audiences' rows.
    ///
    /// # Privacy argument
    /// The template is person-local; the statement counts or adds up each person's contributions within the bounds that are
    /// returned beside it, see `sql` and `bounds`. An audience shows the template only `person` and the columns that the
    /// template was found to read. The text is made of plain names, checked constants and whole numbers alone.
    pub fn instance(&self, bindings: &Bindings, vocabulary: &Vocabulary) -> Result<Instance, BindingError> {
        let (checked, manifest) = self.chosen(&bindings.arguments)?;
        let bound = bind::Bound::new(checked, manifest, bindings, vocabulary)?;
        let release = bounds::Release::new(checked, manifest, &bound, vocabulary)?;
        let sql = sql::statement(&bound, &release, self.hash());
        let columns: std::collections::BTreeSet<&ColumnName> =
            checked.columns_used().values().flatten().map(|used| &used.column).collect();
        let layout = release.layout(&manifest.titles);
        Ok(Instance {
            sql,
            bounds: release.bounds(),
            partitions: matches!(release, bounds::Release::Marginals { .. }),
            figures: figures::figures(&manifest.derived, &release, &layout, &manifest.titles),
            layout,
            columns: columns.into_iter().cloned().collect(),
        })
    }
}
