//! `camerata.toml`: how the room runs on this machine. What members agreed on is in the policy folder instead.

use super::door::{DoorError, DoorSettings};
use crate::{
    database::{NotAServer, Place, ServerUrl},
    directory, mail, people, store,
};
use serde::Deserialize;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// The file's name in the room's folder.
pub const CONFIG_FILE: &str = "camerata.toml";

/// How long a query may run, in seconds, unless the room's file says another. Whoever asks what runs for ever has the engine to itself
/// that long before it costs: long enough for the heaviest shipped template over six audiences of 10 million rows on a busy machine of
/// two cores (docs/MEASUREMENTS.md: 16.5 s over three), short enough to wait for.
const DEADLINE_S: u64 = 120;

/// What a new room starts with.
pub const CONFIG_SAMPLE: &str = "\
# Comment cette salle tourne sur cette machine. Toute clé peut être remplacée par une variable
# d'environnement : CAMERATA_THREADS, CAMERATA_MEMORY_MIB, CAMERATA_DEADLINE_S, CAMERATA_QUERIES_MAX, CAMERATA_CHECKPOINT_FILE,
# CAMERATA_WAITING_MAX, CAMERATA_MS_PER_MILLION_ROWS, CAMERATA_DUCKDB_EXTENSION, CAMERATA_DATABASE_URL, CAMERATA_DATABASE_URL_FILE.
# How this room runs on this machine. Any key can be overridden by those environment variables.

# threads = 2                # fils d'exécution par requête / threads a query (default: the machine's cores)
# memory_mib = 12288         # mémoire par requête, en Mio / memory a query, in MiB
# deadline_s = 120           # durée limite d'une requête, en secondes / longest query, in seconds
# queries_max = 1            # requêtes à la fois / queries at once
# waiting_max = 16           # questions d'un membre qui attendent leur tour / questions of a member that wait for their turn
# Ce qui fait, avec les figures publiques, l'instant où une réponse part : des millisecondes par million de lignes et par passage.
# What makes, with public figures, the moment at which an answer leaves: milliseconds for a million rows, each pass.
# ms_per_million_rows = 500
# duckdb_extension = \"/usr/local/lib/camerata/httpfs.duckdb_extension\"
#
# Hors du dossier de la salle, le dernier point de contrôle de son journal et ce que les budgets ont dépensé : une salle remise en
# arrière le découvre. Par défaut, à côté du dossier, son nom suivi de .checkpoint.
# Outside the room's folder, its log's newest checkpoint and what the budgets have spent: a room that was set back finds out. By
# default beside the folder, its name followed by .checkpoint.
# checkpoint_file = \"/var/lib/camerata/salle.checkpoint\"
#
# La base de la salle est room.sqlite, ici même. PostgreSQL, pour plusieurs passerelles sur une salle ; une adresse avec mot de passe
# est dans un fichier à part :
# The room's database is room.sqlite, beside this file. PostgreSQL, for several gateways on one room; an address with a password
# is in a file of its own:
# database_url = \"postgres://camerata@db.example/salle?sslmode=verify-full\"
# database_url_file = \"/run/secrets/camerata_database_url\"
#
# Les connexions ; ces clés-ci viennent en dernier, sous leur titre. CAMERATA_SESSION_IDLE_MIN, CAMERATA_SESSION_HOURS,
# CAMERATA_TWO_FACTORS_FOR_ALL, CAMERATA_PUBLIC_URL.
# Sign-ins; these keys come last, under their heading.
# [people]
# public_url = \"https://salle.example.ca\"  # où les gens la trouvent, pour les liens des courriels / where people reach it, for links
# session_idle_min = 30      # minutes sans usage / minutes without use
# session_hours = 12         # durée d'une session / longest session
# two_factors_for_all = false
#
# La porte : TLS par la salle elle-même, ou derrière un mandataire dont la parole compte. docs/OPERATIONS.md dit toutes les clés et leurs
# variables, dont CAMERATA_TLS_CERTIFICATE, CAMERATA_TLS_KEY, CAMERATA_TRUSTED_PROXIES.
# The door: TLS by the room itself, or behind a proxy whose word counts. docs/OPERATIONS.md tells every key and its variable.
# [door]
# tls_certificate = \"/etc/camerata/fullchain.pem\"
# tls_key = \"/etc/camerata/privkey.pem\"
# trusted_proxies = [\"127.0.0.1/32\"]   # mandataires / proxies
# questions_max = 120        # questions et estimations par minute et par compte / questions and estimates a minute and account
# connections_max = 1000     # connexions en tout / connections in all
#
# Le serveur de courriel, pour les lettres ; sans lui, la salle n'en envoie pas. CAMERATA_SMTP_SERVER, CAMERATA_SMTP_PORT,
# CAMERATA_SMTP_TLS, CAMERATA_SMTP_USER, CAMERATA_SMTP_PASSWORD, CAMERATA_SMTP_PASSWORD_FILE, CAMERATA_SMTP_CA_FILE, CAMERATA_SMTP_FROM.
# The mail server, for letters; without it the room sends none.
# [mail]
# server = \"smtp.example.ca\"
# from = \"Salle blanche <salle@example.ca>\"
# user = \"salle\"
# password_file = \"/run/secrets/camerata_smtp_password\"
# tls = \"starttls\"           # ou / or \"tls\" (port 465); \"none\" : un serveur de cette machine / a server on this machine
# port = 587
# ca_file = \"/etc/ssl/smtp.pem\"
#
# Le répertoire d'un membre (OpenID Connect), un titre par membre ; docs/OPERATIONS.md. CAMERATA_DIRECTORY_FILE nomme un fichier
# qui tient ces titres-là à la place de ceux-ci.
# A member's directory (OpenID Connect), a heading a member. CAMERATA_DIRECTORY_FILE names a file with such headings in place of these.
# [[directory]]
# member = \"festival\"
# issuer = \"https://login.festival.example/realms/festival\"
# client_id = \"salle-blanche\"
# client_secret_file = \"/run/secrets/camerata_festival\"
# [directory.roles]
# \"Ventes\" = [\"marketer\"]
# \"Conformité\" = [\"officer\", \"steward\"]
";

