//! Letters to the room's people: what they say, in the reader's language, and the server that carries them.
//!
//! Promise: a letter goes out over TLS, or to this machine; what it says is written nowhere else, and no log names whom it is for.

mod letter;
mod mailer;
mod settings;
#[cfg(test)]
mod tests;

pub use letter::{Letter, compose};
pub use mailer::{MailError, Mailer};
pub use settings::{MailSettingsError, Settings, Tls};
