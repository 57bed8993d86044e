//! What a running room has of a template, and what happened to its templates.

use super::consent::{List, PROPOSALS, is_hash, wanted};
use crate::{
    cli::{
        connection::{Connection, RoomArgs},
        context::{Context, choose},
        exit::{Exit, UsageError},
        table::{Align, Table},
        typography as t,
    },
    model::{Language, Officer, TemplateName, Text},
    template::What,
};
use serde::Deserialize;
use serde_json::Value;
use std::process::ExitCode;

/// Show a template's two files as the room has them, and who has approved them
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The template's name
    name: TemplateName,
    /// The version's hash [default: the newest]
    #[arg(long, value_name = "HASH")]
    version: Option<String>,
    #[command(flatten)]
    room: RoomArgs,
}

/// Show what happened to the templates: who proposed, approved and withdrew which version, when and why
#[derive(Debug, clap::Args)]
pub(super) struct Log {
    #[command(flatten)]
    room: RoomArgs,
}

/// A version, whole.
#[derive(Debug, Deserialize)]
struct Version {
    name: TemplateName,
    hash: String,
    sql: String,
    toml: String,
    approved: Vec<String>,
    proposed: String,
    by: Option<Officer>,
    why: Option<String>,
    #[serde(default)]
    failed: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Logged {
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    happened: String,
    what: What,
    officer: Option<Officer>,
    name: Option<TemplateName>,
    hash: Option<String>,
    why: Option<String>,
}

pub(super) fn show(args: &Show, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let hash = match &args.version {
        Some(hash) if is_hash(hash) => hash.clone(),
        Some(_) => {
            let text = context.say(
                "une version s’écrit en 64 chiffres hexadécimaux : voyez « camerata template log »",
                "a version is written in 64 hexadecimal digits: see `camerata template log`",
            );
            return Err(UsageError(t::spaced(text, context.language)).into());
        }
        None => {
            let templates = connection.get::<List>("/api/v1/templates")?.templates;
            let named = wanted(templates, Some(args.name.as_str()), context)?;
            named
                .into_iter()
                .flat_map(|template| template.versions)
                .map(|version| version.hash)
                .next()
                .unwrap_or_default()
        }
    };
    let answer: Value = connection.get(&format!("{PROPOSALS}/{hash}"))?;
    let version: Version = connection.understand(answer.clone())?;
    if version.name != args.name {
        let of = Text::new(
            format!("cette version est du modèle « {} »", version.name),
            format!("this version is of the template `{}`", version.name),
        );
        return Err(UsageError(t::spaced(of.get(context.language), context.language)).into());
    }
    if args.room.json {
        context.print_json(&answer)?;
        return Ok(Exit::Done.into());
    }
    context.tell(head(&version, context.language));
    for (ending, text) in [("sql", &version.sql), ("toml", &version.toml)] {
        context.print(format_args!("==> {}.{ending} <==\n{text}", version.name))?;
    }
    Ok(Exit::Done.into())
}

/// What is known of a version beside its files.
fn head(version: &Version, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let by = match &version.by {
        Some(officer) => format!("{} ({}), {}", officer.user, officer.member, t::day(&version.proposed)),
        None => format!("{}, {}", say("venu avec la salle", "came with the room"), t::day(&version.proposed)),
    };
    let approved = match version.approved.join(", ") {
        none if none.is_empty() => say("personne", "nobody").to_owned(),
        members => members,
    };
    let lines = [
        ("version", Some(version.hash.clone())),
        (say("par", "by"), Some(by)),
        (say("pourquoi", "why"), version.why.clone()),
        (say("approuvé par", "approved by"), Some(approved)),
        (
            say("retiré, échec du moteur", "withdrawn, the engine failed"),
            version.failed.as_deref().map(|failed| t::day(failed).to_owned()),
        ),
    ];
    let line = |(label, value): (&str, Option<String>)| Some(format!("{} {}", t::label(label, language), value?));
    lines.into_iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn log(args: &Log, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.get("/api/v1/templates/log")?;
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.print(logged(&connection.understand::<Logged>(answer)?.entries, context.language))?;
    }
    Ok(Exit::Done.into())
}

fn logged(entries: &[Entry], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Quand (UTC)", "When (UTC)"), Align::Left),
        (say("Quoi", "What"), Align::Left),
        (say("Qui", "Who"), Align::Left),
        (say("Modèle", "Template"), Align::Left),
        (say("Version", "Version"), Align::Left),
        (say("Pourquoi", "Why"), Align::Left),
    ]);
    for entry in entries {
        let who = entry.officer.as_ref().map(|officer| format!("{} ({})", officer.user, officer.member));
        table.row([
            t::second(&entry.happened),
            happened(entry.what, language).to_owned(),
            who.unwrap_or_else(|| "—".to_owned()),
            entry.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            entry.hash.clone().unwrap_or_default(),
            entry.why.clone().unwrap_or_default(),
        ]);
    }
    table.render()
}

fn happened(what: What, language: Language) -> &'static str {
    let words = match what {
        What::Founded => ("salle fondée", "room founded"),
        What::Proposed => ("proposé", "proposed"),
        What::Approved => ("approuvé", "approved"),
        What::Withdrawn => ("accord retiré", "approval withdrawn"),
        What::Failed => ("retiré : échec du moteur", "withdrawn: the engine failed"),
    };
    choose(language, words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_version_is_told_in_both_languages() {
        let mut version: Version = serde_json::from_value(serde_json::json!({
            "name": "overlap", "hash": "1f", "sql": "", "toml": "", "approved": ["festival", "salle"],
            "proposed": "2026-11-24T12:00:00Z", "by": {"member": "salle", "user": "lea"}, "why": "plus clair",
        }))
        .unwrap();
        let fr = head(&version, Language::Fr);
        assert_eq!(
            fr,
            "version\u{a0}: 1f\npar\u{a0}: lea (salle), 2026-11-24\npourquoi\u{a0}: plus clair\napprouvé par\u{a0}: festival, salle"
        );
        (version.by, version.why, version.approved) = (None, None, vec![]);
        let en = head(&version, Language::En);
        assert_eq!(en, "version: 1f\nby: came with the room, 2026-11-24\napproved by: nobody");
    }

    #[test]
    fn the_log_has_a_line_for_each_entry() {
        let entries = serde_json::json!([
            {"happened": "2026-11-24T12:00:01.5Z", "what": "withdrawn", "officer": null, "name": "overlap", "hash": "1f", "why": "y"},
            {"happened": "2026-11-24T12:00:00Z", "what": "founded", "officer": null, "name": null, "hash": null, "why": null},
        ]);
        let entries: Vec<Entry> = serde_json::from_value(entries).unwrap();
        let (fr, en) = (logged(&entries, Language::Fr), logged(&entries, Language::En));
        assert!(
            fr.contains("2026-11-24 12:00:01") && fr.contains("accord retiré") && fr.contains("salle fondée"),
            "{fr}"
        );
        assert!(en.contains("approval withdrawn") && en.contains("room founded") && en.contains("overlap"), "{en}");
    }
}
