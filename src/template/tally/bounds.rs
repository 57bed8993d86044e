//! A release over bound audiences: its public keys, how far a person can move it, and what its cells mean.

use super::super::check::CheckedTemplate;
use super::super::layout::{KeyValue, Layout, LayoutBlock, LayoutKey};
use super::super::local::Kind;
use super::super::manifest::{CELLS_MAX, Domain, Manifest, ReleaseKind};
use super::bind::{BindingError, Bound};
use super::keys::{CELL_ROOM, Key, cells};
use crate::model::{AudienceRef, Block, Bounds, Fraction, Text, Vocabulary, answer::Unit};
use std::collections::BTreeMap;

// The order of a person's cells has room for as many as an answer can have.
const _: () = assert!(CELLS_MAX <= CELL_ROOM);

/// A release whose keys have their values.
pub(super) enum Release {
    Count,
    Histogram { keys: Vec<Key>, keys_max: u32 },
    Cells { audiences: Vec<AudienceRef> },
    Frequency { max: u32 },
    Sum { value: String, cents: bool, min: i64, max: i64, keys: Vec<Key>, keys_max: u32 },
    Quantiles { value: String, cents: bool, min: i64, max: i64, step: u32, quantiles: Vec<Fraction> },
    Top { keys: Vec<Key>, k: u32 },
    Threshold { key: String, unit: Unit, keys_max: u32 },
    Crosstab { rows: Key, columns: Key, rows_max: u32, columns_max: u32 },
    Marginals { keys: Vec<Key> },
}

impl Release {
    pub(super) fn new(
        checked: &CheckedTemplate,
        manifest: &Manifest,
        bound: &Bound,
        vocabulary: &Vocabulary,
    ) -> Result<Self, BindingError> {
        let kind =
            |name: &str| checked.outputs().iter().find(|(output, _)| output.as_str() == name).map(|(_, kind)| kind);
        let key = |name: &String, domain: Option<&Domain>, unknown: bool| {
            let kind = kind(name).ok_or(BindingError::Release)?;
            let key = Key::new(name, kind, domain.copied(), unknown, vocabulary, &bound.audiences);
            key.ok_or(BindingError::Release)
        };
        let keys = |names: &[String], domains: &BTreeMap<String, Domain>, unknown: bool| {
            let keys: Vec<Key> =
                names.iter().map(|name| key(name, domains.get(name), unknown)).collect::<Result<_, _>>()?;
            if cells(&keys) > CELLS_MAX { Err(BindingError::Cells(CELLS_MAX)) } else { Ok(keys) }
        };
        // One row a person reaches one cell; more cells than there are can't be reached.
        let reach = |keys_max: u32, keys: &[Key]| {
            if bound.once { 1 } else { u32::try_from(cells(keys)).unwrap_or(u32::MAX).min(keys_max).max(1) }
        };
        let cents = |name: &String| match kind(name) {
            Some(Kind::Number { cents, .. }) => Ok(*cents),
            _ => Err(BindingError::Release),
        };
        Ok(match &manifest.release {
            ReleaseKind::Count {} => Self::Count,
            ReleaseKind::Histogram { keys: names, keys_max, unknown, domains } => {
                let keys = keys(names, domains, *unknown)?;
                Self::Histogram { keys_max: reach(*keys_max, &keys), keys }
            }
            ReleaseKind::Cells {} => Self::Cells { audiences: bound.audiences.clone() },
            ReleaseKind::Frequency { max } => Self::Frequency { max: *max },
            ReleaseKind::Sum { value, min, max, keys: names, keys_max, domains } => {
                let keys = keys(names, domains, false)?;
                if cells(&keys) * 2 > CELLS_MAX {
                    return Err(BindingError::Cells(CELLS_MAX));
                }
                let keys_max = reach(*keys_max, &keys);
                Self::Sum { value: value.clone(), cents: cents(value)?, min: *min, max: *max, keys, keys_max }
            }
            ReleaseKind::Quantiles { value, min, max, step, quantiles } => Self::Quantiles {
                value: value.clone(),
                cents: cents(value)?,
                min: *min,
                max: *max,
                step: *step,
                quantiles: quantiles.clone(),
            },
            ReleaseKind::Top { keys: names, k, domains } => {
                let keys = keys(names, domains, false)?;
                let most = u32::try_from(cells(&keys)).unwrap_or(u32::MAX);
                Self::Top { k: (*k).min(most), keys }
            }
            ReleaseKind::Threshold { key, keys_max } => {
                let unit = match kind(key) {
                    Some(Kind::Date) => Unit::Date,
                    Some(Kind::Number { cents: true, .. }) => Unit::Cents,
                    Some(Kind::Number { .. }) => Unit::Number,
                    _ => return Err(BindingError::Release),
                };
                Self::Threshold { key: key.clone(), unit, keys_max: if bound.once { 1 } else { *keys_max } }
            }
            ReleaseKind::Crosstab { rows, columns, rows_max, columns_max } => {
                let (rows, columns) = (key(rows, None, false)?, key(columns, None, false)?);
                let (r, c) = (u64::from(rows.cells()), u64::from(columns.cells()));
                if r * c + r + c + 1 > CELLS_MAX {
                    return Err(BindingError::Cells(CELLS_MAX));
                }
                let rows_max = reach(*rows_max, std::slice::from_ref(&rows));
                let columns_max = reach(*columns_max, std::slice::from_ref(&columns));
                Self::Crosstab { rows, columns, rows_max, columns_max }
            }
            ReleaseKind::Marginals { columns } => {
                let keys: Vec<Key> = columns.iter().map(|name| key(name, None, true)).collect::<Result<_, _>>()?;
                if keys.iter().map(|key| u64::from(key.cells())).sum::<u64>() > CELLS_MAX {
                    return Err(BindingError::Cells(CELLS_MAX));
                }
                Self::Marginals { keys }
            }
        })
    }

