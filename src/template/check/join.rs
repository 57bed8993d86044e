//! FROM and its joins: rows meet on `person` or not at all.

use super::super::local::{Condition, Join, JoinKind, Kind, Name, Source};
use super::super::refusal::{Refusal, Rule};
use super::Checker;
use super::scope::Scope;
use sqlparser::ast::{self, BinaryOperator, Expr, JoinConstraint, JoinOperator, Spanned, TableWithJoins};
use sqlparser::tokenizer::Span;
use std::collections::BTreeSet;

/// What a FROM comes to: its first relation, its joins, and when it has at most one row a person.
type FromClause = (Source, Vec<Join>, Option<BTreeSet<Name>>);

impl Checker<'_> {
    pub(super) fn from(
        &mut self,
        select: &ast::Select,
        scope: &mut Scope,
        depth: usize,
    ) -> Result<FromClause, Refusal> {
        let TableWithJoins { relation, joins } = match select.from.as_slice() {
            [only] => only,
            [] => return Err(self.refuse(Rule::Relation, "there is no FROM", select.span())),
            [_, second, ..] => {
                return Err(self.refuse(Rule::Join, "a comma joins every row with every row", second.span()));
            }
        };
        let (source, columns) = self.source(relation, depth)?;
        let mut once = columns.once.clone();
        scope.show(&source, columns, self.manifest);
        let mut checked = Vec::new();
        for join in joins {
            checked.push(self.join(join, scope, &mut once, depth)?);
        }
        Ok((source, checked, once))
    }

    fn join(
        &mut self,
        join: &ast::Join,
        scope: &mut Scope,
        once: &mut Option<BTreeSet<Name>>,
        depth: usize,
    ) -> Result<Join, Refusal> {
        let ast::Join { relation, global, join_operator } = join;
        let (kind, constraint) = match join_operator {
            JoinOperator::Join(on) | JoinOperator::Inner(on) => (JoinKind::Inner, on),
            JoinOperator::Semi(on) | JoinOperator::LeftSemi(on) => (JoinKind::Semi, on),
            JoinOperator::Anti(on) | JoinOperator::LeftAnti(on) => (JoinKind::Anti, on),
            JoinOperator::CrossJoin(_) => {
                return Err(self.refuse(Rule::Join, "CROSS JOIN joins every row with every row", join.span()));
            }
            _ => return Err(self.refuse(Rule::Join, "this kind of join is not allowed", join.span())),
        };
        if *global {
            return Err(self.refuse(Rule::Clause, "GLOBAL is not allowed", join.span()));
        }
        let (source, columns) = self.source(relation, depth)?;
        if scope.takes(&source.alias) {
            let message = format!("two relations are called `{}`", source.alias.as_str());
            return Err(self.refuse(Rule::Name, message, relation.span()));
        }
        let first = scope.visible.first().map(|(alias, _)| alias.clone());
        let right_once = columns.once.clone();
        scope.show(&source, columns, self.manifest);
        let (to, condition) = match constraint {
            JoinConstraint::Using(names) => (self.using(names, join.span()).map(|()| first)?, None),
            JoinConstraint::On(on) => self.on(on, &source.alias, scope, depth)?,
            _ => (None, None),
        };
        let Some(to) = to else {
            return Err(self.refuse(Rule::Join, "this join is not on `person`", join.span()));
        };
        match kind {
            JoinKind::Inner => {
                *once = once.take().zip(right_once).map(|(left, right)| left.union(&right).cloned().collect());
            }
            JoinKind::Semi | JoinKind::Anti => {
                scope.visible.pop();
                scope.hidden.insert(source.alias.clone());
            }
        }
        Ok(Join { kind, source, to, condition })
    }

    fn using(&self, names: &[ast::ObjectName], span: Span) -> Result<(), Refusal> {
        if let [name] = names
            && self.name(self.single(name, Rule::Join)?)?.is_person()
        {
            return Ok(());
        }
        Err(self.refuse(Rule::Join, "this join is not on `person` alone", span))
    }

    /// Splits `x.person = right.person AND rest…` into x and the rest.
    fn on(
        &mut self,
        on: &Expr,
        right: &Name,
        scope: &Scope,
        depth: usize,
    ) -> Result<(Option<Name>, Option<Condition>), Refusal> {
        let mut conjuncts = Vec::new();
        flatten(on, &mut conjuncts);
        self.depth(depth + conjuncts.len())?;
        let (mut to, mut condition): (Option<Name>, Option<Condition>) = (None, None);
        for conjunct in conjuncts {
            if to.is_none()
                && let Some(left) = self.same_person(conjunct, right, scope)?
            {
                to = Some(left);
                continue;
            }
            let next = self.condition(conjunct, scope, depth)?;
            condition = Some(match condition {
                Some(before) => Condition::And(Box::new(before), Box::new(next)),
                None => next,
            });
        }
        Ok((to, condition))
    }

    /// The other relation of `other.person = right.person`, either way round.
    fn same_person(&self, expr: &Expr, right: &Name, scope: &Scope) -> Result<Option<Name>, Refusal> {
        let Expr::BinaryOp { left: a, op: BinaryOperator::Eq, right: b } = expr else {
            return Ok(None);
        };
        // Unqualified names could be either side's, which proves nothing.
        if !matches!((a.as_ref(), b.as_ref()), (Expr::CompoundIdentifier(_), Expr::CompoundIdentifier(_))) {
            return Ok(None);
        }
        match (self.column(a, scope)?, self.column(b, scope)?) {
            (Some((a, Kind::Person)), Some((b, Kind::Person))) if a.relation == *right && b.relation != *right => {
                Ok(Some(b.relation))
            }
            (Some((a, Kind::Person)), Some((b, Kind::Person))) if b.relation == *right && a.relation != *right => {
                Ok(Some(a.relation))
            }
            _ => Ok(None),
        }
    }
}

/// The parts of a conjunction, in order; without recursion, since chains can be long.
fn flatten<'e>(expr: &'e Expr, conjuncts: &mut Vec<&'e Expr>) {
    let mut waiting = vec![expr];
    while let Some(next) = waiting.pop() {
        match next {
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => waiting.extend([right.as_ref(), left.as_ref()]),
            Expr::Nested(inner) => waiting.push(inner),
            other => conjuncts.push(other),
        }
    }
}
