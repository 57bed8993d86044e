//! Signing in by a passkey, and proving by one that one is still there.

use super::{Challenge, challenge::Ceremony};
use crate::{
    database::{
        Passing,
        records::{Kind, Record},
    },
    people::{People, PeopleError, Refusal, Step, User, sessions, user},
    proof::What,
};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{Row, any::AnyRow};
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, Passkey, PublicKeyCredential, RequestChallengeResponse,
    WebauthnError,
};

/// What an authenticator signed, with the step of its challenge.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// What the challenge came with.
    pub step: String,
    /// What `navigator.credentials.get` gave, with bytes in Base64url (`credential.toJSON()`).
    pub credential: PublicKeyCredential,
}

/// A passkey that is kept.
struct Kept {
    id: i64,
    user: User,
    handle: Vec<u8>,
    passkey: Passkey,
}

/// Who has signed, by which passkey.
struct Signed {
    user: i64,
    passkey: i64,
}

impl Kept {
    fn read(row: &AnyRow) -> Result<Self, PeopleError> {
        let passkey: String = row.try_get("public_key")?;
        Ok(Self {
            id: row.try_get("passkey")?,
            user: user::read(row)?,
            handle: row.try_get("handle")?,
            passkey: serde_json::from_str(&passkey).map_err(|_| PeopleError::Corrupt)?,
        })
    }
}

impl People {
    fn request(&self) -> Result<(RequestChallengeResponse, DiscoverableAuthentication), PeopleError> {
        let begun = self.relying_party()?.start_discoverable_authentication();
        let (mut options, state) = begun.map_err(|error| PeopleError::Challenge(error.to_string()))?;
        // Whether to offer passkeys in the address' field is the page's to say.
        options.mediation = None;
        Ok((options, state))
    }

    /// Begins to sign in somebody, whoever it is: their authenticator will say.
    ///
    /// # Errors
    /// When the room has no passkeys, or the database fails.
    pub async fn begin_passkey_sign_in(&self) -> Result<Challenge, PeopleError> {
        let (options, state) = self.request()?;
        self.keep_challenge(&Ceremony::SignIn(state), &options).await
    }

