//! What was: the policies' log, and the files of any version.

use super::{Version, render};
use crate::{
    cli::{
        connection::{Connection, RoomArgs},
        context::Context,
        exit::{Exit, UsageError},
        typography as t,
    },
    policy::Entry,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Show what happened to the policies: who proposed, approved and published what, when and why
#[derive(Debug, clap::Args)]
pub(in crate::cli::policy) struct Log {
    #[command(flatten)]
    room: RoomArgs,
}

/// Show a version's files, or the one in force; or write them to a folder
#[derive(Debug, clap::Args)]
pub(in crate::cli::policy) struct Show {
    /// The version [default: the one in force]
    version: Option<String>,
    /// A new folder to write the files to
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, Deserialize)]
struct Logged {
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct InForce {
    version: String,
}

pub(in crate::cli::policy) fn log(args: &Log, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let answer: Value = connection.get("/api/v1/policy/log")?;
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.print(render::log(&connection.understand::<Logged>(answer)?.entries, context.language))?;
    }
    Ok(Exit::Done.into())
}

pub(in crate::cli::policy) fn show(args: &Show, context: &Context) -> anyhow::Result<ExitCode> {
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
