//! Between zCDP ρ, in which the ledger counts, and (ε, δ), in which people speak.

use super::mechanism::MechanismError;
use crate::model::Rho;
use opendp::combinators::ConcentratedMeasure;
use opendp::measures::{PrivacyProfile, ZeroConcentratedDivergence};

/// No cap comes near it (ε would be above 30,000); it bounds the search.
const RHO_MAX: Rho = Rho::from_units(1 << 52);

fn profile(rho: Rho) -> Result<PrivacyProfile, MechanismError> {
    // Nudged up, so that the binary fraction is no less than the decimal one it stands for.
    let real = if rho == Rho::default() { 0.0 } else { rho.as_f64().next_up().next_up() };
    ZeroConcentratedDivergence::convert(real).map_err(|_| MechanismError)
}

/// The ε that a loss of `rho` amounts to at that δ. About 3 ms: show it, don't compute with it. Infinite when it can't
/// be computed, so that nothing is ever understated.
///
/// # Privacy argument
/// OpenDP's conversion (Canonne, Kamath and Steinke 2020, proposition 7) holds for every mechanism that satisfies ρ-zCDP
/// and rounds towards the larger ε. It only describes a loss; accounts are kept in ρ.
pub fn epsilon(rho: Rho, delta: f64) -> f64 {
    if rho == Rho::default() {
        return 0.0;
    }
    profile(rho).and_then(|profile| profile.epsilon(delta).map_err(|_| MechanismError)).unwrap_or(f64::INFINITY)
}

/// The largest ρ, in whole units, that stays within (`epsilon`, `delta`); `None` unless both are sensible numbers.
///
/// # Privacy argument
/// Each candidate is tested by OpenDP's conversion from ρ to δ(ε), which is an upper bound; the answer passed the test.
/// Spending no more than it under zCDP, which adds up under adaptive composition (Bun and Steinke 2016, lemma 7, and
/// Whitehouse et al. 2023 for losses that are themselves chosen adaptively), therefore satisfies (ε, δ).
pub fn rho_within(epsilon: f64, delta: f64) -> Option<Rho> {
    if !(epsilon > 0.0 && epsilon.is_finite() && delta > 0.0 && delta < 1.0) {
        return None;
    }
    let fits = |units: u64| {
        let spent = profile(Rho::from_units(units)).and_then(|p| p.delta(epsilon).map_err(|_| MechanismError));
        spent.is_ok_and(|spent| spent <= delta)
    };
    let (mut within, mut beyond) = (0, RHO_MAX.units());
    while beyond - within > 1 {
        let middle = within + (beyond - within) / 2;
        if fits(middle) { within = middle } else { beyond = middle }
    }
    Some(Rho::from_units(within))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_optimal_conversion_is_used_and_rounded_down() {
        let rho = rho_within(1.0, 1e-6).unwrap();
        assert!((0.024_355_5..0.024_356_5).contains(&rho.as_f64()), "{}", rho.as_f64());
        assert!(epsilon(rho, 1e-6) <= 1.0);
        assert!(epsilon(Rho::from_units(rho.units() + 1_000), 1e-6) > 1.0);
    }

    #[test]
    fn epsilon_and_rho_grow_together() {
        let budgets = [0.01, 0.1, 0.5, 1.0, 3.0, 10.0];
        let rhos: Vec<_> = budgets.iter().map(|e| rho_within(*e, 1e-6).unwrap()).collect();
        assert!(rhos.is_sorted_by(|a, b| a < b));
        for (budget, rho) in budgets.iter().zip(rhos) {
            let back = epsilon(rho, 1e-6);
            assert!(back <= budget * 1.000_000_001 && back > budget * 0.999_999, "{budget} {back}");
        }
        assert_eq!(epsilon(Rho::default(), 1e-6), 0.0);
    }

    #[test]
    fn senseless_budgets_have_no_rho() {
        for (e, d) in [
            (f64::NAN, 1e-6),
            (0.0, 1e-6),
            (-1.0, 1e-6),
            (f64::INFINITY, 1e-6),
            (1.0, 0.0),
            (1.0, f64::NAN),
            (1.0, 1.0),
        ] {
            assert_eq!(rho_within(e, d), None);
        }
    }
}
