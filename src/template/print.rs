//! Person-local queries as SQL. Every name is quoted and qualified and every operation is in parentheses, so that no
//! engine can resolve or group anything otherwise than the checker did.

mod expression;

use super::local::{Body, Join, JoinKind, Name, Output, Query, Relation, Select, SetOperation, Source, Yields};
use expression::Written;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// For whom the query is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constants {
    /// For people and for the checker: values of categories by their ids, parameters by their names, arithmetic as it is
    /// written in templates.
    Vocabulary,
    /// For the engine: values of categories by their codes, parameters by their arguments, numbers of the type BIGINT,
    /// saturating operations spelt out.
    Store,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// For a whole number or an amount. Counts as the nearest number of the parameter's range.
    Number(i64),
    /// For a date. Counts as the nearest of the years 1 to 9999.
    Date(Date),
    /// For a value of a category.
    Category {
        /// As questions write it.
        id: String,
        /// As the store does.
        code: u16,
    },
}

/// The whole query. For the engine, a parameter without an argument of its kind stays `$name`, which the engine refuses.
pub(super) fn query(query: &Query, constants: Constants, arguments: &BTreeMap<String, Argument>) -> String {
    Printer { constants, arguments }.query(query)
}

/// A name in quotes. Its alphabet has no quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

struct Printer<'a> {
    constants: Constants,
    arguments: &'a BTreeMap<String, Argument>,
}

/// One SELECT being printed: whose person its rows have.
struct Place<'p, 'a> {
    printer: &'p Printer<'a>,
    person: String,
}

impl Printer<'_> {
    fn query(&self, query: &Query) -> String {
        let ctes: Vec<_> =
            query.ctes.iter().map(|(name, cte)| format!("{} AS ({})", named(name), self.query(cte))).collect();
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
        let place = Place { printer: self, person: person_of(&select.from.alias) };
        let distinct = if select.distinct { "DISTINCT " } else { "" };
        let from = self.source(&select.from);
        let joins: String = select.joins.iter().map(|join| place.join(join)).collect();
        let filter = select.filter.as_ref().map(|filter| format!(" WHERE {}", place.expression(filter)));
        let (outputs, groups) = match &select.yields {
            Yields::Rows { outputs } => (place.outputs(outputs), String::new()),
            Yields::Groups { keys, having, outputs, lone: _ } => {
                let keys: String = keys.iter().map(|key| format!(", {}", place.key(key))).collect();
                let having = having.as_ref().map(|having| format!(" HAVING {}", place.expression(having)));
                (place.outputs(outputs), format!(" GROUP BY {}{keys}{}", place.person, having.unwrap_or_default()))
            }
        };
        format!("SELECT {distinct}{outputs} FROM {from}{joins}{}{groups}", filter.unwrap_or_default())
    }

    fn source(&self, source: &Source) -> String {
        let relation = match &source.relation {
            Relation::Named(name) => named(name),
            Relation::Derived(query) => format!("({})", self.query(query)),
        };
        format!("{relation} AS {}", named(&source.alias))
    }
}

impl Place<'_, '_> {
    fn outputs<L: Written>(&self, outputs: &[Output<L>]) -> String {
        let outputs: Vec<_> = outputs
            .iter()
            .map(|output| match output {
                Output::Person => format!("{} AS {}", self.person, quoted(Name::PERSON)),
                Output::Value(value, name) => format!("{} AS {}", self.expression(value), named(name)),
            })
            .collect();
        outputs.join(", ")
    }

    fn join(&self, join: &Join) -> String {
        let kind = match join.kind {
            JoinKind::Inner => "JOIN",
            JoinKind::Left => "LEFT JOIN",
            JoinKind::Semi => "SEMI JOIN",
            JoinKind::Anti => "ANTI JOIN",
        };
        let (source, person) = (self.printer.source(&join.source), person_of(&join.source.alias));
        let condition = join.condition.as_ref().map(|condition| format!(" AND {}", self.expression(condition)));
        format!(" {kind} {source} ON {} = {person}{}", self.person, condition.unwrap_or_default())
    }
}

fn named(name: &Name) -> String {
    quoted(name.as_str())
}

fn person_of(relation: &Name) -> String {
    format!("{}.{}", named(relation), quoted(Name::PERSON))
}
