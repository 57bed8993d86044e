//! Passkeys: keys that an authenticator makes for this room alone and uses only after it has verified its person (WebAuthn). One stands
//! for two factors: the device that holds it, and the finger, face or PIN that opens it.
//!
//! Promises: a challenge is kept by the room, answered once, within five minutes, at the room's own address alone; nothing that is
//! asked before signing in depends on who asks; an authenticator that counts backwards is refused and told by the log.

mod assertion;
mod challenge;
mod joining;
mod registration;

pub use assertion::Assertion;
pub use challenge::Challenge;
pub use webauthn_rs::prelude::{PublicKeyCredential, RegisterPublicKeyCredential};

use super::{Identified, Means, People, PeopleError, Proof, Refusal, Settings, sessions, text};
use crate::database::{
    Passing, Writing,
    records::{Kind, Record},
};
use serde::Serialize;
use sqlx::{AnyConnection, Row, any::AnyRow};
use webauthn_rs::prelude::{Passkey, Uuid, Webauthn, WebauthnBuilder};

/// Passkeys of a user.
const PASSKEYS_MAX: i64 = 20;
/// Longest name of a passkey, in characters.
const NAME_CHARS_MAX: usize = 60;

/// The room as authenticators know it: its host, at this one address. None where the host is a number, which WebAuthn doesn't know.
pub(super) fn relying_party(settings: &Settings) -> Option<Webauthn> {
    let origin = settings.origin()?;
    let host = origin.domain()?;
    WebauthnBuilder::new(host, &origin).ok()?.build().ok()
}

/// A passkey as its user sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// Its number.
    pub id: i64,
    /// What its user calls it.
    pub name: String,
    /// Since when (RFC 3339, UTC).
    pub created: String,
    /// When it was last used.
    pub used: Option<String>,
}

/// A passkey that an authenticator has just made.
struct New {
    passkey: Passkey,
    handle: Uuid,
    name: String,
}

/// What a user calls a passkey.
fn named(name: &str) -> Result<String, Refusal> {
    let name = text::plain(name, NAME_CHARS_MAX);
    if name.is_empty() { Err(Refusal::Name) } else { Ok(name) }
}

/// Writes a passkey of a user; bound by the next event that is noted.
async fn insert(writing: &mut Writing, user: i64, new: &New) -> Result<i64, PeopleError> {
    let now = writing.now().to_string();
    let public_key = serde_json::to_string(&new.passkey).map_err(|_| PeopleError::Corrupt)?;
    let row = sqlx::query(
        r#"INSERT INTO passkeys ("user", credential, handle, name, public_key, created) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (credential) DO NOTHING RETURNING id"#,
    )
    .bind(user)
    .bind(new.passkey.cred_id().as_slice())
    .bind(new.handle.as_bytes().as_slice())
    .bind(new.name.as_str())
    .bind(public_key)
    .bind(now)
    .fetch_optional(&mut **writing)
    .await?;
    // A credential is one user's, for good.
    let id: i64 = row.ok_or(Refusal::WrongPasskey)?.try_get("id")?;
    writing.touch(Record::new(Kind::Passkey, id));
    Ok(id)
}

/// Takes all passkeys of a user away; bound by the next event that is noted.
pub(super) async fn end_all(writing: &mut Writing, user: i64) -> Result<(), PeopleError> {
    let now = writing.now().to_string();
    let rows = sqlx::query(
        r#"UPDATE passkeys SET ended = $1, public_key = NULL WHERE "user" = $2 AND ended IS NULL RETURNING id"#,
    )
    .bind(now)
    .bind(user)
    .fetch_all(&mut **writing)
    .await?;
    for row in &rows {
        let id: i64 = row.try_get("id")?;
        forget_use(writing, id).await?;
        writing.touch(Record::new(Kind::Passkey, id));
    }
    Ok(())
}

async fn forget_use(writing: &mut Writing, id: i64) -> Result<(), PeopleError> {
    let forget = Passing::PasskeyUses.statement("DELETE FROM passkey_uses WHERE passkey = $1")?;
    forget.bind(id).execute(&mut **writing).await?;
    Ok(())
}

/// The session that asks, which goes on where all others end.
fn session_of(identified: &Identified) -> Option<i64> {
    match identified.means {
        Means::Session(session) => Some(session),
        Means::Token { .. } => None,
    }
}

