//! Who may come in: users of members, their roles, how they sign in, their sessions and tokens.
//!
//! Promises: a secret is shown once and kept as a hash, or sealed with a key that lies outside the data; roles are looked up at each
//! request and copied nowhere, so leaving and other roles take effect at once; whether an address has an account shows neither in
//! what is answered nor in what is done for it.

mod arrivals;
mod device;
mod directory_steps;
mod failures;
mod invitations;
mod letters;
mod outgoing;
mod passkeys;
mod password;
mod people_error;
mod proof;
mod recovery;
mod recovery_codes;
mod refusal;
mod secret;
mod sessions;
mod settings;
mod signin;
#[cfg(test)]
mod tests;
mod text;
mod tokens;
mod totp;
mod user;
mod vault;

pub use arrivals::{Arrival, NotLetIn};
pub use device::{DEVICE_MINUTES, DeviceCode, DevicePoll};
pub use directory_steps::{DIRECTORY_MINUTES, DirectoryStep};
pub use invitations::{Invitation, Invited, Opened};
pub use letters::{LetterChoice, Reader};
pub use outgoing::{Outgoing, OutgoingKind, Waiting};
pub use passkeys::{Assertion, Challenge, Listed as ListedPasskey, PublicKeyCredential, RegisterPublicKeyCredential};
pub use people_error::PeopleError;
pub use proof::Proof;
pub use refusal::Refusal;
pub use sessions::{Identified, Listed as ListedSession, Means, NewSession};
pub use settings::{Settings, SettingsError};
pub use signin::{Code, SignIn, Step};
pub use text::{local_path, plain};
pub use tokens::{DAYS_DEFAULT, DAYS_MAX, Grant, Issued, Listed as ListedToken};
pub use totp::Enrolment;
pub use user::{Listed as ListedUser, User};
pub use vault::Vault;

use crate::{database::Database, model::Clock};
use password::Hasher;
use std::sync::Arc;
use tokio::sync::Notify;
use webauthn_rs::prelude::Webauthn;

/// The room's users.
#[derive(Clone)]
pub struct People {
    database: Database,
    clock: Arc<dyn Clock>,
    vault: Arc<Vault>,
    settings: Arc<Settings>,
    hasher: Hasher,
    /// None where the room's address is a number: passkeys are bound to a name.
    relying_party: Option<Arc<Webauthn>>,
    /// Told when a message was put into the outbox.
    posted: Arc<Notify>,
}

impl People {
    /// The users kept in this database, whose secrets this vault seals.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        vault: Vault,
        settings: Settings,
    ) -> Result<Self, PeopleError> {
        let relying_party = passkeys::relying_party(&settings).map(Arc::new);
        let (vault, settings) = (Arc::new(vault), Arc::new(settings));
        let (hasher, posted) = (Hasher::new()?, Arc::default());
        Ok(Self { database, clock, vault, settings, hasher, relying_party, posted })
    }

    /// How the room treats sign-ins.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Seconds since 1970.
    fn seconds(&self) -> i64 {
        self.clock.now().as_second()
    }
}
