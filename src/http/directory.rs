//! Signing in at a member's directory: the browser is sent there, and comes back.

use super::{
    Problem,
    accounts::{Visitor, problem, read},
    cookie,
    identity::Asker,
};
use crate::{
    gateway::{self, Returned, Room, TurnedAway},
    people::DIRECTORY_MINUTES,
};
use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Where to go after signing in.
#[derive(Deserialize, Default)]
pub(super) struct Next {
    next: Option<String>,
}

/// Who asks, proven again, and where to go after.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    /// The password.
    password: String,
    /// Where to go after: a path of this room.
    next: Option<String>,
}

/// The members whose people sign in at a directory of their own: name and title.
#[utoipa::path(get, path = "/api/v1/directories", responses((status = 200, description = "members with a directory")))]
pub(super) async fn list(State(room): State<Arc<Room>>) -> Json<Value> {
    let directories = gateway::with_directory(&room);
    let directories = directories.into_iter().map(|(member, title)| json!({ "member": member, "title": title }));
    Json(json!({ "directories": directories.collect::<Vec<_>>() }))
}

/// Sends the browser to a member's directory, to sign in there; or to `/sign-in?error=…`, if that can't be.
#[utoipa::path(get, path = "/api/v1/directory/{member}", params(("member" = String, Path), ("next" = Option<String>, Query)),
    responses((status = 302, description = "to the directory, with a cookie for ten minutes; or to the sign-in page")))]
pub(super) async fn begin(
    State(room): State<Arc<Room>>,
    Path(member): Path<String>,
    next: Result<Query<Next>, QueryRejection>,
    visitor: Visitor,
) -> Response {
    let next = next.ok().and_then(|Query(Next { next })| next);
    match gateway::begin_sign_in(&room, &member, next.as_deref()).await {
        Ok((url, secret)) => sent(&url, [cookie::set_directory(&secret, lives(), visitor.secure)]),
        Err(turned) => turned_away(&turned, visitor.secure),
    }
}

/// Where the directory sends the browser back to: signs in, or links the account, and sends it on; or to `/sign-in?error=…`.
#[utoipa::path(get, path = "/api/v1/directory/callback", params(("state" = Option<String>, Query), ("code" = Option<String>, Query)),
    responses((status = 302, description = "to where the person wanted to go, with a session's cookie; or to the sign-in page")))]
pub(super) async fn callback(
    State(room): State<Arc<Room>>,
    returned: Result<Query<Returned>, QueryRejection>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Response {
    // What can't be read brings nothing back.
    let returned = returned.map(|Query(returned)| returned).unwrap_or_default();
    let secure = visitor.secure;
    let kept = cookie::directory(&headers, secure);
    let session = match cookie::session(&headers, secure) {
        Some(secret) => gateway::known_by_session(&room, &secret).await,
        None => Ok(None),
    };
    let ended = match session {
        Ok(session) => {
            let session = session.map(|known| known.user);
            gateway::end_sign_in(&room, (kept.as_deref(), session.as_ref()), &returned, &visitor.agent).await
        }
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok((session, next)) => {
            let cookies = [cookie::set(&session.secret, session.seconds, secure), cookie::set_directory("", 0, secure)];
            sent(&next, cookies)
        }
        Err(turned) => turned_away(&turned, secure),
    }
}

/// Begins to link the asker's account to their member's directory: from then on that alone lets them in. Gives where to go.
#[utoipa::path(post, path = "/api/v1/me/directory", request_body = Link, responses(
    (status = 200, description = "`url`, with a cookie for ten minutes"), (status = 401),
    (status = 404, description = "the member has no directory"), (status = 409, description = "not the password"),
    (status = 422), (status = 429), (status = 503, description = "the directory can't be reached")))]
pub(super) async fn link(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    asker: Asker,
    body: Result<Json<Link>, JsonRejection>,
) -> Result<Response, Problem> {
    let body = read(body, asker.language)?;
    let proven = room.people.prove_password(&asker.user, &body.password).await;
    proven.map_err(|error| problem(error, asker.language))?;
    match gateway::link_account(&room, &asker.user, body.next.as_deref()).await {
        Ok((url, secret)) => {
            let cookie = cookie::set_directory(&secret, lives(), visitor.secure);
            Ok(with([cookie], Json(json!({ "url": url })).into_response()))
        }
        Err(TurnedAway::Unknown) => Err(Problem::not_found().in_language(asker.language)),
        Err(TurnedAway::Failed(error)) => Err(problem(error, asker.language)),
        Err(_) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let problem = Problem::new(status, "directory", "Répertoire injoignable", "Directory out of reach");
            Err(problem.retry_after(60).in_language(asker.language))
        }
    }
}

fn lives() -> u64 {
    (DIRECTORY_MINUTES * 60).unsigned_abs()
}

fn turned_away(turned: &TurnedAway, secure: bool) -> Response {
    if let TurnedAway::Failed(error) = turned {
        tracing::error!(%error, "a sign-in at a directory failed");
    }
    sent(&format!("/sign-in?error={}", turned.code()), [cookie::set_directory("", 0, secure)])
}

/// Sends the browser to a place, with these cookies.
fn sent<const N: usize>(to: &str, cookies: [Option<HeaderValue>; N]) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    with(cookies, (StatusCode::FOUND, [(header::LOCATION, to)]).into_response())
}

fn with<const N: usize>(cookies: [Option<HeaderValue>; N], mut response: Response) -> Response {
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
