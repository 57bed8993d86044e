//! An answer as the room sends it, and as people read it.

use super::{
    context::choose,
    query,
    table::{Align, Table},
    typography as t,
};
use crate::model::{Language, Named, Text};
use serde::Deserialize;
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

impl Unit {
    /// A figure in this unit: dollars for cents.
    pub fn write(self, value: f64, language: Language) -> String {
        match (self, language) {
            (Self::Cents, Language::Fr) => format!("{}\u{a0}$", t::money(value, language)),
            (Self::Cents, Language::En) => format!("${}", t::money(value, language)),
            (Self::Number, _) if value.fract() != 0.0 => t::real(value, language),
            _ => t::integer(value.round() as i64, language),
        }
    }
}

impl Answer {
    /// The answer as people read it: the figures first, then what was computed, then what it rests on and what it cost.
    pub fn render(&self, language: Language) -> String {
        let say = |fr, en| choose(language, (fr, en));
        let mut parts = match self.figures.as_slice() {
            [only] if only.keys.is_empty() => vec![single(only, language)],
            [] => vec![
                say("Aucune clé n’a assez de personnes pour être dite.", "No key has enough people to be told.")
                    .to_owned(),
            ],
            _ => vec![self.table(language)],
        };
        parts.extend((!self.derived.is_empty()).then(|| self.derived_table(language)));
        if self.figures.iter().any(|figure| figure.withheld) && self.figures.len() > 1 {
            let words = (
                "Retenu : le nombre bruité est sous le minimum de la salle.",
                "Withheld: the noisy count is under the room's minimum.",
            );
            parts.push(choose(language, words).to_owned());
        }
        parts.push(self.footer(language));
        parts.join(if self.figures.len() > 1 { "\n\n" } else { "\n" })
    }

    /// The answer in a cell of a table.
    pub fn in_short(&self, language: Language) -> String {
        match self.figures.as_slice() {
            [only] if only.keys.is_empty() => value(only, language),
            figures => match language {
                Language::Fr => format!("{} valeurs", figures.len()),
                Language::En => format!("{} figures", figures.len()),
            },
        }
    }

