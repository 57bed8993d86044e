//! A template's manifest: what it is called, which audiences and columns it needs, what it releases.

use super::local::Name;
use crate::model::{ColumnName, Shape, Text};
use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;

/// Which shapes a template takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// What becomes of the contributions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum ReleaseKind {
    /// One cell: how many persons the template yields.
    Count {},
}

/// An audience that the asker names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudienceParameter {
    /// What the SQL calls it.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Which shapes it takes.
    pub shape: ShapeRule,
    /// The vocabulary's columns that the SQL uses of it.
    pub columns: Vec<ColumnName>,
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
    /// What it releases.
    pub release: ReleaseKind,
    /// The margin suggested to the asker.
    pub margin_default: u32,
    /// Whether the order of the audiences makes no difference to the answer.
    pub symmetric: bool,
}

/// A mistake in a manifest, and where.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(template::manifest))]
pub struct ManifestError {
    message: String,
    #[help]
    help: String,
    #[source_code]
    source_code: Arc<NamedSource<String>>,
    #[label("here")]
    span: SourceSpan,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    title: Text,
    description: Text,
    audience: Spanned<Vec<AudienceTable>>,
    release: ReleaseKind,
    margin_default: Spanned<i64>,
    symmetric: Spanned<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AudienceTable {
    name: Spanned<String>,
    title: Text,
    shape: ShapeRule,
    #[serde(default)]
    columns: Vec<Spanned<ColumnName>>,
}

/// More would be one query a page long; Venn diagrams, the widest use, end at six.
const AUDIENCES_MAX: usize = 8;

/// As much as the kernel can be asked for.
const MARGIN_MAX: u32 = 1_000_000;

/// The file that is read, for messages.
struct Source<'a> {
    text: &'a str,
    file: &'a str,
}

impl Source<'_> {
    fn error(&self, message: impl Into<String>, help: &str, span: Range<usize>) -> ManifestError {
        let source_code = Arc::new(NamedSource::new(self.file, self.text.to_owned()));
        ManifestError { message: message.into(), help: help.into(), source_code, span: span.into() }
    }

    fn audiences(&self, tables: Spanned<Vec<AudienceTable>>) -> Result<Vec<AudienceParameter>, ManifestError> {
        let count = tables.get_ref().len();
        if count == 0 || count > AUDIENCES_MAX {
            let message = format!("a template has 1 to {AUDIENCES_MAX} audiences");
            return Err(self.error(message, "add or remove [[audience]] tables", tables.span()));
        }
        let mut names = BTreeSet::new();
        let mut audiences = Vec::new();
        for table in tables.into_inner() {
            let span = table.name.span();
            let name = table.name.into_inner();
            // `contribution` is what the generated SQL calls the template's rows.
            let reserved = name == Name::PERSON || name == "contribution";
            if Name::new(&name).is_none() || reserved || !names.insert(name.clone()) {
                let help =
                    "use a-z, 0-9 and _, not starting with a digit, once each; `person` and `contribution` are taken";
                return Err(self.error("an audience can't have this name", help, span));
            }
            let columns = self.columns(table.columns)?;
            audiences.push(AudienceParameter { name, title: table.title, shape: table.shape, columns });
        }
        Ok(audiences)
    }

    fn columns(&self, declared: Vec<Spanned<ColumnName>>) -> Result<Vec<ColumnName>, ManifestError> {
        let mut columns: Vec<ColumnName> = Vec::new();
        for column in declared {
            let name = column.get_ref().as_str();
            if columns.contains(column.get_ref()) || Name::new(name).is_none_or(|name| name.is_person()) {
                let help = "name each column once; SQL takes names of a-z, 0-9 and _ only, and has `person` anyway";
                return Err(self.error("this column can't be declared", help, column.span()));
            }
            columns.push(column.into_inner());
        }
        Ok(columns)
    }
}

impl Manifest {
    /// Reads and checks a manifest; `file` is for messages.
    ///
    /// # Errors
    /// When a key is missing, unknown or makes no sense, with its place in the file.
    pub fn parse(text: &str, file: &str) -> Result<Self, ManifestError> {
        let source = Source { text, file };
        let parsed: ManifestFile = toml::from_str(text).map_err(|e| {
            let help =
                "a manifest has title, description, [[audience]], [release] and margin_default; see sql/overlap.toml";
            source.error(e.message(), help, e.span().unwrap_or(0..0))
        })?;
        let audiences = source.audiences(parsed.audience)?;
        let margin_default = u32::try_from(*parsed.margin_default.get_ref()).ok();
        let margin_default = margin_default.filter(|margin| (1..=MARGIN_MAX).contains(margin)).ok_or_else(|| {
            let help = "give a whole number from 1 to 1000000";
            source.error("`margin_default` is out of its range", help, parsed.margin_default.span())
        })?;
        let symmetric = *parsed.symmetric.get_ref();
        if symmetric && !alike(&audiences) {
            let help = "audiences that can be exchanged have the same shape and columns";
            return Err(source.error("the template can't be symmetric", help, parsed.symmetric.span()));
        }
        Ok(Self {
            title: parsed.title,
            description: parsed.description,
            audiences,
            release: parsed.release,
            margin_default,
            symmetric,
        })
    }

    /// The audience that the SQL calls so.
    pub fn audience(&self, name: &str) -> Option<&AudienceParameter> {
        self.audiences.iter().find(|audience| audience.name == name)
    }
}

fn alike(audiences: &[AudienceParameter]) -> bool {
    let sorted = |audience: &AudienceParameter| audience.columns.iter().cloned().collect::<BTreeSet<_>>();
    audiences.windows(2).all(|pair| match pair {
        [a, b] => a.shape == b.shape && sorted(a) == sorted(b),
        _ => true,
    })
}
