//! The values that an asker gives a template beside its audiences.

use crate::{
    model::{ColumnName, Text},
    template::mistake::Words,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A value of a template: `$name` in its SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// What the SQL calls it, without the `$`.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// What it may be.
    #[serde(flatten)]
    pub kind: ParameterKind,
}

/// What a parameter may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum ParameterKind {
    /// A whole number.
    Integer {
        /// Least.
        min: i64,
        /// Most.
        max: i64,
        /// Taken when none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<i64>,
    },
    /// An amount of money, in cents.
    Amount {
        /// Least.
        min: i64,
        /// Most.
        max: i64,
        /// Taken when none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<i64>,
    },
    /// A calendar day.
    Date {
        /// Taken when none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>")]
        default: Option<Date>,
    },
    /// A value of a category column of the vocabulary.
    Category {
        /// Which column.
        #[schemars(with = "String")]
        column: ColumnName,
        /// Taken when none is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<String>,
    },
    /// A column of the vocabulary: audiences that list the parameter's name among their columns have that column under
    /// that name.
    Column {
        /// Which columns it may be; the first is taken when none is given.
        #[schemars(with = "Vec<String>")]
        choices: Vec<ColumnName>,
    },
}

impl ParameterKind {
    /// What makes no sense about it, if anything does.
    pub(super) fn senseless(&self) -> Option<Words> {
        match self {
            Self::Integer { min, max, default } | Self::Amount { min, max, default } => {
                if min > max {
                    Some(("`min` dépasse `max`", "`min` is more than `max`"))
                } else {
                    default
                        .is_some_and(|default| !(*min..=*max).contains(&default))
                        .then_some(("`default` est hors de son étendue", "`default` is out of its range"))
                }
            }
            Self::Column { choices } if choices.is_empty() => Some(("il n’a pas de choix", "it has no choices")),
            Self::Column { choices } => {
                let distinct: BTreeSet<_> = choices.iter().collect();
                let twice = distinct.len() != choices.len();
                twice.then_some(("un choix est nommé deux fois", "a choice is named twice"))
            }
            Self::Date { .. } | Self::Category { .. } => None,
        }
    }
}
