//! The period over which a cap is spent, unlocked month by month.

use super::LedgerError;
use crate::model::{Delta, Loss, Rho};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// A budget period: when it began, when it ends, and how much of it is unlocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day (UTC).
    pub start: Date,
    /// First day of the next period.
    pub end: Date,
    /// Months unlocked so far, at least 1.
    months_unlocked: u32,
    /// Months in all.
    months: u32,
    /// Its first month, counted from the room's founding.
    pub(super) first: u32,
}

impl Period {
    /// The period of `months` months, counted from the founding (RFC 3339), in which `now` lies.
    /// A clock set before the founding counts as the founding day: it must not open an earlier period.
    ///
    /// # Errors
    /// When the founding date can't be read or a date leaves its range.
    pub fn containing(founded: &str, now: Timestamp, months: u32) -> Result<Self, LedgerError> {
        let founded: Timestamp = founded.parse().map_err(|_| LedgerError::Corrupt("founding date"))?;
        let founded = founded.to_zoned(TimeZone::UTC).date();
        let today = now.to_zoned(TimeZone::UTC).date().max(founded);
        let day = |months: u32| founded.checked_add(i64::from(months).months()).map_err(|_| LedgerError::OutOfRange);
        // Counted from the founding each time: adding month to month would drift after a 31st.
        let mut elapsed: u32 = 0;
        loop {
            let next = elapsed.checked_add(1).ok_or(LedgerError::OutOfRange)?;
            if day(next)? > today {
                break;
            }
            elapsed = next;
        }
        let into = elapsed.checked_rem(months).ok_or(LedgerError::OutOfRange)?;
        let first = elapsed.checked_sub(into).ok_or(LedgerError::OutOfRange)?;
        Ok(Self {
            start: day(first)?,
            end: day(first.checked_add(months).ok_or(LedgerError::OutOfRange)?)?,
            months_unlocked: into.checked_add(1).ok_or(LedgerError::OutOfRange)?,
            months,
            first,
        })
    }

    /// The month that it is, counted from the room's founding.
    pub(super) fn month(&self) -> u32 {
        self.first.saturating_add(self.months_unlocked.saturating_sub(1))
    }

    /// The month in which the next period begins.
    pub(super) fn next(&self) -> u32 {
        self.first.saturating_add(self.months)
    }

    /// How much of a cap is unlocked: one equal part a month, rounded down; what isn't spent carries on.
    ///
    /// # Errors
    /// When the cap is beyond what the ledger counts.
    pub fn unlocked(&self, cap: Loss) -> Result<Loss, LedgerError> {
        let rho = Rho::from_units(self.part(cap.rho.units())?);
        Ok(Loss { rho, delta: Delta::from_units(self.part(cap.delta.units())?) })
    }

    fn part(&self, units: u64) -> Result<u64, LedgerError> {
        u128::from(units)
            .checked_mul(u128::from(self.months_unlocked))
            .and_then(|units| units.checked_div(u128::from(self.months)))
            .and_then(|units| u64::try_from(units).ok())
            .ok_or(LedgerError::OutOfRange)
    }
}
