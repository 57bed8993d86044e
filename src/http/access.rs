//! Who may call a route. The only place that says no for want of a sign-in, a role, or a request of the room's own pages: handlers
//! are called for who may, and take who that is from [`Asker`].

use super::{Problem, cookie, identity::Asker, problem::language};
use crate::{
    gateway::{self, AskError, Room},
    model::Role,
    people::{Identified, Means, PeopleError},
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Most that is read of the body of a request that is refused.
const REST_BYTES_MAX: usize = 64 << 10;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever comes.
    Anyone,
    /// Whoever is signed in, by session or token, in any role or none.
    SignedIn,
    /// Whoever is signed in by a session, in any role or none: what no token can do.
    InPerson,
    /// Whoever is signed in, in one of these roles.
    Roles(&'static [Role]),
}

/// The roles of a member's own work: all but the host's.
pub(crate) const MEMBERS: Access = Access::Roles(&Role::OF_MEMBERS);
pub(crate) const MARKETERS: Access = Access::Roles(&[Role::Marketer]);
/// Those who look after a member's people.
pub(crate) const MANAGERS: Access = Access::Roles(&[Role::Officer, Role::Host]);

impl Access {
    /// In words, for the OpenAPI document: `anyone`, `signed-in`, `in-person`, or the roles.
    pub(crate) fn words(self) -> Vec<&'static str> {
        match self {
            Self::Anyone => vec!["anyone"],
            Self::SignedIn => vec!["signed-in"],
            Self::InPerson => vec!["in-person"],
            Self::Roles(roles) => roles.iter().map(|role| role.as_str()).collect(),
        }
    }
}

/// Calls a route for who may; tells everybody else why not.
pub(super) async fn guard(State((room, access)): State<(Arc<Room>, Access)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let language = language(&parts.headers);
    match admitted(&room, access, &parts).await {
        Ok(asker) => {
            if let Some(asker) = asker {
                parts.extensions.insert(asker);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => {
            finish(&parts.headers, body).await;
            problem.in_language(language).into_response()
        }
    }
}

/// Reads what is left of a small body, so that the connection can carry the next request: what isn't read ends it.
async fn finish(headers: &HeaderMap, body: Body) {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length <= REST_BYTES_MAX) {
        // That it broke off is no news to who is refused.
        let _ = to_bytes(body, REST_BYTES_MAX).await;
    }
}

/// Who asks, if they may; nobody, of a route that anyone may call. Else what to tell them.
pub(crate) async fn admitted(room: &Room, access: Access, request: &Parts) -> Result<Option<Asker>, Problem> {
    let language = language(&request.headers);
    let (headers, changes) = (&request.headers, !matches!(request.method, Method::GET | Method::HEAD));
    let origin = Origin::of(headers, cookie::is_secure(headers, &request.extensions));
    // Nobody is signed in as somebody else by another site's page, either.
    if changes && origin == Origin::Elsewhere && bearer(headers).is_none() {
        return Err(Problem::cross_site());
    }
    if access == Access::Anyone {
        return Ok(None);
    }
    let known = known(room, request).await.map_err(|error| internal("people", &error))?;
    let Identified { user, means } = known.ok_or_else(Problem::unauthorized)?;
    match means {
        // A browser sends a cookie along whoever's page asks.
        Means::Session(_) if changes && origin != Origin::Own => return Err(Problem::cross_site()),
        Means::Token { .. } if access == Access::InPerson => return Err(Problem::in_person()),
        Means::Token { read_only: true, .. } if changes => return Err(Problem::read_only()),
        _ => {}
    }
    if let Access::Roles(roles) = access
        && !roles.iter().any(|role| user.is(*role))
    {
        return Err(Problem::wrong_role(roles));
    }
    // What another gateway has put in force is what every answer tells of.
    room.rules_now().await.map_err(|error| internal("rules", &error))?;
    Ok(Some(Asker { user, means, language }))
}

fn internal(what: &'static str, error: &(dyn std::error::Error + 'static)) -> Problem {
    Problem::from_ask(AskError::internal(what, error))
}

/// By a token, where one is given; else by a session.
async fn known(room: &Room, request: &Parts) -> Result<Option<Identified>, PeopleError> {
    if let Some(token) = bearer(&request.headers) {
        return gateway::known_by_token(room, token).await;
    }
    match cookie::session(&request.headers, cookie::is_secure(&request.headers, &request.extensions)) {
        Some(secret) => gateway::known_by_session(room, &secret).await,
        None => Ok(None),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// Whose page a request comes from, as the browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The room's own.
    Own,
    /// Another site's, or one that is hidden.
    Elsewhere,
    /// It isn't said: programs don't, and every browser of these years does.
    Unsaid,
}

impl Origin {
    /// `secure`: the room is reached over TLS, so what calls itself its page over plain http is somebody's on the way.
    fn of(headers: &HeaderMap, secure: bool) -> Self {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        // Told by the browser and by no page (Fetch Metadata); a sibling domain is another site's here.
        match text("sec-fetch-site") {
            Some("same-origin") => return Self::Own,
            Some("none") | None => {}
            Some(_) => return Self::Elsewhere,
        }
        let Some(origin) = text("origin") else { return Self::Unsaid };
        let host = text("host").unwrap_or_default();
        let own = origin.split_once("://").is_some_and(|(scheme, authority)| {
            (scheme == "https" || scheme == "http" && !secure)
                && !host.is_empty()
                && authority.eq_ignore_ascii_case(host)
        });
        if own { Self::Own } else { Self::Elsewhere }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_the_room_s_own_pages_are_its_own() {
        let of = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            let secure = cookie::is_secure(&headers, &axum::http::Extensions::new());
            Origin::of(&headers, secure)
        };
        let host = ("host", "salle.example.ca");
        assert_eq!(of(&[host]), Origin::Unsaid);
        assert_eq!(of(&[host, ("origin", "https://salle.example.ca")]), Origin::Own);
        assert_eq!(of(&[host, ("sec-fetch-site", "same-origin")]), Origin::Own);
        assert_eq!(of(&[("host", "localhost:8100"), ("origin", "http://localhost:8100")]), Origin::Own);
        assert_eq!(of(&[host, ("origin", "http://salle.example.ca")]), Origin::Elsewhere, "not over TLS");
        for elsewhere in [
            "https://evil.example",
            "null",
            "",
            "https://salle.example.ca.evil.example",
            "https://salle.example.ca:444",
            "file://salle.example.ca",
            "https://evil.example/salle.example.ca",
        ] {
            assert_eq!(of(&[host, ("origin", elsewhere)]), Origin::Elsewhere, "{elsewhere}");
        }
        for site in ["cross-site", "same-site", "odd"] {
            assert_eq!(
                of(&[host, ("origin", "https://salle.example.ca"), ("sec-fetch-site", site)]),
                Origin::Elsewhere
            );
        }
        assert_eq!(of(&[("origin", "https://")]), Origin::Elsewhere);
    }
}
