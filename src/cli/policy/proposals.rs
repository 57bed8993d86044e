//! What officers do with the policies of a running room: propose, read, approve, withdraw, restore.

use super::{effects, report};
use crate::{
    cli::{
        connection::{Connection, RoomArgs},
        context::{Context, choose},
        exit::{Exit, UsageError},
        table::{Align, Table},
        typography as t,
    },
    model::Language,
    policy::{Approval, Entry, Policies, Proposal, Status},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// How long a room may take to compare two large folders, in seconds.
const COMPARE_S: u64 = 120;

/// Propose a folder to the room: what it opens waits for the owners, what it closes of your own is closed at once
#[derive(Debug, clap::Args)]
pub(super) struct Propose {
    /// The folder.
    #[arg(default_value = "policies")]
    dir: PathBuf,
    /// Why, in a sentence; everybody reads it
    #[arg(long)]
    why: String,
    #[command(flatten)]
    room: RoomArgs,
}

/// List the proposals, or show one: what it opens and closes, and who has to agree
#[derive(Debug, clap::Args)]
pub(super) struct Proposals {
    /// The proposal to show
    proposal: Option<i64>,
    #[command(flatten)]
    room: RoomArgs,
}

/// Approve what a proposal does to your member's audiences; it is shown first
#[derive(Debug, clap::Args)]
pub(super) struct Approve {
    /// The proposal
    proposal: i64,
    /// What was read: the digest that `policy proposals N` shows for your member
    #[arg(long)]
    effects: String,
    #[command(flatten)]
    room: RoomArgs,
}

/// Take your member's approval back while the proposal waits, or withdraw your member's own proposal
#[derive(Debug, clap::Args)]
pub(super) struct Withdraw {
    /// The proposal
    proposal: i64,
    /// Take the approval back; the proposal stays
    #[arg(long)]
    approval: bool,
    #[command(flatten)]
    room: RoomArgs,
}

/// Let go of what your member has closed ahead of a proposal: its audiences are again what the published version says
#[derive(Debug, clap::Args)]
pub(super) struct Lift {
    #[command(flatten)]
    room: RoomArgs,
}

/// Show what happened to the policies: who proposed, approved and published what, when and why
#[derive(Debug, clap::Args)]
pub(super) struct Log {
    #[command(flatten)]
    room: RoomArgs,
}

/// Show a version's files, or the one in force; or write them to a folder
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The version [default: the one in force]
    version: Option<String>,
    /// A new folder to write the files to
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    room: RoomArgs,
}

/// Propose an earlier version again
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The version: see `camerata policy log`
    version: String,
    /// Why, in a sentence; everybody reads it
    #[arg(long)]
    why: String,
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, Deserialize)]
struct Listed {
    proposals: Vec<Proposal>,
}

