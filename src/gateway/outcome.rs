//! What a release comes to for people: its cells by name, and what is computed from them. All of it is post-processing.

use crate::{
    model::{Bounds, Linear, Text, answer::Unit},
    privacy::{self, Limits, Plan, Release, Verdict},
    template::{Derived, Figure, Instance, KeyValue, LayoutBlock},
};
use jiff::{ToSpan, civil::date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is stored for a charge and told for ever after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The keys of the figures, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyTitle>,
    /// The released cells, keys or choices.
    pub figures: Vec<Told>,
    /// What was computed from them.
    pub derived: Vec<DerivedTold>,
    /// Whether something was withheld as too small.
    pub withheld: bool,
}

/// A key and what people call it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KeyTitle {
    /// As the figures have it.
    pub name: String,
    /// What people call it.
    #[schema(value_type = Object)]
    pub title: Text,
}

/// One released cell, key or choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Told {
    /// Which part of the release it belongs to: `persons`, `sum`, …
    pub part: String,
    /// What it is of: a value for each key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub keys: BTreeMap<String, KeyValue>,
    /// The unit of its value.
    #[schema(value_type = String)]
    pub unit: Unit,
    /// The released value: it can be below zero. Absent where it is withheld, or where the choice itself is the answer.
    pub value: Option<i64>,
    /// The value as it was drawn, where it has since been reconciled with others that count the same persons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<i64>,
    /// The value for showing: never below zero where it counts persons.
    pub shown: Option<i64>,
    /// Half-width of its 95 % interval, in its unit; absent for choices, whose margin is the answer's.
    pub margin: Option<u64>,
    /// The 95 % interval of the value.
    pub interval: Option<[i64; 2]>,
    /// Whether the value is below the room's smallest number of people, and so not told.
    pub withheld: bool,
}

/// One derived figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DerivedTold {
    /// What it is: `share`, `affinity`, …
    #[schema(value_type = String)]
    pub name: Derived,
    /// What people call it, where the template has a word of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub title: Option<Text>,
    /// What it is of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub keys: BTreeMap<String, KeyValue>,
    /// Its unit; absent for shares and other ratios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub unit: Option<Unit>,
    /// The figure; absent where it is withheld or can't be computed.
    pub value: Option<f64>,
    /// Its 95 % interval; absent where nothing can be told.
    pub interval: Option<[f64; 2]>,
    /// `told`, `above` or `below` what means no difference, or `cant_tell`.
    #[schema(value_type = String)]
    pub verdict: Verdict,
    /// Whether it rests on too few people to be told.
    pub withheld: bool,
}

impl Outcome {
    /// Names and computes.
    ///
    /// # Privacy argument
    /// A function of the release, the plan, the public layout and the room's published limits.
    pub(super) fn new(release: &Release, plan: &Plan, instance: &Instance, limits: &Limits) -> Self {
        let people_min = limits.release_people_min();
        let (figures, derived) = match release {
            Release::Cells { values } => {
                let teller = Teller { plan, instance, values, people_min };
                (teller.cells(), instance.figures.iter().map(|figure| teller.derive(figure)).collect())
            }
            Release::Keys { counts } => (keys(counts, plan, instance, people_min), Vec::new()),
            Release::Chosen { candidates } => (choices(candidates, plan, instance), Vec::new()),
        };
        let withheld = figures.iter().any(|figure| figure.withheld);
        let mut keys: Vec<KeyTitle> = Vec::new();
        for key in instance.layout.blocks.iter().flat_map(|block| &block.keys) {
            if !keys.iter().any(|earlier| earlier.name == key.name) {
                keys.push(KeyTitle { name: key.name.clone(), title: key.title.clone() });
            }
        }
        Self { keys, figures, derived, withheld }
    }
}

struct Teller<'a> {
    plan: &'a Plan,
    instance: &'a Instance,
    values: &'a [i64],
    people_min: u32,
}

