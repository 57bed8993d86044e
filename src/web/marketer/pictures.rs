//! An answer as pictures: the first is the one to take along.

use super::titles::{REGION, titles};
use crate::{
    gateway::Room,
    model::{
        Language,
        answer::{Answer, Derived, Figure, label},
        typography,
    },
    web::{
        chart::{Bar, Curve, Dot, Heat, Point, Region, Square, bars, curve, dots, heat, upset, venn},
        page::Page,
    },
};

/// Most bars that a picture has: of more figures, the largest.
const BARS_MAX: usize = 30;
/// Most sets that are drawn as circles.
const CIRCLES_MAX: usize = 3;

/// The pictures that an answer has.
pub(super) fn pictures((page, room): (&Page, &Room), answer: &Answer, title: &str) -> Vec<String> {
    let mut drawn: Vec<String> = affinities(page, answer, title).into_iter().collect();
    if drawn.is_empty() {
        drawn = regions((page, room), answer, title);
    }
    if drawn.is_empty() {
        drawn.extend(reach(page, answer, title).or_else(|| figures(page, answer, title)));
    }
    drawn.extend(shares(page, answer));
    drawn
}

fn figures(page: &Page, answer: &Answer, title: &str) -> Option<String> {
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

/// Who is in which of several audiences: an UpSet plot, and circles where there are few enough.
fn regions((page, room): (&Page, &Room), answer: &Answer, title: &str) -> Vec<String> {
    let of = |figure: &Figure| figure.keys.get(REGION).map(|label| label.id.clone());
    let called = titles((page, room), answer);
    let mut names: Vec<(String, String)> = Vec::new();
    for figure in &answer.figures {
        let Some(label) = figure.keys.get(REGION) else { return Vec::new() };
        // The region of an audience alone is called by its name.
        if !label.id.contains('+') {
            let title = || label.title.get(page.language).to_owned();
            names.push((label.id.clone(), called.get(&label.id).cloned().unwrap_or_else(title)));
        }
    }
    let region = |figure: &Figure| {
        let inside = of(figure).unwrap_or_default();
        let inside: Vec<&str> = inside.split('+').collect();
        let known = figure.known().and_then(|known| known.shown.zip(known.interval));
        Region {
            sets: names.iter().map(|(id, _)| inside.contains(&id.as_str())).collect(),
            value: known.map(|(shown, (low, high))| (shown as f64, low as f64, high as f64)),
            written: known.map_or_else(|| page.say("withheld"), |(shown, _)| typography::integer(shown, page.language)),
        }
    };
    let regions: Vec<Region> = answer.figures.iter().map(region).collect();
    let titles: Vec<String> = names.into_iter().map(|(_, title)| title).collect();
    let mut drawn = vec![upset(&titles, &regions, (title, &page.say("chart-upset")))];
    if titles.len() <= CIRCLES_MAX {
        drawn.push(venn(&titles, &regions, (title, &page.say("chart-venn"))));
    }
    drawn
}

/// How many people bought at least once, twice, and so on.
fn reach(page: &Page, answer: &Answer, title: &str) -> Option<String> {
    let found: Vec<&Derived> = answer.derived.iter().filter(|derived| derived.name == "at_least").collect();
    let keys = answer.keys_of(found.iter().map(|derived| &derived.keys));
    let [key] = keys.as_slice() else { return None };
    let point = |derived: &&Derived| {
        let known = derived.known();
        let value = known.and_then(|known| known.value.zip(known.interval));
        Point {
            label: label(&derived.keys, key, page.language).to_owned(),
            value: value.map(|(value, (low, high))| (value, low, high)),
            written: value.map_or_else(|| page.say("withheld"), |(value, _)| derived.write(value, page.language)),
        }
    };
    let points: Vec<Point> = found.iter().map(point).collect();
    let (along, description) = (page.say("chart-at-least"), page.say("chart-curve"));
    (points.len() > 1).then(|| curve(&Curve { points: &points, along: &along, title, description: &description }))
}

/// The shares that were computed, as dots with their intervals.
fn shares(page: &Page, answer: &Answer) -> Option<String> {
    let is_share = |derived: &&Derived| ["share", "match_rate", "jaccard"].contains(&derived.name.as_str());
    let found: Vec<&Derived> = answer.derived.iter().filter(is_share).collect();
    if found.is_empty() || found.len() > BARS_MAX {
        return None;
    }
    let several = found.windows(2).any(|pair| matches!(pair, [one, other] if one.name != other.name));
    let keys = answer.keys_of(found.iter().map(|derived| &derived.keys));
    let dot = |derived: &&Derived| {
        let names = keys.iter().map(|key| label(&derived.keys, key, page.language)).filter(|name| !name.is_empty());
        let names: Vec<&str> = names.collect();
        let value = derived.known().and_then(|known| known.value.zip(known.interval));
        let called = derived.called(page.language);
        let label = match names.join(" · ") {
            names if names.is_empty() => called,
            names if several => format!("{called} · {names}"),
            names => names,
        };
        Dot {
            label,
            value: value.map(|(value, (low, high))| (value, low, high)),
            written: value
                .map_or_else(|| page.say("verdict-cant-tell"), |(value, _)| derived.write(value, page.language)),
        }
    };
    let drawn: Vec<Dot> = found.iter().map(dot).collect();
    let title = found.first().map(|derived| derived.called(page.language)).unwrap_or_default();
    let whole = typography::share(1.0, page.language);
    Some(dots(&drawn, &whole, (&title, &page.say("chart-dots"))))
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
