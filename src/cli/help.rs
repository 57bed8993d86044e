//! The help of every command in French. The English wording stands beside each argument, in the commands themselves.

mod audit;
mod people;
mod policy;

use super::environment;
use crate::model::Language;
use clap::{Arg, ArgAction, Command};
use std::env;

/// Command (`policy check` for one below another), argument (empty: the command itself), and the French wording. An empty
/// command stands for every one.
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
    (
        "",
        "audiences",
        "Auditoire du modèle, par son nom : --audience c=festival/abonnes; à répéter là où il en prend plusieurs",
    ),
    ("", "settings", "Valeur d’un paramètre du modèle : --set days=28"),
    ("", "purpose", "Finalité : à quoi servira la réponse"),
    ("", "match_on", "Identifiant qui fait correspondre les personnes [par défaut : email]"),
    ("", "margin", "Marge d’erreur acceptable : la moitié de l’intervalle à 95 %, en personnes"),
    (
        "erase",
        "",
        "Effacer des personnes de tous les auditoires de votre membre, d’après un fichier fait par « camerata hash »",
    ),
    (
        "erase",
        "file",
        "Fichier d’identifiants hachés des personnes à effacer, CSV ou Parquet; tous les identifiants que vous avez d’elles",
    ),
    ("erase", "profile", "Normalisation des identifiants, si l’en-tête ne la dit pas : google, meta ou uid2"),
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
    (
        "hash",
        "",
        "Hacher une exportation sur cette machine : courriels et téléphones y entrent, des empreintes en sortent",
    ),
    ("hash", "input", "Exportation à hacher : CSV, TSV ou Parquet; - pour l’entrée standard"),
    ("hash", "out", "Fichier d’empreintes à faire, .csv ou .parquet; - pour du CSV sur la sortie standard"),
    ("hash", "profile", "Normalisation des identifiants : google, meta ou uid2"),
    ("hash", "country", "Pays des numéros de téléphone écrits sans indicatif de pays"),
    ("hash", "report", "Rapport de ce qui n’a pas été pris : ligne, colonne, raison"),
    ("hash", "map", "Colonne du vocabulaire à garder, et son nom dans l’exportation : genre=Style"),
    ("hash", "email", "Colonne de courriels, si son nom ne le dit pas (à répéter au besoin)"),
    ("hash", "phone", "Colonne de téléphones, si son nom ne le dit pas (à répéter au besoin)"),
    ("hash", "no_email", "Laisser les courriels de côté"),
    ("hash", "no_phone", "Laisser les téléphones de côté"),
    ("hash", "delimiter", "Signe entre les cellules, s’il ne se devine pas : , ; | ou tab"),
    ("demo", "", "Faire une salle pilote de cinq membres, avec des gens inventés, et la servir"),
    ("demo", "dir", "Dossier du pilote; s’il est déjà là, il sert de nouveau"),
    ("demo", "port", "Port d’écoute"),
    ("demo", "people", "Combien de gens inventer"),
    ("demo", "seed", "Ce dont les gens sont tirés : même graine, mêmes gens"),
    ("demo", "check", "Parcourir tout le chemin par HTTP, dire chaque pas, et finir par 0 seulement si tous ont tenu"),
    ("init", "", "Fonder une salle vide : clés, base, ententes et modèles de départ"),
    ("init", "dir", "Dossier nouveau ou vide"),
    ("serve", "", "Ouvrir une salle et servir son API"),
    ("serve", "room", "Dossier de la salle"),
    ("serve", "port", "Port d’écoute"),
    (
        "serve",
        "address",
        "Adresse d’écoute; toute autre que la boucle locale demande un certificat, ou un mandataire TLS de confiance",
    ),
    ("doctor", "", "Examiner comment une salle est tenue sur cette machine, et dire quoi corriger"),
    ("doctor", "room", "Dossier de la salle; sans lui, seule la machine est examinée"),
    ("doctor", "json", "Afficher en JSON ce qui a été trouvé"),
    ("backup", "", "Sauvegarder une salle, pendant qu’elle sert, dans un seul fichier chiffré"),
    ("backup", "file", "Fichier à faire; un fichier déjà là n’est jamais écrasé"),
    ("backup", "room", "Dossier de la salle"),
    (
        "backup",
        "passphrase_file",
        "Fichier dont la première ligne est la phrase de passe (ou la variable CAMERATA_BACKUP_PASSPHRASE)",
    ),
    (
        "backup",
        "recipients",
        "Clé publique à qui va la sauvegarde (age1…, de « age-keygen »), au lieu d’une phrase de passe; à répéter pour plusieurs",
    ),
    ("backup", "json", "Afficher en JSON ce que la sauvegarde contient"),
    ("restore", "", "Refaire une salle d’une sauvegarde, dans un nouveau dossier"),
    ("restore", "file", "La sauvegarde"),
    ("restore", "folder", "Dossier nouveau ou vide"),
    (
        "restore",
        "passphrase_file",
        "Fichier dont la première ligne est la phrase de passe (ou la variable CAMERATA_BACKUP_PASSPHRASE)",
    ),
    (
        "restore",
        "identity",
        "Fichier de clés privées, comme en fait « age-keygen », pour une sauvegarde faite avec --recipient",
    ),
    ("restore", "json", "Afficher en JSON ce que la sauvegarde contenait"),
    ("token", "", "Créer un jeton pour une personne d’un membre, ou révoquer les siens"),
    ("token", "room", "Dossier de la salle"),
    ("token", "member", "Membre de la personne"),
    ("token", "user", "Nom de la personne"),
    ("token", "role", "Rôle : marketer, officer, steward ou host"),
    ("token", "days", "Jours que dure le jeton, au plus 365"),
    ("token", "revoke", "Mettre fin aux jetons de la personne"),
    ("template", "", "Travailler sur les modèles d’analyse"),
    ("template check", "", "Vérifier que les modèles restent à l’échelle d’une personne; finit par 3 sinon"),
    ("template check", "file", "Fichier .sql ou .toml d’un modèle; sans lui, tous les modèles du dossier"),
    ("template", "templates", "Dossier des modèles approuvés"),
    ("template", "policies", "Dossier des politiques : son vocabulaire et ses chiffres de vie privée"),
    ("template explain", "", "Montrer comment se calcule ce qu’un modèle publie et ce qu’il coûte, chiffres à l’appui"),
    ("template explain", "name", "Nom du modèle"),
    ("template explain", "margin", "Marge d’erreur, en personnes [par défaut : celle du modèle]"),
    ("template new", "", "Commencer un nouveau modèle : deux fichiers à remplir"),
    ("template new", "name", "Nom du nouveau modèle : a-z, 0-9, - et _"),
    ("template schema", "", "Afficher le schéma JSON des manifestes, pour un éditeur"),
    (
        "template propose",
        "",
        "Proposer un modèle à la salle, ou une nouvelle version; c’est l’approuver pour votre membre",
    ),
    ("template propose", "file", "Fichier .sql ou .toml du modèle; l’autre est à côté"),
    ("template propose", "why", "Pourquoi, en une phrase; tout le monde la lit"),
    ("template approve", "", "Laisser un modèle servir sur les auditoires de votre membre"),
    ("template approve", "version", "Nom du modèle, pour sa version la plus récente, ou empreinte d’une version"),
    ("template approve", "all", "La version la plus récente de chaque modèle"),
    ("template withdraw", "", "Retirer aussitôt l’accord de votre membre à un modèle"),
    (
        "template withdraw",
        "version",
        "Nom du modèle, pour toutes les versions que votre membre a approuvées, ou empreinte d’une version",
    ),
    ("template show", "", "Montrer les deux fichiers d’un modèle tels que la salle les a, et qui les a approuvés"),
    ("template show", "name", "Nom du modèle"),
    ("template show", "version", "Empreinte de la version [par défaut : la plus récente]"),
    (
        "template log",
        "",
        "Montrer ce qui est arrivé aux modèles : qui a proposé, approuvé ou retiré quelle version, quand et pourquoi",
    ),
    ("completions", "", "Afficher de quoi compléter les commandes dans un interpréteur"),
    ("completions", "shell", "Interpréteur de commandes"),
];

