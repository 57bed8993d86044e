//! How mistakes in policies look on a terminal: what, where, an excerpt, and what to do.

use crate::{model::Language, policy::PolicyErrors, privacy::LimitsError};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use std::io::{self, IsTerminal, Write};

/// Columns that a report fills.
const WIDTH: usize = 120;

/// Mistakes that are shown of a folder that has very many: nobody reads further before mending these.
const SHOWN_MAX: usize = 200;

/// Writes the mistakes, and how many there are.
///
/// # Errors
/// When `err` can't be written to.
pub(super) fn report(errors: PolicyErrors, language: Language, err: &mut impl Write) -> anyhow::Result<()> {
    let errors = errors.in_language(language);
    for mistake in errors.mistakes().iter().take(SHOWN_MAX) {
        diagnostic(mistake, err)?;
    }
    match (errors.mistakes().len().saturating_sub(SHOWN_MAX), language) {
        (0, _) => writeln!(err, "{errors}")?,
        (more, Language::Fr) => writeln!(err, "{errors}, dont {more} ne sont pas montrées")?,
        (more, Language::En) => writeln!(err, "{errors}, of which {more} aren't shown")?,
    }
    Ok(())
}

/// Writes one diagnostic, in the language that it speaks.
///
/// # Errors
/// When `err` can't be written to.
pub(super) fn diagnostic(diagnostic: &dyn Diagnostic, err: &mut impl Write) -> anyhow::Result<()> {
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut text = String::new();
    GraphicalReportHandler::new_themed(theme).with_width(WIDTH).render_report(&mut text, diagnostic)?;
    writeln!(err, "{text}")?;
    Ok(())
}

/// A report of what refuses a room's policies, told in one language.
pub(in crate::cli) fn localised(report: miette::Report, language: Language) -> miette::Report {
    let report = match report.downcast::<PolicyErrors>() {
        Ok(errors) => return errors.in_language(language).into(),
        Err(report) => report,
    };
    match report.downcast::<LimitsError>() {
        Ok(error) => error.in_language(language).into(),
        Err(report) => report,
    }
}
