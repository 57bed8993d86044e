//! Public keys: columns of the template's result as codes 0, 1, 2, …

use super::super::layout::{KeyValue, LayoutKey};
use super::super::local::Kind;
use super::super::manifest::Domain;
use super::super::print::quoted;
use super::sql::CONTRIBUTION;
use crate::model::{AudienceRef, Category, ColumnKind, ColumnName, Text, Vocabulary};

/// What the codes of a key stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Codes {
    /// Values of a category, by their stored codes.
    Category { title: Text, values: Vec<Category> },
    /// Whole numbers, counted from the least.
    Number(Domain),
    /// No, yes.
    Boolean,
    /// The audiences of the query, in their order.
    Audience(Vec<AudienceRef>),
}

/// A key of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    column: String,
    codes: Codes,
    unknown: bool,
    /// Whether its column holds few values, by its kind alone.
    few: bool,
}

/// So many values of a column are few beside the rows of a large audience.
const FEW: u64 = 1_000_000;

impl Key {
    /// `None` where a column of that kind can't be a public key.
    pub(super) fn new(
        column: &str,
        kind: &Kind,
        domain: Option<Domain>,
        unknown: bool,
        vocabulary: &Vocabulary,
        audiences: &[AudienceRef],
    ) -> Option<Self> {
        let codes = match kind {
            Kind::Category(name) => category(name, vocabulary)?,
            Kind::Number { .. } => Codes::Number(domain?),
            Kind::Boolean => Codes::Boolean,
            Kind::Audience => Codes::Audience(audiences.to_vec()),
            Kind::Person | Kind::Date => return None,
        };
        let few = match kind {
            Kind::Number { low, high, .. } => high.abs_diff(*low) < FEW,
            _ => true,
        };
        Some(Self { column: column.to_owned(), codes, unknown, few })
    }

    /// Its column of the template's rows.
    pub(super) fn column(&self) -> String {
        format!("{CONTRIBUTION}.{}", quoted(&self.column))
    }

    /// Whether it is that column of the template's rows.
    pub(super) fn holds(&self, column: &str) -> bool {
        self.column == column
    }

    /// Whether its column holds few values, by its kind and whatever is stored.
    pub(super) fn has_few_values(&self) -> bool {
        self.few
    }

    /// How many codes.
    pub(super) fn cells(&self) -> u32 {
        let known = match &self.codes {
            Codes::Category { values, .. } => values.len(),
            Codes::Number(domain) => {
                usize::try_from(domain.max.abs_diff(domain.min)).unwrap_or(usize::MAX).saturating_add(1)
            }
            Codes::Boolean => 2,
            Codes::Audience(audiences) => audiences.len(),
        };
        u32::try_from(known).unwrap_or(u32::MAX).saturating_add(u32::from(self.unknown))
    }

    /// The code as BIGINT; NULL for every value outside the key's domain, never an error: what could overflow is clamped first.
    ///
    /// # Privacy argument
    /// Whatever the column holds, the code is NULL or in `0..cells()`, and different values in the domain have different codes:
    /// so cells tell values apart, and no value reaches a cell of another key or block.
    pub(super) fn sql(&self) -> String {
        let column = self.column();
        let code = |values: usize| {
            format!("CASE WHEN {column} BETWEEN 0 AND {} THEN CAST({column} AS BIGINT) END", values.saturating_sub(1))
        };
        let known = match &self.codes {
            Codes::Category { values, .. } => code(values.len()),
            Codes::Audience(audiences) => code(audiences.len()),
            Codes::Number(Domain { min, max }) => {
                format!(
                    "CASE WHEN {column} BETWEEN {min} AND {max} THEN least(greatest(CAST({column} AS BIGINT), {min}), {max}) - ({min}) END"
                )
            }
            Codes::Boolean => {
                format!("CASE WHEN {column} THEN CAST(1 AS BIGINT) WHEN NOT {column} THEN CAST(0 AS BIGINT) END")
            }
        };
        if self.unknown {
            format!("coalesce({known}, {})", self.cells().saturating_sub(1))
        } else {
            format!("({known})")
        }
    }

    /// Its values for people and programs.
    pub(super) fn layout(&self) -> LayoutKey {
        let named = |name: &str| Text::new(name, name);
        let (title, mut values) = match &self.codes {
            Codes::Category { title, values } => {
                let value =
                    |value: &Category| KeyValue { id: value.id.clone(), title: Text::new(&value.fr, &value.en) };
                (title.clone(), values.iter().map(value).collect())
            }
            Codes::Number(Domain { min, max }) => (named(&self.column), (*min..=*max).map(KeyValue::plain).collect()),
            Codes::Boolean => {
                let no = KeyValue { id: "false".into(), title: Text::new("non", "no") };
                let yes = KeyValue { id: "true".into(), title: Text::new("oui", "yes") };
                (named(&self.column), vec![no, yes])
            }
            Codes::Audience(audiences) => {
                (Text::new("Auditoire", "Audience"), audiences.iter().map(KeyValue::plain).collect::<Vec<_>>())
            }
        };
        values.extend(self.unknown.then(KeyValue::unknown));
        LayoutKey { name: self.column.clone(), title, values }
    }
}

fn category(name: &ColumnName, vocabulary: &Vocabulary) -> Option<Codes> {
    let column = vocabulary.get(name)?;
    match &column.kind {
        ColumnKind::Category { values } => {
            Some(Codes::Category { title: column.title.clone(), values: values.clone() })
        }
        ColumnKind::Date | ColumnKind::Amount => None,
    }
}

/// One code for several keys, the first outermost.
pub(super) fn cell_sql(keys: &[Key]) -> String {
    let mut cell = String::new();
    for key in keys {
        cell = if cell.is_empty() { key.sql() } else { format!("({cell} * {} + {})", key.cells(), key.sql()) };
    }
    if cell.is_empty() { "CAST(0 AS BIGINT)".to_owned() } else { cell }
}

/// Whether each cell stands for one value of each key. Those without a name of their own share the cell of what isn't known.
pub(super) fn tell_apart(keys: &[Key]) -> bool {
    keys.iter().all(|key| !key.unknown)
}

/// How many cells the keys make together.
pub(super) fn cells(keys: &[Key]) -> u64 {
    keys.iter().map(|key| u64::from(key.cells())).product()
}

/// Which of a person's cells are kept when there are too many: those that come first in an order of its own for each
/// person, which depends on nothing but the person, the cell and the template. Smaller than 2^45, different for different cells
/// of a person, and whole-number arithmetic alone, so that every engine computes it alike; `cell` must be below 2^14.
///
/// The person's pseudonym x (reduced to 1..p-1) permutes the cells by c -> x(ac + b) mod p, with p = 2^31 - 1 prime.
pub(super) fn order_sql(cell: &str, salt: &[u8]) -> String {
    let word = |at: usize| {
        salt.get(at..at + 4).map_or(1, |bytes| bytes.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    let (factor, shift) = (word(0) % (PRIME - 1) + 1, word(4) % PRIME);
    let rounds = PRIME - 1;
    let person = format!("((\"person\" % {rounds} + {rounds}) % {rounds} + 1)");
    format!("(({person} * (({cell} * {factor} + {shift}) % {PRIME})) % {PRIME} * {CELL_ROOM} + {cell})")
}

/// 2^31 - 1, a prime.
const PRIME: u64 = 2_147_483_647;
/// More than any cell's number.
pub(super) const CELL_ROOM: u64 = 1 << 14;
