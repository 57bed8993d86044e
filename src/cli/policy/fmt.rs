//! `camerata policy fmt`: agreements in Cedar's own format.

use super::report::report;
use crate::{
    cli::{context::Context, exit::Exit},
    model::Language,
    policy::{self, Formatted},
};
use anyhow::Context as _;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Format the agreements of a policy folder; comments stay. Exits 3 if a file can't be formatted.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder.
    #[arg(default_value = "policies")]
    dir: PathBuf,
    /// Write nothing: list the files that aren't formatted, and exit 3 if there is one.
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    format(&args.dir, args.check, context.language, &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn format(
    dir: &Path,
    check: bool,
    language: Language,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let (files, errors) = policy::format(dir);
    let changed: Vec<&Formatted> = files.iter().filter(|file| file.changed).collect();
    for file in &changed {
        if !check {
            replace(&file.path, &file.text).with_context(|| file.path.display().to_string())?;
        }
        writeln!(out, "{}", file.path.display())?;
    }
    let wrong = errors.is_some() || (check && !changed.is_empty());
    if let Some(errors) = errors {
        report(errors, language, err)?;
    }
    writeln!(err, "{}", summary(files.len(), changed.len(), check, language))?;
    Ok(if wrong { Exit::Invalid } else { Exit::Done }.into())
}

fn summary(files: usize, changed: usize, check: bool, language: Language) -> String {
    match (language, check) {
        (Language::Fr, true) => format!("{changed} à mettre en forme, sur {files}"),
        (Language::Fr, false) => format!("{changed} mis en forme, sur {files}"),
        (Language::En, true) => format!("{changed} to format, of {files}"),
        (Language::En, false) => format!("{changed} formatted, of {files}"),
    }
}

/// Puts a text in the place of a file, all of it or none. A link stays a link.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A hidden file is no policy, should the program be stopped before it is renamed.
    let aside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = write(&aside, text, fs::metadata(&path)?.permissions()).and_then(|()| fs::rename(&aside, &path));
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written
}

fn write(path: &Path, text: &str, permissions: fs::Permissions) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.set_permissions(permissions)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::{cli::policy::spoilt::pilot_with, policy::Policies};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    const VIP: &str = "artistes-vip.cedar";

    fn run_on(dir: &Path, check: bool) -> (ExitCode, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = format(dir, check, Language::Fr, &mut out, &mut err).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn the_pilots_agreements_are_formatted() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let (code, out, err) = run_on(&dir, true);
        assert_eq!((code, out.as_str(), err.as_str()), (ExitCode::SUCCESS, "", "0 à mettre en forme, sur 5\n"));
    }

    #[test]
    fn what_is_not_formatted_is_listed_then_written_once() {
        let dir = pilot_with(VIP, "  principal,\n", "principal ,");
        let path = dir.path().join(VIP);
        let original = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(VIP)).unwrap();
        let spoilt = fs::read_to_string(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let (code, out, _) = run_on(dir.path(), true);
        assert_eq!((code, out.trim_end()), (ExitCode::from(3), path.to_str().unwrap()));
        assert_eq!(fs::read_to_string(&path).unwrap(), spoilt, "--check writes nothing");

        let inodes = || -> Vec<u64> {
            let names = Policies::read_files(dir.path()).unwrap().into_keys().filter(|name| name != VIP);
            names.map(|name| fs::metadata(dir.path().join(name)).unwrap().ino()).collect()
        };
        let others = inodes();
        let (code, out, err) = run_on(dir.path(), false);
        assert_eq!((code, out.trim_end()), (ExitCode::SUCCESS, path.to_str().unwrap()));
        assert_eq!(err, "1 mis en forme, sur 5\n");
        assert_eq!(fs::read_to_string(&path).unwrap(), original);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert_eq!(inodes(), others, "files that are formatted already aren't written");
        assert_eq!(run_on(dir.path(), true).0, ExitCode::SUCCESS, "what is formatted stays so");
        let hidden =
            fs::read_dir(dir.path()).unwrap().filter(|e| e.as_ref().unwrap().file_name().as_encoded_bytes()[0] == b'.');
        assert_eq!(hidden.count(), 0, "nothing is left aside");
    }

    #[test]
    fn byte_order_marks_and_windows_line_ends_are_put_right() {
        let dir = pilot_with(VIP, "", "");
        for name in [VIP, "schema.cedarschema"] {
            let text = fs::read_to_string(dir.path().join(name)).unwrap();
            fs::write(dir.path().join(name), format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
        }
        assert_eq!(run_on(dir.path(), false).0, ExitCode::SUCCESS);
        let pilot = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        assert_eq!(Policies::read_files(dir.path()).unwrap(), Policies::read_files(&pilot).unwrap());
    }

    #[test]
    fn a_link_stays_a_link() {
        let dir = pilot_with(VIP, "  principal,\n", "principal ,");
        let elsewhere = tempfile::tempdir().unwrap();
        let real = elsewhere.path().join("vip.cedar");
        fs::rename(dir.path().join(VIP), &real).unwrap();
        std::os::unix::fs::symlink(&real, dir.path().join(VIP)).unwrap();
        assert_eq!(run_on(dir.path(), false).0, ExitCode::SUCCESS);
        assert!(fs::symlink_metadata(dir.path().join(VIP)).unwrap().is_symlink());
        assert!(fs::read_to_string(real).unwrap().contains("  principal,\n"));
    }

    #[test]
    fn what_is_not_cedar_is_left_alone_and_the_rest_is_formatted() {
        let dir = pilot_with(VIP, "  principal,\n", "principal ,");
        let broken = "permit   (principal, action resource);\n";
        fs::write(dir.path().join("essai.cedar"), broken).unwrap();
        let (code, out, err) = run_on(dir.path(), false);
        assert_eq!(code, ExitCode::from(3));
        assert!(out.ends_with("artistes-vip.cedar\n") && out.lines().count() == 1, "{out}");
        assert!(err.contains("essai.cedar:1:29") && err.contains("une erreur dans les politiques"), "{err}");
        assert_eq!(fs::read_to_string(dir.path().join("essai.cedar")).unwrap(), broken);
    }
}
