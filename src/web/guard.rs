//! Lets who may into a page, by the API's own rule; sends who isn't signed in to do that first.

use super::page::Page;
use crate::{
    gateway::Room,
    http::{self, Access},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Method, StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

/// Opens a page for who may; tells everybody else why not.
pub(super) async fn guard(State((room, access)): State<(Arc<Room>, Access)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // On a page for anyone too, who is signed in finds their own menu.
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if access == Access::Anyone
        && reads
        && let Ok(Some(asker)) = http::admitted(&room, Access::InPerson, &parts).await
    {
        parts.extensions.insert(asker);
    }
    match http::admitted(&room, access, &parts).await {
        Ok(asker) => {
            if let Some(asker) = asker {
                parts.extensions.insert(asker);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => sign_in(&parts).into_response(),
        Err(problem) => match Page::from_request_parts(&mut parts, &room).await {
            Ok(page) => page.problem(&problem),
            Err(never) => match never {},
        },
    }
}

/// To the sign-in, and back here after: to what can be opened again, which a form that was sent can't.
fn sign_in(parts: &Parts) -> Redirect {
    let here = parts.uri.path_and_query().map_or("/", |here| here.as_str());
    if parts.method != Method::GET || here == "/" {
        return Redirect::to("/sign-in");
    }
    let next: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    Redirect::to(&format!("/sign-in?next={next}"))
}
