//! Signing in and out.

use super::{CodePage, stepped};
use crate::{
    gateway::Room,
    http::{Asker, set_session},
    people::PeopleError,
    people::{Code, Means, Refusal, SignIn, local_path},
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
}

#[derive(Template)]
#[template(path = "account/sign_in.html", config = "src/web/askama.toml")]
struct SignInPage<'a> {
    page: &'a Page,
    next: &'a str,
    email: &'a str,
    wrong: bool,
    /// Seconds to wait after too many tries.
    later: Option<u64>,
}

/// The page; who is signed in goes on.
pub(crate) async fn show(page: Page, Query(arrival): Query<Arrival>) -> Response {
    let next = local_path(arrival.next.as_deref());
    if page.user.is_some() {
        return Redirect::to(next).into_response();
    }
    page.show(StatusCode::OK, &SignInPage { page: &page, next, email: "", wrong: false, later: None })
}

/// The first step: the address and the password.
pub(crate) async fn password(State(room): State<Arc<Room>>, page: Page, fields: Fields) -> Response {
    let (email, next) = (fields.get("email"), local_path(Some(fields.get("next"))));
    let sign_in = SignIn { email, password: fields.get("password"), agent: &page.agent };
    let step = room.people.sign_in(sign_in).await;
    // Held to the clock, as the API's answer is.
    room.tick().await;
    let again = |wrong, later| SignInPage { page: &page, next, email, wrong, later };
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
            page.show(StatusCode::UNAUTHORIZED, &CodePage { page: &page, step, next, wrong: true })
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
