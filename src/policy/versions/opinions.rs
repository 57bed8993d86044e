//! What officers say of a proposal for their member. It is read, and decides nothing: what is published is decided by approvals alone.

use super::{Comment, Officer, VersionsError};
use crate::{
    database::{
        Database, Writing,
        records::{Kind, Record},
    },
    model::MemberName,
};
use serde::{Deserialize, Serialize};
use sqlx::{Row, any::AnyRow};

/// What an opinion is of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OpinionVerdict {
    /// For it: the comment of an approval.
    Approved,
    /// Against it.
    Refused,
}

impl OpinionVerdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }
}

/// What a member's officer says of a proposal; its newest is the one that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// The member.
    pub owner: MemberName,
    /// Whether it is for or against.
    pub verdict: OpinionVerdict,
    /// The officer, and when.
    pub by: (String, String),
    /// Why, in the officer's words.
    pub comment: String,
    /// Whether it was of other effects than the proposal has by now.
    pub lapsed: bool,
    /// The digest of the effects that it is of.
    #[serde(skip)]
    pub(super) effects: String,
}

/// Gives an opinion in the place of the member's last one.
pub(super) async fn give(
    writing: &mut Writing,
    proposal: i64,
    officer: &Officer,
    (verdict, comment): (OpinionVerdict, &Comment),
    (effects, now): (&str, &str),
) -> Result<(), VersionsError> {
    end(writing, proposal, &officer.member, now).await?;
    let row = sqlx::query(
        r#"INSERT INTO policy_opinions (proposal, owner, "user", verdict, effects, comment, given)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"#,
    )
    .bind(proposal)
    .bind(officer.member.as_str())
    .bind(&officer.user)
    .bind(verdict.as_str())
    .bind(effects)
    .bind(comment.as_str())
    .bind(now)
    .fetch_one(&mut **writing)
    .await?;
    touch(writing, &row)
}

/// Ends the opinion of a member that stands, if there is one.
pub(super) async fn end(
    writing: &mut Writing,
    proposal: i64,
    owner: &MemberName,
    now: &str,
) -> Result<(), VersionsError> {
    let rows = sqlx::query(
        "UPDATE policy_opinions SET ended = $1 WHERE proposal = $2 AND owner = $3 AND ended IS NULL RETURNING id",
    )
    .bind(now)
    .bind(proposal)
    .bind(owner.as_str())
    .fetch_all(&mut **writing)
    .await?;
    rows.iter().try_for_each(|row| touch(writing, row))
}

fn touch(writing: &mut Writing, row: &AnyRow) -> Result<(), VersionsError> {
    writing.touch(Record::new(Kind::PolicyOpinion, row.try_get::<i64, _>("id")?));
    Ok(())
}

/// The opinions of a proposal that stand.
pub(super) async fn standing(database: &Database, proposal: i64) -> Result<Vec<Opinion>, VersionsError> {
    let rows = sqlx::query("SELECT * FROM policy_opinions WHERE proposal = $1 AND ended IS NULL ORDER BY owner");
    let rows = rows.bind(proposal).fetch_all(database.pool()).await?;
    let opinion = |row: &AnyRow| {
        let verdict: String = row.try_get("verdict")?;
        let known = [OpinionVerdict::Approved, OpinionVerdict::Refused];
        Ok(Opinion {
            owner: row.try_get::<String, _>("owner")?.parse().map_err(|_| VersionsError::Corrupt)?,
            verdict: known.into_iter().find(|one| one.as_str() == verdict).ok_or(VersionsError::Corrupt)?,
            by: (row.try_get("user")?, row.try_get("given")?),
            comment: row.try_get("comment")?,
            lapsed: false,
            effects: row.try_get("effects")?,
        })
    };
    rows.iter().map(opinion).collect()
}
