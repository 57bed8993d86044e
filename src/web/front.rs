//! The front page, and the switch between languages.

use super::{
    fields::Fields,
    page::{LANGUAGE_COOKIE, Page},
};
use crate::{
    http::{Problem, cookie_of},
    people::local_path,
};
use askama::Template;
use axum::{
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};

/// For how long a language that was chosen is kept, in seconds.
const A_YEAR: u64 = 365 * 24 * 3_600;

#[derive(Template)]
#[template(path = "front.html", config = "src/web/askama.toml")]
struct Front<'a> {
    page: &'a Page,
}

/// Where everybody arrives.
pub(super) async fn show(page: Page) -> Response {
    page.show(StatusCode::OK, &Front { page: &page })
}

/// Where there is nothing: told as a page, or as a problem where programs ask.
pub(super) async fn nowhere(page: Page, uri: Uri) -> Response {
    let problem = Problem::not_found();
    if uri.path().starts_with("/api/") || uri.path().starts_with("/.well-known/") {
        return problem.in_language(page.language).into_response();
    }
    page.problem(&problem)
}

/// Keeps the language that was chosen, and goes back.
pub(super) async fn language(page: Page, fields: Fields) -> Response {
    let mut response = Redirect::to(local_path(Some(fields.get("next")))).into_response();
    if let Some(cookie) = cookie_of(LANGUAGE_COOKIE, fields.language().as_str(), A_YEAR, page.secure) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
