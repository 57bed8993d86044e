//! FROM and its joins: rows meet on `person` or not at all.

use super::super::local::{ColumnRef, Expression, Join, JoinKind, Kind, Name, Source};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::Checker;
use super::level::Rows;
use super::scope::Scope;
use crate::model::ROWS_A_PERSON_MAX;
use sqlparser::ast::{self, BinaryOperator, Expr, JoinConstraint, JoinOperator, Spanned, TableWithJoins};
use sqlparser::tokenizer::Span;
use std::collections::BTreeSet;

/// Most rows of one person that a join may make or compare: two audiences of events, each row with each.
const JOINED_ROWS_MAX: u64 = ROWS_A_PERSON_MAX * ROWS_A_PERSON_MAX;

/// What a FROM comes to.
pub(super) struct FromClause {
    pub(super) source: Source,
    pub(super) joins: Vec<Join>,
    /// When it has at most one row a person: see [`super::super::local::Columns`].
    pub(super) once: Option<BTreeSet<Name>>,
    /// Most rows of one person.
    pub(super) rows_max: u64,
}

impl Checker<'_> {
    pub(super) fn from(
        &mut self,
        select: &ast::Select,
        scope: &mut Scope,
        depth: usize,
    ) -> Result<FromClause, Refusal> {
        let TableWithJoins { relation, joins } = match select.from.as_slice() {
            [only] => only,
            [] => return Err(self.refuse(Rule::Relation, ("il n’y a pas de FROM", "there is no FROM"), select.span())),
            [_, second, ..] => {
                return Err(self.refuse(
                    Rule::Join,
                    ("une virgule joint chaque rangée à chaque rangée", "a comma joins every row with every row"),
                    second.span(),
                ));
            }
        };
        let (source, columns) = self.source(relation, scope, depth)?;
        let (once, rows_max) = (columns.once.clone(), columns.rows_max);
        scope.show(&source, columns, self.manifest);
        let mut from = FromClause { source, joins: Vec::new(), once, rows_max };
        for join in joins {
            let join = self.join(join, scope, &mut from, depth)?;
            from.joins.push(join);
        }
        Ok(from)
    }

    fn join(
        &mut self,
        join: &ast::Join,
        scope: &mut Scope,
        from: &mut FromClause,
        depth: usize,
    ) -> Result<Join, Refusal> {
        let ast::Join { relation, global, join_operator } = join;
        let (kind, constraint) = match join_operator {
            JoinOperator::Join(on) | JoinOperator::Inner(on) => (JoinKind::Inner, on),
            JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (JoinKind::Left, on),
            JoinOperator::Semi(on) | JoinOperator::LeftSemi(on) => (JoinKind::Semi, on),
            JoinOperator::Anti(on) | JoinOperator::LeftAnti(on) => (JoinKind::Anti, on),
            JoinOperator::CrossJoin(_) => {
                return Err(self.refuse(
                    Rule::Join,
                    ("CROSS JOIN joint chaque rangée à chaque rangée", "CROSS JOIN joins every row with every row"),
                    join.span(),
                ));
            }
            _ => {
                return Err(self.refuse(
                    Rule::Join,
                    ("cette sorte de jointure n’est pas permise", "this kind of join is not allowed"),
                    join.span(),
                ));
            }
        };
        if *global {
            return Err(self.refuse(Rule::Clause, ("GLOBAL n’est pas permis", "GLOBAL is not allowed"), join.span()));
        }
        let (source, columns) = self.source(relation, scope, depth)?;
        if scope.takes(&source.alias) {
            let message = (
                format!("deux relations s’appellent `{}`", source.alias.as_str()),
                format!("two relations are called `{}`", source.alias.as_str()),
            );
            return Err(self.refuse(Rule::Name, message, relation.span()));
        }
        let (right_once, right_rows) = (columns.once.clone(), columns.rows_max);
        scope.show(&source, columns, self.manifest);
        let (by_person, condition) = match constraint {
            JoinConstraint::Using(names) => (self.using(names, join.span()).map(|()| true)?, None),
            JoinConstraint::On(on) => self.on(on, (kind, &source.alias), scope, depth)?,
            _ => (false, None),
        };
        if !by_person {
            return Err(self.refuse(
                Rule::Join,
                ("cette jointure n’est pas sur `person`", "this join is not on `person`"),
                join.span(),
            ));
        }
        let meeting = from.rows_max.saturating_mul(right_rows.max(1));
        match kind {
            // Persons are looked for, and found by their first row.
            JoinKind::Semi | JoinKind::Anti if condition.is_none() => {}
            _ if meeting > JOINED_ROWS_MAX => return Err(self.too_many_rows(meeting, join.span())),
            JoinKind::Inner | JoinKind::Left => from.rows_max = meeting,
            JoinKind::Semi | JoinKind::Anti => {}
        }
        match kind {
            JoinKind::Inner | JoinKind::Left => {
                let both = from.once.take().zip(right_once);
                from.once = both.map(|(left, right)| left.union(&right).cloned().collect());
            }
            JoinKind::Semi | JoinKind::Anti => {
                scope.visible.pop();
                scope.hidden.insert(source.alias.clone());
            }
        }
        if let (JoinKind::Left, Some(right)) = (kind, scope.visible.last_mut()) {
            right.has_person = false;
        }
        Ok(Join { kind, source, condition })
    }

    fn too_many_rows(&self, rows: u64, span: Span) -> Refusal {
        let message = (
            format!(
                "cette jointure peut faire {rows} rangées d’une seule personne, et {JOINED_ROWS_MAX} au plus sont permises : groupez d’abord par `person` l’un des côtés, ou ne prenez que des listes (`shape = \"list\"`)"
            ),
            format!(
                "this join can make {rows} rows of one person, and at most {JOINED_ROWS_MAX} are allowed: group one side by `person` first, or take lists alone (`shape = \"list\"`)"
            ),
        );
        self.refuse(Rule::Join, message, span)
    }

    fn using(&self, names: &[ast::ObjectName], span: Span) -> Result<(), Refusal> {
        if let [name] = names
            && self.name(self.single(name, Rule::Join)?)?.is_person()
        {
            return Ok(());
        }
        Err(self.refuse(
            Rule::Join,
            ("cette jointure n’est pas sur `person` seule", "this join is not on `person` alone"),
            span,
        ))
    }

    /// Whether there is `x.person = right.person` among the conjuncts, and the rest of them.
    fn on(
        &mut self,
        on: &Expr,
        (kind, right): (JoinKind, &Name),
        scope: &Scope,
        depth: usize,
    ) -> Result<(bool, Option<Expression<ColumnRef>>), Refusal> {
        let conjuncts = flatten(on);
        self.depth(depth + conjuncts.len())?;
        let (mut by_person, mut condition) = (false, None);
        for conjunct in conjuncts {
            if !by_person && self.same_person(conjunct, right, scope)? {
                by_person = true;
                continue;
            }
            let next = self.condition(&Rows { scope }, conjunct, depth)?;
            // Otherwise the engine compares every row with every row, in which DuckDB 1.5.5 has an internal error besides.
            if kind != JoinKind::Inner && !next.can_be_looked_up(right) {
                let message = (
                    "outre `person`, les conditions de cette jointure portent sur son côté droit, ou le comparent au gauche",
                    "beside `person`, this join's conditions are on its right side, or compare that with the left",
                );
                return Err(self.refuse(Rule::Join, message, conjunct.span()));
            }
            condition = and(condition, next);
        }
        Ok((by_person, condition))
    }

    /// Whether an expression is `other.person = right.person`, either way round.
    fn same_person(&self, expr: &Expr, right: &Name, scope: &Scope) -> Result<bool, Refusal> {
        let Expr::BinaryOp { left: a, op: BinaryOperator::Eq, right: b } = expr else {
            return Ok(false);
        };
        // Unqualified names could be either side's, which proves nothing.
        if !matches!((a.as_ref(), b.as_ref()), (Expr::CompoundIdentifier(_), Expr::CompoundIdentifier(_))) {
            return Ok(false);
        }
        Ok(match (self.column(a, scope)?, self.column(b, scope)?) {
            (Some((a, Kind::Person)), Some((b, Kind::Person))) => (a.relation == *right) != (b.relation == *right),
            _ => false,
        })
    }
}

/// A condition and one more.
pub(super) fn and(before: Option<Expression<ColumnRef>>, next: Expression<ColumnRef>) -> Option<Expression<ColumnRef>> {
    Some(match before {
        Some(before) => Expression::And(Box::new(before), Box::new(next)),
        None => next,
    })
}

/// The parts of a conjunction, in order; without recursion, since chains can be long.
pub(super) fn flatten(expr: &Expr) -> Vec<&Expr> {
    let (mut conjuncts, mut waiting) = (Vec::new(), vec![expr]);
    while let Some(next) = waiting.pop() {
        match next {
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => waiting.extend([right.as_ref(), left.as_ref()]),
            Expr::Nested(inner) => waiting.push(inner),
            other => conjuncts.push(other),
        }
    }
    conjuncts
}
