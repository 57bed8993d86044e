//! The JSON API under `/api/v1`: bearer tokens, problem details (RFC 9457), one file a resource.
//!
//! Promises: nothing is served but by `routes`, where each route says who may call it; no response carries the cause of a failure, only a reference to it in the log.

mod access;
mod accounts;
mod audiences;
mod audit;
mod body;
mod budget;
mod cookie;
mod directory;
mod door;
mod erasures;
mod identity;
mod policy;
mod problem;
mod queries;
mod route;
mod routes;
mod templates;
mod uploads;

pub use cookie::OverTls;
pub use door::{API_POLICY, Door, Limits, OpenDoorError, PAGES_POLICY};
pub use problem::Problem;

// What the pages share with the API: who may, and what is told of what was refused.
pub(crate) use access::{Access, MANAGERS, MARKETERS, MEMBERS, admitted};
pub(crate) use accounts::{Visitor, recovery::send_link as request_recovery};
pub(crate) use audit::verified as verified_log;
pub(crate) use cookie::{set as set_session, value as cookie_value, written as cookie_of};
pub(crate) use door::Class;
pub(crate) use erasures::ERASURE_BYTES_MAX;
pub(crate) use identity::Asker;
pub(crate) use policy::{done as act_on_policies, problem as policy_problem};
pub(crate) use queries::asked;
pub(crate) use route::{GET, POST, Route, route, router as routes_behind};
pub(crate) use templates::{Mistake as TemplateMistake, done as act_on_templates, placed as template_mistake};

use crate::gateway::{AskError, Room};
use axum::{
    Router,
    extract::Request,
    http::header,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::{any::Any, io, sync::Arc};
use tower_http::catch_panic::CatchPanicLayer;
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
        erasures::create,
        templates::list,
        templates::log,
        templates::propose,
        templates::check,
        templates::version,
        templates::approve,
        templates::withdraw,
        queries::estimate,
        queries::ask,
        queries::answers,
        queries::answer,
        budget::show,
        budget::register,
        audit::jwks,
        audit::checkpoint,
        audit::cosign,
        audit::verify,
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
        policy::refuse,
        policy::retract,
        policy::withdraw,
        policy::lift,
        accounts::session::sign_in,
        accounts::session::second_factor,
        accounts::session::sign_out,
        accounts::session::list,
        accounts::session::end,
        accounts::own::password,
        accounts::own::no_password,
        accounts::own::begin,
        accounts::own::confirm,
        accounts::own::remove,
        accounts::own::recovery_codes,
        accounts::passkeys::begin_sign_in,
        accounts::passkeys::sign_in,
        accounts::passkeys::begin_joining,
        accounts::passkeys::join,
        accounts::passkeys::list,
        accounts::passkeys::begin_proof,
        accounts::passkeys::begin,
        accounts::passkeys::create,
        accounts::passkeys::remove,
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

/// Every route of the API over an open room, and the pages, behind the door's limits.
fn router(room: Arc<Room>, pages: Router, limits: Arc<door::Limits>) -> Router {
    // What is added last is met first.
    routes::router(&room, &limits)
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .layer(middleware::from_fn(worded))
        .with_state(room)
        .merge(pages)
        .layer(middleware::from_fn_with_state(limits, door::admit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(door::add_headers))
}

/// A refusal that isn't in the room's own words yet, in them: what a library says of a request may show its insides.
async fn worded(request: Request, next: Next) -> Response {
    let language = problem::language(request.headers());
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !response.status().is_client_error() || kind.is_some_and(|kind| kind == "application/problem+json") {
        return response;
    }
    Problem::unreadable(response.status()).in_language(language).into_response()
}

/// A fault of the room's own, told by its reference alone.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::from_ask(AskError::internal("request", &io::Error::other("panicked"))).into_response()
}
