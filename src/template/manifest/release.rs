//! What becomes of the contributions, and what is computed from the release.

use crate::model::Fraction;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The range of a key that is a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// Least key.
    pub min: i64,
    /// Greatest key.
    pub max: i64,
}

/// What becomes of the contributions: the columns named here are columns of the template's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum ReleaseKind {
    /// One cell: how many persons the template yields.
    Count {},
    /// Persons by public keys.
    Histogram {
        /// The keys, outermost first.
        keys: Vec<String>,
        /// Most cells that a person is counted in.
        #[serde(default = "one")]
        keys_max: u32,
        /// Whether persons without a value have a cell of their own (one for each key).
        #[serde(default)]
        unknown: bool,
        /// The range of each key that is a whole number.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        domains: BTreeMap<String, Domain>,
    },
    /// Every region of the Venn diagram of the audiences in the result's column `audience`.
    Cells {},
    /// Persons by how many rows they have.
    Frequency {
        /// Rows from which on they are counted together.
        max: u32,
    },
    /// Persons, and the sum of a value over them, in all or by public keys.
    Sum {
        /// The value: a whole number or an amount.
        value: String,
        /// What a person contributes at least to a cell.
        min: i64,
        /// What a person contributes at most to a cell.
        max: i64,
        /// The keys, outermost first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
        /// Most cells that a person contributes to.
        #[serde(default = "one")]
        keys_max: u32,
        /// The range of each key that is a whole number.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        domains: BTreeMap<String, Domain>,
    },
    /// Quantiles of one value a person, among equidistant candidates.
    Quantiles {
        /// The value: a whole number or an amount.
        value: String,
        /// The least candidate.
        min: i64,
        /// The greatest candidate.
        max: i64,
        /// From one candidate to the next.
        step: u32,
        /// Which quantiles.
        quantiles: Vec<Fraction>,
    },
    /// The public keys with the most persons.
    Top {
        /// The keys, outermost first.
        keys: Vec<String>,
        /// How many are told.
        k: u32,
        /// The range of each key that is a whole number.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        domains: BTreeMap<String, Domain>,
    },
    /// Persons by a key that isn't public: only keys with enough persons are told.
    Threshold {
        /// The key: a whole number, an amount or a date.
        key: String,
        /// Most keys that a person is counted under.
        keys_max: u32,
    },
    /// Persons by pairs of two columns, with both margins and the total.
    Crosstab {
        /// The column down the side.
        rows: String,
        /// The column along the top.
        columns: String,
        /// Most values of a person down the side.
        rows_max: u32,
        /// Most values of a person along the top.
        columns_max: u32,
    },
    /// Persons by each of several columns, reconciled to one total.
    Marginals {
        /// The columns; a person has one value in each, or none.
        columns: Vec<String>,
    },
}

fn one() -> u32 {
    1
}

/// What is computed from a release: each for every cell, audience or pair that it makes sense for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Derived {
    /// Of disjoint cells: all persons.
    Total,
    /// Of disjoint cells: the part of all persons in each.
    Share,
    /// Of disjoint cells with a cell for those without a value: the part of all persons who have one.
    KnownShare,
    /// Of cells by a yes-or-no key and another: the share of each value among the yes, over its share among all. 1 is neutral.
    /// Of a crosstab: the share of the row among the column's persons, over its share among all.
    Affinity,
    /// Of a Venn diagram: each audience.
    Size,
    /// Of a Venn diagram: who is in all audiences.
    Intersection,
    /// Of a Venn diagram: who is in any.
    Union,
    /// Of a Venn diagram: the part of each audience that is in all the others.
    MatchRate,
    /// Of a Venn diagram: the intersection over the union.
    Jaccard,
    /// Of a Venn diagram: who is in each audience and in none before it.
    IncrementalReach,
    /// Of a Venn diagram of two: the first less the second.
    Difference,
    /// Of a Venn diagram of two: the first over the second.
    Ratio,
    /// Of a frequency: everybody with at least so many rows.
    AtLeast,
    /// Of a frequency: rows a person, the last frequency counted as its least. Of a sum: the value a person.
    Mean,
}

impl Derived {
    /// Its name in manifests and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Share => "share",
            Self::KnownShare => "known_share",
            Self::Affinity => "affinity",
            Self::Size => "size",
            Self::Intersection => "intersection",
            Self::Union => "union",
            Self::MatchRate => "match_rate",
            Self::Jaccard => "jaccard",
            Self::IncrementalReach => "incremental_reach",
            Self::Difference => "difference",
            Self::Ratio => "ratio",
            Self::AtLeast => "at_least",
            Self::Mean => "mean",
        }
    }
}

impl ReleaseKind {
    /// What can be computed from it.
    pub fn derivable(&self) -> &'static [Derived] {
        match self {
            Self::Count {} | Self::Quantiles { .. } | Self::Top { .. } | Self::Threshold { .. } => &[],
            Self::Histogram { .. } => &[Derived::Total, Derived::Share, Derived::KnownShare, Derived::Affinity],
            Self::Cells {} => &[
                Derived::Size,
                Derived::Intersection,
                Derived::Union,
                Derived::MatchRate,
                Derived::Jaccard,
                Derived::IncrementalReach,
                Derived::Difference,
                Derived::Ratio,
            ],
            Self::Frequency { .. } => &[Derived::Total, Derived::AtLeast, Derived::Mean],
            Self::Sum { .. } => &[Derived::Mean],
            Self::Crosstab { .. } => &[Derived::Affinity],
            Self::Marginals { .. } => &[Derived::Total, Derived::Share],
        }
    }
}

