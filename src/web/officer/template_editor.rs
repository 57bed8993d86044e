//! A new template, or a change of one: its two files, checked as they are written, and proposed.

use super::templates::{Derived, in_words};
use crate::{
    gateway::{self, AcceptedTemplate, AskError, Room, TemplateAct, TemplateActError},
    http::{self, Asker, Problem, TemplateMistake},
    model::TemplateName,
    template::{STARTER_SQL, STARTER_TOML},
    web::{fields::Fields, page::Page},
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::sync::Arc;

/// Longest line of an excerpt, in characters.
const EXCERPT_CHARS_MAX: usize = 120;

#[derive(askama::Template)]
#[template(path = "officer/template_editor.html", config = "src/web/askama.toml")]
struct EditorPage<'a> {
    page: &'a Page,
    draft: &'a Draft,
    found: Found,
    refused: Option<String>,
}

/// What is being written.
struct Draft {
    name: String,
    sql: String,
    toml: String,
    why: String,
}

/// What the check found.
enum Found {
    /// It wasn't asked.
    Nothing,
    /// The name is none.
    Unnamed,
    /// The first mistake: the checker stops there.
    Mistake(TemplateMistake),
    /// None, and how the loss is derived, or why it can't be.
    Holds(Option<Derived>, Option<String>),
}

/// The template to start from.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    template: Option<String>,
}

impl EditorPage<'_> {
    /// The line that a mistake is on.
    fn excerpt(&self, mistake: &TemplateMistake) -> String {
        let text = if mistake.ending == "sql" { &self.draft.sql } else { &self.draft.toml };
        let line = text.lines().nth(mistake.line.saturating_sub(1)).unwrap_or_default();
        line.chars().take(EXCERPT_CHARS_MAX).collect()
    }
}

/// The two files of the template that is named, in its newest version; or of one that does little, and passes.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, Query(wanted): Query<Wanted>) -> Response {
    let rules = room.rules();
    let draft = match wanted.template {
        None => Draft {
            name: String::new(),
            sql: STARTER_SQL.to_owned(),
            toml: STARTER_TOML.to_owned(),
            why: String::new(),
        },
        Some(name) => {
            let name = name.parse::<TemplateName>().ok();
            let newest = name.as_ref().and_then(|name| rules.templates.newest(name));
            let Some((version, _)) = newest else { return page.problem(&Problem::not_found()) };
            Draft {
                name: version.name.to_string(),
                sql: version.sql.to_string(),
                toml: version.toml.to_string(),
                why: String::new(),
            }
        }
    };
    page.show(StatusCode::OK, &EditorPage { page: &page, draft: &draft, found: Found::Nothing, refused: None })
}

/// Checks what was written, or proposes it.
pub(crate) async fn act(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    // Browsers end the lines of a form by two characters; files have one.
    let text = |name| fields.get(name).replace("\r\n", "\n");
    let name = fields.get("name").trim().to_owned();
    let draft = Draft { name, sql: text("sql"), toml: text("toml"), why: fields.get("why").to_owned() };
    let found = match checked(&room, &page, &draft).await {
        Ok(found) => found,
        Err(problem) => return page.problem(&problem),
    };
    let (mut status, mut refused) = (StatusCode::OK, None);
    let holds = matches!(found, Found::Holds(..));
    if let (true, "propose", Ok(name)) = (holds, fields.get("do"), draft.name.parse::<TemplateName>()) {
        let (sql, toml, why) = (draft.sql.clone(), draft.toml.clone(), draft.why.clone());
        let act = TemplateAct::Propose { name, sql, toml, why };
        match http::act_on_templates(&room, asker, act, None).await {
            Ok(told) => {
                let hash = told.0.get("hash").and_then(|hash| hash.as_str()).unwrap_or_default().to_owned();
                let to = format!("/templates/{}?version={hash}&done=template-proposed", draft.name);
                return Redirect::to(&to).into_response();
            }
            Err(problem) if problem.status().is_client_error() => {
                status = problem.status();
                refused = Some(page.why(&problem));
            }
            Err(problem) => return page.problem(&problem),
        }
    } else if !holds {
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page.show(status, &EditorPage { page: &page, draft: &draft, found, refused })
}

async fn checked(room: &Room, page: &Page, draft: &Draft) -> Result<Found, Problem> {
    let Ok(name) = draft.name.parse::<TemplateName>() else { return Ok(Found::Unnamed) };
    match gateway::check_template(room, name, (draft.sql.clone(), draft.toml.clone())).await {
        Ok(AcceptedTemplate { derivation: Ok(derived), .. }) => Ok(Found::Holds(Some(in_words(page, derived)), None)),
        Ok(AcceptedTemplate { derivation: Err(text), .. }) => {
            Ok(Found::Holds(None, Some(page.sentence(&page.text(&text)))))
        }
        Err(TemplateActError::Template(error)) => {
            let files = [draft.sql.as_str(), draft.toml.as_str()];
            Ok(Found::Mistake(http::template_mistake(error, &draft.name, files, page.language)))
        }
        Err(error) => Err(Problem::from_ask(AskError::internal("template", &error))),
    }
}
