//! How mistakes in policies look on a terminal: what, where, an excerpt, and what to do.

use crate::{
    cli::exit::Exit,
    model::Language,
    policy::{Mistake, Policies, PolicyErrors},
    privacy::LimitsError,
};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

/// Columns that a report fills.
const WIDTH: usize = 120;

/// Mistakes that are shown of a folder that has very many: nobody reads further before mending these.
const SHOWN_MAX: usize = 200;

/// Writes the mistakes, and how many there are.
///
/// # Errors
/// When `err` can't be written to.
pub(super) fn report(errors: PolicyErrors, language: Language, err: &mut impl Write) -> anyhow::Result<()> {
    mistakes(errors.mistakes(), language, err)?;
    writeln!(err, "{}", errors.in_language(language))?;
    Ok(())
}

/// The policies of a folder; its mistakes are written, and the status to end with given, if it has any.
///
/// # Errors
/// When `err` can't be written to.
pub(super) fn loaded(
    dir: &Path,
    language: Language,
    err: &mut impl Write,
) -> anyhow::Result<Result<Policies, ExitCode>> {
    match Policies::load(dir) {
        Ok(policies) => Ok(Ok(policies)),
        Err(errors) => {
            report(errors, language, err)?;
            Ok(Err(Exit::Invalid.into()))
        }
    }
}

/// Writes mistakes or warnings, the first ones of very many.
///
/// # Errors
/// When `err` can't be written to.
pub(super) fn mistakes<'a>(
    mistakes: impl IntoIterator<Item = &'a Mistake>,
    language: Language,
    err: &mut impl Write,
) -> anyhow::Result<()> {
    let mut mistakes = mistakes.into_iter();
    for mistake in mistakes.by_ref().take(SHOWN_MAX) {
        diagnostic(&mistake.clone().in_language(language), err)?;
    }
    match (mistakes.count(), language) {
        (0, _) => {}
        (more, Language::Fr) => writeln!(err, "… et {more} de plus, qui ne sont pas montrés ici\n")?,
        (more, Language::En) => writeln!(err, "… and {more} more, which aren't shown here\n")?,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::cli::policy::spoilt::pilot_with;

    #[test]
    fn of_very_many_mistakes_the_first_are_shown() {
        let dir = pilot_with("room.toml", "", "");
        for number in 0..=SHOWN_MAX {
            std::fs::write(dir.path().join(format!("e{number:03}.cedar")), "permit (").unwrap();
        }
        let mut err = Vec::new();
        report(Policies::load(dir.path()).unwrap_err(), Language::Fr, &mut err).unwrap();
        let err = String::from_utf8(err).unwrap();
        assert!(
            err.ends_with("… et 1 de plus, qui ne sont pas montrés ici\n\n201 erreurs dans les politiques\n"),
            "{err}"
        );
        assert!(err.contains("e199.cedar") && !err.contains("e200.cedar"));
    }
}
