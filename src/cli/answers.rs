//! `camerata answers`: the answers that the member was given, and how one is shown.

use super::{
    answer::Answer,
    connection::{Connection, RoomArgs},
    context::{Context, choose},
    exit::{Exit, UsageError},
    table::{Align, Table},
    typography as t,
};
use crate::model::{Language, Named};
use serde::Deserialize;
use serde_json::Value;
use std::process::ExitCode;

/// List the answers your member was given, or show one again at no cost
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The answer to show
    id: Option<String>,
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, Deserialize)]
struct List {
    answers: Vec<Answer>,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let path = match &args.id {
        None => "/api/v1/answers".to_owned(),
        Some(id) if id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') => {
            format!("/api/v1/answers/{id}")
        }
        Some(_) => {
            return Err(UsageError(
                context.say("ce n’est pas le nom d’une réponse", "that is not the name of an answer").into(),
            )
            .into());
        }
    };
    let answer: Value = connection.get(&path)?;
    if args.room.json {
        context.print_json(&answer)?;
    } else if args.id.is_some() {
        context.print(connection.understand::<Answer>(answer)?.render(context.language))?;
    } else {
        context.print(list(&connection.understand::<List>(answer)?.answers, context.language))?;
    }
    Ok(Exit::Done.into())
}

fn list(answers: &[Answer], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    if answers.is_empty() {
        return say("Aucune réponse pour l’instant.", "No answer yet.").to_owned();
    }
    let mut table = Table::new(&[
        (say("Réponse", "Answer"), Align::Left),
        (say("Date", "Date"), Align::Left),
        (say("Modèle", "Template"), Align::Left),
        (say("Auditoires", "Audiences"), Align::Left),
        (say("Finalité", "Purpose"), Align::Left),
        (say("Résultat", "Result"), Align::Right),
        ("±", Align::Right),
        ("ε", Align::Right),
    ]);
    for answer in answers {
        let audiences: Vec<String> = answer.audiences.values().flat_map(Named::list).map(ToString::to_string).collect();
        table.row([
            answer.id.to_string(),
            t::day(&answer.recorded).to_owned(),
            answer.template.clone(),
            audiences.join(" × "),
            answer.purpose.clone(),
            answer.in_short(language),
            t::count(answer.released_margin, language),
            t::real(answer.epsilon, language),
        ]);
    }
    table.render()
}
