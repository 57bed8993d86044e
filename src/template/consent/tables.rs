//! The rows behind versions and approvals. What writes runs in the transaction that it is given.

use super::{ConsentError, Entry, Version, What};
use crate::{
    database::{
        Database, Writing,
        records::{Kind, Record},
    },
    model::{MemberName, Officer},
    proof::{By, Event},
};
use sqlx::{AnyExecutor, Row, any::AnyRow};

/// Whether the room's first templates were taken; there may have been none.
pub(super) async fn founded(database: &Database) -> Result<bool, ConsentError> {
    let row = sqlx::query("SELECT 1 FROM template_log WHERE what = 'founded'");
    Ok(row.fetch_optional(database.pool()).await?.is_some())
}

/// Every version with the approvals in force, oldest first, unchecked.
pub(super) async fn versions(database: &Database) -> Result<Vec<Version>, ConsentError> {
    let rows = sqlx::query("SELECT * FROM templates ORDER BY id").fetch_all(database.pool()).await?;
    let mut versions: Vec<Version> = rows.iter().map(version).collect::<Result<_, _>>()?;
    let rows = sqlx::query("SELECT hash, owner FROM template_approvals WHERE withdrawn IS NULL");
    for row in rows.fetch_all(database.pool()).await? {
        let (hash, owner): (String, String) = (row.try_get("hash")?, row.try_get("owner")?);
        let version = versions.iter_mut().find(|version| version.hash == hash).ok_or(ConsentError::Corrupt)?;
        version.approved.insert(member(owner)?);
    }
    let rows =
        sqlx::query("SELECT hash, max(happened) AS failed FROM template_log WHERE what = 'failed' GROUP BY hash");
    for row in rows.fetch_all(database.pool()).await? {
        let hash: String = row.try_get("hash")?;
        let version = versions.iter_mut().find(|version| version.hash == hash).ok_or(ConsentError::Corrupt)?;
        version.failed = row.try_get("failed")?;
    }
    Ok(versions)
}

fn version(row: &AnyRow) -> Result<Version, ConsentError> {
    let officer = match row.try_get::<Option<String>, _>("member")? {
        Some(name) => Some(Officer { member: member(name)?, user: row.try_get("user")? }),
        None => None,
    };
    let name: String = row.try_get("name")?;
    Ok(Version {
        name: name.parse().map_err(|_| ConsentError::Corrupt)?,
        hash: row.try_get("hash")?,
        sql: row.try_get::<String, _>("sql")?.into(),
        toml: row.try_get::<String, _>("toml")?.into(),
        officer,
        why: row.try_get("why")?,
        proposed: row.try_get("proposed")?,
        approved: std::collections::BTreeSet::new(),
        failed: None,
        template: None,
    })
}

fn member(name: String) -> Result<MemberName, ConsentError> {
    name.parse().map_err(|_| ConsentError::Corrupt)
}

pub(super) async fn store(writing: &mut Writing, version: &Version) -> Result<(), ConsentError> {
    sqlx::query(
        r#"INSERT INTO templates (hash, name, sql, toml, member, "user", why, proposed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"#,
    )
    .bind(&version.hash)
    .bind(version.name.as_str())
    .bind(&*version.sql)
    .bind(&*version.toml)
    .bind(version.officer.as_ref().map(|officer| officer.member.as_str()))
    .bind(version.officer.as_ref().map(|officer| officer.user.as_str()))
    .bind(&version.why)
    .bind(&version.proposed)
    .execute(&mut **writing)
    .await?;
    writing.touch(Record::new(Kind::Template, version.hash.as_str()));
    Ok(())
}

/// For the founding, no user approves.
pub(super) async fn approve(
    writing: &mut Writing,
    hash: &str,
    (owner, user): (&MemberName, Option<&str>),
    now: &str,
) -> Result<(), ConsentError> {
    sqlx::query(r#"INSERT INTO template_approvals (hash, owner, "user", approved) VALUES ($1, $2, $3, $4)"#)
        .bind(hash)
        .bind(owner.as_str())
        .bind(user)
        .bind(now)
        .execute(&mut **writing)
        .await?;
    writing.touch(Record::new(Kind::Template, hash));
    Ok(())
}

/// How many approvals that ended: one or none.
pub(super) async fn withdraw(
    writing: &mut Writing,
    hash: &str,
    owner: &MemberName,
    now: &str,
) -> Result<u64, ConsentError> {
    let done = sqlx::query(
        "UPDATE template_approvals SET withdrawn = $1 WHERE hash = $2 AND owner = $3 AND withdrawn IS NULL",
    )
    .bind(now)
    .bind(hash)
    .bind(owner.as_str())
    .execute(&mut **writing)
    .await?;
    writing.touch(Record::new(Kind::Template, hash));
    Ok(done.rows_affected())
}

/// Writes a line of the templates' own log, and the audit log's entry with it.
pub(super) async fn log(
    writing: &mut Writing,
    (what, now): (What, &str),
    officer: Option<&Officer>,
    hash: Option<&str>,
    why: Option<&str>,
) -> Result<(), ConsentError> {
    let row = sqlx::query(
        r#"INSERT INTO template_log (happened, what, member, "user", hash, why) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"#,
    )
    .bind(now)
    .bind(what.as_str())
    .bind(officer.map(|officer| officer.member.as_str()))
    .bind(officer.map(|officer| officer.user.as_str()))
    .bind(hash)
    .bind(why)
    .fetch_one(&mut **writing)
    .await?;
    let by = officer.map(|officer| By { member: officer.member.clone(), user: officer.user.clone() });
    let mut event = Event::public(what.told(), by);
    for (name, value) in [("template", hash), ("why", why)] {
        event = value.into_iter().fold(event, |event, value| event.with(name, value));
    }
    writing.note(event, [Record::new(Kind::TemplateLog, row.try_get::<i64, _>("id")?)]);
    Ok(())
}

pub(super) async fn entries(database: &Database) -> Result<Vec<Entry>, ConsentError> {
    let rows = sqlx::query("SELECT * FROM template_log ORDER BY id DESC LIMIT 1000").fetch_all(database.pool()).await?;
    let entry = |row: &AnyRow| {
        let officer = match row.try_get::<Option<String>, _>("member")? {
            Some(name) => Some(Officer { member: member(name)?, user: row.try_get("user")? }),
            None => None,
        };
        let what: String = row.try_get("what")?;
        Ok(Entry {
            happened: row.try_get("happened")?,
            what: What::ALL.into_iter().find(|known| known.as_str() == what).ok_or(ConsentError::Corrupt)?,
            officer,
            hash: row.try_get("hash")?,
            why: row.try_get("why")?,
        })
    };
    rows.iter().map(entry).collect()
}

/// The log's newest entry; 0 if there is none.
pub(super) async fn newest(executor: impl AnyExecutor<'_>) -> Result<i64, ConsentError> {
    let row = sqlx::query("SELECT coalesce(max(id), 0) AS newest FROM template_log").fetch_one(executor).await?;
    Ok(row.try_get("newest")?)
}
