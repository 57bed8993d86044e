//! Every route, with who may call it. Nothing is served that isn't here, and nothing is here without its access.

use super::{
    Api,
    access::{Access, MANAGERS, MARKETERS, MEMBERS, guard},
    accounts::{device, invitations, letters, own, passkeys, recovery, session, tokens, users},
    audiences, audit, budget, directory,
    door::{Class, Limits},
    erasures, identity, policy, queries,
    route::{self, GET, POST, Route, route},
    templates, uploads,
};
use crate::{gateway::Room, model::Role};
use axum::{Json, Router, extract::DefaultBodyLimit, http::Method};
use std::sync::Arc;
use utoipa::{
    OpenApi as _,
    openapi::{
        OpenApi, Response,
        extensions::Extensions,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

/// Largest proposal: a whole policy folder as JSON.
const PROPOSAL_BYTES_MAX: usize = 40 << 20;

const OFFICERS: Access = Access::Roles(&[Role::Officer]);
const STEWARDS: Access = Access::Roles(&[Role::Steward]);
/// Those who see how the room works: the members' people and its hosts.
const ALL: Access = Access::Roles(&Role::ALL);

const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

fn routes() -> Vec<Route> {
    let stream = DefaultBodyLimit::disable;
    let erasure = || DefaultBodyLimit::max(erasures::ERASURE_BYTES_MAX);
    let proposal = || DefaultBodyLimit::max(PROPOSAL_BYTES_MAX);
    let mut routes = vec![
        route(GET, "/health", Access::Anyone, identity::health),
        route(GET, "/api/openapi.json", Access::Anyone, async || Json(document())),
        route(GET, "/api/v1/me", Access::SignedIn, identity::me),
        route(GET, "/api/v1/vocabulary", ALL, audiences::vocabulary),
        route(GET, "/api/v1/audiences", MEMBERS, audiences::list),
        route(POST, "/api/v1/uploads", STEWARDS, uploads::create).within(Class::Upload),
        route(GET, "/api/v1/uploads/{id}", STEWARDS, uploads::show).within(Class::Upload),
        route(Method::PATCH, "/api/v1/uploads/{id}", STEWARDS, uploads::receive).taking(stream()).within(Class::Upload),
        route(DELETE, "/api/v1/uploads/{id}", STEWARDS, uploads::abandon).within(Class::Upload),
        route(POST, "/api/v1/uploads/{id}/complete", STEWARDS, uploads::complete).within(Class::Upload),
        route(POST, "/api/v1/erasures", STEWARDS, erasures::create).taking(erasure()).within(Class::Upload),
        route(GET, "/api/v1/templates", ALL, templates::list),
        route(GET, "/api/v1/templates/log", ALL, templates::log),
        route(POST, "/api/v1/template-proposals", OFFICERS, templates::propose).within(Class::Propose),
        route(POST, "/api/v1/template-proposals/check", OFFICERS, templates::check).within(Class::Propose),
        route(GET, "/api/v1/template-proposals/{hash}", ALL, templates::version),
        route(POST, "/api/v1/template-proposals/{hash}/approval", OFFICERS, templates::approve).within(Class::Propose),
        route(DELETE, "/api/v1/template-proposals/{hash}/approval", OFFICERS, templates::withdraw)
            .within(Class::Propose),
        route(POST, "/api/v1/estimate", MARKETERS, queries::estimate).within(Class::Ask),
        route(POST, "/api/v1/queries", MARKETERS, queries::ask).within(Class::Ask),
        route(GET, "/api/v1/answers", MARKETERS, queries::answers),
        route(GET, "/api/v1/answers/{id}", MARKETERS, queries::answer),
        route(GET, "/api/v1/answers/{id}/receipt", MARKETERS, audit::receipt).within(Class::Proof),
        route(GET, "/api/v1/budget", MEMBERS, budget::show),
        route(GET, "/api/v1/register", Access::Anyone, budget::register).within(Class::Proof),
        route(GET, "/.well-known/jwks.json", Access::Anyone, audit::jwks).within(Class::Proof),
        route(GET, "/api/v1/audit/checkpoint", Access::Anyone, audit::checkpoint).within(Class::Proof),
        route(POST, "/api/v1/audit/cosignatures", OFFICERS, audit::cosign).within(Class::Proof),
        route(POST, "/api/v1/audit/verification", OFFICERS, audit::verify).within(Class::Proof),
        route(GET, "/api/v1/audit/consistency", Access::Anyone, audit::consistency).within(Class::Proof),
        route(GET, "/api/v1/audit/inclusion", ALL, audit::inclusion).within(Class::Proof),
        route(GET, "/api/v1/audit/hashes", ALL, audit::hashes).within(Class::Proof),
        route(GET, "/api/v1/audit/entries", MEMBERS, audit::entries).within(Class::Proof),
        route(GET, "/api/v1/policy", ALL, policy::current),
        route(GET, "/api/v1/policy/log", ALL, policy::log),
        route(GET, "/api/v1/policy/versions/{version}", ALL, policy::version),
        route(GET, "/api/v1/policy/proposals", ALL, policy::proposals),
        route(POST, "/api/v1/policy/proposals", OFFICERS, policy::propose).taking(proposal()).within(Class::Propose),
        route(GET, "/api/v1/policy/proposals/{id}", ALL, policy::proposal),
        route(DELETE, "/api/v1/policy/proposals/{id}", OFFICERS, policy::withdraw),
        route(POST, "/api/v1/policy/proposals/{id}/approval", OFFICERS, policy::approve).within(Class::Propose),
        route(DELETE, "/api/v1/policy/proposals/{id}/approval", OFFICERS, policy::retract).within(Class::Propose),
        route(POST, "/api/v1/policy/proposals/{id}/refusal", OFFICERS, policy::refuse).within(Class::Propose),
        route(DELETE, "/api/v1/policy/narrowings", OFFICERS, policy::lift),
    ];
    routes.extend(accounts());
    routes
}

/// Those by which people come in, and look after their accounts.
fn accounts() -> Vec<Route> {
    vec![
        route(POST, "/api/v1/session", Access::Anyone, session::sign_in).within(Class::SignIn),
        route(POST, "/api/v1/session/second-factor", Access::Anyone, session::second_factor).within(Class::SignIn),
        route(DELETE, "/api/v1/session", Access::InPerson, session::sign_out),
        route(GET, "/api/v1/sessions", Access::InPerson, session::list),
        route(DELETE, "/api/v1/sessions/{id}", Access::InPerson, session::end),
        route(POST, "/api/v1/me/password", Access::InPerson, own::password),
        route(DELETE, "/api/v1/me/password", Access::InPerson, own::no_password),
        route(POST, "/api/v1/me/second-factor", Access::InPerson, own::begin),
        route(POST, "/api/v1/me/second-factor/confirmation", Access::InPerson, own::confirm),
        route(DELETE, "/api/v1/me/second-factor", Access::InPerson, own::remove),
        route(POST, "/api/v1/me/recovery-codes", Access::InPerson, own::recovery_codes),
        route(POST, "/api/v1/session/passkey", Access::Anyone, passkeys::begin_sign_in).within(Class::SignIn),
        route(POST, "/api/v1/session/passkey/assertion", Access::Anyone, passkeys::sign_in).within(Class::SignIn),
        route(POST, "/api/v1/invitation/passkey", Access::Anyone, passkeys::begin_joining).within(Class::SignIn),
        route(POST, "/api/v1/invitation/passkey/acceptance", Access::Anyone, passkeys::join).within(Class::SignIn),
        route(GET, "/api/v1/me/passkeys", Access::InPerson, passkeys::list),
        route(POST, "/api/v1/me/passkeys", Access::InPerson, passkeys::create),
        route(POST, "/api/v1/me/passkeys/proof", Access::InPerson, passkeys::begin_proof),
        route(POST, "/api/v1/me/passkeys/registration", Access::InPerson, passkeys::begin),
        route(DELETE, "/api/v1/me/passkeys/{id}", Access::InPerson, passkeys::remove),
        route(POST, "/api/v1/recovery", Access::Anyone, recovery::request).within(Class::SignIn),
        route(POST, "/api/v1/recovery/password", Access::Anyone, recovery::complete).within(Class::SignIn),
        route(GET, "/api/v1/directories", Access::Anyone, directory::list),
        route(GET, "/api/v1/directory/callback", Access::Anyone, directory::callback).within(Class::SignIn),
        route(GET, "/api/v1/directory/{member}", Access::Anyone, directory::begin).within(Class::SignIn),
        route(POST, "/api/v1/me/directory", Access::InPerson, directory::link),
        route(GET, "/api/v1/me/letters", Access::SignedIn, letters::list),
        route(PUT, "/api/v1/me/letters", Access::SignedIn, letters::choose),
        route(POST, "/api/v1/invitations", MANAGERS, invitations::create),
        route(GET, "/api/v1/invitations", MANAGERS, invitations::list),
        route(DELETE, "/api/v1/invitations/{id}", MANAGERS, invitations::withdraw),
        route(POST, "/api/v1/invitation", Access::Anyone, invitations::open).within(Class::SignIn),
        route(POST, "/api/v1/invitation/acceptance", Access::Anyone, invitations::accept).within(Class::SignIn),
        route(GET, "/api/v1/users", MANAGERS, users::list),
        route(PUT, "/api/v1/users/{id}/roles", MANAGERS, users::roles),
        route(DELETE, "/api/v1/users/{id}", MANAGERS, users::end),
        route(DELETE, "/api/v1/users/{id}/second-factor", MANAGERS, users::reset),
        route(POST, "/api/v1/tokens", Access::InPerson, tokens::create),
        route(GET, "/api/v1/tokens", Access::InPerson, tokens::list),
        route(DELETE, "/api/v1/tokens/{id}", Access::InPerson, tokens::end),
        route(DELETE, "/api/v1/token", Access::SignedIn, tokens::end_own),
        route(POST, "/api/v1/device", Access::Anyone, device::begin).within(Class::SignIn),
        route(POST, "/api/v1/device/token", Access::Anyone, device::token),
        route(POST, "/api/v1/device/code", Access::InPerson, device::show),
        route(POST, "/api/v1/device/approve", Access::InPerson, device::approve),
        route(POST, "/api/v1/device/refuse", Access::InPerson, device::refuse),
    ]
}

/// All routes.
pub(super) fn router(room: &Arc<Room>, limits: &Arc<Limits>) -> Router<Arc<Room>> {
    route::router(routes(), room, limits, guard)
}

/// The API as OpenAPI, each route with who may call it: `x-access`, and what it answers to others.
pub(super) fn document() -> OpenApi {
    let mut document = Api::openapi();
    for route in routes() {
        let item = document.paths.paths.get_mut(route.path);
        if let Some(operation) = item.and_then(|item| operation(item, &route.method)) {
            declare(operation, &route);
        }
    }
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-camerata"));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    document
}

fn operation<'a>(item: &'a mut PathItem, method: &Method) -> Option<&'a mut Operation> {
    let operation = match *method {
        Method::GET => &mut item.get,
        Method::POST => &mut item.post,
        Method::PUT => &mut item.put,
        Method::PATCH => &mut item.patch,
        Method::DELETE => &mut item.delete,
        _ => return None,
    };
    operation.as_mut()
}

