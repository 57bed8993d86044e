//! The checker: from SQL text to the language of person-local queries, or a refusal.
//!
//! Allow-list by construction: every struct of the parser is taken apart field by field, without `..`, and every enum
//! falls through to a refusal; a new version of the parser with a new clause doesn't compile until it is decided on.

mod aggregate;
mod alike;
mod expression;
mod function;
mod join;
mod level;
mod literal;
mod query;
mod scope;
mod select;
mod source;
mod subquery;

use super::local::{Columns, Kind, Name, Query};
use super::manifest::{AudienceColumn, Manifest, ParameterKind, ShapeRule};
use super::mistake::Words;
use super::print::{self, Constants};
use super::refusal::Refusal;
use super::rule::Rule;
use crate::model::{Text, Vocabulary};
use miette::{NamedSource, SourceSpan};
use sqlparser::ast::{self, Spanned, Statement};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Span, Token, Tokenizer};
use std::collections::{BTreeMap, BTreeSet};

/// Longest template, in bytes.
const TEMPLATE_BYTES_MAX: usize = 16 * 1024;

/// Most tokens: the parser nests a chain of operators as deep as it is long.
const TOKENS_MAX: usize = 2_000;

/// A query that is proven person-local. Only [`check`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedTemplate {
    query: Query,
    outputs: Vec<(Name, Kind)>,
    once: Option<BTreeSet<Name>>,
    unique_person: bool,
    rows_max: u64,
    columns_used: BTreeMap<String, Vec<AudienceColumn>>,
    sql: String,
}

impl CheckedTemplate {
    /// Whether the result has at most one row a person, whatever audiences the manifest lets in.
    pub fn unique_person(&self) -> bool {
        self.unique_person
    }

    /// Most rows of one person in the result, whatever is stored.
    pub fn rows_max(&self) -> u64 {
        self.rows_max
    }

    /// Whether the result has at most one row a person when these audiences (by the SQL's name for them) are lists.
    pub(super) fn unique_person_with_lists(&self, is_list: impl Fn(&str) -> bool) -> bool {
        self.once.as_ref().is_some_and(|lists| lists.iter().all(|name| is_list(name.as_str())))
    }

    /// For each audience, by the SQL's name for it, the columns that the query reads beside `person`.
    pub fn columns_used(&self) -> &BTreeMap<String, Vec<AudienceColumn>> {
        &self.columns_used
    }

    /// The query as it was understood. Checking this text gives the same template.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    pub(super) fn query(&self) -> &Query {
        &self.query
    }

    /// What the result's columns are called and hold, in order; `person` is one of them.
    pub(super) fn outputs(&self) -> &[(Name, Kind)] {
        &self.outputs
    }
}

/// Proves that the SQL is person-local; `file` is for messages.
///
/// # Errors
/// When it isn't, or can't be shown to be.
pub fn check(sql: &str, file: &str, manifest: &Manifest, vocabulary: &Vocabulary) -> Result<CheckedTemplate, Refusal> {
    let mut checker = Checker::new(sql, file, manifest, vocabulary);
    let statement = checker.statement()?;
    let (query, columns) = checker.query(&statement, 0)?;
    checker.all_parameters_used()?;
    let columns_used = checker.columns_used()?;
    let lists = |name: &Name| manifest.audience(name.as_str()).is_some_and(|a| a.shape == ShapeRule::List);
    let unique_person = columns.once.as_ref().is_some_and(|needed| needed.iter().all(lists));
    let sql = print::query(&query, Constants::Vocabulary, &BTreeMap::new());
    let Columns { columns: outputs, once, rows_max } = columns;
    Ok(CheckedTemplate { query, outputs, once, unique_person, rows_max, columns_used, sql })
}

/// One check under way.
struct Checker<'a> {
    sql: &'a str,
    file: &'a str,
    manifest: &'a Manifest,
    vocabulary: &'a Vocabulary,
    /// CTEs in force, innermost last.
    ctes: Vec<(Name, Columns)>,
    /// Names that were given to a CTE anywhere: none is given twice, so none can hide another.
    cte_names: BTreeSet<Name>,
    audiences_used: BTreeMap<Name, BTreeSet<Name>>,
    parameters_used: BTreeSet<Name>,
    /// How many CASE are open where the check is.
    cases: usize,
}

impl<'a> Checker<'a> {
    fn new(sql: &'a str, file: &'a str, manifest: &'a Manifest, vocabulary: &'a Vocabulary) -> Self {
        Self {
            sql,
            file,
            manifest,
            vocabulary,
            ctes: Vec::new(),
            cte_names: BTreeSet::new(),
            audiences_used: BTreeMap::new(),
            parameters_used: BTreeSet::new(),
            cases: 0,
        }
    }

    fn refuse(&self, rule: Rule, message: impl Into<Text>, span: Span) -> Refusal {
        Refusal::new(rule, message.into(), NamedSource::new(self.file, self.sql.to_owned()), bytes(self.sql, span))
    }

