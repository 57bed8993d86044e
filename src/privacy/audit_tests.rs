//! An attack on every kind of release, end to end: what it finds must never be more than what was charged, and the same attack
//! on mutants must find more.
//!
//! Someone who sees a score of the release says "with" where it is at least t. From how often that is right in the room with the
//! person and wrong in the room without, a lower bound on ε at a given δ follows: ln((P(with) − δ)/P(without)). All
//! probabilities are bounded at once with a confidence of 1 − 1e-6, more than the 99.9 % that issue 3 asks for: that is the rate of
//! false alarms, and a mutant must be caught in spite of it. The claim is the room's own conversion of the charged ρ to ε at δ.
#![allow(clippy::unwrap_used, reason = "tests")]
use super::accuracy::Sigma;
use super::conversion::epsilon;
use super::draws::{Draw, draws, total, with_threshold};
use super::evidence::{SURPRISE, lower, upper};
use super::mechanism::Threshold;
use super::{Plan, Release, Tally, release};
use crate::model::torture::rounds;
use crate::model::{Block, Bounds, Delta, Fraction, Loss, Rho};
use std::ops::RangeInclusive;

type Rows = Vec<(i64, i64)>;

/// The narrowest margin makes losses large and their differences plain.
const MARGIN: u32 = 1;
/// A loss that any release is within: for mutants, which lie about theirs.
const ANYTHING: Loss = Loss { rho: Rho::from_units(1 << 52), delta: Delta::from_units(1 << 60) };

struct Attack {
    bounds: Bounds,
    with: Rows,
    without: Rows,
    score: fn(&Release) -> i64,
    thresholds: RangeInclusive<i64>,
    rounds: usize,
}

fn drawn_with(bounds: &Bounds, mutate: impl Fn(Draw) -> Draw) -> Plan {
    let mutated = draws(bounds, MARGIN).unwrap().into_iter().map(mutate).collect();
    Plan::forged(bounds.clone(), MARGIN, mutated, ANYTHING)
}

fn halved(draw: Draw) -> Draw {
    let half = |sigma: Sigma| Sigma::of(sigma.as_f64() / 2.0);
    match draw {
        Draw::Cells { sigma, distance_squared } => Draw::Cells { sigma: half(sigma), distance_squared },
        Draw::Keys { sigma, keys_max, threshold } => Draw::Keys { sigma: half(sigma), keys_max, threshold },
        Draw::Quantile { fraction, scale } => Draw::Quantile { fraction, scale: scale / 2.0 },
        Draw::Top { k, scale } => Draw::Top { k, scale: scale / 2.0 },
    }
}

impl Attack {
    fn scores(&self, plan: &Plan, rows: &Rows) -> Vec<i64> {
        (0..self.rounds).map(|_| (self.score)(&release(Tally::seal(rows.clone()), plan).unwrap())).collect()
    }

    /// By how much the ε that the attack proves is more than what the honest plan claims, over all t and δ; negative if it never is.
    fn excess(&self, drawn: &Plan, with: &Rows) -> f64 {
        self.excess_over(claimed(draws(&self.bounds, MARGIN).unwrap()), drawn, with)
    }

    /// The same against another claim.
    fn excess_over(&self, claimed: Rho, drawn: &Plan, with: &Rows) -> f64 {
        let (with, without) = (self.scores(drawn, with), self.scores(drawn, &self.without));
        // Two probabilities for each t, each bounded from one side.
        let surprise = SURPRISE + (2.0 * self.thresholds.clone().count() as f64).ln();
        let mut most = f64::NEG_INFINITY;
        for delta in [0.001, 0.01, 0.05, 0.1, 0.15, 0.25, 0.35, 0.45, 0.6] {
            let claim = epsilon(claimed, delta);
            for t in self.thresholds.clone() {
                let hits = |scores: &[i64]| scores.iter().filter(|score| **score >= t).count();
                let (p, q) = (lower(hits(&with), self.rounds, surprise), upper(hits(&without), self.rounds, surprise));
                if p > delta {
                    most = most.max(((p - delta) / q).ln() - claim);
                }
            }
        }
        most
    }

