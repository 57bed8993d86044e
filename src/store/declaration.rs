//! What a steward declares of an upload before a byte of it is sent.

use crate::{
    identity::Profile,
    model::{AudienceName, ColumnKind, ColumnName, PurposeName, Shape, Vocabulary},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Longest wording of a legal basis, in bytes.
const LEGAL_BASIS_BYTES_MAX: usize = 2_000;
/// Largest stream: 64 GiB.
pub(super) const STREAM_BYTES_MAX: u64 = 64 << 30;

/// Why a declaration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationError {
    /// A column isn't in the vocabulary.
    #[error("`{0}` is not a column of the room's vocabulary; what isn't in it isn't stored")]
    Column(ColumnName),
    /// A column twice.
    #[error("column `{0}` is named twice")]
    ColumnTwice(ColumnName),
    /// No purpose.
    #[error("an upload names at least one purpose")]
    NoPurpose,
    /// No legal basis, or an essay.
    #[error("an upload names its legal basis or the wording of the consent, in 1 to {LEGAL_BASIS_BYTES_MAX} bytes")]
    LegalBasis,
    /// Expires before today, or before it was collected.
    #[error("the expiry must lie after today and after the date of collection")]
    Expiry,
    /// Collected in the future.
    #[error("the date of collection lies in the future")]
    Collected,
    /// Too large.
    #[error("the stream is larger than 64 GiB: send it as several audiences")]
    Large,
}

/// An upload's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The audience, of the steward's own member.
    #[schema(value_type = String)]
    pub audience: AudienceName,
    /// List or events.
    #[schema(value_type = String)]
    pub shape: Shape,
    /// How its identifiers were normalised and hashed.
    #[schema(value_type = String)]
    pub profile: Profile,
    /// Length of the stream in bytes, where it is known before.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// The vocabulary columns that it carries.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub columns: Vec<ColumnName>,
    /// The purposes that it may serve.
    #[schema(value_type = Vec<String>)]
    pub purposes: Vec<PurposeName>,
    /// Legal basis, or the wording people consented to.
    pub legal_basis: String,
    /// When it was collected.
    #[schema(value_type = String)]
    pub collected: Date,
    /// When the room destroys it.
    #[schema(value_type = String)]
    pub expires: Date,
}

impl Declaration {
    /// What the header of its stream is read against.
    pub(super) fn layout(&self) -> (Profile, &[ColumnName]) {
        (self.profile, &self.columns)
    }

    /// Whether what it tells of hasn't expired on a day.
    pub(super) fn holds_on(&self, today: Date) -> bool {
        self.expires > today
    }

    /// Checks what doesn't depend on the members' file.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self, vocabulary: &Vocabulary, today: Date) -> Result<(), DeclarationError> {
        for (position, column) in self.columns.iter().enumerate() {
            if vocabulary.get(column).is_none() {
                return Err(DeclarationError::Column(column.clone()));
            }
            if self.columns.iter().take(position).any(|earlier| earlier == column) {
                return Err(DeclarationError::ColumnTwice(column.clone()));
            }
        }
        let basis = self.legal_basis.trim().len();
        if self.purposes.is_empty() {
            Err(DeclarationError::NoPurpose)
        } else if basis == 0 || basis > LEGAL_BASIS_BYTES_MAX {
            Err(DeclarationError::LegalBasis)
        } else if self.collected > today {
            Err(DeclarationError::Collected)
        } else if self.expires <= today || self.expires <= self.collected {
            Err(DeclarationError::Expiry)
        } else if self.bytes.is_some_and(|bytes| bytes > STREAM_BYTES_MAX) {
            Err(DeclarationError::Large)
        } else {
            Ok(())
        }
    }

    /// The columns' types in the engine, in the order of the declaration.
    pub(super) fn sql_columns(&self, vocabulary: &Vocabulary) -> Vec<(ColumnName, &'static str)> {
        let sql_type = |column: &ColumnName| match vocabulary.get(column).map(|column| &column.kind) {
            Some(ColumnKind::Category { .. }) | None => "USMALLINT",
            Some(ColumnKind::Date) => "DATE",
            Some(ColumnKind::Amount) => "BIGINT",
        };
        self.columns.iter().map(|column| (column.clone(), sql_type(column))).collect()
    }
}
