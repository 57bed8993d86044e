//! Proving again who one is, before what a stolen session must not do: by the password, or by a passkey.

use super::{Assertion, People, PeopleError, Refusal, User, signin};

/// What shows that who is signed in is who they are.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// The password.
    Password(&'a str),
    /// A passkey of theirs, for a challenge that they just asked for.
    Passkey(&'a Assertion),
}

impl<'a> From<&'a str> for Proof<'a> {
    fn from(password: &'a str) -> Self {
        Self::Password(password)
    }
}

impl People {
    /// Checks who asks; tries of a password are counted.
    pub(super) async fn prove(&self, user: &User, proof: Proof<'_>) -> Result<signin::Account, PeopleError> {
        let account = self.account(user.id).await?.ok_or(Refusal::NotFound)?;
        match proof {
            Proof::Password(current) => {
                let key = self.account_key(account.email.as_deref().unwrap_or_default());
                self.attempt(&key).await?;
                if !self.hasher.verify(current, account.password()).await? {
                    return Err(Refusal::WrongPassword.into());
                }
                self.absolve(&key).await?;
            }
            Proof::Passkey(assertion) => {
                if !self.proves(user.id, assertion).await? {
                    return Err(Refusal::WrongPasskey.into());
                }
            }
        }
        Ok(account)
    }
}