    fn holds(&self) {
        let excess = self.excess(&honest(&self.bounds), &self.with);
        assert!(excess <= 0.0, "{:?}: the attack finds {excess} more than was charged", self.bounds);
    }

    /// Catches a mutant of the noise, or of the bound: a person who has moved more than that.
    fn catches(&self, mutant: &str, drawn: &Plan, with: &Rows) {
        assert!(self.excess(drawn, with) > 0.0, "{:?}: {mutant} goes unnoticed", self.bounds);
    }
}

fn claimed(draws: Vec<Draw>) -> Rho {
    total(draws.into_iter().map(Draw::loss)).unwrap().rho
}

fn honest(bounds: &Bounds) -> Plan {
    drawn_with(bounds, |draw| draw)
}

fn sum(release: &Release) -> i64 {
    match release {
        Release::Cells { values } => values.iter().sum(),
        Release::Keys { counts } => counts.iter().map(|(_, count)| count).sum(),
        Release::Chosen { .. } => 0,
    }
}

fn first_is_zero(release: &Release) -> i64 {
    match release {
        Release::Chosen { candidates } => i64::from(candidates.first() == Some(&0)),
        _ => 0,
    }
}

#[test]
fn a_count_tells_no_more_than_it_costs() {
    let (bounds, with, without) = (Bounds::count(), vec![(0, 101)], vec![(0, 100)]);
    let attack = Attack { bounds, with, without, score: sum, thresholds: 98..=106, rounds: rounds(2_500, 100_000) };
    attack.holds();
    attack.catches("half of the noise", &drawn_with(&attack.bounds, halved), &attack.with);
    attack.catches("a person counted twice", &honest(&attack.bounds), &vec![(0, 102)]);
}

#[test]
fn a_histogram_tells_no_more_than_it_costs() {
    // Bound m = 1: a person is in one cell of two; in the mutant's room, in both.
    let bounds = Bounds::Cells { blocks: vec![Block { cells: 2, distance_squared: 1, unit: 1 }] };
    let (with, without) = (vec![(0, 51), (1, 50)], vec![(0, 50), (1, 50)]);
    let attack = Attack { bounds, with, without, score: sum, thresholds: 98..=106, rounds: rounds(2_500, 100_000) };
    attack.holds();
    attack.catches("half of the noise", &drawn_with(&attack.bounds, halved), &attack.with);
    // The bound off by one moves the cells √2 as far only, and the claim has some slack: that takes many rounds.
    let patient = Attack { rounds: rounds(25_000, 150_000), thresholds: 103..=105, ..attack };
    patient.catches("a bound off by one", &honest(&patient.bounds), &vec![(0, 51), (1, 51)]);
}

#[test]
fn blocks_tell_no_more_than_the_sum_of_their_losses() {
    // One person moves all three blocks at once; the mutant charges for one of them.
    let blocks = |blocks| Bounds::Cells { blocks: vec![Block { cells: 1, distance_squared: 1, unit: 1 }; blocks] };
    let rows = |each: i64| (0..3).map(|cell| (cell, each)).collect::<Rows>();
    let (bounds, with, without) = (blocks(3), rows(51), rows(50));
    let attack = Attack { bounds, with, without, score: sum, thresholds: 148..=160, rounds: rounds(4_000, 100_000) };
    attack.holds();
    let cheap = Attack { bounds: blocks(1), ..attack };
    cheap.catches("blocks that aren't charged", &honest(&blocks(3)), &cheap.with);
}

#[test]
fn counts_of_known_keys_tell_no_more_than_they_cost() {
    // Keys with so many persons that the threshold never matters: the noise alone.
    let settle = |draw| match draw {
        Draw::Keys { sigma, keys_max, .. } => Draw::Keys { sigma, keys_max, threshold: 20 },
        other => other,
    };
    let (bounds, with, without) = (Bounds::Keys { keys_max: 1 }, vec![(7, 101)], vec![(7, 100)]);
    let attack = Attack { bounds, with, without, score: sum, thresholds: 98..=106, rounds: rounds(2_500, 100_000) };
    let honest = drawn_with(&attack.bounds, settle);
    assert!(attack.excess(&honest, &attack.with) <= 0.0);
    attack.catches("half of the noise", &drawn_with(&attack.bounds, |draw| halved(settle(draw))), &attack.with);
    attack.catches("a person counted twice", &honest, &vec![(7, 102)]);
}

