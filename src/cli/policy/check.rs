//! `camerata policy check`: every file of a folder, and its cases.

use super::report::report;
use crate::{
    cli::{context::Context, exit::Exit},
    model::Language,
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
}

pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    check(&args.dir, context.language, &mut io::stdout().lock(), &mut io::stderr().lock())
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
            report(errors, language, err)?;
            Ok(Exit::Invalid.into())
        }
    }
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
