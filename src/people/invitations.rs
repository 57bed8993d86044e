//! Invitations: a link that makes a user of whoever has it, once, within 72 hours.
//!
//! The link goes to the address alone, and not to who invites: so nobody learns by inviting, or by trying the link, whether an address
//! has an account in the room. It does when somebody has one: then a message says so, and the invitation comes to nothing.

use super::{Outgoing, OutgoingKind, People, PeopleError, Refusal, Step, User, password, secret, text, user};
use crate::{
    database::{
        Writing,
        records::{Kind, Record},
    },
    model::{Language, MemberName, Role},
    proof::{Concerns, Event, What},
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, json};
use sqlx::{Row, any::AnyRow};
use std::collections::BTreeSet;

/// How long an invitation is good.
const HOURS: i64 = 72;

/// Whom to invite, to what.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The member whose user they will be.
    pub member: MemberName,
    /// Their address.
    pub email: String,
    /// Their language.
    pub language: Language,
    /// Their roles.
    pub roles: BTreeSet<Role>,
}

/// An invitation that waits, as who may invite sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Invited {
    /// Its number.
    pub id: i64,
    /// The member.
    pub member: MemberName,
    /// The address.
    pub email: String,
    /// The roles.
    pub roles: BTreeSet<Role>,
    /// Since when (RFC 3339, UTC).
    pub created: String,
    /// Until when.
    pub expires: String,
}

/// An invitation as its reader sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Opened {
    /// The member.
    pub member: MemberName,
    /// The address.
    pub email: String,
    /// The language.
    pub language: Language,
    /// The roles.
    pub roles: BTreeSet<Role>,
    /// Whether a second factor will be set up.
    pub two_factors: bool,
    #[serde(skip)]
    id: i64,
}

fn read(row: &AnyRow) -> Result<Invited, PeopleError> {
    let member: String = row.try_get("member")?;
    Ok(Invited {
        id: row.try_get("id")?,
        member: member.parse().map_err(|_| PeopleError::Corrupt)?,
        email: row.try_get("email")?,
        roles: user::roles(row)?,
        created: row.try_get("created")?,
        expires: row.try_get("expires")?,
    })
}

fn is_good(expires: &str, now: Timestamp) -> bool {
    expires.parse().is_ok_and(|end: Timestamp| now < end)
}

impl People {
    /// Invites somebody. Without `by`, whoever has the machine does, and is given the link; else the address alone is.
    ///
    /// # Errors
    /// When the address can't be one, or the roles aren't `by`'s to give: officers invite to their own member's work, hosts other hosts
    /// and the first officer of a member.
    pub async fn invite(
        &self,
        by: Option<&User>,
        invitation: &Invitation,
    ) -> Result<(Invited, Option<String>), PeopleError> {
        let email = text::email(&invitation.email)?;
        if invitation.roles.is_empty() {
            return Err(Refusal::Roles.into());
        }
        let secret = secret::new("")?;
        let mut writing = self.database.begin(&*self.clock).await?;
        let invited = async {
            if let Some(by) = by {
                may_invite(&mut writing, by, invitation).await?;
            }
            self.write_invitation(&mut writing, by, invitation, (&email, &secret)).await
        };
        match invited.await {
            Ok(invited) => {
                writing.commit().await?;
                let link = by.is_none().then(|| self.settings.link(&format!("/invitation/{secret}")));
                Ok((invited, link))
            }
            Err(error) => {
                writing.cancel().await?;
                Err(error)
            }
        }
    }

