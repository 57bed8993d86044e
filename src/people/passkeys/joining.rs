//! Accepting an invitation with a passkey in place of a password.

use super::{Challenge, New, challenge::Ceremony, insert, named, registration::new_handle};
use crate::{
    model::Language,
    people::{People, PeopleError, Refusal, Step, sessions, text},
};
use webauthn_rs::prelude::RegisterPublicKeyCredential;

impl People {
    /// Begins to make the first passkey of who has the link of an invitation.
    ///
    /// # Errors
    /// When the invitation isn't good, or the room has no passkeys.
    pub async fn begin_passkey_invitation(
        &self,
        secret: &str,
        (name, language): (&str, Language),
    ) -> Result<Challenge, PeopleError> {
        let opened = self.open_invitation(secret).await?;
        let (name, handle) = (text::name(name)?, new_handle()?);
        // Told before an authenticator makes a key that would be of no use; who comes first has it all the same.
        let taken = sqlx::query("SELECT 1 FROM users WHERE member = $1 AND name = $2");
        let taken = taken.bind(opened.member.as_str()).bind(name.as_str());
        if taken.fetch_optional(self.database.pool()).await?.is_some() {
            return Err(Refusal::Name.into());
        }
        let invitation = secret.to_owned();
        let ceremony = |state| Ceremony::Joining { invitation, name: name.clone(), language, handle, state };
        self.begin_registration((handle, &opened.email, &name), Vec::new(), ceremony).await
    }

    /// Makes a user of who has the link and has made a passkey, and signs them in; with recovery codes, for a passkey that is lost.
    ///
    /// # Errors
    /// When the challenge is used or too old, the passkey wasn't made for it, the invitation isn't good any more, or the name is taken.
    pub async fn accept_passkey_invitation(
        &self,
        (step, key_name): (&str, &str),
        credential: &RegisterPublicKeyCredential,
        agent: &str,
    ) -> Result<Step, PeopleError> {
        let key_name = named(key_name)?;
        let Some(Ceremony::Joining { invitation, name, language, handle, state }) = self.take_challenge(step).await?
        else {
            return Err(Refusal::WrongPasskey.into());
        };
        let new = New { passkey: self.registered(credential, &state)?, handle, name: key_name };
        let opened = self.open_invitation(&invitation).await?;
        let user = self
            .join(&opened, (&name, language), async |writing, user| insert(writing, user, &new).await.map(|_| ()))
            .await?;
        let account = self.account(user).await?.ok_or(Refusal::NotFound)?;
        let mut writing = self.database.begin(&*self.clock).await?;
        let recovery_codes = self.new_codes(&mut writing, user).await?;
        let session = self.begin_session(&mut writing, &account, &sessions::agent(agent), "passkey").await?;
        writing.commit().await?;
        Ok(Step::Done { session, recovery_codes })
    }
}
