//! Conditions on one row: comparisons that are deterministic and can't fail, whatever the row holds.

use super::super::local::{ColumnRef, Comparison, Condition, Kind, Literal, Operand};
use super::super::refusal::{Refusal, Rule};
use super::Checker;
use super::scope::Scope;
use crate::model::ColumnKind;
use sqlparser::ast::{BinaryOperator, DataType, Expr, Function, Spanned, TypedString, UnaryOperator, Value};

/// Names of aggregates, only to cite the right rule: functions of other names are refused as well.
const AGGREGATES: &[&str] = &[
    "any_value",
    "approx_count_distinct",
    "arg_max",
    "arg_min",
    "array_agg",
    "avg",
    "bool_and",
    "bool_or",
    "count",
    "first",
    "last",
    "list",
    "max",
    "median",
    "min",
    "mode",
    "quantile",
    "stddev",
    "string_agg",
    "sum",
    "variance",
];

impl Checker<'_> {
    pub(super) fn condition(&mut self, expr: &Expr, scope: &Scope, depth: usize) -> Result<Condition, Refusal> {
        self.depth(depth)?;
        match expr {
            Expr::Nested(inner) => self.condition(inner, scope, depth + 1),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                Ok(Condition::Not(Box::new(self.condition(expr, scope, depth + 1)?)))
            }
            Expr::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } => {
                let left = Box::new(self.condition(left, scope, depth + 1)?);
                let right = Box::new(self.condition(right, scope, depth + 1)?);
                let and = *op == BinaryOperator::And;
                Ok(if and { Condition::And(left, right) } else { Condition::Or(left, right) })
            }
            Expr::BinaryOp { left, op, right } => self.comparison(expr, left, op, right, scope),
            Expr::InList { expr: column, list, negated } => {
                let (column, kind) = self.compared(column, scope)?;
                let values = list.iter().map(|value| self.literal(value, &kind)).collect::<Result<_, _>>()?;
                Ok(Condition::In { column, negated: *negated, values })
            }
            Expr::Between { expr: column, negated, low, high } => {
                let (column, kind) = self.compared(column, scope)?;
                if matches!(kind, Kind::Category(_)) {
                    return Err(self.refuse(Rule::Constant, "values of a category have no order", expr.span()));
                }
                let (low, high) = (self.literal(low, &kind)?, self.literal(high, &kind)?);
                Ok(Condition::Between { column, negated: *negated, low, high })
            }
            Expr::IsNull(column) | Expr::IsNotNull(column) => {
                let (column, _) = self.compared(column, scope)?;
                Ok(Condition::Null { column, negated: matches!(expr, Expr::IsNotNull(_)) })
            }
            _ => Err(self.refuse_expression(expr, Rule::Condition, "this condition is not known here")),
        }
    }

    fn comparison(
        &mut self,
        whole: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        scope: &Scope,
    ) -> Result<Condition, Refusal> {
        let comparison = match op {
            BinaryOperator::Eq => Comparison::Equal,
            BinaryOperator::NotEq => Comparison::NotEqual,
            BinaryOperator::Lt => Comparison::Less,
            BinaryOperator::LtEq => Comparison::LessOrEqual,
            BinaryOperator::Gt => Comparison::Greater,
            BinaryOperator::GtEq => Comparison::GreaterOrEqual,
            _ => {
                return Err(self.refuse(
                    Rule::Condition,
                    format!("the operator `{op}` is not known here"),
                    whole.span(),
                ));
            }
        };
        if self.column(left, scope)?.is_none() && self.column(right, scope)?.is_none() {
            let telling = if matches!(left, Expr::Value(_)) { right } else { left };
            return Err(self.refuse_expression(telling, Rule::Condition, "one side has to be a column"));
        }
        // A constant on the left changes sides.
        let turned = self.column(left, scope)?.is_none();
        let (first, second, comparison) =
            if turned { (right, left, comparison.flipped()) } else { (left, right, comparison) };
        let (left, kind) = self.compared(first, scope)?;
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if ordered && matches!(kind, Kind::Category(_)) {
            return Err(self.refuse(Rule::Constant, "values of a category have no order", whole.span()));
        }
        if self.column(second, scope)?.is_none() {
            let right = Operand::Literal(self.literal(second, &kind)?);
            return Ok(Condition::Compare { left, comparison, right });
        }
        let (right, right_kind) = self.compared(second, scope)?;
        if kind != right_kind {
            return Err(self.refuse(Rule::Constant, "these columns are of different kinds", whole.span()));
        }
        Ok(Condition::Compare { left, comparison, right: Operand::Column(right) })
    }

    /// A column that may be compared: any but `person`.
    fn compared(&mut self, expr: &Expr, scope: &Scope) -> Result<(ColumnRef, Kind), Refusal> {
        match self.column(expr, scope)? {
            Some((_, Kind::Person)) => Err(self.refuse(Rule::Person, "`person` can't be compared", expr.span())),
            Some((column, kind)) => {
                self.note_use(&column, scope);
                Ok((column, kind))
            }
            None => Err(self.refuse_expression(expr, Rule::Condition, "a column is expected here")),
        }
    }

    /// A constant of the kind of the column that it is compared with.
    fn literal(&self, expr: &Expr, kind: &Kind) -> Result<Literal, Refusal> {
        let wrong = |message: &str| self.refuse_expression(expr, Rule::Constant, message);
        let literal = match (kind, expr) {
            (Kind::Category(column), Expr::Value(value)) => {
                let Value::SingleQuotedString(id) = &value.value else {
                    return Err(wrong("this column is compared with ids of its category"));
                };
                let Some(ColumnKind::Category { values }) = self.vocabulary.get(column).map(|column| &column.kind)
                else {
                    return Err(wrong("this column has no values"));
                };
                let code = (0u16..).zip(values).find(|(_, value)| value.id == *id).map(|(code, _)| code);
                let code = code.ok_or_else(|| wrong("the vocabulary doesn't have this value"))?;
                Some(Literal::Category { id: id.clone(), code })
            }
            (Kind::Amount, Expr::Value(value)) => whole(&value.value, false).map(Literal::Amount),
            (Kind::Amount, Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner }) => match inner.as_ref() {
                Expr::Value(value) => whole(&value.value, true).map(Literal::Amount),
                _ => None,
            },
            (
                Kind::Date,
                Expr::TypedString(TypedString { data_type: DataType::Date, value, uses_odbc_syntax: false }),
            ) => match &value.value {
                Value::SingleQuotedString(text) if text.len() == 10 => text.parse().ok().map(Literal::Date),
                _ => None,
            },
            _ => None,
        };
        literal.ok_or_else(|| wrong("this is not a constant of the column's kind"))
    }

    /// A refusal that names the most telling rule that the expression breaks.
    pub(super) fn refuse_expression(&self, expr: &Expr, otherwise: Rule, message: &str) -> Refusal {
        let (rule, message) = match expr {
            Expr::Function(function) => return self.refuse_function(function),
            Expr::Exists { .. } | Expr::InSubquery { .. } | Expr::Subquery(_) => {
                (Rule::Subquery, "a subquery is not allowed here")
            }
            Expr::AnyOp { .. } | Expr::AllOp { .. } => (Rule::Subquery, "ANY and ALL are not allowed"),
            Expr::Cast { .. } | Expr::Extract { .. } | Expr::Substring { .. } | Expr::Trim { .. } => {
                (Rule::Function, "a function or cast is not allowed")
            }
            _ => (otherwise, message),
        };
        self.refuse(rule, message, expr.span())
    }

    fn refuse_function(&self, function: &Function) -> Refusal {
        let name = function.name.to_string().to_ascii_lowercase();
        let rule = if function.over.is_some() {
            Rule::Window
        } else if AGGREGATES.contains(&name.as_str()) {
            Rule::Aggregate
        } else {
            Rule::Function
        };
        self.refuse(rule, format!("`{name}` is not allowed"), function.span())
    }
}

/// A whole number in digits alone.
fn whole(value: &Value, negative: bool) -> Option<i64> {
    let Value::Number(digits, false) = value else {
        return None;
    };
    let digits = Some(digits).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    if negative { format!("-{digits}").parse().ok() } else { digits.parse().ok() }
}
