//! Answers that are there already: whose they are, who may have them, and what the first delivery to a member debits.
//!
//! An answer belongs to those who have borne its loss. Its payer has; another member gets it only at exactly the margin and loss that it
//! asks for, and bears that loss then, once. A finer answer that another has paid for is never given to whoever asked for a wider one.

use super::{
    Account, Cap, ChargeRequest, Charged, Ledger, LedgerError, Period, Shortfall, StoredAnswer,
    account::{loss, read_states},
    charge::{Charge, Outcome},
    debit::Debit,
};
use crate::{
    database::{
        Writing,
        records::{Kind, Record},
    },
    model::{Loss, MemberName},
};
use jiff::Timestamp;
use sqlx::{AnyExecutor, Row};
use std::collections::HashSet;

/// A charge whose answer was delivered to a member, or will be once it is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The charge.
    pub charge: i64,
    /// Half-width of its 95 % interval.
    pub margin: u64,
    /// What the member bore.
    pub loss: Loss,
}

impl Ledger {
    /// Charges of the same query, at the same or a narrower margin, whose answers were delivered to this member: those that were
    /// answered first, then the narrowest. Says nothing of what others have paid for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivered(
        &self,
        member: &MemberName,
        query_key: &[u8; 32],
        margin: u64,
    ) -> Result<Vec<Delivered>, LedgerError> {
        let found = candidates(self.database.pool(), member, query_key, margin).await?;
        Ok(found.into_iter().filter(|one| one.own).map(|one| one.delivered).collect())
    }

    /// Whether a request would be given an answer that is there already, so that nothing has to be run for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_answered(&self, request: &ChargeRequest) -> Result<bool, LedgerError> {
        let found = candidates(self.database.pool(), &request.asker, &request.query_key, request.margin).await?;
        Ok(chosen(&found, request).is_some_and(|one| one.answered))
    }
}

/// A charge of the query, at the same or a narrower margin.
struct Candidate {
    delivered: Delivered,
    /// Whether it was delivered to the member that asks.
    own: bool,
    /// Whether its answer is recorded.
    answered: bool,
}

async fn candidates(
    executor: impl AnyExecutor<'_>,
    member: &MemberName,
    query_key: &[u8; 32],
    margin: u64,
) -> Result<Vec<Candidate>, LedgerError> {
    // An answer before an unfinished charge, and the narrowest margin first.
    let rows = sqlx::query(
        "SELECT charges.id, margin, rho, delta, deliveries.member, recorded FROM charges
         LEFT JOIN answers ON answers.charge = charges.id
         LEFT JOIN deliveries ON deliveries.charge = charges.id AND deliveries.member = $3
         WHERE query_key = $1 AND margin <= $2 AND charges.id NOT IN (SELECT charge FROM charge_failures)
         ORDER BY recorded IS NULL, margin, charges.id",
    )
    .bind(query_key.as_slice())
    .bind(i64::try_from(margin).map_err(|_| LedgerError::OutOfRange)?)
    .bind(member.as_str())
    .fetch_all(executor)
    .await?;
    let candidate = |row: &sqlx::any::AnyRow| {
        let margin = u64::try_from(row.try_get::<i64, _>("margin")?).map_err(|_| LedgerError::Corrupt("margin"))?;
        let loss = loss(row.try_get("rho")?, row.try_get("delta")?)?;
        let own = row.try_get::<Option<String>, _>("member")?.is_some();
        let answered = row.try_get::<Option<String>, _>("recorded")?.is_some();
        Ok(Candidate { delivered: Delivered { charge: row.try_get("id")?, margin, loss }, own, answered })
    };
    rows.iter().map(candidate).collect()
}

/// What is given for a request: the member's own first.
fn chosen<'c>(found: &'c [Candidate], request: &ChargeRequest) -> Option<&'c Candidate> {
    let exact = |one: &Candidate| one.delivered.margin == request.margin && one.delivered.loss == request.loss;
    let own = |one: &&Candidate| one.own && (request.repeat == Some(one.delivered.charge) || exact(one));
    found.iter().find(own).or_else(|| found.iter().find(|one| !one.own && exact(one)))
}

