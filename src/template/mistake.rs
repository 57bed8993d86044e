//! A mistake in a template's file: where it is, what it is, and what to do, in both languages.

use crate::model::{Language, Text};
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode, SourceSpan};
use std::{fmt, sync::Arc};

/// One mistake in one file. [`super::Refusal`] and [`super::ManifestError`] are made of it.
#[derive(Debug, Clone)]
pub(super) struct Mistake {
    /// What `template::` is followed by in the diagnostic's code: the same in both languages.
    pub(super) code: &'static str,
    pub(super) message: Text,
    pub(super) help: Text,
    pub(super) source: Arc<NamedSource<String>>,
    pub(super) span: SourceSpan,
    /// In which language it is told.
    pub(super) language: Language,
}

/// A text in French and in English.
pub(super) type Words = (&'static str, &'static str);

/// What the label says.
const HERE: Words = ("ici", "here");

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.get(self.language))
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("template::{}", self.code)))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.help.get(self.language)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let here = match self.language {
            Language::Fr => HERE.0,
            Language::En => HERE.1,
        };
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(Some(here.to_owned()), self.span))))
    }
}
