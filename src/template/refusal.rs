//! Why a template is refused: the clause, the rule, why the rule matters, and how to write it instead.

use miette::{Diagnostic, NamedSource, SourceSpan};
use std::fmt;
use std::sync::Arc;

/// The rules of the checker. Whatever none of them allows is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// It must be SQL, of reasonable size.
    Syntax,
    /// One query, nothing else.
    OneQuery,
    /// Only the audiences of the manifest and earlier CTEs.
    Relation,
    /// Only declared columns.
    Column,
    /// Only plain names.
    Name,
    /// Joins are on `person`.
    Join,
    /// Operands of a set operation have the same columns.
    Set,
    /// Every SELECT yields `person`, and columns with names.
    Output,
    /// A person is joined on, grouped by and counted, never looked at.
    Person,
    /// Conditions are comparisons.
    Condition,
    /// Operations are those that can't fail.
    Expression,
    /// Values meet values of their own kind.
    Constant,
    /// Only functions that are known.
    Function,
    /// Aggregates are grouped by `person`.
    Aggregate,
    /// Windows are partitioned by `person`.
    Window,
    /// Subqueries ask for `person` alone.
    Subquery,
    /// No order, limit or sample that decides which rows there are.
    Order,
    /// Nothing declared that isn't used.
    Unused,
    /// No clause that isn't known here.
    Clause,
}

impl Rule {
    /// The rule's code, as messages and tests cite it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::OneQuery => "one-query",
            Self::Relation => "relation",
            Self::Column => "column",
            Self::Name => "name",
            Self::Join => "join",
            Self::Set => "set",
            Self::Output => "output",
            Self::Person => "person",
            Self::Condition => "condition",
            Self::Expression => "expression",
            Self::Constant => "constant",
            Self::Function => "function",
            Self::Aggregate => "aggregate",
            Self::Window => "window",
            Self::Subquery => "subquery",
            Self::Order => "order",
            Self::Unused => "unused",
            Self::Clause => "clause",
        }
    }

    /// Why the rule is there.
    fn why(self) -> &'static str {
        match self {
            Self::Syntax => "what can't be read can't be proven harmless",
            Self::OneQuery => "a template computes one answer and changes nothing",
            Self::Relation => {
                "a template sees only what its audiences' owners agreed to, and nothing of the engine or the machine"
            }
            Self::Column => "owners agree to the columns that the manifest declares, and to no others",
            Self::Name => "a name in unusual letters or quotes can look like another one",
            Self::Join => "rows that meet on anything but person let one person change another person's rows",
            Self::Set => {
                "sides are matched by position: unequal columns could put something else in the place of person"
            }
            Self::Output => "rows that don't say whose they are can't be bounded by person",
            Self::Person => "looking at the value of a person singles someone out",
            Self::Condition => "only comparisons are known to depend on the row alone and to fail on none",
            Self::Expression => "an operation that can fail on some row would tell by its failure that the row exists",
            Self::Constant => {
                "a comparison across kinds can fail on some row, and the failure would tell that the row exists"
            }
            Self::Function => "a function can be random, read the clock or files, or fail on some row",
            Self::Aggregate => {
                "an aggregate that isn't grouped by person mixes the rows of many; one that depends on the order of rows has no single answer"
            }
            Self::Window => {
                "a window that isn't partitioned by person looks at the rows of others; one that tells ties apart has no single answer"
            }
            Self::Subquery => "a subquery lets the rows of one person decide about another",
            Self::Order => "which rows are kept would depend on the rows of other persons",
            Self::Unused => "an owner would be asked to agree to more than is needed",
            Self::Clause => "only clauses that are proven person-local are known here",
        }
    }

    /// What to write.
    fn instead(self) -> &'static str {
        match self {
            Self::Syntax => "write plain SQL as DuckDB reads it, at most 16 KiB",
            Self::OneQuery => "write a single SELECT, without semicolons between statements",
            Self::Relation => "name an audience of the manifest, or a CTE defined before",
            Self::Column => {
                "declare it in the manifest's `columns`, or write `relation.column` if several have it; after a LEFT JOIN, `person` is that of the left side"
            }
            Self::Name => "use a-z, 0-9 and _, at most 63, without quotes, and a name that isn't taken",
            Self::Join => {
                "write JOIN, LEFT JOIN, SEMI JOIN or ANTI JOIN … USING (person), or … ON a.person = b.person AND more; but for JOIN, more is on the right side alone, or compares it with the left"
            }
            Self::Set => "select the same columns under the same names, in the same order, on both sides",
            Self::Output => "select `person` under its own name, and every other column once, as … AS name",
            Self::Person => "join on person, group by it; filter on declared columns",
            Self::Condition => "compare with =, <>, <, <=, >, >=, IN, BETWEEN or IS NULL, joined by AND, OR and NOT",
            Self::Expression => {
                "calculate with + - *, and with // and % by a positive whole constant; choose with CASE, least, greatest and coalesce"
            }
            Self::Constant => {
                "write a value's id in quotes for a category, whole cents for an amount, DATE 'YYYY-MM-DD' for a date, $name for a parameter of the manifest"
            }
            Self::Function => "use abs, least, greatest, coalesce, date_diff('day' or 'month', …), year, month",
            Self::Aggregate => {
                "GROUP BY person, and aggregate with count, sum, min, max, bool_or or bool_and, with FILTER (WHERE …) if need be; leave counting persons to the release"
            }
            Self::Window => {
                "write count, sum, min, max, rank or dense_rank OVER (PARTITION BY person ORDER BY …), without a frame, in a SELECT without GROUP BY"
            }
            Self::Subquery => {
                "write person IN (SELECT person FROM …), or EXISTS (SELECT 1 FROM x WHERE x.person = a.person AND conditions on x), as a condition of its own in WHERE"
            }
            Self::Order => "leave it out: the release doesn't depend on order, and bounds persons by itself",
            Self::Unused => "use it, or take it out of the manifest",
            Self::Clause => "leave it out",
        }
    }
}

/// A refused template, with the clause that breaks a rule.
#[derive(Debug, Clone)]
pub struct Refusal {
    rule: Rule,
    message: String,
    source: Arc<NamedSource<String>>,
    span: SourceSpan,
}

impl Refusal {
    pub(super) fn new(rule: Rule, message: String, source: NamedSource<String>, span: SourceSpan) -> Self {
        Self { rule, message, source: Arc::new(source), span }
    }

    /// The rule that is broken.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Where, in bytes of the file.
    pub fn span(&self) -> SourceSpan {
        self.span
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl Diagnostic for Refusal {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("template::{}", self.rule.code())))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("{}.\nInstead: {}.", self.rule.why(), self.rule.instead())))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(miette::LabeledSpan::new_with_span(Some("here".into()), self.span))))
    }
}