fn declare(operation: &mut Operation, route: &Route) {
    let access = route.access;
    let scopes: [&str; 0] = [];
    let (session, token) = (SecurityRequirement::new("session", scopes), SecurityRequirement::new("token", scopes));
    operation.security = match access {
        Access::Anyone => None,
        Access::InPerson => Some(vec![session]),
        Access::SignedIn | Access::Roles(_) => Some(vec![session, token]),
    };
    let words = Extensions::builder().add("x-access", access.words()).build();
    operation.extensions.get_or_insert_default().merge(words);
    let mut says = |status: &str, what: &str| {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| Response::new(what).into());
    };
    if access != Access::Anyone {
        says("401", "nobody is signed in");
    }
    says("403", "not for who asks, or asked by another site's page");
    if route.path.contains('{') {
        says("404", "there is no such thing, or not for who asks");
    }
    if !route.method.is_safe() {
        says("422", "what was sent doesn't say what it should");
    }
    // The door's own.
    for (status, what) in [
        ("400", "nothing that can be read as a request"),
        ("408", "the rest of the request was too long in coming"),
        ("429", "too often: `Retry-After` says when to come again"),
        ("431", "the head is too large"),
        ("503", "too much at once: `Retry-After` says when to come again"),
    ] {
        says(status, what);
    }
}
