//! One SELECT: what it reads, what it keeps, what it yields.

use super::super::local::{ColumnRef, Columns, Expression, Kind, Name, Output, RowLeaf, Select, Yields};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::join::{FromClause, flatten};
use super::level::{Groups, Level, Rows, RowsAndWindows, Typed};
use super::scope::Scope;
use super::{Checker, Words};
use sqlparser::ast::{self, Distinct, Expr, GroupByExpr, SelectFlavor, SelectItem, Spanned};
use std::collections::BTreeSet;

/// The clauses of a SELECT that are known here, beside FROM and WHERE.
pub(super) struct Plain<'a> {
    pub(super) distinct: bool,
    pub(super) projection: &'a [SelectItem],
    pub(super) is_grouped: bool,
    pub(super) group_by: &'a [Expr],
    pub(super) having: Option<&'a Expr>,
}

/// What a SELECT yields: under which names, and of which kinds.
type Outputs<L> = (Vec<Output<L>>, Vec<(Name, Kind)>);

impl Checker<'_> {
    /// Takes a SELECT apart, and refuses every clause that isn't known.
    pub(super) fn plain_select<'a>(&self, select: &'a ast::Select) -> Result<Plain<'a>, Refusal> {
        let ast::Select {
            select_token: _,
            optimizer_hints,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from: _,
            lateral_views,
            prewhere,
            selection: _,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor,
        } = select;
        // The span is computed for a refusal only: the parser's own recursion has no limit there.
        let refuse = |rule, broken: bool, message: Words| {
            if broken { Err(self.refuse(rule, message, select.span())) } else { Ok(()) }
        };
        let (group_by, ways) = match group_by {
            GroupByExpr::Expressions(by, ways) => (by.as_slice(), ways),
            GroupByExpr::All(_) => {
                return Err(self.refuse(
                    Rule::Aggregate,
                    ("GROUP BY ALL n’est pas permis", "GROUP BY ALL is not allowed"),
                    select.span(),
                ));
            }
        };
        refuse(
            Rule::Aggregate,
            !ways.is_empty(),
            ("GROUPING SETS, CUBE et ROLLUP ne sont pas permis", "GROUPING SETS, CUBE and ROLLUP are not allowed"),
        )?;
        refuse(
            Rule::Aggregate,
            having.is_some() && group_by.is_empty(),
            ("HAVING a besoin de GROUP BY person", "HAVING needs GROUP BY person"),
        )?;
        refuse(
            Rule::Window,
            !named_window.is_empty() || qualify.is_some(),
            ("WINDOW et QUALIFY ne sont pas permis", "WINDOW and QUALIFY are not allowed"),
        )?;
        refuse(
            Rule::Order,
            top.is_some() || !sort_by.is_empty(),
            ("TOP et SORT BY ne sont pas permis", "TOP and SORT BY are not allowed"),
        )?;
        refuse(
            Rule::Order,
            !cluster_by.is_empty() || !distribute_by.is_empty(),
            ("CLUSTER BY n’est pas permis", "CLUSTER BY is not allowed"),
        )?;
        let unusual = !optimizer_hints.is_empty() || select_modifiers.is_some() || exclude.is_some() || into.is_some();
        let other =
            !lateral_views.is_empty() || prewhere.is_some() || !connect_by.is_empty() || value_table_mode.is_some();
        let standard = *flavor == SelectFlavor::Standard;
        refuse(
            Rule::Clause,
            unusual || other || !standard,
            ("une clause de ce SELECT n’est pas permise", "a clause of this SELECT is not allowed"),
        )?;
        refuse(
            Rule::Order,
            matches!(distinct, Some(Distinct::On(_))),
            ("DISTINCT ON n’est pas permis", "DISTINCT ON is not allowed"),
        )?;
        let distinct = matches!(distinct, Some(Distinct::Distinct));
        let is_grouped = !group_by.is_empty();
        Ok(Plain { distinct, projection, is_grouped, group_by, having: having.as_ref() })
    }

    pub(super) fn select(&mut self, select: &ast::Select, depth: usize) -> Result<(Select, Columns), Refusal> {
        let plain = self.plain_select(select)?;
        let mut scope = Scope::default();
        let FromClause { source: from, mut joins, mut once, mut rows_max } = self.from(select, &mut scope, depth)?;
        let conjuncts = select.selection.as_ref().map(flatten).unwrap_or_default();
        let filter = self.filter(&conjuncts, &mut scope, &mut joins, depth)?;
        let (yields, columns) = if plain.is_grouped {
            let keys = self.keys(&plain, select, &scope, depth)?;
            let lone = std::mem::replace(&mut once, keys.is_empty().then(BTreeSet::new));
            rows_max = if keys.is_empty() { 1 } else { rows_max };
            let level = Groups { scope: &scope, keys: &keys };
            let having = plain.having.map(|having| self.condition(&level, having, depth)).transpose()?;
            let (outputs, columns) = self.outputs(&level, &plain, select, &scope, depth)?;
            let keys = keys.into_iter().map(|key| key.expression).collect();
            (Yields::Groups { keys, having, outputs, lone }, columns)
        } else {
            let level = RowsAndWindows { scope: &scope };
            let (outputs, columns): Outputs<RowLeaf> = self.outputs(&level, &plain, select, &scope, depth)?;
            (Yields::Rows { outputs }, columns)
        };
        let mut columns = Columns { columns, once, rows_max };
        if plain.distinct && columns.only_person() {
            columns.once = Some(BTreeSet::new());
            columns.rows_max = 1;
        }
        Ok((Select { distinct: plain.distinct, from, joins, filter, yields }, columns))
    }

    /// What rows are grouped by beside `person`.
    fn keys(
        &mut self,
        plain: &Plain<'_>,
        select: &ast::Select,
        scope: &Scope,
        depth: usize,
    ) -> Result<Vec<Typed<ColumnRef>>, Refusal> {
        let (mut by_person, mut keys) = (false, Vec::new());
        for by in plain.group_by {
            if self.is_person(by, scope)? {
                by_person = true;
                continue;
            }
            let key = self.expression(&Rows { scope }, by, None, depth)?;
            if matches!(key.expression, Expression::Constant(_)) {
                return Err(self.refuse(
                    Rule::Aggregate,
                    ("une constante n’est pas une clé : écrivez la colonne", "a constant is no key: write the column"),
                    by.span(),
                ));
            }
            keys.push(key);
        }
        if !by_person {
            return Err(self.refuse(
                Rule::Aggregate,
                ("GROUP BY doit nommer `person`", "GROUP BY has to name `person`"),
                select.span(),
            ));
        }
        Ok(keys)
    }

    /// The columns of a SELECT, under names that differ, `person` among them under its own.
    fn outputs<L: Level>(
        &mut self,
        level: &L,
        plain: &Plain<'_>,
        select: &ast::Select,
        scope: &Scope,
        depth: usize,
    ) -> Result<Outputs<L::Leaf>, Refusal> {
        let (mut outputs, mut columns) = (Vec::new(), Vec::new());
        for item in plain.projection {
            let (expr, alias) = match item {
                SelectItem::UnnamedExpr(expr) => (expr, None),
                SelectItem::ExprWithAlias { expr, alias } => (expr, Some(self.name(alias)?)),
                _ => {
                    return Err(self.refuse(
                        Rule::Output,
                        ("nommez les colonnes une à une", "name the columns one by one"),
                        item.span(),
                    ));
                }
            };
            let column = self.column(expr, scope)?;
            let is_person = matches!(column, Some((_, Kind::Person)));
            // `person` is called `person`, and nothing else is.
            let name = alias.or_else(|| column.map(|(column, _)| column.column));
            if name.as_ref().is_some_and(|name| name.is_person() != is_person) {
                return Err(self.refuse(
                    Rule::Output,
                    (
                        "`person` garde son nom, et rien d’autre ne le prend",
                        "`person` keeps its name, and nothing else takes it",
                    ),
                    item.span(),
                ));
            }
            let (output, kind) = if is_person {
                (None, Kind::Person)
            } else {
                let typed = self.expression(level, expr, None, depth)?;
                (Some(typed.expression), typed.kind)
            };
            let Some(name) = name else {
                return Err(self.refuse(
                    Rule::Output,
                    ("nommez cette colonne : … AS nom", "name this column: … AS name"),
                    item.span(),
                ));
            };
            if columns.iter().any(|(taken, _)| *taken == name) {
                let message = (
                    format!("`{}` est sélectionnée deux fois", name.as_str()),
                    format!("`{}` is selected twice", name.as_str()),
                );
                return Err(self.refuse(Rule::Output, message, item.span()));
            }
            outputs.push(output.map_or(Output::Person, |value| Output::Value(value, name.clone())));
            columns.push((name, kind));
        }
        if !columns.iter().any(|(name, _)| name.is_person()) {
            return Err(self.refuse(
                Rule::Output,
                ("`person` n’est pas sélectionnée", "`person` is not selected"),
                select.span(),
            ));
        }
        Ok((outputs, columns))
    }
}
