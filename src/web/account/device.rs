//! Approving a program that asks to be signed in.

use crate::{
    gateway::Room,
    http::Asker,
    model::Role,
    people::{DAYS_DEFAULT, Grant, PeopleError, Refusal, plain},
    web::{fields::Fields, page::Page},
};
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "account/device.html", config = "src/web/askama.toml")]
struct DevicePage<'a> {
    page: &'a Page,
    refused: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "account/device_answer.html", config = "src/web/askama.toml")]
struct AnswerPage<'a> {
    page: &'a Page,
    code: &'a str,
    name: &'a str,
    roles: Vec<Role>,
    days: u16,
}

/// Asks for the code. It is typed, never taken from the address: a link that somebody sent approves nothing.
pub(crate) async fn show(page: Page) -> Response {
    page.show(StatusCode::OK, &DevicePage { page: &page, refused: None })
}

/// Says what the program calls itself, and asks whether to approve it.
pub(crate) async fn code(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    let code = plain(fields.get("code"), 40);
    match room.people.device(&asker.user, &code).await {
        Ok(name) => {
            let roles = asker.user.roles.iter().copied().collect();
            let shown = AnswerPage { page: &page, code: &code, name: &name, roles, days: DAYS_DEFAULT };
            page.show(StatusCode::OK, &shown)
        }
        Err(error) => again(&page, error),
    }
}

/// Approves it, or refuses it.
pub(crate) async fn answer(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    let code = fields.get("code");
    let (answered, done) = if fields.get("answer") == "approve" {
        // None named would mean all of them.
        if fields.roles().is_empty() {
            return page.refused(Refusal::Roles.into());
        }
        let grant = Grant {
            name: fields.get("name").to_owned(),
            roles: fields.roles(),
            read_only: fields.some("read_only").is_some(),
            days: fields.get("days").parse().unwrap_or(0),
        };
        (room.people.approve_device(&asker.user, code, &grant).await, "/account?done=device-approved")
    } else {
        (room.people.refuse_device(&asker.user, code).await, "/account?done=device-refused")
    };
    match answered {
        Ok(()) => Redirect::to(done).into_response(),
        Err(error) => again(&page, error),
    }
}

fn again(page: &Page, error: PeopleError) -> Response {
    match error {
        PeopleError::Refused(Refusal::NotFound) => {
            let refused = page.say("device-unknown");
            page.show(StatusCode::NOT_FOUND, &DevicePage { page, refused: Some(&refused) })
        }
        error => page.refused(error),
    }
}
