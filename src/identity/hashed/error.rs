//! Why a file of hashes can't be sent.

use crate::{
    identity::{HashError, Profile, words},
    model::{ColumnName, Language},
};

/// Why a file of hashes can't be sent. Each says where, and what to do, in both languages.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message(Language::En))]
pub enum HashedError {
    /// The file can't be read.
    Source(#[from] HashError),
    /// No column holds hashes.
    NoHashes {
        /// The columns found.
        names: Vec<String>,
    },
    /// No column of that name.
    NoSuchColumn {
        /// The column of the vocabulary.
        name: ColumnName,
        /// The columns found.
        names: Vec<String>,
    },
    /// The profile is not in the columns' names and was not given.
    NeedsProfile,
    /// Two profiles in one file, or another one than was given.
    MixedProfiles {
        /// One.
        first: Profile,
        /// The other.
        second: Profile,
    },
    /// A raw identifier in a column of hashes.
    Raw {
        /// Where.
        line: u64,
        /// In this column.
        column: String,
    },
    /// A column of hashes that holds none in its first rows.
    NotHashes {
        /// The first row that shows it.
        line: u64,
        /// The column.
        column: String,
    },
    /// A raw identifier further down; the rows before it were sent.
    RawOnTheWay,
    /// The file is not what it was when its upload began.
    Changed,
}

impl HashedError {
    /// What to tell the user.
    pub fn message(&self, language: Language) -> String {
        let (fr, en) = match self {
            Self::Source(error) => (error.message(Language::Fr), error.message(Language::En)),
            Self::NoHashes { names } => {
                let names = words::list(names);
                (
                    format!("aucune colonne d'empreintes parmi {names}; hachez d'abord le fichier : camerata hash"),
                    format!("no column of hashes among {names}; hash the file first: camerata hash"),
                )
            }
            Self::NoSuchColumn { name, names } => {
                let names = words::list(names);
                (format!("aucune colonne `{name}`; le fichier a {names}"), format!("no column `{name}`; the file has {names}"))
            }
            Self::NeedsProfile => (
                "les colonnes ne disent pas comment les identifiants ont été normalisés : ajoutez --profile google, meta ou uid2".to_owned(),
                "the columns don't say how identifiers were normalised: add --profile google, meta or uid2".to_owned(),
            ),
            Self::MixedProfiles { first, second } => (
                format!("profils mélangés ({first} et {second}) : leurs empreintes ne se comparent pas; un fichier, un profil"),
                format!("mixed profiles ({first} and {second}): their hashes don't compare; one file, one profile"),
            ),
            Self::Raw { line, column } => {
                let column = words::masked(column);
                (
                    format!("ligne {line}, colonne `{column}` : identifiant en clair; rien n'a été envoyé; hachez d'abord : camerata hash"),
                    format!("line {line}, column `{column}`: raw identifier; nothing was sent; hash the file first: camerata hash"),
                )
            }
            Self::NotHashes { line, column } => {
                let column = words::masked(column);
                (
                    format!("ligne {line}, colonne `{column}` : ce n'est pas une empreinte SHA-256 (64 chiffres hexadécimaux ou 44 caractères Base64)"),
                    format!("line {line}, column `{column}`: not a SHA-256 hash (64 hexadecimal digits or 44 characters of Base64)"),
                )
            }
            Self::RawOnTheWay => (
                "un identifiant en clair se trouve plus loin dans le fichier : l'envoi s'est arrêté avant lui; hachez d'abord : camerata hash".to_owned(),
                "there is a raw identifier further down the file: sending stopped before it; hash the file first: camerata hash".to_owned(),
            ),
            Self::Changed => (
                "le fichier a changé depuis le début de l'envoi : recommencez l'envoi".to_owned(),
                "the file has changed since its upload began: start the upload again".to_owned(),
            ),
        };
        match language {
            Language::Fr => fr,
            Language::En => en,
        }
    }
}
