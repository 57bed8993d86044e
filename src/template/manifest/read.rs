//! From the file's text to a [`Manifest`], or a mistake with its place.

use super::{
    AudienceColumn, AudienceParameter, Derived, Manifest, ManifestError, Parameter, ParameterKind, ReleaseKind,
    detail::not_understood,
    file::{AudienceTable, ManifestFile, ParameterTable},
};
use crate::{
    model::{ColumnName, Language, Text},
    template::{
        local::Name,
        mistake::{Mistake, Words},
    },
};
use miette::NamedSource;
use std::{collections::BTreeSet, ops::Range, sync::Arc};
use toml::Spanned;

/// More would be one query a page long; Venn diagrams, the widest use, end at six.
const AUDIENCES_MAX: usize = 8;
/// Most audiences under one name: a Venn diagram of six has 63 regions.
const MANY_MAX: u32 = 6;
/// Every way to settle the column parameters is checked when the room opens.
const WAYS_MAX: usize = 64;
/// As much as the kernel can be asked for.
const MARGIN_MAX: u32 = 1_000_000;

const FORM: Words = (
    "un manifeste a title, description, [[audience]], [[parameter]], [release], derived, margin_default et symmetric; voyez sql/overlap.toml et sql/manifest.schema.json",
    "a manifest has title, description, [[audience]], [[parameter]], [release], derived, margin_default and symmetric; see sql/overlap.toml and sql/manifest.schema.json",
);
const NAMES: Words = (
    "prenez a-z, 0-9 et _, sans chiffre au début, chaque nom une fois; `person`, `audience`, `contribution`, `cell` et `value` sont pris",
    "use a-z, 0-9 and _, not starting with a digit, once each; `person`, `audience`, `contribution`, `cell` and `value` are taken",
);
const KINDS: Words = (
    "les sortes sont integer et amount (min, max, default), date (default), category (column, default) et column (choices)",
    "the kinds are integer and amount (min, max, default), date (default), category (column, default) and column (choices)",
);

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
        let parsed: ManifestFile = toml::from_str(text)
            .map_err(|e| source.error(not_understood(e.message()), FORM, e.span().unwrap_or(0..0)))?;
        let parameters = source.parameters(parsed.parameter)?;
        let audiences = source.audiences(parsed.audience, &parameters)?;
        let margin_default = u32::try_from(*parsed.margin_default.get_ref()).ok();
        let margin_default = margin_default.filter(|margin| (1..=MARGIN_MAX).contains(margin)).ok_or_else(|| {
            let message = ("`margin_default` est hors de son étendue", "`margin_default` is out of its range");
            let help = ("donnez un nombre entier de 1 à 1000000", "give a whole number from 1 to 1000000");
            source.error(message, help, parsed.margin_default.span())
        })?;
        let symmetric = *parsed.symmetric.get_ref();
        if symmetric && !alike(&audiences) {
            let message = ("le modèle ne peut être symétrique", "the template can't be symmetric");
            let help = (
                "des auditoires qui s’échangent ont la même forme et les mêmes colonnes",
                "audiences that can be exchanged have the same shape and columns",
            );
            return Err(source.error(message, help, parsed.symmetric.span()));
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
            return Err(source.error(message, help, parsed.release.span()));
        }
        if manifest.choices().len() > WAYS_MAX {
            let message = (
                format!("les paramètres de sorte `column` peuvent être réglés de plus de {WAYS_MAX} façons"),
                format!("the column parameters can be settled in more than {WAYS_MAX} ways"),
            );
            return Err(source.error(message, ("offrez moins de choix", "offer fewer choices"), 0..0));
        }
        Ok(manifest)
    }
}

