//! `camerata audit verify`: the whole log, through the API and without trusting the room; or on the machine that keeps it.

use super::{list, trust};
use crate::{
    cli::{
        connection::{Connection, ConnectionError, RoomArgs, ShownCosigned},
        context::{Context, choose},
        exit::Exit,
        typography as t,
    },
    model::Language,
    proof::{Checkpoint, Entry, PublicKey, Tree, cosigners, leaf_hash},
};
use anyhow::Context as _;
use serde::Serialize;
use serde_json::json;
use std::{fs, path::PathBuf, process::ExitCode};

/// Hashes that the room gives at once.
const PAGE: usize = 65_536;

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// A checkpoint that was kept (`audit checkpoint`): the log must be that one, grown
    #[arg(long, value_name = "FILE")]
    since: Vec<PathBuf>,
    /// Public key of a witness that you know: the log must extend a checkpoint that it cosigned
    #[arg(long, value_name = "KEY")]
    witness: Vec<PublicKey>,
    /// The room's folder, on the machine that keeps it: compares log, database and checkpoints
    #[cfg(feature = "server")]
    #[arg(long, value_name = "FOLDER")]
    room: Option<PathBuf>,
    #[command(flatten)]
    connection: RoomArgs,
}

/// What doesn't hold.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wrong {
    Root,
    Entry(u64),
    Order(u64),
    Since(PathBuf),
    Witness(String),
    NoWitness(String),
}

