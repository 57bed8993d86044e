//! The approved templates of a folder: each `<name>.sql` with its `<name>.toml`.

use super::check::{CheckedTemplate, check};
use super::error::{FileError, FileProblem, TemplateError, TemplateErrors};
use super::fit::fit;
use super::manifest::Manifest;
use super::refusal::Refusal;
use super::rule::Rule;
use crate::model::{ColumnName, TemplateName, Text, Vocabulary};
use miette::NamedSource;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// An approved analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    name: TemplateName,
    hash: String,
    manifest: Manifest,
    sql: String,
    /// One for each way to settle the column parameters, the default first.
    ways: Vec<Way>,
}

/// A template as checked for certain columns.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    chosen: BTreeMap<String, ColumnName>,
    manifest: Manifest,
    checked: CheckedTemplate,
}

impl Template {
    /// Checks one template; the files' names are for messages.
    ///
    /// # Errors
    /// When the manifest or the SQL is refused.
    pub fn parse(
        name: TemplateName,
        sql: File<'_>,
        toml: File<'_>,
        vocabulary: &Vocabulary,
    ) -> Result<Self, TemplateError> {
        let manifest = Manifest::parse(toml.text, &toml.path.display().to_string())?;
        let file = sql.path.display().to_string();
        let mut ways = Vec::new();
        for chosen in manifest.choices() {
            // A choice of its own list: there is always one.
            let Some(manifest) = manifest.choose(&chosen) else { continue };
            let checked = check(sql.text, &file, &manifest, vocabulary)?;
            fit(&checked, &manifest).map_err(|misfit| misfitting(misfit, sql.text, &file))?;
            ways.push(Way { chosen, manifest, checked });
        }
        Ok(Self { name, hash: hash(sql.text, toml.text), manifest, sql: sql.text.to_owned(), ways })
    }

    /// Its name: that of its files.
    pub fn name(&self) -> &TemplateName {
        &self.name
    }

    /// SHA-256 over both files, in hexadecimal digits: what an answer was computed by.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its SQL as it was written.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Its query, proven person-local, with the manifest it was checked for; for each way to settle the column parameters.
    pub fn checked(&self) -> impl Iterator<Item = (&CheckedTemplate, &Manifest)> {
        self.ways.iter().map(|way| (&way.checked, &way.manifest))
    }

    /// The one for these columns.
    pub(super) fn way(&self, chosen: &BTreeMap<String, ColumnName>) -> Option<(&CheckedTemplate, &Manifest)> {
        self.ways.iter().find(|way| way.chosen == *chosen).map(|way| (&way.checked, &way.manifest))
    }
}

/// A result that its release can't use: the whole query is to blame.
fn misfitting(message: Text, sql: &str, file: &str) -> Refusal {
    let source = NamedSource::new(file, sql.to_owned());
    Refusal::new(Rule::Release, message, source, (0..sql.trim_end().len()).into())
}

/// A file that was read.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Where it was read from, for messages.
    pub path: &'a Path,
    /// What it says.
    pub text: &'a str,
}

/// Both lengths first, so that no text can pass from one file to the other unnoticed.
fn hash(sql: &str, toml: &str) -> String {
    let mut digest = Sha256::new();
    for text in [sql, toml] {
        digest.update((text.len() as u64).to_be_bytes());
    }
    digest.update(sql);
    digest.update(toml);
    hex::encode(digest.finalize())
}

/// The approved templates, by name.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    templates: BTreeMap<TemplateName, Template>,
}

impl Catalogue {
    /// Reads and checks all templates of a folder.
    ///
    /// # Errors
    /// When any of them can't be used; all of the reasons at once.
    pub fn load(folder: &Path, vocabulary: &Vocabulary) -> Result<Self, TemplateErrors> {
        let failed = |errors| TemplateErrors::new(folder, errors);
        let stems = stems(folder).map_err(|error| failed(vec![error.into()]))?;
        let (mut templates, mut errors) = (BTreeMap::new(), Vec::new());
        for stem in stems {
            match Template::read(&stem, vocabulary) {
                Ok(template) => {
                    templates.insert(template.name.clone(), template);
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self { templates }) } else { Err(failed(errors)) }
    }

    /// The template of that name.
    pub fn get(&self, name: &TemplateName) -> Option<&Template> {
        self.templates.get(name)
    }

    /// All templates, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.templates.values()
    }
}

impl Template {
    /// Reads and checks the template of that path without its ending.
    ///
    /// # Errors
    /// When one of its files is missing, unreadable or refused.
    pub fn read(stem: &Path, vocabulary: &Vocabulary) -> Result<Self, TemplateError> {
        let name = stem.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        let name = name.ok_or_else(|| FileError::new(stem, FileProblem::Named))?;
        let (sql_path, toml_path) = (ending(stem, "sql"), ending(stem, "toml"));
        let (sql, toml) = (text(&sql_path)?, text(&toml_path)?);
        let (sql, toml) = (File { path: &sql_path, text: &sql }, File { path: &toml_path, text: &toml });
        Self::parse(name, sql, toml, vocabulary)
    }
}

fn ending(stem: &Path, ending: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

fn text(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => FileError::new(path, FileProblem::Missing),
        _ => FileError::new(path, FileProblem::Unreadable(source)),
    })
}

/// The paths of the folder's `.sql` and `.toml` files without their endings.
fn stems(folder: &Path) -> Result<BTreeSet<PathBuf>, FileError> {
    let unreadable = |source| FileError::new(folder, FileProblem::Unreadable(source));
    let mut stems = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "sql" || ending == "toml") {
            stems.insert(path.with_extension(""));
        }
    }
    Ok(stems)
}
