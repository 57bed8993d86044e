//! Why templates can't be used: their files, their manifests or their SQL.

use super::{manifest::ManifestError, refusal::Refusal};
use crate::model::Language;
use miette::Diagnostic;
use std::{fmt, io, path::PathBuf};

/// Why one template isn't usable; told in French unless [`TemplateError::in_language`] is called.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum TemplateError {
    /// Its manifest has a mistake.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Manifest(#[from] ManifestError),
    /// Its SQL is refused.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refused(#[from] Refusal),
    /// One of its files can't be used at all.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] FileError),
}

impl TemplateError {
    /// The same, told in one language.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        match self {
            Self::Manifest(error) => Self::Manifest(error.in_language(language)),
            Self::Refused(refusal) => Self::Refused(refusal.in_language(language)),
            Self::File(error) => Self::File(FileError { language, ..error }),
        }
    }
}

/// A template's file, or the folder of templates, that can't be used at all.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    problem: FileProblem,
    language: Language,
}

/// What is wrong with the file.
#[derive(Debug)]
pub(super) enum FileProblem {
    /// It can't be read, or isn't UTF-8.
    Unreadable(io::Error),
    /// It isn't there, though the other file of the template is.
    Missing,
    /// Its name is no name of a template.
    Named,
}

impl FileError {
    pub(super) fn new(path: impl Into<PathBuf>, problem: FileProblem) -> Self {
        Self { path: path.into(), problem, language: Language::default() }
    }

    fn choose(&self, fr: &'static str, en: &'static str) -> &'static str {
        match self.language {
            Language::Fr => fr,
            Language::En => en,
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.problem {
            FileProblem::Unreadable(_) => self.choose("ne se lit pas", "can't be read"),
            FileProblem::Missing => self.choose("manque", "is missing"),
            FileProblem::Named => self.choose("n’a pas le nom d’un modèle", "is not named as a template"),
        };
        write!(f, "{} {what}", self.path.display())
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            FileProblem::Unreadable(source) => Some(source),
            FileProblem::Missing | FileProblem::Named => None,
        }
    }
}

impl Diagnostic for FileError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = match self.problem {
            FileProblem::Unreadable(_) => self.choose(
                "vérifiez le chemin et les droits; les fichiers sont en UTF-8",
                "check the path and the permissions; files are in UTF-8",
            ),
            FileProblem::Missing => self.choose(
                "un modèle est fait de deux fichiers, NOM.sql et NOM.toml",
                "a template is two files, NAME.sql and NAME.toml",
            ),
            FileProblem::Named => self
                .choose("prenez a-z, 0-9, - et _ devant .sql et .toml", "use a-z, 0-9, - and _ before .sql and .toml"),
        };
        Some(Box::new(help))
    }
}

/// Everything that is wrong with a folder of templates; told in French unless [`TemplateErrors::in_language`] is called.
#[derive(Debug, Diagnostic)]
pub struct TemplateErrors {
    folder: PathBuf,
    #[related]
    errors: Vec<TemplateError>,
    language: Language,
}

impl TemplateErrors {
    pub(super) fn new(folder: impl Into<PathBuf>, errors: Vec<TemplateError>) -> Self {
        Self { folder: folder.into(), errors, language: Language::default() }
    }

    /// One by one.
    pub fn errors(&self) -> &[TemplateError] {
        &self.errors
    }

    /// The same, told in one language.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        let errors = self.errors.into_iter().map(|error| error.in_language(language)).collect();
        Self { errors, language, ..self }
    }
}

impl fmt::Display for TemplateErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, folder) = (self.errors.len(), self.folder.display());
        // Nothing is known of the templates where the folder itself can't be read.
        let whole = matches!(self.errors.as_slice(), [TemplateError::File(error)] if error.path == self.folder);
        match (self.language, count) {
            (Language::Fr, _) if whole => write!(f, "les modèles de {folder} ne peuvent servir"),
            (Language::En, _) if whole => write!(f, "the templates of {folder} can't be used"),
            (Language::Fr, 1) => write!(f, "un modèle de {folder} ne peut servir"),
            (Language::Fr, _) => write!(f, "{count} modèles de {folder} ne peuvent servir"),
            (Language::En, 1) => write!(f, "one template of {folder} can't be used"),
            (Language::En, _) => write!(f, "{count} templates of {folder} can't be used"),
        }
    }
}

impl std::error::Error for TemplateErrors {}
