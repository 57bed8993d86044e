//! The front door: whatever stands between the network and the routes.
//!
//! Promises: a plain connection is served only on this machine or through a trusted proxy; nobody can hold more of the room than their
//! share, however many connections, how slow or how much; what was begun when the room is asked to stop is finished, within a limit.

mod buckets;
mod client;
mod headers;
mod limits;
mod pace;
mod places;
mod stream;
mod tls;
mod visit;

pub(super) use headers::add as add_headers;
pub use headers::{API_POLICY, PAGES_POLICY};
pub(crate) use limits::Class;
pub use limits::Limits;
pub(super) use limits::{account, address, admit};

use crate::gateway::{DoorSettings, Room};
use axum::Router;
use axum_server::{Handle, Server, tls_rustls::RustlsAcceptor};
use rustix::process::{Resource, getrlimit, setrlimit};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use stream::PacedAcceptor;
use tls::Certificate;
use tokio::net::TcpListener;
use visit::Visits;

/// Most headers of a request, and most bytes of them with its first line.
const HEADERS_MAX: usize = 64;
const HEAD_BYTES_MAX: usize = 32 << 10;

/// Why the door can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenDoorError {
    /// Plain http would go over the network.
    #[error("{0} is not this machine alone, and nothing would be encrypted on the way to it")]
    Plain(IpAddr),
    /// The certificate or its key can't be used.
    #[error(transparent)]
    Tls(#[from] tls::CertificateError),
}

/// The front door of a room.
#[derive(Debug)]
pub struct Door {
    settings: Arc<DoorSettings>,
    tls: Option<Certificate>,
}

impl Door {
    /// The door as it is set up, on an address to listen on.
    ///
    /// # Errors
    /// When plain http would be served to the network, or the certificate can't be used.
    pub fn new(settings: DoorSettings, address: IpAddr) -> Result<Self, OpenDoorError> {
        let tls = settings.tls().map(|(certificate, key)| Certificate::read(certificate, key)).transpose()?;
        if tls.is_none() && !address.to_canonical().is_loopback() && !settings.has_proxies() {
            return Err(OpenDoorError::Plain(address));
        }
        Ok(Self { settings: Arc::new(settings), tls })
    }

    /// `https`, or `http`.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Serves the room and its pages until it is asked to stop; what is under way then is finished, within a limit.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        room: Arc<Room>,
        pages: impl FnOnce(&Arc<Room>, &Arc<Limits>) -> Router,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        raise_files();
        let limits = Arc::new(Limits::new(Arc::clone(&self.settings)));
        let pages = pages(&room, &limits);
        let router = super::router(room, pages, Arc::clone(&limits));
        let (handle, wait) = (Handle::new(), self.settings.stop());
        let stopper = tokio::spawn({
            let handle = handle.clone();
            async move {
                stop.await;
                handle.graceful_shutdown(Some(wait));
            }
        });
        let accept = PacedAcceptor::new(self.settings.pace());
        let head = self.settings.head();
        let plain = server(listener, handle, head);
        let visits = Visits::new(router, &self.settings, self.tls.is_some());
        let served = match self.tls {
            Some(certificate) => {
                let acceptor = RustlsAcceptor::new(certificate.config()).handshake_timeout(head);
                let renewing = tokio::spawn(certificate.renew());
                let served = plain.acceptor(acceptor.acceptor(accept)).serve(visits).await;
                renewing.abort();
                served
            }
            None => plain.acceptor(accept).serve(visits).await,
        };
        stopper.abort();
        // Whoever hung up has left their work behind.
        limits.finish(wait).await;
        served
    }
}

/// Has the system give the process as many open files as it may have: each connection is one.
fn raise_files() {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    // Where it doesn't, there are as many as before.
    let _ = setrlimit(Resource::Nofile, files);
}

/// A server that speaks HTTP/1.1 and expects a whole head within a time.
fn server(listener: TcpListener, handle: Handle<SocketAddr>, head: Duration) -> Server<SocketAddr> {
    let mut server = Server::from_listener(listener).handle(handle).http1_only().first_request_timeout(head);
    server.http_builder().http1().max_headers(HEADERS_MAX).max_buf_size(HEAD_BYTES_MAX).header_read_timeout(head);
    server
}
