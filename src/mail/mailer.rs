//! The mail server.

use super::{Letter, MailSettingsError, Settings, Tls};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls as Over, TlsParameters},
        response::Code,
    },
};
use std::{fs, path::Path, time::Duration};

/// How long the server may take for each of its answers.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why a letter isn't sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It can't be addressed or written: it never will be sent.
    #[error("the letter can't be written")]
    Letter,
    /// The server refuses it for good.
    #[error("the mail server refuses the letter")]
    Refused(#[source] lettre::transport::smtp::Error),
    /// The server can't be reached, or can't take it now.
    #[error("the mail server can't take the letter now")]
    Later(#[source] lettre::transport::smtp::Error),
}

impl MailError {
    /// Whether it is of use to try again.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Later(_))
    }

    /// Why, for who runs the room: the server's code, or why there is none. Not its words, which may name whom the letter is for.
    pub fn reason(&self) -> String {
        let (Self::Refused(error) | Self::Later(error)) = self else { return self.to_string() };
        match error.status() {
            Some(code) => code.to_string(),
            None if error.is_response() || error.is_client() => "an answer that can't be understood".to_owned(),
            None => std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string),
        }
    }
}

/// What carries letters.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// The mail server of these settings, whose files are named from the room's folder on. It isn't spoken to yet.
    ///
    /// # Errors
    /// When a file can't be read, or the sender is no address.
    pub fn new(settings: &Settings, room: &Path) -> Result<Self, MailSettingsError> {
        let from = settings.sender()?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.server)
            .port(settings.port())
            .tls(over(settings, room)?)
            .timeout(Some(TIMEOUT));
        let transport = match (&settings.user, settings.password(room)?) {
            (Some(user), Some(password)) => {
                transport.credentials(Credentials::new(user.clone(), password.as_str().to_owned()))
            }
            _ => transport,
        };
        Ok(Self { transport: transport.build(), from })
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// When it can't be written, or the server doesn't take it.
    pub async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let to: Mailbox = to.parse().map_err(|_| MailError::Letter)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject.as_str())
            // No machine answers it: RFC 3834.
            .raw_header(lettre::message::header::HeaderValue::new(
                lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|_| MailError::Letter)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // A password that is refused says nothing of the letter.
            Err(error) if error.is_permanent() && !error.status().is_some_and(is_of_sign_in) => {
                Err(MailError::Refused(error))
            }
            Err(error) => Err(MailError::Later(error)),
        }
    }

    /// Whether the server can be reached and lets the room in.
    ///
    /// # Errors
    /// When it can't, or doesn't.
    pub async fn check(&self) -> Result<bool, MailError> {
        self.transport.test_connection().await.map_err(MailError::Later)
    }
}

/// Whether the server says this of who speaks to it, and not of what is sent (RFC 4954, section 6).
fn is_of_sign_in(code: Code) -> bool {
    matches!(u16::from(code), 530 | 534 | 535 | 538)
}

fn over(settings: &Settings, room: &Path) -> Result<Over, MailSettingsError> {
    if settings.tls == Tls::None {
        return Ok(Over::None);
    }
    let mut parameters = TlsParameters::builder(settings.server.clone());
    if let Some(file) = &settings.ca_file {
        let path = room.join(file);
        let failed = |source| MailSettingsError::File { path: path.clone(), source };
        let certificate = Certificate::from_pem(&fs::read(&path).map_err(failed)?);
        parameters =
            parameters.add_root_certificate(certificate.map_err(|error| failed(std::io::Error::other(error)))?);
    }
    let parameters = parameters.build_rustls().map_err(|error| MailSettingsError::File {
        path: settings.ca_file.clone().unwrap_or_default(),
        source: std::io::Error::other(error),
    })?;
    Ok(if settings.tls == Tls::Tls { Over::Wrapper(parameters) } else { Over::Required(parameters) })
}
