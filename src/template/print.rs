//! Person-local queries as SQL. Every name is quoted and qualified and every operation is in parentheses, so that no
//! engine can resolve or group anything otherwise than the checker did.

use super::local::{
    Body, ColumnRef, Comparison, Condition, Join, JoinKind, Literal, Name, Operand, Query, Relation, Select,
    SetOperation, Source,
};

/// How values of a category are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constants {
    /// By their ids, as templates write them.
    Vocabulary,
    /// By their codes, as the store holds them.
    Store,
}

/// The whole query.
pub(super) fn query(query: &Query, constants: Constants) -> String {
    Printer { constants }.query(query)
}

/// A name in quotes. Its alphabet has no quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

struct Printer {
    constants: Constants,
}

impl Printer {
    fn query(&self, query: &Query) -> String {
        let ctes: Vec<_> =
            query.ctes.iter().map(|(name, cte)| format!("{} AS ({})", self.name(name), self.query(cte))).collect();
        let with = if ctes.is_empty() { String::new() } else { format!("WITH {} ", ctes.join(", ")) };
        let body = match &query.body {
            Body::Select(select) => self.select(select),
            Body::Set { operation, all, left, right } => {
                let operation = match operation {
                    SetOperation::Union => "UNION",
                    SetOperation::Intersect => "INTERSECT",
                    SetOperation::Except => "EXCEPT",
                };
                let all = if *all { " ALL" } else { "" };
                format!("({}) {operation}{all} ({})", self.query(left), self.query(right))
            }
        };
        with + &body
    }

    fn select(&self, select: &Select) -> String {
        let distinct = if select.distinct { "DISTINCT " } else { "" };
        let outputs: Vec<_> = select
            .outputs
            .iter()
            .map(|(column, name)| format!("{} AS {}", self.column(column), self.name(name)))
            .collect();
        let joins: String = select.joins.iter().map(|join| self.join(join)).collect();
        let filter =
            select.filter.as_ref().map(|filter| format!(" WHERE {}", self.condition(filter))).unwrap_or_default();
        format!("SELECT {distinct}{} FROM {}{joins}{filter}", outputs.join(", "), self.source(&select.from))
    }

    fn source(&self, source: &Source) -> String {
        let relation = match &source.relation {
            Relation::Named(name) => self.name(name),
            Relation::Derived(query) => format!("({})", self.query(query)),
        };
        format!("{relation} AS {}", self.name(&source.alias))
    }

    fn join(&self, join: &Join) -> String {
        let kind = match join.kind {
            JoinKind::Inner => "JOIN",
            JoinKind::Semi => "SEMI JOIN",
            JoinKind::Anti => "ANTI JOIN",
        };
        let person = quoted(Name::PERSON);
        let (to, alias) = (self.name(&join.to), self.name(&join.source.alias));
        let condition = join.condition.as_ref().map(|c| format!(" AND {}", self.condition(c))).unwrap_or_default();
        format!(" {kind} {} ON {to}.{person} = {alias}.{person}{condition}", self.source(&join.source))
    }

    fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::And(left, right) => format!("({} AND {})", self.condition(left), self.condition(right)),
            Condition::Or(left, right) => format!("({} OR {})", self.condition(left), self.condition(right)),
            Condition::Not(inner) => format!("(NOT {})", self.condition(inner)),
            Condition::Compare { left, comparison, right } => {
                let right = match right {
                    Operand::Column(column) => self.column(column),
                    Operand::Literal(literal) => self.literal(literal),
                };
                format!("({} {} {right})", self.column(left), symbol(*comparison))
            }
            Condition::In { column, negated, values } => {
                let values: Vec<_> = values.iter().map(|value| self.literal(value)).collect();
                format!("({} {}IN ({}))", self.column(column), not(*negated), values.join(", "))
            }
            Condition::Between { column, negated, low, high } => {
                let (low, high) = (self.literal(low), self.literal(high));
                format!("({} {}BETWEEN {low} AND {high})", self.column(column), not(*negated))
            }
            Condition::Null { column, negated } => format!("({} IS {}NULL)", self.column(column), not(*negated)),
        }
    }

    fn column(&self, column: &ColumnRef) -> String {
        format!("{}.{}", self.name(&column.relation), self.name(&column.column))
    }

    fn literal(&self, literal: &Literal) -> String {
        match (literal, self.constants) {
            (Literal::Category { id, .. }, Constants::Vocabulary) => format!("'{}'", id.replace('\'', "''")),
            (Literal::Category { code, .. }, Constants::Store) => code.to_string(),
            (Literal::Amount(cents), _) => cents.to_string(),
            (Literal::Date(date), _) => format!("DATE '{date}'"),
        }
    }

    fn name(&self, name: &Name) -> String {
        quoted(name.as_str())
    }
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
