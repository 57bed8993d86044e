//! Expressions as SQL.

use super::super::local::{
    Aggregate, AggregateFunction, Choice, ColumnRef, Comparison, Constant, DatePart, DateUnit, Expression, GroupLeaf,
    Kind, Operator, Order, RowLeaf, WHOLE, Window, WindowFunction, YEAR_MAX, YEAR_MIN,
};
use super::{Argument, Constants, Place, named};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What expressions are made of, as SQL.
pub(super) trait Written {
    fn written(&self, place: &Place<'_, '_>) -> String;

    /// Whether it has a value in every row.
    fn is_always_there(&self) -> bool;
}

impl Written for ColumnRef {
    fn written(&self, _: &Place<'_, '_>) -> String {
        format!("{}.{}", named(&self.relation), named(&self.column))
    }

    fn is_always_there(&self) -> bool {
        false
    }
}

impl Written for RowLeaf {
    fn written(&self, place: &Place<'_, '_>) -> String {
        match self {
            Self::Column(column) => column.written(place),
            Self::Window(window) => place.window(window),
        }
    }

    fn is_always_there(&self) -> bool {
        matches!(self, Self::Window(window) if matches!(window.function, WindowFunction::CountRows | WindowFunction::Count(_) | WindowFunction::Rank | WindowFunction::DenseRank))
    }
}

impl Written for GroupLeaf {
    fn written(&self, place: &Place<'_, '_>) -> String {
        match self {
            Self::Key(key) => place.key(key),
            Self::Aggregate(aggregate) => place.aggregate(aggregate),
        }
    }

    fn is_always_there(&self) -> bool {
        matches!(self, Self::Aggregate(aggregate) if matches!(aggregate.function, AggregateFunction::CountRows | AggregateFunction::Count { .. }))
    }
}

impl Place<'_, '_> {
    pub(super) fn expression<L: Written>(&self, expression: &Expression<L>) -> String {
        match expression {
            Expression::Leaf(leaf) => leaf.written(self),
            Expression::Constant(constant) => self.constant(constant),
            Expression::Arithmetic { operator, left, right, saturating } => {
                let symbol = match operator {
                    Operator::Add => "+",
                    Operator::Subtract => "-",
                    Operator::Multiply => "*",
                };
                let (l, r) = (self.expression(left), self.expression(right));
                if !(*saturating && self.for_engine()) {
                    return format!("({l} {symbol} {r})");
                }
                let wide = format!("CAST({l} AS HUGEINT) {symbol} CAST({r} AS HUGEINT)");
                self.saturated(&wide, self.is_there(left).and(self.is_there(right)))
            }
            Expression::Divide { remainder, value, by } => {
                let symbol = if *remainder { "%" } else { "//" };
                format!("({} {symbol} {})", self.expression(value), self.constant(by))
            }
            Expression::Absolute { value, saturating } => {
                let inner = self.expression(value);
                if !(*saturating && self.for_engine()) {
                    return format!("abs({inner})");
                }
                self.saturated(&format!("abs(CAST({inner} AS HUGEINT))"), self.is_there(value))
            }
            Expression::Choose { choice, values } => {
                let name = match choice {
                    Choice::Least => "least",
                    Choice::Greatest => "greatest",
                    Choice::First => "coalesce",
                };
                let values: Vec<_> = values.iter().map(|value| self.expression(value)).collect();
                format!("{name}({})", values.join(", "))
            }
            Expression::Case { branches, otherwise } => {
                let branches: String = branches
                    .iter()
                    .map(|(when, then)| format!("WHEN {} THEN {} ", self.expression(when), self.expression(then)))
                    .collect();
                let otherwise = otherwise.as_ref().map(|value| format!("ELSE {} ", self.expression(value)));
                format!("(CASE {branches}{}END)", otherwise.unwrap_or_default())
            }
            Expression::DateDifference { unit, from, to } => {
                let unit = match unit {
                    DateUnit::Day => "day",
                    DateUnit::Month => "month",
                };
                format!("date_diff('{unit}', {}, {})", self.expression(from), self.expression(to))
            }
            Expression::DatePart { part, date } => {
                let part = match part {
                    DatePart::Year => "year",
                    DatePart::Month => "month",
                };
                format!("{part}({})", self.expression(date))
            }
            Expression::And(..)
            | Expression::Or(..)
            | Expression::Not(_)
            | Expression::Compare { .. }
            | Expression::In { .. }
            | Expression::Between { .. }
            | Expression::Null { .. } => self.condition(expression),
        }
    }

