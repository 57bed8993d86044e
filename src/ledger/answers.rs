//! Answers: stored durably before they are sent, one a charge, for ever.

use super::{Charge, Ledger, LedgerError, account::loss};
use crate::{
    database::{
        Writing,
        records::{Kind, Record},
    },
    model::{Loss, MemberName},
    proof::{Concerns, Entry, Event, What, answer_hash},
};
use serde_json::Map;
use sqlx::{Row, any::AnyRow};

/// A release as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The charge that paid for it, which also numbers the answer.
    pub id: i64,
    /// Half-width of its 95 % interval.
    pub margin: u64,
    /// What was charged.
    pub loss: Loss,
    /// The release as JSON, exactly as it was recorded.
    pub release: String,
    /// When it was recorded (RFC 3339).
    pub recorded: String,
}

/// An answer with the question it answers, for the member's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The answer.
    pub answer: StoredAnswer,
    /// The member's own question, as JSON.
    pub question: String,
    /// The policy version that admitted it then.
    pub policy: String,
}

impl Ledger {
    /// Stores the release, as JSON, as the charge's answer and returns what is stored: if the charge was answered already, that
    /// first answer, and this release is dropped unseen.
    ///
    /// # Errors
    /// When the database fails; the charge then stays unfinished, and the same query finishes it.
    pub async fn record(&self, charge: &Charge, release: &str) -> Result<StoredAnswer, LedgerError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let now = writing.now().to_string();
        let done = sqlx::query(
            "INSERT INTO answers (charge, release, recorded) VALUES ($1, $2, $3) ON CONFLICT (charge) DO NOTHING",
        )
        .bind(charge.id())
        .bind(release)
        .bind(now)
        .execute(&mut *writing)
        .await?;
        let row = sqlx::query("SELECT release, recorded FROM answers WHERE charge = $1")
            .bind(charge.id())
            .fetch_one(&mut *writing)
            .await?;
        let (release, recorded): (String, String) = (row.try_get("release")?, row.try_get("recorded")?);
        if done.rows_affected() > 0 {
            let blind = blind()?;
            sqlx::query("INSERT INTO answer_blinds (charge, blind) VALUES ($1, $2)")
                .bind(charge.id())
                .bind(blind.as_str())
                .execute(&mut *writing)
                .await?;
            let event = answered(&mut writing, charge).await?;
            let event = event.with("answer", charge.id()).with("answer_hash", answer_hash(Some(&blind), &release));
            writing.note(event, [Kind::Answer, Kind::AnswerBlind].map(|kind| Record::new(kind, charge.id())));
            writing.commit().await?;
        } else {
            writing.cancel().await?;
        }
        Ok(StoredAnswer { id: charge.id(), margin: charge.margin(), loss: charge.loss(), release, recorded })
    }

    /// What stands in front of an answer in its hash; `None` for one that was recorded without.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blind(&self, id: i64) -> Result<Option<String>, LedgerError> {
        let row = sqlx::query("SELECT blind FROM answer_blinds WHERE charge = $1").bind(id);
        let row = row.fetch_optional(self.database.pool()).await?;
        Ok(row.map(|row| row.try_get("blind")).transpose()?)
    }

    /// The answers that were delivered to a member, newest first, at most 1,000.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn answers(&self, member: &MemberName) -> Result<Vec<Recorded>, LedgerError> {
        let rows = sqlx::query(
            "SELECT charges.id, margin, rho, delta, deliveries.question, deliveries.policy, release, recorded FROM deliveries
             JOIN charges ON charges.id = deliveries.charge JOIN answers ON answers.charge = deliveries.charge
             WHERE member = $1 ORDER BY deliveries.charge DESC LIMIT 1000",
        )
        .bind(member.as_str())
        .fetch_all(self.database.pool())
        .await?;
        rows.iter().map(recorded).collect()
    }

    /// One of the answers that were delivered to a member, however old, with its question.
    ///
    /// # Errors
    /// When the database fails or holds what can't be read.
    pub async fn answer(&self, member: &MemberName, id: i64) -> Result<Option<Recorded>, LedgerError> {
        let row = sqlx::query(
            "SELECT charges.id, margin, rho, delta, deliveries.question, deliveries.policy, release, recorded FROM deliveries
             JOIN charges ON charges.id = deliveries.charge JOIN answers ON answers.charge = deliveries.charge
             WHERE member = $1 AND deliveries.charge = $2",
        )
        .bind(member.as_str())
        .bind(id)
        .fetch_optional(self.database.pool())
        .await?;
        row.as_ref().map(recorded).transpose()
    }
}

fn recorded(row: &AnyRow) -> Result<Recorded, LedgerError> {
    Ok(Recorded { answer: stored(row)?, question: row.try_get("question")?, policy: row.try_get("policy")? })
}

fn stored(row: &AnyRow) -> Result<StoredAnswer, LedgerError> {
    let margin = u64::try_from(row.try_get::<i64, _>("margin")?);
    Ok(StoredAnswer {
        id: row.try_get("id")?,
        margin: margin.map_err(|_| LedgerError::Corrupt("negative margin"))?,
        loss: loss(row.try_get("rho")?, row.try_get("delta")?)?,
        release: row.try_get("release")?,
        recorded: row.try_get("recorded")?,
    })
}

/// What the log is to tell of an answer: what it told of the charge, and the answer's hash. Who asked is who was charged, whoever
/// finishes an interrupted query. Of a charge from before the room kept a log, only the hash is known.
async fn answered(writing: &mut Writing, charge: &Charge) -> Result<Event, LedgerError> {
    let row = sqlx::query("SELECT leaf FROM log_entries WHERE subject = $1 ORDER BY position LIMIT 1")
        .bind(Record::new(Kind::Charge, charge.id()).to_string())
        .fetch_optional(&mut **writing)
        .await?;
    let charged = row.map(|row| Entry::read(row.try_get("leaf")?).map_err(|_| LedgerError::Corrupt("log entry")));
    Ok(match charged.transpose()? {
        Some(entry) => Event { what: What::Answered, by: entry.by, concerns: entry.concerns, details: entry.details },
        None => Event { what: What::Answered, by: None, concerns: Concerns::Members([].into()), details: Map::new() },
    })
}

/// 32 random bytes in hexadecimal.
fn blind() -> Result<String, LedgerError> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| LedgerError::Random)?;
    Ok(hex::encode(bytes))
}