impl Source<'_> {
    fn error(&self, message: impl Into<Text>, help: impl Into<Text>, span: Range<usize>) -> ManifestError {
        ManifestError::new(Mistake {
            code: "manifest",
            message: message.into(),
            help: help.into(),
            source: Arc::new(NamedSource::new(self.file, self.text.to_owned())),
            span: span.into(),
            language: Language::default(),
        })
    }

    fn parameters(&self, tables: Vec<ParameterTable>) -> Result<Vec<Parameter>, ManifestError> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for table in tables {
            let (span, name) = (table.name.span(), table.name.into_inner());
            let taken = parameters.iter().any(|earlier| earlier.name == name) || is_reserved(&name);
            if taken || Name::new(&name).is_none() {
                let message = ("un paramètre ne peut avoir ce nom", "a parameter can't have this name");
                return Err(self.error(message, NAMES, span));
            }
            let kind: ParameterKind = table.kind.try_into().map_err(|error: toml::de::Error| {
                let Text { fr, en } = not_understood(error.message());
                let message = (format!("paramètre `{name}` : {fr}"), format!("parameter `{name}`: {en}"));
                self.error(message, KINDS, span.clone())
            })?;
            if let Some((fr, en)) = kind.senseless() {
                let message = (format!("paramètre `{name}` : {fr}"), format!("parameter `{name}`: {en}"));
                let help = (
                    "changez son étendue, sa valeur par défaut ou ses choix",
                    "change its range, its default or its choices",
                );
                return Err(self.error(message, help, span));
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
            let message = (
                format!("un modèle a de 1 à {AUDIENCES_MAX} auditoires"),
                format!("a template has 1 to {AUDIENCES_MAX} audiences"),
            );
            let help = ("ajoutez ou enlevez des tables [[audience]]", "add or remove [[audience]] tables");
            return Err(self.error(message, help, tables.span()));
        }
        let mut names = BTreeSet::new();
        let mut audiences = Vec::new();
        for table in tables.into_inner() {
            let span = table.name.span();
            let name = table.name.into_inner();
            if Name::new(&name).is_none() || is_reserved(&name) || !names.insert(name.clone()) {
                let message = ("un auditoire ne peut avoir ce nom", "an audience can't have this name");
                return Err(self.error(message, NAMES, span));
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
            let message = (
                "un paramètre d’auditoires ne peut en représenter autant",
                "an audience parameter can't stand for so many",
            );
            let help = (
                format!("écrivez many = [2, {MANY_MAX}], ou une étendue plus étroite"),
                format!("write many = [2, {MANY_MAX}], or a narrower range"),
            );
            return Err(self.error(message, help, many.span()));
        }
        if parameters > 1 {
            let help = (
                "un paramètre qui représente plusieurs auditoires est le seul du modèle",
                "a parameter that stands for several audiences is the template's only one",
            );
            return Err(self.error(("il y a d’autres auditoires", "there are other audiences"), help, many.span()));
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
                let message = ("cette colonne ne peut être déclarée", "this column can't be declared");
                let help = (
                    "nommez chaque colonne une fois; SQL ne prend que des noms de a-z, 0-9 et _, et a `person` de toute façon",
                    "name each column once; SQL takes names of a-z, 0-9 and _ only, and has `person` anyway",
                );
                return Err(self.error(message, help, column.span()));
            }
            let chosen = parameters.iter().find(|parameter| parameter.name == name).map(|parameter| &parameter.kind);
            let vocabulary_column = match chosen {
                None => column.get_ref().clone(),
                Some(ParameterKind::Column { choices }) if !choices.is_empty() => {
                    choices.first().unwrap_or(column.get_ref()).clone()
                }
                Some(_) => {
                    let message = ("cette colonne a le nom d’un paramètre", "this column has the name of a parameter");
                    let help = (
                        "seul un paramètre de sorte `column` peut représenter une colonne",
                        "only a parameter of kind `column` can stand for a column",
                    );
                    return Err(self.error(message, help, column.span()));
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
                let message = ("ceci ne se calcule pas de la publication", "this can't be computed from the release");
                return Err(self.error(message, release.computable(), figure.span()));
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

fn alike(audiences: &[AudienceParameter]) -> bool {
    let sorted = |audience: &AudienceParameter| {
        audience.columns.iter().map(|column| column.name.clone()).collect::<BTreeSet<_>>()
    };
    audiences.windows(2).all(|pair| match pair {
        [a, b] => a.shape == b.shape && sorted(a) == sorted(b),
        _ => true,
    })
}