    fn condition<L: Written>(&self, expression: &Expression<L>) -> String {
        match expression {
            Expression::And(left, right) => format!("({} AND {})", self.expression(left), self.expression(right)),
            Expression::Or(left, right) => format!("({} OR {})", self.expression(left), self.expression(right)),
            Expression::Not(inner) => format!("(NOT {})", self.expression(inner)),
            Expression::Compare { left, comparison, right } => {
                format!("({} {} {})", self.expression(left), symbol(*comparison), self.expression(right))
            }
            Expression::In { value, negated, values } => {
                let values: Vec<_> = values.iter().map(|value| self.constant(value)).collect();
                format!("({} {}IN ({}))", self.expression(value), not(*negated), values.join(", "))
            }
            Expression::Between { value, negated, low, high } => {
                let (low, high) = (self.expression(low), self.expression(high));
                format!("({} {}BETWEEN {low} AND {high})", self.expression(value), not(*negated))
            }
            Expression::Null { value, negated } => {
                format!("({} IS {}NULL)", self.expression(value), not(*negated))
            }
            Expression::Leaf(_)
            | Expression::Constant(_)
            | Expression::Arithmetic { .. }
            | Expression::Divide { .. }
            | Expression::Absolute { .. }
            | Expression::Choose { .. }
            | Expression::Case { .. }
            | Expression::DateDifference { .. }
            | Expression::DatePart { .. } => self.expression(expression),
        }
    }

    /// A key, the same wherever it stands. DuckDB finds keys by their text after it has turned `NOT (x >= y)` into `x < y`,
    /// so a condition is put where NOT can't reach into it.
    pub(super) fn key(&self, key: &Expression<ColumnRef>) -> String {
        let written = self.expression(key);
        let is_condition = matches!(
            key,
            Expression::And(..)
                | Expression::Or(..)
                | Expression::Not(_)
                | Expression::Compare { .. }
                | Expression::In { .. }
                | Expression::Between { .. }
                | Expression::Null { .. }
        );
        if is_condition && self.for_engine() { format!("CAST({written} AS BOOLEAN)") } else { written }
    }

    fn aggregate(&self, aggregate: &Aggregate) -> String {
        let filter = aggregate.filter.as_ref().map(|filter| format!(" FILTER (WHERE {})", self.expression(filter)));
        let call = |name: &str, of: &str| format!("{name}({of}){}", filter.as_deref().unwrap_or_default());
        match &aggregate.function {
            AggregateFunction::CountRows => call("count", "*"),
            AggregateFunction::Count { distinct: false, of } => call("count", &self.expression(of)),
            AggregateFunction::Count { distinct: true, of } => {
                call("count", &format!("DISTINCT {}", self.expression(of)))
            }
            AggregateFunction::Sum(of) => self.sum(call("sum", &self.expression(of))),
            AggregateFunction::Least(of) => call("min", &self.expression(of)),
            AggregateFunction::Greatest(of) => call("max", &self.expression(of)),
            AggregateFunction::Any(of) => call("bool_or", &self.expression(of)),
            AggregateFunction::All(of) => call("bool_and", &self.expression(of)),
        }
    }

    fn window(&self, window: &Window) -> String {
        let partition: String = window.partition.iter().map(|by| format!(", {}", self.expression(by))).collect();
        let order: Vec<_> = window.order.iter().map(|order| self.order(order)).collect();
        let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
        let over = format!("OVER (PARTITION BY {}{partition}{order})", self.person);
        match &window.function {
            WindowFunction::CountRows => format!("count(*) {over}"),
            WindowFunction::Count(of) => format!("count({}) {over}", self.expression(of)),
            WindowFunction::Sum(of) => self.sum(format!("sum({}) {over}", self.expression(of))),
            WindowFunction::Least(of) => format!("min({}) {over}", self.expression(of)),
            WindowFunction::Greatest(of) => format!("max({}) {over}", self.expression(of)),
            WindowFunction::Rank => format!("rank() {over}"),
            WindowFunction::DenseRank => format!("dense_rank() {over}"),
        }
    }

