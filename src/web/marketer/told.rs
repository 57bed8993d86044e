//! An answer as a page tells it: a sentence, a picture, tables.

use crate::{
    model::{
        Language,
        answer::{Answer, Derived, Figure, label},
        typography,
    },
    web::{
        chart::{Bar, Heat, Square, bars, heat},
        page::Page,
    },
};

/// Most bars that a picture has: of more figures, the largest.
const BARS_MAX: usize = 30;

/// A table: its head, and its rows; whether a column holds numbers.
pub(super) struct Table {
    pub(super) head: Vec<(String, bool)>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Whether a column holds numbers.
    pub(super) fn is_number(&self, column: &usize) -> bool {
        self.head.get(*column).is_some_and(|(_, number)| *number)
    }
}

/// What a single figure says.
pub(super) fn sentence(page: &Page, answer: &Answer) -> Option<String> {
    let [figure] = answer.figures.as_slice() else { return None };
    if !figure.keys.is_empty() {
        return None;
    }
    let Some(shown) = figure.known().and_then(|known| known.shown) else { return Some(page.say("answer-withheld")) };
    let write = |value: i64| figure.unit.write(value as f64, page.language);
    let (low, high) = figure.interval?;
    let values = [("value", write(shown)), ("low", write(low.max(0))), ("high", write(high.max(0)))];
    Some(page.fill("answer-sentence", &values))
}

/// The picture, if the answer has one.
pub(super) fn picture(page: &Page, answer: &Answer, title: &str) -> Option<String> {
    if let Some(drawn) = affinities(page, answer, title) {
        return Some(drawn);
    }
    let mut figures: Vec<&Figure> = answer.figures.iter().filter(|figure| figure.margin.is_some()).collect();
    let part = figures.first()?.part.clone();
    // Bars of one unit: of several parts, the first.
    figures.retain(|figure| figure.part == part);
    if figures.len() > BARS_MAX {
        figures.sort_by_key(|figure| std::cmp::Reverse(figure.known().and_then(|known| known.shown)));
        figures.truncate(BARS_MAX);
    }
    let drawn: Vec<Bar> = figures.iter().map(|figure| bar(page, answer, figure)).collect();
    Some(bars(&drawn, title, &page.say("chart-bars")))
}

fn bar(page: &Page, answer: &Answer, figure: &Figure) -> Bar {
    let language = page.language;
    let keys = answer.keys_of(std::iter::once(&figure.keys));
    let labels: Vec<String> = keys.iter().map(|key| label(&figure.keys, key, language).to_owned()).collect();
    let known = figure.known().and_then(|known| known.shown.zip(known.interval));
    Bar {
        label: if labels.is_empty() { answer.part(&figure.part, language) } else { labels.join(" · ") },
        value: known.map(|(shown, (low, high))| (shown as f64, low as f64, high as f64)),
        written: known.map_or_else(
            || page.say("withheld"),
            |(shown, _)| {
                let margin = figure.margin.unwrap_or_default();
                format!(
                    "{} ±\u{a0}{}",
                    figure.unit.write(shown as f64, language),
                    figure.unit.write(margin as f64, language)
                )
            },
        ),
    }
}

