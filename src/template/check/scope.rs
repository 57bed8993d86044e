//! Names: which relation or column an identifier of the template stands for.

use super::super::local::{ColumnRef, Columns, Kind, Name, Relation, Source, WHOLE};
use super::super::manifest::{Manifest, ShapeRule};
use super::super::refusal::Refusal;
use super::super::rule::Rule;
use super::Checker;
use crate::model::{ColumnKind, ROWS_A_PERSON_MAX};
use sqlparser::ast::{Expr, Ident, ObjectName, ObjectNamePart, Spanned};
use sqlparser::tokenizer::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The relations of one FROM that columns can be taken from.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) visible: Vec<Visible>,
    /// Aliases of relations that a semi or anti join has hidden; they stay taken.
    pub(super) hidden: BTreeSet<Name>,
    /// Aliases of the query around this one, if it can be seen from here at all: only to cite the right rule.
    pub(super) outer: BTreeSet<Name>,
    /// Which aliases stand for an audience, and for which.
    audiences: BTreeMap<Name, Name>,
}

/// A relation of a FROM.
pub(super) struct Visible {
    pub(super) alias: Name,
    pub(super) columns: Columns,
    /// Whether its `person` is that of the row: not so after a LEFT JOIN, where it can be missing.
    pub(super) has_person: bool,
}

impl Scope {
    pub(super) fn show(&mut self, source: &Source, columns: Columns, manifest: &Manifest) {
        if let Relation::Named(name) = &source.relation
            && manifest.audience(name.as_str()).is_some()
        {
            self.audiences.insert(source.alias.clone(), name.clone());
        }
        self.visible.push(Visible { alias: source.alias.clone(), columns, has_person: true });
    }

    pub(super) fn takes(&self, alias: &Name) -> bool {
        self.hidden.contains(alias) || self.visible.iter().any(|visible| visible.alias == *alias)
    }

    /// A name for a relation that the template gives none.
    pub(super) fn free_alias(&self) -> Option<Name> {
        (1..).map(|n: u32| Name::new(&format!("subquery_{n}"))).find(|name| match name {
            Some(name) => !self.takes(name),
            None => true,
        })?
    }

    /// Whether the alias stands for a relation whose `person` is that of the row.
    pub(super) fn has_person(&self, alias: &Name) -> bool {
        self.visible.iter().any(|visible| visible.alias == *alias && visible.has_person)
    }
}

