//! Accounts: signing in and out, invitations, users, tokens, and programs that ask to be signed in. JSON; the pages call the same
//! functions of `people`.

pub(super) mod device;
pub(super) mod invitations;
pub(super) mod letters;
pub(super) mod own;
pub(super) mod passkeys;
pub(super) mod recovery;
pub(super) mod session;
pub(super) mod tokens;
pub(super) mod users;
mod visitor;

use super::{Problem, cookie};
use crate::{
    gateway::AskError,
    model::{Language, Text},
    people::{NewSession, PeopleError, Refusal, Step, local_path},
};
use axum::{
    Json,
    extract::rejection::JsonRejection,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
pub(crate) use visitor::Visitor;

/// What was refused, or a failure of which nothing is told.
pub(super) fn problem(error: PeopleError, language: Language) -> Problem {
    Problem::from_people(error).in_language(language)
}

/// The number of a thing, from a path.
fn number(id: &str, language: Language) -> Result<i64, Problem> {
    id.parse().map_err(|_| Problem::not_found().in_language(language))
}

impl Problem {
    /// What was refused about users, or a failure of which nothing is told.
    pub(crate) fn from_people(error: PeopleError) -> Self {
        match error {
            PeopleError::Refused(refusal) => refused(&refusal),
            error => Self::from_ask(AskError::internal("people", &error)),
        }
    }
}

fn refused(refusal: &Refusal) -> Problem {
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let problem = match refusal {
        Refusal::NotFound => Problem::not_found(),
        Refusal::Later(seconds) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            Problem::new(status, "too-many-tries", "Trop d'essais", "Too many tries").retry_after((*seconds).max(1))
        }
        Refusal::Busy => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            Problem::new(status, "busy", "Trop de demandes", "Too many requests").retry_after(60)
        }
        Refusal::Password(_) => Problem::new(unprocessable, "weak-password", "Mot de passe refusé", "Password refused"),
        Refusal::WrongPassword | Refusal::WrongCode | Refusal::WrongPasskey => {
            Problem::new(StatusCode::CONFLICT, "not-proven", "Ce n'est pas cela", "That isn't it")
        }
        Refusal::Roles
        | Refusal::HasOfficer
        | Refusal::Last
        | Refusal::Required
        | Refusal::NoPasskeys
        | Refusal::LastMeans => Problem::new(StatusCode::CONFLICT, "account-refused", "Refusé", "Refused"),
        Refusal::Email | Refusal::Name | Refusal::Days | Refusal::Letter => {
            Problem::new(unprocessable, "malformed", "Demande mal formée", "Malformed request")
        }
    };
    if *refusal == Refusal::NotFound { problem } else { problem.text(refusal.text()) }
}

/// A body as JSON, or what is wrong with it.
pub(super) fn read<T>(body: Result<Json<T>, JsonRejection>, language: Language) -> Result<T, Problem> {
    body.map(|Json(value)| value).map_err(|error| {
        // What the reader says of a body may repeat what stands in it, and here that could be a password.
        let words = match error {
            JsonRejection::MissingJsonContentType(_) => {
                ("donnez du JSON (application/json)", "give JSON (application/json)")
            }
            _ => (
                "la demande ne se lit pas : voyez /api/openapi.json",
                "the request can't be read: see /api/openapi.json",
            ),
        };
        Problem::malformed(Text::from(words)).in_language(language)
    })
}

/// What comes of a step of signing in, with the cookie if that was the last.
fn stepped(step: Step, visitor: &Visitor, next: Option<&str>) -> Result<Response, Problem> {
    let body = match step {
        Step::Wrong => return Err(wrong().in_language(visitor.language)),
        Step::Code(secret) => json!({ "state": "code", "step": secret }),
        Step::Passkey(secret) => json!({ "state": "passkey", "step": secret }),
        Step::Enrol(secret, enrolment) => json!({ "state": "enrol", "step": secret, "second_factor": *enrolment }),
        Step::Done { session, recovery_codes } => {
            let body = json!({
                "state": "signed-in", "user": session.user, "recovery_codes": recovery_codes, "next": local_path(next),
            });
            return Ok(with_session(&session, visitor.secure, body));
        }
    };
    Ok(Json(body).into_response())
}

/// The same for a wrong address, password or code.
fn wrong() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "sign-in-failed", "Connexion refusée", "Sign-in refused").detail(
        "L'adresse, le mot de passe ou le code ne va pas. Après quelques essais, il faut attendre.",
        "The address, the password or the code is not right. After a few tries there is a wait.",
    )
}

/// An answer that has the browser keep a session.
fn with_session(session: &NewSession, secure: bool, body: Value) -> Response {
    let mut headers = HeaderMap::new();
    if let Some(cookie) = cookie::set(&session.secret, session.seconds, secure) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    (headers, Json(body)).into_response()
}