    /// How far one person can move the tally of the statement that `sql` writes for this release.
    ///
    /// # Privacy argument
    /// A person adds at most 1 to each of at most `keys_max` cells: Euclidean length √keys_max. In a sum, the value of each of
    /// these cells is clamped to `[min, max]` after adding up the person's rows: length √keys_max · max(|min|, |max|), and the
    /// persons beside it count as a histogram. A Venn diagram and a frequency have disjoint cells: length 1. In a crosstab a
    /// person has at most rows_max · columns_max pairs, rows_max rows, columns_max columns, and 1 in the total. In marginals a
    /// person has one cell in each column. For quantiles and the top see `model::Bounds`.
    pub(super) fn bounds(&self) -> Bounds {
        let block = |cells: u64, reach: u64| Block {
            cells: u32::try_from(cells).unwrap_or(u32::MAX),
            distance_squared: reach,
            unit: 1,
        };
        let blocks = match self {
            Self::Count => vec![block(1, 1)],
            Self::Histogram { keys, keys_max } => vec![block(cells(keys), u64::from(*keys_max))],
            Self::Cells { audiences } => vec![block((1 << audiences.len()) - 1, 1)],
            Self::Frequency { max } => vec![block(u64::from(*max), 1)],
            Self::Sum { min, max, keys, keys_max, .. } => {
                let most = min.unsigned_abs().max(max.unsigned_abs());
                let reach = u64::from(*keys_max);
                let unit = u32::try_from(most).unwrap_or(u32::MAX);
                let sum = Block { unit, ..block(cells(keys), most.saturating_mul(most).saturating_mul(reach)) };
                vec![block(cells(keys), reach), sum]
            }
            Self::Quantiles { quantiles, .. } => {
                return Bounds::Quantiles { candidates: self.candidates(), quantiles: quantiles.clone() };
            }
            Self::Top { keys, k } => {
                return Bounds::Top { candidates: u32::try_from(cells(keys)).unwrap_or(u32::MAX), k: *k };
            }
            Self::Threshold { keys_max, .. } => return Bounds::Keys { keys_max: *keys_max },
            Self::Crosstab { rows, columns, rows_max, columns_max } => {
                let (r, c) = (u64::from(rows.cells()), u64::from(columns.cells()));
                let (rows_max, columns_max) = (u64::from(*rows_max), u64::from(*columns_max));
                vec![block(r * c, rows_max * columns_max), block(r, rows_max), block(c, columns_max), block(1, 1)]
            }
            Self::Marginals { keys } => keys.iter().map(|key| block(u64::from(key.cells()), 1)).collect(),
        };
        Bounds::Cells { blocks }
    }

