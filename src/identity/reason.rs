//! Why a row, or one identifier of it, is not taken.

use crate::model::Language;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a row, or one identifier of it, is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Every identifier cell of the row is empty.
    NoIdentifier,
    /// Not an e-mail address.
    NotAnEmail,
    /// Not a phone number that can exist.
    NotAPhone,
    /// The cell already holds a hash, in a file of raw identifiers.
    AlreadyHashed,
    /// A raw identifier where a hash belongs.
    Raw,
    /// Neither 64 hexadecimal digits nor 44 characters of Base64.
    Malformed,
    /// A cell longer than [`super::records::CELL_BYTES_MAX`].
    CellTooLong,
    /// A quote opens and is not closed.
    UnclosedQuote,
    /// More cells than the header has columns: the cells have shifted.
    TooManyCells,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 9] = [
        Self::NoIdentifier,
        Self::NotAnEmail,
        Self::NotAPhone,
        Self::AlreadyHashed,
        Self::Raw,
        Self::Malformed,
        Self::CellTooLong,
        Self::UnclosedQuote,
        Self::TooManyCells,
    ];

    /// Its name in JSON: `not-an-email`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoIdentifier => "no-identifier",
            Self::NotAnEmail => "not-an-email",
            Self::NotAPhone => "not-a-phone",
            Self::AlreadyHashed => "already-hashed",
            Self::Raw => "raw",
            Self::Malformed => "malformed",
            Self::CellTooLong => "cell-too-long",
            Self::UnclosedQuote => "unclosed-quote",
            Self::TooManyCells => "too-many-cells",
        }
    }

    /// In words, for people.
    pub fn words(self, language: Language) -> &'static str {
        let (fr, en) = match self {
            Self::NoIdentifier => ("aucun identifiant", "no identifier"),
            Self::NotAnEmail => ("courriel invalide", "not an e-mail address"),
            Self::NotAPhone => ("numéro de téléphone invalide", "not a phone number"),
            Self::AlreadyHashed => ("déjà haché", "already hashed"),
            Self::Raw => ("identifiant en clair", "raw identifier"),
            Self::Malformed => ("empreinte mal formée", "malformed hash"),
            Self::CellTooLong => ("cellule de plus de 1 Mo", "cell longer than 1 MB"),
            Self::UnclosedQuote => ("guillemet jamais fermé", "quote never closed"),
            Self::TooManyCells => ("plus de cellules que de colonnes", "more cells than columns"),
        };
        match language {
            Language::Fr => fr,
            Language::En => en,
        }
    }
}

/// How many of each reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<Reason, u64>);

impl Counts {
    /// Counts one.
    pub fn count(&mut self, reason: Reason) {
        *self.0.entry(reason).or_default() += 1;
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        for (reason, count) in &other.0 {
            *self.0.entry(*reason).or_default() += count;
        }
    }

    /// The count of one reason.
    pub fn get(&self, reason: Reason) -> u64 {
        self.0.get(&reason).copied().unwrap_or_default()
    }

    /// The sum over all reasons.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Reasons that occurred, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, u64)> + '_ {
        self.0.iter().map(|(reason, count)| (*reason, *count))
    }
}
