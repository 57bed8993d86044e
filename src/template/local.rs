//! The language of person-local queries. Every value of these types is a query whose rows for a person come from that
//! person's own rows; the argument is beside each type, and together they are the proof in `docs/PRIVACY.md`.

use crate::model::ColumnName;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// An SQL name: `a-z`, `0-9` and `_`, not starting with a digit. Always printed in quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name(String);

impl Name {
    /// The column that every relation has.
    pub(super) const PERSON: &'static str = "person";

    /// `None` unless the text is made of the safe alphabet.
    pub(super) fn new(text: &str) -> Option<Self> {
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_');
        let rest = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        (first && rest && text.len() <= 63).then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_person(&self) -> bool {
        self.0 == Self::PERSON
    }
}

/// What a column holds; columns are compared with their own kind only, so that no comparison can fail on some row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    /// Codes of one category column of the vocabulary.
    Category(ColumnName),
    Date,
    Amount,
}

/// What a relation yields: its columns in order, `person` among them once, and when it has at most one row a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) columns: Vec<(Name, Kind)>,
    /// At most one row a person, provided that these audiences are lists; `None` if that can't be shown.
    pub(super) once: Option<BTreeSet<Name>>,
}

impl Columns {
    pub(super) fn kind(&self, name: &Name) -> Option<&Kind> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, kind)| kind)
    }

    /// Nothing but `person`: then rows without duplicates are persons without duplicates.
    pub(super) fn only_person(&self) -> bool {
        matches!(self.columns.as_slice(), [(_, Kind::Person)])
    }
}

/// A query. Local because its body is, given that what it names is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) ctes: Vec<(Name, Query)>,
    pub(super) body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    Select(Box<Select>),
    /// Rows of the sides meet only when they are equal, `person` included: the rows of a person in the result are the
    /// same operation on the rows of that person in the sides.
    Set {
        operation: SetOperation,
        all: bool,
        left: Box<Query>,
        right: Box<Query>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SetOperation {
    Union,
    Intersect,
    Except,
}

/// Rows are made from rows of equal `person` (see [`Join`]), dropped by a condition on the row alone, and keep their
/// person. `DISTINCT` compares whole rows, person included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Select {
    pub(super) distinct: bool,
    pub(super) outputs: Vec<(ColumnRef, Name)>,
    pub(super) from: Source,
    pub(super) joins: Vec<Join>,
    pub(super) filter: Option<Condition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) relation: Relation,
    pub(super) alias: Name,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relation {
    /// An audience or an earlier CTE; their names never coincide.
    Named(Name),
    Derived(Box<Query>),
}

/// A join on `person`: the rows of a person meet, or miss, only rows of the same person. `to` is a relation to the
/// left, and all relations to the left have equal persons, so which of them it is makes no difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Join {
    pub(super) kind: JoinKind,
    pub(super) source: Source,
    pub(super) to: Name,
    pub(super) condition: Option<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JoinKind {
    Inner,
    Semi,
    Anti,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnRef {
    pub(super) relation: Name,
    pub(super) column: Name,
}

/// A condition on one row: deterministic, and without an operation that can fail on some value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Compare { left: ColumnRef, comparison: Comparison, right: Operand },
    In { column: ColumnRef, negated: bool, values: Vec<Literal> },
    Between { column: ColumnRef, negated: bool, low: Literal, high: Literal },
    Null { column: ColumnRef, negated: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The same comparison with its sides exchanged.
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Column(ColumnRef),
    Literal(Literal),
}

/// A constant of the kind it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    /// A value of a category: as templates write it and as the store does.
    Category {
        id: String,
        code: u16,
    },
    /// Cents.
    Amount(i64),
    Date(Date),
}
