//! Mistakes in policies, told one by one and counted.

use crate::{
    cli::{diagnostics::told, exit::Exit},
    model::Language,
    policy::{Mistake, Policies, PolicyErrors},
    privacy::LimitsError,
};
use std::{io::Write, path::Path, process::ExitCode};

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
        write!(err, "{}", told(&mistake.clone().in_language(language), language))?;
    }
    match (mistakes.count(), language) {
        (0, _) => {}
        (more, Language::Fr) => writeln!(err, "… et {more} de plus, qui ne sont pas montrés ici\n")?,
        (more, Language::En) => writeln!(err, "… and {more} more, which aren't shown here\n")?,
    }
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
        assert!(err.contains("\n aide\u{a0}: ") && !err.contains("help:"), "what to do is said in French");
    }
}
