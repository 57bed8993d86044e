//! `camerata template`: check, explain and start analysis templates; propose, read and approve them in a running
//! room.

mod check;
mod consent;
mod explain;
mod new;
mod past;
#[cfg(test)]
mod tests;

use super::{context::Context, diagnostics::told, exit::Exit};
use crate::{model::Language, policy::Policies, template::Template};
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
    Propose(consent::Propose),
    Approve(consent::Approve),
    Withdraw(consent::Withdraw),
    Show(past::Show),
    Log(past::Log),
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
    fn policies(&self, language: Language) -> Result<Policies, Refused> {
        Policies::load(&self.policies).map_err(|errors| {
            let errors = errors.in_language(language);
            let one_by_one: String = errors.mistakes().iter().map(|mistake| told(mistake, language)).collect();
            format!("{one_by_one}{errors}")
        })
    }

    fn template(&self, name: &str, policies: &Policies, language: Language) -> Result<Template, Refused> {
        Template::read(&stem(&self.templates, name), policies.vocabulary())
            .map_err(|error| told(&error.in_language(language), language))
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
        Command::Check(args) => check::check(&args, context.language),
        Command::Explain(args) => explain::explain(&args, context.language),
        Command::New(args) => return new::run(&args, context),
        Command::Propose(args) => return consent::propose(&args, context),
        Command::Approve(args) => return consent::approve(&args, context),
        Command::Withdraw(args) => return consent::withdraw(&args, context),
        Command::Show(args) => return past::show(&args, context),
        Command::Log(args) => return past::log(&args, context),
        Command::Schema => Ok(format!("{:#}", crate::template::manifest_schema())),
    };
    match outcome {
        Ok(text) => {
            context.print(text)?;
            Ok(Exit::Done.into())
        }
        Err(refused) => {
            writeln!(io::stderr().lock(), "{}", refused.trim_end())?;
            Ok(Exit::Invalid.into())
        }
    }
}

/// What is refused and why, as the person at the terminal reads it.
type Refused = String;

/// What a command found to print, or what was refused.
type Found = Result<String, Refused>;
