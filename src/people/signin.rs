//! Signing in: the password, then the second factor where there is one or one is required; a session only after both.
//!
//! Promise: what is answered to a wrong password and to an unknown address is the same, and so is the work. What a browser was given
//! before it has signed in is worth nothing after: each step has a secret of its own, and so has the session.

use super::{
    Enrolment, NewSession, Outgoing, OutgoingKind, People, PeopleError, Refusal, User, secret, sessions, text, totp,
    user,
};
use crate::{
    database::{
        Passing, Writing,
        records::{Kind, Record},
    },
    model::Role,
    proof::What,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Row;

/// How long the second step of a sign-in is waited for.
const STEP_MINUTES: i64 = 10;

/// Somebody who signs in with a password.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    /// The address, as it was typed.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// What the browser says of itself.
    pub agent: &'a str,
}

/// The second step of a sign-in.
#[derive(Clone, Copy)]
pub enum Code<'a> {
    /// A code of the application.
    OneTime(&'a str),
    /// A recovery code.
    Recovery(&'a str),
}

/// What comes of a step.
pub enum Step {
    /// Signed in; with new recovery codes, if the second factor was just set up.
    Done {
        /// The session.
        session: NewSession,
        /// The codes, shown once.
        recovery_codes: Vec<String>,
    },
    /// A code is asked for, to be given with this secret.
    Code(String),
    /// A second factor is required and there is none yet: its first code is asked for, to be given with this secret.
    Enrol(String, Box<Enrolment>),
    /// The password is right, two factors are required, and the second is a passkey: to be used, or a recovery code in its place, to be
    /// given with this secret.
    Passkey(String),
    /// Wrong: the address, the password or the code, and nothing says which.
    Wrong,
}

/// A user who tries to sign in.
pub(super) struct Account {
    pub(super) user: User,
    pub(super) email: Option<String>,
    password: Option<String>,
    totp: Option<Vec<u8>>,
}

impl Account {
    /// One that is known by other means than a password.
    pub(super) fn known(user: User, email: Option<String>) -> Self {
        Self { user, email, password: None, totp: None }
    }

    /// What is kept of the password.
    pub(super) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// Words that the password may not be made of.
    pub(super) fn words(&self) -> Vec<&str> {
        let words =
            [Some(self.user.user.as_str()), Some(self.user.member.as_str()), self.email.as_deref(), Some("camerata")];
        words.into_iter().flatten().collect()
    }
}

impl People {
    pub(super) fn account_key(&self, email: &str) -> Vec<u8> {
        // What can't be an address is counted too, as it was typed.
        let email = text::email(email).unwrap_or_else(|_| text::plain(email, 256));
        self.vault.index("account", &email)
    }

    pub(super) fn needs_two_factors(&self, user: &User) -> bool {
        self.settings.two_factors_for_all() || user.is(Role::Officer) || user.is(Role::Host)
    }

    async fn account_where(
        &self,
        sql: &'static str,
        email: Option<&str>,
        id: i64,
    ) -> Result<Option<Account>, PeopleError> {
        let query = sqlx::query(sql);
        let query = match email {
            Some(email) => query.bind(email),
            None => query.bind(id),
        };
        let row = query.fetch_optional(self.database.pool()).await?;
        row.map(|row| {
            Ok(Account {
                user: user::read(&row)?,
                email: row.try_get("email")?,
                password: row.try_get("password")?,
                totp: row.try_get("totp")?,
            })
        })
        .transpose()
    }

    async fn account_of(&self, email: &str) -> Result<Option<Account>, PeopleError> {
        let email = text::email(email).unwrap_or_default();
        let sql = r#"SELECT u.id, u.member, u.name, u.language, u.roles, u.email, s.password, s.totp FROM users u
                     LEFT JOIN user_secrets s ON s."user" = u.id WHERE u.email = $1 AND u.ended IS NULL"#;
        self.account_where(sql, Some(&email), 0).await
    }

    pub(super) async fn account(&self, id: i64) -> Result<Option<Account>, PeopleError> {
        let sql = r#"SELECT u.id, u.member, u.name, u.language, u.roles, u.email, s.password, s.totp FROM users u
                     LEFT JOIN user_secrets s ON s."user" = u.id WHERE u.id = $1 AND u.ended IS NULL"#;
        self.account_where(sql, None, id).await
    }

    /// The first step: the password.
    ///
    /// # Errors
    /// [`Refusal::Later`] after too many tries; or when the database fails.
    pub async fn sign_in(&self, sign_in: SignIn<'_>) -> Result<Step, PeopleError> {
        let key = self.account_key(sign_in.email);
        let tried = self.attempt(&key).await?;
        let account = self.account_of(sign_in.email).await?;
        let kept = account.as_ref().and_then(|account| account.password.as_deref());
        let right = self.hasher.verify(sign_in.password, kept).await?;
        match account {
            Some(account) if right => {
                let step = self.after_password(&account, sign_in.agent).await?;
                if !matches!(step, Step::Done { .. }) {
                    self.give_back(&key, tried).await?;
                }
                Ok(step)
            }
            account => {
                if tried.is_last {
                    self.tell_held(account.map(|account| account.user));
                }
                Ok(Step::Wrong)
            }
        }
    }

    /// Writes in the log that sign-ins as a user are held; beside what is answered, which for an unknown address takes as long.
    fn tell_held(&self, user: Option<User>) {
        let Some(user) = user else { return };
        let people = self.clone();
        tokio::spawn(async move {
            let told = async {
                let mut writing = people.database.begin(&*people.clock).await?;
                writing.note(user::about(What::SignInHeld, &user), []);
                writing.commit().await
            };
            if let Err(error) = told.await {
                tracing::error!(%error, "held sign-ins could not be logged");
            }
        });
    }

    /// What follows once the person is known by a password, or by the link that lets them set one.
    pub(super) async fn after_password(&self, account: &Account, agent: &str) -> Result<Step, PeopleError> {
        let (id, agent) = (account.user.id, sessions::agent(agent));
        if account.totp.is_some() {
            return Ok(Step::Code(self.open_step(id, ("code", None), &agent).await?));
        }
        if !self.needs_two_factors(&account.user) {
            let mut writing = self.database.begin(&*self.clock).await?;
            let session = self.begin_session(&mut writing, account, &agent, "password").await?;
            writing.commit().await?;
            if let Some(email) = &account.email {
                self.absolve(&self.account_key(email)).await?;
            }
            return Ok(Step::Done { session, recovery_codes: Vec::new() });
        }
        // Else whoever reads the person's mail could set a password by it, and then a second factor of their own.
        if self.has_passkeys(id).await? {
            return Ok(Step::Passkey(self.open_step(id, ("code", None), &agent).await?));
        }
        let key = totp::new_secret()?;
        let name = account.email.as_deref().unwrap_or(&account.user.user);
        let enrolment = totp::enrolment(key.as_slice(), name, &self.settings.host())?;
        let sealed = self.vault.seal(&totp_purpose(id), key.as_slice())?;
        let step = self.open_step(id, ("enrol", Some(sealed)), &agent).await?;
        Ok(Step::Enrol(step, Box::new(enrolment)))
    }

    async fn open_step(
        &self,
        id: i64,
        (purpose, totp): (&'static str, Option<Vec<u8>>),
        agent: &str,
    ) -> Result<String, PeopleError> {
        let now = self.clock.now();
        let old = Passing::SigninSteps.statement("DELETE FROM signin_steps WHERE expires < $1")?;
        old.bind(now.to_string()).execute(self.database.pool()).await?;
        let secret = secret::new("")?;
        Passing::SigninSteps
            .statement(
                r#"INSERT INTO signin_steps (hash, "user", purpose, totp, agent, expires) VALUES ($1, $2, $3, $4, $5, $6)"#,
            )?
            .bind(secret::hash(&secret))
            .bind(id)
            .bind(purpose)
            .bind(totp)
            .bind(agent)
            .bind((now + SignedDuration::from_mins(STEP_MINUTES)).to_string())
            .execute(self.database.pool())
            .await?;
        Ok(secret)
    }

    /// The second step: a code, with the secret that the first one gave.
    ///
    /// # Errors
    /// [`Refusal::Later`] after too many tries; or when the database fails.
    pub async fn second_factor(&self, step: &str, code: Code<'_>) -> Result<Step, PeopleError> {
        let hash = secret::hash(step);
        let row = sqlx::query(r#"SELECT "user", purpose, totp, agent, expires FROM signin_steps WHERE hash = $1"#)
            .bind(hash.as_slice())
            .fetch_optional(self.database.pool())
            .await?;
        let Some(row) = row else { return Ok(Step::Wrong) };
        let expires: Timestamp = row.try_get::<String, _>("expires")?.parse().map_err(|_| PeopleError::Corrupt)?;
        let account = self.account(row.try_get("user")?).await?.filter(|_| self.clock.now() < expires);
        let Some(account) = account else { return Ok(Step::Wrong) };
        let key = self.account_key(account.email.as_deref().unwrap_or_default());
        let tried = self.attempt(&key).await?;
        let (agent, purpose): (String, String) = (row.try_get("agent")?, row.try_get("purpose")?);
        let provisional: Option<Vec<u8>> = row.try_get::<Option<Vec<u8>>, _>("totp")?.filter(|_| purpose == "enrol");
        match self.take_step(&hash, &account, (provisional, &agent), code).await {
            Ok((session, recovery_codes)) => {
                self.absolve(&key).await?;
                Ok(Step::Done { session, recovery_codes })
            }
            Err(PeopleError::Refused(Refusal::WrongCode | Refusal::NotFound)) => {
                if tried.is_last {
                    self.tell_held(Some(account.user));
                }
                Ok(Step::Wrong)
            }
            Err(error) => Err(error),
        }
    }

    async fn take_step(
        &self,
        hash: &[u8],
        account: &Account,
        (provisional, agent): (Option<Vec<u8>>, &str),
        code: Code<'_>,
    ) -> Result<(NewSession, Vec<String>), PeopleError> {
        let id = account.user.id;
        // What is being set up counts only while nothing is; a step of before doesn't replace what was set up since.
        let sealed = match (&provisional, &account.totp) {
            (Some(_), Some(_)) => return Err(Refusal::WrongCode.into()),
            (sealed, kept) => sealed.as_ref().or(kept.as_ref()),
        };
        if let Code::OneTime(code) = code {
            // Who has a passkey alone has recovery codes, and no application that makes codes.
            let key = self.vault.open(&totp_purpose(id), sealed.ok_or(Refusal::WrongCode)?)?;
            self.take_code(id, &key, code).await?;
        }
        let mut writing = self.database.begin(&*self.clock).await?;
        let done = async {
            let step = Passing::SigninSteps.statement("DELETE FROM signin_steps WHERE hash = $1")?;
            // Of two that bring the same step at once, one finds it gone.
            if step.bind(hash).execute(&mut *writing).await?.rows_affected() != 1 {
                return Err(Refusal::WrongCode.into());
            }
            let mut codes = Vec::new();
            match (&provisional, code) {
                (None, Code::OneTime(_)) => {}
                (None, Code::Recovery(code)) => self.use_code(&mut writing, id, code).await?,
                (Some(sealed), Code::OneTime(_)) => codes = self.keep_totp(&mut writing, &account.user, sealed).await?,
                (Some(_), Code::Recovery(_)) => return Err(Refusal::WrongCode.into()),
            }
            let means = if matches!(code, Code::Recovery(_)) { "recovery-code" } else { "code" };
            Ok((self.begin_session(&mut writing, account, agent, means).await?, codes))
        };
        match done.await {
            Ok(done) => {
                writing.commit().await?;
                Ok(done)
            }
            Err(error) => {
                writing.cancel().await?;
                Err(error)
            }
        }
    }

    /// Keeps a second factor, and gives recovery codes with it.
    pub(super) async fn keep_totp(
        &self,
        writing: &mut Writing,
        user: &User,
        sealed: &[u8],
    ) -> Result<Vec<String>, PeopleError> {
        let now = writing.now().to_string();
        sqlx::query(
            r#"INSERT INTO user_secrets ("user", totp, changed) VALUES ($1, $2, $3)
               ON CONFLICT ("user") DO UPDATE SET totp = excluded.totp, changed = excluded.changed"#,
        )
        .bind(user.id)
        .bind(sealed)
        .bind(now)
        .execute(&mut **writing)
        .await?;
        let codes = self.new_codes(writing, user.id).await?;
        let event = user.did(What::SecretsChanged).with("secret", "second-factor");
        writing.note(event, [Record::new(Kind::User, user.id)]);
        Ok(codes)
    }

    /// Begins a session, tells the log, and the person if the browser is a new one.
    pub(super) async fn begin_session(
        &self,
        writing: &mut Writing,
        account: &Account,
        agent: &str,
        means: &str,
    ) -> Result<NewSession, PeopleError> {
        let user = &account.user;
        let known = sqlx::query(r#"SELECT count(*) AS n, sum(CASE WHEN agent = $1 THEN 1 ELSE 0 END) AS same FROM sessions WHERE "user" = $2"#)
            .bind(agent)
            .bind(user.id)
            .fetch_one(&mut **writing)
            .await?;
        let is_new = known.try_get::<i64, _>("n")? > 0 && known.try_get::<Option<i64>, _>("same")? == Some(0);
        let session = sessions::begin(self, writing, user, agent).await?;
        writing.note(user.did(What::SignedIn).with("with", means), [Record::new(Kind::User, user.id)]);
        if let Some(email) = account.email.clone().filter(|_| is_new) {
            let content = json!({ "agent": agent, "at": writing.now().to_string() });
            let message =
                Outgoing { kind: OutgoingKind::NewDevice, recipient: email, language: user.language, content };
            self.send(writing, &message).await?;
        }
        Ok(session)
    }
}

/// For whom a secret of one-time codes is sealed.
pub(super) fn totp_purpose(user: i64) -> String {
    format!("totp {user}")
}
