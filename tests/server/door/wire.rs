//! A connection as an attacker has it: bytes out, bytes in, and nothing tidied up on the way.

use crate::support::Served;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, pki_types::ServerName};
use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection.
pub struct Wire<S> {
    pub stream: S,
    rest: Vec<u8>,
}

/// An answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub status: u16,
    /// In lower case.
    pub head: String,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| *known == name).map(|(_, value)| value.trim()).next()
    }
}

/// Host and port of an address.
pub fn place(url: &str) -> &str {
    url.split_once("://").unwrap().1
}

pub fn connect(place: &str) -> TcpStream {
    let stream = TcpStream::connect(place).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

impl Wire<TcpStream> {
    pub fn to(served: &Served) -> Self {
        Self::at(place(&served.url))
    }

    pub fn at(place: &str) -> Self {
        Self { stream: connect(place), rest: Vec::new() }
    }
}

impl Wire<StreamOwned<ClientConnection, TcpStream>> {
    /// Over TLS, trusting these certificates alone.
    pub fn over_tls(url: &str, certificates: &[&Path]) -> Self {
        let mut roots = RootCertStore::empty();
        for file in certificates {
            let pem = std::fs::read(file).unwrap();
            let (found, _) = roots.add_parsable_certificates(
                rustls::pki_types::pem::PemObject::pem_slice_iter(&pem).map(|read| Result::unwrap(read)),
            );
            assert_eq!(found, 1);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        Self { stream: StreamOwned::new(connection, connect(place(url))), rest: Vec::new() }
    }
}

impl<S: Read + Write> Wire<S> {
    /// Sends what it is given; whether the other end took it.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).and_then(|()| self.stream.flush()).is_ok()
    }

    /// Asks and hears.
    pub fn get(&mut self, path: &str) -> Heard {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        self.hear().expect("an answer")
    }

    fn more(&mut self) -> bool {
        let mut bytes = [0; 16 << 10];
        match self.stream.read(&mut bytes) {
            Ok(0) => false,
            Ok(count) => {
                self.rest.extend_from_slice(&bytes[..count]);
                true
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("nothing was heard for {PATIENCE:?}, and the connection stays")
            }
            Err(_) => false,
        }
    }

    /// The next answer; `None` when the connection ended before one.
    pub fn hear(&mut self) -> Option<Heard> {
        let end = loop {
            if let Some(at) = self.rest.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            if !self.more() {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&self.rest[..end]).to_lowercase();
        self.rest.drain(..end + 4);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut heard = Heard { status, head, body: String::new() };
        let length = heard.header("content-length").map_or(0, |length| length.parse().unwrap());
        while self.rest.len() < length && self.more() {}
        heard.body = String::from_utf8_lossy(&self.rest[..length.min(self.rest.len())]).into_owned();
        self.rest.drain(..length.min(self.rest.len()));
        Some(heard)
    }

    /// All answers until the connection ends.
    pub fn hear_all(&mut self) -> Vec<Heard> {
        std::iter::from_fn(|| self.hear()).collect()
    }
}

/// A certificate for this machine with its key, made anew.
pub fn certificate(folder: &Path, name: &str, days: u32) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", &days.to_string(), "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("Debian's openssl is installed: .ci/prepare test").success());
    (certificate, key)
}
