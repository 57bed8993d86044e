//! The front page, and the switch between languages.

use super::{
    fields::Fields,
    page::{LANGUAGE_COOKIE, Page},
};
use crate::{http::Problem, people::local_path};
use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use cookie::{Cookie, SameSite, time::Duration};

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
    let language = if fields.get("language") == "en" { "en" } else { "fr" };
    let cookie = Cookie::build((LANGUAGE_COOKIE, language))
        .path("/")
        .secure(page.secure)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365));
    let mut response = Redirect::to(local_path(Some(fields.get("next")))).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