#[derive(Debug, Deserialize)]
struct Logged {
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Version {
    version: String,
    files: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct InForce {
    version: String,
}

const PROPOSALS: &str = "/api/v1/policy/proposals";

pub(super) fn propose(args: &Propose, context: &Context) -> anyhow::Result<ExitCode> {
    // Checked here first: mistakes are shown with the lines of the officer's own files.
    let files = match Policies::load(&args.dir)
        .and_then(|policies| policies.check_cases())
        .and_then(|_| Policies::read_files(&args.dir))
    {
        Ok(files) => files,
        Err(errors) => {
            report::report(errors, context.language, &mut std::io::stderr().lock())?;
            return Ok(Exit::Invalid.into());
        }
    };
    let text = |(name, bytes): (String, Vec<u8>)| Ok((name, String::from_utf8(bytes)?));
    let files: BTreeMap<String, String> =
        files.into_iter().map(text).collect::<Result<_, std::string::FromUtf8Error>>()?;
    let connection = Connection::open(&args.room.connection, context)?;
    let answer = connection.post_within(PROPOSALS, &json!({ "files": files, "why": args.why }), COMPARE_S)?;
    told(&args.room, &connection, answer, context)
}

pub(super) fn restore(args: &Restore, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer = connection.post_within(PROPOSALS, &json!({ "restore": args.version, "why": args.why }), COMPARE_S)?;
    told(&args.room, &connection, answer, context)
}

pub(super) fn proposals(args: &Proposals, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    if let Some(id) = args.proposal {
        let answer = connection.get(&format!("{PROPOSALS}/{id}"))?;
        return told(&args.room, &connection, answer, context);
    }
    let answer: Value = connection.get(PROPOSALS)?;
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.print(list(&connection.understand::<Listed>(answer)?.proposals, context.language))?;
    }
    Ok(Exit::Done.into())
}

pub(super) fn approve(args: &Approve, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let path = format!("{PROPOSALS}/{}/approval", args.proposal);
    let answer = connection.post_within(&path, &json!({ "effects": args.effects }), COMPARE_S)?;
    told(&args.room, &connection, answer, context)
}

pub(super) fn withdraw(args: &Withdraw, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let what = if args.approval { "/approval" } else { "" };
    let answer = connection.delete(&format!("{PROPOSALS}/{}{what}", args.proposal))?;
    told(&args.room, &connection, answer, context)
}

pub(super) fn lift(args: &Lift, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.delete("/api/v1/policy/narrowings")?;
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.tell(context.say(
            "Levé : la version publiée vaut de nouveau seule.",
            "Lifted: the published version holds alone again.",
        ));
    }
    Ok(Exit::Done.into())
}

pub(super) fn log(args: &Log, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.get("/api/v1/policy/log")?;
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.print(logged(&connection.understand::<Logged>(answer)?.entries, context.language))?;
    }
    Ok(Exit::Done.into())
}

pub(super) fn show(args: &Show, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let version = match &args.version {
        Some(version) => version.clone(),
        None => connection.get::<InForce>("/api/v1/policy")?.version,
    };
    let answer: Value = connection.get(&path_of(&version, context)?)?;
    if args.room.json {
        context.print_json(&answer)?;
        return Ok(Exit::Done.into());
    }
    let version: Version = connection.understand(answer)?;
    match &args.out {
        Some(dir) => {
            write(dir, &version.files)?;
            context.tell(format_args!("{} {}", version.files.len(), context.say("fichiers écrits.", "files written.")));
        }
        None => {
            context.tell(format_args!("{} {}", t::label("version", context.language), version.version));
            for (name, text) in &version.files {
                context.print(format_args!("==> {name} <==\n{text}"))?;
            }
        }
    }
    Ok(Exit::Done.into())
}

/// Versions are hashes; anything else would be another address.
fn path_of(version: &str, context: &Context) -> anyhow::Result<String> {
    if version.len() == 64 && version.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(format!("/api/v1/policy/versions/{version}"));
    }
    let text = context.say(
        "une version s’écrit en 64 chiffres hexadécimaux : voyez `camerata policy log`",
        "a version is written in 64 hexadecimal digits: see `camerata policy log`",
    );
    Err(UsageError(text.to_owned()).into())
}

fn write(dir: &Path, files: &BTreeMap<String, String>) -> anyhow::Result<()> {
    // A new folder only: whatever an officer is working on isn't written over.
    std::fs::create_dir(dir).map_err(|error| anyhow::Error::new(error).context(dir.display().to_string()))?;
    for (name, text) in files {
        anyhow::ensure!(!name.contains(['/', '\\']) && name != "..", "{name:?}");
        std::fs::write(dir.join(name), text)?;
    }
    Ok(())
}

/// Tells a proposal as it stands; its effects in the words of the version it proposes.
fn told(args: &RoomArgs, connection: &Connection, answer: Value, context: &Context) -> anyhow::Result<ExitCode> {
    if args.json {
        context.print_json(&answer)?;
        return Ok(Exit::Done.into());
    }
    let proposal: Proposal = connection.understand(answer)?;
    let version: Version = connection.get(&format!("/api/v1/policy/versions/{}", proposal.version))?;
    let files = version.files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    let policies = Policies::from_files(Path::new("policies"), files)?;
    context.print(render(&proposal, &policies, context.language))?;
    Ok(Exit::Done.into())
}