/// The indices of pairs, as squares.
fn affinities(page: &Page, answer: &Answer, title: &str) -> Option<String> {
    let found: Vec<&Derived> = answer.derived.iter().filter(|derived| derived.name == "affinity").collect();
    let keys = answer.keys_of(found.iter().map(|derived| &derived.keys));
    let [first, second] = keys.as_slice() else { return None };
    let names = |key: &str| {
        let mut names: Vec<String> = Vec::new();
        for derived in &found {
            let name = label(&derived.keys, key, page.language).to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let (rows, columns) = (names(first), names(second));
    let square = |row: &String, column: &String| {
        let derived = found.iter().find(|derived| {
            label(&derived.keys, first, page.language) == *row && label(&derived.keys, second, page.language) == *column
        });
        let Some(derived) = derived.and_then(|derived| derived.known()) else { return Square::Withheld };
        match (derived.verdict.as_str(), derived.value) {
            ("above", Some(value)) => Square::Above(value, short(value, page.language)),
            ("below", Some(value)) => Square::Below(value, short(value, page.language)),
            _ => Square::CantTell,
        }
    };
    let squares: Vec<Square> =
        rows.iter().flat_map(|row| columns.iter().map(|column| square(row, column)).collect::<Vec<_>>()).collect();
    let description = page.say("chart-heat");
    Some(heat(&Heat { title, description: &description, rows: &rows, columns: &columns, squares: &squares }))
}

/// An index that fits a square; the tables have all of it.
fn short(value: f64, language: Language) -> String {
    let unit = if value < 10.0 { 10.0 } else { 1.0 };
    typography::real((value * unit).round() / unit, language)
}

/// Every released figure.
pub(super) fn figures(page: &Page, answer: &Answer) -> Table {
    let language = page.language;
    let keys = answer.keys_of(answer.figures.iter().map(|figure| &figure.keys));
    let several = answer.figures.windows(2).any(|pair| matches!(pair, [a, b] if a.part != b.part));
    let mut head: Vec<(String, bool)> = keys.iter().map(|key| (answer.title(key, language), false)).collect();
    if several || keys.is_empty() {
        head.insert(0, (page.say("part"), false));
    }
    head.extend([(page.say("value"), true), (page.say("margin"), true), (page.say("interval"), true)]);
    let rows = answer.figures.iter().map(|figure| {
        let write = |value: i64| figure.unit.write(value as f64, language);
        let mut row: Vec<String> = Vec::new();
        if several || keys.is_empty() {
            row.push(answer.part(&figure.part, language));
        }
        row.extend(keys.iter().map(|key| label(&figure.keys, key, language).to_owned()));
        let shown = figure.known().and_then(|known| known.shown);
        let withheld = if figure.withheld { page.say("withheld") } else { String::new() };
        row.push(shown.map_or(withheld, write));
        let margin = figure.known().and_then(|known| known.margin);
        row.push(margin.map(|margin| figure.unit.write(margin as f64, language)).unwrap_or_default());
        let interval = figure.known().and_then(|known| known.interval);
        row.push(interval.map(|(low, high)| between(page, &write(low), &write(high))).unwrap_or_default());
        row
    });
    Table { head, rows: rows.collect() }
}

/// What was computed from them.
pub(super) fn derived(page: &Page, answer: &Answer) -> Option<Table> {
    if answer.derived.is_empty() {
        return None;
    }
    let language = page.language;
    let keys = answer.keys_of(answer.derived.iter().map(|derived| &derived.keys));
    let mut head = vec![(page.say("computed"), false)];
    head.extend(keys.iter().map(|key| (answer.title(key, language), false)));
    head.extend([(page.say("value"), true), (page.say("interval"), true), (page.say("verdict"), false)]);
    let rows = answer.derived.iter().map(|derived| {
        let mut row = vec![derived.called(language)];
        row.extend(keys.iter().map(|key| label(&derived.keys, key, language).to_owned()));
        let value = derived.known().and_then(|known| known.value);
        row.push(value.map(|value| derived.write(value, language)).unwrap_or_default());
        let interval = derived.known().and_then(|known| known.interval);
        let write = |value| derived.write(value, language);
        row.push(interval.map(|(low, high)| between(page, &write(low), &write(high))).unwrap_or_default());
        row.push(match derived.verdict.as_str() {
            _ if derived.withheld => page.say("withheld"),
            "above" => page.say("verdict-above"),
            "below" => page.say("verdict-below"),
            "cant_tell" => page.say("verdict-cant-tell"),
            _ => String::new(),
        });
        row
    });
    Some(Table { head, rows: rows.collect() })
}

fn between(page: &Page, low: &str, high: &str) -> String {
    page.fill("between", &[("low", low.to_owned()), ("high", high.to_owned())])
}
