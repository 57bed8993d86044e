//! What officers do with the templates of a running room: propose a version, approve one, withdraw an approval.

use crate::{
    cli::{
        connection::{Connection, RoomArgs},
        context::{Context, choose},
        exit::{Exit, UsageError},
        typography as t,
    },
    model::{Language, TemplateName},
};
use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{fs, path::PathBuf, process::ExitCode};

/// Propose a template, or a new version of one, to the room; that approves it for your member
#[derive(Debug, clap::Args)]
pub(super) struct Propose {
    /// The template's .sql or .toml file; the other is beside it
    file: PathBuf,
    /// Why, in a sentence; everybody reads it
    #[arg(long)]
    why: String,
    #[command(flatten)]
    room: RoomArgs,
}

/// Let a template run over your member's audiences
#[derive(Debug, clap::Args)]
pub(super) struct Approve {
    /// The template's name, for its newest version, or a version's hash
    #[arg(required_unless_present = "all")]
    version: Option<String>,
    /// The newest version of every template
    #[arg(long, conflicts_with = "version")]
    all: bool,
    #[command(flatten)]
    room: RoomArgs,
}

/// Take your member's approval of a template back, at once
#[derive(Debug, clap::Args)]
pub(super) struct Withdraw {
    /// The template's name, for every version that your member has approved, or a version's hash
    version: String,
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, Deserialize)]
pub(super) struct List {
    pub(super) templates: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    name: TemplateName,
    /// Newest first.
    pub(super) versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Version {
    pub(super) hash: String,
    approved: Vec<String>,
}

/// A version as the room tells it after an act.
#[derive(Debug, Deserialize)]
struct Told {
    name: TemplateName,
    hash: String,
    approved: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Me {
    member: String,
}

pub(super) const PROPOSALS: &str = "/api/v1/template-proposals";

pub(super) fn propose(args: &Propose, context: &Context) -> anyhow::Result<ExitCode> {
    let name: TemplateName =
        args.file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().parse().map_err(|_| {
            let text = context.say(
                "le fichier n’a pas le nom d’un modèle : a-z, 0-9, - et _ devant .sql ou .toml",
                "the file is not named as a template: a-z, 0-9, - and _ before .sql or .toml",
            );
            UsageError(t::spaced(text, context.language))
        })?;
    let read = |ending: &str| {
        let path = args.file.with_extension(ending);
        fs::read_to_string(&path).with_context(|| path.display().to_string())
    };
    let proposed = json!({ "name": name, "sql": read("sql")?, "toml": read("toml")?, "why": args.why });
    let connection = Connection::open(&args.room.connection, context)?;
    let answer = connection.post(PROPOSALS, &proposed)?;
    told(&args.room, &connection, vec![answer], context)
}

pub(super) fn approve(args: &Approve, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let hashes = match &args.version {
        Some(hash) if is_hash(hash) => vec![hash.clone()],
        named => {
            let me = connection.get::<Me>("/api/v1/me")?.member;
            let templates = connection.get::<List>("/api/v1/templates")?.templates;
            let templates = wanted(templates, named.as_deref(), context)?;
            let newest = templates.into_iter().filter_map(|template| template.versions.into_iter().next());
            // Of all, those that are approved already are no mistake.
            newest.filter(|v| named.is_some() || !v.approved.contains(&me)).map(|version| version.hash).collect()
        }
    };
    let post = |hash: &String| connection.post(&format!("{PROPOSALS}/{hash}/approval"), &json!({}));
    let answers = hashes.iter().map(post).collect::<Result<_, _>>()?;
    told(&args.room, &connection, answers, context)
}

pub(super) fn withdraw(args: &Withdraw, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let hashes = if is_hash(&args.version) {
        vec![args.version.clone()]
    } else {
        let me = connection.get::<Me>("/api/v1/me")?.member;
        let templates = connection.get::<List>("/api/v1/templates")?.templates;
        let versions = wanted(templates, Some(&args.version), context)?.into_iter().flat_map(|t| t.versions);
        versions.filter(|version| version.approved.contains(&me)).map(|version| version.hash).collect()
    };
    let delete = |hash: &String| connection.delete(&format!("{PROPOSALS}/{hash}/approval"));
    let answers = hashes.iter().map(delete).collect::<Result<_, _>>()?;
    told(&args.room, &connection, answers, context)
}

pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The templates that are meant: the one named, or all.
pub(super) fn wanted(templates: Vec<Listed>, name: Option<&str>, context: &Context) -> anyhow::Result<Vec<Listed>> {
    let Some(name) = name else { return Ok(templates) };
    let found: Vec<Listed> = templates.into_iter().filter(|template| template.name.as_str() == name).collect();
    if found.is_empty() {
        let text = context.say(
            "la salle n’a pas ce modèle : voyez « camerata templates »",
            "the room has no such template: see `camerata templates`",
        );
        return Err(UsageError(t::spaced(text, context.language)).into());
    }
    Ok(found)
}

fn told(args: &RoomArgs, connection: &Connection, answers: Vec<Value>, context: &Context) -> anyhow::Result<ExitCode> {
    if args.json {
        context.print_json(&Value::Array(answers))?;
        return Ok(Exit::Done.into());
    }
    if answers.is_empty() {
        context.tell(context.say("Il n’y avait rien à changer.", "There was nothing to change."));
    }
    for answer in answers {
        context.print(line(&connection.understand(answer)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

/// `overlap 1f3a…: approuvé par festival, salle`.
fn line(told: &Told, language: Language) -> String {
    let by = match told.approved.join(", ") {
        none if none.is_empty() => choose(language, ("approuvé par personne", "approved by nobody")).to_owned(),
        members => format!("{} {members}", choose(language, ("approuvé par", "approved by"))),
    };
    format!("{} {by}", t::label(&format!("{} {}", told.name, told.hash), language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_with_its_approvals() {
        let told = |approved: &[&str]| Told {
            name: "overlap".parse().unwrap_or_else(|_| unreachable!()),
            hash: "1f".into(),
            approved: approved.iter().map(|member| (*member).to_owned()).collect(),
        };
        assert_eq!(line(&told(&["a", "b"]), Language::En), "overlap 1f: approved by a, b");
        assert_eq!(line(&told(&[]), Language::Fr), "overlap 1f\u{a0}: approuvé par personne");
    }
}
