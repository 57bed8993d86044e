//! `camerata erase`: erases people from everything that a member holds in the room.

use super::{
    connection::{Connection, ConnectionArgs},
    context::{Context, choose},
    exit::Exit,
    table::{Align, Table},
    typography as t,
    upload::summary,
};
use crate::{
    identity::{
        Profile,
        hashed::{self, HashedOptions},
    },
    model::Language,
};
use serde::Deserialize;
use std::{collections::BTreeMap, io::Read, path::PathBuf, process::ExitCode};

/// Erase people from all your member's audiences, by a file made by `camerata hash`
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The file: hashed identifiers of the people to erase, CSV or Parquet; every identifier of theirs that you have
    file: PathBuf,
    /// How the identifiers were normalised, where the file's header doesn't say: google, meta or uid2
    #[arg(long)]
    profile: Option<Profile>,
    /// Print the room's answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// What the room says that it erased.
#[derive(Debug, Clone, Deserialize)]
struct Outcome {
    rows_taken: u64,
    rows_rejected: u64,
    rejected: BTreeMap<String, u64>,
    first_lines: BTreeMap<String, Vec<u64>>,
    erased: Vec<Erased>,
    other_profile: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Erased {
    audience: String,
    persons: BTreeMap<String, u64>,
    left: BTreeMap<String, u64>,
    version: Option<i64>,
}

/// Runs the command.
///
/// # Errors
/// When the file can't be read, or the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let options = HashedOptions { profile: args.profile, columns: Vec::new() };
    let source = hashed::open(&args.file, options).map_err(|error| anyhow::anyhow!(error.message(context.language)))?;
    let mut list = Vec::new();
    source.reader_at(0)?.read_to_end(&mut list)?;
    let connection = Connection::open(&args.connection, context)?;
    let answer: serde_json::Value = connection.post_list("/api/v1/erasures", &list)?;
    if args.json {
        context.print_json(&answer)?;
    } else {
        context.print(render(&connection.understand(answer)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

/// What was erased, and what it couldn't be looked for in.
fn render(outcome: &Outcome, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut parts = Vec::new();
    if outcome.erased.iter().all(|one| one.persons.values().all(|persons| *persons == 0)) {
        let words =
            say("Personne de cette liste n’est dans vos auditoires.", "Nobody on this list is in your audiences.");
        parts.push(words.to_owned());
    } else {
        parts.push(table(&outcome.erased, language));
    }
    if !outcome.other_profile.is_empty() {
        let words = say(
            "Hachés selon un autre profil, donc pas fouillés ; hachez aussi la liste selon le leur",
            "Hashed by another profile, so not searched; hash the list by theirs as well",
        );
        parts.push(format!("{} {}", t::label(words, language), outcome.other_profile.join(", ")));
    }
    let line = |title: &str, count| format!("{} {}", t::label(title, language), t::count(count, language));
    parts.push(line(say("rangées prises", "rows taken"), outcome.rows_taken));
    if outcome.rows_rejected > 0 || !outcome.rejected.is_empty() {
        parts.push(line(say("rangées refusées", "rows refused"), outcome.rows_rejected));
        parts.push(summary::rejected(&outcome.rejected, &outcome.first_lines, language));
    }
    parts.join("\n\n")
}

fn table(erased: &[Erased], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Auditoire", "Audience"), Align::Left),
        (say("Identifiant", "Identifier"), Align::Left),
        (say("Effacées", "Erased"), Align::Right),
        (say("Restent", "Left"), Align::Right),
        (say("Version", "Version"), Align::Left),
    ]);
    for one in erased {
        let version = one.version.map_or_else(
            || say("aucune : trop peu de personnes", "none: too few people").to_owned(),
            |version| version.to_string(),
        );
        for (kind, persons) in &one.persons {
            let left = one.left.get(kind).copied().unwrap_or_default();
            let kind = match kind.as_str() {
                "email" => say("courriel", "e-mail"),
                "phone" => say("téléphone", "phone"),
                other => other,
            };
            let (persons, left) = (t::count(*persons, language), t::count(left, language));
            table.row([one.audience.clone(), kind.to_owned(), persons, left, version.clone()]);
        }
    }
    table.render()
}
