//! One's own account: password, second factor, sessions, tokens.

use super::{CodesPage, EnrolPage, with_session};
use crate::{
    gateway::Room,
    http::Asker,
    model::{Role, Text},
    people::{DAYS_DEFAULT, Grant, LetterChoice, ListedPasskey, ListedSession, ListedToken, PeopleError, Refusal},
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
#[template(path = "account/own.html", config = "src/web/askama.toml")]
struct AccountPage<'a> {
    page: &'a Page,
    name: String,
    roles: Vec<Role>,
    days: u16,
    sessions: Vec<ListedSession>,
    tokens: Vec<ListedToken>,
    passkeys: Vec<ListedPasskey>,
    /// The letters that may be turned off: kind, name, whether they come.
    letters: Vec<(String, String, bool)>,
    /// What was refused, and in which part of the page.
    refused: Option<(&'static str, String)>,
    /// A token that has just been made.
    token: Option<&'a str>,
}

/// The account.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    account(&room, &page, &asker, None, None).await
}

async fn account(
    room: &Room,
    page: &Page,
    asker: &Asker,
    refused: Option<(&'static str, &Text)>,
    token: Option<&str>,
) -> Response {
    let identified = asker.identified();
    let (sessions, tokens) = match (room.people.sessions(&identified).await, room.people.tokens(&asker.user).await) {
        (Ok(sessions), Ok(tokens)) => (sessions, tokens),
        (Err(error), _) | (_, Err(error)) => return page.refused(error),
    };
    let (passkeys, letters) = match (room.people.passkeys(asker.user.id).await, room.people.letters(&asker.user).await)
    {
        (Ok(passkeys), Ok(letters)) => (passkeys, letters),
        (Err(error), _) | (_, Err(error)) => return page.refused(error),
    };
    let letter = |letter: &LetterChoice| {
        let kind = letter.kind.word().to_owned();
        let name = page.say(&format!("letter-{kind}"));
        (kind, name, letter.on)
    };
    let status = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let shown = AccountPage {
        page,
        name: format!("{}/{}", asker.user.member, asker.user.user),
        roles: asker.user.roles.iter().copied().collect(),
        days: DAYS_DEFAULT,
        sessions,
        tokens,
        passkeys,
        letters: letters.iter().filter(|letter| letter.optional).map(letter).collect(),
        refused: refused.map(|(part, text)| (part, page.text(text))),
        token,
    };
    page.show(status, &shown)
}

/// The page again, with what was refused in its part of it.
async fn again(room: &Room, page: &Page, asker: &Asker, part: &'static str, error: PeopleError) -> Response {
    match error {
        PeopleError::Refused(refusal) if refusal != Refusal::NotFound => {
            account(room, page, asker, Some((part, &refusal.text())), None).await
        }
        error => page.refused(error),
    }
}

/// Sets another password; all other sessions end.
pub(crate) async fn password(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    let identified = asker.identified();
    let passwords = (fields.get("current"), fields.get("new"));
    match room.people.change_password(&identified, passwords, &page.agent).await {
        Ok(session) => with_session(&page, &session, Redirect::to("/account?done=password").into_response()),
        Err(error) => again(&room, &page, &asker, "password", error).await,
    }
}

/// Begins to set up a second factor.
pub(crate) async fn begin(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    match room.people.begin_second_factor(&asker.user, fields.get("password")).await {
        Ok((step, enrolment)) => {
            let action = "/account/second-factor/confirmation";
            let shown = EnrolPage { page: &page, action, step: &step, next: "/account", enrolment: &enrolment };
            page.show(StatusCode::OK, &shown)
        }
        Err(error) => again(&room, &page, &asker, "second-factor", error).await,
    }
}

/// Sets it up by its first code.
pub(crate) async fn confirm(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    let given = (fields.get("step"), fields.get("code"));
    match room.people.confirm_second_factor(&asker.user, given, &page.agent).await {
        Ok((session, codes)) => {
            let shown = CodesPage { page: &page, codes: &codes, next: "/account" };
            with_session(&page, &session, page.show(StatusCode::OK, &shown))
        }
        Err(error) => again(&room, &page, &asker, "second-factor", error).await,
    }
}

/// Gives it up.
pub(crate) async fn remove(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    match room.people.remove_second_factor(&asker.user, fields.get("password")).await {
        Ok(()) => Redirect::to("/account?done=second-factor-removed").into_response(),
        Err(error) => again(&room, &page, &asker, "second-factor", error).await,
    }
}

/// New recovery codes.
pub(crate) async fn recovery_codes(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    fields: Fields,
) -> Response {
    match room.people.renew_recovery_codes(&asker.user, fields.get("password")).await {
        Ok(codes) => page.show(StatusCode::OK, &CodesPage { page: &page, codes: &codes, next: "/account" }),
        Err(error) => again(&room, &page, &asker, "second-factor", error).await,
    }
}

/// Ends a session.
pub(crate) async fn end_session(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    match room.people.end_session(&asker.user, id.parse().unwrap_or(0)).await {
        Ok(()) => Redirect::to("/account?done=session-ended").into_response(),
        Err(error) => page.refused(error),
    }
}

/// Makes a token, and shows it once.
pub(crate) async fn create_token(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    let grant = Grant {
        name: fields.get("name").to_owned(),
        roles: fields.roles(),
        read_only: fields.some("read_only").is_some(),
        days: fields.get("days").parse().unwrap_or(0),
    };
    if grant.roles.is_empty() {
        // None named would mean all of them.
        return again(&room, &page, &asker, "token", Refusal::Roles.into()).await;
    }
    match room.people.issue(&asker.user, &grant, true).await {
        Ok(issued) => account(&room, &page, &asker, None, Some(&issued.token)).await,
        Err(error) => again(&room, &page, &asker, "token", error).await,
    }
}

/// Ends a token.
pub(crate) async fn end_token(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    match room.people.end_token(&asker.user, id.parse().unwrap_or(0)).await {
        Ok(()) => Redirect::to("/account?done=token-ended").into_response(),
        Err(error) => page.refused(error),
    }
}

/// Takes a passkey away.
pub(crate) async fn remove_passkey(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
    fields: Fields,
) -> Response {
    let identified = asker.identified();
    match room.people.remove_passkey(&identified, id.parse().unwrap_or(0), fields.get("password")).await {
        Ok(()) => Redirect::to("/account?done=passkey-removed").into_response(),
        Err(error) => again(&room, &page, &asker, "passkey", error).await,
    }
}

/// Chooses which letters come.
pub(crate) async fn letters(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    let kinds = match room.people.letters(&asker.user).await {
        Ok(kinds) => kinds,
        Err(error) => return page.refused(error),
    };
    let wanted = |kind: &str| fields.all("letter").any(|wanted| wanted == kind);
    let off = kinds.iter().filter(|letter| letter.optional && !wanted(letter.kind.word())).map(|letter| letter.kind);
    match room.people.set_letters(&asker.user, &off.collect()).await {
        Ok(()) => Redirect::to("/account?done=letters").into_response(),
        Err(error) => page.refused(error),
    }
}
