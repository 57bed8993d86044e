//! How the tests of this folder weigh evidence. Noise comes from the system, unseeded, and no test is repeated: each test states
//! how seldom it is wrong about honest code, at most once in a million runs.

/// ln(1/p) for false alarms at p = one in a million.
pub(super) const SURPRISE: f64 = 13.82;

/// Relative entropy of one coin to another, in nats.
fn divergence(seen: f64, claimed: f64) -> f64 {
    let part = |p: f64, q: f64| if p == 0.0 { 0.0 } else { p * (p / q).ln() };
    part(seen, claimed) + part(1.0 - seen, 1.0 - claimed)
}

/// The least probability that `hits` of `rounds` are plausible under: Chernoff's bound in its exact form, wrong with a probability
/// of at most exp(−surprise).
pub(super) fn lower(hits: usize, rounds: usize, surprise: f64) -> f64 {
    let (n, seen) = (rounds as f64, hits as f64 / rounds as f64);
    let (mut implausible, mut plausible) = (0.0, seen);
    for _ in 0..60 {
        let middle = (implausible + plausible) / 2.0;
        if n * divergence(seen, middle) > surprise { implausible = middle } else { plausible = middle }
    }
    implausible
}

/// The greatest probability that `hits` of `rounds` are plausible under.
pub(super) fn upper(hits: usize, rounds: usize, surprise: f64) -> f64 {
    1.0 - lower(rounds - hits, rounds, surprise)
}

/// Whether counts fit the probabilities of their classes, at a false-alarm rate of exp(−surprise): Pearson's statistic over classes
/// merged until each expects 100, against Laurent and Massart's bound (2000, lemma 1) on the tail of chi-squared.
pub(super) fn fits(counts: &[usize], probabilities: &[f64], surprise: f64) -> bool {
    let n = counts.iter().sum::<usize>() as f64;
    let mass: f64 = probabilities.iter().sum();
    let (mut statistic, mut classes, mut left) = (0.0, 0.0, n);
    let (mut seen, mut expected) = (0.0, 0.0);
    for (at, (count, probability)) in counts.iter().zip(probabilities).enumerate() {
        let share = probability / mass * n;
        (seen, expected, left) = (seen + *count as f64, expected + share, left - share);
        if expected >= 100.0 && left >= 100.0 || at + 1 == counts.len() {
            statistic += (seen - expected).powi(2) / expected.max(1e-9);
            (classes, seen, expected) = (classes + 1.0, 0.0, 0.0);
        }
    }
    let freedom: f64 = classes - 1.0;
    assert!(freedom >= 1.0, "too few classes to tell anything");
    statistic <= freedom + 2.0 * (freedom * surprise).sqrt() + 2.0 * surprise
}

#[test]
fn bounds_hold_what_was_seen_and_shrink_with_rounds() {
    for (hits, rounds) in [(0, 100), (50, 100), (95, 100), (100, 100)] {
        let seen = hits as f64 / rounds as f64;
        let (low, high) = (lower(hits, rounds, SURPRISE), upper(hits, rounds, SURPRISE));
        assert!(low <= seen && seen <= high && high - low > 0.05, "{low} {seen} {high}");
        let (closer, nearer) = (lower(hits * 100, rounds * 100, SURPRISE), upper(hits * 100, rounds * 100, SURPRISE));
        assert!(closer >= low && nearer <= high && nearer - closer < 0.08);
    }
    assert!((upper(0, 1_000, SURPRISE) - SURPRISE / 1_000.0).abs() < 1e-3);
}

#[test]
fn the_fit_accepts_the_truth_and_rejects_another() {
    // Exact proportions have a statistic of 0.
    assert!(fits(&[5_000, 3_000, 2_000], &[0.5, 0.3, 0.2], SURPRISE));
    assert!(!fits(&[5_000, 3_000, 2_000], &[0.4, 0.4, 0.2], SURPRISE));
}
