//! What the API's table of routes and the pages' are made of, and how both are served: no route is without who may call it, and none
//! is outside the door's limits.

use super::{
    access::Access,
    door::{self, Class, Limits},
};
use crate::gateway::Room;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    handler::Handler,
    http::Method,
    middleware::{self, Next},
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use std::sync::Arc;

/// Largest body, where a route doesn't take another: JSON or a form.
const BODY_BYTES_MAX: usize = 64 << 10;

pub(crate) const GET: Method = Method::GET;
pub(crate) const POST: Method = Method::POST;

/// A route.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    class: Class,
    body: DefaultBodyLimit,
    handler: MethodRouter<Arc<Room>>,
}

/// A route, who may call it, and what answers.
pub(crate) fn route<H, T>(method: Method, path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, Arc<Room>>,
    T: 'static,
{
    // Of the methods in use, all are known to the router.
    let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::TRACE);
    let body = DefaultBodyLimit::max(BODY_BYTES_MAX);
    Route { method, path, access, class: Class::Ordinary, body, handler: on(filter, handler) }
}

impl Route {
    /// The route with another limit of its body.
    pub(crate) fn taking(self, body: DefaultBodyLimit) -> Self {
        Self { body, ..self }
    }

    /// The route within the limits of a class of requests.
    pub(crate) fn within(self, class: Class) -> Self {
        Self { class, ..self }
    }
}

/// These routes, each behind a guard and its limits: an address' before anybody is known, an account's after.
pub(crate) fn router<G, F>(routes: Vec<Route>, room: &Arc<Room>, limits: &Arc<Limits>, guard: G) -> Router<Arc<Room>>
where
    G: Fn(State<(Arc<Room>, Access)>, Request, Next) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    routes.into_iter().fold(Router::new(), |router, route| {
        let guard = middleware::from_fn_with_state((Arc::clone(room), route.access), guard);
        let class = (Arc::clone(limits), route.class);
        let account = middleware::from_fn_with_state(class.clone(), door::account);
        let address = middleware::from_fn_with_state(class, door::address);
        let handler = route.handler.route_layer(route.body).route_layer(account);
        router.route(route.path, handler.route_layer(guard).route_layer(address))
    })
}
