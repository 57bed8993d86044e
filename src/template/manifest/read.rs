//! From the file's text to a [`Manifest`], or a mistake with its place.

use super::{
    AudienceColumn, AudienceParameter, Derived, Example, Manifest, Parameter, ParameterKind, ReleaseKind, ShapeRule,
};
use crate::{
    model::{ColumnName, Text},
    template::local::Name,
};
use miette::{Diagnostic, NamedSource, SourceSpan};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};
use toml::Spanned;

/// More would be one query a page long; Venn diagrams, the widest use, end at six.
const AUDIENCES_MAX: usize = 8;
/// Most audiences under one name: a Venn diagram of six has 63 regions.
const MANY_MAX: u32 = 6;
/// Every way to settle the column parameters is checked when the room opens.
const WAYS_MAX: usize = 64;
/// As much as the kernel can be asked for.
const MARGIN_MAX: u32 = 1_000_000;

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

/// A manifest, as its file has it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Camerata: manifest of an analysis template (sql/NAME.toml)")]
struct ManifestFile {
    /// What people call the template.
    title: Text,
    /// What it answers.
    description: Text,
    /// The audiences that the asker names.
    #[schemars(with = "Vec<AudienceTable>")]
    audience: Spanned<Vec<AudienceTable>>,
    /// The values that the asker gives: `$name` in the SQL.
    #[serde(default)]
    parameter: Vec<ParameterTable>,
    /// What becomes of the contributions.
    #[schemars(with = "ReleaseKind")]
    release: Spanned<ReleaseKind>,
    /// What is computed from the release.
    #[serde(default)]
    #[schemars(with = "Vec<Derived>")]
    derived: Vec<Spanned<Derived>>,
    /// The margin suggested to the asker, in persons: 1 to 1000000.
    #[schemars(with = "u32")]
    margin_default: Spanned<i64>,
    /// Whether the order of the audiences makes no difference to the answer.
    #[schemars(with = "bool")]
    symmetric: Spanned<bool>,
    /// What people call the columns of the result that aren't the vocabulary's; `unknown`: those without a value.
    #[serde(default)]
    titles: BTreeMap<String, Text>,
    /// A question that can be asked in the pilot.
    #[serde(default)]
    example: Option<Example>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AudienceTable {
    /// What the SQL calls it.
    #[schemars(with = "String")]
    name: Spanned<String>,
    /// What people call it.
    title: Text,
    /// Which shapes it takes.
    shape: ShapeRule,
    /// The vocabulary's columns that the SQL uses of it, or names of parameters of kind `column`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    columns: Vec<Spanned<ColumnName>>,
    /// Least and most audiences, where it stands for several.
    #[serde(default)]
    #[schemars(with = "Option<(u32, u32)>")]
    many: Option<Spanned<(u32, u32)>>,
}

#[derive(Deserialize, JsonSchema)]
struct ParameterTable {
    /// What the SQL calls it, without the `$`.
    #[schemars(with = "String")]
    name: Spanned<String>,
    /// What people call it.
    title: Text,
    #[serde(flatten)]
    #[schemars(with = "ParameterKind")]
    kind: toml::Table,
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

/// The file that is read, for messages.
struct Source<'a> {
    text: &'a str,
    file: &'a str,
}

impl Manifest {
    /// Reads and checks a manifest; `file` is for messages.
    ///
    /// # Errors
    /// When a key is missing, unknown or makes no sense, with its place in the file.
    pub fn parse(text: &str, file: &str) -> Result<Self, ManifestError> {
        let source = Source { text, file };
        let parsed: ManifestFile = toml::from_str(text).map_err(|e| {
            let help = "a manifest has title, description, [[audience]], [[parameter]], [release], derived, margin_default and symmetric; see sql/overlap.toml and sql/manifest.schema.json";
            source.error(e.message(), help, e.span().unwrap_or(0..0))
        })?;
        let parameters = source.parameters(parsed.parameter)?;
        let audiences = source.audiences(parsed.audience, &parameters)?;
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
        let derived = source.derived(parsed.derived, parsed.release.get_ref())?;
        let manifest = Self {
            title: parsed.title,
            description: parsed.description,
            audiences,
            parameters,
            release: parsed.release.get_ref().clone(),
            derived,
            margin_default,
            symmetric,
            titles: parsed.titles,
            example: parsed.example,
        };
        if let Err((message, help)) = manifest.release.check() {
            return Err(source.error(message, &help, parsed.release.span()));
        }
        if manifest.choices().len() > WAYS_MAX {
            let message = format!("the column parameters can be settled in more than {WAYS_MAX} ways");
            return Err(source.error(message, "offer fewer choices", 0..0));
        }
        Ok(manifest)
    }
}

impl Source<'_> {
    fn error(&self, message: impl Into<String>, help: &str, span: Range<usize>) -> ManifestError {
        let source_code = Arc::new(NamedSource::new(self.file, self.text.to_owned()));
        ManifestError { message: message.into(), help: help.into(), source_code, span: span.into() }
    }

