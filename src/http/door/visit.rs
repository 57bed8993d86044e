//! A connection, once there is a place for it.

use super::{
    client::Peer,
    places::{Place, Places, block},
};
use crate::gateway::DoorSettings;
use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::Request,
    response::Response,
    routing::future::RouteFuture,
};
use std::{
    convert::Infallible,
    future::{Ready, ready},
    io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};
use tower::Service;

/// Gives connections their places.
pub(super) struct Visits {
    router: Router,
    settings: Arc<DoorSettings>,
    connections: Arc<Places>,
    tls: bool,
}

/// A connection's requests: each is told whose it is.
#[derive(Clone)]
pub(super) struct Visit {
    router: Router,
    peer: Peer,
    _place: Arc<Place>,
}

impl Visits {
    pub(super) fn new(router: Router, settings: &Arc<DoorSettings>, tls: bool) -> Self {
        let connections = Places::new(settings.connections());
        Self { router, settings: Arc::clone(settings), connections, tls }
    }
}

impl Service<SocketAddr> for Visits {
    type Response = Visit;
    type Error = io::Error;
    type Future = Ready<io::Result<Visit>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, address: SocketAddr) -> Self::Future {
        let address = address.ip();
        // A proxy's connections are those of everybody behind it.
        let share = (!self.settings.is_trusted(address)).then(|| block(address));
        // Closed without a word: answering costs what there is too little of.
        let Some(place) = self.connections.take(share) else {
            return ready(Err(io::Error::from(io::ErrorKind::QuotaExceeded)));
        };
        let peer = Peer { address, tls: self.tls };
        ready(Ok(Visit { router: self.router.clone(), peer, _place: Arc::new(place) }))
    }
}

impl<B> Service<Request<B>> for Visit
where
    B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.peer);
        self.router.call(request)
    }
}