/// How often any of the keys that one person alone has is released. Without the person none ever is: there is no ε that explains
/// it, and its probability must be at most δ.
fn betrayed(threshold: i64, sigma: Sigma, keys: i64, rounds: usize) -> usize {
    let draw = Draw::Keys { sigma, keys_max: 1, threshold };
    let plan = Plan::forged(Bounds::Keys { keys_max: 1 }, MARGIN, vec![draw], ANYTHING);
    let alone: Rows = (0..keys).map(|key| (key, 1)).collect();
    let any = |release: &Release| matches!(release, Release::Keys { counts } if !counts.is_empty());
    (0..rounds).filter(|_| any(&release(Tally::seal(alone.clone()), &plan).unwrap())).count()
}

/// The threshold for that margin, bound and share of δ, with its scale and the δ that is charged.
fn settled(keys_max: u32, margin: u32, share: f64) -> (i64, Sigma, f64) {
    let share = Delta::from_f64_up(share).unwrap();
    let settled = with_threshold(draws(&Bounds::Keys { keys_max }, margin).unwrap(), share).unwrap();
    let [draw @ Draw::Keys { sigma, threshold, .. }] = settled[..] else { panic!("not one draw of keys") };
    let charged = draw.loss().unwrap().delta;
    assert!(charged <= share);
    (threshold, sigma, charged.as_f64())
}

#[test]
fn a_threshold_tells_no_more_than_its_delta() {
    // A δ large enough to be seen.
    let (rounds, (threshold, sigma, charged)) = (rounds(12_000, 200_000), settled(1, MARGIN, 0.008));
    let proven = |threshold| lower(betrayed(threshold, sigma, 1, rounds), rounds, SURPRISE);
    let (honest, off_by_one) = (proven(threshold), proven(threshold - 1));
    assert!(honest <= charged, "{honest} of {charged}");
    assert!(off_by_one > charged, "a threshold off by one goes unnoticed: {off_by_one} of {charged}");
}

#[test]
fn a_person_with_several_keys_tells_no_more_than_delta() {
    let rounds = rounds(4_000, 100_000);
    let proven = |keys, (threshold, sigma, _)| lower(betrayed(threshold, sigma, keys, rounds), rounds, SURPRISE);
    let (one, two) = (settled(1, 20, 0.1), settled(2, 20, 0.1));
    assert!(proven(1, one) <= one.2 && proven(2, two) <= two.2);
    assert!(proven(2, one) > one.2, "a bound off by one goes unnoticed");
}

#[test]
fn opendp_understates_the_delta_of_a_threshold_and_we_do_not() {
    // What FACTS says of OpenDP 0.16. When this fails because the stated δ holds, the bug is fixed and T − 1 can go.
    let (sigma, threshold, rounds) = (Sigma::of(1.0), 3, rounds(6_000, 200_000));
    let mechanism = Threshold::new(sigma, 1, threshold).unwrap();
    let (stated, charged) = (mechanism.stated_loss().unwrap(), mechanism.loss().unwrap());
    let hits = betrayed(threshold, sigma, 1, rounds);
    assert!(lower(hits, rounds, SURPRISE) > stated.delta.as_f64(), "{hits} of {rounds} against {stated:?}");
    assert!(lower(hits, rounds, SURPRISE) <= charged.delta.as_f64(), "{hits} of {rounds} against {charged:?}");
    assert_eq!(stated.rho, charged.rho);
}

