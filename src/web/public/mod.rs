//! What is for everybody, signed in or not: the register, what the room promises, its documentation, and how its pages may be used.

mod document;
pub(super) mod documents;
pub(super) mod promise;
pub(super) mod register;

use super::page::Page;
use askama::Template;
use axum::{http::StatusCode, response::Response};

#[derive(Template)]
#[template(path = "public/accessibility.html", config = "src/web/askama.toml")]
struct AccessibilityPage<'a> {
    page: &'a Page,
}

/// What holds for people who don't see the pages, or use no mouse.
pub(super) async fn accessibility(page: Page) -> Response {
    page.show(StatusCode::OK, &AccessibilityPage { page: &page })
}
