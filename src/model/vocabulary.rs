//! The vocabulary: the public, co-operative-wide domains of the columns that audiences share.

use super::{ColumnName, Text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Most values a category column may have: they are stored as unsigned 16-bit codes.
const VALUES_MAX: usize = 10_000;

/// Why a vocabulary is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// Two values would be written the same.
    #[error("column `{column}`: `{spelling}` stands for both `{first}` and `{second}`")]
    Ambiguous {
        /// The column.
        column: ColumnName,
        /// The spelling that two values share.
        spelling: String,
        /// The first value's id.
        first: String,
        /// The second value's id.
        second: String,
    },
    /// No value, or too many.
    #[error("column `{column}` has {count} values; a category has 1 to {VALUES_MAX}")]
    Count {
        /// The column.
        column: ColumnName,
        /// How many values it lists.
        count: usize,
    },
    /// A column name the room needs for itself.
    #[error("a column can't be called `{0}`: the room uses that name")]
    Reserved(ColumnName),
}

/// One value of a category: its id, which queries use, and how people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// What queries and releases call it: `musique-classique`.
    pub id: String,
    /// French label.
    pub fr: String,
    /// English label.
    pub en: String,
    /// Other spellings that exports use.
    #[serde(default)]
    pub also: Vec<String>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum ColumnKind {
    /// One of the listed values; stored as its position in the list (unsigned 16-bit).
    Category {
        /// The values, in the order of their codes.
        values: Vec<Category>,
    },
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// An amount of money in integer cents; exports may write `1 234,56 $`.
    Amount,
}

/// A column of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its title, in both languages.
    pub title: Text,
    /// What it holds.
    #[serde(flatten)]
    pub kind: ColumnKind,
}

/// All columns that audiences may share, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Vocabulary {
    columns: BTreeMap<ColumnName, Column>,
}

impl Vocabulary {
    /// Checks and makes a vocabulary.
    ///
    /// # Errors
    /// When a name is reserved, a category is empty or too long, or two values share a spelling.
    pub fn new(columns: BTreeMap<ColumnName, Column>) -> Result<Self, VocabularyError> {
        for (name, column) in &columns {
            if name.as_str() == "person" {
                return Err(VocabularyError::Reserved(name.clone()));
            }
            if let ColumnKind::Category { values } = &column.kind {
                if values.is_empty() || values.len() > VALUES_MAX {
                    return Err(VocabularyError::Count { column: name.clone(), count: values.len() });
                }
                spellings(name, values)?;
            }
        }
        Ok(Self { columns })
    }

    /// The column of that name.
    pub fn get(&self, name: &ColumnName) -> Option<&Column> {
        self.columns.get(name)
    }

    /// All columns, by name.
    pub fn columns(&self) -> &BTreeMap<ColumnName, Column> {
        &self.columns
    }

    /// For a category column: every accepted spelling (folded, see [`Vocabulary::fold`]) and the code it stands for.
    /// Empty for other columns.
    pub fn codes(&self, name: &ColumnName) -> HashMap<String, u16> {
        match self.columns.get(name).map(|column| &column.kind) {
            Some(ColumnKind::Category { values }) => spellings(name, values).unwrap_or_default(),
            _ => HashMap::new(),
        }
    }

    /// How spellings are compared: outer white space and case don't count.
    pub fn fold(spelling: &str) -> String {
        spelling.trim().to_lowercase()
    }
}

fn spellings(column: &ColumnName, values: &[Category]) -> Result<HashMap<String, u16>, VocabularyError> {
    let mut codes: HashMap<String, u16> = HashMap::new();
    for (code, value) in (0u16..).zip(values) {
        for spelling in [&value.id, &value.fr, &value.en].into_iter().chain(&value.also) {
            let spelling = Vocabulary::fold(spelling);
            if let Some(other) = codes.insert(spelling.clone(), code).filter(|other| *other != code) {
                let first = values.get(usize::from(other)).map(|v| v.id.clone()).unwrap_or_default();
                return Err(VocabularyError::Ambiguous {
                    column: column.clone(),
                    spelling,
                    first,
                    second: value.id.clone(),
                });
            }
        }
    }
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genre(values: &[(&str, &str, &str)]) -> BTreeMap<ColumnName, Column> {
        let values = values
            .iter()
            .map(|(id, fr, en)| Category { id: (*id).into(), fr: (*fr).into(), en: (*en).into(), also: vec![] })
            .collect();
        let column = Column { title: Text::new("Genre", "Genre"), kind: ColumnKind::Category { values } };
        BTreeMap::from([("genre".parse().expect("a name"), column)])
    }

    #[test]
    fn labels_of_both_languages_and_ids_are_understood() {
        let vocabulary =
            Vocabulary::new(genre(&[("jazz", "Jazz", "Jazz"), ("theatre", "Théâtre", "Theatre")])).expect("sound");
        let codes = vocabulary.codes(&"genre".parse().expect("a name"));
        assert_eq!(codes.get(&Vocabulary::fold(" THÉÂTRE ")), Some(&1));
        assert_eq!(codes.get("theatre"), Some(&1));
    }

    #[test]
    fn a_spelling_shared_by_two_values_is_refused() {
        let error = Vocabulary::new(genre(&[("danse", "Danse", "Dance"), ("dance", "Électro", "Electro")]))
            .expect_err("ambiguous");
        assert!(error.to_string().contains("`dance` stands for both `danse` and `dance`"), "{error}");
    }
}
