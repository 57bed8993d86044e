//! When an answer leaves, and what it is told by: public figures alone.
//!
//! A question's *public time* is computed from its template and from how many persons its audiences may have at most, as `members.toml` or
//! `privacy.toml` declares it. Its answer is recorded and leaves when that time has passed since the question began to run; where the
//! engine takes longer, when twice, four times, eight times as much has. So what an answer's time can tell is which doubling the engine
//! ended in, and no more; in a room whose engine keeps within public times it tells nothing. What failed leaves by the same rule.

use super::{Rules, plan::attached_as, queue::Slot};
use crate::{
    model::{AudienceRef, Shape},
    template::Instance,
};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Rows that an audience of events is taken to have for each person it may have.
const EVENTS_A_PERSON: u64 = 10;

/// What a question's public time is computed by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Milliseconds for a million rows, for each pass over them.
    pub(super) ms_per_million_rows: u32,
}

impl Pace {
    /// The public time of a question: a tick, and for every million rows that its audiences may have so many milliseconds, times one
    /// and the number of its statement's joins; in whole ticks.
    ///
    /// # Privacy argument
    /// The statement, the declared figures and the configuration are the same whatever is stored.
    pub(super) fn public_time(self, rules: &Rules, instance: &Instance, audiences: &[AudienceRef]) -> Duration {
        let base = &rules.policies.base;
        let people_max = u64::from(rules.limits.audience_people_max());
        let rows = audiences.iter().enumerate().map(|(position, audience)| {
            let declared = base.audience(audience);
            let people = declared.and_then(|declared| declared.people_max).map_or(people_max, u64::from);
            let each =
                if declared.is_some_and(|declared| declared.shape == Shape::Events) { EVENTS_A_PERSON } else { 1 };
            people.saturating_mul(each).saturating_mul(reads(&instance.sql, &attached_as(position)))
        });
        let rows = rows.fold(0, u64::saturating_add);
        let passes = instance.sql.matches(" JOIN ").count() as u64 + 1;
        let engine_ms =
            (u128::from(rows) * u128::from(passes) * u128::from(self.ms_per_million_rows)).div_ceil(1_000_000);
        let tick_ms = u128::from(rules.limits.answer_tick_ms().max(1));
        let ticks = 1 + engine_ms.div_ceil(tick_ms);
        Duration::from_millis(u64::try_from(ticks.saturating_mul(tick_ms)).unwrap_or(u64::MAX))
    }
}

/// How often a statement names an audience's file; each is a reading of it.
fn reads(sql: &str, attached: &str) -> u64 {
    (sql.matches(&format!("\"{attached}\".")).count() as u64).max(1)
}

/// A question that has its place at the engine.
pub(super) struct Running {
    slot: Slot,
    since: Instant,
    time: Duration,
}

impl Running {
    /// Begins now.
    pub(super) fn new(slot: Slot, time: Duration) -> Self {
        Self { slot, since: Instant::now(), time }
    }

    /// Waits for the first of once, twice, four times, … the public time since it began.
    pub(super) async fn hold(&self) {
        let due = due(self.since.elapsed(), self.time);
        if due > self.time {
            self.slot.runs_on(due.saturating_sub(self.time));
        }
        match self.since.checked_add(due) {
            Some(due) => sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    /// Says that the engine failed.
    pub(super) fn failed(&self) {
        self.slot.failed();
    }
}

/// When what took so long leaves, from its beginning on.
fn due(took: Duration, time: Duration) -> Duration {
    let mut due = time.max(Duration::from_millis(1));
    while due < took {
        due = due.saturating_mul(2);
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_not_found_in_a_longer_one() {
        let sql = r#"SELECT 1 FROM "audience_1"."main"."email" JOIN "audience_10"."main"."email" JOIN "audience_1"."main"."email""#;
        assert_eq!((reads(sql, "audience_1"), reads(sql, "audience_10"), reads(sql, "audience_2")), (2, 1, 1));
    }

    proptest! {
        #[test]
        fn an_answer_leaves_after_its_end_at_a_doubling_of_its_public_time(took in 0u64..10_000_000, time in 1u64..1_000_000) {
            let (took, time) = (Duration::from_micros(took), Duration::from_micros(time));
            let due = due(took, time);
            prop_assert!(due >= took && due >= time);
            let unit = time.max(Duration::from_millis(1));
            let doublings = due.as_nanos() / unit.as_nanos();
            prop_assert!(due.as_nanos().is_multiple_of(unit.as_nanos()) && doublings.is_power_of_two());
            prop_assert!(due == unit || due < took * 2);
        }
    }
}