impl Checker<'_> {
    /// A plain name: unquoted, or quoted and the same without quotes.
    pub(super) fn name(&self, ident: &Ident) -> Result<Name, Refusal> {
        let Ident { value, quote_style, span } = ident;
        let name = match quote_style {
            None => Name::new(&value.to_ascii_lowercase()),
            Some('"') => Name::new(value),
            Some(_) => None,
        };
        name.ok_or_else(|| self.refuse(Rule::Name, ("ce nom ne peut servir", "this name can't be used"), *span))
    }

    /// The single part of a name without catalogue or schema.
    pub(super) fn single<'i>(&self, name: &'i ObjectName, rule: Rule) -> Result<&'i Ident, Refusal> {
        match name.0.as_slice() {
            [ObjectNamePart::Identifier(ident)] => Ok(ident),
            _ => Err(self.refuse(
                rule,
                (format!("`{name}` n’est pas un simple nom"), format!("`{name}` is not a plain name")),
                name.span(),
            )),
        }
    }

    /// The columns of an audience of the manifest or of a CTE in force.
    pub(super) fn relation(&mut self, ident: &Ident) -> Result<(Name, Columns), Refusal> {
        let name = self.name(ident)?;
        if let Some((_, columns)) = self.ctes.iter().find(|(cte, _)| *cte == name) {
            return Ok((name, columns.clone()));
        }
        let Some(audience) = self.manifest.audience(name.as_str()) else {
            let message = (
                format!("il n’y a ici ni auditoire ni CTE `{}`", name.as_str()),
                format!("there is no audience or CTE `{}` here", name.as_str()),
            );
            return Err(self.refuse(Rule::Relation, message, ident.span));
        };
        let mut columns = vec![(self.plain(Name::PERSON)?, Kind::Person)];
        if audience.many.is_some() {
            columns.push((self.plain(Name::AUDIENCE)?, Kind::Audience));
        }
        for declared in &audience.columns {
            let kind = match self.vocabulary.get(&declared.column).map(|column| &column.kind) {
                Some(ColumnKind::Category { .. }) => Kind::Category(declared.column.clone()),
                Some(ColumnKind::Date) => Kind::Date,
                Some(ColumnKind::Amount) => Kind::Number { cents: true, low: WHOLE.0, high: WHOLE.1 },
                None => {
                    let message = (
                        format!("la colonne `{}` du manifeste n’est pas dans le vocabulaire", declared.column),
                        format!("column `{}` of the manifest isn't in the vocabulary", declared.column),
                    );
                    return Err(self.refuse(Rule::Column, message, ident.span));
                }
            };
            columns.push((self.plain(&declared.name)?, kind));
        }
        self.audiences_used.entry(name.clone()).or_default();
        let once = audience.many.is_none().then(|| BTreeSet::from([name.clone()]));
        let each = if audience.shape == ShapeRule::List { 1 } else { ROWS_A_PERSON_MAX };
        let rows_max = u64::from(audience.many.map_or(1, |(_, most)| most)).saturating_mul(each);
        Ok((name, Columns { columns, once, rows_max }))
    }

    fn plain(&self, name: &str) -> Result<Name, Refusal> {
        Name::new(name).ok_or_else(|| {
            self.refuse(
                Rule::Name,
                (format!("`{name}` ne peut servir en SQL"), format!("`{name}` can't be used in SQL")),
                Span::empty(),
            )
        })
    }

    /// Remembers that a column of an audience is read.
    pub(super) fn note_use(&mut self, column: &ColumnRef, scope: &Scope) {
        if let Some(audience) = scope.audiences.get(&column.relation) {
            self.audiences_used.entry(audience.clone()).or_default().insert(column.column.clone());
        }
    }

    /// The column that an expression is, if it is nothing else.
    pub(super) fn column(&self, expr: &Expr, scope: &Scope) -> Result<Option<(ColumnRef, Kind)>, Refusal> {
        let (relation, column, span) = match expr {
            Expr::Identifier(column) => (None, column, column.span),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [relation, column] => (Some(self.name(relation)?), column, expr.span()),
                _ => {
                    return Err(self.refuse(
                        Rule::Column,
                        ("ce n’est pas une colonne", "this is not a column"),
                        expr.span(),
                    ));
                }
            },
            _ => return Ok(None),
        };
        let column = self.name(column)?;
        let named = |visible: &&Visible| relation.as_ref().is_none_or(|wanted| *wanted == visible.alias);
        let has =
            |visible: &&Visible| visible.columns.kind(&column).is_some() && (visible.has_person || !column.is_person());
        let mut found = scope.visible.iter().filter(named).filter(has);
        let Some(Visible { alias, columns, .. }) = found.next() else {
            if relation.is_some_and(|relation| scope.outer.contains(&relation)) {
                let message = (
                    "une sous-requête ne regarde que ses propres rangées, sauf `person`",
                    "a subquery looks at its own rows alone, but for `person`",
                );
                return Err(self.refuse(Rule::Subquery, message, span));
            }
            let message = (
                format!("il n’y a pas ici de colonne `{}`", column.as_str()),
                format!("there is no column `{}` here", column.as_str()),
            );
            return Err(self.refuse(Rule::Column, message, span));
        };
        // All relations that have a `person` here have the same, so any of them will do.
        if found.next().is_some() && !column.is_person() {
            let message = (
                format!("plusieurs relations ont une colonne `{}`", column.as_str()),
                format!("several relations have a column `{}`", column.as_str()),
            );
            return Err(self.refuse(Rule::Column, message, span));
        }
        let kind = columns.kind(&column).cloned().unwrap_or(Kind::Person);
        let reference = ColumnRef { relation: alias.clone(), column };
        Ok(Some((reference, kind)))
    }

    /// `relation.person`, where the relation is the right side of a LEFT JOIN.
    pub(super) fn joined_person(&self, expr: &Expr, scope: &Scope) -> Result<Option<ColumnRef>, Refusal> {
        let Expr::CompoundIdentifier(parts) = expr else { return Ok(None) };
        let [relation, column] = parts.as_slice() else { return Ok(None) };
        let (relation, column) = (self.name(relation)?, self.name(column)?);
        let joined = scope.visible.iter().any(|visible| visible.alias == relation && !visible.has_person);
        Ok((joined && column.is_person()).then_some(ColumnRef { relation, column }))
    }

    /// Whether an expression is `person` and nothing else.
    pub(super) fn is_person(&self, expr: &Expr, scope: &Scope) -> Result<bool, Refusal> {
        match expr {
            Expr::Nested(inner) => self.is_person(inner, scope),
            _ => Ok(matches!(self.column(expr, scope)?, Some((_, Kind::Person)))),
        }
    }
}
