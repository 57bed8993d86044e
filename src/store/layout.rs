//! The header of an upload's stream, and what each of its columns holds.

use crate::{
    identity::{Kind, Profile},
    model::{ColumnKind, ColumnName, Vocabulary},
};
use std::collections::HashMap;

/// Most columns a stream may have.
const COLUMNS_MAX: usize = 64;

/// Why a stream's header is refused. A header cell is never repeated: without a header line it would be somebody's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// A raw identifier where a header should be.
    #[error(
        "column {0} of the header line looks like a raw e-mail address or phone number: hash the file with `camerata hash` first"
    )]
    Raw(usize),
    /// Not a name the room knows.
    #[error(
        "column {0} of the header line is not `hashed_email_<profile>`, `hashed_phone_<profile>` or a declared vocabulary column"
    )]
    Unknown(usize),
    /// The same column twice.
    #[error("column {0} of the header line stands there twice")]
    Twice(usize),
    /// Another profile than declared.
    #[error(
        "column {column} of the header line was hashed with profile `{found}`, the upload declares `{declared}`: lists of different profiles don't match, so they are not mixed"
    )]
    MixedProfiles {
        /// The column, counted from 1.
        column: usize,
        /// What the header says.
        found: Profile,
        /// What the upload declared.
        declared: Profile,
    },
    /// No identifier at all.
    #[error("the header line has no identifier column (`hashed_email_<profile>` or `hashed_phone_<profile>`)")]
    NoIdentifier,
    /// A declared column isn't there.
    #[error("the header line lacks the declared column `{0}`")]
    Missing(ColumnName),
    /// Too many columns.
    #[error("the header line has more than {COLUMNS_MAX} columns")]
    TooMany,
}

/// What one column of the stream holds.
#[derive(Debug, Clone)]
pub(super) enum Field {
    /// Hashed identifiers.
    Identifier(Kind),
    /// Category spellings, to their codes; the position among the declared columns.
    Category(usize, HashMap<String, u16>),
    /// Dates.
    Date(usize),
    /// Amounts.
    Amount(usize),
}

/// The stream's columns, in order.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) fields: Vec<Field>,
}

impl Layout {
    /// Reads a header line's cells against what was declared.
    pub(super) fn read(
        cells: &[String],
        (profile, columns): (Profile, &[ColumnName]),
        vocabulary: &Vocabulary,
    ) -> Result<Self, LayoutError> {
        if cells.len() > COLUMNS_MAX {
            return Err(LayoutError::TooMany);
        }
        let mut fields = Vec::with_capacity(cells.len());
        for (position, cell) in cells.iter().enumerate() {
            let name = name_of(cell);
            if cells.iter().take(position).any(|earlier| earlier.trim().eq_ignore_ascii_case(&name)) {
                return Err(LayoutError::Twice(position + 1));
            }
            fields.push(field(&name, position + 1, (profile, columns), vocabulary)?);
        }
        if !fields.iter().any(|field| matches!(field, Field::Identifier(_))) {
            return Err(LayoutError::NoIdentifier);
        }
        for column in columns {
            if !cells.iter().any(|cell| cell.trim().eq_ignore_ascii_case(column.as_str())) {
                return Err(LayoutError::Missing(column.clone()));
            }
        }
        Ok(Self { fields })
    }

    /// The kinds of identifiers that the stream has.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let kinds = self.fields.iter().filter_map(|field| match field {
            Field::Identifier(kind) => Some(*kind),
            _ => None,
        });
        kinds.collect()
    }
}

/// The kind of identifier that a column's name says, and what it says of the profile.
fn identifier(name: &str) -> Option<(Kind, &str)> {
    [("hashed_email", Kind::Email), ("hashed_phone", Kind::Phone)].into_iter().find_map(|(prefix, kind)| {
        let profile = name.strip_prefix(prefix)?;
        Some((kind, profile.strip_prefix('_').unwrap_or(profile)))
    })
}

/// The profile that a header line names first, where nothing was declared before.
pub(super) fn profile_of(cells: &[String]) -> Option<Profile> {
    cells.iter().find_map(|cell| identifier(&name_of(cell)).and_then(|(_, profile)| profile.parse().ok()))
}

fn name_of(cell: &str) -> String {
    cell.trim().trim_start_matches('\u{feff}').to_ascii_lowercase()
}

fn field(
    name: &str,
    column: usize,
    (declared, columns): (Profile, &[ColumnName]),
    vocabulary: &Vocabulary,
) -> Result<Field, LayoutError> {
    if let Some((kind, profile)) = identifier(name) {
        if profile.is_empty() {
            return Ok(Field::Identifier(kind));
        }
        let found: Profile = profile.parse().map_err(|_| LayoutError::Unknown(column))?;
        return if found == declared {
            Ok(Field::Identifier(kind))
        } else {
            Err(LayoutError::MixedProfiles { column, found, declared })
        };
    }
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    if name.contains('@') || (digits >= 7 && digits * 2 > name.len() && name.len() < 32) {
        return Err(LayoutError::Raw(column));
    }
    let position = columns.iter().position(|declared| declared.as_str() == name);
    let position = position.ok_or(LayoutError::Unknown(column))?;
    let declared = columns.get(position).ok_or(LayoutError::Unknown(column))?;
    match vocabulary.get(declared).map(|column| &column.kind) {
        Some(ColumnKind::Category { .. }) => Ok(Field::Category(position, vocabulary.codes(declared))),
        Some(ColumnKind::Date) => Ok(Field::Date(position)),
        Some(ColumnKind::Amount) => Ok(Field::Amount(position)),
        None => Err(LayoutError::Unknown(column)),
    }
}
