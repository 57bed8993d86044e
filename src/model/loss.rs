//! Privacy loss as integers, so that sums are exact and never round in the spender's favour.

use serde::{Deserialize, Serialize};

/// zCDP ρ in units of 1e-12, rounded up wherever it is computed (Bun and Steinke, 2016).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rho(u64);

impl Rho {
    const UNIT: f64 = 1e-12;

    /// From a count of 1e-12 units.
    pub const fn from_units(units: u64) -> Self {
        Self(units)
    }

    /// The count of 1e-12 units.
    pub const fn units(self) -> u64 {
        self.0
    }

    /// From a real ρ, rounded up to the next unit; `None` unless it is finite, at least 0 and below 2^53 units.
    pub fn from_f64_up(rho: f64) -> Option<Self> {
        let units = (rho / Self::UNIT).ceil();
        // The division may round down across a unit; step up until the unit is no less than what was given.
        let units = if units * Self::UNIT < rho { units + 1.0 } else { units };
        ((0.0..9_007_199_254_740_992.0).contains(&units)).then_some(Self(units as u64))
    }

    /// As a real number, for showing and for converting to (ε, δ).
    pub fn as_f64(self) -> f64 {
        self.0 as f64 * Self::UNIT
    }

    /// Sum, or `None` on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Difference, or zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// δ in units of 1e-18, rounded up wherever it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Delta(u64);

impl Delta {
    const UNIT: f64 = 1e-18;

    /// From a count of 1e-18 units.
    pub const fn from_units(units: u64) -> Self {
        Self(units)
    }

    /// The count of 1e-18 units.
    pub const fn units(self) -> u64 {
        self.0
    }

    /// From a real δ, rounded up to the next unit (above 0.009 to the next real number); `None` unless it is within 0 and 1.
    pub fn from_f64_up(delta: f64) -> Option<Self> {
        let units = (delta / Self::UNIT).ceil();
        let units = if units * Self::UNIT < delta { (units + 1.0).max(units.next_up()) } else { units };
        (0.0..=1.0).contains(&delta).then_some(Self(units as u64))
    }

    /// From a real δ, rounded down in the same way, for caps; `None` as above.
    pub fn from_f64_down(delta: f64) -> Option<Self> {
        let units = (delta / Self::UNIT).floor();
        let units = if units * Self::UNIT > delta { (units - 1.0).min(units.next_down()).max(0.0) } else { units };
        (0.0..=1.0).contains(&delta).then_some(Self(units as u64))
    }

    /// As a real number.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 * Self::UNIT
    }

    /// Sum, or `None` on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Difference, or zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// What a release costs: `rho`, and `delta` where its mechanism needs one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Loss {
    /// zCDP ρ.
    pub rho: Rho,
    /// Additional δ.
    pub delta: Delta,
}

impl Loss {
    /// Both parts added, or `None` on overflow: losses of separate draws add up (Bun and Steinke 2016, lemmas 7 and 8.2).
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self { rho: self.rho.checked_add(other.rho)?, delta: self.delta.checked_add(other.delta)? })
    }

    /// Whether neither part is more than the other's.
    pub fn within(self, other: Self) -> bool {
        self.rho <= other.rho && self.delta <= other.delta
    }
}

#[cfg(test)]
mod tests {
    use super::{Delta, Rho};

    #[test]
    fn conversion_from_real_numbers_never_rounds_down() {
        for rho in [0.0, 1e-13, 0.024_356, 0.1 + 0.2, 1.0, 123.456_789_012_345] {
            let units = Rho::from_f64_up(rho).expect("in range");
            assert!(units.as_f64() >= rho, "{rho}");
            assert!(units.as_f64() - rho <= 2e-12 + rho * 1e-15, "{rho}");
        }
        for bad in [f64::NAN, f64::INFINITY, -1.0, 1e9] {
            assert_eq!(Rho::from_f64_up(bad), None);
        }
    }
    #[test]
    fn deltas_round_up_for_losses_and_down_for_caps() {
        for delta in [0.0, 1e-19, 1e-18, 1e-9, 1.1e-9, 1e-7, 1e-4, 0.022_750_131_948_179, 0.99, 1.0] {
            let (up, down) =
                (Delta::from_f64_up(delta).expect("in range"), Delta::from_f64_down(delta).expect("in range"));
            assert!(up.as_f64() >= delta && down.as_f64() <= delta, "{delta}");
            assert!(up.units() - down.units() <= 2 + (delta * 512.0) as u64, "{delta}");
        }
        for bad in [f64::NAN, f64::INFINITY, -1.0, 1.1] {
            assert_eq!((Delta::from_f64_up(bad), Delta::from_f64_down(bad)), (None, None));
        }
    }
}