/// How many passkeys a user has.
pub(super) async fn count(connection: &mut AnyConnection, user: i64) -> Result<i64, PeopleError> {
    let count = sqlx::query(r#"SELECT count(*) AS n FROM passkeys WHERE "user" = $1 AND ended IS NULL"#);
    Ok(count.bind(user).fetch_one(connection).await?.try_get("n")?)
}

impl People {
    fn relying_party(&self) -> Result<&Webauthn, PeopleError> {
        self.relying_party.as_deref().ok_or_else(|| Refusal::NoPasskeys.into())
    }

    pub(super) async fn has_passkeys(&self, user: i64) -> Result<bool, PeopleError> {
        let mut connection = self.database.pool().acquire().await?;
        Ok(count(&mut connection, user).await? > 0)
    }

    /// The passkeys of a user, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passkeys(&self, user: i64) -> Result<Vec<Listed>, PeopleError> {
        let rows = sqlx::query(
            r#"SELECT p.id, p.name, p.created, u.seen FROM passkeys p LEFT JOIN passkey_uses u ON u.passkey = p.id
               WHERE p."user" = $1 AND p.ended IS NULL ORDER BY p.id DESC"#,
        )
        .bind(user)
        .fetch_all(self.database.pool())
        .await?;
        let listed = |row: &AnyRow| {
            Ok(Listed {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                created: row.try_get("created")?,
                used: row.try_get("seen")?,
            })
        };
        rows.iter().map(listed).collect()
    }

    /// Takes a passkey of a user's away: it may be in other hands, so all other sessions end.
    ///
    /// # Errors
    /// When there is none of this number that is theirs, nothing would be left to sign in with, or the proof isn't one.
    pub async fn remove_passkey(
        &self,
        identified: &Identified,
        id: i64,
        proof: impl Into<Proof<'_>>,
    ) -> Result<(), PeopleError> {
        let account = self.prove(&identified.user, proof.into()).await?;
        let mut writing = self.database.begin(&*self.clock).await?;
        let removed = async {
            let user = account.user.id;
            let row = sqlx::query(
                r#"UPDATE passkeys SET ended = $1, public_key = NULL WHERE id = $2 AND "user" = $3 AND ended IS NULL"#,
            );
            let row = row.bind(writing.now().to_string()).bind(id).bind(user);
            if row.execute(&mut *writing).await?.rows_affected() != 1 {
                return Err(Refusal::NotFound.into());
            }
            forget_use(&mut writing, id).await?;
            if count(&mut writing, user).await? == 0 {
                self.must_sign_in_by_password(&mut writing, &account.user).await?;
            }
            sessions::end_all(&mut writing, user, session_of(identified)).await?;
            self.note_changed(&mut writing, (&account.user, account.email.as_deref()), "passkey").await?;
            writing.touch(Record::new(Kind::Passkey, id));
            Ok(())
        };
        match removed.await {
            Ok(()) => Ok(writing.commit().await?),
            Err(error) => {
                writing.cancel().await?;
                Err(error)
            }
        }
    }

    /// Gives up the password, where a passkey stands in its place: what isn't there can't be guessed or given away. All other sessions end.
    ///
    /// # Errors
    /// When there is no passkey, or the proof isn't one.
    pub async fn remove_password(
        &self,
        identified: &Identified,
        proof: impl Into<Proof<'_>>,
    ) -> Result<(), PeopleError> {
        let account = self.prove(&identified.user, proof.into()).await?;
        let (user, email) = (&account.user, account.email.as_deref());
        let mut writing = self.database.begin(&*self.clock).await?;
        if count(&mut writing, user.id).await? == 0 {
            writing.cancel().await?;
            return Err(Refusal::LastMeans.into());
        }
        let remove = sqlx::query(r#"UPDATE user_secrets SET password = NULL, changed = $1 WHERE "user" = $2"#);
        remove.bind(writing.now().to_string()).bind(user.id).execute(&mut *writing).await?;
        sessions::end_all(&mut writing, user.id, session_of(identified)).await?;
        self.note_changed(&mut writing, (user, email), "password").await?;
        Ok(writing.commit().await?)
    }

    /// Whether a user can sign in without any passkey: by a password, and a second factor where one is required.
    async fn must_sign_in_by_password(&self, writing: &mut Writing, user: &super::User) -> Result<(), PeopleError> {
        let secrets = sqlx::query(r#"SELECT password, totp FROM user_secrets WHERE "user" = $1"#);
        let secrets = secrets.bind(user.id).fetch_optional(&mut **writing).await?;
        let (mut password, mut totp) = (None::<String>, None::<Vec<u8>>);
        if let Some(row) = secrets {
            (password, totp) = (row.try_get("password")?, row.try_get("totp")?);
        }
        let enough = password.is_some() && (totp.is_some() || !self.needs_two_factors(user));
        if enough { Ok(()) } else { Err(Refusal::LastMeans.into()) }
    }
}