fn french(command: &str, argument: &str) -> Option<&'static str> {
    let find = |of: &str| {
        let mut all = FRENCH.iter().chain(policy::FRENCH).chain(audit::FRENCH).chain(people::FRENCH);
        all.find(|(c, a, _)| *c == of && *a == argument).map(|(_, _, words)| *words)
    };
    // An argument that subcommands share is told once, with the command above them, or with all.
    let above = command.rsplit_once(' ').map_or("", |(above, _)| above);
    find(command).or_else(|| [above, ""].into_iter().filter(|_| !argument.is_empty()).find_map(find))
}

/// The command with its help in one language.
pub fn localise(command: Command, language: Language) -> Command {
    let command = command.after_help(environment::table(language));
    match language {
        Language::Fr => in_french(command, "").disable_help_subcommand(true),
        Language::En => command.disable_help_subcommand(true),
    }
}

fn in_french(command: Command, above: &str) -> Command {
    let name = format!("{above}{}", command.get_name());
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let mut command = command.disable_help_flag(true).arg(help);
    if command.get_version().is_some() {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        command = command.disable_version_flag(true).arg(version);
    }
    let command = command.mut_args(|argument| {
        let heading = if argument.is_positional() { "Arguments\u{a0}" } else { "Options\u{a0}" };
        let argument = argument.help_heading(heading);
        match french(&name, argument.get_id().as_str()) {
            Some(words) => told(argument, words),
            None => argument,
        }
    });
    let below = if name == "camerata" { String::new() } else { format!("{name} ") };
    let command = match french(&name, "") {
        Some(words) => command.about(words).long_about(None::<&str>),
        None => command,
    };
    command
        .subcommand_help_heading("Commandes\u{a0}")
        .subcommand_value_name("COMMANDE")
        .help_template("{about-with-newline}\nUtilisation\u{a0}: {usage}\n\n{all-args}{after-help}\n")
        .mut_subcommands(|command| in_french(command, &below))
}

