//! Constants, each of a kind that its context settles.

use super::super::local::{Constant, Kind, Name, YEAR_MIN};
use super::super::manifest::ParameterKind;
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::{Checker, Words};
use crate::model::{ColumnKind, ColumnName};
use jiff::civil::Date;
use sqlparser::ast::{DataType, Expr, Spanned, TypedString, UnaryOperator, Value};

/// A constant that doesn't say what it is: `5` may be a number or an audience, `'jazz'` is of some category.
pub(super) fn is_bare(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) => is_bare(inner),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } => matches!(inner.as_ref(), Expr::Value(_)),
        Expr::Value(value) => matches!(value.value, Value::Number(..) | Value::SingleQuotedString(_)),
        _ => false,
    }
}

impl Checker<'_> {
    /// The constant that an expression is, if it is nothing else.
    pub(super) fn constant(
        &mut self,
        expr: &Expr,
        expected: Option<&Kind>,
    ) -> Result<Option<(Constant, Kind)>, Refusal> {
        let wrong = |message: Words| self.refuse(Rule::Constant, message, expr.span());
        let constant = match expr {
            Expr::Value(value) => match &value.value {
                Value::Number(digits, false) => self.number(expr, digits, false, expected)?,
                Value::SingleQuotedString(id) => match expected {
                    Some(Kind::Category(column)) => (self.category(expr, id, column)?, Kind::Category(column.clone())),
                    Some(_) => {
                        return Err(wrong((
                            "ce n’est pas une constante de la sorte attendue ici",
                            "this is not a constant of the kind that is expected here",
                        )));
                    }
                    None => {
                        return Err(wrong((
                            "la valeur d’une catégorie ne va qu’avec une colonne de cette catégorie",
                            "a category's value stands only beside a column of that category",
                        )));
                    }
                },
                Value::Boolean(truth) => (Constant::Boolean(*truth), Kind::Boolean),
                Value::Placeholder(name) => self.parameter(expr, name)?,
                _ => {
                    return Err(wrong((
                        "ce n’est pas une constante d’une sorte connue ici",
                        "this is not a constant of a kind known here",
                    )));
                }
            },
            Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } => match inner.as_ref() {
                Expr::Value(value) => match &value.value {
                    Value::Number(digits, false) => self.number(expr, digits, true, expected)?,
                    _ => return Ok(None),
                },
                _ => return Ok(None),
            },
            Expr::TypedString(TypedString { data_type: DataType::Date, value, uses_odbc_syntax: false }) => {
                let date: Option<Date> = match &value.value {
                    Value::SingleQuotedString(text) if text.len() == 10 => text.parse().ok(),
                    _ => None,
                };
                let date = date.filter(|date| date.year() >= YEAR_MIN);
                (
                    Constant::Date(date.ok_or_else(|| {
                        wrong(("ce n’est pas un jour du calendrier", "this is not a day of the calendar"))
                    })?),
                    Kind::Date,
                )
            }
            _ => return Ok(None),
        };
        Ok(Some(constant))
    }

    fn number(
        &self,
        expr: &Expr,
        digits: &str,
        negative: bool,
        expected: Option<&Kind>,
    ) -> Result<(Constant, Kind), Refusal> {
        let wrong = |message: Words| self.refuse(Rule::Constant, message, expr.span());
        let digits = Some(digits).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let number: Option<i64> =
            digits.and_then(|digits| if negative { format!("-{digits}").parse().ok() } else { digits.parse().ok() });
        let number = number.ok_or_else(|| {
            wrong((
                "seuls des nombres entiers de 64 bits sont connus ici",
                "only whole numbers of 64 bits are known here",
            ))
        })?;
        match expected {
            Some(Kind::Audience) => {
                let most =
                    self.manifest.audiences.iter().filter_map(|audience| audience.many).map(|(_, most)| most).max();
                let positions = 0..i64::from(most.unwrap_or_default());
                if positions.contains(&number) {
                    return Ok((Constant::Number(number), Kind::Audience));
                }
                Err(wrong((
                    "ce n’est pas le rang d’un auditoire : ils sont numérotés à partir de 0",
                    "this is not an audience's position: they are numbered from 0",
                )))
            }
            // Whether a number is right where a condition is expected is told by what is around it.
            None | Some(Kind::Number { .. } | Kind::Boolean) => {
                Ok((Constant::Number(number), Kind::number((number, number))))
            }
            Some(_) => Err(wrong((
                "ce n’est pas une constante de la sorte attendue ici",
                "this is not a constant of the kind that is expected here",
            ))),
        }
    }

    fn category(&self, expr: &Expr, id: &str, column: &ColumnName) -> Result<Constant, Refusal> {
        let wrong = |message: Words| self.refuse(Rule::Constant, message, expr.span());
        let Some(ColumnKind::Category { values }) = self.vocabulary.get(column).map(|column| &column.kind) else {
            return Err(wrong(("cette colonne n’a pas de valeurs", "this column has no values")));
        };
        let code = (0u16..).zip(values).find(|(_, value)| value.id == id).map(|(code, _)| code);
        let code = code
            .ok_or_else(|| wrong(("le vocabulaire n’a pas cette valeur", "the vocabulary doesn't have this value")))?;
        Ok(Constant::Category { id: id.to_owned(), code })
    }

    fn parameter(&mut self, expr: &Expr, placeholder: &str) -> Result<(Constant, Kind), Refusal> {
        let name = placeholder.strip_prefix('$').map(str::to_ascii_lowercase).as_deref().and_then(Name::new);
        let declared = name.and_then(|name| self.manifest.parameter(name.as_str()).map(|parameter| (name, parameter)));
        let Some((name, parameter)) = declared else {
            let message = (
                format!("le manifeste n’a pas de paramètre `{placeholder}`"),
                format!("the manifest has no parameter `{placeholder}`"),
            );
            return Err(self.refuse(Rule::Constant, message, expr.span()));
        };
        let kind = match &parameter.kind {
            ParameterKind::Integer { min, max, .. } => Kind::Number { cents: false, low: *min, high: *max },
            ParameterKind::Amount { min, max, .. } => Kind::Number { cents: true, low: *min, high: *max },
            ParameterKind::Date { .. } => Kind::Date,
            ParameterKind::Category { column, .. } => Kind::Category(column.clone()),
            ParameterKind::Column { .. } => {
                let message = (
                    format!("`{placeholder}` est une colonne : écrivez son nom sans $"),
                    format!("`{placeholder}` is a column: write its name without $"),
                );
                return Err(self.refuse(Rule::Constant, message, expr.span()));
            }
        };
        self.parameters_used.insert(name.clone());
        Ok((Constant::Parameter { name, kind: kind.clone() }, kind))
    }
}
