//! `camerata audiences`: the audiences of the room.

use super::{
    connection::{Connection, RoomArgs, Wording},
    context::{Context, choose},
    exit::Exit,
    table::{Align, Table},
    typography as t,
};
use crate::model::Language;
use serde::Deserialize;
use serde_json::Value;
use std::process::ExitCode;

/// List the room's audiences
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, Deserialize)]
struct List {
    audiences: Vec<Audience>,
}

#[derive(Debug, Deserialize)]
struct Audience {
    audience: String,
    title: Option<Wording>,
    shape: String,
    #[serde(default)]
    columns: Vec<String>,
    #[serde(default)]
    version: Option<Version>,
}

#[derive(Debug, Deserialize)]
struct Version {
    number: u64,
    expires: String,
    profile: String,
    #[serde(default)]
    purposes: Vec<String>,
    #[serde(default)]
    kinds: Vec<String>,
    /// For the owner alone.
    #[serde(default)]
    rows: Option<u64>,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.get("/api/v1/audiences")?;
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.print(render(&connection.understand(answer)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

fn render(list: &List, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let blocks: Vec<String> = list.audiences.iter().map(|audience| block(audience, language)).collect();
    if blocks.is_empty() {
        return say("Aucun auditoire pour l’instant.", "No audience yet.").to_owned();
    }
    let mut table = Table::new(&[
        (say("Auditoire", "Audience"), Align::Left),
        (say("Titre", "Title"), Align::Left),
        (say("Forme", "Shape"), Align::Left),
        (say("Version", "Version"), Align::Right),
        (say("Expire le", "Expires"), Align::Left),
        (say("Identifiants", "Identifiers"), Align::Left),
        (say("Rangées", "Rows"), Align::Right),
    ]);
    for audience in &list.audiences {
        let version = audience.version.as_ref();
        table.row([
            audience.audience.clone(),
            audience.title.as_ref().map(|title| title.get(language).to_owned()).unwrap_or_default(),
            shape(&audience.shape, language),
            version.map_or_else(|| "—".to_owned(), |version| version.number.to_string()),
            version.map(|version| t::day(&version.expires).to_owned()).unwrap_or_default(),
            version.map(|version| format!("{} ({})", version.kinds.join(", "), version.profile)).unwrap_or_default(),
            version.and_then(|version| version.rows).map(|rows| t::count(rows, language)).unwrap_or_default(),
        ]);
    }
    format!("{}\n\n{}", table.render(), blocks.join("\n"))
}

/// What queries may use of an audience, and what for.
fn block(audience: &Audience, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let list = |names: &[String]| if names.is_empty() { "—".to_owned() } else { names.join(", ") };
    format!(
        "{} {} {}; {} {}",
        t::label(&audience.audience, language),
        t::label(say("colonnes", "columns"), language),
        list(&audience.columns),
        t::label(say("finalités", "purposes"), language),
        list(audience.version.as_ref().map(|version| version.purposes.as_slice()).unwrap_or_default()),
    )
}

fn shape(shape: &str, language: Language) -> String {
    match (shape, language) {
        ("list", Language::Fr) => "liste".to_owned(),
        ("events", Language::Fr) => "événements".to_owned(),
        _ => shape.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn rows_are_shown_where_the_room_tells_them_alone() {
        let list = serde_json::json!({"audiences": [
            {"audience": "festival/abonnes", "title": {"fr": "Abonnés", "en": "Subscribers"}, "shape": "list", "columns": ["genre", "region"],
             "version": {"purposes": ["planification"], "number": 2, "created": "2026-11-01T00:00:00Z", "expires": "2027-11-01", "rows": 70_000,
             "profile": "google", "kinds": ["email", "phone"]}},
            {"audience": "salle/abonnes", "title": "Abonnés de la salle", "shape": "list", "columns": [], "version": null}]});
        let text = render(&serde_json::from_value(list).unwrap(), Language::Fr);
        assert!(text.contains("email, phone (google)") && text.contains("70\u{202f}000"), "{text}");
        assert!(
            text.contains("festival/abonnes\u{a0}: colonnes\u{a0}: genre, region; finalités\u{a0}: planification"),
            "{text}"
        );
        assert!(text.lines().any(|line| line.starts_with("salle/abonnes ") && line.ends_with('—')), "{text}");
    }
}