    /// The only statement of the text, which must be a query.
    fn statement(&self) -> Result<Box<ast::Query>, Refusal> {
        if self.sql.len() > TEMPLATE_BYTES_MAX {
            return Err(self.refuse(
                Rule::Syntax,
                ("le modèle dépasse 16 Kio", "the template is longer than 16 KiB"),
                Span::empty(),
            ));
        }
        let dialect = DuckDbDialect {};
        let not_understood = |message: String| {
            let span = place(&message);
            let detail = message.strip_prefix("sql parser error: ").unwrap_or(&message);
            let message = (format!("pas compris (sqlparser : {detail})"), format!("not understood: {detail}"));
            self.refuse(Rule::Syntax, message, span)
        };
        let mut tokens = Vec::new();
        let tokenized = Tokenizer::new(&dialect, self.sql).tokenize_with_location_into_buf(&mut tokens);
        tokenized.map_err(|error| not_understood(error.to_string()))?;
        if tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).count() > TOKENS_MAX {
            return Err(self.refuse(
                Rule::Syntax,
                (
                    format!("le modèle a plus de {TOKENS_MAX} mots"),
                    format!("the template has more than {TOKENS_MAX} words"),
                ),
                Span::empty(),
            ));
        }
        let statements = Parser::new(&dialect).with_tokens_with_locations(tokens).parse_statements();
        let statements = statements.map_err(|error| not_understood(error.to_string()))?;
        let mut statements = statements.into_iter();
        match (statements.next(), statements.next()) {
            (Some(Statement::Query(query)), None) => Ok(query),
            (None, _) => {
                Err(self.refuse(Rule::OneQuery, ("le modèle est vide", "the template is empty"), Span::empty()))
            }
            (_, Some(second)) => Err(self.refuse(
                Rule::OneQuery,
                ("il y a plus d’une instruction", "there is more than one statement"),
                second.span(),
            )),
            (Some(_), None) => {
                Err(self.refuse(Rule::OneQuery, ("ce n’est pas une requête", "this is not a query"), Span::empty()))
            }
        }
    }

    /// Refuses a manifest with parameters that make no difference.
    fn all_parameters_used(&self) -> Result<(), Refusal> {
        for parameter in &self.manifest.parameters {
            let name = parameter.name.as_str();
            let used = match parameter.kind {
                // That the column is used is checked with the other columns.
                ParameterKind::Column { .. } => {
                    self.manifest.audiences.iter().any(|audience| audience.columns.iter().any(|c| c.name == name))
                }
                _ => self.parameters_used.iter().any(|used| used.as_str() == name),
            };
            if !used {
                let message = (
                    format!("le paramètre `{name}` est déclaré et ne sert pas"),
                    format!("parameter `{name}` is declared and not used"),
                );
                return Err(self.refuse(Rule::Unused, message, Span::empty()));
            }
        }
        Ok(())
    }

    /// What is used of each audience, all of what the manifest declares and no more.
    fn columns_used(&self) -> Result<BTreeMap<String, Vec<AudienceColumn>>, Refusal> {
        let mut columns_used = BTreeMap::new();
        for audience in &self.manifest.audiences {
            let used =
                self.audiences_used.iter().find(|(name, _)| name.as_str() == audience.name).map(|(_, used)| used);
            let Some(used) = used else {
                let message = (
                    format!("l’auditoire `{}` est déclaré et ne sert pas", audience.name),
                    format!("audience `{}` is declared and not used", audience.name),
                );
                return Err(self.refuse(Rule::Unused, message, Span::empty()));
            };
            let is_used = |column: &&AudienceColumn| used.iter().any(|name| name.as_str() == column.name);
            if let Some(unused) = audience.columns.iter().find(|column| !is_used(column)) {
                let message = (
                    format!(
                        "la colonne `{}` de l’auditoire `{}` est déclarée et ne sert pas",
                        unused.name, audience.name
                    ),
                    format!("column `{}` of audience `{}` is declared and not used", unused.name, audience.name),
                );
                return Err(self.refuse(Rule::Unused, message, Span::empty()));
            }
            columns_used.insert(audience.name.clone(), audience.columns.clone());
        }
        Ok(columns_used)
    }
}

/// A span in lines and columns as bytes of the text; the whole text when the parser doesn't know.
fn bytes(sql: &str, span: Span) -> SourceSpan {
    if span.start.line == 0 {
        return (0..sql.trim_end().len()).into();
    }
    let start = byte(sql, span.start.line, span.start.column);
    let end = if span.end.line == 0 { start } else { byte(sql, span.end.line, span.end.column) };
    (start..end.max(start)).into()
}

fn byte(sql: &str, line: u64, column: u64) -> usize {
    let before = |n: u64| usize::try_from(n.saturating_sub(1)).unwrap_or(usize::MAX);
    let mut at = 0;
    for (index, text) in sql.split_inclusive('\n').enumerate() {
        if index == before(line) {
            return at + text.char_indices().nth(before(column)).map_or(text.trim_end().len(), |(byte, _)| byte);
        }
        at += text.len();
    }
    sql.len()
}

/// The place that a parser error names in its text: ` at Line: 1, Column: 5`.
fn place(message: &str) -> Span {
    let number = |label: &str| {
        let digits = message.rsplit_once(label)?.1.chars().take_while(char::is_ascii_digit).collect::<String>();
        digits.parse::<u64>().ok()
    };
    match (number("Line: "), number("Column: ")) {
        (Some(line), Some(column)) => {
            let at = Location::new(line, column);
            Span::new(at, at)
        }
        _ => Span::empty(),
    }
}

#[cfg(test)]
pub(super) mod tests;
