//! What expressions may be made of, in each place of a SELECT.

use super::super::local::{ColumnRef, Expression, GroupLeaf, Kind, RowLeaf};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::Checker;
use super::scope::Scope;
use sqlparser::ast::{Expr, Spanned};

/// An expression and what it holds.
#[derive(Debug, Clone)]
pub(super) struct Typed<L> {
    pub(super) expression: Expression<L>,
    pub(super) kind: Kind,
}

impl<L> Typed<L> {
    pub(super) fn condition(expression: Expression<L>) -> Self {
        Self { expression, kind: Kind::Boolean }
    }
}

/// A place of a SELECT.
pub(super) trait Level {
    type Leaf: Clone;

    /// The leaf that an expression is here, if it is one.
    fn leaf(
        &self,
        checker: &mut Checker<'_>,
        expr: &Expr,
        expected: Option<&Kind>,
        depth: usize,
    ) -> Result<Option<(Self::Leaf, Kind)>, Refusal>;

    /// `person` of the right side of a LEFT JOIN, which only `IS [NOT] NULL` may look at: whether the row met one of its person.
    fn joined_person(&self, _: &Checker<'_>, _: &Expr) -> Result<Option<Self::Leaf>, Refusal> {
        Ok(None)
    }
}

/// One row: conditions of WHERE and ON, keys, and what goes into aggregates and windows.
pub(super) struct Rows<'s> {
    pub(super) scope: &'s Scope,
}

impl Level for Rows<'_> {
    type Leaf = ColumnRef;

    fn leaf(
        &self,
        checker: &mut Checker<'_>,
        expr: &Expr,
        _: Option<&Kind>,
        _: usize,
    ) -> Result<Option<(ColumnRef, Kind)>, Refusal> {
        match checker.column(expr, self.scope)? {
            Some((_, Kind::Person)) => Err(checker.refuse(
                Rule::Person,
                ("`person` ne se regarde pas", "`person` can't be looked at"),
                expr.span(),
            )),
            Some((column, kind)) => {
                checker.note_use(&column, self.scope);
                Ok(Some((column, kind)))
            }
            None => Ok(None),
        }
    }

    fn joined_person(&self, checker: &Checker<'_>, expr: &Expr) -> Result<Option<ColumnRef>, Refusal> {
        checker.joined_person(expr, self.scope)
    }
}

/// One row and windows over the rows of its person: what a SELECT without groups yields.
pub(super) struct RowsAndWindows<'s> {
    pub(super) scope: &'s Scope,
}

impl Level for RowsAndWindows<'_> {
    type Leaf = RowLeaf;

    fn leaf(
        &self,
        checker: &mut Checker<'_>,
        expr: &Expr,
        expected: Option<&Kind>,
        depth: usize,
    ) -> Result<Option<(RowLeaf, Kind)>, Refusal> {
        let rows = Rows { scope: self.scope };
        if let Some((column, kind)) = rows.leaf(checker, expr, expected, depth)? {
            return Ok(Some((RowLeaf::Column(column), kind)));
        }
        match expr {
            Expr::Function(function) if function.over.is_some() => {
                let (window, kind) = checker.window(&rows, function, depth)?;
                Ok(Some((RowLeaf::Window(Box::new(window)), kind)))
            }
            _ => Ok(None),
        }
    }

    fn joined_person(&self, checker: &Checker<'_>, expr: &Expr) -> Result<Option<RowLeaf>, Refusal> {
        Ok(checker.joined_person(expr, self.scope)?.map(RowLeaf::Column))
    }
}

/// One group: what a SELECT with GROUP BY yields, and HAVING.
pub(super) struct Groups<'s> {
    pub(super) scope: &'s Scope,
    pub(super) keys: &'s [Typed<ColumnRef>],
}

impl Level for Groups<'_> {
    type Leaf = GroupLeaf;

    fn leaf(
        &self,
        checker: &mut Checker<'_>,
        expr: &Expr,
        expected: Option<&Kind>,
        depth: usize,
    ) -> Result<Option<(GroupLeaf, Kind)>, Refusal> {
        let rows = Rows { scope: self.scope };
        if let Some((column, kind)) = rows.leaf(checker, expr, expected, depth)? {
            let column = Expression::Leaf(column);
            if !self.keys.iter().any(|key| key.expression == column) {
                return Err(checker.refuse(
                    Rule::Aggregate,
                    ("cette colonne n’est ni une clé ni agrégée", "this column is neither a key nor aggregated"),
                    expr.span(),
                ));
            }
            return Ok(Some((GroupLeaf::Key(column), kind)));
        }
        if let Expr::Function(function) = expr
            && let Some((aggregate, kind)) = checker.aggregate(&rows, function, depth)?
        {
            return Ok(Some((GroupLeaf::Aggregate(Box::new(aggregate)), kind)));
        }
        // A key that is more than a column. What can't be one is looked into by the caller, who refuses it if need be.
        let compound = |key: &Typed<ColumnRef>| !matches!(key.expression, Expression::Leaf(_));
        if !self.keys.iter().any(compound) || matches!(expr, Expr::Value(_) | Expr::Nested(_)) {
            return Ok(None);
        }
        let cases = checker.cases;
        let whole = checker.expression(&rows, expr, expected, depth + 1).ok();
        checker.cases = cases;
        let key = whole.and_then(|whole| self.keys.iter().find(|key| key.expression == whole.expression));
        Ok(key.map(|key| (GroupLeaf::Key(key.expression.clone()), key.kind.clone())))
    }
}
