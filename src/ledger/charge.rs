//! Charges: a loss written durably to the accounts before a query runs.

use super::{
    Account, Cap, Ledger, LedgerError, Period, Shortfall, StoredAnswer,
    account::{debit, loss, read_states, signed, signed_delta},
};
use crate::{
    database::{
        Writing,
        records::{Kind, Record},
    },
    model::{Loss, MemberName, Rho},
    proof::Event,
};
use jiff::Timestamp;
use sqlx::Row;
use std::collections::BTreeSet;

/// What is to be charged.
#[derive(Debug, Clone)]
pub struct ChargeRequest {
    /// SHA-256 over everything that decides the exact figure: template, audience versions, parameters.
    pub query_key: [u8; 32],
    /// Half-width of the 95 % interval that was asked for.
    pub margin: u64,
    /// What the release costs.
    pub loss: Loss,
    /// The member that asks.
    pub asker: MemberName,
    /// The question as JSON, kept with the charge for the record.
    pub question: String,
    /// Hash of the policy version that admitted it.
    pub policy: String,
    /// Every account that bears it, with its cap.
    pub caps: Vec<Cap>,
    /// What the log is to tell of it: who asks, whom it concerns, what is asked of what.
    pub event: Event,
}

/// Proof that a loss has been written to the accounts. Only the ledger makes one, and a tally can't be run without.
#[derive(Debug)]
pub struct Charge {
    id: i64,
    margin: u64,
    loss: Loss,
    recovered: bool,
}

impl Charge {
    /// Its number in the ledger.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The margin that was charged for: the release must have this one, whatever a later asker would accept.
    pub fn margin(&self) -> u64 {
        self.margin
    }

    /// The loss that was charged.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Whether an earlier, interrupted query paid for it.
    pub fn recovered(&self) -> bool {
        self.recovered
    }
}

/// What became of a request to charge.
#[derive(Debug)]
pub enum Charged {
    /// The query may run: newly charged, or paid for by an interrupted one.
    Ready(Charge),
    /// The query was answered before: free.
    Answered(StoredAnswer),
    /// An account can't bear it; nothing was written.
    Refused(Shortfall),
}

impl Ledger {
    /// Whether the same query at the same or a wider margin has been paid for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_paid(&self, query_key: &[u8; 32], margin: u64) -> Result<bool, LedgerError> {
        let row = sqlx::query(
            "SELECT 1 FROM charges WHERE query_key = $1 AND margin <= $2
             AND id NOT IN (SELECT charge FROM charge_failures)",
        )
        .bind(query_key.as_slice())
        .bind(i64::try_from(margin).map_err(|_| LedgerError::OutOfRange)?)
        .fetch_optional(self.database.pool())
        .await?;
        Ok(row.is_some())
    }
}

/// What became of a request, and what the log is to tell where it was charged.
pub(super) struct Outcome {
    pub(super) charged: Charged,
    pub(super) event: Option<(Event, Vec<Record>)>,
}

impl From<Charged> for Outcome {
    fn from(charged: Charged) -> Self {
        Self { charged, event: None }
    }
}

/// Charges one request in a transaction, at the ledger's moment; nothing is written where it is answered, paid for, or refused.
pub(super) async fn charge_in(
    transaction: &mut Writing,
    request: &ChargeRequest,
    (founded, now): &(String, Timestamp),
    months: u32,
) -> Result<Outcome, LedgerError> {
    if let Some(found) = find(transaction, &request.query_key, request.margin).await? {
        return Ok(found.into());
    }
    let period = Period::containing(founded, *now, months)?;
    let states = read_states(&mut **transaction, &request.caps, &period).await?;
    if let Some(state) = states.iter().find(|state| !state.bears(request.loss)) {
        return Ok(Charged::Refused(Shortfall { state: state.clone(), wanted: request.loss }).into());
    }
    let id = insert(transaction, request, now.to_string()).await?;
    debit(transaction, id, &states, &period, request.loss).await?;
    let accounts = states.iter().map(|state| Record::new(Kind::Account, state.account.as_str()));
    let records = [Record::new(Kind::Charge, id)].into_iter().chain(accounts).collect();
    let charge = Charge { id, margin: request.margin, loss: request.loss, recovered: false };
    Ok(Outcome { charged: Charged::Ready(charge), event: Some((request.event.clone().with("charge", id), records)) })
}

async fn find(transaction: &mut Writing, query_key: &[u8; 32], margin: u64) -> Result<Option<Charged>, LedgerError> {
    // An answer before an unfinished charge, and the narrowest margin first.
    let row = sqlx::query(
        "SELECT id, margin, rho, delta, release, recorded FROM charges LEFT JOIN answers ON charge = id
         WHERE query_key = $1 AND margin <= $2 AND id NOT IN (SELECT charge FROM charge_failures)
         ORDER BY release IS NULL, margin, id LIMIT 1",
    )
    .bind(query_key.as_slice())
    .bind(i64::try_from(margin).map_err(|_| LedgerError::OutOfRange)?)
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let loss = loss(row.try_get("rho")?, row.try_get("delta")?)?;
    let margin = u64::try_from(row.try_get::<i64, _>("margin")?).map_err(|_| LedgerError::Corrupt("margin"))?;
    let id: i64 = row.try_get("id")?;
    let release: Option<String> = row.try_get("release")?;
    Ok(Some(match release {
        Some(release) => {
            Charged::Answered(StoredAnswer { id, margin, loss, release, recorded: row.try_get("recorded")? })
        }
        None => Charged::Ready(Charge { id, margin, loss, recovered: true }),
    }))
}

async fn insert(transaction: &mut Writing, request: &ChargeRequest, now: String) -> Result<i64, LedgerError> {
    let accounts: BTreeSet<&Account> = request.caps.iter().map(|cap| &cap.account).collect();
    if request.loss.rho == Rho::default() || accounts.is_empty() || accounts.len() < request.caps.len() {
        // A free or unaccounted release, or an account named twice and debited once: mistakes of the caller, never a charge.
        return Err(LedgerError::OutOfRange);
    }
    let row = sqlx::query(
        "INSERT INTO charges (query_key, margin, rho, delta, asker, question, policy, charged)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(request.query_key.as_slice())
    .bind(i64::try_from(request.margin).map_err(|_| LedgerError::OutOfRange)?)
    .bind(signed(request.loss.rho)?)
    .bind(signed_delta(request.loss.delta)?)
    .bind(request.asker.as_str())
    .bind(&request.question)
    .bind(&request.policy)
    .bind(now)
    .fetch_one(&mut **transaction)
    .await?;
    Ok(row.try_get("id")?)
}