    async fn write_invitation(
        &self,
        writing: &mut Writing,
        by: Option<&User>,
        invitation: &Invitation,
        (email, secret): (&str, &str),
    ) -> Result<Invited, PeopleError> {
        let (created, expires) = (writing.now(), writing.now() + SignedDuration::from_hours(HOURS));
        let row = sqlx::query(
            "INSERT INTO invitations (hash, member, email, language, roles, host, created, expires)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(secret::hash(secret))
        .bind(invitation.member.as_str())
        .bind(email)
        .bind(invitation.language.as_str())
        .bind(user::words(&invitation.roles))
        .bind(i64::from(by.is_none_or(|by| by.is(Role::Host))))
        .bind(created.to_string())
        .bind(expires.to_string())
        .fetch_one(&mut **writing)
        .await?;
        let id: i64 = row.try_get("id")?;
        let members = [invitation.member.clone()];
        let event = match by {
            Some(by) => Event::among(What::Invited, by.by(), members),
            None => Event {
                what: What::Invited,
                by: None,
                concerns: Concerns::Members(members.into()),
                details: Map::new(),
            },
        };
        let event = event.with("member", invitation.member.as_str()).with("roles", user::words(&invitation.roles));
        writing.note(event.with("invitation", id), [Record::new(Kind::Invitation, id)]);
        if by.is_some() {
            let known = sqlx::query("SELECT u.id FROM users u WHERE u.email = $1")
                .bind(email)
                .fetch_optional(&mut **writing)
                .await?;
            let kind = if known.is_some() { OutgoingKind::InvitedAgain } else { OutgoingKind::Invitation };
            let link = self.settings.link(&format!("/invitation/{secret}"));
            let mut content =
                json!({ "member": invitation.member, "roles": invitation.roles, "hours": HOURS, "link": link });
            if let Some(content) = content.as_object_mut().filter(|_| known.is_some()) {
                content.remove("link");
            }
            let message = Outgoing { kind, recipient: email.to_owned(), language: invitation.language, content };
            self.send(writing, &message).await?;
        }
        let (member, roles) = (invitation.member.clone(), invitation.roles.clone());
        Ok(Invited {
            id,
            member,
            email: email.to_owned(),
            roles,
            created: created.to_string(),
            expires: expires.to_string(),
        })
    }

    /// The invitations that wait and that a user may take back: an officer's own member's, and a host's those of hosts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitations(&self, by: &User) -> Result<Vec<Invited>, PeopleError> {
        let rows = sqlx::query(
            "SELECT id, member, email, roles, created, expires FROM invitations
             WHERE ended IS NULL AND ((member = $1 AND $2 = 1) OR (host = 1 AND $3 = 1)) ORDER BY id DESC",
        )
        .bind(by.member.as_str())
        .bind(i64::from(by.is(Role::Officer)))
        .bind(i64::from(by.is(Role::Host)))
        .fetch_all(self.database.pool())
        .await?;
        let now = self.clock.now();
        let invited = rows.iter().map(read).collect::<Result<Vec<_>, PeopleError>>()?;
        Ok(invited.into_iter().filter(|invited| is_good(&invited.expires, now)).collect())
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// When none of this number waits that is theirs to take back.
    pub async fn withdraw_invitation(&self, by: &User, id: i64) -> Result<(), PeopleError> {
        let invited =
            self.invitations(by).await?.into_iter().find(|invited| invited.id == id).ok_or(Refusal::NotFound)?;
        let mut writing = self.database.begin(&*self.clock).await?;
        if !end(&mut writing, id).await? {
            writing.cancel().await?;
            return Err(Refusal::NotFound.into());
        }
        let event = Event::among(What::InvitationWithdrawn, by.by(), [invited.member]).with("invitation", id);
        writing.note(event, [Record::new(Kind::Invitation, id)]);
        Ok(writing.commit().await?)
    }

    /// What the invitation of a link says; the same refusal for one that is used, taken back or too old, and for none.
    ///
    /// # Errors
    /// When it isn't good.
    pub async fn open_invitation(&self, secret: &str) -> Result<Opened, PeopleError> {
        let row = sqlx::query(
            "SELECT i.id, i.member, i.email, i.language, i.roles, i.expires FROM invitations i
             WHERE i.hash = $1 AND i.ended IS NULL AND NOT EXISTS (SELECT 1 FROM users u WHERE u.email = i.email)",
        )
        .bind(secret::hash(secret))
        .fetch_optional(self.database.pool())
        .await?;
        let row = row.ok_or(Refusal::NotFound)?;
        if !is_good(&row.try_get::<String, _>("expires")?, self.clock.now()) {
            return Err(Refusal::NotFound.into());
        }
        let member: String = row.try_get("member")?;
        let roles = user::roles(&row)?;
        let required =
            roles.contains(&Role::Officer) || roles.contains(&Role::Host) || self.settings.two_factors_for_all();
        Ok(Opened {
            id: row.try_get("id")?,
            member: member.parse().map_err(|_| PeopleError::Corrupt)?,
            email: row.try_get("email")?,
            language: user::language(&row)?,
            roles,
            two_factors: required,
        })
    }

    /// Makes a user of who has the link, and goes on as after a right password.
    ///
    /// # Errors
    /// When the invitation isn't good, the name is taken, or the password weak.
    pub async fn accept_invitation(
        &self,
        secret: &str,
        (name, language, password): (&str, Language, &str),
        agent: &str,
    ) -> Result<Step, PeopleError> {
        let opened = self.open_invitation(secret).await?;
        let name = text::name(name)?;
        password::check(password, &[&name, &opened.email, opened.member.as_str(), "camerata"])?;
        let kept = self.hasher.hash(password).await?;
        let id = self
            .join(&opened, (&name, language), async |writing, user| {
                let now = writing.now().to_string();
                sqlx::query(r#"INSERT INTO user_secrets ("user", password, changed) VALUES ($1, $2, $3)"#)
                    .bind(user)
                    .bind(kept)
                    .bind(now)
                    .execute(&mut **writing)
                    .await?;
                Ok(())
            })
            .await?;
        let account = self.account(id).await?.ok_or(PeopleError::Corrupt)?;
        self.after_password(&account, agent).await
    }

    /// Makes a user of who was invited, with what they will sign in by, and uses the invitation up.
    pub(super) async fn join(
        &self,
        opened: &Opened,
        (name, language): (&str, Language),
        means: impl AsyncFnOnce(&mut Writing, i64) -> Result<(), PeopleError>,
    ) -> Result<i64, PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let joined = async {
            let taken = sqlx::query("SELECT 1 FROM users WHERE email = $1").bind(opened.email.as_str());
            if taken.fetch_optional(&mut *writing).await?.is_some() || !end(&mut writing, opened.id).await? {
                return Err(Refusal::NotFound.into());
            }
            if user::named(&mut writing, &opened.member, name).await?.is_some() {
                return Err(Refusal::Name.into());
            }
            let user = user::insert(&mut writing, &opened.member, (name, Some(&opened.email)), language, &opened.roles)
                .await?;
            means(&mut writing, user.id).await?;
            let event =
                user.did(What::UserJoined).with("roles", user::words(&opened.roles)).with("invitation", opened.id);
            writing.note(event, [Record::new(Kind::User, user.id), Record::new(Kind::Invitation, opened.id)]);
            Ok::<i64, PeopleError>(user.id)
        };
        match joined.await {
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

async fn may_invite(writing: &mut Writing, by: &User, invitation: &Invitation) -> Result<(), PeopleError> {
    let own = invitation.member == by.member;
    for role in &invitation.roles {
        let may = match role {
            Role::Host => own && by.is(Role::Host),
            _ => own && by.is(Role::Officer),
        };
        if may {
            continue;
        }
        if *role != Role::Officer || !by.is(Role::Host) {
            return Err(Refusal::Roles.into());
        }
        if user::has_another(writing, &invitation.member, Role::Officer, None).await? {
            return Err(Refusal::HasOfficer.into());
        }
    }
    Ok(())
}

async fn end(writing: &mut Writing, id: i64) -> Result<bool, PeopleError> {
    let now = writing.now().to_string();
    let ended = sqlx::query("UPDATE invitations SET ended = $1 WHERE id = $2 AND ended IS NULL");
    Ok(ended.bind(now).bind(id).execute(&mut **writing).await?.rows_affected() == 1)
}
