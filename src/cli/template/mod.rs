//! `camerata template`: check, explain and start analysis templates.

mod check;
mod explain;
mod new;

use super::{context::Context, exit::Exit};
use crate::{policy::Policies, template::Template};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Work on analysis templates
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check that templates are person-local; exits 3 if one isn't
    Check(check::Args),
    /// Derive what a template releases and what it costs, with the numbers
    Explain(explain::Args),
    /// Start a new template: two files to fill in
    New(new::Args),
    /// Print the JSON schema of manifests, for an editor
    Schema,
}

/// Where templates and what they refer to are.
#[derive(Debug, clap::Args)]
struct Places {
    /// The folder of the approved templates
    #[arg(long, default_value = "sql", value_name = "FOLDER")]
    templates: PathBuf,
    /// The policy folder: its vocabulary and its privacy figures
    #[arg(long, default_value = "policies", value_name = "FOLDER")]
    policies: PathBuf,
}

impl Places {
    /// The policies, or a report of their mistakes.
    fn policies(&self) -> Result<Policies, miette::Report> {
        Policies::load(&self.policies).map_err(miette::Report::new)
    }

    fn template(&self, name: &str, policies: &Policies) -> Result<Template, miette::Report> {
        Template::read(&stem(&self.templates, name), policies.vocabulary()).map_err(miette::Report::new)
    }
}

fn stem(folder: &Path, name: &str) -> PathBuf {
    folder.join(name)
}

/// Runs the command.
///
/// # Errors
/// When a file can't be read or what was found can't be printed; a refused template is not an error but exit status 3.
pub fn run(args: Args, context: &Context) -> anyhow::Result<ExitCode> {
    let outcome = match args.command {
        Command::Check(args) => check::run(&args)?,
        Command::Explain(args) => explain::run(&args, context)?,
        Command::New(args) => return new::run(&args, context),
        Command::Schema => Ok(format!("{:#}", crate::template::manifest_schema())),
    };
    match outcome {
        Ok(text) => {
            context.print(text)?;
            Ok(Exit::Done.into())
        }
        Err(report) => {
            writeln!(io::stderr().lock(), "{:?}", super::policy::localised(report, context.language))?;
            Ok(Exit::Invalid.into())
        }
    }
}

/// What a command found to print, or what was refused.
type Found = Result<String, miette::Report>;