    fn footer(&self, language: Language) -> String {
        let say = |fr, en| choose(language, (fr, en));
        let line = |title: &str, rest: String| format!("  {} {rest}", t::label(title, language));
        let mut lines = Vec::new();
        let named = |(name, audiences): (&String, &Named)| {
            let list: Vec<String> = audiences.list().iter().map(ToString::to_string).collect();
            format!("{name} = {}", list.join(" + "))
        };
        lines.push(line(
            say("Auditoires", "Audiences"),
            self.audiences.iter().map(named).collect::<Vec<_>>().join(", "),
        ));
        if !self.parameters.is_empty() {
            let set = |(name, value): (&String, &serde_json::Value)| {
                format!("{name} = {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            };
            lines.push(line(say("Valeurs", "Values"), self.parameters.iter().map(set).collect::<Vec<_>>().join(", ")));
        }
        lines.push(line(say("Finalité", "Purpose"), self.purpose.clone()));
        lines.push(line(say("Perte", "Loss"), query::loss(self.epsilon, self.delta, language)));
        lines.push(line(say("Réponse", "Answer"), format!("{} ({})", self.id, t::day(&self.recorded))));
        if self.replay {
            let words = (
                "  Gratuit : cette question avait déjà sa réponse; rien n’a été dépensé.",
                "  Free: this question already had its answer; nothing was spent.",
            );
            lines.push(choose(language, words).to_owned());
        }
        lines.join("\n")
    }

    /// The title of a key: the room's, or a word of our own for what the room numbers.
    fn title(&self, key: &str, language: Language) -> String {
        let own = match key {
            "quantile" => Some(("Quantile", "Quantile")),
            "rank" => Some(("Rang", "Rank")),
            "audience" => Some(("Auditoire", "Audience")),
            _ => None,
        };
        own.map(|words| choose(language, words).to_owned())
            .or_else(|| self.keys.iter().find(|own| own.name == key).map(|own| own.title.get(language).to_owned()))
            .unwrap_or_else(|| key.to_owned())
    }

    /// Every key that some figure has: in the room's order, then others.
    fn keys_of<'a>(&'a self, all: impl Iterator<Item = &'a BTreeMap<String, Label>>) -> Vec<&'a str> {
        let used: BTreeSet<&str> = all.flat_map(BTreeMap::keys).map(String::as_str).collect();
        let ordered = self.keys.iter().map(|key| key.name.as_str()).filter(|key| used.contains(key));
        let mut keys: Vec<&str> = ordered.collect();
        keys.extend(used.into_iter().filter(|key| !self.keys.iter().any(|own| own.name == **key)));
        keys
    }

    /// The name of a part: our own word, or the title of the key that it is.
    fn part(&self, name: &str, language: Language) -> String {
        match part(name, language) {
            own if own == name => self.title(name, language),
            own => own,
        }
    }

    fn table(&self, language: Language) -> String {
        let say = |fr, en| choose(language, (fr, en));
        let several = self.figures.windows(2).any(|pair| matches!(pair, [a, b] if a.part != b.part));
        let keys = self.keys_of(self.figures.iter().map(|figure| &figure.keys));
        let titles: Vec<String> = keys.iter().map(|key| self.title(key, language)).collect();
        let mut columns: Vec<(&str, Align)> = titles.iter().map(|title| (title.as_str(), Align::Left)).collect();
        if several {
            columns.insert(0, (say("Partie", "Part"), Align::Left));
        }
        // The top is an order of keys, without a figure.
        let figures = self.figures.iter().any(|figure| figure.shown.is_some() || figure.withheld);
        if figures {
            columns.extend([(say("Valeur", "Value"), Align::Right), ("±", Align::Right)]);
        }
        let mut table = Table::new(&columns);
        for figure in &self.figures {
            let mut row: Vec<String> = several.then(|| self.part(&figure.part, language)).into_iter().collect();
            row.extend(keys.iter().map(|key| label(&figure.keys, key, language)));
            if figures {
                let margin = figure.margin.filter(|_| !figure.withheld);
                row.push(value(figure, language));
                row.push(margin.map(|margin| figure.unit.write(margin as f64, language)).unwrap_or_default());
            }
            table.row(row);
        }
        table.render()
    }

    fn derived_table(&self, language: Language) -> String {
        let say = |fr, en| choose(language, (fr, en));
        let keys = self.keys_of(self.derived.iter().map(|derived| &derived.keys));
        let titles: Vec<String> = keys.iter().map(|key| self.title(key, language)).collect();
        let mut columns = vec![(say("Calculé", "Computed"), Align::Left)];
        columns.extend(titles.iter().map(|title| (title.as_str(), Align::Left)));
        columns.extend([
            (say("Valeur", "Value"), Align::Right),
            (say("Intervalle à 95\u{202f}%", "95% interval"), Align::Right),
        ]);
        columns.push((say("Verdict", "Verdict"), Align::Left));
        let mut table = Table::new(&columns);
        // In a large table of indices only those that say something are worth a line.
        let many = self.derived.len() > 60;
        for derived in
            self.derived.iter().filter(|derived| !many || matches!(derived.verdict.as_str(), "above" | "below"))
        {
            let mut row = vec![derived_name(&derived.name, language)];
            row.extend(keys.iter().map(|key| label(&derived.keys, key, language)));
            row.extend(derived.cells(language));
            table.row(row);
        }
        table.render()
    }
}

impl Derived {
    /// Value, interval, verdict.
    fn cells(&self, language: Language) -> [String; 3] {
        let say = |fr: &'static str, en| choose(language, (fr, en)).to_owned();
        if self.withheld {
            return [say("retenu", "withheld"), String::new(), String::new()];
        }
        let write = |value: f64| match (self.unit, self.name.as_str()) {
            (Some(unit), _) => unit.write(value, language),
            (None, "affinity" | "ratio") => t::real(value, language),
            (None, _) => t::share(value, language),
        };
        let interval = self.interval.map(|(low, high)| format!("{} {} {}", write(low), say("à", "to"), write(high)));
        let verdict = match self.verdict.as_str() {
            "above" => say("au-dessus", "above"),
            "below" => say("en dessous", "below"),
            "cant_tell" => say("on ne peut pas dire", "can’t tell"),
            _ => String::new(),
        };
        [self.value.map(write).unwrap_or_default(), interval.unwrap_or_default(), verdict]
    }
}

fn label(keys: &BTreeMap<String, Label>, key: &str, language: Language) -> String {
    keys.get(key).map(|label| label.title.get(language).to_owned()).unwrap_or_default()
}

fn value(figure: &Figure, language: Language) -> String {
    match figure.shown.filter(|_| !figure.withheld) {
        Some(shown) => figure.unit.write(shown as f64, language),
        None => choose(language, ("retenue", "withheld")).to_owned(),
    }
}

/// One figure without keys: a sentence and its interval.
fn single(figure: &Figure, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let Some(shown) = figure.shown.filter(|_| !figure.withheld) else {
        let words = (
            "Réponse retenue : le nombre bruité est sous le minimum de la salle. La perte compte tout de même.",
            "Answer withheld: the noisy count is under the room's minimum. The loss counts all the same.",
        );
        return choose(language, words).to_owned();
    };
    let margin = t::count(figure.margin.unwrap_or_default(), language);
    let value = t::integer(shown, language);
    let mut lines = vec![match language {
        Language::Fr => format!("≈\u{a0}{value} personnes (±\u{a0}{margin}, 95\u{202f}%)"),
        Language::En => format!("≈\u{a0}{value} persons (±\u{a0}{margin}, 95%)"),
    }];
    if let Some((low, high)) = figure.interval {
        let (low, high) = (t::integer(low.max(0), language), t::integer(high.max(0), language));
        let title = t::label(say("Intervalle à 95\u{202f}%", "95% interval"), language);
        lines.push(format!("  {title} {low} {} {high}", say("à", "to")));
    }
    lines.join("\n")
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
    choose(language, words).to_owned()
}

fn derived_name(name: &str, language: Language) -> String {
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
    choose(language, words).to_owned()
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
