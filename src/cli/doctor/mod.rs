//! `camerata doctor`: looks at how a room is kept on this machine, and says what to mend. It changes nothing.

mod certificate;
mod files;
mod finding;
mod machine;
#[cfg(test)]
mod tests;

use super::{context::Context, exit::Exit, init::runtime, typography as t};
use crate::{
    gateway::Config,
    model::{Clock, Language, SystemClock},
};
use finding::{Finding, Level};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

/// Look at how a room is kept on this machine, and say what to mend
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The room's folder; without it, only the machine is looked at
    #[arg(long)]
    room: Option<PathBuf>,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command: 0 if nothing needs mending, 5 if something will soon, 1 if something does now.
///
/// # Errors
/// When stdout can't be written.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let findings = runtime()?.block_on(examine(args.room.as_deref(), Arc::new(SystemClock)));
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Good);
    if args.json {
        context.print_json(&json!({ "worst": worst, "findings": findings }))?;
    } else {
        for finding in &findings {
            context.print(told(finding, context.language))?;
        }
    }
    Ok(match worst {
        Level::Good | Level::Advice => Exit::Done,
        Level::Warning => Exit::Warned,
        Level::Fault => Exit::Failed,
    }
    .into())
}

fn told(finding: &Finding, language: Language) -> String {
    let words = match (finding.level, language) {
        (Level::Good, Language::Fr) => "bien",
        (Level::Good, Language::En) => "good",
        (Level::Advice, Language::Fr) => "conseil",
        (Level::Advice, Language::En) => "advice",
        (Level::Warning, Language::Fr) => "à corriger bientôt",
        (Level::Warning, Language::En) => "mend soon",
        (Level::Fault, Language::Fr) => "à corriger maintenant",
        (Level::Fault, Language::En) => "mend now",
    };
    let mut text = format!("{} {}", t::label(words, language), finding.what.get(language));
    for more in [&finding.why, &finding.mend].into_iter().flatten() {
        text.push_str("\n    ");
        text.push_str(more.get(language));
    }
    text
}

/// All findings, in a fixed order.
async fn examine(room: Option<&Path>, clock: Arc<dyn Clock>) -> Vec<Finding> {
    let mut findings = vec![machine::version()];
    let Some(room) = room else {
        findings.extend(machine::clock(None, &*clock));
        return findings;
    };
    if !room.join("keys").is_dir() {
        findings.push(
            Finding::of(
                Level::Fault,
                "room",
                format!("{} n’est pas le dossier d’une salle.", room.display()),
                format!("{} is not a room’s folder.", room.display()),
            )
            .mend(
                "Nommez-le avec --room, ou fondez-en une par « camerata init ».",
                "Name it with --room, or found one with `camerata init`.",
            ),
        );
        return findings;
    }
    let config = match Config::load(room) {
        Ok(config) => config,
        Err(error) => {
            findings.push(
                Finding::of(
                    Level::Fault,
                    "settings",
                    format!("Les réglages ne se lisent pas : {error}."),
                    format!("The settings can’t be read: {error}."),
                )
                .because("La salle ne s’ouvre pas.", "The room doesn’t open.")
                .mend(
                    "Corrigez camerata.toml ou la variable nommée.",
                    "Mend camerata.toml or the variable that is named.",
                ),
            );
            return findings;
        }
    };
    findings.push(Finding::good("settings", "Les réglages se lisent.", "The settings can be read."));
    findings.extend(machine::engine(&config));
    findings.extend(files::private(room));
    findings.extend(files::secrets(&config.secret_files(room)));
    findings.push(files::keys_apart(room));
    let (database, has_spent) = machine::database(room, Arc::clone(&clock)).await;
    findings.extend(database);
    findings.push(files::checkpoint(&config, room, has_spent));
    findings.push(machine::disk(room));
    findings.push(machine::open_files(&config.door()));
    findings.push(certificate::public_url(&config));
    findings.extend(certificate::examine(&config, &*clock));
    findings
}
