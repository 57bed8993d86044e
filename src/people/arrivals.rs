//! People whom a member's directory sends: who they are is bound for good to a user of that member, and their roles are what the
//! directory's groups give at each arrival.
//!
//! Promises: an account that somebody signs in to by password is taken over by no arrival: its user links it; a user who was ended
//! stays so; what the directory takes away is gone before anything else is answered.

use super::{
    NewSession, Outgoing, OutgoingKind, People, PeopleError, User, passkeys, sessions, signin::Account, text, tokens,
    user,
};
use crate::{
    database::{
        Passing, Writing,
        records::{Kind, Record},
    },
    model::{Language, MemberName, Role},
    proof::What,
};
use serde_json::json;
use sqlx::Row;
use std::collections::BTreeSet;

/// Users of a member who may have the same name.
const NAMESAKES_MAX: usize = 1_000;

/// Who arrives, by the word of a member's directory.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The member whose directory it is.
    pub member: MemberName,
    /// The directory's name for itself.
    pub issuer: String,
    /// Its name for the person, for good.
    pub subject: String,
    /// The address, which it has verified.
    pub email: String,
    /// The person's name, if it says one.
    pub name: Option<String>,
    /// The roles that the person's groups give.
    pub roles: BTreeSet<Role>,
    /// Whether two factors were shown there.
    pub two_factors: bool,
    /// The language of a new user.
    pub language: Language,
}

/// Why somebody who arrives isn't let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLetIn {
    /// None of their groups gives a role.
    NoRole,
    /// Their role needs two factors, and the directory doesn't say that they showed them.
    TwoFactors,
    /// Their address can't be one.
    Address,
    /// The account that would be linked has another address.
    OtherAddress,
    /// Somebody of the member signs in with this address by password: the account is theirs to link.
    AccountExists,
    /// Their user was ended.
    Ended,
    /// The person, or the account, is bound already.
    Bound,
}

/// What comes of an arrival, and whether anything was written.
type Outcome = (Result<NewSession, NotLetIn>, bool);

