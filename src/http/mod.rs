//! The JSON API under `/api/v1`: bearer tokens, problem details (RFC 9457), one file a resource.
//!
//! Promise: no response carries the cause of a failure, only a reference to it in the log.

mod audiences;
mod audit;
mod budget;
mod identity;
mod policy;
mod problem;
mod queries;
mod templates;
mod uploads;

pub use problem::Problem;

use crate::gateway::Room;
use axum::{
    Json, Router,
    http::{HeaderValue, Request, header},
    middleware::{self, Next},
    response::Response,
    routing::{delete, get, post},
};
use std::{io, sync::Arc};
use tokio::net::TcpListener;
use utoipa::OpenApi;

/// Largest JSON body; streams of uploads have no such limit.
const BODY_BYTES_MAX: usize = 64 << 10;
/// Largest proposal: a whole policy folder as JSON.
const PROPOSAL_BYTES_MAX: usize = 40 << 20;

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
    )
)]
struct Api;

/// The API's OpenAPI document as JSON.
///
/// # Errors
/// When it can't be written as JSON.
pub fn openapi() -> Result<String, serde_json::Error> {
    Api::openapi().to_pretty_json()
}

/// Every route of the API over an open room.
pub fn router(room: Arc<Room>) -> Router {
    let streams = Router::new()
        .route("/api/v1/uploads/{id}", get(uploads::show).patch(uploads::receive).delete(uploads::abandon))
        .layer(axum::extract::DefaultBodyLimit::disable());
    let proposals = Router::new()
        .route("/api/v1/policy/proposals", get(policy::proposals).post(policy::propose))
        .layer(axum::extract::DefaultBodyLimit::max(PROPOSAL_BYTES_MAX));
    Router::new()
        .route("/health", get(identity::health))
        .route("/api/openapi.json", get(|| async { Json(Api::openapi()) }))
        .route("/api/v1/me", get(identity::me))
        .route("/api/v1/vocabulary", get(audiences::vocabulary))
        .route("/api/v1/audiences", get(audiences::list))
        .route("/api/v1/uploads", post(uploads::create))
        .route("/api/v1/uploads/{id}/complete", post(uploads::complete))
        .route("/api/v1/templates", get(templates::list))
        .route("/api/v1/templates/log", get(templates::log))
        .route("/api/v1/template-proposals", post(templates::propose))
        .route("/api/v1/template-proposals/{hash}", get(templates::version))
        .route("/api/v1/template-proposals/{hash}/approval", post(templates::approve).delete(templates::withdraw))
        .route("/api/v1/estimate", post(queries::estimate))
        .route("/api/v1/queries", post(queries::ask))
        .route("/api/v1/answers", get(queries::answers))
        .route("/api/v1/answers/{id}", get(queries::answer))
        .route("/api/v1/answers/{id}/receipt", get(audit::receipt))
        .route("/api/v1/budget", get(budget::show))
        .route("/.well-known/jwks.json", get(audit::jwks))
        .route("/api/v1/audit/checkpoint", get(audit::checkpoint))
        .route("/api/v1/audit/cosignatures", post(audit::cosign))
        .route("/api/v1/audit/consistency", get(audit::consistency))
        .route("/api/v1/audit/inclusion", get(audit::inclusion))
        .route("/api/v1/audit/hashes", get(audit::hashes))
        .route("/api/v1/audit/entries", get(audit::entries))
        .route("/api/v1/policy", get(policy::current))
        .route("/api/v1/policy/log", get(policy::log))
        .route("/api/v1/policy/versions/{version}", get(policy::version))
        .route("/api/v1/policy/proposals/{id}", get(policy::proposal).delete(policy::withdraw))
        .route("/api/v1/policy/proposals/{id}/approval", post(policy::approve).delete(policy::retract))
        .route("/api/v1/policy/narrowings", delete(policy::lift))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
        .merge(streams)
        .merge(proposals)
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
