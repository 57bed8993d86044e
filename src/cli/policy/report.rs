//! How mistakes in policies look on a terminal: what, where, an excerpt, and what to do.

use crate::{model::Language, policy::PolicyErrors, privacy::LimitsError};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use std::io::{self, IsTerminal, Write};

/// Columns that a report fills.
const WIDTH: usize = 120;

/// Writes every mistake, and how many there are.
///
/// # Errors
/// When `err` can't be written to.
pub(super) fn report(errors: PolicyErrors, language: Language, err: &mut impl Write) -> anyhow::Result<()> {
    let errors = errors.in_language(language);
    for mistake in errors.mistakes() {
        diagnostic(mistake, err)?;
    }
    writeln!(err, "{errors}")?;
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
