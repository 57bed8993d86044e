//! Why a template is refused: the clause, the rule, why the rule matters, and how to write it instead.

use super::mistake::Mistake;
use super::rule::Rule;
use crate::model::{Language, Text};
use miette::{Diagnostic, NamedSource, SourceSpan};
use std::sync::Arc;

/// A refused template, with the clause that breaks a rule; told in French unless [`Refusal::in_language`] is called.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
#[error("{mistake}")]
#[diagnostic(forward(mistake))]
pub struct Refusal {
    rule: Rule,
    mistake: Box<Mistake>,
}

impl Refusal {
    pub(super) fn new(rule: Rule, message: Text, source: NamedSource<String>, span: SourceSpan) -> Self {
        let (code, help, source) = (rule.code(), rule.help(), Arc::new(source));
        let mistake = Mistake { code, message, help, source, span, language: Language::default() };
        Self { rule, mistake: Box::new(mistake) }
    }

    /// The rule that is broken.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What breaks it.
    pub fn message(&self) -> &Text {
        &self.mistake.message
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
