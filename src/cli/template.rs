//! `camerata template check`: proves templates person-local, or shows the clause that isn't.

use crate::model::{Column, ColumnName, Vocabulary};
use crate::template::{Catalogue, Template};
use anyhow::Context;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A template or its manifest is refused.
const INVALID: u8 = 3;

/// Work on analysis templates.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check that templates are person-local; exits 3 if one isn't.
    Check(Check),
}

#[derive(Debug, clap::Args)]
struct Check {
    /// A template's .sql or .toml file; without it, all templates of the folder.
    file: Option<PathBuf>,
    /// The folder of the approved templates.
    #[arg(long, default_value = "sql", value_name = "FOLDER")]
    templates: PathBuf,
    /// The columns that audiences share, and their values.
    #[arg(long, default_value = "policies/vocabulary.toml", value_name = "FILE")]
    vocabulary: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When a file can't be read or what was found can't be printed; a refused template is not an error but exit code 3.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Check(check) = args.command;
    let vocabulary = vocabulary(&check.vocabulary)?;
    let templates = match &check.file {
        Some(file) => {
            Template::read(&file.with_extension(""), &vocabulary).map(|t| vec![t]).map_err(miette::Report::new)
        }
        None => Catalogue::load(&check.templates, &vocabulary)
            .map(|catalogue| catalogue.iter().cloned().collect())
            .map_err(miette::Report::new),
    };
    match templates {
        Ok(templates) => {
            let mut out = io::stdout().lock();
            for template in templates {
                writeln!(out, "{}", summary(&template))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(report) => {
            writeln!(io::stderr().lock(), "{report:?}")?;
            Ok(ExitCode::from(INVALID))
        }
    }
}

fn vocabulary(path: &Path) -> anyhow::Result<Vocabulary> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("the vocabulary {} can't be read", path.display()))?;
    let columns: BTreeMap<ColumnName, Column> =
        toml::from_str(&text).with_context(|| format!("the vocabulary {} is not understood", path.display()))?;
    Vocabulary::new(columns).with_context(|| format!("the vocabulary {} can't be used", path.display()))
}

/// `overlap: person-local, one row a person; a(genre) b()`.
fn summary(template: &Template) -> String {
    let rows = if template.checked().unique_person() { "one row a person" } else { "bounded to one row a person" };
    let audiences = template.checked().columns_used().iter().map(|(audience, columns)| {
        let columns: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        format!("{audience}({})", columns.join(", "))
    });
    format!("{}: person-local, {rows}; {}", template.name(), audiences.collect::<Vec<_>>().join(" "))
}
