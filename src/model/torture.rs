//! How long tests that draw at random go on, and with which draw: read from the environment here and nowhere else.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::test_runner::{RngAlgorithm, TestRng};

/// Whether the long forms run: `CAMERATA_TORTURE=1`, as `make torture` sets it.
pub(crate) fn torture() -> bool {
    std::env::var_os("CAMERATA_TORTURE").is_some_and(|set| set == "1")
}

/// Few in every run; many in the long form.
pub(crate) fn rounds<T>(short: T, long: T) -> T {
    if torture() { long } else { short }
}

/// The draw that `CAMERATA_SEED` gives back, if it is set to a number.
pub(crate) fn seed() -> Option<u64> {
    std::env::var("CAMERATA_SEED").ok()?.parse().ok()
}

/// The draw that is asked for, or a new one; whoever takes it logs it.
pub(crate) fn seed_or_new() -> u64 {
    seed().unwrap_or_else(|| {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        u64::from_le_bytes(bytes)
    })
}

/// Random numbers that depend on the draw alone.
pub(crate) fn random(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(seed.to_le_bytes()).for_each(|(to, from)| *to = from);
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}