    /// Engines disagree on where nothing goes, so it is always said.
    fn order(&self, order: &Order) -> String {
        let direction = if order.descending { "DESC" } else { "ASC" };
        let nulls = if order.nulls_first { "FIRST" } else { "LAST" };
        format!("{} {direction} NULLS {nulls}", self.expression(&order.by))
    }

    /// The engine's sum of BIGINT is an exact HUGEINT.
    fn sum(&self, sum: String) -> String {
        if !self.for_engine() {
            return sum;
        }
        let there = Presence::If(BTreeSet::from([format!("{sum} IS NOT NULL")]));
        self.saturated(&sum, there)
    }

    /// A HUGEINT cut to BIGINT. `least` and `greatest` pass over nothing, so nothing has to be kept apart.
    fn saturated(&self, wide: &str, there: Presence) -> String {
        let (least, most) = WHOLE;
        let cut = format!("CAST(least(greatest({wide}, {least}), {most}) AS BIGINT)");
        match there.written() {
            None => cut,
            Some(condition) => format!("(CASE WHEN {condition} THEN {cut} END)"),
        }
    }

    /// When a number has a value. Written from the leaves, so that it doesn't grow with each operation around them.
    fn is_there<L: Written>(&self, expression: &Expression<L>) -> Presence {
        match expression {
            Expression::Constant(_) => Presence::Always,
            Expression::Leaf(leaf) if leaf.is_always_there() => Presence::Always,
            Expression::Arithmetic { left, right, .. } => self.is_there(left).and(self.is_there(right)),
            Expression::Divide { value, .. } | Expression::Absolute { value, .. } => self.is_there(value),
            Expression::DatePart { date, .. } => self.is_there(date),
            Expression::DateDifference { from, to, .. } => self.is_there(from).and(self.is_there(to)),
            Expression::Choose { values, .. } => {
                let mut conditions = BTreeSet::new();
                for value in values {
                    match self.is_there(value).written() {
                        Some(condition) => conditions.insert(condition),
                        None => return Presence::Always,
                    };
                }
                let conditions = conditions.into_iter().collect::<Vec<_>>().join(" OR ");
                Presence::If(BTreeSet::from([format!("({conditions})")]))
            }
            _ => Presence::If(BTreeSet::from([format!("{} IS NOT NULL", self.expression(expression))])),
        }
    }

    fn for_engine(&self) -> bool {
        self.printer.constants == Constants::Store
    }

    fn constant(&self, constant: &Constant) -> String {
        match constant {
            Constant::Number(number) => self.number(*number),
            Constant::Date(date) => dated(*date),
            Constant::Boolean(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
            Constant::Category { id, code } => self.category(id, *code),
            Constant::Parameter { name, kind } => {
                let argument = self.printer.arguments.get(name.as_str()).filter(|_| self.for_engine());
                match (kind, argument) {
                    (Kind::Number { low, high, .. }, Some(Argument::Number(number))) => {
                        self.number((*number).max(*low).min(*high))
                    }
                    (Kind::Date, Some(Argument::Date(date))) => dated(*date),
                    (Kind::Category(_), Some(Argument::Category { id, code })) => self.category(id, *code),
                    _ => format!("${}", name.as_str()),
                }
            }
        }
    }

    fn number(&self, number: i64) -> String {
        if self.for_engine() { format!("CAST({number} AS BIGINT)") } else { number.to_string() }
    }

    fn category(&self, id: &str, code: u16) -> String {
        if self.for_engine() { code.to_string() } else { format!("'{}'", id.replace('\'', "''")) }
    }
}

/// When a number has a value.
enum Presence {
    Always,
    /// When all of these hold.
    If(BTreeSet<String>),
}

impl Presence {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, one) | (one, Self::Always) => one,
            (Self::If(mut one), Self::If(other)) => {
                one.extend(other);
                Self::If(one)
            }
        }
    }

    fn written(self) -> Option<String> {
        match self {
            Self::Always => None,
            Self::If(conditions) => Some(conditions.into_iter().collect::<Vec<_>>().join(" AND ")),
        }
    }
}

fn dated(date: Date) -> String {
    let (first, last) = (Date::constant(YEAR_MIN, 1, 1), Date::constant(YEAR_MAX, 12, 31));
    format!("DATE '{}'", date.max(first).min(last))
}

fn symbol(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}
