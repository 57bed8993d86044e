//! Every environment variable that the program reads, with what it is for. `camerata --help` prints this table, and a
//! test (`tests/client/tidy.rs`) fails when the source names a `CAMERATA_` variable that is missing here.

use super::context::Words;
use crate::model::Language;
use std::env;

/// Where the room answers.
pub const URL: &str = "CAMERATA_URL";
/// The bearer token, for the commands that speak to a room.
pub const TOKEN: &str = "CAMERATA_TOKEN";
/// A file that holds the bearer token.
pub const TOKEN_FILE: &str = "CAMERATA_TOKEN_FILE";
/// The language of messages.
pub const LANG: &str = "CAMERATA_LANG";
/// What is logged to stderr.
pub const LOG: &str = "CAMERATA_LOG";
/// Set by the reader who wants no colour (<https://no-color.org>).
pub const NO_COLOR: &str = "NO_COLOR";

/// Name, French meaning, English meaning.
pub const VARIABLES: &[(&str, Words)] = &[
    (URL, ("adresse de la salle (par défaut http://127.0.0.1:8100)", "address of the room (default http://127.0.0.1:8100)")),
    (TOKEN, ("jeton d’accès à la salle", "access token for the room")),
    (TOKEN_FILE, ("fichier qui contient le jeton", "file that holds the token")),
    (LANG, ("langue des messages, fr ou en; sinon LC_ALL, puis LANG", "language of messages, fr or en; else LC_ALL, then LANG")),
    (LOG, ("journal technique sur stderr : error, warn, info, debug", "technical log on stderr: error, warn, info, debug")),
    (NO_COLOR, ("pas de couleurs", "no colours")),
];

/// The value of a variable, unless it is unset, empty or not UTF-8.
#[expect(clippy::disallowed_methods, reason = "the one place where the command line reads the environment")]
pub fn read(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The language that the environment asks for; French when it doesn't say.
pub fn language() -> Language {
    let tag = [LANG, "LC_ALL", "LANG"].iter().find_map(|name| read(name));
    Language::from_tag(tag.as_deref().unwrap_or("fr"))
}

/// The table of variables, for the end of the help.
pub fn table(language: Language) -> String {
    let mut text = String::from(super::context::choose(language, ("Variables d’environnement :", "Environment:")));
    for (name, meaning) in VARIABLES {
        text.push_str(&format!("\n  {name:<20} {}", super::context::choose(language, *meaning)));
    }
    text
}
