//! Users, their roles, and who may give and take these.

use super::{People, PeopleError, Refusal, text};
use crate::{
    database::{
        Writing,
        records::{Kind, Record},
    },
    model::{Language, MemberName, Role},
    proof::{By, Concerns, Event, What},
};
use serde::Serialize;
use serde_json::Map;
use sqlx::{Row, any::AnyRow};
use std::collections::BTreeSet;

/// Who signs in: a user of a member, with the roles held at this moment, or with those of them that a token was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// The user's number.
    pub id: i64,
    /// The member that the user works for.
    pub member: MemberName,
    /// The user's name there.
    pub user: String,
    /// The language of messages to the user.
    pub language: Language,
    /// What the user may do.
    pub roles: BTreeSet<Role>,
}

impl User {
    /// Whether the user holds a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// As the log names who did something.
    pub fn by(&self) -> By {
        By { member: self.member.clone(), user: self.user.clone() }
    }

    /// An event of the user's own doing, which concerns the user's member.
    pub(super) fn did(&self, what: What) -> Event {
        Event::among(what, self.by(), [])
    }

    /// Whether the user can give these roles, and take them.
    fn rules_over(&self, roles: &BTreeSet<Role>) -> bool {
        roles.iter().all(|role| self.is(if *role == Role::Host { Role::Host } else { Role::Officer }))
    }
}

/// A user as officers and hosts see them.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// The user's number.
    pub id: i64,
    /// The name.
    pub user: String,
    /// The address, if there is one.
    pub email: Option<String>,
    /// The language of messages.
    pub language: Language,
    /// The roles.
    pub roles: BTreeSet<Role>,
    /// Since when (RFC 3339, UTC).
    pub created: String,
    /// Whether a second factor is set up, or a passkey, which stands for two.
    pub two_factors: bool,
    /// How many passkeys there are.
    pub passkeys: i64,
    /// Whether the member's directory lets them in.
    pub directory: bool,
}

/// A user from a row with `id`, `member`, `name`, `language` and `roles`.
pub(super) fn read(row: &AnyRow) -> Result<User, PeopleError> {
    let member: String = row.try_get("member")?;
    Ok(User {
        id: row.try_get("id")?,
        member: member.parse().map_err(|_| PeopleError::Corrupt)?,
        user: row.try_get("name")?,
        language: language(row)?,
        roles: roles(row)?,
    })
}

pub(super) fn language(row: &AnyRow) -> Result<Language, PeopleError> {
    let language: String = row.try_get("language")?;
    Ok(Language::from_tag(&language))
}

pub(super) fn roles(row: &AnyRow) -> Result<BTreeSet<Role>, PeopleError> {
    let roles: String = row.try_get("roles")?;
    roles.split_whitespace().map(|role| role.parse().map_err(|_| PeopleError::Corrupt)).collect()
}

/// Roles as they are stored and logged.
pub(super) fn words(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
}

/// Whoever runs the room did this, for a user of a member.
pub(super) fn about(what: What, user: &User) -> Event {
    let concerns = Concerns::Members([user.member.clone()].into());
    Event { what, by: None, concerns, details: Map::new() }
        .with("member", user.member.as_str())
        .with("user", user.user.as_str())
}

/// A user did this to another of their member.
pub(super) fn done(what: What, by: &User, user: &User) -> Event {
    Event::among(what, by.by(), [user.member.clone()])
        .with("member", user.member.as_str())
        .with("user", user.user.as_str())
}