/// Most cells of a release: what a page can show and the noise is drawn for within a second.
pub(in super::super) const CELLS_MAX: u64 = 10_000;
/// Most cells that one person may reach: beyond it the noise drowns everything.
const KEYS_MAX: u32 = 100;
/// Greatest contribution of one person to a sum: 100,000 dollars in cents.
const VALUE_MAX: i64 = 10_000_000;

/// Greatest candidate of a quantile, either way: far within what 64 bits hold.
const QUANTILE_MAX: i64 = 1_000_000_000_000_000;

/// A message and what to do about it.
type Mistake = (String, String);

impl ReleaseKind {
    /// Whether the figures make sense by themselves; whether the result has the columns is the checker's to say.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub(super) fn check(&self) -> Result<(), Mistake> {
        let wrong = |message: &str, help: &str| Err((message.to_owned(), help.to_owned()));
        let reach = |keys_max: u32| (1..=KEYS_MAX).contains(&keys_max);
        let distinct = |keys: &[String]| keys.iter().collect::<std::collections::BTreeSet<_>>().len() == keys.len();
        match self {
            Self::Count {} | Self::Cells {} => Ok(()),
            Self::Histogram { keys, keys_max, domains, .. } => {
                keyed(keys, domains, 1)?;
                if reach(*keys_max) { Ok(()) } else { wrong("`keys_max` is out of its range", "give 1 to 100") }
            }
            Self::Top { keys, k, domains } => {
                keyed(keys, domains, 1)?;
                if reach(*k) { Ok(()) } else { wrong("`k` is out of its range", "give 1 to 100") }
            }
            Self::Frequency { max } if (1..=1_000).contains(max) => Ok(()),
            Self::Frequency { .. } => wrong("`max` is out of its range", "give 1 to 1000"),
            Self::Sum { min, max, keys, keys_max, domains, .. } => {
                keyed(keys, domains, 0)?;
                if !reach(*keys_max) || (keys.is_empty() && *keys_max != 1) {
                    return wrong("`keys_max` is out of its range", "give 1 to 100, and 1 where there are no keys");
                }
                let sound = min < max && *min >= -VALUE_MAX && *max <= VALUE_MAX;
                if sound {
                    Ok(())
                } else {
                    wrong("`min` and `max` don't bound a value", "give min < max, within 10000000 either way")
                }
            }
            Self::Quantiles { min, max, step, quantiles, .. } => {
                let sound = min < max && *step > 0 && *min >= -QUANTILE_MAX && *max <= QUANTILE_MAX;
                let candidates = if sound { max.abs_diff(*min) / u64::from(*step) + 1 } else { u64::MAX };
                if candidates > CELLS_MAX {
                    return wrong(
                        "the candidates make no sense",
                        "give min < max and a step that makes at most 10000 candidates",
                    );
                }
                let proper = |f: &Fraction| f.numerator > 0 && f.numerator < f.denominator && f.denominator <= 1_000;
                if quantiles.is_empty() || quantiles.len() > 20 || !quantiles.iter().all(proper) {
                    return wrong(
                        "the quantiles make no sense",
                        "give 1 to 20 fractions such as { numerator = 1, denominator = 2 }",
                    );
                }
                Ok(())
            }
            Self::Threshold { keys_max, .. } => {
                if reach(*keys_max) {
                    Ok(())
                } else {
                    wrong("`keys_max` is out of its range", "give 1 to 100")
                }
            }
            Self::Crosstab { rows, columns, rows_max, columns_max } => {
                if rows == columns {
                    return wrong("rows and columns are the same", "name two columns of the result");
                }
                let sound = reach(*rows_max) && reach(*columns_max);
                if sound { Ok(()) } else { wrong("`rows_max` or `columns_max` is out of its range", "give 1 to 100") }
            }
            Self::Marginals { columns } => {
                let sound = (2..=10).contains(&columns.len()) && distinct(columns);
                if sound {
                    Ok(())
                } else {
                    wrong("marginals are of 2 to 10 different columns", "name that many; a single one is a histogram")
                }
            }
        }
    }
}

fn keyed(keys: &[String], domains: &BTreeMap<String, Domain>, least: usize) -> Result<(), Mistake> {
    let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
    if keys.len() < least || keys.len() > 3 || distinct.len() != keys.len() {
        return Err(("the keys make no sense".into(), format!("name {least} to 3 different columns of the result")));
    }
    if let Some(stray) = domains.keys().find(|name| !keys.contains(name)) {
        return Err((format!("`{stray}` has a domain and is no key"), "name it among the keys".into()));
    }
    let sound = |domain: &Domain| domain.min <= domain.max && domain.max.abs_diff(domain.min) < CELLS_MAX;
    match domains.iter().find(|(_, domain)| !sound(domain)) {
        Some((name, _)) => Err((
            format!("the domain of `{name}` makes no sense"),
            "give min <= max, at most 10000 values apart".into(),
        )),
        None => Ok(()),
    }
}
