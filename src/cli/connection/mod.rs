//! A thin connection to a room: the token, the language, deadlines, and problems turned into words.

mod address;
mod connection_error;
mod problem;
mod watch;

pub use address::{Address, ConnectionArgs, RoomArgs, Token};
pub use connection_error::ConnectionError;
pub use problem::{Problem, Reason, Wording};
pub use watch::{Distrust, Kept, ShownCosigned};

use super::{context::Context, login::kept};
use crate::model::Language;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    io::{self, Read},
    time::Duration,
};
use ureq::{
    Agent, Body, SendBody,
    http::{Method, Request, Response, header},
};

/// Deadline for reaching the room.
const CONNECT_S: u64 = 10;
/// Deadline for the room's answer, where no other is given: longer than a query may take.
pub const ANSWER_S: u64 = 300;
/// Most bytes of an answer.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// A connection to one room, as one user.
#[derive(Debug, Clone)]
pub struct Connection {
    agent: Agent,
    address: Address,
    token: Option<Token>,
    language: Language,
}

impl Connection {
    /// The connection that the options and the environment describe, to a room whose log is the one that was seen before.
    ///
    /// # Errors
    /// When the address or the token can't be used, or the room can't be reached or trusted.
    pub fn open(args: &ConnectionArgs, context: &Context) -> Result<Self, ConnectionError> {
        let connection = Self::unwatched(args, context)?;
        connection.watch()?;
        Ok(connection)
    }

    /// The same, before anything is sent.
    ///
    /// # Errors
    /// When the address or the token can't be used.
    pub fn unwatched(args: &ConnectionArgs, context: &Context) -> Result<Self, ConnectionError> {
        let address = Address::from_args(args)?;
        // What `camerata login` has kept for this room, where nothing else is given.
        let token = match Token::from_args(args)? {
            Some(token) => Some(token),
            None => kept::kept(&address)?,
        };
        Ok(Self::new(address, token, context.language))
    }

