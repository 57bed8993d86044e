//! An answer as a page tells it: a sentence, tables.

use crate::{
    model::answer::{Answer, Derived, Unit, label},
    web::page::Page,
};

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

/// What of several figures is told first, where it was computed.
const TOLD_FIRST: [&str; 3] = ["intersection", "union", "total"];

/// What the answer says, where that is one figure: its only one, or the one of people that sums the others up.
pub(super) fn sentence(page: &Page, answer: &Answer) -> Option<String> {
    let [figure] = answer.figures.as_slice() else { return summary(page, answer) };
    if !figure.keys.is_empty() {
        return None;
    }
    let Some(shown) = figure.known().and_then(|known| known.shown) else { return Some(page.say("answer-withheld")) };
    let write = |value: i64| figure.unit.write(value as f64, page.language);
    let (low, high) = figure.interval?;
    let values = [("value", write(shown)), ("low", write(low.max(0))), ("high", write(high.max(0)))];
    Some(page.fill("answer-sentence", &values))
}

fn summary(page: &Page, answer: &Answer) -> Option<String> {
    let of_all = |name: &&str| {
        let named = |derived: &&Derived| derived.name == *name && derived.unit == Some(Unit::Persons);
        let mut found = answer.derived.iter().filter(named);
        found.next().filter(|derived| derived.keys.is_empty() && found.next().is_none())
    };
    let derived = TOLD_FIRST.iter().find_map(of_all)?.known()?;
    let (value, (low, high)) = derived.value.zip(derived.interval)?;
    let write = |value: f64| derived.write(value.max(0.0), page.language);
    let values =
        [("name", derived.called(page.language)), ("value", write(value)), ("low", write(low)), ("high", write(high))];
    Some(page.fill("answer-summary", &values))
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
