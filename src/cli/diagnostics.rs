//! Mistakes and refusals as the person at the terminal reads them, in their language: what, where, an excerpt, and what to do.

use crate::{
    cli::{environment, typography},
    model::Language,
};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};
use std::{
    error::Error,
    fmt,
    io::{self, IsTerminal},
};

/// Columns of a report.
const WIDTH: usize = 120;

/// The report of one mistake, with its place; it ends with an empty line.
pub(super) fn told(diagnostic: &dyn Diagnostic, language: Language) -> String {
    let colour = io::stderr().is_terminal() && environment::read(environment::NO_COLOR).is_none();
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH);
    let spaced = Spaced { diagnostic, message: typography::spaced(&diagnostic.to_string(), language), language };
    let mut text = String::new();
    // Writing to a string fails on nothing; without its frame, the message is still there.
    if handler.render_report(&mut text, &spaced).is_err() {
        text.clone_from(&spaced.message);
    }
    let lines = text.lines().map(|line| with_heading(line, language) + "\n");
    lines.collect::<String>() + "\n"
}

/// The heading of a help, which miette knows in English alone. It is the first word of its line, after colours at most.
fn with_heading(line: &str, language: Language) -> String {
    match line.split_once("  help: ") {
        Some((before, after)) if language == Language::Fr && (before.is_empty() || before.starts_with('\u{1b}')) => {
            format!("{before} aide\u{a0}: {after}")
        }
        _ => line.to_owned(),
    }
}

/// A diagnostic whose words have the spaces of their language. What it quotes of a file stays as it is.
#[derive(Debug)]
struct Spaced<'a> {
    diagnostic: &'a dyn Diagnostic,
    message: String,
    language: Language,
}

impl fmt::Display for Spaced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Spaced<'_> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.diagnostic.source()
    }
}

impl Diagnostic for Spaced<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.diagnostic.help()?.to_string();
        Some(Box::new(typography::spaced(&help, self.language)))
    }

    fn severity(&self) -> Option<Severity> {
        self.diagnostic.severity()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        self.diagnostic.related()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.diagnostic.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.diagnostic.labels()
    }
}
