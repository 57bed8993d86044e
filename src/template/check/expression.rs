//! Expressions: deterministic operations on values of known kinds, none of which can fail, whatever the row holds.

use super::super::local::{Comparison, Constant, DateUnit, Expression, Kind, Operator};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::function::DAYS_MAX;
use super::level::{Level, Typed};
use super::{Checker, Words};
use sqlparser::ast::{BinaryOperator, CaseWhen, Expr, Spanned, UnaryOperator};
use sqlparser::tokenizer::Span;

/// CASE within CASE deeper than this is refused: where a number has to saturate, what decides whether it is there at all is
/// written out twice.
const CASES_MAX: usize = 6;

impl Checker<'_> {
    /// A condition: what is true, false or unknown.
    pub(super) fn condition<L: Level>(
        &mut self,
        level: &L,
        expr: &Expr,
        depth: usize,
    ) -> Result<Expression<L::Leaf>, Refusal> {
        let typed = self.expression(level, expr, Some(&Kind::Boolean), depth)?;
        if typed.kind != Kind::Boolean {
            return Err(self.refuse(
                Rule::Condition,
                ("on attend ici une condition", "a condition is expected here"),
                expr.span(),
            ));
        }
        Ok(typed.expression)
    }

    /// An expression of any kind; `expected` is what a bare constant would be taken for.
    pub(super) fn expression<L: Level>(
        &mut self,
        level: &L,
        expr: &Expr,
        expected: Option<&Kind>,
        depth: usize,
    ) -> Result<Typed<L::Leaf>, Refusal> {
        self.depth(depth)?;
        if let Some((leaf, kind)) = level.leaf(self, expr, expected, depth)? {
            return Ok(Typed { expression: Expression::Leaf(leaf), kind });
        }
        if let Some((constant, kind)) = self.constant(expr, expected)? {
            return Ok(Typed { expression: Expression::Constant(constant), kind });
        }
        match expr {
            Expr::Nested(inner) => self.expression(level, inner, expected, depth + 1),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } => {
                let zero = Typed { expression: Expression::Constant(Constant::Number(0)), kind: Kind::number((0, 0)) };
                let value = self.expression(level, inner, None, depth + 1)?;
                self.arithmetic(Operator::Subtract, zero, value, expr.span())
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr: inner } => {
                let inner = self.condition(level, inner, depth + 1)?;
                Ok(Typed::condition(Expression::Not(Box::new(inner))))
            }
            Expr::BinaryOp { left, op, right } => self.binary(level, expr, left, op, right, depth + 1),
            Expr::InList { expr: value, list, negated } => self.membership(level, value, list, *negated, depth + 1),
            Expr::Between { expr: value, negated, low, high } => {
                let (kind, parts) = self.alike(level, &[value, low, high], None, expr.span(), depth + 1)?;
                self.ordered(&kind, expr.span())?;
                let Ok([value, low, high]) = <[_; 3]>::try_from(parts) else {
                    return Err(self.refuse(
                        Rule::Condition,
                        ("cette condition n’est pas connue ici", "this condition is not known here"),
                        expr.span(),
                    ));
                };
                let (value, low, high) = (Box::new(value), Box::new(low), Box::new(high));
                Ok(Typed::condition(Expression::Between { value, negated: *negated, low, high }))
            }
            Expr::IsNull(value) | Expr::IsNotNull(value) => {
                let value = match level.joined_person(self, value)? {
                    Some(person) => Box::new(Expression::Leaf(person)),
                    None => Box::new(self.expression(level, value, None, depth + 1)?.expression),
                };
                Ok(Typed::condition(Expression::Null { value, negated: matches!(expr, Expr::IsNotNull(_)) }))
            }
            Expr::Case { case_token: _, end_token: _, operand, conditions, else_result } => {
                self.cases += 1;
                if self.cases > CASES_MAX {
                    return Err(self.refuse(
                        Rule::Syntax,
                        ("des CASE sont imbriqués trop profondément", "CASE is nested too deeply"),
                        expr.span(),
                    ));
                }
                let case = self.case(
                    level,
                    expr,
                    (operand.as_deref(), conditions, else_result.as_deref()),
                    expected,
                    depth + 1,
                );
                self.cases -= 1;
                case
            }
            Expr::Function(function) => self.scalar(level, function, expected, depth + 1),
            _ => Err(self.refuse_expression(
                expr,
                Rule::Expression,
                ("cette expression n’est pas connue ici", "this expression is not known here"),
            )),
        }
    }

    fn binary<L: Level>(
        &mut self,
        level: &L,
        whole: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        depth: usize,
    ) -> Result<Typed<L::Leaf>, Refusal> {
        let operator = match op {
            BinaryOperator::And | BinaryOperator::Or => {
                let left = Box::new(self.condition(level, left, depth)?);
                let right = Box::new(self.condition(level, right, depth)?);
                let and = *op == BinaryOperator::And;
                let both = if and { Expression::And(left, right) } else { Expression::Or(left, right) };
                return Ok(Typed::condition(both));
            }
            BinaryOperator::Eq => return self.comparison(level, whole, left, Comparison::Equal, right, depth),
            BinaryOperator::NotEq => return self.comparison(level, whole, left, Comparison::NotEqual, right, depth),
            BinaryOperator::Lt => return self.comparison(level, whole, left, Comparison::Less, right, depth),
            BinaryOperator::LtEq => return self.comparison(level, whole, left, Comparison::LessOrEqual, right, depth),
            BinaryOperator::Gt => return self.comparison(level, whole, left, Comparison::Greater, right, depth),
            BinaryOperator::GtEq => {
                return self.comparison(level, whole, left, Comparison::GreaterOrEqual, right, depth);
            }
            BinaryOperator::DuckIntegerDivide | BinaryOperator::Modulo => {
                return self.division(level, *op == BinaryOperator::Modulo, left, right, depth);
            }
            BinaryOperator::Plus => Operator::Add,
            BinaryOperator::Minus => Operator::Subtract,
            BinaryOperator::Multiply => Operator::Multiply,
            _ => {
                let message = (
                    format!("l’opérateur `{op}` n’est pas connu ici"),
                    format!("the operator `{op}` is not known here"),
                );
                return Err(self.refuse(Rule::Expression, message, whole.span()));
            }
        };
        let left = self.expression(level, left, None, depth)?;
        let right = self.expression(level, right, None, depth)?;
        self.arithmetic(operator, left, right, whole.span())
    }

    fn arithmetic<L>(
        &self,
        operator: Operator,
        left: Typed<L>,
        right: Typed<L>,
        span: Span,
    ) -> Result<Typed<L>, Refusal> {
        if operator == Operator::Subtract && (&left.kind, &right.kind) == (&Kind::Date, &Kind::Date) {
            let (from, to) = (Box::new(right.expression), Box::new(left.expression));
            let expression = Expression::DateDifference { unit: DateUnit::Day, from, to };
            return Ok(Typed { expression, kind: Kind::number((-DAYS_MAX, DAYS_MAX)) });
        }
        let Some((kind, saturating)) = Kind::arithmetic(operator, &left.kind, &right.kind) else {
            return Err(self.refuse(
                Rule::Expression,
                (
                    "seuls des nombres s’additionnent, se soustraient et se multiplient; une date moins une date donne des jours",
                    "only numbers are added, subtracted and multiplied; a date less a date gives days",
                ),
                span,
            ));
        };
        let (left, right) = (Box::new(left.expression), Box::new(right.expression));
        Ok(Typed { expression: Expression::Arithmetic { operator, left, right, saturating }, kind })
    }

    fn division<L: Level>(
        &mut self,
        level: &L,
        remainder: bool,
        value: &Expr,
        divisor: &Expr,
        depth: usize,
    ) -> Result<Typed<L::Leaf>, Refusal> {
        let dividend = self.expression(level, value, None, depth)?;
        let by = self.constant(divisor, None)?;
        let Some((by, range)) = by.and_then(|(by, kind)| kind.range().map(|range| (by, range))) else {
            return Err(self.refuse_expression(
                divisor,
                Rule::Expression,
                ("un diviseur est une constante entière positive", "a divisor is a positive whole constant"),
            ));
        };
        let Some(kind) = dividend.kind.divided(remainder, range) else {
            return Err(self.refuse(
                Rule::Expression,
                (
                    "un nombre se divise par une constante entière positive",
                    "a number is divided by a positive whole constant",
                ),
                divisor.span(),
            ));
        };
        let value = Box::new(dividend.expression);
        Ok(Typed { expression: Expression::Divide { remainder, value, by }, kind })
    }

    fn comparison<L: Level>(
        &mut self,
        level: &L,
        whole: &Expr,
        left: &Expr,
        comparison: Comparison,
        right: &Expr,
        depth: usize,
    ) -> Result<Typed<L::Leaf>, Refusal> {
        let (kind, parts) = self.alike(level, &[left, right], None, whole.span(), depth)?;
        if comparison.orders() {
            self.ordered(&kind, whole.span())?;
        }
        let Ok([left, right]) = <[_; 2]>::try_from(parts) else {
            return Err(self.refuse(
                Rule::Condition,
                ("cette condition n’est pas connue ici", "this condition is not known here"),
                whole.span(),
            ));
        };
        Ok(Typed::condition(Expression::Compare { left: Box::new(left), comparison, right: Box::new(right) }))
    }

    fn membership<L: Level>(
        &mut self,
        level: &L,
        value: &Expr,
        list: &[Expr],
        negated: bool,
        depth: usize,
    ) -> Result<Typed<L::Leaf>, Refusal> {
        let typed = self.expression(level, value, None, depth)?;
        let mut values = Vec::new();
        for item in list {
            let Some((constant, kind)) = self.constant(item, Some(&typed.kind))? else {
                return Err(self.refuse_expression(
                    item,
                    Rule::Constant,
                    ("seules des constantes vont dans cette liste", "only constants can be listed here"),
                ));
            };
            if typed.kind.either(&kind).is_none() {
                return Err(self.refuse(
                    Rule::Constant,
                    ("cette constante est d’une autre sorte", "this constant is of another kind"),
                    item.span(),
                ));
            }
            values.push(constant);
        }
        if values.is_empty() {
            return Err(self.refuse(
                Rule::Constant,
                ("il n’y a rien dans cette liste", "there is nothing in this list"),
                value.span(),
            ));
        }
        Ok(Typed::condition(Expression::In { value: Box::new(typed.expression), negated, values }))
    }

    fn case<L: Level>(
        &mut self,
        level: &L,
        whole: &Expr,
        (operand, conditions, otherwise): (Option<&Expr>, &[CaseWhen], Option<&Expr>),
        expected: Option<&Kind>,
        depth: usize,
    ) -> Result<Typed<L::Leaf>, Refusal> {
        let (mut whens, mut results) = (Vec::new(), Vec::new());
        for CaseWhen { condition, result } in conditions {
            whens.push(match operand {
                Some(operand) => {
                    self.comparison(level, whole, operand, Comparison::Equal, condition, depth)?.expression
                }
                None => self.condition(level, condition, depth)?,
            });
            results.push(result);
        }
        results.extend(otherwise);
        let (kind, mut values) = self.alike(level, &results, expected, whole.span(), depth)?;
        let otherwise = if otherwise.is_some() { values.pop().map(Box::new) } else { None };
        let branches = whens.into_iter().zip(values).collect();
        Ok(Typed { expression: Expression::Case { branches, otherwise }, kind })
    }

    /// A refusal that names the most telling rule that the expression breaks.
    pub(super) fn refuse_expression(&self, expr: &Expr, otherwise: Rule, message: Words) -> Refusal {
        let (rule, message) = match expr {
            Expr::Nested(inner) => return self.refuse_expression(inner, otherwise, message),
            Expr::Function(function) => return self.refuse_function(function),
            Expr::Exists { .. } | Expr::InSubquery { .. } | Expr::Subquery(_) => {
                (Rule::Subquery, ("une sous-requête n’est pas permise ici", "a subquery is not allowed here"))
            }
            Expr::AnyOp { .. } | Expr::AllOp { .. } => {
                (Rule::Subquery, ("ANY et ALL ne sont pas permis", "ANY and ALL are not allowed"))
            }
            Expr::Cast { .. }
            | Expr::Extract { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::Convert { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Position { .. }
            | Expr::Overlay { .. } => (
                Rule::Function,
                ("cette fonction ou cette conversion n’est pas permise", "this function or cast is not allowed"),
            ),
            Expr::Like { .. } | Expr::ILike { .. } | Expr::SimilarTo { .. } | Expr::RLike { .. } => {
                (Rule::Condition, ("on ne compare pas ici des textes à un motif", "texts are not matched here"))
            }
            Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => (
                Rule::Aggregate,
                ("GROUPING SETS, CUBE et ROLLUP ne sont pas permis", "GROUPING SETS, CUBE and ROLLUP are not allowed"),
            ),
            _ => (otherwise, message),
        };
        self.refuse(rule, message, expr.span())
    }
}