/// Writes a new user.
pub(super) async fn insert(
    writing: &mut Writing,
    member: &MemberName,
    (name, email): (&str, Option<&str>),
    language: Language,
    roles: &BTreeSet<Role>,
) -> Result<User, PeopleError> {
    let now = writing.now().to_string();
    let row = sqlx::query(
        "INSERT INTO users (member, name, email, language, roles, created) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(member.as_str())
    .bind(name)
    .bind(email)
    .bind(language.as_str())
    .bind(words(roles))
    .bind(now)
    .fetch_one(&mut **writing)
    .await?;
    let (member, user, roles) = (member.clone(), name.to_owned(), roles.clone());
    Ok(User { id: row.try_get("id")?, member, user, language, roles })
}

/// The user of a member and name, whether gone or not, in a transaction.
pub(super) async fn named(
    writing: &mut Writing,
    member: &MemberName,
    name: &str,
) -> Result<Option<(User, bool)>, PeopleError> {
    let row = sqlx::query(
        "SELECT u.id, u.member, u.name, u.language, u.roles, u.ended FROM users u WHERE u.member = $1 AND u.name = $2",
    )
    .bind(member.as_str())
    .bind(name)
    .fetch_optional(&mut **writing)
    .await?;
    row.map(|row| Ok((read(&row)?, row.try_get::<Option<String>, _>("ended")?.is_some()))).transpose()
}

impl People {
    /// The user of this number, unless gone.
    pub(super) async fn user(&self, id: i64) -> Result<Option<User>, PeopleError> {
        let row = sqlx::query(
            "SELECT u.id, u.member, u.name, u.language, u.roles FROM users u WHERE u.id = $1 AND u.ended IS NULL",
        );
        row.bind(id).fetch_optional(self.database.pool()).await?.map(|row| read(&row)).transpose()
    }

    /// A user of a member, by name, with this role among theirs; made if there is none. For whoever has the machine.
    ///
    /// # Errors
    /// When the name can't be one or its user has left, or the database fails.
    pub async fn ensure(&self, member: &MemberName, name: &str, role: Role) -> Result<User, PeopleError> {
        let name = text::name(name)?;
        let mut writing = self.database.begin(&*self.clock).await?;
        let user = match named(&mut writing, member, &name).await? {
            Some((_, true)) => {
                writing.cancel().await?;
                return Err(Refusal::Name.into());
            }
            Some((user, false)) if user.is(role) => {
                writing.cancel().await?;
                return Ok(user);
            }
            Some((mut user, false)) => {
                user.roles.insert(role);
                write_roles(&mut writing, &user).await?;
                let event = about(What::RolesChanged, &user).with("roles", words(&user.roles));
                writing.note(event, [Record::new(Kind::User, user.id)]);
                user
            }
            None => {
                let user = insert(&mut writing, member, (&name, None), Language::default(), &[role].into()).await?;
                let event = about(What::UserJoined, &user).with("roles", words(&user.roles));
                writing.note(event, [Record::new(Kind::User, user.id)]);
                user
            }
        };
        writing.commit().await?;
        Ok(user)
    }

    /// The users of a member, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self, member: &MemberName) -> Result<Vec<Listed>, PeopleError> {
        let rows = sqlx::query(
            r#"SELECT u.id, u.name, COALESCE(u.email, d.email) AS email, u.language, u.roles, u.created,
                      CASE WHEN s.totp IS NULL THEN 0 ELSE 1 END AS totp,
                      CASE WHEN d."user" IS NULL THEN 0 ELSE 1 END AS directory,
                      (SELECT count(*) FROM passkeys p WHERE p."user" = u.id AND p.ended IS NULL) AS passkeys
               FROM users u LEFT JOIN user_secrets s ON s."user" = u.id
               LEFT JOIN directory_users d ON d."user" = u.id
               WHERE u.member = $1 AND u.ended IS NULL ORDER BY u.name"#,
        )
        .bind(member.as_str())
        .fetch_all(self.database.pool())
        .await?;
        let listed = |row: &AnyRow| {
            let passkeys: i64 = row.try_get("passkeys")?;
            Ok(Listed {
                id: row.try_get("id")?,
                user: row.try_get("name")?,
                email: row.try_get("email")?,
                language: language(row)?,
                roles: roles(row)?,
                created: row.try_get("created")?,
                two_factors: row.try_get::<i64, _>("totp")? == 1 || passkeys > 0,
                passkeys,
                directory: row.try_get::<i64, _>("directory")? == 1,
            })
        };
        rows.iter().map(listed).collect()
    }

    /// Gives a user of the same member these roles and no others; at once, in all their sessions and tokens. Their sessions end, so
    /// that the next one begins with what the new roles require. Without any role, the user has left: for good, and without an address.
    ///
    /// Officers give and take the roles of their member's work, and hosts that of host.
    ///
    /// # Errors
    /// When there is no such user, a role that changes isn't `by`'s to give, or a member would be without an officer, the room
    /// without a host.
    pub async fn set_roles(&self, by: &User, id: i64, roles: &BTreeSet<Role>) -> Result<(), PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        match set_roles(&mut writing, by, id, roles).await {
            Ok(true) => Ok(writing.commit().await?),
            Ok(false) => Ok(writing.cancel().await?),
            Err(error) => {
                writing.cancel().await?;
                Err(error)
            }
        }
    }

    /// Takes a user's second factor and passkeys away, so that others can be set up: for who has lost them. By an officer of the same member; or by
    /// a host, of the room's hosts and of a member's only officer.
    ///
    /// # Errors
    /// When there is no such user, or `by` may not.
    pub async fn reset_second_factor(&self, by: &User, id: i64) -> Result<(), PeopleError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let row = sqlx::query(
            "SELECT u.id, u.member, u.name, u.language, u.roles, u.email FROM users u WHERE u.id = $1 AND u.ended IS NULL",
        );
        let row = row.bind(id).fetch_optional(&mut *writing).await?;
        let user = row.map(|row| Ok::<_, PeopleError>((read(&row)?, row.try_get::<Option<String>, _>("email")?)));
        let user = user.transpose()?.filter(|(user, _)| {
            let officer = by.is(Role::Officer) && by.member == user.member && !user.is(Role::Host);
            // One's own is changed with one's own codes; and a host's by a host alone.
            user.id != by.id && (officer || by.is(Role::Host) && (user.member == by.member || user.is(Role::Officer)))
        });
        let Some((user, email)) = user else {
            writing.cancel().await?;
            return Err(Refusal::NotFound.into());
        };
        sqlx::query(r#"UPDATE user_secrets SET totp = NULL WHERE "user" = $1"#).bind(id).execute(&mut *writing).await?;
        sqlx::query(r#"DELETE FROM recovery_codes WHERE "user" = $1"#).bind(id).execute(&mut *writing).await?;
        super::passkeys::end_all(&mut writing, id).await?;
        writing.note(done(What::SecretsChanged, by, &user), [Record::new(Kind::User, id)]);
        self.tell_changed(&mut writing, (&user, email.as_deref()), "second-factor").await?;
        super::sessions::end_all(&mut writing, id, None).await?;
        Ok(writing.commit().await?)
    }
}

