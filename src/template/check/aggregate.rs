//! Aggregates of one person's group and windows over one person's rows. Only those that don't depend on the order of rows.

use super::super::local::{Aggregate, AggregateFunction, ColumnRef, Expression, Kind, Order, Window, WindowFunction};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::Checker;
use super::function::Call;
use super::level::Rows;
use sqlparser::ast::{Expr, Function, OrderByExpr, OrderByOptions, OrderBySort, Spanned, WindowSpec};
use sqlparser::tokenizer::Span;

impl Checker<'_> {
    /// The aggregate that a call is, if it is one that is known.
    pub(super) fn aggregate(
        &mut self,
        rows: &Rows<'_>,
        function: &Function,
        depth: usize,
    ) -> Result<Option<(Aggregate, Kind)>, Refusal> {
        let name = function.name.to_string().to_ascii_lowercase();
        if !matches!(name.as_str(), "count" | "sum" | "min" | "max" | "bool_or" | "bool_and") {
            return Ok(None);
        }
        let call = self.call(function)?;
        let span = function.span();
        if call.over.is_some() {
            return Err(self.refuse(
                Rule::Window,
                ("une fenêtre ne va pas avec GROUP BY", "a window can't stand beside GROUP BY"),
                span,
            ));
        }
        let (function, kind) = match (call.name.as_str(), call.star, call.arguments.as_slice()) {
            ("count", true, []) if !call.distinct => (AggregateFunction::CountRows, Kind::number((0, i64::MAX))),
            ("count", false, [of]) => {
                let of = self.expression(rows, of, None, depth)?.expression;
                (AggregateFunction::Count { distinct: call.distinct, of }, Kind::number((0, i64::MAX)))
            }
            (_, false, [_]) if call.distinct => {
                return Err(self.refuse(
                    Rule::Aggregate,
                    ("DISTINCT n’est connu que dans count", "DISTINCT is known in count alone"),
                    span,
                ));
            }
            ("bool_or", false, [of]) => (AggregateFunction::Any(self.condition(rows, of, depth)?), Kind::Boolean),
            ("bool_and", false, [of]) => (AggregateFunction::All(self.condition(rows, of, depth)?), Kind::Boolean),
            (name, false, [of]) => {
                let (of, kind) = self.summarised(rows, name, of, span, depth)?;
                match name {
                    "sum" => (AggregateFunction::Sum(of), kind),
                    "min" => (AggregateFunction::Least(of), kind),
                    _ => (AggregateFunction::Greatest(of), kind),
                }
            }
            _ => {
                return Err(self.refuse(
                    Rule::Aggregate,
                    (format!("`{name}` prend d’autres arguments"), format!("`{name}` has other arguments")),
                    span,
                ));
            }
        };
        let filter = call.filter.map(|filter| self.condition(rows, filter, depth)).transpose()?;
        Ok(Some((Aggregate { function, filter }, kind)))
    }

    /// What goes into `sum`, `min` or `max`, and the kind of what comes out.
    fn summarised(
        &mut self,
        rows: &Rows<'_>,
        name: &str,
        of: &Expr,
        span: Span,
        depth: usize,
    ) -> Result<(Expression<ColumnRef>, Kind), Refusal> {
        let typed = self.expression(rows, of, None, depth)?;
        if name != "sum" {
            self.ordered(&typed.kind, span)?;
            return Ok((typed.expression, typed.kind));
        }
        let Some(kind) = typed.kind.summed() else {
            return Err(self.refuse(
                Rule::Constant,
                ("seuls des nombres s’additionnent", "only numbers are summed"),
                span,
            ));
        };
        Ok((typed.expression, kind))
    }

    /// A window over the rows of a person.
    pub(super) fn window(
        &mut self,
        rows: &Rows<'_>,
        function: &Function,
        depth: usize,
    ) -> Result<(Window, Kind), Refusal> {
        let span = function.span();
        let name = function.name.to_string().to_ascii_lowercase();
        if !matches!(name.as_str(), "count" | "sum" | "min" | "max" | "rank" | "dense_rank") {
            return Err(self.refuse_function(function));
        }
        let call = self.call(function)?;
        let Some(over) = call.over else { return Err(self.refuse_function(function)) };
        if call.distinct || call.filter.is_some() {
            return Err(self.refuse(
                Rule::Window,
                ("une fenêtre ne prend ni DISTINCT ni FILTER", "a window takes neither DISTINCT nor FILTER"),
                span,
            ));
        }
        let (partition, order) = self.over(rows, over, span, depth)?;
        let (function, kind) = self.window_function(rows, &call, !order.is_empty(), span, depth)?;
        Ok((Window { function, partition, order }, kind))
    }

    fn window_function(
        &mut self,
        rows: &Rows<'_>,
        call: &Call<'_>,
        is_ordered: bool,
        span: Span,
        depth: usize,
    ) -> Result<(WindowFunction, Kind), Refusal> {
        let counted = Kind::number((0, i64::MAX));
        Ok(match (call.name.as_str(), call.star, call.arguments.as_slice()) {
            ("rank" | "dense_rank", _, _) if !is_ordered => {
                return Err(self.refuse(Rule::Window, ("un rang a besoin d’ORDER BY", "a rank needs ORDER BY"), span));
            }
            ("rank", false, []) => (WindowFunction::Rank, Kind::number((1, i64::MAX))),
            ("dense_rank", false, []) => (WindowFunction::DenseRank, Kind::number((1, i64::MAX))),
            ("count", true, []) => (WindowFunction::CountRows, counted),
            ("count", false, [of]) => {
                (WindowFunction::Count(self.expression(rows, of, None, depth)?.expression), counted)
            }
            (name @ ("sum" | "min" | "max"), false, [of]) => {
                let (of, kind) = self.summarised(rows, name, of, span, depth)?;
                match name {
                    "sum" => (WindowFunction::Sum(of), kind),
                    "min" => (WindowFunction::Least(of), kind),
                    _ => (WindowFunction::Greatest(of), kind),
                }
            }
            (name, _, _) => {
                return Err(self.refuse(
                    Rule::Window,
                    (format!("`{name}` prend d’autres arguments"), format!("`{name}` has other arguments")),
                    span,
                ));
            }
        })
    }

    /// What a window is divided and ordered by: by `person`, and perhaps more.
    fn over(
        &mut self,
        rows: &Rows<'_>,
        over: &WindowSpec,
        span: Span,
        depth: usize,
    ) -> Result<(Vec<Expression<ColumnRef>>, Vec<Order>), Refusal> {
        let WindowSpec { window_name, partition_by, order_by, window_frame } = over;
        if window_name.is_some() || window_frame.is_some() {
            return Err(self.refuse(
                Rule::Window,
                ("une fenêtre n’a ni nom ni cadre", "a window has neither a name nor a frame"),
                span,
            ));
        }
        let (mut by_person, mut partition) = (false, Vec::new());
        for by in partition_by {
            if self.is_person(by, rows.scope)? {
                by_person = true;
            } else {
                partition.push(self.expression(rows, by, None, depth)?.expression);
            }
        }
        if !by_person {
            return Err(self.refuse(
                Rule::Window,
                ("cette fenêtre n’est pas divisée par `person`", "this window is not partitioned by `person`"),
                span,
            ));
        }
        let order = order_by.iter().map(|order| self.order(rows, order, depth)).collect::<Result<_, _>>()?;
        Ok((partition, order))
    }

    fn order(&mut self, rows: &Rows<'_>, order: &OrderByExpr, depth: usize) -> Result<Order, Refusal> {
        let OrderByExpr { expr, options: OrderByOptions { sort, nulls_first }, with_fill } = order;
        let descending = match sort {
            None | Some(OrderBySort::Asc) => false,
            Some(OrderBySort::Desc) => true,
            Some(OrderBySort::Using(_)) => {
                return Err(self.refuse(
                    Rule::Order,
                    ("ordonnez par ASC ou DESC", "order with ASC or DESC"),
                    expr.span(),
                ));
            }
        };
        if with_fill.is_some() {
            return Err(self.refuse(
                Rule::Clause,
                ("WITH FILL n’est pas permis", "WITH FILL is not allowed"),
                expr.span(),
            ));
        }
        let by = self.expression(rows, expr, None, depth)?;
        if matches!(by.expression, Expression::Constant(_)) {
            return Err(self.refuse(
                Rule::Order,
                ("une constante n’ordonne rien", "a constant orders nothing"),
                expr.span(),
            ));
        }
        self.ordered(&by.kind, expr.span())?;
        Ok(Order { by: by.expression, descending, nulls_first: nulls_first.unwrap_or(false) })
    }
}
