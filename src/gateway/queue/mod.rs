//! The queue before the engine: fair between members, bounded for each.
//!
//! Promises, held by `tests` here and by `line_tests.rs`:
//!
//! - of two members that wait, the one that has used less public time lately is served first, so that nobody who asks in a loop keeps
//!   the others waiting for more than the question that runs;
//! - a member's questions that wait are counted, and past a bound it is told to come again;
//! - after a failure the member waits, twice as long each time;
//! - whoever goes away while waiting, or after, leaves its place to the next.

mod line;

pub(super) use line::Later;

use crate::model::MemberName;
use line::{Line, Ticket};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::oneshot, time::Instant};

/// In how many seconds to try again at a room that closes.
const CLOSED_S: u64 = 30;

/// The questions that run and wait.
pub(super) struct Queue {
    state: Mutex<State>,
    began: Instant,
}

struct State {
    line: Line,
    waiting: HashMap<Ticket, oneshot::Sender<Result<(), Later>>>,
    closed: bool,
}

/// A place at the engine, until it is dropped.
#[must_use]
pub(super) struct Slot {
    queue: Arc<Queue>,
    ticket: Ticket,
}

impl Queue {
    /// A queue from which so many questions run at once, and in which so many of each member wait.
    pub(super) fn new(running_max: usize, waiting_max: usize) -> Arc<Self> {
        let state = State { line: Line::new(running_max, waiting_max), waiting: HashMap::new(), closed: false };
        Arc::new(Self { state: Mutex::new(state), began: Instant::now() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Waits for a member's turn. Dropping the wait gives the place up.
    ///
    /// # Errors
    /// When the question is to be asked again later.
    pub(super) async fn enter(self: &Arc<Self>, member: &MemberName, time: Duration) -> Result<Slot, Later> {
        let (turn, told) = oneshot::channel();
        let slot = {
            let mut state = self.state();
            if state.closed {
                return Err(Later::Full(CLOSED_S));
            }
            let ticket = state.line.join(member, time, self.now())?;
            state.waiting.insert(ticket, turn);
            state.start(self.now());
            Slot { queue: Arc::clone(self), ticket }
        };
        told.await.unwrap_or(Err(Later::Full(CLOSED_S)))?;
        Ok(slot)
    }

    /// Sends whoever waits away, and lets nobody in any more: the room is about to close. What runs goes on.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        for (_, turn) in state.waiting.drain() {
            let _ = turn.send(Err(Later::Full(CLOSED_S)));
        }
    }
}

impl State {
    fn start(&mut self, now: Duration) {
        for ticket in self.line.start(now) {
            // Who has gone away meanwhile drops its slot, which serves the next.
            if let Some(turn) = self.waiting.remove(&ticket) {
                let _ = turn.send(Ok(()));
            }
        }
    }
}

impl Slot {
    /// Counts that the question takes longer than its public time.
    pub(super) fn runs_on(&self, more: Duration) {
        self.queue.state().line.runs_on(self.ticket, more, self.queue.now());
    }

    /// Says that the question failed: its member is held for some time.
    pub(super) fn failed(&self) {
        let mut state = self.queue.state();
        for (ticket, later) in state.line.failed(self.ticket, self.queue.now()) {
            if let Some(turn) = state.waiting.remove(&ticket) {
                let _ = turn.send(Err(later));
            }
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let (mut state, now) = (self.queue.state(), self.queue.now());
        state.waiting.remove(&self.ticket);
        state.line.leave(self.ticket, now);
        state.start(now);
    }
}

#[cfg(test)]
mod tests;
