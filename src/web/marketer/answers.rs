//! The answers that the asker's member was given.

use super::{
    as_told,
    pictures::pictures,
    titles::entitle,
    told::{self, Table},
};
use crate::{
    gateway::{self, Answer, Room},
    http::{Asker, Problem},
    model::{Named, answer, typography},
    web::page::Page,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
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

impl AnswersPage<'_> {
    /// The two fields that choose what is compared.
    fn sides(&self) -> [(&'static str, String); 2] {
        [("one", self.page.say("comparison-one")), ("other", self.page.say("comparison-other"))]
    }
}

#[derive(Template)]
#[template(path = "marketer/answer.html", config = "src/web/askama.toml")]
struct AnswerPage<'a> {
    page: &'a Page,
    id: i64,
    title: String,
    audiences: String,
    sentence: Option<String>,
    pictures: Vec<String>,
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
    let (answer, told) = match found((&page, &room), &asker, &id).await {
        Ok(found) => found,
        Err(problem) => return page.problem(&problem),
    };
    let title = title(&page, &room, &answer);
    let shown = AnswerPage {
        page: &page,
        id: answer.id,
        audiences: audiences(&page, &room, &answer),
        sentence: told::sentence(&page, &told),
        pictures: pictures((&page, &room), &told, &title),
        figures: told::figures(&page, &told),
        derived: told::derived(&page, &told),
        withheld: told.figures.iter().any(|figure| figure.withheld),
        purpose: purpose(&page, &room, &answer).await,
        loss: loss(&page, &answer),
        recorded: page.moment(&answer.recorded),
        title,
    };
    page.show(StatusCode::OK, &shown)
}

/// An answer that the asker's member was given, and as it is told.
pub(super) async fn found(
    (page, room): (&Page, &Room),
    asker: &Asker,
    id: &str,
) -> Result<(Answer, answer::Answer), Problem> {
    let answer =
        gateway::answer(room, &asker.user, id).await.map_err(Problem::from_ask)?.ok_or_else(Problem::not_found)?;
    let mut told = as_told(&answer)?;
    entitle((page, room), &mut told);
    Ok((answer, told))
}

/// What the question was called when it was answered.
pub(super) fn title(page: &Page, room: &Room, answer: &Answer) -> String {
    page.text(&gateway::template_title(&room.rules(), &answer.request, &answer.recorded))
}

pub(super) fn audiences(page: &Page, room: &Room, answer: &Answer) -> String {
    let named = answer.request.audiences.values().flat_map(Named::list);
    named.map(|audience| page.audience(room, audience)).collect::<Vec<_>>().join(" × ")
}

/// What it was asked for, in the words of the policies that admitted it; by the purpose's name, should they be lost.
pub(super) async fn purpose(page: &Page, room: &Room, answer: &Answer) -> String {
    let name = &answer.request.purpose;
    let titles = room.versions.titles(&answer.policy).await;
    titles.map_or_else(|_| name.to_string(), |titles| page.text(&titles.purpose(name)))
}

/// What it cost.
pub(super) fn loss(page: &Page, answer: &Answer) -> String {
    let epsilon = typography::real(answer.epsilon, page.language);
    page.fill("loss-told", &[("epsilon", epsilon), ("delta", typography::power(answer.delta, page.language))])
}
