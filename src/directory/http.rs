//! Requests to a directory: short, bounded, over TLS, following no redirect.

use super::DirectorySettingsError;
use openidconnect::{HttpRequest, HttpResponse};
use std::{fs, io, path::Path, sync::Arc, time::Duration};
use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};

/// How long a directory may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of an answer.
const BYTES_MAX: u64 = 1 << 20;

/// Why a directory gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// It can't be reached, or said too much.
    #[error("the directory can't be reached")]
    Unreachable(#[from] ureq::Error),
    /// The request can't be made.
    #[error("the request can't be made")]
    Request(#[from] ureq::http::Error),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping(#[from] tokio::task::JoinError),
}

/// What speaks to a directory; with the certificate that signs its own, where one is named.
pub(super) fn agent(ca: Option<&Path>) -> Result<Agent, DirectorySettingsError> {
    let mut tls = TlsConfig::builder();
    if let Some(path) = ca {
        let failed = |source| DirectorySettingsError::File { path: path.to_owned(), source };
        let pem = fs::read(path).map_err(failed)?;
        let known: Vec<Certificate<'static>> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if known.is_empty() {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidData, "no certificate in it")));
        }
        tls = tls.root_certs(RootCerts::Specific(Arc::new(known)));
    }
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // A redirect would lead the room to wherever the directory likes.
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .tls_config(tls.build())
        .user_agent(concat!("camerata/", env!("CARGO_PKG_VERSION")));
    Ok(config.build().into())
}

/// One request.
pub(super) async fn call(agent: Agent, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let answer = tokio::task::spawn_blocking(move || {
        let mut response = agent.run(request)?;
        let body = response.body_mut().with_config().limit(BYTES_MAX).read_to_vec()?;
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok::<_, ureq::Error>(answer)
    });
    Ok(answer.await??)
}
