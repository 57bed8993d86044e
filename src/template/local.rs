//! The language of person-local queries. Every value of these types is a query whose rows for a person come from that
//! person's own rows; the argument is beside each type, and together they are the proof in `docs/PRIVACY.md`.

mod expression;
mod lone;
mod range;

pub(super) use expression::{
    Aggregate, AggregateFunction, Choice, Comparison, Constant, DatePart, DateUnit, Expression, GroupLeaf, Operator,
    Order, RowLeaf, Window, WindowFunction,
};
pub(super) use range::{Range, WHOLE, YEAR_MAX, YEAR_MIN};

use crate::model::ColumnName;
use std::collections::BTreeSet;

/// An SQL name: `a-z`, `0-9` and `_`, not starting with a digit. Always printed in quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name(String);

impl Name {
    /// The column that every relation has.
    pub(super) const PERSON: &'static str = "person";

    /// The column that tells the audiences of one parameter apart.
    pub(super) const AUDIENCE: &'static str = "audience";

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

/// What a column or an expression holds; values meet values of their own kind only, so that nothing can fail on some row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    /// Codes of one category column of the vocabulary.
    Category(ColumnName),
    Date,
    /// A whole number, never outside `low..=high`. In cents if it is money: a note for people, nothing depends on it.
    Number {
        cents: bool,
        low: i64,
        high: i64,
    },
    Boolean,
    /// Which of the audiences of one parameter: its position, from 0.
    Audience,
}

impl Kind {
    /// A number of nothing in particular.
    pub(super) fn number((low, high): Range) -> Self {
        Self::Number { cents: false, low, high }
    }

    /// Whether values can be said to be more or less; those of a category by their order in the vocabulary.
    pub(super) fn is_ordered(&self) -> bool {
        matches!(self, Self::Category(_) | Self::Date | Self::Number { .. } | Self::Audience)
    }

    /// The kind of a value that is of either kind.
    pub(super) fn either(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (
                Self::Number { cents, low, high },
                Self::Number { cents: other_cents, low: other_low, high: other_high },
            ) => {
                let (low, high) = ((*low).min(*other_low), (*high).max(*other_high));
                Some(Self::Number { cents: *cents || *other_cents, low, high })
            }
            _ => (self == other).then(|| self.clone()),
        }
    }
}

/// What a relation yields: its columns in order, `person` among them once, and when it has at most one row a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) columns: Vec<(Name, Kind)>,
    /// At most one row a person, provided that these audiences are lists; `None` if that can't be shown.
    pub(super) once: Option<BTreeSet<Name>>,
    /// Most rows of one person: lists have one, events [`crate::model::ROWS_A_PERSON_MAX`].
    pub(super) rows_max: u64,
}

impl Columns {
    pub(super) fn kind(&self, name: &Name) -> Option<&Kind> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, kind)| kind)
    }

    /// Nothing but `person`: then rows without duplicates are persons without duplicates.
    pub(super) fn only_person(&self) -> bool {
        matches!(self.columns.as_slice(), [(_, Kind::Person)])
    }

    /// The columns of rows that are of either relation, if they have the same names and kinds in the same order.
    pub(super) fn either(&self, other: &Self) -> Option<Vec<(Name, Kind)>> {
        let same = |((name, kind), (other_name, other_kind)): (&(Name, Kind), &(Name, Kind))| {
            kind.either(other_kind).filter(|_| name == other_name).map(|kind| (name.clone(), kind))
        };
        let columns = self.columns.iter().zip(&other.columns).map(same).collect::<Option<Vec<_>>>()?;
        (self.columns.len() == other.columns.len()).then_some(columns)
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

/// Rows are made from rows of equal `person` (see [`Join`]) and dropped by a condition on the row alone; what they yield
/// keeps its person. `DISTINCT` compares whole rows, person included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Select {
    pub(super) distinct: bool,
    pub(super) from: Source,
    pub(super) joins: Vec<Join>,
    pub(super) filter: Option<Expression<ColumnRef>>,
    pub(super) yields: Yields,
}

/// What the rows become. In both forms `person` is that of `from`, which is there in every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yields {
    /// A row each, from that row and the other rows of its person (see [`Window`]).
    Rows { outputs: Vec<Output<RowLeaf>> },
    /// `GROUP BY person, keys`: the rows of a group are all of one person, and so each group is made, kept or dropped by
    /// rows of its person alone.
    Groups {
        keys: Vec<Expression<ColumnRef>>,
        having: Option<Expression<GroupLeaf>>,
        outputs: Vec<Output<GroupLeaf>>,
        /// At most one row a person goes in, provided that these audiences are lists; `None` if that can't be shown.
        lone: Option<BTreeSet<Name>>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Output<L> {
    Person,
    Value(Expression<L>, Name),
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

/// A join by equality of `person` with the first relation, and perhaps a condition: the rows of a person meet, or miss,
/// only rows of the same person. But for inner joins, the condition can be looked up: see [`Expression::can_be_looked_up`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Join {
    pub(super) kind: JoinKind,
    pub(super) source: Source,
    pub(super) condition: Option<Expression<ColumnRef>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JoinKind {
    Inner,
    /// A row that meets none stays, with nothing in the columns of the other side.
    Left,
    Semi,
    Anti,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnRef {
    pub(super) relation: Name,
    pub(super) column: Name,
}
