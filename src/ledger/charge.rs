//! Charges: a loss written durably to the accounts before a query runs.

use super::{
    Account, Cap, Delivered, LedgerError, Period, Shortfall, StoredAnswer,
    account::{read_states, signed, signed_delta},
    debit::Debit,
    given::{give, receive},
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
    /// The charge whose answer was delivered to the asker before and may be given again, though it is finer than what is asked for now:
    /// the policies were asked about its loss. One of exactly this margin and loss needs no naming.
    pub repeat: Option<i64>,
    /// What the log is to tell of it: who asks, whom it concerns, what is asked of what.
    pub event: Event,
    /// What the log is to tell instead where the asker is given, for the first time, what another member has paid for.
    pub delivery: Event,
}

/// Proof that a loss has been written to the accounts. Only the ledger makes one, and a tally can't be run without.
#[derive(Debug)]
pub struct Charge {
    id: i64,
    margin: u64,
    loss: Loss,
    recovered: bool,
    first: bool,
}

impl Charge {
    /// One that was paid for earlier and has no answer yet; `first` if the asker was debited for it only now.
    pub(super) fn unfinished(found: Delivered, first: bool) -> Self {
        let Delivered { charge: id, margin, loss } = found;
        Self { id, margin, loss, recovered: true, first }
    }

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

    /// Whether it is another member's, and the asker was debited for it only now: the log tells of that already.
    pub fn first_delivery(&self) -> bool {
        self.first
    }
}

/// What became of a request to charge.
#[derive(Debug)]
pub enum Charged {
    /// The query may run: newly charged, or paid for by an interrupted one.
    Ready(Charge),
    /// The asker's member has this answer already: free.
    Answered(StoredAnswer),
    /// Another member had paid for this answer; the asker's member was debited now, and the log tells of it.
    Delivered(StoredAnswer),
    /// An account can't bear it; nothing was written.
    Refused(Shortfall),
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

/// Charges one request in a transaction, at the ledger's moment; nothing is written where the asker's
/// member has it already, or where it is refused.
pub(super) async fn charge_in(
    transaction: &mut Writing,
    request: &ChargeRequest,
    moment: &(String, Timestamp),
    months: u32,
) -> Result<Outcome, LedgerError> {
    if let Some(given) = give(transaction, request, moment, months).await? {
        return Ok(given);
    }
    let (founded, now) = moment;
    let period = Period::containing(founded, *now, months)?;
    let states = read_states(&mut **transaction, &request.caps, &period).await?;
    if let Some(state) = states.iter().find(|state| !state.bears(request.loss)) {
        return Ok(Charged::Refused(Shortfall { state: state.clone(), wanted: request.loss }).into());
    }
    let at = now.to_string();
    let id = insert(transaction, request, &at).await?;
    receive(transaction, request, id, &at).await?;
    let debit = Debit { charge: id, loss: request.loss, period: &period, at: &at };
    let accounts = debit.write(transaction, &states).await?;
    let records = [Record::new(Kind::Charge, id)].into_iter().chain(accounts).collect();
    let charge = Charge { id, margin: request.margin, loss: request.loss, recovered: false, first: false };
    Ok(Outcome { charged: Charged::Ready(charge), event: Some((request.event.clone().with("charge", id), records)) })
}

async fn insert(transaction: &mut Writing, request: &ChargeRequest, now: &str) -> Result<i64, LedgerError> {
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
