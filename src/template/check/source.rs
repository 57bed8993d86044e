//! A relation of FROM: an audience, a CTE, or a subquery with a name.

use super::super::local::{Columns, Relation, Source};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::Checker;
use super::scope::Scope;
use sqlparser::ast::{Spanned, TableFactor};

impl Checker<'_> {
    /// A relation of FROM, with its alias; a subquery without one gets a name that is free.
    pub(super) fn source(
        &mut self,
        factor: &TableFactor,
        scope: &Scope,
        depth: usize,
    ) -> Result<(Source, Columns), Refusal> {
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
                    return Err(self.refuse(
                        Rule::Order,
                        ("un échantillon n’est pas permis", "a sample is not allowed"),
                        factor.span(),
                    ));
                }
                if args.is_some() || *with_ordinality {
                    return Err(self.refuse(
                        Rule::Relation,
                        ("une fonction de table n’est pas permise", "a table function is not allowed"),
                        factor.span(),
                    ));
                }
                let hinted = !with_hints.is_empty() || version.is_some() || !partitions.is_empty();
                if hinted || json_path.is_some() || !index_hints.is_empty() {
                    return Err(self.refuse(
                        Rule::Clause,
                        ("une table ne prend pas d’indication", "a table takes no hint"),
                        factor.span(),
                    ));
                }
                let (relation, columns) = self.relation(self.single(name, Rule::Relation)?)?;
                let alias = alias.as_ref().map(|alias| self.alias(alias)).transpose()?;
                let alias = alias.unwrap_or_else(|| relation.clone());
                Ok((Source { relation: Relation::Named(relation), alias }, columns))
            }
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                if *lateral {
                    return Err(self.refuse(
                        Rule::Join,
                        ("LATERAL n’est pas permis", "LATERAL is not allowed"),
                        factor.span(),
                    ));
                }
                if sample.is_some() {
                    return Err(self.refuse(
                        Rule::Order,
                        ("un échantillon n’est pas permis", "a sample is not allowed"),
                        factor.span(),
                    ));
                }
                let alias = match alias {
                    Some(alias) => self.alias(alias)?,
                    None => scope.free_alias().ok_or_else(|| {
                        self.refuse(
                            Rule::Name,
                            ("nommez cette sous-requête : (SELECT …) AS nom", "name this subquery: (SELECT …) AS name"),
                            factor.span(),
                        )
                    })?,
                };
                let (query, columns) = self.query(subquery, depth + 1)?;
                Ok((Source { relation: Relation::Derived(Box::new(query)), alias }, columns))
            }
            _ => Err(self.refuse(
                Rule::Relation,
                ("ce n’est ni un auditoire ni une CTE", "this is neither an audience nor a CTE"),
                factor.span(),
            )),
        }
    }
}
