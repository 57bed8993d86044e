//! Expressions: deterministic, the same for equal rows, and without an operation that can fail on some value.

use super::{ColumnRef, Kind, Name};
use jiff::civil::Date;

/// An expression over leaves: columns of one row, aggregates of one person's group, windows of one person's rows. Every
/// operation is a function of its operands alone, and total: arithmetic on numbers stays within 64 bits, either because
/// their ranges show it or because it saturates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) enum Expression<L> {
    Leaf(L),
    Constant(Constant),
    /// `saturating` unless the result is shown to be within 64 bits; then what is beyond becomes the nearest within.
    Arithmetic {
        operator: Operator,
        left: Box<Self>,
        right: Box<Self>,
        saturating: bool,
    },
    /// Division towards zero by a positive constant, or what remains of it (with the sign of the value).
    Divide {
        remainder: bool,
        value: Box<Self>,
        by: Constant,
    },
    Absolute {
        value: Box<Self>,
        saturating: bool,
    },
    /// One of the values.
    Choose {
        choice: Choice,
        values: Vec<Self>,
    },
    /// The value beside the first condition that is true; else the last one; else nothing.
    Case {
        branches: Vec<(Self, Self)>,
        otherwise: Option<Box<Self>>,
    },
    /// How many days, or turns of the month, lie between two dates.
    DateDifference {
        unit: DateUnit,
        from: Box<Self>,
        to: Box<Self>,
    },
    DatePart {
        part: DatePart,
        date: Box<Self>,
    },
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Compare {
        left: Box<Self>,
        comparison: Comparison,
        right: Box<Self>,
    },
    In {
        value: Box<Self>,
        negated: bool,
        values: Vec<Constant>,
    },
    Between {
        value: Box<Self>,
        negated: bool,
        low: Box<Self>,
        high: Box<Self>,
    },
    Null {
        value: Box<Self>,
        negated: bool,
    },
}

impl<L> Expression<L> {
    /// What it is made of, in order.
    pub(in crate::template) fn leaves(&self) -> Vec<&L> {
        let parts: Vec<&Self> = match self {
            Self::Leaf(leaf) => return vec![leaf],
            Self::Constant(_) => Vec::new(),
            Self::Arithmetic { left, right, .. }
            | Self::Compare { left, right, .. }
            | Self::And(left, right)
            | Self::Or(left, right) => vec![left, right],
            Self::DateDifference { from, to, .. } => vec![from, to],
            Self::Divide { value, .. }
            | Self::Absolute { value, .. }
            | Self::In { value, .. }
            | Self::Null { value, .. }
            | Self::DatePart { date: value, .. }
            | Self::Not(value) => vec![value],
            Self::Choose { values, .. } => values.iter().collect(),
            Self::Case { branches, otherwise } => {
                branches.iter().flat_map(|(when, then)| [when, then]).chain(otherwise.as_deref()).collect()
            }
            Self::Between { value, low, high, .. } => vec![value, low, high],
        };
        parts.into_iter().flat_map(Self::leaves).collect()
    }
}

impl Expression<ColumnRef> {
    /// Whether a join with `right` on this condition, beside `person`, can be found by looking rows up: each of its
    /// conjuncts is on rows of the right side alone, or compares a value of theirs with one of the left side.
    pub(in crate::template) fn can_be_looked_up(&self, right: &Name) -> bool {
        let of_right = |side: &Self| side.leaves().iter().map(|leaf| leaf.relation == *right).collect::<Vec<_>>();
        let all = |side: &Self, is_right: bool| {
            let leaves = of_right(side);
            !leaves.is_empty() && leaves.iter().all(|leaf| *leaf == is_right)
        };
        match self {
            Self::And(one, other) => one.can_be_looked_up(right) && other.can_be_looked_up(right),
            Self::Compare { left: one, right: other, .. } if all(one, false) && all(other, true) => true,
            Self::Compare { left: one, right: other, .. } if all(one, true) && all(other, false) => true,
            _ => all(self, true),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Operator {
    Add,
    Subtract,
    Multiply,
}

/// Which of several values; those that are nothing don't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Choice {
    Least,
    Greatest,
    First,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum DateUnit {
    Day,
    Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum DatePart {
    Year,
    Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::template) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether it asks which is more.
    pub(in crate::template) fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// The same for every row of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) enum Constant {
    Number(i64),
    Date(Date),
    Boolean(bool),
    /// A value of a category: as templates write it and as the store does.
    Category {
        id: String,
        code: u16,
    },
    /// What the asker gives: `$name`. Its argument counts only as far as it is of this kind and range.
    Parameter {
        name: Name,
        kind: Kind,
    },
}

/// What an expression on one row of a SELECT without groups may be made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) enum RowLeaf {
    Column(ColumnRef),
    Window(Box<Window>),
}

/// What an expression on one group may be made of: the group's keys, which are the same in all of its rows, and aggregates
/// of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) enum GroupLeaf {
    Key(Expression<ColumnRef>),
    Aggregate(Box<Aggregate>),
}

/// An aggregate of the rows of one group, which are rows of one person. None of them depends on the order of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) struct Aggregate {
    pub(in crate::template) function: AggregateFunction,
    /// Only rows for which this is true.
    pub(in crate::template) filter: Option<Expression<ColumnRef>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) enum AggregateFunction {
    CountRows,
    Count {
        distinct: bool,
        of: Expression<ColumnRef>,
    },
    /// Exact, then cut to 64 bits.
    Sum(Expression<ColumnRef>),
    Least(Expression<ColumnRef>),
    Greatest(Expression<ColumnRef>),
    Any(Expression<ColumnRef>),
    All(Expression<ColumnRef>),
}

/// `OVER (PARTITION BY person, partition ORDER BY order)`: a function of the rows of one person. Without a frame, rows
/// that tie are taken together, so none of them depends on the order of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) struct Window {
    pub(in crate::template) function: WindowFunction,
    pub(in crate::template) partition: Vec<Expression<ColumnRef>>,
    pub(in crate::template) order: Vec<Order>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) enum WindowFunction {
    CountRows,
    Count(Expression<ColumnRef>),
    /// Exact, then cut to 64 bits.
    Sum(Expression<ColumnRef>),
    Least(Expression<ColumnRef>),
    Greatest(Expression<ColumnRef>),
    Rank,
    DenseRank,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) struct Order {
    pub(in crate::template) by: Expression<ColumnRef>,
    pub(in crate::template) descending: bool,
    pub(in crate::template) nulls_first: bool,
}
