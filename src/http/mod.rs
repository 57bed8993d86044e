//! The JSON API under `/api/v1`: bearer tokens, problem details (RFC 9457), one file a resource.
//!
//! Promises: nothing is served but by `routes`, where each route says who may call it; no response carries the cause of a failure, only a reference to it in the log.

mod access;
mod accounts;
mod audiences;
mod audit;
mod budget;
mod cookie;
mod directory;
mod identity;
mod policy;
mod problem;
mod queries;
mod routes;
mod templates;
mod uploads;

pub use cookie::OverTls;
pub use problem::Problem;

use crate::gateway::Room;
use axum::{
    Router,
    http::{HeaderValue, Request, header},
    middleware::{self, Next},
    response::Response,
};
use std::{io, sync::Arc};
use tokio::net::TcpListener;
use utoipa::OpenApi;

/// The API as OpenAPI, made from the code.
#[derive(OpenApi)]
#[openapi(
    info(title = "Camerata", description = "Salle blanche d'une coopérative / A co-operative's data clean room"),
    paths(
        identity::me,
        identity::health,
        audiences::list,
        audiences::vocabulary,
        uploads::create,
        uploads::show,
        uploads::receive,
        uploads::complete,
        uploads::abandon,
        templates::list,
        templates::log,
        templates::propose,
        templates::version,
        templates::approve,
        templates::withdraw,
        queries::estimate,
        queries::ask,
        queries::answers,
        queries::answer,
        budget::show,
        audit::jwks,
        audit::checkpoint,
        audit::cosign,
        audit::consistency,
        audit::inclusion,
        audit::hashes,
        audit::entries,
        audit::receipt,
        policy::current,
        policy::log,
        policy::version,
        policy::proposals,
        policy::proposal,
        policy::propose,
        policy::approve,
        policy::retract,
        policy::withdraw,
        policy::lift,
        accounts::session::sign_in,
        accounts::session::second_factor,
        accounts::session::sign_out,
        accounts::session::list,
        accounts::session::end,
        accounts::own::password,
        accounts::own::begin,
        accounts::own::confirm,
        accounts::own::remove,
        accounts::own::recovery_codes,
        directory::list,
        directory::begin,
        directory::callback,
        directory::link,
        accounts::letters::list,
        accounts::letters::choose,
        accounts::recovery::request,
        accounts::recovery::complete,
        accounts::invitations::create,
        accounts::invitations::list,
        accounts::invitations::withdraw,
        accounts::invitations::open,
        accounts::invitations::accept,
        accounts::users::list,
        accounts::users::roles,
        accounts::users::end,
        accounts::users::reset,
        accounts::tokens::create,
        accounts::tokens::list,
        accounts::tokens::end,
        accounts::tokens::end_own,
        accounts::device::begin,
        accounts::device::token,
        accounts::device::show,
        accounts::device::approve,
        accounts::device::refuse,
    )
)]
struct Api;

/// The API's OpenAPI document as JSON.
///
/// # Errors
/// When it can't be written as JSON.
pub fn openapi() -> Result<String, serde_json::Error> {
    routes::document().to_pretty_json()
}

/// Every route of the API over an open room.
pub fn router(room: Arc<Room>) -> Router {
    routes::router(&room)
        .fallback(|| async { Problem::not_found() })
        .layer(middleware::from_fn(private))
        .with_state(room)
}

/// Nothing of the API may be kept by a cache or guessed into another type.
async fn private(request: Request<axum::body::Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Serves the room until the process is asked to stop; requests under way are finished.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    room: Arc<Room>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(room)).with_graceful_shutdown(stop).await
}
