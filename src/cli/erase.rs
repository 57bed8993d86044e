//! `camerata erase`: erases people from everything that a member holds in the room.

use super::{
    connection::{Connection, ConnectionArgs},
    context::{Context, choose},
    exit::Exit,
    table::{Align, Table},
    typography as t,
    upload::summary,
};
use crate::{
    identity::{
        Profile,
        hashed::{self, HashedOptions},
    },
    model::{ErasedFrom, ErasureOutcome, Language, NotSearched, WhyNotSearched},
};
use std::{io::Read, path::PathBuf, process::ExitCode};

/// Erase people from all your member's audiences, by a file made by `camerata hash`
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The file: hashed identifiers of the people to erase, CSV or Parquet; every identifier of theirs that you have
    file: PathBuf,
    /// How the identifiers were normalised, where the file's header doesn't say: google, meta or uid2
    #[arg(long)]
    profile: Option<Profile>,
    /// Print the room's answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs the command.
///
/// # Errors
/// When the file can't be read, or the room can't be reached or refuses.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let options = HashedOptions { profile: args.profile, columns: Vec::new() };
    let source = hashed::open(&args.file, options).map_err(|error| anyhow::anyhow!(error.message(context.language)))?;
    let mut list = Vec::new();
    source.reader_at(0)?.read_to_end(&mut list)?;
    let connection = Connection::open(&args.connection, context)?;
    let answer: serde_json::Value = connection.post_list("/api/v1/erasures", &list)?;
    if args.json {
        context.print_json(&answer)?;
    } else {
        context.print(render(&connection.understand(answer)?, context.language))?;
    }
    Ok(Exit::Done.into())
}

/// What was erased, and what couldn't be searched.
fn render(outcome: &ErasureOutcome, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let found = outcome.erased.iter().any(|one| one.persons.values().any(|persons| *persons > 0));
    let mut parts = vec![if found { table(&outcome.erased, language) } else { nobody(outcome, language).to_owned() }];
    if !outcome.not_searched.is_empty() {
        let title = say("Ces personnes peuvent encore se trouver ici", "These people can still be in the following");
        let lines = outcome.not_searched.iter().map(|missed| format!("  {}", not_searched(missed, language)));
        parts.push(format!("{}\n{}", t::label(title, language), lines.collect::<Vec<_>>().join("\n")));
    }
    let line = |title: &str, count| format!("{} {}", t::label(title, language), t::count(count, language));
    parts.push(line(say("rangées prises", "rows taken"), outcome.rows_taken));
    if outcome.rows_rejected > 0 || !outcome.rejected.is_empty() {
        parts.push(line(say("rangées refusées", "rows refused"), outcome.rows_rejected));
        parts.push(summary::rejected(&outcome.rejected, &outcome.first_lines, language));
    }
    parts.join("\n\n")
}

/// Nobody is said to be nowhere as long as somebody can be where the list wasn't searched for.
fn nobody(outcome: &ErasureOutcome, language: Language) -> &'static str {
    let words = match (outcome.erased.is_empty(), outcome.not_searched.is_empty()) {
        (false, true) => {
            ("Personne de cette liste n’est dans vos auditoires.", "Nobody on this list is in your audiences.")
        }
        (false, false) => (
            "Personne de cette liste n’a été trouvé là où on a cherché.",
            "Nobody on this list was found where it was searched for.",
        ),
        (true, false) => (
            "Cette liste n’a permis de fouiller aucun de vos auditoires.",
            "None of your audiences could be searched with this list.",
        ),
        (true, true) => (
            "Vous n’avez aucun auditoire en vigueur : il n’y avait rien à fouiller.",
            "You have no audience in force: there was nothing to search.",
        ),
    };
    choose(language, words)
}

/// An audience that wasn't searched, why, and what to do.
fn not_searched(missed: &NotSearched, language: Language) -> String {
    let NotSearched { audience, profile, kinds, why } = missed;
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind_of(kind, language)).collect();
    let kinds = kinds.join(", ");
    match (why, language) {
        (WhyNotSearched::Profile, Language::Fr) => format!(
            "{audience}, haché selon le profil {profile} : hachez la même liste selon ce profil (camerata hash --profile {profile}), et effacez de nouveau"
        ),
        (WhyNotSearched::Profile, Language::En) => format!(
            "{audience}, hashed by the profile {profile}: hash the same list by that profile (camerata hash --profile {profile}), and erase once more"
        ),
        (WhyNotSearched::Kind, Language::Fr) => format!(
            "{audience}, par {kinds} : la liste n’a pas d’identifiants de ce genre; ajoutez ceux des mêmes personnes, et effacez de nouveau"
        ),
        (WhyNotSearched::Kind, Language::En) => format!(
            "{audience}, by {kinds}: the list holds no such identifiers; add those of the same people, and erase once more"
        ),
    }
}

fn kind_of(kind: &str, language: Language) -> &str {
    match kind {
        "email" => choose(language, ("courriel", "e-mail")),
        "phone" => choose(language, ("téléphone", "phone")),
        other => other,
    }
}

fn table(erased: &[ErasedFrom], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Auditoire", "Audience"), Align::Left),
        (say("Identifiant", "Identifier"), Align::Left),
        (say("Effacées", "Erased"), Align::Right),
        (say("Restent", "Left"), Align::Right),
        (say("Version", "Version"), Align::Left),
    ]);
    for one in erased {
        for (kind, persons) in &one.persons {
            let left = one.left.get(kind).copied().unwrap_or_default();
            let (persons, left) = (t::count(*persons, language), t::count(left, language));
            let kind = kind_of(kind, language).to_owned();
            table.row([one.audience.to_string(), kind, persons, left, one.version.to_string()]);
        }
    }
    table.render()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::{Value, json};

    fn told(erased: &Value, not_searched: &Value) -> [String; 2] {
        let outcome = json!({"rows_taken": 3, "rows_rejected": 0, "rejected": {}, "first_lines": {}, "erased": erased,
            "not_searched": not_searched});
        let outcome: ErasureOutcome = serde_json::from_value(outcome).unwrap();
        [Language::Fr, Language::En].map(|language| render(&outcome, language))
    }

    #[test]
    fn nobody_is_said_only_where_everything_was_searched() {
        let nobody =
            json!([{"audience": "festival/abonnes", "persons": {"email": 0}, "left": {"email": 9}, "version": 2}]);
        let missed =
            |why| json!([{"audience": "festival/infolettre", "profile": "meta", "kinds": ["phone"], "why": why}]);
        let [french, english] = told(&nobody, &json!([]));
        assert!(
            french.contains("n’est dans vos auditoires.") && english.contains("is in your audiences."),
            "{english}"
        );
        for (erased, why, words) in [
            (&nobody, "profile", ["camerata hash --profile meta", "camerata hash --profile meta"]),
            (&nobody, "kind", ["par téléphone", "by phone"]),
            (&json!([]), "profile", ["aucun de vos auditoires", "None of your audiences"]),
        ] {
            for (told, words) in told(erased, &missed(why)).iter().zip(words) {
                assert!(told.contains(words) && told.contains("festival/infolettre"), "{told}");
                assert!(!told.contains("est dans vos auditoires") && !told.contains("is in your audiences"), "{told}");
            }
        }
        let [french, english] = told(&json!([]), &json!([]));
        assert!(french.contains("rien à fouiller") && english.contains("nothing to search"), "{english}");
    }
}
