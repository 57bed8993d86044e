//! What an authenticator is given to sign, kept by the room until it comes back: once, within five minutes, sealed.

use crate::{
    database::Passing,
    model::Language,
    people::{People, PeopleError, secret},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyRegistration, Uuid};

/// How long a challenge is good.
const MINUTES: i64 = 5;
/// Challenges that may wait at once; the oldest go first.
const WAITING_MAX: i64 = 10_000;
/// How many go then.
const EVICTED: i64 = 100;
const PURPOSE: &str = "passkey challenge";

/// What a browser is given for `navigator.credentials.create` or `.get`.
#[derive(Debug, Clone, Serialize)]
pub struct Challenge {
    /// What to bring the answer back with.
    pub step: String,
    /// The options, with bytes in Base64url: `PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey)`, or
    /// `parseRequestOptionsFromJSON`.
    pub options: Value,
}

/// What an answer is for.
#[derive(Serialize, Deserialize)]
pub(super) enum Ceremony {
    /// Signing in, whoever it is.
    SignIn(DiscoverableAuthentication),
    /// Proving again that one is this user.
    Proof { user: i64, state: DiscoverableAuthentication },
    /// A further passkey of this user.
    Registration { user: i64, handle: Uuid, state: PasskeyRegistration },
    /// The first passkey of who has this invitation.
    Joining { invitation: String, name: String, language: Language, handle: Uuid, state: PasskeyRegistration },
}

impl People {
    /// Keeps what an answer will be for.
    pub(super) async fn keep_challenge(
        &self,
        ceremony: &Ceremony,
        options: &impl Serialize,
    ) -> Result<Challenge, PeopleError> {
        let now = self.clock.now();
        let old = Passing::PasskeyChallenges.statement("DELETE FROM passkey_challenges WHERE expires < $1")?;
        old.bind(now.to_string()).execute(self.database.pool()).await?;
        let waiting =
            sqlx::query("SELECT count(*) AS n FROM passkey_challenges").fetch_one(self.database.pool()).await?;
        if waiting.try_get::<i64, _>("n")? >= WAITING_MAX {
            // Whoever asks for very many pushes out the oldest, and keeps nobody from asking.
            let evict = Passing::PasskeyChallenges.statement(
                "DELETE FROM passkey_challenges WHERE hash IN (SELECT hash FROM passkey_challenges ORDER BY expires LIMIT $1)",
            )?;
            evict.bind(EVICTED).execute(self.database.pool()).await?;
        }
        let step = secret::new("")?;
        let state = serde_json::to_vec(ceremony).map_err(|error| PeopleError::Challenge(error.to_string()))?;
        Passing::PasskeyChallenges
            .statement("INSERT INTO passkey_challenges (hash, state, expires) VALUES ($1, $2, $3)")?
            .bind(secret::hash(&step))
            .bind(self.vault.seal(PURPOSE, &state)?)
            .bind((now + SignedDuration::from_mins(MINUTES)).to_string())
            .execute(self.database.pool())
            .await?;
        let options = serde_json::to_value(options).map_err(|error| PeopleError::Challenge(error.to_string()))?;
        Ok(Challenge { step, options })
    }

    /// What the answer to a challenge is for, once.
    pub(super) async fn take_challenge(&self, step: &str) -> Result<Option<Ceremony>, PeopleError> {
        // One statement: of two that bring an answer at once, one finds the challenge gone.
        let taken = Passing::PasskeyChallenges
            .statement("DELETE FROM passkey_challenges WHERE hash = $1 RETURNING state, expires")?
            .bind(secret::hash(step))
            .fetch_all(self.database.pool())
            .await?;
        let Some(row) = taken.first() else { return Ok(None) };
        let expires: Timestamp = row.try_get::<String, _>("expires")?.parse().map_err(|_| PeopleError::Corrupt)?;
        if self.clock.now() >= expires {
            return Ok(None);
        }
        let state = self.vault.open(PURPOSE, row.try_get::<&[u8], _>("state")?)?;
        serde_json::from_slice(&state).map(Some).map_err(|_| PeopleError::Corrupt)
    }
}
