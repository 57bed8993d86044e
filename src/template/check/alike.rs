//! Values meet values of their own kind: what several expressions have in common, and whether it has an order.

use super::super::local::{Choice, Constant, Expression, Kind};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::Checker;
use super::level::{Level, Typed};
use super::literal::is_bare;
use sqlparser::ast::Expr;
use sqlparser::tokenizer::Span;

/// Expressions of one kind.
type Alike<L> = (Kind, Vec<Expression<L>>);

impl Checker<'_> {
    /// One of several values of a kind.
    pub(super) fn choose<L: Level>(
        &mut self,
        level: &L,
        choice: Choice,
        exprs: &[&Expr],
        (expected, span): (Option<&Kind>, Span),
        depth: usize,
    ) -> Result<Typed<L::Leaf>, Refusal> {
        let (kind, values) = self.alike(level, exprs, expected, span, depth)?;
        if choice != Choice::First {
            self.ordered(&kind, span)?;
        }
        let constant = |value: &Expression<L::Leaf>| match value {
            Expression::Constant(Constant::Number(number)) => Some((*number, *number)),
            Expression::Constant(Constant::Parameter { kind, .. }) => kind.range(),
            _ => None,
        };
        let kind = kind.chosen(choice, values.iter().filter_map(constant));
        Ok(Typed { expression: Expression::Choose { choice, values }, kind })
    }

    /// Expressions of one kind, which bare constants take from the others.
    pub(super) fn alike<L: Level>(
        &mut self,
        level: &L,
        exprs: &[&Expr],
        expected: Option<&Kind>,
        span: Span,
        depth: usize,
    ) -> Result<Alike<L::Leaf>, Refusal> {
        let mut kind: Option<Kind> = None;
        let mut found: Vec<(usize, Expression<L::Leaf>)> = Vec::new();
        for bare in [false, true] {
            for (at, expr) in exprs.iter().enumerate().filter(|(_, expr)| is_bare(expr) == bare) {
                let known = kind.clone();
                let typed = self.expression(level, expr, known.as_ref().or(expected), depth)?;
                kind = match &known {
                    None => Some(typed.kind),
                    Some(before) => match before.either(&typed.kind) {
                        Some(both) => Some(both),
                        None => {
                            return Err(self.refuse(
                                Rule::Constant,
                                ("ces valeurs sont de sortes différentes", "these are of different kinds"),
                                span,
                            ));
                        }
                    },
                };
                found.push((at, typed.expression));
            }
        }
        found.sort_by_key(|(at, _)| *at);
        let Some(kind) = kind else {
            return Err(self.refuse(Rule::Expression, ("il n’y a rien ici", "there is nothing here"), span));
        };
        Ok((kind, found.into_iter().map(|(_, expression)| expression).collect()))
    }

    /// Refuses to order what has no order.
    pub(super) fn ordered(&self, kind: &Kind, span: Span) -> Result<(), Refusal> {
        if kind.is_ordered() {
            return Ok(());
        }
        let message = ("ces valeurs n’ont pas d’ordre", "these have no order");
        Err(self.refuse(Rule::Constant, message, span))
    }
}
