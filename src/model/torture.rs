//! How long tests that draw at random go on, and with which draw: read from the environment here and nowhere else.

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
