//! The command line: one file per command. Results go to stdout, everything else to stderr.
//!
//! A command is a module with `Args` and `run`; it joins the program with one line in `Command` and one in
//! `Command::run`.

pub mod answer;
pub mod answers;
pub mod ask;
pub mod audiences;
pub mod audit;
#[cfg(feature = "server")]
pub mod backup;
pub mod budget;
pub mod completions;
pub mod connection;
pub mod context;
#[cfg(feature = "server")]
pub mod demo;
#[cfg(feature = "server")]
mod diagnostics;
#[cfg(feature = "server")]
pub mod doctor;
pub mod environment;
pub mod erase;
pub mod estimate;
pub mod exit;
pub mod hash;
mod help;
#[cfg(feature = "server")]
pub mod init;
pub mod letters;
pub mod login;
#[cfg(feature = "server")]
pub mod policy;
pub mod query;
pub mod receipt;
#[cfg(feature = "server")]
pub mod restore;
#[cfg(feature = "server")]
pub mod rotate;
#[cfg(feature = "server")]
pub mod serve;
pub mod table;
#[cfg(feature = "server")]
pub mod template;
pub mod templates;
#[cfg(feature = "server")]
pub mod token;
pub use crate::model::typography;
pub mod upload;
#[cfg(feature = "server")]
pub mod user;
#[cfg(feature = "server")]
pub mod verify;

use self::{
    connection::ConnectionError,
    context::Context,
    exit::{Exit, UsageError},
};
use crate::model::Language;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

/// Data clean room: compares audiences without showing anyone's customers
#[derive(Debug, Parser)]
#[command(name = "camerata", version, propagate_version = false)]
struct Cli {
    /// Language of messages
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    lang: Option<LanguageArg>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LanguageArg {
    Fr,
    En,
}

impl From<LanguageArg> for Language {
    fn from(language: LanguageArg) -> Self {
        match language {
            LanguageArg::Fr => Self::Fr,
            LanguageArg::En => Self::En,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Hash(hash::Args),
    Upload(upload::Args),
    Erase(erase::Args),
    Ask(ask::Args),
    Estimate(estimate::Args),
    Budget(budget::Args),
    Audiences(audiences::Args),
    Answers(answers::Args),
    Receipt(receipt::Args),
    Audit(audit::Args),
    Templates(templates::Args),
    Login(login::Args),
    Logout(login::LogoutArgs),
    Whoami(login::WhoamiArgs),
    Letters(letters::Args),
    Completions(completions::Args),
    #[cfg(feature = "server")]
    Demo(demo::Args),
    #[cfg(feature = "server")]
    Init(init::Args),
    #[cfg(feature = "server")]
    Serve(serve::Args),
    #[cfg(feature = "server")]
    Doctor(doctor::Args),
    #[cfg(feature = "server")]
    Backup(backup::Args),
    #[cfg(feature = "server")]
    Restore(restore::Args),
    #[cfg(feature = "server")]
    Token(token::Args),
    #[cfg(feature = "server")]
    User(user::Args),
    #[cfg(feature = "server")]
    Policy(policy::Args),
    #[cfg(feature = "server")]
    Template(template::Args),
}

impl Command {
    fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Self::Hash(args) => hash::run(args, context.language),
            Self::Upload(args) => upload::run(&args, context),
            Self::Erase(args) => erase::run(&args, context),
            Self::Ask(args) => ask::run(&args, context),
            Self::Estimate(args) => estimate::run(&args, context),
            Self::Budget(args) => budget::run(&args, context),
            Self::Audiences(args) => audiences::run(&args, context),
            Self::Answers(args) => answers::run(&args, context),
            Self::Receipt(args) => receipt::run(&args, context),
            Self::Audit(args) => audit::run(args, context),
            Self::Templates(args) => templates::run(&args, context),
            Self::Login(args) => login::run(&args, context),
            Self::Logout(args) => login::logout(&args, context),
            Self::Whoami(args) => login::whoami(&args, context),
            Self::Letters(args) => letters::run(&args, context),
            Self::Completions(args) => completions::run(&args, command(context.language), context),
            #[cfg(feature = "server")]
            Self::Demo(args) => demo::run(&args, context),
            #[cfg(feature = "server")]
            Self::Init(args) => init::run(&args, context),
            #[cfg(feature = "server")]
            Self::Serve(args) => serve::run(&args, context),
            #[cfg(feature = "server")]
            Self::Doctor(args) => doctor::run(&args, context),
            #[cfg(feature = "server")]
            Self::Backup(args) => backup::run(&args, context),
            #[cfg(feature = "server")]
            Self::Restore(args) => restore::run(&args, context),
            #[cfg(feature = "server")]
            Self::Token(args) => token::run(&args, context),
            #[cfg(feature = "server")]
            Self::User(args) => user::run(args, context),
            #[cfg(feature = "server")]
            Self::Policy(args) => policy::run(args, context),
            #[cfg(feature = "server")]
            Self::Template(args) => template::run(args, context),
        }
    }
}

/// Runs the program with the arguments it was started with.
pub fn main() -> ExitCode {
    log();
    let language = help::language();
    let read = command(language).try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match read {
        Ok(cli) => cli,
        // Help and version are no failure, and go to stdout; clap knows.
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    let context = Context { language: cli.lang.map_or(language, Language::from) };
    cli.command.run(&context).unwrap_or_else(|error| fail(&error, &context))
}

fn command(language: Language) -> clap::Command {
    help::localise(Cli::command(), language)
}

/// Tells what went wrong, where, and what to do; gives the status to end with.
fn fail(error: &anyhow::Error, context: &Context) -> ExitCode {
    let exit = Exit::of(error);
    if exit == Exit::Done {
        return exit.into();
    }
    let title = typography::label(context.say("erreur", "error"), context.language);
    let known = error.chain().find_map(|cause| cause.downcast_ref::<ConnectionError>());
    match known {
        Some(known) => context.tell(format_args!("{title} {}", known.message(context.language))),
        None => context.tell(format_args!("{title} {error:#}")),
    }
    let usage = error.chain().any(|cause| cause.is::<UsageError>());
    let hint = known.and_then(|known| known.hint(context.language));
    let hint = hint.or(usage
        .then(|| context.say("--help montre comment écrire cette commande", "--help shows how to write this command")));
    if let Some(hint) = hint {
        context.tell(format_args!("{} {hint}", typography::label(context.say("conseil", "hint"), context.language)));
    }
    tracing::debug!(cause = ?error, "failed");
    exit.into()
}

/// Sends the technical log to stderr, as much of it as `CAMERATA_LOG` asks for.
fn log() {
    let wanted = environment::read(environment::LOG).unwrap_or_else(|| "warn".to_owned());
    let filter =
        tracing_subscriber::EnvFilter::try_new(wanted).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let colour = environment::read(environment::NO_COLOR).is_none() && io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colour).init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
