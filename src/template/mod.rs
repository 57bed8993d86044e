//! Analysis templates: only SQL that is proven person-local runs.
//!
//! A template is `sql/<name>.sql` with its manifest `sql/<name>.toml`. The checker translates the SQL, node by node, into
//! the small language of `local`, in which nothing but person-local queries can be written; what it can't translate is
//! refused with the clause and the rule. What runs is printed from that language, never the source text, so the checker
//! and the engine can't read one text in two ways.

mod catalogue;
mod check;
mod consent;
mod error;
mod fit;
mod layout;
mod local;
mod manifest;
mod mistake;
mod print;
mod refusal;
mod rule;
mod tally;

pub use catalogue::{Catalogue, File, Template};
pub use check::{CheckedTemplate, check};
pub use consent::{Consent, ConsentError, Consented, Entry, Unpicked, Version, What};
pub use error::{FileError, TemplateError, TemplateErrors};
pub use layout::{KeyValue, Layout, LayoutBlock, LayoutKey};
pub use manifest::{
    AudienceColumn, AudienceParameter, Derived, Domain, Example, Manifest, ManifestError, Parameter, ParameterKind,
    ReleaseKind, ShapeRule, schema as manifest_schema,
};
pub use refusal::Refusal;
pub use rule::Rule;
pub use tally::{Argument, Binding, BindingError, Bindings, Figure, Instance};

/// A query to start a new template from; it passes the check with [`STARTER_TOML`] and the pilot's vocabulary.
pub const STARTER_SQL: &str = include_str!("starter.sql");

/// A manifest to start a new template from.
pub const STARTER_TOML: &str = include_str!("starter.toml");