/// Gives what is there already: free what was delivered to the member before; else, debiting it, what another has paid for at exactly
/// this margin and loss. `None` where neither is there: the request is then charged.
pub(super) async fn give(
    transaction: &mut Writing,
    request: &ChargeRequest,
    (founded, now): &(String, Timestamp),
    months: u32,
) -> Result<Option<Outcome>, LedgerError> {
    let found = candidates(&mut **transaction, &request.asker, &request.query_key, request.margin).await?;
    let Some(one) = chosen(&found, request) else { return Ok(None) };
    if one.own {
        return Ok(Some(stored(transaction, one.delivered, false).await?.into()));
    }
    let period = Period::containing(founded, *now, months)?;
    deliver(transaction, request, one.delivered, &period, &now.to_string()).await.map(Some)
}

/// The first delivery to a member: debits what it bears of the answer's loss, all or nothing, and says that the answer is its own.
async fn deliver(
    transaction: &mut Writing,
    request: &ChargeRequest,
    found: Delivered,
    period: &Period,
    at: &str,
) -> Result<Outcome, LedgerError> {
    let rows = sqlx::query("SELECT account FROM debits WHERE charge = $1").bind(found.charge);
    let rows = rows.fetch_all(&mut **transaction).await?;
    let borne = rows.iter().map(|row| row.try_get("account")).collect::<Result<HashSet<String>, _>>()?;
    let bears = |cap: &&Cap| {
        let once = matches!(cap.account, Account::Room | Account::Share(_));
        !once && !borne.contains(&cap.account.to_string())
    };
    let caps: Vec<Cap> = request.caps.iter().filter(bears).cloned().collect();
    let states = read_states(&mut **transaction, &caps, period).await?;
    if let Some(state) = states.iter().find(|state| !state.bears(found.loss)) {
        return Ok(Charged::Refused(Shortfall { state: state.clone(), wanted: found.loss }).into());
    }
    receive(transaction, request, found.charge, at).await?;
    let debit = Debit { charge: found.charge, loss: found.loss, period, at };
    let accounts = debit.write(transaction, &states).await?;
    let names: Vec<&str> = states.iter().map(|state| state.account.as_str()).collect();
    let event = request.delivery.clone().with("answer", found.charge).with("margin", found.margin);
    let event = event.with("rho", found.loss.rho.units()).with("delta", found.loss.delta.units());
    let event = event.with("accounts", names);
    let records = [Record::new(Kind::Charge, found.charge)].into_iter().chain(accounts).collect();
    Ok(Outcome { charged: stored(transaction, found, true).await?, event: Some((event, records)) })
}

/// Writes whom an answer is delivered to: its payer, in the charge's own transaction, or another in the one that debits it.
pub(super) async fn receive(
    transaction: &mut Writing,
    request: &ChargeRequest,
    charge: i64,
    at: &str,
) -> Result<(), LedgerError> {
    sqlx::query("INSERT INTO deliveries (charge, member, question, policy, delivered) VALUES ($1, $2, $3, $4, $5)")
        .bind(charge)
        .bind(request.asker.as_str())
        .bind(request.question.as_str())
        .bind(request.policy.as_str())
        .bind(at)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// The charge's answer, or the charge itself where it is unfinished.
async fn stored(transaction: &mut Writing, found: Delivered, first: bool) -> Result<Charged, LedgerError> {
    let Delivered { charge: id, margin, loss } = found;
    let row = sqlx::query("SELECT release, recorded FROM answers WHERE charge = $1").bind(id);
    let Some(row) = row.fetch_optional(&mut **transaction).await? else {
        return Ok(Charged::Ready(Charge::unfinished(found, first)));
    };
    let (release, recorded) = (row.try_get("release")?, row.try_get("recorded")?);
    let answer = StoredAnswer { id, margin, loss, release, recorded };
    Ok(if first { Charged::Delivered(answer) } else { Charged::Answered(answer) })
}
