//! What a year may lose under a room's caps, and what a change of them makes of it.

use super::conversion::epsilon;
use super::limits::{Cap, Limits};
use crate::model::{Delta, Rho, YearLoss};

/// Months of a year.
const YEAR: u64 = 12;

/// What a year allows under each kind of cap, before and after a change; nothing of the caps whose year stays.
///
/// # Privacy argument
/// A year, counted from the room's founding, touches some periods: of each that ends within it, all may be spent in it, since what isn't
/// spent carries on; of the last, what is unlocked by its end. Losses in ρ and δ add up over periods ([`Limits::delta_over`]), so the
/// largest such sum over all years, converted, is what a year allows at most.
pub fn years(before: &Limits, after: &Limits) -> Vec<YearLoss> {
    let caps = |limits: &Limits| {
        let caps = limits.caps();
        [("room", caps.room), ("member", caps.member), ("owner", caps.owner), ("asker", caps.asker)]
    };
    let both = caps(before).into_iter().zip(caps(after));
    let change = |((cap, old), (_, new)): ((&str, Cap), (&str, Cap))| {
        let [before, after] = [(before, old), (after, new)].map(|(limits, cap)| year(limits, cap));
        (before != after).then(|| YearLoss { cap: cap.to_owned(), before, after })
    };
    both.filter_map(change).collect()
}

/// ε and δ of the most that a year may spend.
fn year(limits: &Limits, cap: Cap) -> (f64, f64) {
    let months = u64::from(limits.period_months());
    // Of `units` a period; whole periods first, so that a division rounds up once.
    let most = |units: u64| {
        let parts = (0..months).map(|year| unlocked(year * YEAR, months)).max().unwrap_or(months);
        (u128::from(units) * u128::from(parts)).div_ceil(u128::from(months)).try_into().unwrap_or(u64::MAX)
    };
    let thresholds = Delta::from_units(most(limits.threshold_delta().units()));
    (epsilon(Rho::from_units(most(cap.rho.units())), limits.delta()), limits.delta_over(thresholds))
}

/// How many months' parts of a cap the year that begins at this month may spend.
fn unlocked(begin: u64, months: u64) -> u64 {
    let (end, mut start, mut parts) = (begin + YEAR, begin - begin % months, 0);
    while start < end {
        parts += months.min(end - start);
        start += months;
    }
    parts
}

#[cfg(test)]
#[path = "year_tests.rs"]
mod tests;