impl People {
    /// Lets in who arrives: the user that they are bound to, or a new one; with the roles that their groups give now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn arrive(&self, arrival: &Arrival, agent: &str) -> Result<Result<NewSession, NotLetIn>, PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let outcome = match bound(&mut writing, arrival).await {
            Ok(Some((_, _, true))) => Ok((Err(NotLetIn::Ended), false)),
            Ok(Some((user, email, false))) => self.return_of(&mut writing, arrival, (user, email), agent).await,
            Ok(None) => self.first_of(&mut writing, arrival, agent).await,
            Err(error) => Err(error),
        };
        ended(writing, outcome).await
    }

    async fn return_of(
        &self,
        writing: &mut Writing,
        arrival: &Arrival,
        (mut user, email): (User, Option<String>),
        agent: &str,
    ) -> Result<Outcome, PeopleError> {
        let id = user.id;
        // A host is made on the room's machine, and by no directory.
        let host = user.roles.iter().copied().filter(|role| *role == Role::Host);
        let roles: BTreeSet<Role> = arrival.roles.iter().copied().chain(host).collect();
        let mut changed = roles != user.roles;
        if changed {
            user.roles = roles;
            user::write_roles(writing, &user).await?;
        }
        if changed || arrival.roles.is_empty() {
            changed |= sessions::end_all(writing, id, None).await? > 0;
        }
        if arrival.roles.is_empty() {
            changed |= tokens::end_all(writing, id).await? > 0;
        }
        if changed {
            let event = user::about(What::RolesChanged, &user).with("roles", user::words(&user.roles));
            writing.note(event.with("with", "directory"), [Record::new(Kind::User, id)]);
        }
        if arrival.roles.is_empty() {
            return Ok((Err(NotLetIn::NoRole), changed));
        }
        if self.needs_two_factors(&user) && !arrival.two_factors {
            return Ok((Err(NotLetIn::TwoFactors), changed));
        }
        let address = text::email(&arrival.email).ok();
        if address.is_some() && address != email {
            let update = sqlx::query(r#"UPDATE directory_users SET email = $1 WHERE "user" = $2"#);
            update.bind(address.as_deref()).bind(id).execute(&mut **writing).await?;
            writing.touch(Record::new(Kind::DirectoryUser, id));
        }
        let account = Account::known(user, address.or(email));
        let session = self.begin_session(writing, &account, &sessions::agent(agent), "directory").await?;
        Ok((Ok(session), true))
    }

    async fn first_of(&self, writing: &mut Writing, arrival: &Arrival, agent: &str) -> Result<Outcome, PeopleError> {
        if arrival.roles.is_empty() {
            return Ok((Err(NotLetIn::NoRole), false));
        }
        let Ok(email) = text::email(&arrival.email) else { return Ok((Err(NotLetIn::Address), false)) };
        // Of this member alone: a directory learns nothing of who else has an account.
        let known = sqlx::query("SELECT u.id FROM users u WHERE u.member = $1 AND u.email = $2 AND u.ended IS NULL")
            .bind(arrival.member.as_str())
            .bind(email.as_str())
            .fetch_optional(&mut **writing)
            .await?;
        if known.is_some() {
            return Ok((Err(NotLetIn::AccountExists), false));
        }
        if self.need_two_factors(&arrival.roles) && !arrival.two_factors {
            return Ok((Err(NotLetIn::TwoFactors), false));
        }
        let name = free_name(writing, arrival, &email).await?;
        let user = user::insert(writing, &arrival.member, (&name, None), arrival.language, &arrival.roles).await?;
        bind(writing, user.id, arrival, &email).await?;
        let event = user::about(What::UserJoined, &user).with("roles", user::words(&user.roles));
        let records = [Record::new(Kind::User, user.id), Record::new(Kind::DirectoryUser, user.id)];
        writing.note(event.with("with", "directory"), records);
        let account = Account::known(user, Some(email));
        let session = self.begin_session(writing, &account, &sessions::agent(agent), "directory").await?;
        Ok((Ok(session), true))
    }

    /// Binds the account of who is signed in to who arrives, for good. Its password, second factor and recovery codes end, and so do
    /// all of its sessions but the one that is given: from now on the directory alone lets in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link(
        &self,
        user: &User,
        arrival: &Arrival,
        agent: &str,
    ) -> Result<Result<NewSession, NotLetIn>, PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let outcome = self.link_in(&mut writing, user, arrival, agent).await;
        ended(writing, outcome).await
    }

    async fn link_in(
        &self,
        writing: &mut Writing,
        user: &User,
        arrival: &Arrival,
        agent: &str,
    ) -> Result<Outcome, PeopleError> {
        let Ok(email) = text::email(&arrival.email) else { return Ok((Err(NotLetIn::Address), false)) };
        if user.member != arrival.member || arrival.roles.is_empty() {
            return Ok((Err(NotLetIn::NoRole), false));
        }
        let own = sqlx::query(r#"SELECT "user" FROM directory_users WHERE "user" = $1"#);
        let own = own.bind(user.id).fetch_optional(&mut **writing).await?;
        if own.is_some() || bound(writing, arrival).await?.is_some() {
            return Ok((Err(NotLetIn::Bound), false));
        }
        if (self.needs_two_factors(user) || self.need_two_factors(&arrival.roles)) && !arrival.two_factors {
            return Ok((Err(NotLetIn::TwoFactors), false));
        }
        let row = sqlx::query("SELECT u.email FROM users u WHERE u.id = $1 AND u.ended IS NULL").bind(user.id);
        let Some(row) = row.fetch_optional(&mut **writing).await? else { return Ok((Err(NotLetIn::Ended), false)) };
        // Else somebody whose browser was signed in to another's directory account would give theirs away.
        let address = email.clone();
        if row.try_get::<Option<String>, _>("email")?.as_deref() != Some(address.as_str()) {
            return Ok((Err(NotLetIn::OtherAddress), false));
        }
        bind(writing, user.id, arrival, &email).await?;
        let (id, now) = (user.id, writing.now().to_string());
        let secrets =
            sqlx::query(r#"UPDATE user_secrets SET password = NULL, totp = NULL, changed = $1 WHERE "user" = $2"#);
        secrets.bind(now.as_str()).bind(id).execute(&mut **writing).await?;
        sqlx::query(r#"DELETE FROM recovery_codes WHERE "user" = $1"#).bind(id).execute(&mut **writing).await?;
        let links = Passing::Recoveries.statement(r#"DELETE FROM recoveries WHERE "user" = $1"#)?;
        links.bind(id).execute(&mut **writing).await?;
        // Else whom the directory lets go would still come in.
        passkeys::end_all(writing, id).await?;
        sessions::end_all(writing, id, None).await?;
        let event = user.did(What::SecretsChanged).with("secret", "directory");
        writing.note(event, [Record::new(Kind::User, id), Record::new(Kind::DirectoryUser, id)]);
        let session = sessions::begin(self, writing, user, &sessions::agent(agent)).await?;
        let (kind, content) = (OutgoingKind::SecretsChanged, json!({ "what": "directory", "at": now }));
        let message = Outgoing { kind, recipient: address, language: user.language, content };
        self.send(writing, &message).await?;
        Ok((Ok(session), true))
    }

    fn need_two_factors(&self, roles: &BTreeSet<Role>) -> bool {
        self.settings.two_factors_for_all() || roles.contains(&Role::Officer) || roles.contains(&Role::Host)
    }
}

/// The user that an arrival is bound to, their address, and whether they were ended.
async fn bound(writing: &mut Writing, arrival: &Arrival) -> Result<Option<(User, Option<String>, bool)>, PeopleError> {
    let row = sqlx::query(
        r#"SELECT u.id, u.member, u.name, u.language, u.roles, u.ended, d.email FROM directory_users d
           JOIN users u ON u.id = d."user" WHERE d.member = $1 AND d.issuer = $2 AND d.subject = $3"#,
    )
    .bind(arrival.member.as_str())
    .bind(arrival.issuer.as_str())
    .bind(arrival.subject.as_str())
    .fetch_optional(&mut **writing)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((user::read(&row)?, row.try_get("email")?, row.try_get::<Option<String>, _>("ended")?.is_some())))
}

async fn bind(writing: &mut Writing, id: i64, arrival: &Arrival, email: &str) -> Result<(), PeopleError> {
    let now = writing.now().to_string();
    sqlx::query(
        r#"INSERT INTO directory_users ("user", member, issuer, subject, email, bound) VALUES ($1, $2, $3, $4, $5, $6)"#,
    )
    .bind(id)
    .bind(arrival.member.as_str())
    .bind(arrival.issuer.as_str())
    .bind(arrival.subject.as_str())
    .bind(email)
    .bind(now)
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// The name that the directory says, or that of the address; with a number behind it, if somebody of the member has it.
async fn free_name(writing: &mut Writing, arrival: &Arrival, email: &str) -> Result<String, PeopleError> {
    let fit = |name: &str| text::name(&text::plain(&name.replace('/', " "), 70)).ok();
    let local = email.split('@').next().unwrap_or_default();
    let said = arrival.name.as_deref().and_then(fit).or_else(|| fit(local)).unwrap_or_else(|| "?".to_owned());
    for number in 1..=NAMESAKES_MAX {
        let name = if number == 1 { said.clone() } else { format!("{said} {number}") };
        if user::named(writing, &arrival.member, &name).await?.is_none() {
            return Ok(name);
        }
    }
    Err(super::Refusal::Name.into())
}

async fn ended(
    writing: Writing,
    outcome: Result<Outcome, PeopleError>,
) -> Result<Result<NewSession, NotLetIn>, PeopleError> {
    match outcome {
        Ok((outcome, true)) => {
            writing.commit().await?;
            Ok(outcome)
        }
        Ok((outcome, false)) => {
            writing.cancel().await?;
            Ok(outcome)
        }
        Err(error) => {
            writing.cancel().await?;
            Err(error)
        }
    }
}