    fn parameters(&self, tables: Vec<ParameterTable>) -> Result<Vec<Parameter>, ManifestError> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for table in tables {
            let (span, name) = (table.name.span(), table.name.into_inner());
            let taken = parameters.iter().any(|earlier| earlier.name == name) || is_reserved(&name);
            if taken || Name::new(&name).is_none() {
                let help = "use a-z, 0-9 and _, not starting with a digit, once each; `person`, `audience` and `contribution` are taken";
                return Err(self.error("a parameter can't have this name", help, span));
            }
            let kind: ParameterKind = table.kind.try_into().map_err(|error: toml::de::Error| {
                let help = "the kinds are integer and amount (min, max, default), date (default), category (column, default) and column (choices)";
                self.error(format!("parameter `{name}`: {}", error.message()), help, span.clone())
            })?;
            if let Some(message) = senseless(&kind) {
                return Err(self.error(
                    format!("parameter `{name}`: {message}"),
                    "change its range, its default or its choices",
                    span,
                ));
            }
            parameters.push(Parameter { name, title: table.title, kind });
        }
        Ok(parameters)
    }

    fn audiences(
        &self,
        tables: Spanned<Vec<AudienceTable>>,
        parameters: &[Parameter],
    ) -> Result<Vec<AudienceParameter>, ManifestError> {
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
            if Name::new(&name).is_none() || is_reserved(&name) || !names.insert(name.clone()) {
                let help = "use a-z, 0-9 and _, not starting with a digit, once each; `person`, `audience` and `contribution` are taken";
                return Err(self.error("an audience can't have this name", help, span));
            }
            let many = table.many.map(|many| self.many(&many, count)).transpose()?;
            let columns = self.columns(table.columns, parameters)?;
            audiences.push(AudienceParameter { name, title: table.title, shape: table.shape, columns, many });
        }
        Ok(audiences)
    }

    fn many(&self, many: &Spanned<(u32, u32)>, parameters: usize) -> Result<(u32, u32), ManifestError> {
        let (least, most) = *many.get_ref();
        if least < 2 || most > MANY_MAX || least > most {
            let help = format!("write many = [2, {MANY_MAX}], or a narrower range");
            return Err(self.error("an audience parameter can't stand for so many", &help, many.span()));
        }
        if parameters > 1 {
            let help = "a parameter that stands for several audiences is the template's only one";
            return Err(self.error("there are other audiences", help, many.span()));
        }
        Ok((least, most))
    }

    fn columns(
        &self,
        declared: Vec<Spanned<ColumnName>>,
        parameters: &[Parameter],
    ) -> Result<Vec<AudienceColumn>, ManifestError> {
        let mut columns: Vec<AudienceColumn> = Vec::new();
        for column in declared {
            let name = column.get_ref().as_str();
            if columns.iter().any(|earlier| earlier.name == name) || Name::new(name).is_none() || is_reserved(name) {
                let help = "name each column once; SQL takes names of a-z, 0-9 and _ only, and has `person` anyway";
                return Err(self.error("this column can't be declared", help, column.span()));
            }
            let chosen = parameters.iter().find(|parameter| parameter.name == name).map(|parameter| &parameter.kind);
            let vocabulary_column = match chosen {
                None => column.get_ref().clone(),
                Some(ParameterKind::Column { choices }) if !choices.is_empty() => {
                    choices.first().unwrap_or(column.get_ref()).clone()
                }
                Some(_) => {
                    let help = "only a parameter of kind `column` can stand for a column";
                    return Err(self.error("this column has the name of a parameter", help, column.span()));
                }
            };
            columns.push(AudienceColumn { name: name.to_owned(), column: vocabulary_column });
        }
        Ok(columns)
    }

    fn derived(&self, wanted: Vec<Spanned<Derived>>, release: &ReleaseKind) -> Result<Vec<Derived>, ManifestError> {
        let mut derived = Vec::new();
        for figure in wanted {
            if !release.derivable().contains(figure.get_ref()) || derived.contains(figure.get_ref()) {
                let known: Vec<String> =
                    release.derivable().iter().map(|one| format!("{one:?}").to_lowercase()).collect();
                let help = if known.is_empty() {
                    "nothing is computed from this kind of release: leave `derived` out".to_owned()
                } else {
                    format!("this kind of release has, once each: {} (words are joined by _)", known.join(", "))
                };
                return Err(self.error("this can't be computed from the release", &help, figure.span()));
            }
            derived.push(figure.into_inner());
        }
        Ok(derived)
    }
}

/// What the generated SQL needs for itself.
fn is_reserved(name: &str) -> bool {
    [Name::PERSON, "audience", "contribution", "cell", "value"].contains(&name)
}

fn senseless(kind: &ParameterKind) -> Option<&'static str> {
    match kind {
        ParameterKind::Integer { min, max, default } | ParameterKind::Amount { min, max, default } => {
            if min > max {
                Some("`min` is more than `max`")
            } else {
                default
                    .is_some_and(|default| !(*min..=*max).contains(&default))
                    .then_some("`default` is out of its range")
            }
        }
        ParameterKind::Column { choices } if choices.is_empty() => Some("it has no choices"),
        ParameterKind::Column { choices } => {
            let distinct: BTreeSet<_> = choices.iter().collect();
            (distinct.len() != choices.len()).then_some("a choice is named twice")
        }
        ParameterKind::Date { .. } | ParameterKind::Category { .. } => None,
    }
}

fn alike(audiences: &[AudienceParameter]) -> bool {
    let sorted = |audience: &AudienceParameter| {
        audience.columns.iter().map(|column| column.name.clone()).collect::<BTreeSet<_>>()
    };
    audiences.windows(2).all(|pair| match pair {
        [a, b] => a.shape == b.shape && sorted(a) == sorted(b),
        _ => true,
    })
}
