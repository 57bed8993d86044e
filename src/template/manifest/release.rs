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