    /// Signs in who has this passkey, which stands for two factors.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passkey_sign_in(&self, assertion: &Assertion, agent: &str) -> Result<Step, PeopleError> {
        let Some(Ceremony::SignIn(state)) = self.take_challenge(&assertion.step).await? else { return Ok(Step::Wrong) };
        let Some(signed) = self.asserted(state, &assertion.credential, None).await? else { return Ok(Step::Wrong) };
        let Some(account) = self.account(signed.user).await? else { return Ok(Step::Wrong) };
        let mut writing = self.database.begin(&*self.clock).await?;
        // Whose passkey was taken away since the signature was looked at, also by leaving, doesn't come in.
        let stays = sqlx::query("SELECT 1 FROM passkeys WHERE id = $1 AND ended IS NULL").bind(signed.passkey);
        if stays.fetch_optional(&mut *writing).await?.is_none() {
            writing.cancel().await?;
            return Ok(Step::Wrong);
        }
        let session = self.begin_session(&mut writing, &account, &sessions::agent(agent), "passkey").await?;
        writing.commit().await?;
        Ok(Step::Done { session, recovery_codes: Vec::new() })
    }

    /// Begins to prove that somebody who is signed in is still there, by one of their passkeys.
    ///
    /// # Errors
    /// When they have none, or the database fails.
    pub async fn begin_passkey_proof(&self, user: &User) -> Result<Challenge, PeopleError> {
        let (options, state) = self.request()?;
        let rows = sqlx::query(r#"SELECT credential FROM passkeys WHERE "user" = $1 AND ended IS NULL ORDER BY id"#);
        let rows = rows.bind(user.id).fetch_all(self.database.pool()).await?;
        let mut own = Vec::new();
        for row in &rows {
            let id = base64::Engine::encode(
                &base64::prelude::BASE64_URL_SAFE_NO_PAD,
                row.try_get::<&[u8], _>("credential")?,
            );
            own.push(json!({ "type": "public-key", "id": id }));
        }
        if own.is_empty() {
            return Err(Refusal::NotFound.into());
        }
        let mut challenge = self.keep_challenge(&Ceremony::Proof { user: user.id, state }, &options).await?;
        if let Some(options) = challenge.options.pointer_mut("/publicKey/allowCredentials") {
            *options = Value::Array(own);
        }
        Ok(challenge)
    }

    /// Whether this is a passkey of a user's, for a challenge of theirs.
    pub(in crate::people) async fn proves(&self, user: i64, assertion: &Assertion) -> Result<bool, PeopleError> {
        match self.take_challenge(&assertion.step).await? {
            Some(Ceremony::Proof { user: asked, state }) if asked == user => {
                Ok(self.asserted(state, &assertion.credential, Some(user)).await?.is_some())
            }
            _ => Ok(false),
        }
    }

    /// Whose passkey this is, if it has signed the challenge, after it has verified its person, at the room's own address.
    async fn asserted(
        &self,
        state: DiscoverableAuthentication,
        credential: &PublicKeyCredential,
        asked: Option<i64>,
    ) -> Result<Option<Signed>, PeopleError> {
        let row = sqlx::query(
            r#"SELECT p.id AS passkey, p.handle, p.public_key, u.id, u.member, u.name, u.language, u.roles
               FROM passkeys p JOIN users u ON u.id = p."user"
               WHERE p.credential = $1 AND p.ended IS NULL AND u.ended IS NULL"#,
        )
        .bind(credential.get_credential_id())
        .fetch_optional(self.database.pool())
        .await?;
        let Some(kept) = row.map(|row| Kept::read(&row)).transpose()? else { return Ok(None) };
        // WebAuthn 7.2, step 6: where nobody was named before, the authenticator has to name its user, and rightly.
        let named = match credential.get_user_unique_id() {
            Some(handle) => handle == kept.handle,
            None => asked.is_some(),
        };
        if !named || asked.is_some_and(|asked| asked != kept.user.id) {
            return Ok(None);
        }
        let verified = self.relying_party()?.finish_discoverable_authentication_v2(credential, state, &kept.passkey);
        match verified {
            Ok(result) if !result.user_verified() => Ok(None),
            Ok(result) if self.counts_on(kept.id, &result).await? => {
                Ok(Some(Signed { user: kept.user.id, passkey: kept.id }))
            }
            Ok(_) | Err(WebauthnError::CredentialPossibleCompromise) => {
                let mut writing = self.database.begin(&*self.clock).await?;
                let event = user::about(What::PasskeyRefused, &kept.user).with("passkey", kept.id);
                writing.note(event, [Record::new(Kind::Passkey, kept.id)]);
                writing.commit().await?;
                Ok(None)
            }
            Err(_) => Ok(None),
        }
    }

    /// Writes down that a passkey was used, if its authenticator has counted on since; many count nothing, and give 0.
    async fn counts_on(&self, id: i64, result: &AuthenticationResult) -> Result<bool, PeopleError> {
        // One statement: of two that bring the same count at once, one finds it taken.
        let used = Passing::PasskeyUses
            .statement(
                "INSERT INTO passkey_uses (passkey, counter, seen) VALUES ($1, $2, $3)
                 ON CONFLICT (passkey) DO UPDATE SET counter = excluded.counter, seen = excluded.seen
                 WHERE passkey_uses.counter < excluded.counter OR (passkey_uses.counter = 0 AND excluded.counter = 0)",
            )?
            .bind(id)
            .bind(i64::from(result.counter()))
            .bind(self.clock.now().to_string())
            .execute(self.database.pool())
            .await?;
        Ok(used.rows_affected() == 1)
    }
}
