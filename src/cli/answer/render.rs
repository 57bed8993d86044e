//! An answer as people read it.

use super::{Answer, Figure};
use crate::{
    cli::{context::choose, query, typography as t},
    model::{Language, Named},
};

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
        let choice = self.figures.first().map(|figure| figure.part.as_str());
        let margin = t::count(self.released_margin, language);
        let words = match (choice, language) {
            (Some("quantiles"), Language::Fr) => Some(format!("± {margin} personnes de rang (95\u{202f}%)")),
            (Some("quantiles"), Language::En) => Some(format!("± {margin} persons of rank (95%)")),
            (Some("top"), Language::Fr) => Some(format!("devancée d’au plus {margin} personnes (95\u{202f}%)")),
            (Some("top"), Language::En) => Some(format!("behind another by {margin} persons at most (95%)")),
            _ => None,
        };
        lines.extend(words.map(|words| line(say("Marge", "Margin"), words)));
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
}

/// One figure without keys: a sentence and its interval.
fn single(figure: &Figure, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let Some(shown) = figure.known().and_then(|known| known.shown) else {
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

/// The figure in its unit, or that it is withheld.
pub(super) fn value(figure: &Figure, language: Language) -> String {
    match figure.known().and_then(|known| known.shown) {
        Some(shown) => figure.unit.write(shown as f64, language),
        None => choose(language, ("retenue", "withheld")).to_owned(),
    }
}
