//! `camerata letters`: which letters the room sends to who asks.

use super::{
    connection::{Connection, RoomArgs},
    context::{Context, choose},
    exit::Exit,
    table::{Align, Table},
};
use crate::model::Language;
use serde::Deserialize;
use serde_json::{Value, json};
use std::process::ExitCode;

const PATH: &str = "/api/v1/me/letters";

/// Show which letters the room sends you, or turn some off or on
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Kind of letter to receive no more; again for several
    #[arg(long, value_name = "KIND")]
    off: Vec<String>,
    /// Kind of letter to receive again; again for several
    #[arg(long, value_name = "KIND")]
    on: Vec<String>,
    #[command(flatten)]
    room: RoomArgs,
}

#[derive(Debug, Deserialize)]
struct Letters {
    letters: Vec<Letter>,
}

#[derive(Debug, Deserialize)]
struct Letter {
    kind: String,
    on: bool,
    optional: bool,
}

/// Runs the command.
///
/// # Errors
/// When the room can't be reached, or knows no such kind, or one always comes.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let connection = Connection::open(&args.room.connection, context)?;
    let mut answer: Value = connection.get(PATH)?;
    if !(args.off.is_empty() && args.on.is_empty()) {
        let letters: Letters = connection.understand(answer)?;
        let kept = letters.letters.into_iter().filter(|letter| !letter.on).map(|letter| letter.kind);
        let mut off: Vec<String> =
            kept.chain(args.off.iter().cloned()).filter(|kind| !args.on.contains(kind)).collect();
        off.sort();
        off.dedup();
        connection.put::<Value>(PATH, &json!({ "off": off }))?;
        answer = connection.get(PATH)?;
    }
    if args.room.json {
        context.print_json(&answer)?;
    } else {
        context.print(render(&connection.understand(answer)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

fn render(letters: &Letters, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Lettre", "Letter"), Align::Left),
        (say("Reçue", "Received"), Align::Left),
        (say("Quand", "When"), Align::Left),
    ]);
    for letter in &letters.letters {
        let received = match (letter.on, letter.optional) {
            (true, true) => say("oui", "yes"),
            (true, false) => say("toujours", "always"),
            (false, _) => say("non", "no"),
        };
        table.row([letter.kind.clone(), received.to_owned(), meaning(&letter.kind, language).to_owned()]);
    }
    table.render()
}

fn meaning(kind: &str, language: Language) -> &'static str {
    let words = match kind {
        "invitation" => ("on vous invite", "you are invited"),
        "invited-again" => ("on vous invite, et vous avez un compte", "you are invited, and have an account"),
        "recovery" => ("vous avez demandé un nouveau mot de passe", "you asked for another password"),
        "new-device" => ("on se connecte d’un nouveau navigateur", "somebody signs in from a new browser"),
        "secrets-changed" => ("un moyen de vous connecter change", "a means of signing in changes"),
        "proposal" => ("une proposition attend votre accord", "a proposal waits for your approval"),
        "template-proposal" => ("un modèle d’analyse attend votre accord", "a template waits for your approval"),
        "template-failed" => {
            ("un modèle a été retiré : échec du moteur", "a template was withdrawn: the engine failed")
        }
        "expiring" => ("un auditoire expire dans 14 jours ou moins", "an audience expires within 14 days"),
        "budget" => ("plus de 80 % de votre budget est dépensé", "more than 80% of your budget is spent"),
        _ => ("", ""),
    };
    choose(language, words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_always_comes_is_told_from_what_may_be_turned_off() {
        let letters = json!({ "letters": [
            { "kind": "recovery", "on": true, "optional": false },
            { "kind": "budget", "on": false, "optional": true },
            { "kind": "expiring", "on": true, "optional": true },
        ]});
        let text = render(&serde_json::from_value(letters).unwrap(), Language::En);
        let line = |kind: &str| text.lines().find(|line| line.contains(kind)).unwrap().to_owned();
        assert!(line("recovery").contains("always") && line("budget").contains("no"), "{text}");
        assert!(line("expiring").contains("yes"), "{text}");
    }
}
