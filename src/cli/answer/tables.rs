//! Answers of several figures, as tables.

use super::{Answer, Derived, Figure, label, render::value};
use crate::{
    cli::{
        context::choose,
        table::{Align, Table},
    },
    model::Language,
};

/// More figures than this, and only the largest have a line.
const PAGE: usize = 60;

impl Answer {
    /// The released figures: all of them, or where they are many, those that say most.
    pub(super) fn table(&self, language: Language) -> String {
        let say = |fr, en| choose(language, (fr, en));
        let shown = self.worth_a_line();
        let several = shown.windows(2).any(|pair| matches!(pair, [a, b] if a.part != b.part));
        let keys = self.keys_of(shown.iter().map(|figure| &figure.keys));
        let titles: Vec<String> = keys.iter().map(|key| self.title(key, language)).collect();
        let mut columns: Vec<(&str, Align)> = titles.iter().map(|title| (title.as_str(), Align::Left)).collect();
        if several {
            columns.insert(0, (say("Partie", "Part"), Align::Left));
        }
        // The top is an order of keys, without a figure; quantiles have a figure without a margin of its own.
        let figures = shown.iter().any(|figure| figure.shown.is_some() || figure.withheld);
        let margins = shown.iter().any(|figure| figure.margin.is_some());
        columns.extend(figures.then_some((say("Valeur", "Value"), Align::Right)));
        columns.extend(margins.then_some(("±", Align::Right)));
        let mut table = Table::new(&columns);
        for figure in &shown {
            let mut row: Vec<String> = several.then(|| self.part(&figure.part, language)).into_iter().collect();
            row.extend(keys.iter().map(|key| label(&figure.keys, key, language).to_owned()));
            row.extend(figures.then(|| value(figure, language)));
            let margin = figure.known().and_then(|known| known.margin);
            row.extend(margin.map(|margin| figure.unit.write(margin as f64, language)));
            table.row(row);
        }
        let left_out = self.figures.len() - shown.len();
        let more = (left_out > 0).then(|| match language {
            Language::Fr => format!("\n… et {left_out} autres, plus petites; --json les donne toutes."),
            Language::En => format!("\n… and {left_out} others, smaller; --json has them all."),
        });
        table.render() + &more.unwrap_or_default()
    }

    /// All figures in their order; the largest alone, if there are more than a page of them.
    fn worth_a_line(&self) -> Vec<&Figure> {
        let mut figures: Vec<&Figure> = self.figures.iter().collect();
        if figures.len() > PAGE {
            figures.sort_by_key(|figure| std::cmp::Reverse(figure.known().and_then(|known| known.shown)));
            figures.truncate(PAGE);
        }
        figures
    }

    pub(super) fn derived_table(&self, language: Language) -> String {
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
        let many = self.derived.len() > PAGE;
        for derived in
            self.derived.iter().filter(|derived| !many || matches!(derived.verdict.as_str(), "above" | "below"))
        {
            let mut row = vec![derived.called(language)];
            row.extend(keys.iter().map(|key| label(&derived.keys, key, language).to_owned()));
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
        let write = |value: f64| self.write(value, language);
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
