//! An answer as the room sends it, and as people read it.

mod render;
mod tables;
mod words;

pub use words::part;

use crate::model::{Named, Text};
use serde::Deserialize;
use std::collections::BTreeMap;

/// An answer: released figures with their error, what was computed from them, and what it cost.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    /// Its number in the room.
    pub id: i64,
    /// The template asked.
    pub template: String,
    /// The audiences it was asked of.
    pub audiences: BTreeMap<String, Named>,
    /// The values it was asked with.
    #[serde(default)]
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// What for.
    pub purpose: String,
    /// Margin of what was released, in persons; it may be narrower than what was asked for.
    pub released_margin: u64,
    /// The keys of the figures, outermost first, and what people call them.
    #[serde(default)]
    pub keys: Vec<KeyTitle>,
    /// The released figures.
    pub figures: Vec<Figure>,
    /// What was computed from them.
    #[serde(default)]
    pub derived: Vec<Derived>,
    /// The loss, as people see it.
    pub epsilon: f64,
    /// And its δ.
    pub delta: f64,
    /// Whether it had been given before, and so cost nothing this time.
    #[serde(default)]
    pub replay: bool,
    /// When it was recorded.
    pub recorded: String,
}

/// A key and what people call it.
#[derive(Debug, Clone, Deserialize)]
pub struct KeyTitle {
    /// As the figures have it.
    pub name: String,
    /// What people call it.
    pub title: Text,
}

/// One released figure.
#[derive(Debug, Clone, Deserialize)]
pub struct Figure {
    /// The part of the release it belongs to.
    pub part: String,
    /// What it is of.
    #[serde(default)]
    pub keys: BTreeMap<String, Label>,
    /// Its unit.
    pub unit: Unit,
    /// The value for showing; none if it is withheld, or if the choice itself is the answer.
    #[serde(default)]
    pub shown: Option<i64>,
    /// Half the width of its 95 % interval.
    #[serde(default)]
    pub margin: Option<u64>,
    /// The 95 % interval.
    #[serde(default)]
    pub interval: Option<(i64, i64)>,
    /// Whether it is under the room's minimum.
    #[serde(default)]
    pub withheld: bool,
}

/// One derived figure.
#[derive(Debug, Clone, Deserialize)]
pub struct Derived {
    /// What it is.
    pub name: String,
    /// What it is of.
    #[serde(default)]
    pub keys: BTreeMap<String, Label>,
    /// Its unit; none for shares and other ratios.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// The figure.
    #[serde(default)]
    pub value: Option<f64>,
    /// Its 95 % interval.
    #[serde(default)]
    pub interval: Option<(f64, f64)>,
    /// `told`, `above`, `below` or `cant_tell`.
    pub verdict: String,
    /// Whether it rests on too few people.
    #[serde(default)]
    pub withheld: bool,
}

/// A value of a key.
#[derive(Debug, Clone, Deserialize)]
pub struct Label {
    /// What people call it.
    pub title: Text,
}

/// The unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Persons.
    Persons,
    /// Cents.
    Cents,
    /// Plain numbers.
    Number,
    /// Days.
    Date,
}

#[cfg(test)]
mod tests;
