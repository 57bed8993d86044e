//! The rows behind versions, proposals and approvals. Each function runs in the transaction that it is given.

use super::{Entry, Files, Officer, VersionsError, What};
use crate::{
    database::{
        Database, Writing,
        records::{Kind, Record},
    },
    model::MemberName,
    proof::{By, Event},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{AnyExecutor, Row, any::AnyRow};

/// One open proposal's row.
#[derive(Debug, Clone)]
pub(super) struct ProposalRow {
    pub(super) id: i64,
    pub(super) base: String,
    pub(super) version: String,
    pub(super) officer: Officer,
    pub(super) why: String,
    pub(super) proposed: String,
    pub(super) state: String,
}

/// One approval's row.
#[derive(Debug, Clone)]
pub(super) struct ApprovalRow {
    pub(super) owner: MemberName,
    pub(super) user: String,
    pub(super) effects: String,
    pub(super) approved: String,
}

pub(super) async fn store(writing: &mut Writing, version: &str, files: &Files) -> Result<(), VersionsError> {
    for (name, bytes) in files {
        let hash = hex::encode(Sha256::digest(bytes));
        sqlx::query("INSERT INTO policy_files (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(&hash)
            .bind(bytes)
            .execute(&mut **writing)
            .await?;
        sqlx::query("INSERT INTO policy_versions (version, name, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(version)
            .bind(name)
            .bind(&hash)
            .execute(&mut **writing)
            .await?;
    }
    writing.touch(Record::new(Kind::PolicyVersion, version));
    Ok(())
}

pub(super) async fn files(database: &Database, version: &str) -> Result<Files, VersionsError> {
    let rows = sqlx::query("SELECT name, bytes FROM policy_versions JOIN policy_files USING (hash) WHERE version = $1")
        .bind(version)
        .fetch_all(database.pool())
        .await?;
    rows.into_iter().map(|row| Ok((row.try_get("name")?, row.try_get("bytes")?))).collect()
}

pub(super) async fn in_force(database: &Database) -> Result<Option<String>, VersionsError> {
    let row = sqlx::query("SELECT version FROM policy_publications ORDER BY id DESC LIMIT 1");
    Ok(row.fetch_optional(database.pool()).await?.map(|row| row.try_get("version")).transpose()?)
}

/// Every version that came into force, oldest first, and since when.
pub(super) async fn publications(database: &Database) -> Result<Vec<(jiff::Timestamp, String)>, VersionsError> {
    let rows = sqlx::query("SELECT version, published FROM policy_publications ORDER BY id")
        .fetch_all(database.pool())
        .await?;
    let publication = |row: AnyRow| {
        let published: String = row.try_get("published")?;
        Ok((published.parse().map_err(|_| VersionsError::Corrupt)?, row.try_get("version")?))
    };
    rows.into_iter().map(publication).collect()
}

pub(super) async fn narrowings(database: &Database) -> Result<Vec<(MemberName, String)>, VersionsError> {
    let rows = sqlx::query("SELECT owner, version FROM policy_narrowings WHERE ended IS NULL ORDER BY id");
    let rows = rows.fetch_all(database.pool()).await?;
    rows.into_iter().map(|row| Ok((member(&row, "owner")?, row.try_get("version")?))).collect()
}

pub(super) async fn publish(
    writing: &mut Writing,
    version: &str,
    proposal: Option<i64>,
    now: &str,
) -> Result<(), VersionsError> {
    let row =
        sqlx::query("INSERT INTO policy_publications (version, proposal, published) VALUES ($1, $2, $3) RETURNING id")
            .bind(version)
            .bind(proposal)
            .bind(now)
            .fetch_one(&mut **writing)
            .await?;
    touch(writing, Kind::PolicyPublication, &row)
}

pub(super) async fn narrow(
    writing: &mut Writing,
    owner: &MemberName,
    version: &str,
    proposal: i64,
    now: &str,
) -> Result<(), VersionsError> {
    let row = sqlx::query(
        "INSERT INTO policy_narrowings (owner, version, proposal, since) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(owner.as_str())
    .bind(version)
    .bind(proposal)
    .bind(now)
    .fetch_one(&mut **writing)
    .await?;
    touch(writing, Kind::PolicyNarrowing, &row)
}

pub(super) async fn end_narrowing(
    writing: &mut Writing,
    owner: &MemberName,
    version: &str,
    now: &str,
) -> Result<(), VersionsError> {
    let rows = sqlx::query(
        "UPDATE policy_narrowings SET ended = $1 WHERE owner = $2 AND version = $3 AND ended IS NULL RETURNING id",
    )
    .bind(now)
    .bind(owner.as_str())
    .bind(version)
    .fetch_all(&mut **writing)
    .await?;
    rows.iter().try_for_each(|row| touch(writing, Kind::PolicyNarrowing, row))
}

pub(super) async fn end_narrowings(writing: &mut Writing, owner: &MemberName, now: &str) -> Result<u64, VersionsError> {
    let rows = sqlx::query("UPDATE policy_narrowings SET ended = $1 WHERE owner = $2 AND ended IS NULL RETURNING id")
        .bind(now)
        .bind(owner.as_str())
        .fetch_all(&mut **writing)
        .await?;
    rows.iter().try_for_each(|row| touch(writing, Kind::PolicyNarrowing, row))?;
    Ok(rows.len() as u64)
}

pub(super) async fn propose(
    writing: &mut Writing,
    base: &str,
    version: &str,
    officer: &Officer,
    (why, now): (&str, &str),
) -> Result<i64, VersionsError> {
    let row = sqlx::query(
        r#"INSERT INTO policy_proposals (base, version, member, "user", why, proposed, state)
         VALUES ($1, $2, $3, $4, $5, $6, 'open') RETURNING id"#,
    )
    .bind(base)
    .bind(version)
    .bind(officer.member.as_str())
    .bind(&officer.user)
    .bind(why)
    .bind(now)
    .fetch_one(&mut **writing)
    .await?;
    touch(writing, Kind::PolicyProposal, &row)?;
    Ok(row.try_get("id")?)
}

pub(super) async fn proposals(database: &Database) -> Result<Vec<ProposalRow>, VersionsError> {
    let rows =
        sqlx::query("SELECT * FROM policy_proposals ORDER BY id DESC LIMIT 1000").fetch_all(database.pool()).await?;
    rows.iter().map(proposal).collect()
}

pub(super) async fn open_proposals(writing: &mut Writing) -> Result<Vec<ProposalRow>, VersionsError> {
    let rows = sqlx::query("SELECT * FROM policy_proposals WHERE state = 'open' ORDER BY id");
    rows.fetch_all(&mut **writing).await?.iter().map(proposal).collect()
}

pub(super) async fn one_proposal(database: &Database, id: i64) -> Result<Option<ProposalRow>, VersionsError> {
    let row =
        sqlx::query("SELECT * FROM policy_proposals WHERE id = $1").bind(id).fetch_optional(database.pool()).await?;
    row.as_ref().map(proposal).transpose()
}

fn proposal(row: &AnyRow) -> Result<ProposalRow, VersionsError> {
    Ok(ProposalRow {
        id: row.try_get("id")?,
        base: row.try_get("base")?,
        version: row.try_get("version")?,
        officer: Officer { member: member(row, "member")?, user: row.try_get("user")? },
        why: row.try_get("why")?,
        proposed: row.try_get("proposed")?,
        state: row.try_get("state")?,
    })
}

pub(super) async fn end_proposal(writing: &mut Writing, id: i64, state: &str) -> Result<(), VersionsError> {
    sqlx::query("UPDATE policy_proposals SET state = $1 WHERE id = $2")
        .bind(state)
        .bind(id)
        .execute(&mut **writing)
        .await?;
    writing.touch(Record::new(Kind::PolicyProposal, id));
    Ok(())
}

pub(super) async fn approvals(database: &Database, proposal: i64) -> Result<Vec<ApprovalRow>, VersionsError> {
    let rows = sqlx::query("SELECT * FROM policy_approvals WHERE proposal = $1 ORDER BY owner").bind(proposal);
    let rows = rows.fetch_all(database.pool()).await?;
    let approval = |row: &AnyRow| {
        Ok(ApprovalRow {
            owner: member(row, "owner")?,
            user: row.try_get("user")?,
            effects: row.try_get("effects")?,
            approved: row.try_get("approved")?,
        })
    };
    rows.iter().map(approval).collect()
}

pub(super) async fn approve(
    writing: &mut Writing,
    proposal: i64,
    officer: &Officer,
    effects: &str,
    now: &str,
) -> Result<(), VersionsError> {
    sqlx::query(
        r#"INSERT INTO policy_approvals (proposal, owner, "user", effects, approved) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (proposal, owner) DO UPDATE
         SET "user" = excluded."user", effects = excluded.effects, approved = excluded.approved"#,
    )
    .bind(proposal)
    .bind(officer.member.as_str())
    .bind(&officer.user)
    .bind(effects)
    .bind(now)
    .execute(&mut **writing)
    .await?;
    writing.touch(Record::new(Kind::PolicyProposal, proposal));
    Ok(())
}

pub(super) async fn retract(writing: &mut Writing, proposal: i64, owner: &MemberName) -> Result<u64, VersionsError> {
    let done = sqlx::query("DELETE FROM policy_approvals WHERE proposal = $1 AND owner = $2")
        .bind(proposal)
        .bind(owner.as_str())
        .execute(&mut **writing)
        .await?;
    writing.touch(Record::new(Kind::PolicyProposal, proposal));
    Ok(done.rows_affected())
}

fn touch(writing: &mut Writing, kind: Kind, row: &AnyRow) -> Result<(), VersionsError> {
    writing.touch(Record::new(kind, row.try_get::<i64, _>("id")?));
    Ok(())
}

/// Writes a line of the policies' own log, and the audit log's entry with it.
pub(super) async fn log(writing: &mut Writing, entry: &Entry) -> Result<(), VersionsError> {
    let row = sqlx::query(
        r#"INSERT INTO policy_log (happened, what, member, "user", version, proposal, why)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"#,
    )
    .bind(&entry.happened)
    .bind(entry.what.as_str())
    .bind(entry.officer.as_ref().map(|officer| officer.member.as_str()))
    .bind(entry.officer.as_ref().map(|officer| officer.user.as_str()))
    .bind(&entry.version)
    .bind(entry.proposal)
    .bind(&entry.why)
    .fetch_one(&mut **writing)
    .await?;
    let by = entry.officer.as_ref().map(|officer| By { member: officer.member.clone(), user: officer.user.clone() });
    let told = [
        ("version", entry.version.clone().map(Value::from)),
        ("proposal", entry.proposal.map(Value::from)),
        ("why", entry.why.clone().map(Value::from)),
    ];
    let mut event = Event::public(entry.what.told(), by);
    for (name, value) in told {
        event = value.into_iter().fold(event, |event, value| event.with(name, value));
    }
    writing.note(event, [Record::new(Kind::PolicyLog, row.try_get::<i64, _>("id")?)]);
    Ok(())
}

pub(super) async fn entries(database: &Database) -> Result<Vec<Entry>, VersionsError> {
    let rows = sqlx::query("SELECT * FROM policy_log ORDER BY id DESC LIMIT 1000").fetch_all(database.pool()).await?;
    let entry = |row: &AnyRow| {
        let officer = match row.try_get::<Option<String>, _>("member")? {
            Some(_) => Some(Officer { member: member(row, "member")?, user: row.try_get("user")? }),
            None => None,
        };
        let what: String = row.try_get("what")?;
        Ok(Entry {
            happened: row.try_get("happened")?,
            what: What::ALL.into_iter().find(|known| known.as_str() == what).ok_or(VersionsError::Corrupt)?,
            officer,
            version: row.try_get("version")?,
            proposal: row.try_get("proposal")?,
            why: row.try_get("why")?,
        })
    };
    rows.iter().map(entry).collect()
}

fn member(row: &AnyRow, column: &str) -> Result<MemberName, VersionsError> {
    row.try_get::<String, _>(column)?.parse().map_err(|_| VersionsError::Corrupt)
}

/// The log's newest entry; 0 if there is none.
pub(super) async fn newest(executor: impl AnyExecutor<'_>) -> Result<i64, VersionsError> {
    let row = sqlx::query("SELECT coalesce(max(id), 0) AS newest FROM policy_log").fetch_one(executor).await?;
    Ok(row.try_get("newest")?)
}
