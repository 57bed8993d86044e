//! `camerata ask`: asks an approved question and shows its answer.

use super::{
    answer::Answer,
    connection::{Connection, RoomArgs},
    context::{Context, choose},
    exit::Exit,
    query::{self, Accuracy, Estimate, QueryArgs},
};
use serde_json::Value;
use std::process::ExitCode;

/// Ask an approved question about audiences
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    query: QueryArgs,
    /// The margin to live with: half the width of the 95 % interval, in persons
    #[arg(long, value_name = "N", value_parser = query::margin, allow_hyphen_values = true)]
    margin: u64,
    #[command(flatten)]
    room: RoomArgs,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let query = args.query.query(Accuracy::Margin(args.margin), context)?;
    let connection = Connection::open(&args.room.connection, context)?;
    if args.room.json {
        context.print_json(&connection.post::<Value>("/api/v1/queries", &query)?)?;
        return Ok(Exit::Done.into());
    }
    // Asked first because the answer tells the loss, but not what part of each budget it was.
    let estimate: Estimate = connection.post("/api/v1/estimate", &query)?;
    let answer: Answer = connection.post("/api/v1/queries", &query)?;
    context.print(answer.render(context.language))?;
    if !answer.replay && !estimate.accounts.is_empty() {
        context.print(format_args!("\n{}", query::shares(&estimate.accounts, context.language)))?;
    }
    if answer.replay && answer.released_margin < args.margin {
        let words = (
            "La salle avait déjà une réponse plus précise que demandé : la voici.",
            "The room already had a more exact answer than you asked for: here it is.",
        );
        context.tell(choose(context.language, words));
    }
    Ok(Exit::Done.into())
}