/// Whether anything changed.
async fn set_roles(writing: &mut Writing, by: &User, id: i64, roles: &BTreeSet<Role>) -> Result<bool, PeopleError> {
    let row = sqlx::query(
        "SELECT u.id, u.member, u.name, u.language, u.roles FROM users u WHERE u.id = $1 AND u.ended IS NULL",
    );
    let row = row.bind(id).fetch_optional(&mut **writing).await?;
    let user =
        row.map(|row| read(&row)).transpose()?.filter(|user| user.member == by.member).ok_or(Refusal::NotFound)?;
    let changed: BTreeSet<Role> = user.roles.symmetric_difference(roles).copied().collect();
    if changed.is_empty() {
        return Ok(false);
    }
    if !by.rules_over(&changed) {
        return Err(Refusal::Roles.into());
    }
    for role in [Role::Officer, Role::Host].into_iter().filter(|role| user.is(*role) && !roles.contains(role)) {
        if !has_another(writing, &user.member, role, Some(id)).await? {
            return Err(Refusal::Last.into());
        }
    }
    let after = User { roles: roles.clone(), ..user };
    let event = if roles.is_empty() {
        let now = writing.now().to_string();
        let leave = sqlx::query("UPDATE users SET roles = '', email = NULL, ended = $1 WHERE id = $2");
        leave.bind(now).bind(id).execute(&mut **writing).await?;
        sqlx::query(r#"DELETE FROM recovery_codes WHERE "user" = $1"#).bind(id).execute(&mut **writing).await?;
        sqlx::query(r#"DELETE FROM user_secrets WHERE "user" = $1"#).bind(id).execute(&mut **writing).await?;
        super::passkeys::end_all(writing, id).await?;
        super::tokens::end_all(writing, id).await?;
        let address = sqlx::query(r#"UPDATE directory_users SET email = NULL WHERE "user" = $1"#);
        if address.bind(id).execute(&mut **writing).await?.rows_affected() > 0 {
            writing.touch(Record::new(Kind::DirectoryUser, id));
        }
        done(What::UserLeft, by, &after)
    } else {
        write_roles(writing, &after).await?;
        done(What::RolesChanged, by, &after).with("roles", words(roles))
    };
    super::sessions::end_all(writing, id, None).await?;
    writing.note(event, [Record::new(Kind::User, id)]);
    Ok(true)
}

pub(super) async fn write_roles(writing: &mut Writing, user: &User) -> Result<(), PeopleError> {
    let write = sqlx::query("UPDATE users SET roles = $1 WHERE id = $2");
    write.bind(words(&user.roles)).bind(user.id).execute(&mut **writing).await?;
    Ok(())
}

/// Whether a member has a user in a role, other than this one.
pub(super) async fn has_another(
    writing: &mut Writing,
    member: &MemberName,
    role: Role,
    than: Option<i64>,
) -> Result<bool, PeopleError> {
    let rows = sqlx::query("SELECT u.id, u.roles FROM users u WHERE u.member = $1 AND u.ended IS NULL");
    for row in rows.bind(member.as_str()).fetch_all(&mut **writing).await? {
        if roles(&row)?.contains(&role) && Some(row.try_get::<i64, _>("id")?) != than {
            return Ok(true);
        }
    }
    Ok(false)
}
