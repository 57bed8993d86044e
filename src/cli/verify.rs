//! `camerata audit verify --room` and `audit accept`: on the machine that keeps the room.

use super::{
    connection::Token,
    context::{Context, choose},
    exit::Exit,
    init::runtime,
    typography as t,
};
use crate::{
    audit::{self, Finding},
    gateway,
    model::{Language, SystemClock},
};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

/// Findings that are shown.
const SHOWN_MAX: usize = 50;

/// Compares a room's log with its database, with every checkpoint that is stored, and with those that are given.
///
/// # Errors
/// When the folder is no room, or its database can't be read at all.
pub fn run(folder: &Path, since: &[(PathBuf, String)], as_json: bool, context: &Context) -> anyhow::Result<ExitCode> {
    let notes: Vec<String> = since.iter().map(|(_, note)| note.clone()).collect();
    let verified = runtime()?.block_on(async {
        let database = gateway::open_database(folder).await?;
        let keys = audit::public_keys(&database).await?;
        anyhow::Ok(audit::verify(&database, &keys, &notes).await?)
    })?;
    let found: Vec<_> = verified.findings.iter().map(Finding::text).collect();
    if as_json {
        context.print_json(&json!({
            "size": verified.size(), "root": hex::encode(verified.root()), "records": verified.records,
            "checkpoints": verified.checkpoints, "findings": verified.findings,
        }))?;
    } else if found.is_empty() {
        let [size, records] = [verified.size(), verified.records].map(|count| t::count(count, context.language));
        let (many, checkpoints) = (verified.checkpoints > 1, t::count(verified.checkpoints as u64, context.language));
        context.print(match context.language {
            Language::Fr => format!(
                "Le journal tient : {size} entrées, {records} enregistrements de la base, {checkpoints} {}.",
                if many { "points de contrôle" } else { "point de contrôle" }
            ),
            Language::En => format!(
                "The log holds: {size} entries, {records} records of the database, {checkpoints} {}.",
                if verified.checkpoints == 1 { "checkpoint" } else { "checkpoints" }
            ),
        })?;
    } else {
        let found = found.iter().map(|text| text.get(context.language).to_owned());
        context.print(lines(found, context.language))?;
    }
    Ok(if found.is_empty() { Exit::Done } else { Exit::LogBroken }.into())
}

/// What doesn't hold, one a line, the first ones of very many.
pub(super) fn lines(found: impl Iterator<Item = String>, language: Language) -> String {
    let mut lines = vec![choose(language, ("Le journal ne tient pas :", "The log does not hold:")).to_owned()];
    let mut found = found.map(|line| format!("  – {line}"));
    lines.extend(found.by_ref().take(SHOWN_MAX));
    match (found.count(), language) {
        (0, _) => {}
        (more, Language::Fr) => lines.push(format!("  … et {more} de plus")),
        (more, Language::En) => lines.push(format!("  … and {more} more")),
    }
    lines.join("\n")
}

/// Accept, as an officer, that a room was restored from an older state: what was spent since stays spent
#[derive(Debug, clap::Args)]
pub struct AcceptArgs {
    /// The room's folder
    #[arg(long)]
    room: PathBuf,
    /// File that holds the officer's token (or set CAMERATA_TOKEN)
    #[arg(long, value_name = "FILE", env = super::environment::TOKEN_FILE, hide_env_values = true)]
    token_file: Option<PathBuf>,
}

/// Runs `audit accept`.
///
/// # Errors
/// When the token isn't an officer's, or the room wasn't set back.
pub fn accept(args: &AcceptArgs, context: &Context) -> anyhow::Result<ExitCode> {
    let token = Token::read(args.token_file.as_deref())?;
    let Some(token) = token else {
        anyhow::bail!(
            "{}",
            context.say(
                "il faut le jeton d’un responsable de la conformité : --token-file, ou CAMERATA_TOKEN",
                "an officer's token is needed: --token-file, or CAMERATA_TOKEN"
            )
        );
    };
    let accepted = runtime()?.block_on(gateway::accept(&args.room, token.secret(), Arc::new(SystemClock)))?;
    let Some(kept) = accepted.kept else {
        context.tell(context.say(
            "Accepté et inscrit au journal. Rien ne dit ce qui avait été dépensé depuis la sauvegarde : les membres le savent par leurs reçus.",
            "Accepted and logged. Nothing tells what was spent since the backup: members know it by their receipts.",
        ));
        return Ok(Exit::Done.into());
    };
    let lost = t::count(kept.saturating_sub(accepted.found), context.language);
    context.tell(match context.language {
        Language::Fr => format!(
            "Accepté et inscrit au journal. Entrées perdues : {lost}; ce que les budgets avaient dépensé reste dépensé."
        ),
        Language::En => format!("Accepted and logged. Entries lost: {lost}; what the budgets had spent stays spent."),
    });
    Ok(Exit::Done.into())
}
