//! Queries: CTEs, set operations, and the clauses that are refused around them.

use super::super::local::{Body, Columns, Name, Query, SetOperation};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::Checker;
use sqlparser::ast::{self, SetExpr, SetOperator, SetQuantifier, Spanned};
use sqlparser::tokenizer::Span;
use std::collections::BTreeSet;

/// Deepest nesting; the parser allows long chains, and chains are nested to the left.
const DEPTH_MAX: usize = 100;

/// Names of relations that the generated SQL around a template needs for itself.
const RESERVED: &[&str] = &[Name::PERSON, Name::AUDIENCE, "cell", "contribution", "value"];

impl Checker<'_> {
    pub(super) fn query(&mut self, query: &ast::Query, depth: usize) -> Result<(Query, Columns), Refusal> {
        self.depth(depth)?;
        let (with, body) = self.plain_query(query)?;
        let outer = self.ctes.len();
        let mut ctes = match with {
            Some(with) => self.with(with, depth)?,
            None => Vec::new(),
        };
        let (inner, columns) = self.body(body, depth + 1)?;
        self.ctes.truncate(outer);
        ctes.extend(inner.ctes);
        Ok((Query { ctes, body: inner.body }, columns))
    }

    /// A query's CTEs and body, where it has nothing else.
    pub(super) fn plain_query<'q>(
        &self,
        query: &'q ast::Query,
    ) -> Result<(Option<&'q ast::With>, &'q SetExpr), Refusal> {
        let ast::Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        if let Some(order) = order_by {
            return Err(self.refuse(
                Rule::Order,
                ("ORDER BY n’est pas permis", "ORDER BY is not allowed"),
                order.span(),
            ));
        }
        if let Some(limit) = limit_clause {
            return Err(self.refuse(
                Rule::Order,
                ("LIMIT et OFFSET ne sont pas permis", "LIMIT and OFFSET are not allowed"),
                limit.span(),
            ));
        }
        if fetch.is_some() {
            return Err(self.refuse(Rule::Order, ("FETCH n’est pas permis", "FETCH is not allowed"), query.span()));
        }
        let plain = locks.is_empty() && for_clause.is_none() && settings.is_none() && format_clause.is_none();
        if !plain || !pipe_operators.is_empty() {
            return Err(self.refuse(
                Rule::Clause,
                ("une clause après la requête n’est pas permise", "a clause after the query is not allowed"),
                query.span(),
            ));
        }
        Ok((with.as_ref(), body))
    }

    pub(super) fn depth(&self, depth: usize) -> Result<(), Refusal> {
        if depth > DEPTH_MAX {
            return Err(self.refuse(
                Rule::Syntax,
                ("le modèle est imbriqué trop profondément", "the template is nested too deeply"),
                Span::empty(),
            ));
        }
        Ok(())
    }

    fn with(&mut self, with: &ast::With, depth: usize) -> Result<Vec<(Name, Query)>, Refusal> {
        let ast::With { with_token: _, recursive, cte_tables } = with;
        if *recursive {
            return Err(self.refuse(
                Rule::Clause,
                ("WITH RECURSIVE n’est pas permis", "WITH RECURSIVE is not allowed"),
                with.span(),
            ));
        }
        let mut ctes = Vec::new();
        for cte in cte_tables {
            let ast::Cte { alias, query, from, materialized, closing_paren_token: _ } = cte;
            if from.is_some() || materialized.is_some() {
                return Err(self.refuse(
                    Rule::Clause,
                    ("une CTE ne prend pas d’indication", "a CTE takes no hint"),
                    cte.span(),
                ));
            }
            let name = self.alias(alias)?;
            if self.manifest.audience(name.as_str()).is_some() || !self.cte_names.insert(name.clone()) {
                let message = (
                    format!("le nom `{}` est déjà pris", name.as_str()),
                    format!("the name `{}` is taken", name.as_str()),
                );
                return Err(self.refuse(Rule::Name, message, alias.name.span));
            }
            let (query, columns) = self.query(query, depth + 1)?;
            self.ctes.push((name.clone(), columns));
            ctes.push((name, query));
        }
        Ok(ctes)
    }

    /// A table alias without anything but its name.
    pub(super) fn alias(&self, alias: &ast::TableAlias) -> Result<Name, Refusal> {
        let ast::TableAlias { explicit: _, name, columns, at } = alias;
        if !columns.is_empty() || at.is_some() {
            return Err(self.refuse(
                Rule::Clause,
                (
                    "les colonnes se nomment dans le SELECT, et pas dans un alias",
                    "columns are named in the SELECT, not in an alias",
                ),
                name.span,
            ));
        }
        let alias = self.name(name)?;
        if RESERVED.contains(&alias.as_str()) {
            return Err(self.refuse(
                Rule::Name,
                (
                    format!("le nom `{}` est déjà pris", alias.as_str()),
                    format!("the name `{}` is taken", alias.as_str()),
                ),
                name.span,
            ));
        }
        Ok(alias)
    }

    fn body(&mut self, body: &SetExpr, depth: usize) -> Result<(Query, Columns), Refusal> {
        self.depth(depth)?;
        match body {
            SetExpr::Select(select) => {
                let (select, columns) = self.select(select, depth)?;
                Ok((Query { ctes: Vec::new(), body: Body::Select(Box::new(select)) }, columns))
            }
            SetExpr::Query(query) => self.query(query, depth + 1),
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let (left_query, left_columns) = self.body(left, depth + 1)?;
                let (right_query, right_columns) = self.body(right, depth + 1)?;
                let Some(columns) = left_columns.either(&right_columns) else {
                    return Err(self.refuse(
                        Rule::Set,
                        ("les deux côtés ont des colonnes différentes", "the two sides have different columns"),
                        body.span(),
                    ));
                };
                let (operation, all) = self.set_operation(*op, *set_quantifier, body.span())?;
                let once = once(operation, all, &left_columns, &right_columns);
                let rows_max = match operation {
                    SetOperation::Union => left_columns.rows_max.saturating_add(right_columns.rows_max),
                    SetOperation::Intersect | SetOperation::Except => left_columns.rows_max,
                };
                let rows_max = if once == Some(BTreeSet::new()) { 1 } else { rows_max };
                let (left, right) = (Box::new(left_query), Box::new(right_query));
                let query = Query { ctes: Vec::new(), body: Body::Set { operation, all, left, right } };
                Ok((query, Columns { columns, once, rows_max }))
            }
            _ => Err(self.refuse(Rule::OneQuery, ("ce n’est pas un SELECT", "this is not a SELECT"), body.span())),
        }
    }

    fn set_operation(
        &self,
        operator: SetOperator,
        quantifier: SetQuantifier,
        span: Span,
    ) -> Result<(SetOperation, bool), Refusal> {
        let operation = match operator {
            SetOperator::Union => SetOperation::Union,
            SetOperator::Intersect => SetOperation::Intersect,
            SetOperator::Except => SetOperation::Except,
            SetOperator::Minus => {
                return Err(self.refuse(
                    Rule::Set,
                    ("au lieu de MINUS, écrivez EXCEPT", "write EXCEPT for MINUS"),
                    span,
                ));
            }
        };
        match quantifier {
            SetQuantifier::None | SetQuantifier::Distinct => Ok((operation, false)),
            SetQuantifier::All => Ok((operation, true)),
            _ => Err(self.refuse(Rule::Set, ("BY NAME n’est pas permis", "BY NAME is not allowed"), span)),
        }
    }
}

/// When the result of a set operation has at most one row a person.
fn once(operation: SetOperation, all: bool, left: &Columns, right: &Columns) -> Option<BTreeSet<Name>> {
    if !all && left.only_person() {
        return Some(BTreeSet::new());
    }
    match operation {
        SetOperation::Union => None,
        // No more copies of a row than the side that has fewer.
        SetOperation::Intersect => left.once.clone().or_else(|| right.once.clone()),
        SetOperation::Except => left.once.clone(),
    }
}