fn status(status: Status, language: Language) -> &'static str {
    choose(
        language,
        match status {
            Status::Open => ("en attente", "waiting"),
            Status::Published => ("en vigueur", "published"),
            Status::Withdrawn => ("retirée", "withdrawn"),
        },
    )
}

fn render(proposal: &Proposal, policies: &Policies, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut lines = vec![
        format!("{} {} ({})", say("Proposition", "Proposal"), proposal.id, status(proposal.status, language)),
        format!(
            "{} {} ({}), {}",
            t::label(say("par", "by"), language),
            proposal.officer.user,
            proposal.officer.member,
            t::day(&proposal.proposed)
        ),
        format!("{} {}", t::label(say("pourquoi", "why"), language), proposal.why),
        format!("{} {}", t::label("version", language), proposal.version),
    ];
    if let Some(obstacle) = &proposal.obstacle {
        lines.push(format!("{} {}", t::label(say("obstacle", "obstacle"), language), obstacle.get(language)));
    }
    if proposal.status == Status::Open && proposal.obstacle.is_none() {
        lines.push(String::new());
        lines.push(effects::render(&proposal.effects, policies, language));
        if proposal.common {
            lines.push(
                say(
                    "Des règles communes à tous changent : vie privée, tarifs ou tenue de la salle.",
                    "Rules common to all change: privacy, tariffs or the running of the room.",
                )
                .to_owned(),
            );
        }
        lines.push(String::new());
        lines.push(approvals(&proposal.approvals, language));
    }
    lines.join("\n")
}

fn approvals(approvals: &[Approval], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Membre", "Member"), Align::Left),
        (say("Accord", "Approval"), Align::Left),
        (say("À approuver avec --effects", "To approve with --effects"), Align::Left),
    ]);
    for approval in approvals {
        let standing = match (&approval.by, approval.lapsed, approval.needed) {
            (Some((user, _)), false, _) => format!("{} {user}", say("donné par", "given by")),
            (Some(_), true, _) => say("caduc : les effets ont changé", "lapsed: the effects changed").to_owned(),
            (None, _, true) => say("attendu", "needed").to_owned(),
            (None, _, false) => say("facultatif", "optional").to_owned(),
        };
        table.row([approval.owner.to_string(), standing, approval.effects.clone()]);
    }
    table.render()
}

fn list(proposals: &[Proposal], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    if proposals.is_empty() {
        return say("Aucune proposition pour l’instant.", "No proposal yet.").to_owned();
    }
    let mut table = Table::new(&[
        (say("Proposition", "Proposal"), Align::Right),
        (say("État", "Status"), Align::Left),
        (say("Date", "Date"), Align::Left),
        (say("Membre", "Member"), Align::Left),
        (say("Pourquoi", "Why"), Align::Left),
    ]);
    for proposal in proposals {
        table.row([
            proposal.id.to_string(),
            status(proposal.status, language).to_owned(),
            t::day(&proposal.proposed).to_owned(),
            proposal.officer.member.to_string(),
            proposal.why.clone(),
        ]);
    }
    table.render()
}

fn logged(entries: &[Entry], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Quand (UTC)", "When (UTC)"), Align::Left),
        (say("Quoi", "What"), Align::Left),
        (say("Qui", "Who"), Align::Left),
        (say("Proposition", "Proposal"), Align::Right),
        (say("Version", "Version"), Align::Left),
        (say("Pourquoi", "Why"), Align::Left),
    ]);
    for entry in entries {
        let who = entry.officer.as_ref().map(|officer| format!("{} ({})", officer.user, officer.member));
        table.row([
            entry.happened.get(..19).unwrap_or(&entry.happened).replace('T', " "),
            effects::happened(entry.what, language).to_owned(),
            who.unwrap_or_else(|| "—".to_owned()),
            entry.proposal.map(|id| id.to_string()).unwrap_or_default(),
            entry.version.clone().unwrap_or_default(),
            entry.why.clone().unwrap_or_default(),
        ]);
    }
    table.render()
}
