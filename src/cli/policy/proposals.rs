//! What officers do with the policies of a running room: propose, read, approve, withdraw, restore.

mod past;
mod render;

pub(super) use past::{Log, Show, log, show};

use super::report;
use crate::{
    cli::{
        connection::{Connection, RoomArgs},
        context::Context,
        exit::Exit,
    },
    policy::{Policies, Proposal},
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
    /// What you say of it; everybody reads it
    #[arg(long)]
    comment: Option<String>,
    #[command(flatten)]
    room: RoomArgs,
}

/// Refuse what a proposal does to your member's audiences, and say why: an approval is taken back, and the refusal stands until your member approves
#[derive(Debug, clap::Args)]
pub(super) struct Refuse {
    /// The proposal
    proposal: i64,
    /// Why; everybody reads it
    #[arg(long)]
    comment: String,
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
struct Version {
    version: String,
    files: BTreeMap<String, String>,
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
        context.print(render::list(&connection.understand::<Listed>(answer)?.proposals, context.language))?;
    }
    Ok(Exit::Done.into())
}

pub(super) fn approve(args: &Approve, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let path = format!("{PROPOSALS}/{}/approval", args.proposal);
    let approved = match &args.comment {
        Some(comment) => json!({ "effects": args.effects, "comment": comment }),
        // As rooms of before take it.
        None => json!({ "effects": args.effects }),
    };
    let answer = connection.post_within(&path, &approved, COMPARE_S)?;
    told(&args.room, &connection, answer, context)
}

pub(super) fn refuse(args: &Refuse, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let path = format!("{PROPOSALS}/{}/refusal", args.proposal);
    let answer = connection.post_within(&path, &json!({ "comment": args.comment }), COMPARE_S)?;
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

/// Tells a proposal as it stands: what is lost in the words of the version it was made from, what is gained in those of the version it
/// proposes.
fn told(args: &RoomArgs, connection: &Connection, answer: Value, context: &Context) -> anyhow::Result<ExitCode> {
    if args.json {
        context.print_json(&answer)?;
        return Ok(Exit::Done.into());
    }
    let proposal: Proposal = connection.understand(answer)?;
    let (old, new) = (policies(connection, &proposal.base)?, policies(connection, &proposal.version)?);
    context.print(render::proposal(&proposal, [&old, &new], context.language)?)?;
    Ok(Exit::Done.into())
}

fn policies(connection: &Connection, version: &str) -> anyhow::Result<Policies> {
    let version: Version = connection.get(&format!("/api/v1/policy/versions/{version}"))?;
    let files = version.files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    Ok(Policies::from_files(Path::new("policies"), files)?)
}