/// The argument with its French wording, default and possible values included, which clap would tell in English.
fn told(argument: Arg, words: &str) -> Arg {
    let mut words = words.to_owned();
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if !defaults.is_empty() && argument.get_action().takes_values() {
        words.push_str(&format!(" [par défaut : {}]", defaults.join(", ")));
    }
    let possible: Vec<String> =
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if !possible.is_empty() && argument.get_action().takes_values() {
        words.push_str(&format!(" [valeurs possibles : {}]", possible.join(", ")));
    }
    argument.help(words).long_help(None::<&str>).hide_default_value(true).hide_possible_values(true)
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
    fn every_command_and_argument_has_french_words() {
        let command = crate::cli::command(Language::En);
        let mut seen = 0;
        let mut commands: Vec<(String, &Command)> =
            command.get_subcommands().map(|below| (below.get_name().to_owned(), below)).collect();
        while let Some((name, command)) = commands.pop() {
            assert!(french(&name, "").is_some(), "`camerata {name}` has no French help");
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                assert!(french(&name, id).is_some(), "`camerata {name}`: {id} has no French help");
            }
            commands.extend(command.get_subcommands().map(|below| (format!("{name} {}", below.get_name()), below)));
            seen += 1;
        }
        assert!(seen >= 8);
    }

    #[test]
    fn french_help_has_no_english_in_it() {
        let mut command = crate::cli::command(Language::Fr);
        command.build();
        let mut commands = vec![command];
        while let Some(mut command) = commands.pop() {
            let help = command.render_long_help().to_string();
            for english in
                ["default:", "possible values", "Print ", "Usage:", "Folder", "Check ", "Commands", "<COMMAND>"]
            {
                assert!(!help.contains(english), "`{}` says `{english}`:\n{help}", command.get_name());
            }
            commands.extend(command.get_subcommands().cloned());
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
