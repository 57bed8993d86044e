//! Another password, second factor or recovery codes: by who is signed in, or by a link of an hour for who has lost the password.

use super::{
    Enrolment, Identified, Outgoing, OutgoingKind, People, PeopleError, Proof, Refusal, User, passkeys, password,
    secret, sessions, signin, tokens, totp,
};
use crate::{
    database::{
        Passing, Writing,
        records::{Kind, Record},
    },
    proof::What,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Row;

/// How long the link is good.
const MINUTES: i64 = 60;

impl People {
    /// Sends a link to set another password, if somebody has this address. What is done takes longer then: the caller answers first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request_recovery(&self, email: &str) -> Result<(), PeopleError> {
        let email = super::text::email(email)?;
        // Counted apart from sign-ins: nobody is flooded with messages, nor kept from signing in by them.
        self.attempt(&self.account_key(&format!("recovery {email}"))).await?;
        // Whom a directory lets in has no password, and gets none.
        let sql = r#"SELECT u.id, u.member, u.name, u.language, u.roles FROM users u WHERE u.email = $1 AND u.ended IS NULL
                     AND NOT EXISTS (SELECT 1 FROM directory_users d WHERE d."user" = u.id)"#;
        let row = sqlx::query(sql).bind(email.as_str()).fetch_optional(self.database.pool()).await?;
        let Some(row) = row else { return Ok(()) };
        let user = super::user::read(&row)?;
        let now = self.clock.now();
        let old = Passing::Recoveries.statement("DELETE FROM recoveries WHERE expires < $1")?;
        old.bind(now.to_string()).execute(self.database.pool()).await?;
        let secret = secret::new("")?;
        Passing::Recoveries
            .statement(r#"INSERT INTO recoveries (hash, "user", expires) VALUES ($1, $2, $3)"#)?
            .bind(secret::hash(&secret))
            .bind(user.id)
            .bind((now + SignedDuration::from_mins(MINUTES)).to_string())
            .execute(self.database.pool())
            .await?;
        let content = json!({ "link": self.settings.link(&format!("/recovery/{secret}")), "minutes": MINUTES });
        let message = Outgoing { kind: OutgoingKind::Recovery, recipient: email, language: user.language, content };
        let mut connection = self.database.pool().acquire().await?;
        self.send(&mut connection, &message).await
    }

    /// Sets another password by a link, and ends every session and token of its user. The second factor stays: it is asked for at the
    /// next sign-in.
    ///
    /// # Errors
    /// When the link isn't good, or the password weak.
    pub async fn recover(&self, secret: &str, password: &str) -> Result<(), PeopleError> {
        let hash = secret::hash(secret);
        let row = sqlx::query(r#"SELECT "user", expires FROM recoveries WHERE hash = $1"#);
        let row = row.bind(hash.as_slice()).fetch_optional(self.database.pool()).await?.ok_or(Refusal::NotFound)?;
        let expires: Timestamp = row.try_get::<String, _>("expires")?.parse().map_err(|_| PeopleError::Corrupt)?;
        let account = self.account(row.try_get("user")?).await?.filter(|_| self.clock.now() < expires);
        let account = account.ok_or(Refusal::NotFound)?;
        password::check(password, &account.words())?;
        let kept = self.hasher.hash(password).await?;
        let id = account.user.id;
        let mut writing = self.database.begin(&*self.clock).await?;
        let used = Passing::Recoveries.statement("DELETE FROM recoveries WHERE hash = $1")?;
        if used.bind(hash.as_slice()).execute(&mut *writing).await?.rows_affected() != 1 {
            writing.cancel().await?;
            return Err(Refusal::NotFound.into());
        }
        // Whatever other links there are were asked for before.
        let others = Passing::Recoveries.statement(r#"DELETE FROM recoveries WHERE "user" = $1"#)?;
        others.bind(id).execute(&mut *writing).await?;
        self.write_password(&mut writing, (&account.user, account.email.as_deref()), &kept).await?;
        sessions::end_all(&mut writing, id, None).await?;
        tokens::end_all(&mut writing, id).await?;
        Ok(writing.commit().await?)
    }

    async fn write_password(
        &self,
        writing: &mut Writing,
        (user, email): (&User, Option<&str>),
        kept: &str,
    ) -> Result<(), PeopleError> {
        let now = writing.now().to_string();
        sqlx::query(
            r#"INSERT INTO user_secrets ("user", password, changed) VALUES ($1, $2, $3)
               ON CONFLICT ("user") DO UPDATE SET password = excluded.password, changed = excluded.changed"#,
        )
        .bind(user.id)
        .bind(kept)
        .bind(now)
        .execute(&mut **writing)
        .await?;
        self.note_changed(writing, (user, email), "password").await
    }

    /// Notes that a secret is another, and tells the person.
    pub(super) async fn note_changed(
        &self,
        writing: &mut Writing,
        (user, email): (&User, Option<&str>),
        what: &'static str,
    ) -> Result<(), PeopleError> {
        let event = user.did(What::SecretsChanged).with("secret", what);
        writing.note(event, [Record::new(Kind::User, user.id)]);
        self.tell_changed(writing, (user, email), what).await
    }

    /// Tells the person that a secret is another.
    pub(super) async fn tell_changed(
        &self,
        writing: &mut Writing,
        (user, email): (&User, Option<&str>),
        what: &'static str,
    ) -> Result<(), PeopleError> {
        let Some(email) = email else { return Ok(()) };
        let content = json!({ "what": what, "at": writing.now().to_string() });
        let kind = OutgoingKind::SecretsChanged;
        let message = Outgoing { kind, recipient: email.to_owned(), language: user.language, content };
        self.send(writing, &message).await
    }

    /// Sets another password. All other sessions end, and this one goes on under another secret, which is given.
    ///
    /// # Errors
    /// When the proof isn't one or the new password weak.
    pub async fn change_password(
        &self,
        identified: &Identified,
        (proof, new): (impl Into<Proof<'_>>, &str),
        agent: &str,
    ) -> Result<super::NewSession, PeopleError> {
        let account = self.prove(&identified.user, proof.into()).await?;
        password::check(new, &account.words())?;
        let kept = self.hasher.hash(new).await?;
        let mut writing = self.database.begin(&*self.clock).await?;
        self.write_password(&mut writing, (&account.user, account.email.as_deref()), &kept).await?;
        sessions::end_all(&mut writing, account.user.id, None).await?;
        let session = sessions::begin(self, &mut writing, &account.user, &sessions::agent(agent)).await?;
        writing.commit().await?;
        Ok(session)
    }

    /// Begins to set up a second factor, or another one: what the application needs, and the secret to confirm it with.
    ///
    /// # Errors
    /// When the proof isn't one.
    pub async fn begin_second_factor(
        &self,
        user: &User,
        proof: impl Into<Proof<'_>>,
    ) -> Result<(String, Enrolment), PeopleError> {
        let account = self.prove(user, proof.into()).await?;
        let key = totp::new_secret()?;
        let name = account.email.as_deref().unwrap_or(&account.user.user);
        let enrolment = totp::enrolment(key.as_slice(), name, &self.settings.host())?;
        // Nothing is kept until the first code comes: the sealed secret is what is given to be brought back.
        let until = self.seconds() + 600;
        let sealed = self
            .vault
            .seal(&format!("enrol {}", user.id), &[until.to_be_bytes().as_slice(), key.as_slice()].concat())?;
        Ok((hex::encode(sealed), enrolment))
    }

    /// Sets the second factor up by its first code, and gives new recovery codes. All other sessions end, and this one goes on under
    /// another secret.
    ///
    /// # Errors
    /// When the code is wrong, or the secret isn't of this user and the last ten minutes.
    pub async fn confirm_second_factor(
        &self,
        user: &User,
        (begun, code): (&str, &str),
        agent: &str,
    ) -> Result<(super::NewSession, Vec<String>), PeopleError> {
        let sealed = hex::decode(begun).map_err(|_| Refusal::WrongCode)?;
        let opened = self.vault.open(&format!("enrol {}", user.id), &sealed).map_err(|_| Refusal::WrongCode)?;
        let (until, key) = opened.split_first_chunk::<8>().ok_or(Refusal::WrongCode)?;
        if i64::from_be_bytes(*until) < self.seconds() {
            return Err(Refusal::WrongCode.into());
        }
        self.take_code(user.id, key, code).await?;
        let account = self.account(user.id).await?.ok_or(Refusal::NotFound)?;
        let sealed = self.vault.seal(&signin::totp_purpose(user.id), key)?;
        let mut writing = self.database.begin(&*self.clock).await?;
        let codes = self.keep_totp(&mut writing, &account.user, &sealed).await?;
        self.tell_changed(&mut writing, (&account.user, account.email.as_deref()), "second-factor").await?;
        sessions::end_all(&mut writing, user.id, None).await?;
        let session = sessions::begin(self, &mut writing, &account.user, &sessions::agent(agent)).await?;
        writing.commit().await?;
        Ok((session, codes))
    }

    /// Gives up the second factor, where none is required or a passkey stands for it.
    ///
    /// # Errors
    /// When it is required, or the proof isn't one.
    pub async fn remove_second_factor(&self, user: &User, proof: impl Into<Proof<'_>>) -> Result<(), PeopleError> {
        let account = self.prove(user, proof.into()).await?;
        let mut writing = self.database.begin(&*self.clock).await?;
        let has_passkeys = passkeys::count(&mut writing, user.id).await? > 0;
        if self.needs_two_factors(&account.user) && !has_passkeys {
            writing.cancel().await?;
            return Err(Refusal::Required.into());
        }
        let sql = r#"UPDATE user_secrets SET totp = NULL WHERE "user" = $1"#;
        sqlx::query(sql).bind(user.id).execute(&mut *writing).await?;
        if !has_passkeys {
            sqlx::query(r#"DELETE FROM recovery_codes WHERE "user" = $1"#).bind(user.id).execute(&mut *writing).await?;
        }
        self.note_changed(&mut writing, (&account.user, account.email.as_deref()), "second-factor").await?;
        Ok(writing.commit().await?)
    }

    /// New recovery codes, in place of all there were.
    ///
    /// # Errors
    /// When the proof isn't one.
    pub async fn renew_recovery_codes(
        &self,
        user: &User,
        proof: impl Into<Proof<'_>>,
    ) -> Result<Vec<String>, PeopleError> {
        let account = self.prove(user, proof.into()).await?;
        let mut writing = self.database.begin(&*self.clock).await?;
        let codes = self.new_codes(&mut writing, user.id).await?;
        self.note_changed(&mut writing, (&account.user, account.email.as_deref()), "recovery-codes").await?;
        writing.commit().await?;
        Ok(codes)
    }
}
