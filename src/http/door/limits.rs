//! How much of the room anybody may have: how often, how much at once, for how long.

use super::{
    HEAD_BYTES_MAX, HEADERS_MAX,
    buckets::Buckets,
    client::{Client, Peer},
    pace::PacedBody,
    places::{Places, block},
};
use crate::{
    gateway::{AskError, DoorSettings},
    http::{OverTls, Problem, identity::Asker, problem::language},
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

/// What kind of request a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// What reads or changes little.
    Ordinary,
    /// What lets somebody in: from where nobody is known yet.
    SignIn,
    /// Uploads: their streams take as long as they take.
    Upload,
    /// Questions and estimates: they wait for their turn at the engine.
    Ask,
    /// Proofs of the log.
    Proof,
    /// Proposals: whole folders, compared with what is in force.
    Propose,
}

/// The limits of the room.
pub struct Limits {
    settings: Arc<DoorSettings>,
    ordinary: Buckets,
    signins: Buckets,
    uploads: Buckets,
    questions: Buckets,
    proofs: Buckets,
    running: Arc<Places>,
    works: TaskTracker,
}

impl Limits {
    pub(super) fn new(settings: Arc<DoorSettings>) -> Self {
        Self {
            ordinary: Buckets::shared(settings.requests_max()),
            signins: Buckets::alike(settings.signins_max()),
            uploads: Buckets::shared(settings.uploads_max()),
            questions: Buckets::shared(settings.questions_max()),
            proofs: Buckets::shared(settings.proofs_max()),
            running: Places::new(settings.running()),
            works: TaskTracker::new(),
            settings,
        }
    }

    fn buckets(&self, class: Class) -> &Buckets {
        match class {
            Class::Ordinary | Class::Propose => &self.ordinary,
            Class::SignIn => &self.signins,
            Class::Upload => &self.uploads,
            Class::Ask => &self.questions,
            Class::Proof => &self.proofs,
        }
    }

    /// Waits for the work that was begun, so long at most.
    pub(super) async fn finish(&self, longest: Duration) {
        self.works.close();
        if timeout(longest, self.works.wait()).await.is_err() {
            tracing::warn!(left = self.works.len(), "stopped before all that was begun was done");
        }
    }
}

/// Lets a request in, if there is a place for it.
pub(in crate::http) async fn admit(State(limits): State<Arc<Limits>>, mut request: Request, next: Next) -> Response {
    let language = language(request.headers());
    // Nothing but the listener makes requests without a peer: tests of the router alone.
    let here = Peer { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
    let peer = request.extensions().get::<Peer>().copied().unwrap_or(here);
    if !has_fair_head(&request) {
        return last(Problem::large_head().in_language(language));
    }
    if is_ambiguous(request.version(), request.headers()) {
        return last(Problem::ambiguous().in_language(language));
    }
    let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let Some(client) = Client::of(peer, request.headers(), &limits.settings) else {
        return last(Problem::plain().in_language(language));
    };
    let over_tls = client.over_tls.map(OverTls);
    let share = block(client.address);
    request.extensions_mut().insert(client);
    if let Some(over_tls) = over_tls {
        request.extensions_mut().insert(over_tls);
    }
    let mut response = match limits.ordinary.addresses.take(&share) {
        Err(seconds) => last(Problem::too_many(seconds).in_language(language)),
        Ok(()) => match limits.running.take(Some(share)) {
            None => last(Problem::overloaded().in_language(language)),
            Some(place) => {
                let (request, was_slow) = paced(request, &limits);
                let is_stream = request.method() == Method::PATCH;
                let response = if request.method().is_safe() {
                    let response = next.run(request).await;
                    drop(place);
                    response
                } else {
                    // In a task of its own, with its place: whoever hangs up leaves neither half of a change nor room for more.
                    let work = limits.works.spawn(async move {
                        let response = next.run(request).await;
                        drop(place);
                        response
                    });
                    work.await.unwrap_or_else(|error| {
                        Problem::from_ask(AskError::internal("request", &error)).in_language(language).into_response()
                    })
                };
                // A stream says itself how far it came.
                if was_slow.load(Ordering::Relaxed) && !is_stream {
                    last(Problem::slow().in_language(language))
                } else {
                    response
                }
            }
        },
    };
    if let Some(over_tls) = over_tls {
        response.extensions_mut().insert(over_tls);
    }
    // A length beside it may have been left out by who read it: what follows on the connection may be somebody's body (RFC 9112, 6.1).
    if chunked {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Whether the head is no larger than anything honest.
fn has_fair_head(request: &Request) -> bool {
    let headers = request.headers();
    let bytes = headers.iter().map(|(name, value)| name.as_str().len().saturating_add(value.len()));
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    headers.len() <= HEADERS_MAX && bytes.sum::<usize>().saturating_add(target) <= HEAD_BYTES_MAX
}

/// Whether two readers could take the body's end to be in different places, or the request for another host's.
fn is_ambiguous(version: Version, headers: &HeaderMap) -> bool {
    let coded = headers.get_all(header::TRANSFER_ENCODING).iter().count();
    let lengths = headers.get_all(header::CONTENT_LENGTH).iter().count();
    let hosts = headers.get_all(header::HOST).iter().count();
    let one_host = hosts == 1 || (hosts == 0 && version == Version::HTTP_10);
    coded > 1 || lengths > 1 || coded + lengths > 1 || !one_host
}

fn paced(request: Request, limits: &Limits) -> (Request, Arc<std::sync::atomic::AtomicBool>) {
    let (parts, body) = request.into_parts();
    let (body, was_slow): (Body, _) = PacedBody::around(body, limits.settings.pace());
    (Request::from_parts(parts, body), was_slow)
}

/// An answer after which the connection ends: what else was sent isn't read.
fn last(problem: Problem) -> Response {
    let mut response = problem.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Before it is known who asks: how often their address may, and how long it may take.
pub(in crate::http) async fn address(
    State((limits, class)): State<(Arc<Limits>, Class)>,
    request: Request,
    next: Next,
) -> Response {
    let language = language(request.headers());
    let share = request.extensions().get::<Client>().map(|client| block(client.address));
    // The ordinary ones were counted at the door.
    let counted = !matches!(class, Class::Ordinary | Class::Propose);
    if let Some(Err(seconds)) = share.filter(|_| counted).map(|share| limits.buckets(class).addresses.take(&share)) {
        return last(Problem::too_many(seconds).in_language(language));
    }
    match class {
        Class::Ordinary | Class::SignIn | Class::Proof => timeout(limits.settings.request(), next.run(request))
            .await
            .unwrap_or_else(|_| last(Problem::overloaded().in_language(language))),
        Class::Upload | Class::Ask | Class::Propose => next.run(request).await,
    }
}

/// Once it is known who asks: how often they may, and their member.
pub(in crate::http) async fn account(
    State((limits, class)): State<(Arc<Limits>, Class)>,
    request: Request,
    next: Next,
) -> Response {
    let Some(asker) = request.extensions().get::<Asker>() else { return next.run(request).await };
    let buckets = limits.buckets(class);
    let taken = buckets.accounts.take(&asker.user.id).and_then(|()| buckets.members.take(&asker.user.member));
    match taken {
        Ok(()) => next.run(request).await,
        Err(seconds) => last(Problem::too_many(seconds).in_language(asker.language)),
    }
}
