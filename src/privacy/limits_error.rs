//! Mistakes in `privacy.toml`: what, where, and what to do, in both languages.

use crate::model::{Delta, Language, Text};
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use toml::Spanned;

/// A mistake in `privacy.toml`, and where.
#[derive(Debug)]
pub struct LimitsError {
    message: Text,
    help: Text,
    source_code: NamedSource<String>,
    span: Range<usize>,
    language: Language,
}

impl LimitsError {
    /// The same mistake, told in one language; French unless this is called.
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// What is wrong.
    pub fn message(&self) -> &Text {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> &Text {
        &self.help
    }

    /// The line and the column in characters, from 1.
    pub fn place(&self) -> (usize, usize) {
        let before = self.source_code.inner().get(..self.span.start).unwrap_or_default();
        let last = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, last.chars().count() + 1)
    }
}

impl fmt::Display for LimitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.get(self.language))
    }
}

impl std::error::Error for LimitsError {}

impl Diagnostic for LimitsError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.help.get(self.language)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source_code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new(None, self.span.start, self.span.len()))))
    }
}

/// The text that figures are read from.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) path: &'a Path,
}

impl Source<'_> {
    pub(super) fn error(&self, message: Text, help: Text, span: Range<usize>) -> LimitsError {
        let source_code = NamedSource::new(self.path.display().to_string(), self.text.to_owned());
        LimitsError { message, help, source_code, span, language: Language::default() }
    }

    fn out_of_range(&self, name: &str, help: Text, span: Range<usize>) -> LimitsError {
        let message = Text::new(format!("`{name}` est hors limites"), format!("`{name}` is out of its range"));
        self.error(message, help, span)
    }

    pub(super) fn real(
        &self,
        name: &str,
        value: &Spanned<f64>,
        range: RangeInclusive<f64>,
    ) -> Result<f64, LimitsError> {
        // NaN is in no range.
        if range.contains(value.get_ref()) {
            return Ok(*value.get_ref());
        }
        let (start, end) = (range.start(), range.end());
        let help =
            Text::new(format!("donnez un nombre de {start} à {end}"), format!("give a number from {start} to {end}"));
        Err(self.out_of_range(name, help, value.span()))
    }

    pub(super) fn threshold_delta(&self, value: Option<&Spanned<f64>>) -> Result<Delta, LimitsError> {
        let Some(value) = value.filter(|value| *value.get_ref() != 0.0) else { return Ok(Delta::default()) };
        let delta = Delta::from_f64_down(self.real("threshold_delta", value, 1e-12..=1e-4)?);
        let lower = || Text::new("diminuez-le", "lower it");
        delta.ok_or_else(|| self.out_of_range("threshold_delta", lower(), value.span()))
    }

    pub(super) fn whole(
        &self,
        name: &str,
        value: &Spanned<i64>,
        range: RangeInclusive<u32>,
    ) -> Result<u32, LimitsError> {
        let whole = u32::try_from(*value.get_ref()).ok().filter(|whole| range.contains(whole));
        whole.ok_or_else(|| {
            let (start, end) = (range.start(), range.end());
            let help = Text::new(
                format!("donnez un nombre entier de {start} à {end}"),
                format!("give a whole number from {start} to {end}"),
            );
            self.out_of_range(name, help, value.span())
        })
    }
}
