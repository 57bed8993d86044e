//! The answers that the asker's member was given.

use super::{
    as_told,
    told::{self, Table},
};
use crate::{
    gateway::{self, Answer, Room},
    http::{Asker, Problem},
    model::{Named, answer, csv, typography},
    web::page::Page,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "marketer/answers.html", config = "src/web/askama.toml")]
struct AnswersPage<'a> {
    page: &'a Page,
    answers: Vec<Line>,
}

struct Line {
    id: i64,
    title: String,
    audiences: String,
    day: String,
    loss: String,
}

#[derive(Template)]
#[template(path = "marketer/answer.html", config = "src/web/askama.toml")]
struct AnswerPage<'a> {
    page: &'a Page,
    id: i64,
    title: String,
    audiences: String,
    sentence: Option<String>,
    picture: Option<String>,
    figures: Table,
    derived: Option<Table>,
    withheld: bool,
    purpose: String,
    loss: String,
    recorded: String,
}

/// All of them, newest first.
pub(crate) async fn list(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let answers = match gateway::answers(&room, &asker.user).await {
        Ok(answers) => answers,
        Err(error) => return page.problem(&Problem::from_ask(error)),
    };
    let line = |answer: &Answer| Line {
        id: answer.id,
        title: title(&page, &room, answer),
        audiences: audiences(&page, &room, answer),
        day: page.moment(&answer.recorded),
        loss: typography::real(answer.epsilon, page.language),
    };
    page.show(StatusCode::OK, &AnswersPage { page: &page, answers: answers.iter().map(line).collect() })
}

/// One of them.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, asker: Asker, Path(id): Path<String>) -> Response {
    let (answer, told) = match found(&room, &asker, &id).await {
        Ok(found) => found,
        Err(problem) => return page.problem(&problem),
    };
    let rules = room.rules();
    let title = title(&page, &room, &answer);
    let purpose = rules.policies.base.purposes().get(&answer.request.purpose);
    let shown = AnswerPage {
        page: &page,
        id: answer.id,
        audiences: audiences(&page, &room, &answer),
        sentence: told::sentence(&page, &told),
        picture: told::picture(&page, &told, &title),
        figures: told::figures(&page, &told),
        derived: told::derived(&page, &told),
        withheld: told.figures.iter().any(|figure| figure.withheld),
        purpose: purpose.map_or_else(|| told.purpose.clone(), |purpose| page.text(&purpose.title).to_owned()),
        loss: page.fill(
            "loss-told",
            &[
                ("epsilon", typography::real(answer.epsilon, page.language)),
                ("delta", typography::power(answer.delta, page.language)),
            ],
        ),
        recorded: page.moment(&answer.recorded),
        title,
    };
    page.show(StatusCode::OK, &shown)
}

/// One of them as a table for a spreadsheet (RFC 4180), in the reader's language; numbers as programs write them.
pub(crate) async fn table(State(room): State<Arc<Room>>, page: Page, asker: Asker, Path(id): Path<String>) -> Response {
    let told = match found(&room, &asker, &id).await {
        Ok((_, told)) => told,
        Err(problem) => return page.problem(&problem),
    };
    let keys = told.keys_of(told.figures.iter().map(|figure| &figure.keys));
    let mut head = vec![page.say("part")];
    head.extend(keys.iter().map(|key| told.title(key, page.language)));
    head.extend([page.say("value"), page.say("margin"), page.say("low"), page.say("high")]);
    let mut lines = vec![head.iter().map(|cell| csv::cell(cell)).collect::<Vec<_>>().join(",")];
    for figure in &told.figures {
        let mut row = vec![csv::cell(&told.part(&figure.part, page.language))];
        row.extend(keys.iter().map(|key| csv::cell(answer::label(&figure.keys, key, page.language))));
        let known = !figure.withheld;
        let number = |value: Option<String>| value.filter(|_| known).unwrap_or_default();
        row.push(number(figure.shown.map(|value| value.to_string())));
        row.push(number(figure.margin.map(|value| value.to_string())));
        row.push(number(figure.interval.map(|(low, _)| low.to_string())));
        row.push(number(figure.interval.map(|(_, high)| high.to_string())));
        lines.push(row.join(","));
    }
    // With a byte order mark: without it, spreadsheets take accents for something else.
    let csv = format!("\u{feff}{}\r\n", lines.join("\r\n"));
    let disposition = format!("attachment; filename=\"camerata-{}.csv\"", told.id);
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], csv)
        .into_response()
}

/// Its picture, alone.
pub(crate) async fn drawing(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    let (answer, told) = match found(&room, &asker, &id).await {
        Ok(found) => found,
        Err(problem) => return page.problem(&problem),
    };
    let Some(svg) = told::picture(&page, &told, &title(&page, &room, &answer)) else {
        return page.problem(&Problem::not_found());
    };
    let disposition = format!("attachment; filename=\"camerata-{}.svg\"", told.id);
    ([(header::CONTENT_TYPE, "image/svg+xml".to_owned()), (header::CONTENT_DISPOSITION, disposition)], svg)
        .into_response()
}

async fn found(room: &Room, asker: &Asker, id: &str) -> Result<(Answer, answer::Answer), Problem> {
    let answer =
        gateway::answer(room, &asker.user, id).await.map_err(Problem::from_ask)?.ok_or_else(Problem::not_found)?;
    let told = as_told(&answer)?;
    Ok((answer, told))
}

/// What the question is called; by its template's name, should that be gone.
fn title(page: &Page, room: &Room, answer: &Answer) -> String {
    let rules = room.rules();
    let newest = rules.templates.newest(&answer.request.template);
    newest.map_or_else(
        || answer.request.template.to_string(),
        |(_, template)| page.text(&template.manifest().title).to_owned(),
    )
}

fn audiences(page: &Page, room: &Room, answer: &Answer) -> String {
    let named = answer.request.audiences.values().flat_map(Named::list);
    named.map(|audience| page.audience(room, audience)).collect::<Vec<_>>().join(" × ")
}
