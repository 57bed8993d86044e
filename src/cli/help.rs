//! The help of every command in French. The English wording stands beside each argument, in the commands themselves; a command
//! that isn't listed here shows that one.

use super::environment;
use crate::model::Language;
use clap::{Arg, ArgAction, Command};
use std::env;

/// Command, argument (empty: the command itself), and the French wording. An empty command stands for every one.
const FRENCH: &[(&str, &str, &str)] = &[
    ("camerata", "", "Salle blanche de données : compare des auditoires sans montrer la clientèle de personne"),
    ("", "lang", "Langue des messages"),
    ("", "help", "Afficher cette aide"),
    ("", "version", "Afficher la version"),
    ("", "json", "Afficher la réponse de la salle en JSON"),
    ("", "room_url", "Adresse de la salle [par défaut : http://127.0.0.1:8100]"),
    (
        "",
        "token_file",
        "Fichier qui contient le jeton (ou la variable CAMERATA_TOKEN; jamais sur la ligne de commande, que l’interpréteur retient)",
    ),
    (
        "",
        "allow_http",
        "Parler en http simple à une autre machine : qui écoute en chemin peut lire le jeton et s’en servir",
    ),
    ("", "template", "Modèle d’analyse : voir « camerata templates »"),
    ("", "a", "Auditoire « a » du modèle : voir « camerata audiences »"),
    ("", "b", "Auditoire « b » du modèle"),
    ("", "audiences", "Autre auditoire du modèle, par son nom : --audience c=festival/abonnes"),
    ("", "purpose", "Finalité : à quoi servira la réponse"),
    ("", "match_on", "Identifiant qui fait correspondre les personnes [par défaut : email]"),
    ("", "margin", "Marge d’erreur acceptable : la moitié de l’intervalle à 95 %, en personnes"),
    ("upload", "", "Envoyer à la salle un fichier fait par « camerata hash » : la nouvelle version d’un auditoire"),
    ("upload", "file", "Fichier d’identifiants hachés, CSV ou Parquet"),
    ("upload", "audience", "Auditoire de votre membre dont ce sera la nouvelle version"),
    ("upload", "shape", "Une liste a une rangée par personne; des événements en ont plusieurs"),
    ("upload", "purposes", "Finalités permises (à répéter, ou séparées par des virgules)"),
    ("upload", "legal_basis", "Base légale, ou texte du consentement"),
    ("upload", "collected", "Jour de la collecte (AAAA-MM-JJ)"),
    ("upload", "expires", "Jour où la salle détruira cette version (AAAA-MM-JJ)"),
    ("upload", "profile", "Normalisation des identifiants, si l’en-tête ne la dit pas : google, meta ou uid2"),
    ("upload", "columns", "Colonnes du vocabulaire à envoyer aussi"),
    ("upload", "resume", "Reprendre un téléversement interrompu : même fichier, mêmes colonnes, même profil"),
    ("ask", "", "Poser une question approuvée sur des auditoires"),
    ("estimate", "", "Dire ce que coûterait une question, sans la poser"),
    ("estimate", "rho", "Perte à dépenser (ρ, zCDP) au lieu de la marge, qui en découle"),
    ("budget", "", "Montrer les budgets de vie privée : ce qui est dépensé, ce qui reste"),
    ("audiences", "", "Lister les auditoires de la salle"),
    ("answers", "", "Lister les réponses données à votre membre, ou en revoir une sans frais"),
    ("answers", "id", "Réponse à revoir"),
    ("templates", "", "Lister les modèles d’analyse : les questions permises"),
    ("completions", "", "Afficher de quoi compléter les commandes dans un interpréteur"),
    ("completions", "shell", "Interpréteur de commandes"),
];

fn french(command: &str, argument: &str) -> Option<&'static str> {
    let find = |of: &str| FRENCH.iter().find(|(c, a, _)| *c == of && *a == argument).map(|(_, _, words)| *words);
    find(command).or_else(|| find("").filter(|_| !argument.is_empty()))
}

/// The command with its help in one language.
pub fn localise(command: Command, language: Language) -> Command {
    let command = command.after_help(environment::table(language));
    match language {
        Language::Fr => in_french(command).subcommand_help_heading("Commandes\u{a0}").disable_help_subcommand(true),
        Language::En => command.disable_help_subcommand(true),
    }
}

fn in_french(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let command = command.disable_help_flag(true).arg(help).mut_args(|argument| {
        let heading = if argument.is_positional() { "Arguments\u{a0}" } else { "Options\u{a0}" };
        let argument = argument.help_heading(heading);
        match french(&name, argument.get_id().as_str()) {
            Some(words) => argument.help(words).long_help(None::<&str>),
            None => argument,
        }
    });
    let command = match french(&name, "") {
        Some(words) => command.about(words).long_about(None::<&str>),
        None => command,
    };
    command
        .help_template("{about-with-newline}\nUtilisation\u{a0}: {usage}\n\n{all-args}{after-help}\n")
        .mut_subcommands(in_french)
}

/// The language to speak: the one named on the command line, else the environment's.
pub fn language() -> Language {
    let arguments = env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    language_named(arguments).unwrap_or_else(environment::language)
}

/// The language named on the command line, looked for before the line is read so that its help and mistakes are told in it too.
fn language_named(arguments: impl Iterator<Item = String>) -> Option<Language> {
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let named = match argument.split_once('=') {
            Some(("--lang", value)) => Some(value.to_owned()),
            None if argument == "--lang" => arguments.next(),
            _ => None,
        };
        match named.as_deref() {
            Some("fr") => return Some(Language::Fr),
            Some("en") => return Some(Language::En),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_of_a_listed_command_has_french_words() {
        let command = crate::cli::command(Language::En);
        let listed: Vec<&Command> = command.get_subcommands().filter(|c| french(c.get_name(), "").is_some()).collect();
        assert!(listed.len() >= 8);
        for subcommand in listed {
            for argument in subcommand.get_arguments() {
                let (name, id) = (subcommand.get_name(), argument.get_id().as_str());
                assert!(french(name, id).is_some(), "`camerata {name}`: {id} has no French help");
            }
        }
    }

    #[test]
    fn the_language_is_known_before_the_line_is_read() {
        let named = |line: &str| language_named(line.split(' ').map(str::to_owned));
        assert_eq!(named("camerata budget --lang en"), Some(Language::En));
        assert_eq!(named("camerata --lang=fr --nonsense"), Some(Language::Fr));
        assert_eq!(named("camerata --lang"), None);
        assert_eq!(named("camerata --language en"), None);
    }
}
