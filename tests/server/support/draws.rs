//! Draws for tests that try things at random: nothing secret, and the same again for the same seed.

use rand::{Rng, SeedableRng, rngs::StdRng};

/// Few in every run; many with CAMERATA_TORTURE=1.
pub fn rounds<T>(short: T, long: T) -> T {
    if std::env::var_os("CAMERATA_TORTURE").is_some_and(|set| set == "1") { long } else { short }
}

/// A source of draws.
pub struct Draws(StdRng);

impl Draws {
    /// Those of `CAMERATA_SEED`, or new ones; the test's output says which.
    pub fn logged() -> Self {
        let asked = std::env::var("CAMERATA_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = asked.unwrap_or_else(rand::random);
        eprintln!("CAMERATA_SEED={seed}");
        Self::new(seed)
    }

    /// Those of a seed.
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0.random_range(0..limit)
    }
}
