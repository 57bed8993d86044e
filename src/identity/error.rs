//! Why a file of customers can't be hashed at all.

use super::{Kind, words};
use crate::model::Language;
use std::{io, path::PathBuf};

/// Why a file of customers can't be hashed at all. Each says where, and what to do, in both languages.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message(Language::En))]
pub enum HashError {
    /// The input can't be opened or read.
    Read {
        /// The input; `-` for standard input.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The output, or the report, can't be written.
    Write {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder of the output doesn't exist.
    NoFolder(PathBuf),
    /// The input is a folder.
    IsFolder(PathBuf),
    /// Input, output and report must be three files.
    SameFile(PathBuf),
    /// The output's name ends neither in .csv nor in .parquet.
    OutputFormat(PathBuf),
    /// Nothing in the input.
    Empty,
    /// A header and no row.
    NoRows,
    /// Not text: the format it seems to be, or nothing.
    NotText(Option<&'static str>),
    /// Parquet that can't be read.
    Parquet(String),
    /// Parquet that is damaged, or made to look so.
    ParquetDamaged,
    /// The first line is a row of data.
    NoHeader,
    /// No column holds identifiers.
    NoIdentifierColumn {
        /// The columns found.
        names: Vec<String>,
        /// The delimiter used, if another one would find an identifier column.
        delimiter: Option<(u8, u8)>,
    },
    /// Two columns of different names may hold the identifier.
    TwoCandidates {
        /// Of this kind.
        kind: Kind,
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// No column of that name.
    NoSuchColumn {
        /// The name asked for.
        name: String,
        /// The columns found.
        names: Vec<String>,
    },
    /// The file holds hashes already.
    AlreadyHashed {
        /// In this column.
        column: String,
    },
    /// No row had a usable identifier.
    NothingTaken {
        /// Rows read.
        rows: u64,
    },
}

impl HashError {
    pub(super) fn no_such_column(name: &str, names: &[String]) -> Self {
        Self::NoSuchColumn { name: name.to_owned(), names: names.to_vec() }
    }

    /// What to tell the user.
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::Fr => self.french(),
            Language::En => self.english(),
        }
    }

    fn french(&self) -> String {
        let kind = |kind: &Kind| words::kind(*kind, Language::Fr);
        match self {
            Self::Read { path, source } => format!("impossible de lire {} : {}", path.display(), cause(source, Language::Fr)),
            Self::Write { path, source } => format!("impossible d'écrire {} : {}", path.display(), cause(source, Language::Fr)),
            Self::NoFolder(path) => format!("le dossier {} n'existe pas : créez-le d'abord", path.display()),
            Self::IsFolder(path) => format!("{} est un dossier : donnez un fichier", path.display()),
            Self::SameFile(path) => format!("{} servirait deux fois : donnez à l'entrée, à la sortie et au rapport des fichiers différents", path.display()),
            Self::OutputFormat(path) => format!("sortie {} : donnez un nom en .csv ou .parquet, ou - pour la sortie standard", path.display()),
            Self::Empty => "le fichier est vide".to_owned(),
            Self::NoRows => "le fichier n'a qu'une ligne d'en-tête, sans aucune donnée".to_owned(),
            Self::NotText(Some(format)) => format!("le fichier semble être {format} : exportez-le en CSV (UTF-8)"),
            Self::NotText(None) => "le fichier contient des octets nuls dès l'en-tête, ce n'est pas du texte : exportez-le en CSV (UTF-8)".to_owned(),
            Self::Parquet(what) => format!("fichier Parquet illisible : {what}"),
            Self::ParquetDamaged => "le fichier Parquet est endommagé : exportez-le de nouveau".to_owned(),
            Self::NoHeader => "la première ligne semble être une personne, pas des noms de colonnes : ajoutez une ligne d'en-tête (p. ex. `courriel`)".to_owned(),
            Self::NoIdentifierColumn { names, delimiter } => {
                let other = delimiter.map(|(used, other)| {
                    format!("; lu avec le séparateur {}, alors que le fichier semble utiliser {} : enlevez --delimiter", sign(used), sign(other))
                });
                format!(
                    "aucune colonne de courriel ni de téléphone parmi {}{}; nommez-la avec --email NOM ou --phone NOM",
                    words::list(names),
                    other.unwrap_or_default()
                )
            }
            Self::TwoCandidates { kind: of, first, second } => format!(
                "deux colonnes peuvent contenir le {} : `{}` et `{}`; choisissez avec --{of} NOM (répétable pour prendre les deux), ou --no-{of} pour l'ignorer",
                kind(of),
                words::masked(first),
                words::masked(second)
            ),
            Self::NoSuchColumn { name, names } => format!("aucune colonne `{}`; le fichier a {}", words::masked(name), words::list(names)),
            Self::AlreadyHashed { column } => {
                format!("la colonne `{}` est déjà hachée : téléversez ce fichier directement (camerata upload)", words::masked(column))
            }
            Self::NothingTaken { rows } => format!("aucune des {rows} rangées n'a d'identifiant utilisable : rien n'a été écrit; voyez le rapport (--report)"),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Read { path, source } => format!("can't read {}: {}", path.display(), cause(source, Language::En)),
            Self::Write { path, source } => format!("can't write {}: {}", path.display(), cause(source, Language::En)),
            Self::NoFolder(path) => format!("folder {} doesn't exist: create it first", path.display()),
            Self::IsFolder(path) => format!("{} is a folder: give a file", path.display()),
            Self::SameFile(path) => {
                format!("{} would be used twice: give different files for input, output and report", path.display())
            }
            Self::OutputFormat(path) => {
                format!("output {}: give a name ending in .csv or .parquet, or - for standard output", path.display())
            }
            Self::Empty => "the file is empty".to_owned(),
            Self::NoRows => "the file has a header line and no row".to_owned(),
            Self::NotText(Some(format)) => format!("the file seems to be {format}: export it as CSV (UTF-8)"),
            Self::NotText(None) => {
                "the file has NUL bytes in its header, so it isn't text: export it as CSV (UTF-8)".to_owned()
            }
            Self::Parquet(what) => format!("can't read the Parquet file: {what}"),
            Self::ParquetDamaged => "the Parquet file is damaged: export it again".to_owned(),
            Self::NoHeader => {
                "the first line looks like a person, not like column names: add a header line (such as `email`)"
                    .to_owned()
            }
            Self::NoIdentifierColumn { names, delimiter } => {
                let other = delimiter.map(|(used, other)| {
                    format!(
                        "; it was read with delimiter {}, and seems to use {}: leave --delimiter out",
                        sign(used),
                        sign(other)
                    )
                });
                let other = other.unwrap_or_default();
                format!(
                    "no e-mail or phone column among {}{other}; name it with --email NAME or --phone NAME",
                    words::list(names)
                )
            }
            Self::TwoCandidates { kind, first, second } => format!(
                "two columns may hold the {}: `{}` and `{}`; choose with --{kind} NAME (repeat it to take both), or leave it out with --no-{kind}",
                words::kind(*kind, Language::En),
                words::masked(first),
                words::masked(second)
            ),
            Self::NoSuchColumn { name, names } => {
                format!("no column `{}`; the file has {}", words::masked(name), words::list(names))
            }
            Self::AlreadyHashed { column } => {
                format!(
                    "column `{}` is already hashed: upload this file directly (camerata upload)",
                    words::masked(column)
                )
            }
            Self::NothingTaken { rows } => format!(
                "none of the {rows} rows has a usable identifier: nothing was written; see the report (--report)"
            ),
        }
    }
}

fn sign(delimiter: u8) -> String {
    if delimiter == b'\t' { "TAB".to_owned() } else { format!("`{}`", char::from(delimiter)) }
}

/// A system's error in words; the common ones in both languages.
pub(super) fn cause(error: &io::Error, language: Language) -> String {
    let (fr, en) = match error.kind() {
        io::ErrorKind::NotFound => ("le fichier n'existe pas", "no such file"),
        io::ErrorKind::PermissionDenied => ("accès refusé", "permission denied"),
        io::ErrorKind::StorageFull => ("le disque est plein", "the disk is full"),
        io::ErrorKind::AlreadyExists => ("le fichier existe déjà", "the file exists already"),
        _ => return error.to_string(),
    };
    match language {
        Language::Fr => fr.to_owned(),
        Language::En => en.to_owned(),
    }
}
