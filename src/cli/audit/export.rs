//! `camerata audit export`: entries as JSON Lines, byte for byte as they were logged, or as CSV for a spreadsheet.

use super::{list, words};
use crate::{
    cli::{
        connection::{Connection, ConnectionArgs},
        context::Context,
        exit::Exit,
    },
    model::csv,
};
use anyhow::Context as _;
use clap::ValueEnum;
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Jsonl,
    Csv,
}

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// The file to write; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How to write it: jsonl keeps every byte, csv opens in a spreadsheet
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    #[command(flatten)]
    filter: list::Filter,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses, or the file is there already or can't be written.
pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.connection, context)?;
    let entries = list::entries(&connection, &args.filter)?;
    let place = || args.file.display().to_string();
    let mut out = BufWriter::new(File::create_new(&args.file).with_context(place)?);
    if args.format == Format::Csv {
        // A byte order mark, so that spreadsheets read the accents.
        writeln!(out, "\u{feff}position,at,what,member,user,about,rho,leaf").with_context(place)?;
    }
    for (leaf, entry) in &entries {
        if args.format == Format::Jsonl {
            writeln!(out, "{leaf}").with_context(place)?;
            continue;
        }
        let (member, user) =
            entry.by.as_ref().map_or_else(Default::default, |by| (by.member.to_string(), by.user.clone()));
        let rho = words::rho(entry).map_or_else(String::new, |rho| rho.to_string());
        let cells =
            [entry.position.to_string(), entry.at.clone(), entry.what.word(), member, user, words::about(entry), rho];
        let cells = cells.iter().chain([leaf]).map(|cell| csv::cell(cell)).collect::<Vec<_>>();
        writeln!(out, "{}", cells.join(",")).with_context(place)?;
    }
    out.into_inner().map_err(|error| error.into_error()).and_then(|file| file.sync_all()).with_context(place)?;
    context.tell(format_args!("{} {}", context.say("Entrées écrites :", "Entries written:"), entries.len()));
    Ok(Exit::Done.into())
}
