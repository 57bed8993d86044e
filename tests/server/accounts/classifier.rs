//! An attacker who tells the known from the unknown by how long an answer takes.
//!
//! Two tries at a time, one of each, in the order of a fair coin. A half of the pairs chooses what to look at and where to draw the line;
//! the other half is guessed with it. If times say nothing, each guess is right with a probability of one half whatever was learned,
//! and their number is binomial: so the chance that a room without a leak is accused is exactly what is stated.

use std::{f64::consts::LN_2, fmt};

/// The chance at which a room that tells nothing is accused.
pub const FALSE_ALARM: f64 = 1e-6;

/// How long two tries took, in seconds, and whether the first was the known's.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    pub times: [f64; 2],
    pub known_first: bool,
}

/// What the attacker may look at.
const FEATURES: [fn(&Pair) -> f64; 4] = [
    |pair| pair.times[0] - pair.times[1],
    |pair| pair.times[0] / pair.times[1],
    |pair| pair.times[0],
    |pair| pair.times[1],
];

/// What was learned: what to look at, above or below which line the first is taken for the known.
struct Rule {
    feature: fn(&Pair) -> f64,
    line: f64,
    above: bool,
}

impl Rule {
    fn is_right(&self, pair: &Pair) -> bool {
        (((self.feature)(pair) > self.line) == self.above) == pair.known_first
    }

    /// The best of all rules for these pairs.
    fn learned(pairs: &[Pair]) -> Self {
        let lines = |feature: fn(&Pair) -> f64| pairs.iter().map(feature);
        let rules = FEATURES.into_iter().flat_map(|feature| {
            lines(feature)
                .chain([0.0, 1.0])
                .flat_map(move |line| [true, false].map(|above| Self { feature, line, above }))
        });
        rules.max_by_key(|rule| pairs.iter().filter(|pair| rule.is_right(pair)).count()).unwrap()
    }
}

/// How many guesses were right, of how many, and the chance of at least as many by guessing blindly.
pub struct Verdict {
    pub right: usize,
    pub of: usize,
    pub chance: f64,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} pairs told apart; by chance: {:.1e}", self.right, self.of, self.chance)
    }
}

impl Verdict {
    pub fn accuses(&self) -> bool {
        self.chance < FALSE_ALARM
    }
}

pub fn classify(pairs: &[Pair]) -> Verdict {
    let (train, test) = pairs.split_at(pairs.len() / 2);
    let rule = Rule::learned(train);
    let right = test.iter().filter(|pair| rule.is_right(pair)).count();
    Verdict { right, of: test.len(), chance: tail(test.len(), right) }
}

/// The chance of at least so many heads of so many fair coins.
fn tail(coins: usize, heads: usize) -> f64 {
    let mut log_choose = 0.0;
    let mut sum = 0.0;
    // From all heads down: the terms of C(n, k) / 2^n by their logarithms.
    for tails in 0..=coins - heads {
        if tails > 0 {
            log_choose += ((coins - tails + 1) as f64).ln() - (tails as f64).ln();
        }
        sum += (log_choose - coins as f64 * LN_2).exp();
    }
    sum.min(1.0)
}

#[test]
fn the_chance_is_that_of_fair_coins() {
    let close = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    close(tail(1, 1), 0.5);
    close(tail(10, 9), 11.0 / 1024.0);
    close(tail(20, 20), 2f64.powi(-20));
    close(tail(4, 0), 1.0);
    assert!(tail(5_000, 2_500) > 0.5 && tail(5_000, 2_670) < FALSE_ALARM);
}

#[test]
fn a_leak_is_found_where_there_is_one_and_not_where_there_is_none() {
    let mut draws = crate::support::Draws::logged();
    // Times as a busy machine has them: 40 ms, sometimes much longer.
    let mut time = |work: f64| {
        let noise = (0..4).map(|_| draws.below(1_000) as f64 / 1_000.0).sum::<f64>() * 0.005;
        0.04 * work + noise + if draws.below(20) == 0 { 0.05 } else { 0.0 }
    };
    let mut pairs = |work: f64| -> Vec<Pair> {
        let pair = |at: usize| {
            let (known, unknown) = (time(work), time(1.0));
            let known_first = at.is_multiple_of(7) || at.is_multiple_of(3);
            Pair { times: if known_first { [known, unknown] } else { [unknown, known] }, known_first }
        };
        (0..600).map(pair).collect()
    };
    assert!(classify(&pairs(1.2)).accuses(), "a fifth more work");
    assert!(classify(&pairs(0.05)).accuses(), "hardly any");
}
