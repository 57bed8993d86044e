//! Another password for who has lost theirs.

use super::invitation::GonePage;
use crate::{
    gateway::Room,
    http,
    people::{PeopleError, Refusal},
    web::{fields::Fields, page::Page},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "account/recovery.html", config = "src/web/askama.toml")]
struct RecoveryPage<'a> {
    page: &'a Page,
    sent: bool,
}

#[derive(Template)]
#[template(path = "account/new_password.html", config = "src/web/askama.toml")]
struct NewPasswordPage<'a> {
    page: &'a Page,
    refused: Option<String>,
}

/// Asks for the address.
pub(crate) async fn show(page: Page) -> Response {
    page.show(StatusCode::OK, &RecoveryPage { page: &page, sent: false })
}

/// Sends a link, if somebody has the address; what is answered, and when, is the same if nobody does.
pub(crate) async fn request(State(room): State<Arc<Room>>, page: Page, fields: Fields) -> Response {
    http::request_recovery(room, fields.get("email").to_owned()).await;
    page.show(StatusCode::OK, &RecoveryPage { page: &page, sent: true })
}

/// The link: asks for the new password.
pub(crate) async fn open(page: Page) -> Response {
    page.show(StatusCode::OK, &NewPasswordPage { page: &page, refused: None })
}

/// Sets it.
pub(crate) async fn complete(
    State(room): State<Arc<Room>>,
    page: Page,
    Path(secret): Path<String>,
    fields: Fields,
) -> Response {
    let recovered = room.people.recover(&secret, fields.get("password")).await;
    // Held to the clock, as the API's answer is.
    room.tick().await;
    match recovered {
        Ok(()) => Redirect::to("/sign-in?done=recovered").into_response(),
        Err(PeopleError::Refused(Refusal::NotFound)) => {
            page.show(StatusCode::NOT_FOUND, &GonePage { page: &page, link: "recovery" })
        }
        Err(PeopleError::Refused(Refusal::Password(text))) => {
            let shown = NewPasswordPage { page: &page, refused: Some(page.text(&text)) };
            page.show(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(error) => page.refused(error),
    }
}
