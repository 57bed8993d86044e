//! One SELECT: what it reads, what it keeps, what it yields.

use super::super::local::{ColumnRef, Columns, Kind, Name, Relation, Select, Source};
use super::super::refusal::{Refusal, Rule};
use super::Checker;
use super::scope::Scope;
use sqlparser::ast::{self, Distinct, GroupByExpr, SelectFlavor, SelectItem, Spanned, TableFactor};
use std::collections::BTreeSet;

/// What a SELECT yields, and under which names.
type Outputs = Vec<(ColumnRef, Name)>;

impl Checker<'_> {
    pub(super) fn select(&mut self, select: &ast::Select, depth: usize) -> Result<(Select, Columns), Refusal> {
        let ast::Select {
            select_token: _,
            optimizer_hints,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection: _,
            exclude,
            into,
            from: _,
            lateral_views,
            prewhere,
            selection,
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
        let refuse = |rule, broken: bool, message: &str| {
            if broken { Err(self.refuse(rule, message, select.span())) } else { Ok(()) }
        };
        let grouped = !matches!(group_by, GroupByExpr::Expressions(by, with) if by.is_empty() && with.is_empty());
        refuse(Rule::Aggregate, grouped || having.is_some(), "GROUP BY and HAVING are not allowed")?;
        refuse(Rule::Window, !named_window.is_empty() || qualify.is_some(), "WINDOW and QUALIFY are not allowed")?;
        refuse(Rule::Order, top.is_some() || !sort_by.is_empty(), "TOP and SORT BY are not allowed")?;
        refuse(Rule::Order, !cluster_by.is_empty() || !distribute_by.is_empty(), "CLUSTER BY is not allowed")?;
        let unusual = !optimizer_hints.is_empty() || select_modifiers.is_some() || exclude.is_some() || into.is_some();
        let other =
            !lateral_views.is_empty() || prewhere.is_some() || !connect_by.is_empty() || value_table_mode.is_some();
        let standard = *flavor == SelectFlavor::Standard;
        refuse(Rule::Clause, unusual || other || !standard, "a clause of this SELECT is not allowed")?;
        refuse(Rule::Order, matches!(distinct, Some(Distinct::On(_))), "DISTINCT ON is not allowed")?;
        let distinct = matches!(distinct, Some(Distinct::Distinct));
        let mut scope = Scope::default();
        let (from, joins, once) = self.from(select, &mut scope, depth)?;
        let filter = selection.as_ref().map(|expr| self.condition(expr, &scope, depth)).transpose()?;
        let (outputs, columns) = self.outputs(select, &scope)?;
        let mut columns = Columns { columns, once };
        if distinct && columns.only_person() {
            columns.once = Some(BTreeSet::new());
        }
        Ok((Select { distinct, outputs, from, joins, filter }, columns))
    }

    /// The columns of a SELECT: columns of its relations, under names that differ, `person` among them under its own.
    fn outputs(&mut self, select: &ast::Select, scope: &Scope) -> Result<(Outputs, Vec<(Name, Kind)>), Refusal> {
        let (mut outputs, mut columns) = (Vec::new(), Vec::new());
        for item in &select.projection {
            let (expr, alias) = match item {
                SelectItem::UnnamedExpr(expr) => (expr, None),
                SelectItem::ExprWithAlias { expr, alias } => (expr, Some(self.name(alias)?)),
                _ => return Err(self.refuse(Rule::Output, "name the columns one by one", item.span())),
            };
            let Some((column, kind)) = self.column(expr, scope)? else {
                return Err(self.refuse_expression(expr, Rule::Output, "only columns can be selected"));
            };
            let name = alias.unwrap_or_else(|| column.column.clone());
            // `person` is called `person`, and nothing else is.
            if column.column.is_person() != name.is_person() {
                return Err(self.refuse(
                    Rule::Output,
                    "`person` keeps its name, and nothing else takes it",
                    item.span(),
                ));
            }
            if columns.iter().any(|(taken, _)| *taken == name) {
                let message = format!("`{}` is selected twice", name.as_str());
                return Err(self.refuse(Rule::Output, message, item.span()));
            }
            self.note_use(&column, scope);
            outputs.push((column, name.clone()));
            columns.push((name, kind));
        }
        if !columns.iter().any(|(name, _)| name.is_person()) {
            return Err(self.refuse(Rule::Output, "`person` is not selected", select.span()));
        }
        Ok((outputs, columns))
    }

    /// A relation of FROM, with its alias.
    pub(super) fn source(&mut self, factor: &TableFactor, depth: usize) -> Result<(Source, Columns), Refusal> {
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
            } => {
                if sample.is_some() {
                    return Err(self.refuse(Rule::Order, "a sample is not allowed", factor.span()));
                }
                if args.is_some() || *with_ordinality {
                    return Err(self.refuse(Rule::Relation, "a table function is not allowed", factor.span()));
                }
                let hinted = !with_hints.is_empty() || version.is_some() || !partitions.is_empty();
                if hinted || json_path.is_some() || !index_hints.is_empty() {
                    return Err(self.refuse(Rule::Clause, "a table takes no hint", factor.span()));
                }
                let (relation, columns) = self.relation(self.single(name, Rule::Relation)?)?;
                let alias = alias.as_ref().map(|alias| self.alias(alias)).transpose()?;
                let alias = alias.unwrap_or_else(|| relation.clone());
                Ok((Source { relation: Relation::Named(relation), alias }, columns))
            }
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                if *lateral {
                    return Err(self.refuse(Rule::Join, "LATERAL is not allowed", factor.span()));
                }
                if sample.is_some() {
                    return Err(self.refuse(Rule::Order, "a sample is not allowed", factor.span()));
                }
                let Some(alias) = alias else {
                    return Err(self.refuse(Rule::Name, "name this subquery: (SELECT …) AS name", factor.span()));
                };
                let alias = self.alias(alias)?;
                let (query, columns) = self.query(subquery, depth + 1)?;
                Ok((Source { relation: Relation::Derived(Box::new(query)), alias }, columns))
            }
            _ => Err(self.refuse(Rule::Relation, "this is neither an audience nor a CTE", factor.span())),
        }
    }
}