impl Teller<'_> {
    fn cells(&self) -> Vec<Told> {
        let layout = &self.instance.layout;
        // Columns of marginals count the same persons: what is shown adds up to one total.
        let reconciled = self.instance.partitions.then(|| {
            let blocks: Vec<_> = (0..layout.blocks.len()).map(|b| layout.start(b)..layout.start(b + 1)).collect();
            privacy::reconcile(self.values, &blocks)
        });
        let values = self.values.iter().enumerate();
        let told = |(cell, raw): (usize, &i64)| {
            let (block, place) = layout.find(cell)?;
            let shown =
                reconciled.as_ref().and_then(|values| values.get(cell)).map_or(*raw, |value| value.round() as i64);
            Some(self.cell(block, block.key_of(place)?, cell, *raw, shown))
        };
        values.filter_map(told).collect()
    }

    fn cell(&self, block: &LayoutBlock, keys: BTreeMap<String, KeyValue>, cell: usize, raw: i64, value: i64) -> Told {
        let persons = block.unit == Unit::Persons;
        // A sum is withheld with the count of the persons behind it, which stands one block before.
        let count = if persons {
            raw
        } else {
            cell.checked_sub(block.cells()).and_then(|c| self.values.get(c)).copied().unwrap_or(0)
        };
        let margin = self.plan.cell_margin(cell).unwrap_or(u64::MAX);
        let withheld = privacy::Figure { value: count, margin }.withheld(self.people_min);
        let told = told(&block.name, keys, block.unit, Some(value), Some(margin), withheld);
        Told { raw: Some(raw).filter(|_| self.instance.partitions && !withheld), ..told }
    }

    fn derive(&self, figure: &Figure) -> DerivedTold {
        let small = |guard: &Linear| guard.value(self.values) < f64::from(self.people_min);
        let withheld = figure.guards.iter().any(small);
        let sigma = |cell: usize| self.plan.cell_sigma(cell).unwrap_or(f64::INFINITY);
        let mut derived = privacy::derive(&figure.formula, self.values, sigma, figure.neutral);
        if matches!(figure.derived, Derived::Share | Derived::KnownShare | Derived::MatchRate | Derived::Jaccard) {
            derived = derived.cut(0.0, 1.0);
        }
        let told = Some(&derived).filter(|_| !withheld);
        DerivedTold {
            name: figure.derived,
            title: figure.title.clone(),
            keys: figure.keys.clone(),
            unit: figure.unit,
            value: told.and_then(|derived| derived.value).filter(|value| value.is_finite()),
            interval: told.and_then(|derived| derived.interval).map(|(low, high)| [low, high]),
            verdict: told.map_or(Verdict::CantTell, |derived| derived.verdict),
            withheld,
        }
    }
}

fn told(
    part: &str,
    keys: BTreeMap<String, KeyValue>,
    unit: Unit,
    value: Option<i64>,
    margin: Option<u64>,
    withheld: bool,
) -> Told {
    let value = value.filter(|_| !withheld);
    let figure = |value: i64| privacy::Figure { value, margin: margin.unwrap_or_default() };
    let shown = value.map(|value| if unit == Unit::Persons { figure(value).shown() } else { value });
    let interval = value.filter(|_| margin.is_some()).map(|value| figure(value).interval());
    Told { part: part.into(), keys, unit, value, raw: None, shown, margin, interval, withheld }
}

/// Keys that aren't public, with their counts.
fn keys(counts: &[(i64, i64)], plan: &Plan, instance: &Instance, people_min: u32) -> Vec<Told> {
    let block = instance.layout.blocks.first();
    let name = block.and_then(|block| block.keys.first()).map_or("key", |key| key.name.as_str());
    let unit = block.map_or(Unit::Number, |block| block.unit);
    let one = |(key, count): &(i64, i64)| {
        let key = BTreeMap::from([(name.to_owned(), key_value(*key, unit))]);
        let margin = plan.cell_margin(0);
        let figure = privacy::Figure { value: *count, margin: margin.unwrap_or_default() };
        told("persons", key, Unit::Persons, Some(*count), margin, figure.withheld(people_min))
    };
    counts.iter().map(one).collect()
}

fn key_value(key: i64, unit: Unit) -> KeyValue {
    if unit != Unit::Date {
        return KeyValue::plain(key);
    }
    let day = i32::try_from(key).ok().and_then(|days| date(1970, 1, 1).checked_add(days.days()).ok());
    day.map_or_else(|| KeyValue::plain(key), KeyValue::plain)
}

/// Quantiles or the top: the choice is the answer, and its margin that of the whole answer.
fn choices(candidates: &[u32], plan: &Plan, instance: &Instance) -> Vec<Told> {
    let Some(block) = instance.layout.blocks.first() else { return Vec::new() };
    let keys = |candidate: u32| {
        usize::try_from(candidate).ok().and_then(|candidate| block.key_of(candidate)).unwrap_or_default()
    };
    let one = |(rank, candidate): (usize, &u32)| match plan.bounds() {
        Bounds::Quantiles { quantiles, .. } => {
            let label = quantiles.get(rank).map(|q| format!("{}/{}", q.numerator, q.denominator)).unwrap_or_default();
            let value = keys(*candidate).into_values().next().and_then(|value| value.id.parse().ok());
            let key = BTreeMap::from([("quantile".to_owned(), KeyValue::plain(label))]);
            told(&block.name, key, block.unit, value, None, false)
        }
        _ => {
            let mut keys = keys(*candidate);
            keys.insert("rank".to_owned(), KeyValue::plain(rank + 1));
            told(&block.name, keys, block.unit, None, None, false)
        }
    };
    candidates.iter().enumerate().map(one).collect()
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
