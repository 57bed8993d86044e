//! The Gaussian threshold: counts under keys that aren't public, released where the noisy count is large enough.

use super::super::accuracy::Sigma;
use super::{MechanismError, root_up};
use crate::model::{Delta, Loss, Rho};
use opendp::core::Measurement;
use opendp::domains::{AtomDomain, MapDomain};
use opendp::measurements::make_gaussian_threshold;
use opendp::measures::{Approximate, ZeroConcentratedDivergence};
use opendp::metrics::{AbsoluteDistance, L02InfDistance};
use std::collections::HashMap;

type Keys = MapDomain<AtomDomain<i64>, AtomDomain<i64>>;
type KeysDistance = L02InfDistance<AbsoluteDistance<f64>>;
type KeysMeasurement = Measurement<Keys, KeysDistance, Approximate<ZeroConcentratedDivergence>, HashMap<i64, i64>>;

/// How far one person moves the count of one key.
const STEP: f64 = 1.0;

/// The measurement that is drawn from, and its twin that is mapped for the loss.
pub(in crate::privacy) struct Threshold {
    drawn: KeysMeasurement,
    mapped: KeysMeasurement,
    keys_max: u32,
}

impl Threshold {
    /// OpenDP's name for it.
    pub(in crate::privacy) const CONSTRUCTOR: &'static str = "make_gaussian_threshold";

    /// The least threshold that makes sense: keys of one person need luck to pass it.
    const LEAST: i64 = 3;

    /// Noise of that scale on each count, and counts below `threshold` dropped with their keys, for persons who are
    /// counted once under at most `keys_max` keys.
    ///
    /// # Privacy argument
    /// OpenDP 0.16 keeps noisy counts that *equal* the threshold but charges δ for those *above* it only: a key that one person
    /// alone has (its count is 1) passes a threshold T when its noise is at least T − 1, and the map at T gives
    /// P(Z > T − 1). The map at T − 1 gives P(Z > T − 2) = P(Z ≥ T − 1), which is right. So two measurements of the same scale are
    /// built: T is drawn from, T − 1 is mapped. ρ doesn't depend on the threshold.
    pub(in crate::privacy) fn new(sigma: Sigma, keys_max: u32, threshold: i64) -> Result<Self, MechanismError> {
        if threshold < Self::LEAST || keys_max == 0 {
            return Err(MechanismError);
        }
        Ok(Self { drawn: measurement(sigma, threshold)?, mapped: measurement(sigma, threshold - 1)?, keys_max })
    }

    /// How far one person can move all counts together, in Euclidean length, rounded up.
    pub(in crate::privacy) fn distance(keys_max: u32) -> f64 {
        root_up(u64::from(keys_max))
    }

    /// What one release costs; rounded up.
    pub(in crate::privacy) fn loss(&self) -> Result<Loss, MechanismError> {
        loss_of(&self.mapped, self.keys_max)
    }

    /// The loss that OpenDP states for what is drawn: its δ is too small. Kept for the test that shows why it isn't used.
    #[cfg(test)]
    pub(in crate::privacy) fn stated_loss(&self) -> Result<Loss, MechanismError> {
        loss_of(&self.drawn, self.keys_max)
    }

    /// The keys whose noisy counts are at least the threshold, with these counts, by key: the order in which they were
    /// drawn is gone.
    pub(in crate::privacy) fn draw(&self, counts: &HashMap<i64, i64>) -> Result<Vec<(i64, i64)>, MechanismError> {
        let mut released: Vec<_> = self.drawn.invoke(counts).map_err(|_| MechanismError)?.into_iter().collect();
        released.sort_unstable();
        Ok(released)
    }

    /// The least threshold whose δ is at most `delta_max`; `None` if there is none.
    ///
    /// # Privacy argument
    /// Reads the map alone: no data. δ falls as the threshold grows, so halving finds it; beyond 12 σ the map's own rounding
    /// is all that is left.
    pub(in crate::privacy) fn least(sigma: Sigma, keys_max: u32, delta_max: Delta) -> Option<i64> {
        let fits = |threshold: i64| {
            let loss = Self::new(sigma, keys_max, threshold).and_then(|threshold| threshold.loss());
            loss.is_ok_and(|loss| loss.delta <= delta_max)
        };
        let (mut fails, mut holds) = (Self::LEAST - 1, Self::LEAST + (12.0 * sigma.as_f64()).ceil() as i64);
        if !fits(holds) {
            return None;
        }
        while holds - fails > 1 {
            let middle = fails + (holds - fails) / 2;
            if fits(middle) { holds = middle } else { fails = middle }
        }
        Some(holds)
    }
}

fn measurement(sigma: Sigma, threshold: i64) -> Result<KeysMeasurement, MechanismError> {
    let keys = MapDomain::new(AtomDomain::<i64>::default(), AtomDomain::<i64>::default());
    let metric = KeysDistance::default();
    make_gaussian_threshold(keys, metric, sigma.as_f64(), threshold, None).map_err(|_| MechanismError)
}

fn loss_of(measurement: &KeysMeasurement, keys_max: u32) -> Result<Loss, MechanismError> {
    let distances = (keys_max, Threshold::distance(keys_max), STEP);
    let (rho, delta) = measurement.map(&distances).map_err(|_| MechanismError)?;
    let rho = Rho::from_f64_up(rho).ok_or(MechanismError)?;
    Ok(Loss { rho, delta: Delta::from_f64_up(delta).ok_or(MechanismError)? })
}
