//! A mistake in a policy file: where it is, what it is, and what to do, in both languages.

use super::{excerpt::Excerpt, folder::Source};
use crate::model::{Language, Text};
use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};
use std::{fmt, ops::Range, path::Path, path::PathBuf, sync::Arc};

/// One mistake in one policy file: an error, which refuses the folder, or a warning, which doesn't.
#[derive(Debug, Clone)]
pub struct Mistake {
    path: PathBuf,
    source: Excerpt,
    span: Range<usize>,
    message: Text,
    help: Option<Text>,
    severity: Severity,
    language: Language,
}

impl Mistake {
    pub(super) fn new(source: &Source, span: Range<usize>, message: Text) -> Self {
        let text = &source.text;
        // Spans come from parsers; one that doesn't fit the text must not hide the message.
        let start = (0..=span.start.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end =
            (span.end.clamp(start, text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(start);
        Self {
            path: source.path.clone(),
            source: Excerpt { name: source.path.display().to_string(), text: Arc::clone(text) },
            span: start..end,
            message,
            help: None,
            severity: Severity::Error,
            language: Language::default(),
        }
    }

    pub(super) fn with_help(mut self, help: impl Into<Option<Text>>) -> Self {
        self.help = help.into();
        self
    }

    /// The same as a warning: the folder is taken all the same.
    pub(super) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Whether the folder is taken in spite of it.
    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// The same mistake, told in one language; French unless this is called.
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        let before = self.before();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        before.get(line_start..).unwrap_or_default().chars().count() + 1
    }

    /// The file's text up to the place. Lines are counted when they are shown: a file may have very many mistakes.
    fn before(&self) -> &str {
        self.source.text.get(..self.span.start).unwrap_or_default()
    }

    /// What is wrong.
    pub fn message(&self) -> &Text {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&Text> {
        self.help.as_ref()
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.get(self.language))
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help.get(self.language)) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new(None, self.span.start, self.span.len());
        Some(Box::new(std::iter::once(label)))
    }
}

/// Every mistake of a policy folder, by file and position; at least one is an error.
#[derive(Debug, Clone)]
pub struct PolicyErrors {
    mistakes: Vec<Mistake>,
    language: Language,
}

impl PolicyErrors {
    /// All the mistakes if one of them is an error; else the warnings, by file and position.
    pub(super) fn from_mistakes(mut mistakes: Vec<Mistake>) -> Result<Vec<Mistake>, Self> {
        mistakes.sort_by(|a, b| (&a.path, a.span.start).cmp(&(&b.path, b.span.start)));
        if mistakes.iter().all(Mistake::is_warning) {
            return Ok(mistakes);
        }
        Err(Self { mistakes, language: Language::default() })
    }

    pub(super) fn one(mistake: Mistake) -> Self {
        Self { mistakes: vec![mistake], language: Language::default() }
    }

    /// The same mistakes, told in one language; French unless this is called.
    pub fn in_language(self, language: Language) -> Self {
        let mistakes = self.mistakes.into_iter().map(|mistake| mistake.in_language(language)).collect();
        Self { mistakes, language }
    }

    /// The mistakes, warnings among them, by file and position.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warnings = self.mistakes.iter().filter(|mistake| mistake.is_warning()).count();
        let errors = self.mistakes.len() - warnings;
        match (self.language, errors) {
            (Language::Fr, 1) => f.write_str("une erreur")?,
            (Language::Fr, _) => write!(f, "{errors} erreurs")?,
            (Language::En, 1) => f.write_str("one mistake")?,
            (Language::En, _) => write!(f, "{errors} mistakes")?,
        }
        match (self.language, warnings) {
            (_, 0) => {}
            (Language::Fr, 1) => f.write_str(" et un avertissement")?,
            (Language::Fr, _) => write!(f, " et {warnings} avertissements")?,
            (Language::En, 1) => f.write_str(" and one warning")?,
            (Language::En, _) => write!(f, " and {warnings} warnings")?,
        }
        f.write_str(match self.language {
            Language::Fr => " dans les politiques",
            Language::En => " in the policies",
        })
    }
}

impl std::error::Error for PolicyErrors {}

impl Diagnostic for PolicyErrors {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.mistakes.iter().map(|mistake| mistake as &dyn Diagnostic)))
    }
}

/// Longest text, in characters, that may well be the same in both languages: a name or a place.
const SAME_CHARS_MAX: usize = 40;

/// Warns of a text that is the same in both languages and too long to be a name.
pub(super) fn untranslated(source: &Source, span: Range<usize>, text: &Text) -> Option<Mistake> {
    let same = text.fr.trim() == text.en.trim() && text.fr.trim().chars().count() > SAME_CHARS_MAX;
    same.then(|| {
        let message =
            Text::new("le français et l'anglais sont le même texte", "the French and the English are the same text");
        let help = Text::new("il manque sans doute une traduction", "a translation is probably missing");
        Mistake::new(source, span, message).with_help(help).warning()
    })
}