    /// The candidates of quantiles.
    pub(super) fn candidates(&self) -> u32 {
        match self {
            Self::Quantiles { min, max, step, .. } => {
                let steps = max.abs_diff(*min).checked_div(u64::from(*step)).unwrap_or_default();
                u32::try_from(steps).unwrap_or(u32::MAX).saturating_add(1)
            }
            _ => 0,
        }
    }

    /// What the cells mean; `titles` are the manifest's own words for keys, and for those without a value.
    pub(super) fn layout(&self, titles: &BTreeMap<String, Text>) -> Layout {
        let mut layout = self.untitled();
        for key in layout.blocks.iter_mut().flat_map(|block| &mut block.keys) {
            if let Some(title) = titles.get(&key.name) {
                key.title = title.clone();
            }
            let last = key.values.last_mut().filter(|value| **value == KeyValue::unknown());
            if let Some((value, title)) = last.zip(titles.get("unknown")) {
                value.title = title.clone();
            }
        }
        layout
    }

    fn untitled(&self) -> Layout {
        let block = |name: &str, unit, keys: Vec<LayoutKey>| LayoutBlock { name: name.into(), unit, keys };
        let named = |keys: &[Key]| keys.iter().map(Key::layout).collect::<Vec<_>>();
        let plain = |name: &str, fr: &str, en: &str, values: Vec<KeyValue>| LayoutKey {
            name: name.into(),
            title: Text::new(fr, en),
            values,
        };
        let persons = |keys| block("persons", Unit::Persons, keys);
        let unit = |cents: bool| if cents { Unit::Cents } else { Unit::Number };
        let blocks = match self {
            Self::Count => vec![persons(Vec::new())],
            Self::Histogram { keys, .. } => vec![persons(named(keys))],
            Self::Cells { audiences } => {
                vec![persons(vec![plain("audiences", "Auditoires", "Audiences", regions(audiences))])]
            }
            Self::Frequency { max } => {
                let rows = (1..*max).map(KeyValue::plain).chain([last_frequency(*max)]).collect();
                vec![persons(vec![plain("frequency", "Fréquence", "Frequency", rows)])]
            }
            Self::Sum { keys, cents, .. } => vec![persons(named(keys)), block("sum", unit(*cents), named(keys))],
            Self::Quantiles { value, cents, min, step, .. } => {
                let candidate = |i: u32| KeyValue::plain(min.saturating_add(i64::from(i) * i64::from(*step)));
                let candidates = (0..self.candidates()).map(candidate).collect();
                vec![block("quantiles", unit(*cents), vec![plain(value, value, value, candidates)])]
            }
            Self::Top { keys, .. } => vec![block("top", Unit::Persons, named(keys))],
            Self::Threshold { key, unit, .. } => {
                vec![block("threshold", *unit, vec![plain(key, key, key, Vec::new())])]
            }
            Self::Crosstab { rows, columns, .. } => {
                let (rows, columns) = (rows.layout(), columns.layout());
                vec![
                    persons(vec![rows.clone(), columns.clone()]),
                    block("rows", Unit::Persons, vec![rows]),
                    block("columns", Unit::Persons, vec![columns]),
                    block("total", Unit::Persons, Vec::new()),
                ]
            }
            Self::Marginals { keys } => {
                keys.iter().map(|key| block(&key.layout().name, Unit::Persons, vec![key.layout()])).collect()
            }
        };
        Layout { blocks }
    }
}

/// The regions of a Venn diagram, by the audiences that a person is in exactly; region r holds audience i where bit i of r + 1 is set.
fn regions(audiences: &[AudienceRef]) -> Vec<KeyValue> {
    (1usize..1 << audiences.len())
        .map(|mask| {
            let inside: Vec<String> =
                audiences.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, a)| a.to_string()).collect();
            KeyValue { id: inside.join("+"), title: Text::new(inside.join(" et "), inside.join(" and ")) }
        })
        .collect()
}

fn last_frequency(max: u32) -> KeyValue {
    KeyValue { id: max.to_string(), title: Text::new(format!("{max} ou plus"), format!("{max} or more")) }
}
