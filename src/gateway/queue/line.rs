//! Whose question runs next, as a pure structure: no clock, no tasks, no data of persons.
//!
//! What is counted are public times (see `gateway::pace`), and not how long the engine took: whom the line serves next tells nothing of
//! what is in a list.

use crate::model::MemberName;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

/// Half of what a member has used is forgotten after this long.
const HALF_LIFE: Duration = Duration::from_secs(600);
/// How long a member waits after its first failed question; after each further one twice as long, up to the longest.
const BACK_OFF: Duration = Duration::from_secs(60);
const BACK_OFF_MAX: Duration = Duration::from_secs(3_600);
/// Failures are forgotten after this long without another.
const FORGIVEN_AFTER: Duration = Duration::from_secs(24 * 3_600);

/// Why a question doesn't wait in the line, and in how many seconds it may be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gateway) enum Later {
    /// Too many questions of its member wait already, or the room is about to close.
    Full(u64),
    /// A question of its member failed lately.
    Held(u64),
}

/// A question in the line.
pub(super) type Ticket = u64;

/// The questions that run and wait, by member. Moments are counted from any one moment on.
#[derive(Debug)]
pub(super) struct Line {
    running_max: usize,
    waiting_max: usize,
    members: BTreeMap<MemberName, Standing>,
    next: Ticket,
}

#[derive(Debug, Default)]
struct Standing {
    /// Seconds of public time used, as of `at`.
    used: f64,
    at: Duration,
    running: BTreeSet<Ticket>,
    waiting: VecDeque<(Ticket, Duration)>,
    failures: u32,
    failed: Option<Duration>,
}

impl Standing {
    fn used(&self, now: Duration) -> f64 {
        let half_lives = now.saturating_sub(self.at).as_secs_f64() / HALF_LIFE.as_secs_f64();
        self.used * (-half_lives).exp2()
    }

    fn uses(&mut self, more: Duration, now: Duration) {
        (self.used, self.at) = (self.used(now) + more.as_secs_f64(), now.max(self.at));
    }

    /// Until when nothing of this member runs.
    fn held_until(&self) -> Option<Duration> {
        let doublings = self.failures.checked_sub(1)?.min(16);
        Some(self.failed? + BACK_OFF.saturating_mul(1 << doublings).min(BACK_OFF_MAX))
    }
}

impl Line {
    /// A line in which so many questions run at once, and so many of each member wait.
    pub(super) fn new(running_max: usize, waiting_max: usize) -> Self {
        Self { running_max, waiting_max, members: BTreeMap::new(), next: 0 }
    }

    /// Lets a question of a public time wait.
    ///
    /// # Errors
    /// When too many of its member's wait already, or its member is held.
    pub(super) fn join(&mut self, member: &MemberName, time: Duration, now: Duration) -> Result<Ticket, Later> {
        let standing = self.members.entry(member.clone()).or_default();
        if let Some(left) =
            standing.held_until().and_then(|until| until.checked_sub(now)).filter(|left| !left.is_zero())
        {
            return Err(Later::Held(left.as_secs() + 1));
        }
        if standing.waiting.len() >= self.waiting_max {
            let ahead: Duration = standing.waiting.iter().map(|(_, time)| *time).sum();
            return Err(Later::Full(ahead.as_secs().clamp(5, 600)));
        }
        let ticket = self.next;
        self.next += 1;
        standing.waiting.push_back((ticket, time));
        Ok(ticket)
    }

    /// Starts what may run now, in order. The next is a member's with the fewest running questions; among those, the one that has used
    /// the least public time lately; among those, who waits longest.
    pub(super) fn start(&mut self, now: Duration) -> Vec<Ticket> {
        let mut started = Vec::new();
        let mut running: usize = self.members.values().map(|standing| standing.running.len()).sum();
        while running < self.running_max {
            let waiting = self.members.values_mut().filter(|standing| !standing.waiting.is_empty());
            let order = |standing: &Standing| {
                let first = standing.waiting.front().map_or(Ticket::MAX, |(ticket, _)| *ticket);
                (standing.running.len(), standing.used(now), first)
            };
            let next = waiting.min_by(|a, b| {
                let (a, b) = (order(a), order(b));
                a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2))
            });
            let Some(next) = next else { break };
            let Some((ticket, time)) = next.waiting.pop_front() else { break };
            next.running.insert(ticket);
            next.uses(time, now);
            started.push(ticket);
            running += 1;
        }
        started
    }

    /// Takes a question out, whether it waits, runs, or has left already.
    pub(super) fn leave(&mut self, ticket: Ticket, now: Duration) {
        for standing in self.members.values_mut() {
            standing.running.remove(&ticket);
            standing.waiting.retain(|(waiting, _)| *waiting != ticket);
        }
        // What no longer matters is forgotten; a member that comes back begins anew.
        self.members.retain(|_, standing| {
            !standing.running.is_empty()
                || !standing.waiting.is_empty()
                || standing.used(now) > 0.001
                || standing.failed.is_some_and(|failed| now.saturating_sub(failed) < FORGIVEN_AFTER)
        });
    }

    /// Counts that a running question takes longer than its public time.
    pub(super) fn runs_on(&mut self, ticket: Ticket, more: Duration, now: Duration) {
        if let Some(standing) = self.members.values_mut().find(|standing| standing.running.contains(&ticket)) {
            standing.uses(more, now);
        }
    }

    /// Holds the member of a running question that failed. Those of it that wait have to be asked again later: they are taken out and given.
    pub(super) fn failed(&mut self, ticket: Ticket, now: Duration) -> Vec<(Ticket, Later)> {
        let Some(standing) = self.members.values_mut().find(|standing| standing.running.contains(&ticket)) else {
            return Vec::new();
        };
        if standing.failed.is_some_and(|failed| now.saturating_sub(failed) >= FORGIVEN_AFTER) {
            standing.failures = 0;
        }
        standing.failures = standing.failures.saturating_add(1);
        standing.failed = Some(now);
        let left = standing.held_until().map_or(0, |until| until.saturating_sub(now).as_secs());
        standing.waiting.drain(..).map(|(ticket, _)| (ticket, Later::Held(left))).collect()
    }
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