#[test]
fn a_quantile_tells_no_more_than_it_costs() {
    // Ten persons above both candidates: equal scores. One more between them moves the scores apart, both ways at once.
    let bounds = Bounds::Quantiles { candidates: 2, quantiles: vec![Fraction { numerator: 1, denominator: 2 }] };
    let (with, without) = (vec![(2, 10)], vec![(1, 1), (2, 10)]);
    let attack =
        Attack { bounds, with, without, score: first_is_zero, thresholds: 1..=1, rounds: rounds(4_000, 100_000) };
    attack.holds();
    attack.catches("half of the noise", &drawn_with(&attack.bounds, halved), &attack.with);
    let twice =
        Attack { without: vec![(1, 2), (2, 10)], bounds: attack.bounds.clone(), with: attack.with.clone(), ..attack };
    twice.catches("a person counted twice", &honest(&twice.bounds), &twice.with);
}

#[test]
fn top_cells_tell_no_more_than_they_cost() {
    let bounds = Bounds::Top { candidates: 2, k: 1 };
    let (with, without) = (vec![(0, 51), (1, 50)], vec![(0, 50), (1, 50)]);
    let attack =
        Attack { bounds, with, without, score: first_is_zero, thresholds: 1..=1, rounds: rounds(4_000, 100_000) };
    attack.holds();
    // The room in which the choice is even is the better one to be seen in: exchanged, as the guarantee is symmetric.
    let (with, without) = (vec![(0, 50), (1, 50)], vec![(0, 50), (1, 51)]);
    let even = Attack { bounds: Bounds::Top { candidates: 2, k: 1 }, with, without, ..attack };
    even.holds();
    even.catches("half of the noise", &drawn_with(&even.bounds, halved), &even.with);
    let twice =
        Attack { without: vec![(0, 50), (1, 52)], bounds: even.bounds.clone(), with: even.with.clone(), ..even };
    twice.catches("a person counted twice", &honest(&twice.bounds), &twice.with);
}

/// Candidates that the person counts in, where several are released.
const RAISED: u32 = 3;

fn raised(release: &Release) -> i64 {
    match release {
        Release::Chosen { candidates } => candidates.iter().filter(|candidate| **candidate < RAISED).count() as i64,
        _ => 0,
    }
}

/// The room with the person in it has 50 persons in every cell; without, the cells that the person was in are one behind: each of
/// the k choices is then nearly even between them and the others in one room, and leans as far as it can in the other, so that every
/// choice tells about the same. The score is how many of the k are the person's. By the exact probabilities of these draws, honest noise stays
/// 0.6 below its claim, and each mutant is caught but once in a million runs.
fn top_attack(k: u32) -> Attack {
    let candidates = k + 2;
    let rows =
        |raised| (0..candidates).map(|cell| (i64::from(cell), if cell < RAISED { raised } else { 50 })).collect();
    Attack {
        bounds: Bounds::Top { candidates, k },
        with: rows(50),
        without: rows(49),
        score: raised,
        thresholds: 1..=i64::from(k),
        rounds: rounds(20_000, 200_000),
    }
}

fn several_top_cells(k: u32) {
    let attack = top_attack(k);
    attack.holds();
    attack.catches("half of the noise", &drawn_with(&attack.bounds, halved), &attack.with);
    // Choices after the first are charged too: with the loss of one choice, the very same draws tell more than it.
    let drawn = honest(&attack.bounds);
    let one = |draw| match draw {
        Draw::Top { scale, .. } => Draw::Top { k: 1, scale },
        other => other,
    };
    let first = claimed(drawn.draws().iter().copied().map(one).collect());
    assert!(attack.excess_over(first, &drawn, &attack.with) > 0.0, "k = {k}: choices that aren't charged go unnoticed");
    let twice: Rows =
        attack.with.iter().map(|(cell, count)| (*cell, count + i64::from(*cell < RAISED.into()))).collect();
    attack.catches("a person counted twice", &drawn, &twice);
}

#[test]
fn the_top_two_cells_tell_no_more_than_they_cost() {
    several_top_cells(2);
}

#[test]
fn the_top_three_cells_tell_no_more_than_they_cost() {
    several_top_cells(3);
}
