//! Group commit: charges that are asked for at the same time share one transaction, and so one flush to the disk.
//!
//! The one that has its turn takes all that wait along. A charge is told to its asker once the transaction is durable, and not before; a
//! transaction that fails is charged again one by one, so that nobody's mistake is another's.

use super::{
    ChargeRequest, Charged, Ledger, LedgerError,
    charge::{Outcome, charge_in},
};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Charges that share a transaction at most.
const AT_ONCE: usize = 64;

/// Charges that wait for their turn.
#[derive(Default)]
pub(super) struct Waiting {
    queue: Mutex<Vec<Asked>>,
    turn: tokio::sync::Mutex<()>,
}

struct Asked {
    request: Arc<ChargeRequest>,
    months: u32,
    reply: oneshot::Sender<Result<Charged, LedgerError>>,
}

impl Waiting {
    fn join(&self, request: &Arc<ChargeRequest>, months: u32) -> oneshot::Receiver<Result<Charged, LedgerError>> {
        let (reply, told) = oneshot::channel();
        let asked = Asked { request: Arc::clone(request), months, reply };
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        told
    }

    /// Those that have waited longest; who has gone away meanwhile is left out.
    fn next(&self) -> Vec<Asked> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.retain(|asked| !asked.reply.is_closed());
        let count = queue.len().min(AT_ONCE);
        queue.drain(..count).collect()
    }
}

impl Ledger {
    /// Gives what the asker's member has of the same query already, answered or unfinished; failing that, what another member has paid
    /// for at exactly this margin and loss, debiting what the asker's member bears of it; failing that, debits every account, all or
    /// nothing. Returns once that is durable. Caps are over a period of `months` months.
    ///
    /// # Errors
    /// When the database fails or a sum leaves its range; nothing is written then.
    pub async fn charge(&self, request: &ChargeRequest, months: u32) -> Result<Charged, LedgerError> {
        let request = Arc::new(request.clone());
        let mut told = self.waiting.join(&request, months);
        loop {
            let _turn = self.waiting.turn.lock().await;
            match told.try_recv() {
                Ok(charged) => return charged,
                Err(oneshot::error::TryRecvError::Empty) => self.charge_all(self.waiting.next()).await,
                // Whoever had taken it along went away before the end. What it may have written is found by asking again.
                Err(oneshot::error::TryRecvError::Closed) => told = self.waiting.join(&request, months),
            }
        }
    }

    async fn charge_all(&self, asked: Vec<Asked>) {
        let requests: Vec<_> = asked.iter().map(|asked| (&*asked.request, asked.months)).collect();
        let mut charged = match self.charge_together(&requests).await {
            Ok(charged) => charged.into_iter().map(Ok).collect(),
            Err(error) if requests.len() == 1 => vec![Err(error)],
            Err(_) => Vec::new(),
        };
        if charged.is_empty() {
            for request in requests {
                let one = self.charge_together(&[request]).await;
                charged.push(one.and_then(|mut one| one.pop().ok_or(LedgerError::OutOfRange)));
            }
        }
        for (asked, charged) in asked.into_iter().zip(charged) {
            // Who has gone away asks again, and finds it.
            let _ = asked.reply.send(charged);
        }
    }

    /// Charges each in turn, in one transaction: all that fit, or none where one fails.
    async fn charge_together(&self, requests: &[(&ChargeRequest, u32)]) -> Result<Vec<Charged>, LedgerError> {
        let mut writing = self.database.begin(&*self.clock).await?;
        let moment = self.moment(&mut *writing).await?;
        let (mut charged, mut wrote) = (Vec::with_capacity(requests.len()), false);
        for (request, months) in requests {
            let Outcome { charged: one, event } = charge_in(&mut writing, request, &moment, *months).await?;
            if let Some((event, records)) = event {
                writing.note(event, records);
                wrote = true;
            }
            charged.push(one);
        }
        if wrote {
            writing.commit().await?
        } else {
            writing.cancel().await?
        }
        Ok(charged)
    }
}
