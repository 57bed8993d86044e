//! Calls of functions: which are known, and that nothing but plain arguments is in them.

use super::super::local::{Choice, DatePart, DateUnit, Expression, Kind, YEAR_MAX, YEAR_MIN};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::level::{Level, Typed};
use super::{Checker, Words};
use sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator,
    FunctionArgumentClause, FunctionArgumentList, FunctionArguments, Spanned, Value, WindowSpec, WindowType,
};
use std::borrow::Cow;

/// Aggregates that are known here.
const AGGREGATES: &[&str] = &["bool_and", "bool_or", "count", "max", "min", "sum"];

/// Names of other aggregates, only to cite the right rule: functions of other names are refused as well.
const OTHER_AGGREGATES: &[&str] = &[
    "any_value",
    "approx_count_distinct",
    "approx_quantile",
    "approx_top_k",
    "arbitrary",
    "arg_max",
    "arg_min",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "corr",
    "entropy",
    "favg",
    "first",
    "fsum",
    "group_concat",
    "grouping",
    "histogram",
    "last",
    "list",
    "listagg",
    "mad",
    "max_by",
    "mean",
    "median",
    "min_by",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "product",
    "quantile",
    "quantile_cont",
    "quantile_disc",
    "reservoir_quantile",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sumkahan",
    "var_pop",
    "var_samp",
    "variance",
];

/// More days than lie between the first and the last that are stored.
pub(super) const DAYS_MAX: i64 = 3_660_000;
/// More months than lie between them.
const MONTHS_MAX: i64 = 120_000;

/// What a call says.
pub(super) struct Call<'e> {
    pub(super) name: String,
    pub(super) distinct: bool,
    /// `(*)`
    pub(super) star: bool,
    pub(super) arguments: Vec<Cow<'e, Expr>>,
    pub(super) filter: Option<&'e Expr>,
    pub(super) over: Option<&'e WindowSpec>,
}

