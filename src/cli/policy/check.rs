//! `camerata policy check`: every file of a folder, and its cases.

use super::report::{mistakes, report};
use crate::{
    cli::{context::Context, diagnostics::told, exit::Exit},
    gateway::PolicyCheck,
    model::{Clock, Language, SystemClock},
    policy::Policies,
};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Check every file of a policy folder, and run its cases. Exits 3 if there is a mistake.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder.
    #[arg(default_value = "policies")]
    dir: PathBuf,
    /// Take warnings for mistakes.
    #[arg(long)]
    strict: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    check(&args.dir, args.strict, context.language, &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn check(
    dir: &Path,
    strict: bool,
    language: Language,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let files = Policies::read_files(dir).unwrap_or_default();
    let checked = PolicyCheck::of(Policies::load(dir), &files, dir, SystemClock.now());
    let (cases, refused) = (checked.cases.len(), checked.figures.is_some());
    if let Some(error) = checked.figures {
        write!(err, "{}", told(&error.in_language(language), language))?;
    }
    if let Some(errors) = checked.mistakes {
        report(errors, language, err)?;
        return Ok(Exit::Invalid.into());
    }
    if let Some(error) = checked.incomparable {
        writeln!(err, "{}", error.0.get(language))?;
        return Ok(Exit::Invalid.into());
    }
    let (Some(policies), odd) = (checked.policies, checked.odd) else { return Ok(Exit::Invalid.into()) };
    mistakes(policies.warnings().iter().chain(&odd), language, err)?;
    let warnings = policies.warnings().len() + odd.len();
    if refused {
        return Ok(Exit::Invalid.into());
    }
    if strict && warnings > 0 {
        writeln!(err, "{}", counted(warnings, language))?;
        return Ok(Exit::Invalid.into());
    }
    let (agreements, version) = (policies.agreements().len(), policies.version());
    let (and, counted) = if warnings == 0 { ("", String::new()) } else { (", ", counted(warnings, language)) };
    match language {
        Language::Fr => {
            writeln!(out, "{agreements} ententes, {cases} cas : tout tient{and}{counted}. Version {version}")?
        }
        Language::En => {
            writeln!(out, "{agreements} agreements, {cases} cases: all hold{and}{counted}. Version {version}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `2 avertissements`.
fn counted(warnings: usize, language: Language) -> String {
    match (language, warnings) {
        (Language::Fr, 1) => "1 avertissement".to_owned(),
        (Language::Fr, _) => format!("{warnings} avertissements"),
        (Language::En, 1) => "1 warning".to_owned(),
        (Language::En, _) => format!("{warnings} warnings"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::cli::policy::spoilt::pilot_with;

    fn run_on(dir: &Path, strict: bool, language: Language) -> (ExitCode, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = check(dir, strict, language, &mut out, &mut err).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn a_sound_folder_is_summed_up_on_stdout() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let (code, out, err) = run_on(&dir, false, Language::En);
        assert_eq!((code, err.as_str()), (ExitCode::SUCCESS, ""));
        assert!(out.starts_with("4 agreements, 8 cases: all hold. Version "), "{out}");
    }

    #[test]
    fn mistakes_go_to_stderr_with_exit_code_3() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("room.toml"), "titre = 1").unwrap();
        let (code, out, err) = run_on(dir.path(), false, Language::Fr);
        assert_eq!((code, out.as_str()), (ExitCode::from(3), ""));
        assert!(err.contains("clé inconnue `titre`") && err.contains("room.toml:1:1"), "{err}");
    }

    #[test]
    fn warnings_are_shown_and_only_strictness_refuses_them() {
        let dir = pilot_with(
            "artistes-vip.cedar",
            "Artists' guests are never compared",
            "Les invités des artistes ne sont jamais comparés",
        );
        let (code, out, err) = run_on(dir.path(), false, Language::Fr);
        assert_eq!(code, ExitCode::SUCCESS);
        assert!(out.contains("tout tient, 1 avertissement. Version "), "{out}");
        assert!(err.contains("sont le même texte") && err.contains("artistes-vip.cedar:5:"), "{err}");
        let (code, out, err) = run_on(dir.path(), true, Language::En);
        assert_eq!((code, out.as_str()), (ExitCode::from(3), ""));
        assert!(err.contains("are the same text") && err.ends_with("1 warning\n"), "{err}");
    }

    #[test]
    fn figures_that_the_kernel_refuses_are_mistakes_of_the_folder() {
        let dir = pilot_with("privacy.toml", "delta = 1e-6", "delta = 0.5");
        let (code, out, err) = run_on(dir.path(), false, Language::Fr);
        assert_eq!((code, out.as_str()), (ExitCode::from(3), ""));
        assert!(err.contains("`delta` est hors limites") && err.contains("privacy.toml:6:9"), "{err}");
        let (_, _, err) = run_on(dir.path(), false, Language::En);
        assert!(err.contains("`delta` is out of its range"), "{err}");
        let broken = pilot_with("privacy.toml", "delta = 1e-6", "delta = 0.5");
        std::fs::write(broken.path().join("essai.cedar"), "permit (").unwrap();
        let (_, _, err) = run_on(broken.path(), false, Language::Fr);
        assert!(err.contains("`delta` est hors limites") && err.contains("essai.cedar"), "all at once: {err}");
    }
}
