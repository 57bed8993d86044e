//! Coming in, and one's own account.

pub(super) mod device;
pub(super) mod invitation;
pub(super) mod own;
pub(super) mod recovery;
pub(super) mod sign_in;
pub(super) mod users;

use super::page::Page;
use crate::{
    http::set_session,
    people::{Enrolment, NewSession, Step, local_path},
};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

#[derive(Template)]
#[template(path = "account/code.html", config = "src/web/askama.toml")]
struct CodePage<'a> {
    page: &'a Page,
    step: &'a str,
    next: &'a str,
    wrong: bool,
    /// Whether the second factor is a passkey, and no application.
    passkey: bool,
    recovery_code_instead: &'static str,
}

impl<'a> CodePage<'a> {
    fn new(page: &'a Page, (step, next): (&'a str, &'a str), passkey: bool, wrong: bool) -> Self {
        let recovery_code_instead = if passkey { "recovery-code-without-passkey" } else { "recovery-code-instead" };
        Self { page, step, next, wrong, passkey, recovery_code_instead }
    }
}

#[derive(Template)]
#[template(path = "account/enrol.html", config = "src/web/askama.toml")]
struct EnrolPage<'a> {
    page: &'a Page,
    /// Where the first code is sent.
    action: &'a str,
    step: &'a str,
    next: &'a str,
    enrolment: &'a Enrolment,
}

#[derive(Template)]
#[template(path = "account/recovery_codes.html", config = "src/web/askama.toml")]
struct CodesPage<'a> {
    page: &'a Page,
    codes: &'a [String],
    next: &'a str,
}

/// The page that a step of signing in leads to. `wrong` makes the page that says that it wasn't right.
fn stepped(page: &Page, step: Step, next: &str, wrong: impl FnOnce() -> Response) -> Response {
    let next = local_path(Some(next));
    match step {
        Step::Wrong => wrong(),
        Step::Code(step) => page.show(StatusCode::OK, &CodePage::new(page, (&step, next), false, false)),
        // A recovery code stands in for a passkey as it does for a code.
        Step::Passkey(step) => page.show(StatusCode::OK, &CodePage::new(page, (&step, next), true, false)),
        Step::Enrol(step, enrolment) => {
            let shown = EnrolPage { page, action: "/sign-in/code", step: &step, next, enrolment: &enrolment };
            page.show(StatusCode::OK, &shown)
        }
        Step::Done { session, recovery_codes } if recovery_codes.is_empty() => {
            with_session(page, &session, Redirect::to(next).into_response())
        }
        Step::Done { session, recovery_codes } => {
            let signed_in = Page { user: Some(session.user.clone()), ..page.clone() };
            let shown = CodesPage { page: &signed_in, codes: &recovery_codes, next };
            with_session(page, &session, page.show(StatusCode::OK, &shown))
        }
    }
}

/// An answer that has the browser keep a session.
fn with_session(page: &Page, session: &NewSession, mut response: Response) -> Response {
    if let Some(cookie) = set_session(&session.secret, session.seconds, page.secure) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
