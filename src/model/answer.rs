//! An answer as the room sends it: what the command line and the pages both read, and the words for it.

use super::{Language, Named, Text, typography};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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

impl Figure {
    /// The figure, unless it is withheld.
    pub fn known(&self) -> Option<&Self> {
        (!self.withheld).then_some(self)
    }
}

/// One derived figure.
#[derive(Debug, Clone, Deserialize)]
pub struct Derived {
    /// What it is.
    pub name: String,
    /// What people call it, where the template has a word of its own.
    #[serde(default)]
    pub title: Option<Text>,
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
    /// What programs call it.
    #[serde(default)]
    pub id: String,
    /// What people call it.
    pub title: Text,
}

/// What people call the value of a key; nothing where there is none.
pub fn label<'a>(keys: &'a BTreeMap<String, Label>, key: &str, language: Language) -> &'a str {
    keys.get(key).map(|label| label.title.get(language)).unwrap_or_default()
}

/// The unit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Persons.
    Persons,
    /// Cents.
    Cents,
    /// Whatever the template's value is.
    Number,
    /// Days since 1970-01-01.
    Date,
}

impl Answer {
    /// The title of a key: the room's, or a word of our own for what the room numbers.
    pub fn title(&self, key: &str, language: Language) -> String {
        let own = match key {
            "quantile" => Some(("Quantile", "Quantile")),
            "rank" => Some(("Rang", "Rank")),
            "audience" => Some(("Auditoire", "Audience")),
            _ => None,
        };
        own.map(|words| said(words, language).to_owned())
            .or_else(|| self.keys.iter().find(|own| own.name == key).map(|own| own.title.get(language).to_owned()))
            .unwrap_or_else(|| key.to_owned())
    }

    /// Every key that some figure has: in the room's order, then others.
    pub fn keys_of<'a>(&'a self, all: impl Iterator<Item = &'a BTreeMap<String, Label>>) -> Vec<&'a str> {
        let used: BTreeSet<&str> = all.flat_map(BTreeMap::keys).map(String::as_str).collect();
        let ordered = self.keys.iter().map(|key| key.name.as_str()).filter(|key| used.contains(key));
        let mut keys: Vec<&str> = ordered.collect();
        keys.extend(used.into_iter().filter(|key| !self.keys.iter().any(|own| own.name == **key)));
        keys
    }

    /// The name of a part: our own word, or the title of the key that it is.
    pub fn part(&self, name: &str, language: Language) -> String {
        match part(name, language) {
            own if own == name => self.title(name, language),
            own => own,
        }
    }
}

impl Unit {
    /// A figure in this unit: dollars for cents.
    pub fn write(self, value: f64, language: Language) -> String {
        match (self, language) {
            (Self::Cents, Language::Fr) => format!("{}\u{a0}$", typography::money(value, language)),
            (Self::Cents, Language::En) => format!("${}", typography::money(value, language)),
            (Self::Number, _) if value.fract() != 0.0 => typography::real(value, language),
            _ => typography::integer(value.round() as i64, language),
        }
    }
}

impl Derived {
    /// The figure, unless it is withheld.
    pub fn known(&self) -> Option<&Self> {
        (!self.withheld).then_some(self)
    }

    /// A value of this figure as people write it: a share, an index, or something in a unit.
    pub fn write(&self, value: f64, language: Language) -> String {
        match (self.unit, self.name.as_str()) {
            (Some(unit), _) => unit.write(value, language),
            (None, "affinity" | "ratio") => typography::real(value, language),
            (None, _) => typography::share(value, language),
        }
    }

    /// What it is, in words.
    pub fn called(&self, language: Language) -> String {
        let own = self.title.as_ref().map(|title| title.get(language).to_owned());
        own.unwrap_or_else(|| derived_name(&self.name, language))
    }
}

fn said(words: (&'static str, &'static str), language: Language) -> &'static str {
    match language {
        Language::Fr => words.0,
        Language::En => words.1,
    }
}

/// The name of a part of a release.
pub fn part(name: &str, language: Language) -> String {
    let words = match name {
        "persons" => ("personnes", "persons"),
        "sum" => ("somme", "sum"),
        "rows" => ("premier, en tout", "first, in all"),
        "columns" => ("second, en tout", "second, in all"),
        "total" => ("en tout", "in all"),
        "quantiles" => ("quantiles", "quantiles"),
        "top" => ("premiers", "top"),
        other => return other.to_owned(),
    };
    said(words, language).to_owned()
}

/// The name of a derived figure.
pub fn derived_name(name: &str, language: Language) -> String {
    let words = match name {
        "total" => ("Total", "Total"),
        "share" => ("Part", "Share"),
        "known_share" => ("Part connue", "Share known"),
        "affinity" => ("Affinité", "Affinity"),
        "size" => ("Taille", "Size"),
        "intersection" => ("Dans tous", "In all of them"),
        "union" => ("Dans l’un au moins", "In any of them"),
        "match_rate" => ("Taux de correspondance", "Match rate"),
        "jaccard" => ("Ressemblance (Jaccard)", "Similarity (Jaccard)"),
        "incremental_reach" => ("Portée ajoutée", "Incremental reach"),
        "difference" => ("Différence", "Difference"),
        "ratio" => ("Rapport", "Ratio"),
        "at_least" => ("Au moins", "At least"),
        "mean" => ("Moyenne", "Mean"),
        other => return other.to_owned(),
    };
    said(words, language).to_owned()
}
