//! What is known of how many rows a person has, put to use: queries that yield the same rows and take less time.

use super::{
    Aggregate, AggregateFunction, Body, ColumnRef, Constant, Expression, GroupLeaf, Join, JoinKind, Name, Output,
    Query, Relation, RowLeaf, Select, Source, Yields,
};
use std::collections::BTreeSet;

impl Query {
    /// The same rows without grouping what is single already: where at most one row a person goes into a `GROUP BY person`,
    /// given which audiences are lists, each group is that row, and each aggregate a function of it.
    pub(in crate::template) fn without_lone_groups(&self, is_list: &impl Fn(&Name) -> bool) -> Self {
        let within = |query: &Self| Box::new(query.without_lone_groups(is_list));
        let body = match &self.body {
            Body::Select(select) => Body::Select(Box::new(select.without_lone_groups(is_list))),
            Body::Set { operation, all, left, right } => {
                Body::Set { operation: *operation, all: *all, left: within(left), right: within(right) }
            }
        };
        let ctes = self.ctes.iter().map(|(name, cte)| (name.clone(), cte.without_lone_groups(is_list)));
        Self { ctes: ctes.collect(), body }
    }

    /// Columns of which no two rows of a person have the same values: those that hold the keys of its groups.
    /// `None` if that can't be shown so.
    pub(in crate::template) fn told_apart_by(&self) -> Option<BTreeSet<&Name>> {
        let Body::Select(select) = &self.body else { return None };
        let Yields::Groups { keys, outputs, .. } = &select.yields else { return None };
        let holds = |key: &Expression<ColumnRef>| {
            outputs.iter().find_map(|output| match output {
                Output::Value(Expression::Leaf(GroupLeaf::Key(held)), name) if held == key => Some(name),
                _ => None,
            })
        };
        keys.iter().map(holds).collect()
    }
}

impl Query {
    /// Columns of which all rows of a person have the same value, given which audiences are lists. Some such columns can be missing.
    ///
    /// They are made of columns of lists alone, and every row of a person is made with that person's only row of each. A
    /// LEFT JOIN isn't looked into: it can meet that row in one row and miss it in another.
    pub(in crate::template) fn single_valued(&self, is_list: &impl Fn(&Name) -> bool) -> BTreeSet<&Name> {
        let Body::Select(select) = &self.body else { return BTreeSet::new() };
        let Yields::Rows { outputs } = &select.yields else { return BTreeSet::new() };
        let inner = select.joins.iter().filter(|join| join.kind == JoinKind::Inner).map(|join| &join.source);
        let of_lists = std::iter::once(&select.from)
            .chain(inner)
            .filter(|source| matches!(&source.relation, Relation::Named(name) if is_list(name)));
        let aliases: BTreeSet<&Name> = of_lists.map(|source| &source.alias).collect();
        let single = |leaf: &&RowLeaf| matches!(leaf, RowLeaf::Column(column) if aliases.contains(&column.relation));
        let named = outputs.iter().filter_map(|output| match output {
            Output::Value(value, name) => value.leaves().iter().all(single).then_some(name),
            Output::Person => None,
        });
        named.collect()
    }
}

impl Select {
    fn without_lone_groups(&self, is_list: &impl Fn(&Name) -> bool) -> Self {
        let source = |source: &Source| Source {
            relation: match &source.relation {
                Relation::Named(name) => Relation::Named(name.clone()),
                Relation::Derived(query) => Relation::Derived(Box::new(query.without_lone_groups(is_list))),
            },
            alias: source.alias.clone(),
        };
        let joins = self.joins.iter().map(|join| Join { source: source(&join.source), ..join.clone() });
        let (filter, yields) = match &self.yields {
            Yields::Groups { having, outputs, lone: Some(lists), .. } if lists.iter().all(is_list) => {
                let outputs = outputs.iter().map(Output::of_lone_row).collect();
                let having = having.as_ref().map(|having| having.with(&GroupLeaf::of_lone_row));
                // A group is dropped as its only row is.
                let filter = [self.filter.clone(), having].into_iter().flatten();
                let filter = filter.reduce(|one, other| Expression::And(Box::new(one), Box::new(other)));
                (filter, Yields::Rows { outputs })
            }
            yields => (self.filter.clone(), yields.clone()),
        };
        Self { distinct: self.distinct, from: source(&self.from), joins: joins.collect(), filter, yields }
    }
}

