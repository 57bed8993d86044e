//! The rules of the checker: what each is called, why it is there, and what to write instead.

mod advice;

use crate::model::Text;
use advice::Advice;

/// The rules of the checker. Whatever none of them allows is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// It must be SQL, of reasonable size.
    Syntax,
    /// One query, nothing else.
    OneQuery,
    /// Only the audiences of the manifest and earlier CTEs.
    Relation,
    /// Only declared columns.
    Column,
    /// Only plain names.
    Name,
    /// Joins are on `person`.
    Join,
    /// Operands of a set operation have the same columns.
    Set,
    /// Every SELECT yields `person`, and columns with names.
    Output,
    /// The result has the columns that its release counts or adds up, of kinds that it can.
    Release,
    /// A person is joined on, grouped by and counted, never looked at.
    Person,
    /// Conditions are comparisons.
    Condition,
    /// Operations are those that can't fail.
    Expression,
    /// Values meet values of their own kind.
    Constant,
    /// Only functions that are known.
    Function,
    /// Aggregates are grouped by `person`.
    Aggregate,
    /// Windows are partitioned by `person`.
    Window,
    /// Subqueries ask for `person` alone.
    Subquery,
    /// No order, limit or sample that decides which rows there are.
    Order,
    /// Nothing declared that isn't used.
    Unused,
    /// No clause that isn't known here.
    Clause,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 20] = [
        Self::Syntax,
        Self::OneQuery,
        Self::Relation,
        Self::Column,
        Self::Name,
        Self::Join,
        Self::Set,
        Self::Output,
        Self::Release,
        Self::Person,
        Self::Condition,
        Self::Expression,
        Self::Constant,
        Self::Function,
        Self::Aggregate,
        Self::Window,
        Self::Subquery,
        Self::Order,
        Self::Unused,
        Self::Clause,
    ];

    /// The rule's code, as messages and tests cite it: the same in both languages.
    pub fn code(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::OneQuery => "one-query",
            Self::Relation => "relation",
            Self::Column => "column",
            Self::Name => "name",
            Self::Join => "join",
            Self::Set => "set",
            Self::Output => "output",
            Self::Release => "release",
            Self::Person => "person",
            Self::Condition => "condition",
            Self::Expression => "expression",
            Self::Constant => "constant",
            Self::Function => "function",
            Self::Aggregate => "aggregate",
            Self::Window => "window",
            Self::Subquery => "subquery",
            Self::Order => "order",
            Self::Unused => "unused",
            Self::Clause => "clause",
        }
    }

    /// Why the rule is there, and what to write instead.
    pub fn help(self) -> Text {
        let Advice { why, instead } = Advice::on(self);
        Text::new(format!("{}.\nÀ la place : {}.", why.0, instead.0), format!("{}.\nInstead: {}.", why.1, instead.1))
    }
}
