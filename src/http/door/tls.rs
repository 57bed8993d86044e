//! The room's certificate: read from its files, and again when they change, without a connection being dropped.

use axum_server::tls_rustls::RustlsConfig;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    version::{TLS12, TLS13},
};
use sha2::{Digest, Sha256};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Why a certificate can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file can't be read.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file isn't PEM, or holds nothing of the kind.
    #[error("{0} holds no certificate or key in PEM")]
    Pem(PathBuf),
    /// They don't go together, or are of a kind that isn't spoken.
    #[error("the TLS certificate and its key can't be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The certificate in use, and where it comes from.
#[derive(Debug)]
pub(super) struct Certificate {
    certificate: PathBuf,
    key: PathBuf,
    /// Of both files, as they were read.
    digest: [u8; 32],
    config: RustlsConfig,
}

impl Certificate {
    pub(super) fn read(certificate: &Path, key: &Path) -> Result<Self, CertificateError> {
        let (digest, config) = read(certificate, key)?;
        let config = RustlsConfig::from_config(Arc::new(config));
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), digest, config })
    }

    /// What connections are made with; follows the files.
    pub(super) fn config(&self) -> RustlsConfig {
        self.config.clone()
    }

    /// Follows the files for ever. While they are wrong, or half written, what was there before stays in use.
    pub(super) async fn renew(mut self) {
        let mut told = String::new();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let (certificate, key) = (self.certificate.clone(), self.key.clone());
            match tokio::task::spawn_blocking(move || read(&certificate, &key)).await {
                Ok(Ok((digest, config))) => {
                    if digest != self.digest {
                        self.config.reload_from_config(Arc::new(config));
                        self.digest = digest;
                        tracing::info!("the TLS certificate was renewed");
                    }
                    told.clear();
                }
                Ok(Err(error)) => {
                    let error = error.to_string();
                    if error != told {
                        tracing::error!(%error, "the TLS certificate can't be renewed; the one before stays in use");
                        told = error;
                    }
                }
                Err(_) => return,
            }
        }
    }
}

fn read(certificate: &Path, key: &Path) -> Result<([u8; 32], ServerConfig), CertificateError> {
    let bytes = |path: &Path| fs::read(path).map_err(|source| CertificateError::File { path: path.to_owned(), source });
    let (chain, secret) = (bytes(certificate)?, bytes(key)?);
    let digest = Sha256::new().chain_update(Sha256::digest(&chain)).chain_update(Sha256::digest(&secret)).finalize();
    let pem = |path: &Path| CertificateError::Pem(path.to_owned());
    let chain = CertificateDer::pem_slice_iter(&chain).collect::<Result<Vec<_>, _>>().map_err(|_| pem(certificate))?;
    if chain.is_empty() {
        return Err(pem(certificate));
    }
    let secret = PrivateKeyDer::from_pem_slice(&secret).map_err(|_| pem(key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, secret)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((digest.into(), config))
}