impl Output<GroupLeaf> {
    fn of_lone_row(&self) -> Output<RowLeaf> {
        match self {
            Self::Person => Output::Person,
            Self::Value(value, name) => {
                let value = value.with(&GroupLeaf::of_lone_row);
                Output::Value(value.with(&|column| Expression::Leaf(RowLeaf::Column(column.clone()))), name.clone())
            }
        }
    }
}

impl GroupLeaf {
    /// What a leaf is in a group of one row, in terms of that row.
    fn of_lone_row(&self) -> Expression<ColumnRef> {
        match self {
            Self::Key(key) => key.clone(),
            Self::Aggregate(aggregate) => aggregate.of_lone_row(),
        }
    }
}

impl Aggregate {
    /// Counts are 1 or 0; any other aggregate of one value is the value, and of none it is nothing.
    fn of_lone_row(&self) -> Expression<ColumnRef> {
        let number = |number| Expression::Constant(Constant::Number(number));
        let when = |condition, then, otherwise: Option<Expression<ColumnRef>>| Expression::Case {
            branches: vec![(condition, then)],
            otherwise: otherwise.map(Box::new),
        };
        let filter = self.filter.clone();
        match &self.function {
            AggregateFunction::CountRows => match filter {
                None => number(1),
                Some(filter) => when(filter, number(1), Some(number(0))),
            },
            AggregateFunction::Count { distinct: _, of } => {
                let there = Expression::Null { value: Box::new(of.clone()), negated: true };
                let counted = match filter {
                    None => there,
                    Some(filter) => Expression::And(Box::new(filter), Box::new(there)),
                };
                when(counted, number(1), Some(number(0)))
            }
            AggregateFunction::Sum(of)
            | AggregateFunction::Least(of)
            | AggregateFunction::Greatest(of)
            | AggregateFunction::Any(of)
            | AggregateFunction::All(of) => match filter {
                None => of.clone(),
                Some(filter) => when(filter, of.clone(), None),
            },
        }
    }
}

impl<L> Expression<L> {
    /// The same operations on what each leaf stands for.
    fn with<M>(&self, leaf: &impl Fn(&L) -> Expression<M>) -> Expression<M> {
        let within = |value: &Self| Box::new(value.with(leaf));
        let all = |values: &[Self]| values.iter().map(|value| value.with(leaf)).collect();
        match self {
            Self::Leaf(at) => leaf(at),
            Self::Constant(constant) => Expression::Constant(constant.clone()),
            Self::Arithmetic { operator, left, right, saturating } => Expression::Arithmetic {
                operator: *operator,
                left: within(left),
                right: within(right),
                saturating: *saturating,
            },
            Self::Divide { remainder, value, by } => {
                Expression::Divide { remainder: *remainder, value: within(value), by: by.clone() }
            }
            Self::Absolute { value, saturating } => {
                Expression::Absolute { value: within(value), saturating: *saturating }
            }
            Self::Choose { choice, values } => Expression::Choose { choice: *choice, values: all(values) },
            Self::Case { branches, otherwise } => Expression::Case {
                branches: branches.iter().map(|(when, then)| (when.with(leaf), then.with(leaf))).collect(),
                otherwise: otherwise.as_deref().map(within),
            },
            Self::DateDifference { unit, from, to } => {
                Expression::DateDifference { unit: *unit, from: within(from), to: within(to) }
            }
            Self::DatePart { part, date } => Expression::DatePart { part: *part, date: within(date) },
            Self::And(left, right) => Expression::And(within(left), within(right)),
            Self::Or(left, right) => Expression::Or(within(left), within(right)),
            Self::Not(inner) => Expression::Not(within(inner)),
            Self::Compare { left, comparison, right } => {
                Expression::Compare { left: within(left), comparison: *comparison, right: within(right) }
            }
            Self::In { value, negated, values } => {
                Expression::In { value: within(value), negated: *negated, values: values.clone() }
            }
            Self::Between { value, negated, low, high } => {
                Expression::Between { value: within(value), negated: *negated, low: within(low), high: within(high) }
            }
            Self::Null { value, negated } => Expression::Null { value: within(value), negated: *negated },
        }
    }
}
