//! A mistake in a manifest.

use crate::{
    model::{Language, Text},
    template::mistake::Mistake,
};
use miette::{Diagnostic, SourceSpan};

/// A mistake in a manifest, and where; told in French unless [`ManifestError::in_language`] is called.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
#[error("{mistake}")]
#[diagnostic(forward(mistake))]
pub struct ManifestError {
    mistake: Box<Mistake>,
}

impl ManifestError {
    pub(super) fn new(mistake: Mistake) -> Self {
        Self { mistake: Box::new(mistake) }
    }

    /// What is wrong.
    pub fn message(&self) -> &Text {
        &self.mistake.message
    }

    /// What to do about it.
    pub fn advice(&self) -> &Text {
        &self.mistake.help
    }

    /// Where, in bytes of the file.
    pub fn span(&self) -> SourceSpan {
        self.mistake.span
    }

    /// The same, told in one language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.mistake.language = language;
        self
    }
}