/// The room's configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    threads: Option<u32>,
    memory_mib: Option<u64>,
    deadline_s: Option<u64>,
    queries_max: Option<usize>,
    waiting_max: Option<usize>,
    ms_per_million_rows: Option<u32>,
    duckdb_extension: Option<PathBuf>,
    checkpoint_file: Option<PathBuf>,
    database_url: Option<String>,
    database_url_file: Option<PathBuf>,
    #[serde(default)]
    people: people::Settings,
    #[serde(default)]
    door: DoorSettings,
    mail: Option<mail::Settings>,
    #[serde(default)]
    directory: Vec<directory::Settings>,
    #[serde(skip)]
    server: Option<ServerUrl>,
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("{path} can't be read: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {message}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where and what, by the TOML reader.
        message: String,
    },
    /// A value from the environment can't be read.
    #[error("{0} must be a positive whole number")]
    Environment(&'static str),
    /// How sign-ins are treated can't be used.
    #[error(transparent)]
    People(#[from] people::SettingsError),
    /// How the room is reached can't be used.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The mail server's settings can't be used.
    #[error(transparent)]
    Mail(#[from] mail::MailSettingsError),
    /// A member's directory can't be used.
    #[error(transparent)]
    Directory(#[from] directory::DirectorySettingsError),
    /// The database's address can't be used.
    #[error(transparent)]
    Server(#[from] NotAServer),
    /// The address in `camerata.toml` holds a password.
    #[error(
        "{0}: `database_url` holds a password, and this file may be read by others: keep the address in a file of its own and name that with `database_url_file`"
    )]
    Password(PathBuf),
    /// The address is said twice.
    #[error("{0}: say either `database_url` or `database_url_file`")]
    Twice(PathBuf),
    /// The checkpoint would be set back with the room.
    #[error("`checkpoint_file` must name a file outside the room's folder: what lies within is set back with it")]
    Checkpoint,
    /// A figure is zero.
    #[error("`{0}` must be at least 1")]
    Zero(&'static str),
    /// No extension found.
    #[error(
        "DuckDB's OpenSSL extension (httpfs.duckdb_extension) was found in none of: {0}. Run `.ci/prepare`, or set CAMERATA_DUCKDB_EXTENSION"
    )]
    NoExtension(String),
}

impl Config {
    /// Reads the room's file, if it is there, and the environment over it.
    ///
    /// # Errors
    /// When the file can't be read or understood, or a figure is out of range.
    pub fn load(room: &Path) -> Result<Self, ConfigError> {
        let path = room.join(CONFIG_FILE);
        let mut config: Self = match fs::read_to_string(&path) {
            Ok(text) => {
                toml::from_str(&text).map_err(|error| ConfigError::Malformed { path, message: said(&error, &text) })?
            }
            Err(source) if source.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(source) => return Err(ConfigError::Read { path, source }),
        };
        config.threads = number("CAMERATA_THREADS")?.or(config.threads);
        config.memory_mib = number("CAMERATA_MEMORY_MIB")?.or(config.memory_mib);
        config.deadline_s = number("CAMERATA_DEADLINE_S")?.or(config.deadline_s);
        config.queries_max = number("CAMERATA_QUERIES_MAX")?.or(config.queries_max);
        config.waiting_max = number("CAMERATA_WAITING_MAX")?.or(config.waiting_max);
        config.ms_per_million_rows = number("CAMERATA_MS_PER_MILLION_ROWS")?.or(config.ms_per_million_rows);
        config.duckdb_extension =
            env::var_os("CAMERATA_DUCKDB_EXTENSION").map(PathBuf::from).or(config.duckdb_extension);
        config.checkpoint_file = env::var_os("CAMERATA_CHECKPOINT_FILE").map(PathBuf::from).or(config.checkpoint_file);
        let zero = [
            ("threads", config.threads == Some(0)),
            ("memory_mib", config.memory_mib == Some(0)),
            ("deadline_s", config.deadline_s == Some(0)),
            ("queries_max", config.queries_max == Some(0)),
            ("waiting_max", config.waiting_max == Some(0)),
            ("ms_per_million_rows", config.ms_per_million_rows == Some(0)),
        ];
        if let Some((key, _)) = zero.into_iter().find(|(_, is_zero)| *is_zero) {
            return Err(ConfigError::Zero(key));
        }
        config.server = config.server(room)?;
        config.people = config.people.in_environment()?;
        config.door = config.door.in_environment(room)?;
        config.directory = directory::Settings::in_environment(config.directory)?;
        config.mail = mail::Settings::in_environment(config.mail)?;
        Ok(config)
    }

    /// The server's address: the environment's, else the file's.
    fn server(&self, room: &Path) -> Result<Option<ServerUrl>, ConfigError> {
        if let Some(url) = env::var_os("CAMERATA_DATABASE_URL").filter(|url| !url.is_empty()) {
            return Ok(Some(ServerUrl::parse(url.to_str().unwrap_or_default())?));
        }
        let file = env::var_os("CAMERATA_DATABASE_URL_FILE").filter(|file| !file.is_empty()).map(PathBuf::from);
        let path = room.join(CONFIG_FILE);
        match (file.as_ref().or(self.database_url_file.as_ref()), &self.database_url) {
            (Some(_), Some(_)) if file.is_none() => Err(ConfigError::Twice(path)),
            (Some(secret), _) => {
                let secret = room.join(secret);
                let text = fs::read_to_string(&secret).map_err(|source| ConfigError::Read { path: secret, source })?;
                Ok(Some(ServerUrl::parse(&text)?))
            }
            (None, Some(url)) => {
                let url = ServerUrl::parse(url)?;
                if url.has_password() { Err(ConfigError::Password(path)) } else { Ok(Some(url)) }
            }
            (None, None) => Ok(None),
        }
    }

    /// Where the database of the room in this folder is.
    pub fn database(&self, room: &Path) -> Place {
        self.server.clone().map_or_else(|| Place::in_folder(room), Place::Server)
    }

    /// How the room treats sign-ins.
    pub fn people(&self) -> people::Settings {
        self.people.clone()
    }

    /// The files with secrets that the settings name; each has to be the room's user's alone.
    pub fn secret_files(&self, room: &Path) -> Vec<PathBuf> {
        let database = self.database_url_file.as_ref().map(|file| room.join(file));
        let tls = self.door.tls().map(|(_, key)| key.to_owned());
        let mail = self.mail.as_ref().and_then(mail::Settings::secret_file).map(|file| room.join(file));
        let directories = self.directory.iter().filter_map(directory::Settings::secret_file);
        let directories = directories.map(|file| room.join(file));
        database.into_iter().chain(tls).chain(mail).chain(directories).collect()
    }

    /// How the room is reached.
    pub fn door(&self) -> DoorSettings {
        self.door.clone()
    }

    /// The mail server, where there is one.
    pub fn mail(&self) -> Option<&mail::Settings> {
        self.mail.as_ref()
    }

    /// Members' directories.
    pub fn directories(&self) -> &[directory::Settings] {
        &self.directory
    }

    /// What one engine instance may use.
    pub fn limits(&self) -> store::Limits {
        let cores = thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
        store::Limits {
            threads: self.threads.unwrap_or(cores),
            memory_mib: self.memory_mib.unwrap_or(12 << 10),
            deadline: Duration::from_secs(self.deadline_s.unwrap_or(DEADLINE_S)),
        }
    }

    /// Where the room keeps its log's newest checkpoint, outside its folder.
    ///
    /// # Errors
    /// When the folder has no name to put it beside, or it would lie in the folder itself.
    pub fn checkpoint_file(&self, room: &Path) -> Result<PathBuf, ConfigError> {
        let failed = |source| ConfigError::Read { path: room.to_owned(), source };
        let room = room.canonicalize().map_err(failed)?;
        let beside = || Some(room.with_file_name(format!("{}.checkpoint", room.file_name()?.to_str()?)));
        let file = self.checkpoint_file.clone().or_else(beside).ok_or(ConfigError::Checkpoint)?;
        let file = std::path::absolute(&file).map_err(failed)?;
        if file.starts_with(&room) { Err(ConfigError::Checkpoint) } else { Ok(file) }
    }

    /// Queries that may run at once: one uses every core, so two would only share them.
    pub fn queries_max(&self) -> usize {
        self.queries_max.unwrap_or(1)
    }

    /// Questions of one member that may wait for their turn.
    pub fn waiting_max(&self) -> usize {
        self.waiting_max.unwrap_or(16)
    }

    /// What a million rows add to a question's public time, for each pass, in milliseconds: twice what two busy cores took at most.
    pub fn ms_per_million_rows(&self) -> u32 {
        self.ms_per_million_rows.unwrap_or(500)
    }

    /// DuckDB's OpenSSL extension: as configured, else beside the program, else where the build found the library.
    ///
    /// # Errors
    /// When it is in none of these places.
    pub fn extension(&self) -> Result<PathBuf, ConfigError> {
        const FILE: &str = "httpfs.duckdb_extension";
        let mut places: Vec<PathBuf> = self.duckdb_extension.iter().cloned().collect();
        if places.is_empty() {
            if let Some(folder) = env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)) {
                places.push(folder.join(FILE));
                places.push(folder.join("../lib/camerata").join(FILE));
            }
            places.push(Path::new(env!("CAMERATA_DUCKDB_DIR")).join(FILE));
        }
        let names = || places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(", ");
        places.iter().find(|place| place.is_file()).cloned().ok_or_else(|| ConfigError::NoExtension(names()))
    }
}

/// What the TOML reader says; without the line it shows, where that could be an address with a password.
fn said(error: &toml::de::Error, text: &str) -> String {
    if text.contains("://") { error.message().to_owned() } else { error.to_string() }
}

fn number<T: std::str::FromStr>(variable: &'static str) -> Result<Option<T>, ConfigError> {
    env::var(variable).ok().map(|text| text.parse().map_err(|_| ConfigError::Environment(variable))).transpose()
}