impl Checker<'_> {
    /// Takes a call apart, and refuses what isn't known in any call.
    pub(super) fn call<'e>(&self, function: &'e Function) -> Result<Call<'e>, Refusal> {
        let Function { name, uses_odbc_syntax, parameters, args, within_group, filter, null_treatment, over } =
            function;
        let refuse = |rule, message: Words| Err(self.refuse(rule, message, function.span()));
        let name = self.name(self.single(name, Rule::Function)?)?.as_str().to_owned();
        if !within_group.is_empty() {
            return refuse(Rule::Order, ("WITHIN GROUP n’est pas permis", "WITHIN GROUP is not allowed"));
        }
        if *uses_odbc_syntax || null_treatment.is_some() || !matches!(parameters, FunctionArguments::None) {
            return refuse(
                Rule::Clause,
                ("cette forme d’appel n’est pas connue ici", "this form of a call is not known here"),
            );
        }
        let FunctionArgumentList { duplicate_treatment, args, clauses } = match args {
            FunctionArguments::List(list) => list,
            FunctionArguments::Subquery(_) => {
                return refuse(
                    Rule::Subquery,
                    ("une sous-requête n’est pas permise ici", "a subquery is not allowed here"),
                );
            }
            FunctionArguments::None => {
                return refuse(Rule::Function, ("cette fonction n’est pas permise", "this function is not allowed"));
            }
        };
        if let Some(clause) = clauses.first() {
            let ordered = matches!(clause, FunctionArgumentClause::OrderBy(_) | FunctionArgumentClause::Limit(_));
            let rule = if ordered { Rule::Order } else { Rule::Clause };
            return refuse(
                rule,
                ("une clause parmi les arguments n’est pas permise", "a clause among the arguments is not allowed"),
            );
        }
        let over = match over {
            None => None,
            Some(WindowType::WindowSpec(window)) => Some(window),
            Some(WindowType::NamedWindow(_)) => {
                return refuse(
                    Rule::Window,
                    ("les fenêtres nommées ne sont pas permises", "named windows are not allowed"),
                );
            }
        };
        let (mut star, mut arguments) = (false, Vec::new());
        for argument in args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => arguments.push(Cow::Borrowed(argument)),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => star = true,
                // The parser takes the comparison in `bool_or(x = 5)` for a name and its argument.
                FunctionArg::Named {
                    name,
                    arg: FunctionArgExpr::Expr(right),
                    operator: FunctionArgOperator::Equals,
                } => {
                    let left = Box::new(Expr::Identifier(name.clone()));
                    let right = Box::new(right.clone());
                    arguments.push(Cow::Owned(Expr::BinaryOp { left, op: BinaryOperator::Eq, right }));
                }
                _ => {
                    return refuse(
                        Rule::Function,
                        ("cette sorte d’argument n’est pas connue ici", "this kind of argument is not known here"),
                    );
                }
            }
        }
        let distinct = *duplicate_treatment == Some(DuplicateTreatment::Distinct);
        Ok(Call { name, distinct, star, arguments, filter: filter.as_deref(), over })
    }

    /// A function of values of one row or one group.
    pub(super) fn scalar<L: Level>(
        &mut self,
        level: &L,
        function: &Function,
        expected: Option<&Kind>,
        depth: usize,
    ) -> Result<Typed<L::Leaf>, Refusal> {
        let span = function.span();
        let name = function.name.to_string().to_ascii_lowercase();
        let choice = match name.as_str() {
            "least" => Some(Choice::Least),
            "greatest" => Some(Choice::Greatest),
            "coalesce" => Some(Choice::First),
            "abs" | "date_diff" | "year" | "month" => None,
            _ => return Err(self.refuse_function(function)),
        };
        let call = self.call(function)?;
        if call.over.is_some() {
            return Err(self.refuse_function(function));
        }
        if call.distinct || call.star || call.filter.is_some() {
            return Err(self.refuse(
                Rule::Function,
                (format!("`{name}` prend de simples valeurs"), format!("`{name}` takes plain values")),
                span,
            ));
        }
        if let Some(choice) = choice {
            let values: Vec<&Expr> = call.arguments.iter().map(AsRef::as_ref).collect();
            return self.choose(level, choice, &values, (expected, span), depth);
        }
        let wrong =
            |(fr, en): Words| self.refuse(Rule::Function, (format!("`{name}` {fr}"), format!("`{name}` {en}")), span);
        match (name.as_str(), call.arguments.as_slice()) {
            ("abs", [value]) => {
                let typed = self.expression(level, value, None, depth)?;
                let Some((kind, saturating)) = typed.kind.absolute() else {
                    return Err(self.refuse(Rule::Function, ("`abs` prend un nombre", "`abs` takes a number"), span));
                };
                Ok(Typed { expression: Expression::Absolute { value: Box::new(typed.expression), saturating }, kind })
            }
            ("year" | "month", [date]) => {
                let date = Box::new(self.date(level, date, depth)?);
                let (part, range) = match name.as_str() {
                    "year" => (DatePart::Year, (i64::from(YEAR_MIN), i64::from(YEAR_MAX))),
                    _ => (DatePart::Month, (1, 12)),
                };
                Ok(Typed { expression: Expression::DatePart { part, date }, kind: Kind::number(range) })
            }
            ("date_diff", [unit, from, to]) => {
                let (unit, most) = match text(unit) {
                    Some("day") => (DateUnit::Day, DAYS_MAX),
                    Some("month") => (DateUnit::Month, MONTHS_MAX),
                    _ => return Err(wrong(("compte en 'day' ou en 'month'", "counts in 'day' or 'month'"))),
                };
                let from = Box::new(self.date(level, from, depth)?);
                let to = Box::new(self.date(level, to, depth)?);
                Ok(Typed {
                    expression: Expression::DateDifference { unit, from, to },
                    kind: Kind::number((-most, most)),
                })
            }
            _ => Err(wrong(("prend un autre nombre d’arguments", "has another number of arguments"))),
        }
    }

    fn date<L: Level>(&mut self, level: &L, expr: &Expr, depth: usize) -> Result<Expression<L::Leaf>, Refusal> {
        let typed = self.expression(level, expr, Some(&Kind::Date), depth)?;
        if typed.kind != Kind::Date {
            return Err(self.refuse(
                Rule::Constant,
                ("on attend ici une date", "a date is expected here"),
                expr.span(),
            ));
        }
        Ok(typed.expression)
    }

    /// Refuses a call where it stands, by the rule that says most about it.
    pub(super) fn refuse_function(&self, function: &Function) -> Refusal {
        let name = function.name.to_string().to_ascii_lowercase();
        if function.over.is_some() {
            return self.refuse(
                Rule::Window,
                (
                    format!("la fenêtre `{name}` n’est pas permise ici"),
                    format!("the window `{name}` is not allowed here"),
                ),
                function.span(),
            );
        }
        if AGGREGATES.contains(&name.as_str()) {
            let message = (
                format!("`{name}` va dans un SELECT avec GROUP BY person, et pas dans un autre agrégat"),
                format!("`{name}` stands in a SELECT with GROUP BY person, not inside another aggregate"),
            );
            return self.refuse(Rule::Aggregate, message, function.span());
        }
        let other = OTHER_AGGREGATES.contains(&name.as_str());
        let rule = if other { Rule::Aggregate } else { Rule::Function };
        self.refuse(rule, (format!("`{name}` n’est pas permis"), format!("`{name}` is not allowed")), function.span())
    }
}

/// The text of a plain string.
fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}
