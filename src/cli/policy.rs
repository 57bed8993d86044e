//! `camerata policy`: what officers do with a policy folder.

use super::{context::Context, exit::Exit};
use crate::{
    model::Language,
    policy::{Policies, PolicyErrors},
};
use clap::Subcommand;
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Check a policy folder.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check every file of a policy folder, and run its cases. Exits 3 if there is a mistake.
    Check {
        /// The folder.
        #[arg(default_value = "policies")]
        dir: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// When the terminal can't be written to.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Check { dir } => check(&dir, context.language, &mut io::stdout().lock(), &mut io::stderr().lock()),
    }
}

fn check(dir: &Path, language: Language, out: &mut impl Write, err: &mut impl Write) -> anyhow::Result<ExitCode> {
    let checked = Policies::load(dir).and_then(|policies| policies.check_cases().map(|cases| (policies, cases)));
    match checked {
        Ok((policies, cases)) => {
            let (agreements, version) = (policies.agreements().len(), policies.version());
            match language {
                Language::Fr => writeln!(out, "{agreements} ententes, {cases} cas : tout tient. Version {version}")?,
                Language::En => writeln!(out, "{agreements} agreements, {cases} cases: all hold. Version {version}")?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(errors) => {
            report(&errors.in_language(language), err)?;
            Ok(Exit::Invalid.into())
        }
    }
}

fn report(errors: &PolicyErrors, err: &mut impl Write) -> anyhow::Result<()> {
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(120);
    for mistake in errors.mistakes() {
        let mut text = String::new();
        handler.render_report(&mut text, mistake)?;
        writeln!(err, "{text}")?;
    }
    writeln!(err, "{errors}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn run_on(dir: &Path, language: Language) -> (ExitCode, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = check(dir, language, &mut out, &mut err).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn a_sound_folder_is_summed_up_on_stdout() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let (code, out, err) = run_on(&dir, Language::En);
        assert_eq!((code, err.as_str()), (ExitCode::SUCCESS, ""));
        assert!(out.starts_with("4 agreements, 8 cases: all hold. Version "), "{out}");
    }

    #[test]
    fn mistakes_go_to_stderr_with_exit_code_3() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("room.toml"), "titre = 1").unwrap();
        let (code, out, err) = run_on(dir.path(), Language::Fr);
        assert_eq!((code, out.as_str()), (ExitCode::from(3), ""));
        assert!(err.contains("clé inconnue `titre`") && err.contains("room.toml:1:1"), "{err}");
    }
}
