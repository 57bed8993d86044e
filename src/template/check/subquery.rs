//! WHERE: conditions on the row, and subqueries that ask whether its person is found elsewhere. The latter become semi and
//! anti joins, which is all that they can say.

use super::super::local::{
    Body, ColumnRef, Expression, Join, JoinKind, Name, Output, Query, Relation, Select, Source, Yields,
};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::Checker;
use super::join::{FromClause, and, flatten};
use super::level::Rows;
use super::scope::Scope;
use sqlparser::ast::{self, BinaryOperator, Expr, SelectItem, SetExpr, Spanned, UnaryOperator, Value};
use sqlparser::tokenizer::Span;

impl Checker<'_> {
    /// Checks a WHERE; joins that its subqueries come to are added to those of the FROM.
    pub(super) fn filter(
        &mut self,
        conjuncts: &[&Expr],
        scope: &mut Scope,
        joins: &mut Vec<Join>,
        depth: usize,
    ) -> Result<Option<Expression<ColumnRef>>, Refusal> {
        self.depth(depth + conjuncts.len())?;
        let mut condition = None;
        for conjunct in conjuncts {
            match self.found_elsewhere(conjunct, false, scope, depth)? {
                Some((kind, query)) => joins.push(self.as_join(kind, query, scope)?),
                None => condition = and(condition, self.condition(&Rows { scope }, conjunct, depth)?),
            }
        }
        Ok(condition)
    }

    /// `person [NOT] IN (…)` and `[NOT] EXISTS (…)` as persons to look for, and whether to keep those found or the others.
    fn found_elsewhere(
        &mut self,
        expr: &Expr,
        turned: bool,
        scope: &Scope,
        depth: usize,
    ) -> Result<Option<(JoinKind, Query)>, Refusal> {
        self.depth(depth)?;
        let (query, negated) = match expr {
            Expr::Nested(inner) => return self.found_elsewhere(inner, turned, scope, depth + 1),
            Expr::UnaryOp { op: UnaryOperator::Not, expr: inner } => {
                return self.found_elsewhere(inner, !turned, scope, depth + 1);
            }
            Expr::InSubquery { expr: who, subquery, negated } => {
                if !self.is_person(who, scope)? {
                    return Err(self.refuse(
                        Rule::Subquery,
                        (
                            "seule `person` se cherche dans une sous-requête",
                            "only `person` is looked for in a subquery",
                        ),
                        expr.span(),
                    ));
                }
                let (query, columns) = self.query(subquery, depth + 1)?;
                if !columns.only_person() {
                    return Err(self.refuse(
                        Rule::Subquery,
                        (
                            "cette sous-requête ne donne pas `person` seule",
                            "this subquery doesn't yield `person` alone",
                        ),
                        expr.span(),
                    ));
                }
                (query, *negated)
            }
            Expr::Exists { subquery, negated } => (self.exists(subquery, scope, depth + 1)?, *negated),
            _ => return Ok(None),
        };
        Ok(Some((if negated == turned { JoinKind::Semi } else { JoinKind::Anti }, query)))
    }

    fn as_join(&self, kind: JoinKind, query: Query, scope: &mut Scope) -> Result<Join, Refusal> {
        let Some(alias) = scope.free_alias() else {
            return Err(self.refuse(
                Rule::Subquery,
                ("il y a trop de sous-requêtes", "there are too many subqueries"),
                Span::empty(),
            ));
        };
        scope.hidden.insert(alias.clone());
        let source = Source { relation: Relation::Derived(Box::new(query)), alias };
        Ok(Join { kind, source, condition: None })
    }

    /// The persons of whom EXISTS finds a row.
    fn exists(&mut self, query: &ast::Query, outer: &Scope, depth: usize) -> Result<Query, Refusal> {
        let (with, body) = self.plain_query(query)?;
        let SetExpr::Select(select) = body else {
            return Err(self.refuse(
                Rule::Subquery,
                ("EXISTS prend un simple SELECT", "EXISTS takes a plain SELECT"),
                query.span(),
            ));
        };
        if with.is_some() {
            return Err(self.refuse(
                Rule::Subquery,
                ("définissez les CTE avant toute la requête", "define CTEs before the whole query"),
                query.span(),
            ));
        }
        let plain = self.plain_select(select)?;
        if plain.is_grouped || plain.having.is_some() || plain.distinct {
            return Err(self.refuse(
                Rule::Subquery,
                ("EXISTS ne prend ni DISTINCT ni GROUP BY", "EXISTS takes neither DISTINCT nor GROUP BY"),
                query.span(),
            ));
        }
        let mut scope = Scope::default();
        scope.outer = outer.visible.iter().map(|visible| visible.alias.clone()).collect();
        let FromClause { source: from, mut joins, .. } = self.from(select, &mut scope, depth)?;
        self.looked_at(&plain, &scope)?;
        let (mut rest, mut linked) = (Vec::new(), false);
        for conjunct in select.selection.as_ref().map(flatten).unwrap_or_default() {
            if !linked && self.is_link(conjunct, &scope, outer)? {
                linked = true;
            } else {
                rest.push(conjunct);
            }
        }
        if !linked {
            let message = (
                "cette sous-requête oublie de qui sont les rangées qu’elle regarde",
                "this subquery forgets whose rows it looks at",
            );
            return Err(self.refuse(Rule::Subquery, message, query.span()));
        }
        let filter = self.filter(&rest, &mut scope, &mut joins, depth)?;
        let yields = Yields::Rows { outputs: vec![Output::Person] };
        let select = Select { distinct: false, from, joins, filter, yields };
        Ok(Query { ctes: Vec::new(), body: Body::Select(Box::new(select)) })
    }

    /// What EXISTS selects makes no difference, unless it is an aggregate, which would always be found.
    fn looked_at(&self, plain: &super::select::Plain<'_>, scope: &Scope) -> Result<(), Refusal> {
        for item in plain.projection {
            let harmless = match item {
                SelectItem::Wildcard(_) => true,
                SelectItem::UnnamedExpr(Expr::Value(value)) => matches!(value.value, Value::Number(..)),
                SelectItem::UnnamedExpr(expr) => self.column(expr, scope)?.is_some(),
                _ => false,
            };
            if !harmless {
                return Err(self.refuse(
                    Rule::Subquery,
                    ("dans EXISTS, sélectionnez 1", "in EXISTS, select 1"),
                    item.span(),
                ));
            }
        }
        Ok(())
    }

    /// Whether an expression is `inner.person = outer.person`, either way round.
    fn is_link(&self, expr: &Expr, inner: &Scope, outer: &Scope) -> Result<bool, Refusal> {
        let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = expr else { return Ok(false) };
        let (Some(left), Some(right)) = (self.whose(left)?, self.whose(right)?) else { return Ok(false) };
        let links = |inside: &Name, outside: &Name| {
            inner.has_person(inside) && !inner.takes(outside) && outer.has_person(outside)
        };
        Ok(links(&left, &right) || links(&right, &left))
    }

    /// The relation of `relation.person`.
    fn whose(&self, expr: &Expr) -> Result<Option<Name>, Refusal> {
        let Expr::CompoundIdentifier(parts) = expr else { return Ok(None) };
        let [relation, column] = parts.as_slice() else { return Ok(None) };
        Ok(self.name(column)?.is_person().then_some(self.name(relation)?))
    }
}
