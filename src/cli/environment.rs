//! Every environment variable that the program reads, with what it is for. `camerata --help` prints this table, and a
//! test (`tests/client/tidy.rs`) fails when the source names a `CAMERATA_` variable that is missing here.

use super::context::Words;
use crate::model::Language;
use std::{env, path::PathBuf};

/// Where the room answers.
pub const URL: &str = "CAMERATA_URL";
/// The bearer token, for the commands that speak to a room.
pub const TOKEN: &str = "CAMERATA_TOKEN";
/// A file that holds the bearer token.
pub const TOKEN_FILE: &str = "CAMERATA_TOKEN_FILE";
/// `off` where tokens are to be kept in a file though there is a keyring.
pub const KEYRING: &str = "CAMERATA_KEYRING";
/// The folder in which what was seen of rooms' logs is kept.
pub const STATE: &str = "CAMERATA_STATE";
/// The language of messages.
pub const LANG: &str = "CAMERATA_LANG";
/// What is logged to stderr.
pub const LOG: &str = "CAMERATA_LOG";
/// Set by the reader who wants no colour (<https://no-color.org>).
pub const NO_COLOR: &str = "NO_COLOR";

/// Where DuckDB's OpenSSL extension lies, for the room.
pub const DUCKDB_EXTENSION: &str = "CAMERATA_DUCKDB_EXTENSION";

/// The passphrase of a backup.
pub const BACKUP_PASSPHRASE: &str = "CAMERATA_BACKUP_PASSPHRASE";

