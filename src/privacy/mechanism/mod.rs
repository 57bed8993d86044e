//! The measurements of OpenDP that the kernel runs, each built, mapped and drawn from in one place. None is `Send`:
//! they are made and used inside one closure, and what leaves are plain numbers.

mod gaussian;
mod selection;
mod threshold;

pub(super) use gaussian::Gaussian;
pub(super) use selection::{Selection, quantile_scale, top_scale};
pub(super) use threshold::Threshold;

/// OpenDP refused. Its own message is dropped: nothing that was said while data were at hand may travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the noise mechanism could not be built or run")]
pub struct MechanismError;

/// √`squared` as a real number that is no less than it; exact for squares.
///
/// # Privacy argument
/// Rounded up, so that a sensitivity is never understated.
pub(super) fn root_up(squared: u64) -> f64 {
    let root = squared.isqrt();
    if root * root == squared {
        return root as f64; // Below 2^32: exact.
    }
    // A conversion and a correctly rounded root are each at most half a step off; two steps up are above both.
    (squared as f64).sqrt().next_up().next_up()
}

#[cfg(test)]
mod tests {
    use super::root_up;

    #[test]
    fn roots_are_exact_or_rounded_up() {
        for root in [0_u64, 1, 2, 3, 1_000, 4_294_967_295] {
            assert_eq!(root_up(root * root), root as f64);
        }
        for squared in [2_u64, 3, 5, 999_999, (1 << 53) + 1, u64::MAX - 1, u64::MAX] {
            let up = root_up(squared);
            assert!(up > squared.isqrt() as f64 && up * up > squared as f64, "{squared}");
            assert!(up / (squared as f64).sqrt() < 1.0 + 1e-15, "{squared}");
        }
    }
}
