//! Signing in and out.

use super::{CodePage, stepped};
use crate::{
    gateway::{self, Room},
    http::{Asker, set_session},
    model::{MemberName, Text},
    people::{Code, Means, PeopleError, Refusal, SignIn, local_path},
    web::{fields::Fields, page::Page},
};
use askama::Template;
use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::sync::Arc;

/// What the page's address says.
#[derive(Deserialize)]
pub(crate) struct Arrival {
    next: Option<String>,
    /// Why nobody came in by a directory.
    error: Option<String>,
}

/// What a directory's sign-in may have come to: messages.
pub(crate) const ERRORS: &[&str] = &[
    "sign-in-error-unknown",
    "sign-in-error-not-begun",
    "sign-in-error-denied",
    "sign-in-error-unreachable",
    "sign-in-error-untrusted",
    "sign-in-error-no-role",
    "sign-in-error-two-factors",
    "sign-in-error-address",
    "sign-in-error-other-address",
    "sign-in-error-account-exists",
    "sign-in-error-ended",
    "sign-in-error-bound",
    "sign-in-error-busy",
    "sign-in-error-failed",
];

#[derive(Template)]
#[template(path = "account/sign_in.html", config = "src/web/askama.toml")]
struct SignInPage<'a> {
    page: &'a Page,
    next: &'a str,
    email: &'a str,
    wrong: bool,
    /// Seconds to wait after too many tries.
    later: Option<u64>,
    error: Option<&'static str>,
    /// Where members' own directories are begun at, and the members' titles.
    directories: Vec<(String, String)>,
}

impl<'a> SignInPage<'a> {
    fn new(page: &'a Page, room: &Room, next: &'a str, email: &'a str) -> Self {
        let to: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let directory =
            |(member, title): (MemberName, Text)| (format!("/api/v1/directory/{member}?next={to}"), page.text(&title));
        let directories = gateway::with_directory(room).into_iter().map(directory).collect();
        Self { page, next, email, wrong: false, later: None, error: None, directories }
    }
}

/// The page; who is signed in goes on.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, Query(arrival): Query<Arrival>) -> Response {
    let next = local_path(arrival.next.as_deref());
    if page.user.is_some() {
        return Redirect::to(next).into_response();
    }
    let error = arrival.error.and_then(|code| {
        ERRORS.iter().find(|known| known.strip_prefix("sign-in-error-") == Some(code.as_str())).copied()
    });
    page.show(StatusCode::OK, &SignInPage { error, ..SignInPage::new(&page, &room, next, "") })
}

/// The first step: the address and the password.
pub(crate) async fn password(State(room): State<Arc<Room>>, page: Page, fields: Fields) -> Response {
    let (email, next) = (fields.get("email"), local_path(Some(fields.get("next"))));
    let sign_in = SignIn { email, password: fields.get("password"), agent: &page.agent };
    let step = room.people.sign_in(sign_in).await;
    // Held to the clock, as the API's answer is.
    room.tick().await;
    let again = |wrong, later| SignInPage { wrong, later, ..SignInPage::new(&page, &room, next, email) };
    match step {
        Ok(step) => stepped(&page, step, next, || page.show(StatusCode::UNAUTHORIZED, &again(true, None))),
        Err(PeopleError::Refused(Refusal::Later(seconds))) => {
            let mut response = page.show(StatusCode::TOO_MANY_REQUESTS, &again(false, Some(seconds.max(1))));
            response.headers_mut().insert(header::RETRY_AFTER, seconds.max(1).into());
            response
        }
        Err(error) => page.refused(error),
    }
}

/// The second: a code of the application, or a recovery code.
pub(crate) async fn code(State(room): State<Arc<Room>>, page: Page, fields: Fields) -> Response {
    let (step, next) = (fields.get("step"), local_path(Some(fields.get("next"))));
    let code = match fields.some("recovery_code") {
        Some(code) => Code::Recovery(code),
        None => Code::OneTime(fields.get("code")),
    };
    match room.people.second_factor(step, code).await {
        // The step may still be good; if it isn't, the next code says so again, and signing in anew is a link away.
        Ok(done) => stepped(&page, done, next, || {
            let passkey = fields.get("by") == "passkey";
            page.show(StatusCode::UNAUTHORIZED, &CodePage::new(&page, (step, next), passkey, true))
        }),
        Err(error) => page.refused(error),
    }
}

/// Signs out.
pub(crate) async fn out(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    if let Means::Session(id) = asker.means
        && let Err(error) = room.people.end_session(&asker.user, id).await
    {
        return page.refused(error);
    }
    let mut response = Redirect::to("/?done=signed-out").into_response();
    if let Some(cookie) = set_session("", 0, page.secure) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
