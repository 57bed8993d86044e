//! Tests that would catch a lie. Each false alarm has probability 1e-6 at most; nothing is seeded or repeated.
#![allow(clippy::unwrap_used, reason = "tests")]
use super::super::accuracy::Sigma;
use super::*;
use crate::model::Rho;

const DRAWS: usize = 20_000;
/// ln(1e6): false alarms at one in a million.
const SURPRISE: f64 = 13.82;
const EXACT: i64 = 48_213;

fn noise(plan: &CountPlan) -> Vec<i64> {
    let draw = || release(Tally::seal(vec![EXACT]), plan).unwrap().figure(0).unwrap().value - EXACT;
    (0..DRAWS).map(|_| draw()).collect()
}

/// The same margin and a loss large enough, drawn at another scale than the margin's.
fn at_scale_of(margin: u32, drawn_as: u32) -> CountPlan {
    CountPlan::forged(margin, Sigma::for_margin(drawn_as).unwrap(), Rho::from_units(u64::from(u32::MAX) << 12))
}

/// Pearson's statistic of the draws against the discrete Gaussian of that scale, over cells of at least 200 expected
/// draws; with its degrees of freedom.
fn pearson(noise: &[i64], sigma: f64) -> (f64, f64) {
    let reach = (12.0 * sigma) as i64;
    let weight = |k: i64| (-0.5 * (k as f64 / sigma).powi(2)).exp();
    let total: f64 = (-reach..=reach).map(weight).sum();
    let (mut statistic, mut cells) = (0.0, 0.0);
    let (mut expected, mut from) = (0.0, i64::MIN);
    let mut left = noise.len() as f64;
    for k in -reach..=reach {
        expected += weight(k) / total * noise.len() as f64;
        left -= weight(k) / total * noise.len() as f64;
        if expected >= 200.0 && left >= 200.0 || k == reach {
            let to = if k == reach { i64::MAX } else { k };
            let seen = noise.iter().filter(|n| (from..=to).contains(*n)).count() as f64;
            statistic += (seen - expected).powi(2) / expected;
            (cells, expected, from) = (cells + 1.0, 0.0, k + 1);
        }
    }
    (statistic, cells - 1.0)
}

/// Whether the draws fit that scale: Laurent and Massart's bound on the tail of chi-squared.
fn fits(noise: &[i64], sigma: f64) -> bool {
    let (statistic, freedom) = pearson(noise, sigma);
    assert!(freedom >= 5.0, "too few cells to tell scales apart");
    statistic <= freedom + 2.0 * (freedom * SURPRISE).sqrt() + 2.0 * SURPRISE
}

#[test]
fn noise_has_the_shape_and_the_scale_of_the_plan() {
    for margin in [5, 20, 100] {
        let plan = CountPlan::for_margin(margin).unwrap();
        let sigma = plan.sigma().as_f64();
        let noise = noise(&plan);
        assert!(fits(&noise, sigma), "margin {margin}: not the claimed scale");
        assert!(!fits(&noise, 0.7 * sigma), "margin {margin}: 0.7 of the scale passes too");
        assert!(!fits(&noise, 1.3 * sigma), "margin {margin}: 1.3 of the scale passes too");
    }
}

#[test]
fn the_shape_test_catches_a_mechanism_with_less_noise() {
    // A forged plan whose margin says 20 and whose noise is that of 14.
    let cheat = noise(&at_scale_of(20, 14));
    assert!(!fits(&cheat, CountPlan::for_margin(20).unwrap().sigma().as_f64()));
}

/// Whether at least 95 % within the margin is plausible: Chernoff's bound in its exact, relative-entropy form.
fn covers(noise: &[i64], margin: u32) -> bool {
    let n = noise.len() as f64;
    let inside = noise.iter().filter(|x| x.unsigned_abs() <= u64::from(margin)).count() as f64 / n;
    if inside >= 0.95 {
        return true;
    }
    let divergence = inside * (inside / 0.95).ln() + (1.0 - inside) * ((1.0 - inside) / 0.05).ln();
    n * divergence <= SURPRISE
}

#[test]
fn the_margin_holds_in_95_draws_of_100() {
    for margin in [1, 2, 9, 100, 5_000] {
        assert!(covers(&noise(&CountPlan::for_margin(margin).unwrap()), margin), "{margin}");
    }
    assert!(!covers(&noise(&at_scale_of(100, 110)), 100), "noise 10 % too wide for its margin goes unnoticed");
}

#[test]
fn two_releases_of_one_tally_differ() {
    // At margin 100,000 two equal draws have a probability of about 6e-6; all five pairs equal, below 1e-6.
    let plan = CountPlan::for_margin(100_000).unwrap();
    let draw = || release(Tally::seal(vec![EXACT]), &plan).unwrap();
    assert!((0..5).any(|_| draw() != draw()));
}

#[test]
fn a_release_never_costs_more_than_its_plan() {
    let plan = CountPlan::for_margin(100).unwrap();
    let cheap = CountPlan::forged(100, plan.sigma(), Rho::from_units(plan.loss().rho.units() - 1));
    assert_eq!(release(Tally::seal(vec![EXACT]), &cheap), Err(ReleaseError::LossAbovePlan));
    let exact = CountPlan::forged(100, plan.sigma(), plan.loss().rho);
    assert!(release(Tally::seal(vec![EXACT]), &exact).is_ok());
}

#[test]
fn other_cells_than_planned_are_refused() {
    let plan = CountPlan::for_margin(100).unwrap();
    for cells in [vec![], vec![1, 2]] {
        assert_eq!(release(Tally::seal(cells), &plan), Err(ReleaseError::Cells));
    }
}

#[test]
fn the_ends_of_the_integers_saturate() {
    let plan = CountPlan::for_margin(1_000).unwrap();
    for exact in [i64::MAX, i64::MIN] {
        for _ in 0..50 {
            let figure = release(Tally::seal(vec![exact]), &plan).unwrap().figure(0).unwrap();
            assert!(figure.value.abs_diff(exact) < 10_000);
            assert!(figure.interval().0 <= figure.interval().1);
        }
    }
}

#[test]
fn a_tally_prints_nothing() {
    assert_eq!(format!("{:?}", Tally::seal(vec![EXACT])), "Tally(…)");
}

#[test]
fn people_see_no_negative_count_and_a_small_one_is_withheld() {
    let figure = Figure { value: -40, margin: 100 };
    assert_eq!((figure.shown(), figure.interval(), figure.withheld(20)), (0, (0, 60), true));
    assert!(Figure { value: 19, margin: 100 }.withheld(20));
    assert!(!Figure { value: 20, margin: 100 }.withheld(20));
    assert_eq!(Figure { value: i64::MAX, margin: 1 }.interval(), (i64::MAX - 1, i64::MAX));
}