    /// A connection to an address.
    pub fn new(address: Address, token: Option<Token>, language: Language) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A redirect would carry the request, and perhaps the token, elsewhere.
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(CONNECT_S)))
            .timeout_recv_response(Some(Duration::from_secs(ANSWER_S)))
            .timeout_per_write(Some(Duration::from_secs(ANSWER_S)))
            .timeout_per_read(Some(Duration::from_secs(ANSWER_S)))
            .user_agent(concat!("camerata/", env!("CARGO_PKG_VERSION")));
        // A room on this machine is never behind a proxy; and a proxy would see a plain token.
        let config = if address.is_loopback() { config.proxy(None) } else { config };
        Self { agent: config.build().new_agent(), address, token, language }
    }

    /// Where the room is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// `GET path`.
    ///
    /// # Errors
    /// When the room can't be reached, says no, or answers something else than a `T`.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ConnectionError> {
        self.send(Method::GET, path, &[], SendBody::none(), ANSWER_S)
    }

    /// `GET path`, as bytes.
    ///
    /// # Errors
    /// When the room can't be reached or says no.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, ConnectionError> {
        let mut response = self.answered(Method::GET, path, &[], SendBody::none(), ANSWER_S)?;
        if response.status().is_success() {
            let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
            return body.map_err(|source| self.failed(source));
        }
        self.read::<serde_json::Value>(response).map(|_| Vec::new())
    }

    /// `POST path` with a JSON body.
    ///
    /// # Errors
    /// As [`Connection::get`].
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ConnectionError> {
        self.post_within(path, body, ANSWER_S)
    }

    /// `POST path` with a JSON body, where the room may take longer than usual.
    ///
    /// # Errors
    /// As [`Connection::get`].
    pub fn post_within<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        answer_s: u64,
    ) -> Result<T, ConnectionError> {
        let bytes = serde_json::to_vec(body).map_err(|source| self.misunderstood(source))?;
        let headers =
            [(header::CONTENT_TYPE.as_str(), "application/json".to_owned()), content_length(bytes.len() as u64)];
        self.send(Method::POST, path, &headers, SendBody::from_reader(&mut bytes.as_slice()), answer_s)
    }

    /// `PUT path` with a JSON body.
    ///
    /// # Errors
    /// As [`Connection::get`].
    pub fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ConnectionError> {
        let bytes = serde_json::to_vec(body).map_err(|source| self.misunderstood(source))?;
        let headers =
            [(header::CONTENT_TYPE.as_str(), "application/json".to_owned()), content_length(bytes.len() as u64)];
        self.send(Method::PUT, path, &headers, SendBody::from_reader(&mut bytes.as_slice()), ANSWER_S)
    }

    /// `DELETE path`.
    ///
    /// # Errors
    /// As [`Connection::get`].
    pub fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, ConnectionError> {
        self.send(Method::DELETE, path, &[], SendBody::none(), ANSWER_S)
    }

    /// An answer that was kept as JSON, as the type that a command shows.
    ///
    /// # Errors
    /// When it is something else.
    pub fn understand<T: DeserializeOwned>(&self, answer: serde_json::Value) -> Result<T, ConnectionError> {
        serde_json::from_value(answer).map_err(|source| self.misunderstood(source))
    }

    /// `PATCH path` with a part of an upload: the `length` bytes of the stream from `offset` on.
    ///
    /// # Errors
    /// As [`Connection::get`].
    pub fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        offset: u64,
        length: u64,
        mut part: impl Read,
    ) -> Result<T, ConnectionError> {
        let headers = [
            (header::CONTENT_TYPE.as_str(), "text/csv".to_owned()),
            ("upload-offset", offset.to_string()),
            content_length(length),
        ];
        self.send(Method::PATCH, path, &headers, SendBody::from_reader(&mut part), ANSWER_S)
    }

    /// `POST path` with a list of hashes, which the room may take long to work through.
    ///
    /// # Errors
    /// As [`Connection::get`].
    pub fn post_list<T: DeserializeOwned>(&self, path: &str, list: &[u8]) -> Result<T, ConnectionError> {
        let headers = [(header::CONTENT_TYPE.as_str(), "text/csv".to_owned()), content_length(list.len() as u64)];
        self.send(Method::POST, path, &headers, SendBody::from_reader(&mut &*list), ANSWER_S)
    }

    fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: SendBody<'_>,
        answer_s: u64,
    ) -> Result<T, ConnectionError> {
        let response = self.answered(method, path, headers, body, answer_s)?;
        self.read(response)
    }

    fn answered(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, String)],
        body: SendBody<'_>,
        answer_s: u64,
    ) -> Result<Response<Body>, ConnectionError> {
        let mut request = Request::builder()
            .method(method)
            .uri(self.address.join(path))
            .header(header::ACCEPT, "application/json, application/problem+json")
            .header(header::ACCEPT_LANGUAGE, self.language.as_str());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, token.header());
        }
        let request = request.body(body).map_err(|source| self.failed(ureq::Error::Http(source)))?;
        let request =
            self.agent.configure_request(request).timeout_recv_response(Some(Duration::from_secs(answer_s))).build();
        self.agent.run(request).map_err(|source| self.failed(source))
    }

    fn read<T: DeserializeOwned>(&self, mut response: Response<Body>) -> Result<T, ConnectionError> {
        let status = response.status();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after_s = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).lossy_utf8(true).read_to_string();
        if status.is_success() {
            let body = body.map_err(|source| self.failed(source))?;
            // An empty answer (204) reads as null.
            let body = if body.is_empty() { "null" } else { &body };
            return serde_json::from_str(body).map_err(|source| self.misunderstood(source));
        }
        let problem = Problem::read(status.as_u16(), &body.unwrap_or_default());
        Err(ConnectionError::Problem(Box::new(Problem { retry_after_s, ..problem })))
    }

    fn misunderstood(&self, source: serde_json::Error) -> ConnectionError {
        ConnectionError::Answer { address: self.address.clone(), source }
    }

    fn failed(&self, source: ureq::Error) -> ConnectionError {
        let address = self.address.clone();
        match &source {
            ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                ConnectionError::Unreachable { address, source }
            }
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                ConnectionError::Unreachable { address, source }
            }
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => {
                ConnectionError::Insecurable { address, source }
            }
            _ => ConnectionError::Broken { address, source },
        }
    }
}

fn content_length(bytes: u64) -> (&'static str, String) {
    ("content-length", bytes.to_string())
}