/// Name, French meaning, English meaning.
pub const VARIABLES: &[(&str, Words)] = &[
    (
        URL,
        (
            "adresse de la salle (par défaut http://127.0.0.1:8100)",
            "address of the room (default http://127.0.0.1:8100)",
        ),
    ),
    (TOKEN, ("jeton d’accès à la salle", "access token for the room")),
    (TOKEN_FILE, ("fichier qui contient le jeton", "file that holds the token")),
    (KEYRING, ("off : le jeton de « camerata login » dans un fichier", "off: the token of `camerata login` in a file")),
    (
        STATE,
        (
            "dossier où est gardé ce qu’on a vu du journal des salles (par défaut ~/.local/state/camerata)",
            "folder that keeps what was seen of rooms’ logs (default ~/.local/state/camerata)",
        ),
    ),
    (
        LANG,
        (
            "langue des messages, fr ou en; sinon LC_ALL, puis LANG",
            "language of messages, fr or en; else LC_ALL, then LANG",
        ),
    ),
    (
        LOG,
        (
            "journal technique sur stderr : error, warn, info, debug",
            "technical log on stderr: error, warn, info, debug",
        ),
    ),
    (
        DUCKDB_EXTENSION,
        (
            "extension OpenSSL de DuckDB, pour qui tient la salle",
            "DuckDB’s OpenSSL extension, for whoever runs the room",
        ),
    ),
    ("CAMERATA_ADDRESS", ("adresse où la salle écoute", "address that the room listens on")),
    ("CAMERATA_PORT", ("port où la salle écoute", "port that the room listens on")),
    ("CAMERATA_THREADS", ("fils d’exécution d’une requête", "threads of a query")),
    ("CAMERATA_MEMORY_MIB", ("mémoire d’une requête, en Mio", "memory of a query, in MiB")),
    ("CAMERATA_DEADLINE_S", ("durée maximale d’une requête, en secondes", "longest that a query may take, in seconds")),
    (
        "CAMERATA_CHECKPOINT_FILE",
        ("point de contrôle de la salle, hors de son dossier", "the room’s checkpoint, outside its folder"),
    ),
    ("CAMERATA_QUERIES_MAX", ("requêtes à la fois", "queries at a time")),
    (
        "CAMERATA_WAITING_MAX",
        ("requêtes d’un membre qui peuvent attendre leur tour", "queries of one member that may wait for their turn"),
    ),
    (
        "CAMERATA_MS_PER_MILLION_ROWS",
        (
            "d’où se calcule l’instant où une réponse part, en ms par million de rangées",
            "what the time of an answer is computed by, in ms for a million rows",
        ),
    ),
    (BACKUP_PASSPHRASE, ("phrase de passe d’une sauvegarde", "passphrase of a backup")),
    (
        "CAMERATA_DATABASE_URL",
        ("PostgreSQL, au lieu de room.sqlite (postgres://…)", "PostgreSQL, in place of room.sqlite (postgres://…)"),
    ),
    ("CAMERATA_DATABASE_URL_FILE", ("fichier où cette adresse se trouve", "file that holds that address")),
    ("CAMERATA_SMTP_SERVER", ("serveur de courriel, pour les lettres", "mail server, for letters")),
    ("CAMERATA_SMTP_PORT", ("son port", "its port")),
    ("CAMERATA_SMTP_TLS", ("starttls, tls ou none", "starttls, tls or none")),
    ("CAMERATA_SMTP_FROM", ("expéditeur des lettres", "sender of letters")),
    ("CAMERATA_SMTP_USER", ("qui se connecte au serveur de courriel", "who signs in to the mail server")),
    ("CAMERATA_SMTP_PASSWORD", ("mot de passe du serveur de courriel", "password of the mail server")),
    ("CAMERATA_SMTP_PASSWORD_FILE", ("fichier qui le contient", "file that holds it")),
    (
        "CAMERATA_SMTP_CA_FILE",
        ("certificat qui signe celui du serveur de courriel", "certificate that signs the mail server’s"),
    ),
    (
        "CAMERATA_DIRECTORY_FILE",
        ("fichier des répertoires des membres (OpenID Connect)", "file of members’ directories (OpenID Connect)"),
    ),
    (
        "CAMERATA_PUBLIC_URL",
        ("adresse où les gens trouvent la salle, pour les liens", "address where people reach the room, for links"),
    ),
    ("CAMERATA_SESSION_IDLE_MIN", ("fin d’une session inutilisée, en minutes", "end of an unused session, in minutes")),
    ("CAMERATA_SESSION_HOURS", ("durée maximale d’une session, en heures", "longest session, in hours")),
    ("CAMERATA_TWO_FACTORS_FOR_ALL", ("true : deux facteurs pour tous", "true: two factors for everybody")),
    (
        "CAMERATA_TLS_CERTIFICATE",
        ("certificat TLS de la salle et sa chaîne, en PEM", "the room’s TLS certificate and chain, in PEM"),
    ),
    ("CAMERATA_TLS_KEY", ("clé privée de ce certificat, en PEM", "private key of that certificate, in PEM")),
    (
        "CAMERATA_TRUSTED_PROXIES",
        ("réseaux des mandataires dont la parole compte", "networks of the proxies whose word counts"),
    ),
    ("CAMERATA_REQUESTS_MAX", ("demandes par minute et par compte", "requests a minute and account")),
    (
        "CAMERATA_SIGNINS_MAX",
        (
            "connexions, récupérations, invitations par minute et par adresse",
            "sign-ins, recoveries, invitations a minute and address",
        ),
    ),
    (
        "CAMERATA_UPLOADS_MAX",
        ("demandes de téléversement par minute et par compte", "requests of uploads a minute and account"),
    ),
    (
        "CAMERATA_QUESTIONS_MAX",
        ("questions et estimations par minute et par compte", "questions and estimates a minute and account"),
    ),
    ("CAMERATA_PROOFS_MAX", ("preuves du journal par minute et par compte", "proofs of the log a minute and account")),
    ("CAMERATA_CONNECTIONS_MAX", ("connexions réseau en tout", "network connections in all")),
    ("CAMERATA_CONNECTIONS_EACH_MAX", ("connexions réseau d’une même adresse", "network connections from one address")),
    ("CAMERATA_RUNNING_MAX", ("demandes en cours, en tout", "requests under way, in all")),
    ("CAMERATA_RUNNING_EACH_MAX", ("demandes en cours d’une même adresse", "requests under way from one address")),
    (
        "CAMERATA_HEAD_S",
        ("attente de l’en-tête d’une demande, en secondes", "wait for the head of a request, in seconds"),
    ),
    (
        "CAMERATA_IDLE_S",
        ("attente de la suite d’un corps, en secondes", "wait for the next piece of a body, in seconds"),
    ),
    (
        "CAMERATA_REQUEST_S",
        ("durée maximale d’une demande ordinaire, en secondes", "longest ordinary request, in seconds"),
    ),
    (
        "CAMERATA_STOP_S",
        ("attente de ce qui est en cours à l’arrêt, en secondes", "wait for what is under way at the stop, in seconds"),
    ),
    ("CAMERATA_RATE_MIN", ("débit minimal d’un client, en octets par seconde", "slowest client, in bytes a second")),
    (
        "CAMERATA_FAILPOINT",
        ("pour les tests : point où le programme s’arrête net", "for tests: the point at which the program stops dead"),
    ),
    (
        "CAMERATA_TORTURE",
        (
            "pour les tests : 1 pour les tirages longs (`make torture`)",
            "for tests: 1 for the long draws (`make torture`)",
        ),
    ),
    (NO_COLOR, ("pas de couleurs", "no colours")),
];

/// The value of a variable, unless it is unset, empty or not UTF-8.
pub fn read(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder in which this user's programs keep what they have to remember (the XDG base directory specification).
pub fn state_folder() -> PathBuf {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named(STATE).unwrap_or_else(|| {
        let state = named("XDG_STATE_HOME").or_else(|| env::home_dir().map(|home| home.join(".local/state")));
        state.unwrap_or_else(env::temp_dir).join("camerata")
    })
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
