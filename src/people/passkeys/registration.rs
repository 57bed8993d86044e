//! Making a passkey: of somebody who is signed in and has proven it again.

use super::{Challenge, New, PASSKEYS_MAX, challenge::Ceremony, count, insert, named};
use crate::people::{People, PeopleError, Proof, Refusal, User, secret};
use serde_json::{Value, json};
use sqlx::Row;
use webauthn_rs::prelude::{CredentialID, Passkey, PasskeyRegistration, RegisterPublicKeyCredential, Uuid};

impl People {
    /// Begins to make a passkey, which an authenticator will keep under this handle and these names.
    pub(super) async fn begin_registration(
        &self,
        (handle, name, shown): (Uuid, &str, &str),
        but: Vec<CredentialID>,
        ceremony: impl FnOnce(PasskeyRegistration) -> Ceremony,
    ) -> Result<Challenge, PeopleError> {
        let begun = self.relying_party()?.start_passkey_registration(handle, name, shown, Some(but));
        let (options, state) = begun.map_err(|error| PeopleError::Challenge(error.to_string()))?;
        let mut challenge = self.keep_challenge(&ceremony(state), &options).await?;
        // Found by the authenticator itself, so that nobody has to say who they are before they sign in.
        let chosen = challenge.options.pointer_mut("/publicKey/authenticatorSelection");
        if let Some(chosen) = chosen.and_then(Value::as_object_mut) {
            chosen.insert("residentKey".to_owned(), json!("required"));
            chosen.insert("requireResidentKey".to_owned(), json!(true));
        }
        Ok(challenge)
    }

    /// The passkey that an authenticator has made for a challenge.
    pub(super) fn registered(
        &self,
        credential: &RegisterPublicKeyCredential,
        state: &PasskeyRegistration,
    ) -> Result<Passkey, PeopleError> {
        let made = self.relying_party()?.finish_passkey_registration(credential, state);
        made.map_err(|_| Refusal::WrongPasskey.into())
    }

    /// Begins to add a passkey to somebody's account.
    ///
    /// # Errors
    /// When the proof isn't one, there are too many, or the room has no passkeys.
    pub async fn begin_passkey(&self, user: &User, proof: impl Into<Proof<'_>>) -> Result<Challenge, PeopleError> {
        self.relying_party()?;
        let account = self.prove(user, proof.into()).await?;
        let rows =
            sqlx::query(r#"SELECT credential, handle FROM passkeys WHERE "user" = $1 AND ended IS NULL ORDER BY id"#);
        let rows = rows.bind(user.id).fetch_all(self.database.pool()).await?;
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) >= PASSKEYS_MAX {
            return Err(Refusal::Busy.into());
        }
        // One user has one handle, so that an authenticator shows one account.
        let handle = match rows.first() {
            Some(row) => Uuid::from_slice(row.try_get::<&[u8], _>("handle")?).map_err(|_| PeopleError::Corrupt)?,
            None => new_handle()?,
        };
        let mut but = Vec::new();
        for row in &rows {
            but.push(row.try_get::<Vec<u8>, _>("credential")?);
        }
        let name = account.email.as_deref().unwrap_or(&account.user.user);
        let user = account.user.id;
        let ceremony = |state| Ceremony::Registration { user, handle, state };
        self.begin_registration((handle, name, &account.user.user), but, ceremony).await
    }

    /// Adds the passkey that an authenticator has made, under a name.
    ///
    /// # Errors
    /// When it wasn't made for this user's challenge, or the challenge is used or too old.
    pub async fn add_passkey(
        &self,
        user: &User,
        (step, name): (&str, &str),
        credential: &RegisterPublicKeyCredential,
    ) -> Result<i64, PeopleError> {
        let name = named(name)?;
        let (handle, state) = match self.take_challenge(step).await? {
            Some(Ceremony::Registration { user: asked, handle, state }) if asked == user.id => (handle, state),
            _ => return Err(Refusal::WrongPasskey.into()),
        };
        let new = New { passkey: self.registered(credential, &state)?, handle, name };
        let account = self.account(user.id).await?.ok_or(Refusal::NotFound)?;
        let mut writing = self.database.begin(&*self.clock).await?;
        let added = async {
            if count(&mut writing, user.id).await? >= PASSKEYS_MAX {
                return Err(Refusal::Busy.into());
            }
            let id = insert(&mut writing, user.id, &new).await?;
            self.note_changed(&mut writing, (&account.user, account.email.as_deref()), "passkey").await?;
            Ok(id)
        };
        match added.await {
            Ok(id) => {
                writing.commit().await?;
                Ok(id)
            }
            Err(error) => {
                writing.cancel().await?;
                Err(error)
            }
        }
    }
}

/// What an authenticator calls a user by: random, so that it says nothing of them.
pub(super) fn new_handle() -> Result<Uuid, PeopleError> {
    Ok(Uuid::from_bytes(secret::random()?))
}
