//! Two answers side by side, with what can be said of their difference.

use super::answers::{audiences, found, title};
use crate::{
    gateway::{Answer, Room},
    http::{Asker, Problem},
    model::{
        Text,
        answer::{self, Figure, label},
    },
    web::page::Page,
};
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};

/// The answers that are compared, by number.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    one: String,
    #[serde(default)]
    other: String,
}

#[derive(Template)]
#[template(path = "marketer/comparison.html", config = "src/web/askama.toml")]
struct ComparisonPage<'a> {
    page: &'a Page,
    one: Side,
    other: Side,
    /// The titles of the keys.
    keys: Vec<String>,
    rows: Vec<Row>,
}

struct Side {
    id: i64,
    title: String,
    audiences: String,
    day: String,
}

struct Row {
    keys: Vec<String>,
    one: String,
    other: String,
    difference: String,
    verdict: String,
}

/// Shows them.
pub(crate) async fn show(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Query(chosen): Query<Chosen>,
) -> Response {
    let sides =
        match (found((&page, &room), &asker, &chosen.one).await, found((&page, &room), &asker, &chosen.other).await) {
            (Ok(one), Ok(other)) => (one, other),
            (Err(problem), _) | (_, Err(problem)) => return page.problem(&problem),
        };
    let ((one, one_told), (other, other_told)) = sides;
    let rows = rows(&page, &one_told, &other_told);
    if rows.is_empty() {
        let text = Text::new(
            "ces deux réponses n’ont aucun chiffre de même nom : choisissez deux réponses à la même question",
            "these two answers have no figure of the same name: choose two answers to the same question",
        );
        return page.problem(&Problem::malformed(text));
    }
    let side = |answer: &Answer| Side {
        id: answer.id,
        title: title(&page, &room, answer),
        audiences: audiences(&page, &room, answer),
        day: page.moment(&answer.recorded),
    };
    let keys = keys(&one_told).iter().map(|key| one_told.title(key, page.language)).collect();
    page.show(StatusCode::OK, &ComparisonPage { page: &page, one: side(&one), other: side(&other), keys, rows })
}

fn keys(told: &answer::Answer) -> Vec<&str> {
    told.keys_of(told.figures.iter().map(|figure| &figure.keys))
}

/// The figures of the same part and keys in both.
fn rows(page: &Page, one: &answer::Answer, other: &answer::Answer) -> Vec<Row> {
    let name = |figure: &Figure| {
        let ids = figure.keys.iter().map(|(key, label)| (key.clone(), label.id.clone()));
        (figure.part.clone(), ids.collect::<BTreeMap<_, _>>())
    };
    let others: BTreeMap<_, &Figure> = other.figures.iter().map(|figure| (name(figure), figure)).collect();
    let keys = keys(one);
    let same = one.figures.iter().filter_map(|figure| Some((figure, *others.get(&name(figure))?)));
    let row = |(figure, beside): (&Figure, &Figure)| {
        let mut names = vec![one.part(&figure.part, page.language)];
        names.extend(keys.iter().map(|key| label(&figure.keys, key, page.language).to_owned()));
        let (difference, verdict) = difference(page, figure, beside);
        Row { keys: names, one: written(page, figure), other: written(page, beside), difference, verdict }
    };
    same.filter(|(figure, beside)| figure.unit == beside.unit).map(row).collect()
}

fn written(page: &Page, figure: &Figure) -> String {
    let Some((shown, margin)) = figure.known().and_then(|known| known.shown.zip(known.margin)) else {
        return page.say("withheld");
    };
    let write = |value: f64| figure.unit.write(value, page.language);
    format!("{} ±\u{a0}{}", write(shown as f64), write(margin as f64))
}

/// The second less the first. Their noises are independent, so the squares of the margins add up to the square of its margin.
fn difference(page: &Page, one: &Figure, other: &Figure) -> (String, String) {
    let middle = |figure: &Figure| {
        let (low, high) = figure.known()?.interval?;
        Some((low as f64 / 2.0 + high as f64 / 2.0, figure.margin? as f64))
    };
    let (Some((from, from_margin)), Some((to, to_margin))) = (middle(one), middle(other)) else {
        return (String::new(), page.say("verdict-cant-tell"));
    };
    let (less, margin) = (to - from, from_margin.hypot(to_margin));
    let write = |value: f64| one.unit.write(value, page.language);
    let sign = if less > 0.0 { "+" } else { "" };
    let verdict = match less {
        less if less > margin => "verdict-more",
        less if less < -margin => "verdict-less",
        _ => "verdict-cant-tell",
    };
    (format!("{sign}{} ±\u{a0}{}", write(less), write(margin.ceil())), page.say(verdict))
}