impl Wrong {
    fn text(&self, language: Language) -> String {
        let say = |fr: String, en: String| if language == Language::Fr { fr } else { en };
        match self {
            Self::Root => say(
                "la salle a signé une autre racine que celle de ses entrées".into(),
                "the room signed another root than that of its entries".into(),
            ),
            Self::Entry(position) => say(
                format!("l’entrée {position} n’est pas celle que le journal contient"),
                format!("entry {position} is not the one that the log contains"),
            ),
            Self::Order(position) => say(
                format!("l’entrée {position} n’est pas à sa place, ou son heure recule"),
                format!("entry {position} is out of place, or its time goes back"),
            ),
            Self::Since(path) => say(
                format!("le journal n’est pas celui de {}", path.display()),
                format!("the log is not the one of {}", path.display()),
            ),
            Self::Witness(member) => say(
                format!("le journal n’est pas celui dont {member} s’est porté témoin"),
                format!("the log is not the one that {member} vouched for"),
            ),
            Self::NoWitness(key) => {
                say(format!("aucun point de contrôle cosigné par {key}"), format!("no checkpoint cosigned by {key}"))
            }
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or isn't to be trusted any more, or a file can't be read.
pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let mut since = Vec::new();
    for path in &args.since {
        since.push((path.clone(), fs::read_to_string(path).with_context(|| path.display().to_string())?));
    }
    #[cfg(feature = "server")]
    if let Some(folder) = &args.room {
        return crate::cli::verify::run(folder, &since, args.connection.json, context);
    }
    remote(args, &since, context)
}

fn remote(args: &Args, since: &[(PathBuf, String)], context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::unwatched(&args.connection.connection, context)?;
    let Some((kept, checkpoint, cosigned)) = connection.watch_all()? else {
        context.tell(context.say("La salle ne montre pas de journal.", "The room shows no log."));
        return Ok(Exit::Failed.into());
    };
    let tree = tree(&connection, checkpoint.size)?;
    let entries = list::entries(&connection, &list::Filter::default())?;
    let mut wrong = Vec::new();
    if tree.root(checkpoint.size) != Some(checkpoint.root) {
        wrong.push(Wrong::Root);
    }
    wrong.extend(entries_wrong(&tree, &entries));
    for (path, note) in since {
        // Its signature was checked when it was kept; what matters is that the log still is that one.
        let then = Checkpoint::unverified(note).ok().filter(|then| then.origin == checkpoint.origin);
        if then.is_none_or(|then| tree.root(then.size) != Some(then.root)) {
            wrong.push(Wrong::Since(path.clone()));
        }
    }
    let witnesses = witnesses(&tree, &checkpoint.origin, &cosigned, &args.witness, &mut wrong);
    if args.connection.json {
        let wrong: Vec<String> = wrong.iter().map(|wrong| wrong.text(Language::En)).collect();
        let log = trust::as_json(&kept.key, &checkpoint);
        context.print_json(
            &json!({ "log": log, "entries_read": entries.len(), "witnesses": witnesses, "wrong": wrong }),
        )?;
    } else {
        context.print(told(&checkpoint, entries.len(), &wrong, context.language))?;
        for Seen { member, size, key } in &witnesses {
            let size = t::count(*size, context.language);
            let words = context.say("s’est porté témoin des premières", "vouched for the first");
            context.print(format_args!("{member} {words} {size} {} ({key})", context.say("entrées", "entries")))?;
        }
    }
    Ok(if wrong.is_empty() { Exit::Done } else { Exit::LogBroken }.into())
}

/// What a witness saw.
#[derive(Debug, Serialize)]
struct Seen {
    member: String,
    size: u64,
    key: String,
}

/// The witnesses whose checkpoints the log extends; one that saw another log is wrong, as is one that is known and saw nothing.
fn witnesses(
    tree: &Tree,
    origin: &str,
    cosigned: &[ShownCosigned],
    known: &[PublicKey],
    wrong: &mut Vec<Wrong>,
) -> Vec<Seen> {
    let mut seen = Vec::new();
    for ShownCosigned { member, key, note } in cosigned {
        let holds = key.parse::<PublicKey>().ok().filter(|key| {
            key.name() == member && cosigners(note, std::slice::from_ref(key)).is_ok_and(|names| !names.is_empty())
        });
        let then = Checkpoint::unverified(note).ok().filter(|then| then.origin == origin);
        match holds.and(then) {
            Some(then) if tree.root(then.size) == Some(then.root) => {
                seen.push(Seen { member: member.clone(), size: then.size, key: key.clone() });
            }
            _ => wrong.push(Wrong::Witness(member.clone())),
        }
    }
    let unseen = known.iter().map(ToString::to_string).filter(|key| !seen.iter().any(|seen| seen.key == *key));
    wrong.extend(unseen.map(Wrong::NoWitness));
    seen
}

/// The tree of the leaves that the room says it has; nothing of it is believed until its root is the signed one.
fn tree(connection: &Connection, size: u64) -> Result<Tree, ConnectionError> {
    let mut tree = Tree::default();
    while tree.len() < size {
        let bytes = connection.bytes(&format!("/api/v1/audit/hashes?from={}", tree.len()))?;
        if bytes.is_empty() {
            break;
        }
        for hash in bytes.chunks_exact(32).take(PAGE) {
            tree.push(hash.try_into().unwrap_or_default());
        }
    }
    Ok(tree)
}

fn entries_wrong(tree: &Tree, entries: &[(String, Entry)]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut last: Option<(u64, jiff::Timestamp)> = None;
    for (leaf, entry) in entries {
        // What was written since the tree was read is another verification's.
        if entry.position >= tree.len() {
            continue;
        }
        if tree.leaf(entry.position) != Some(leaf_hash(leaf.as_bytes())) {
            wrong.push(Wrong::Entry(entry.position));
        }
        let at = entry.at.parse::<jiff::Timestamp>().ok();
        match (at, last) {
            (Some(at), Some((position, before))) if position >= entry.position || before > at => {
                wrong.push(Wrong::Order(entry.position));
            }
            (Some(at), _) => last = Some((entry.position, at)),
            (None, _) => wrong.push(Wrong::Order(entry.position)),
        }
    }
    wrong
}

fn told(checkpoint: &Checkpoint, entries: usize, wrong: &[Wrong], language: Language) -> String {
    let size = t::count(checkpoint.size, language);
    let entries = t::count(entries as u64, language);
    if wrong.is_empty() {
        return if language == Language::Fr {
            format!(
                "Le journal tient : {size} entrées, toutes sous la racine que la salle a signée; les {entries} qui vous concernent y sont, à leur place."
            )
        } else {
            format!(
                "The log holds: {size} entries, all under the root that the room signed; the {entries} that concern you are among them, in their places."
            )
        };
    }
    let title = choose(language, ("Le journal ne tient pas :", "The log does not hold:"));
    let lines: Vec<String> = wrong.iter().map(|wrong| format!("  – {}", wrong.text(language))).collect();
    format!("{title}\n{}", lines.join("\n"))
}
